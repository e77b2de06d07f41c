"""What estimators of times until an event on several machines have in common."""

from __future__ import annotations

from typing import Any

from hassenet.distributed.estimator import DaskEstimator
from hassenet.distributed.predicting import Beside
from hassenet.estimators.of_times import concordance_of


class DaskTimes(DaskEstimator):
    """An estimator of times on collections of Dask: it predicts risks, and its score is Harrell's concordance."""

    def predict_survival_function(self, X: Any, *arguments: Any, **options: Any) -> Any:
        """Return the curves S(t|x) of examples that are here.

        Parameters
        ----------
        X, *arguments, **options
            Those of the estimator without Dask.
        """
        return self._local().predict_survival_function(X, *arguments, **options)

    def _score(self, X: Any, y: Any, weight: Any, added: Beside) -> float:
        prediction, y, weight = self._with_targets(X, y, weight, added)
        return concordance_of(y, prediction, getattr(self._local().outcome_, "labels", ()), weight)
