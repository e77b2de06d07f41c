"""What classifiers on several machines have in common."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.metrics import accuracy_score

from hassenet.data.checks import unmasked
from hassenet.distributed.estimator import DaskEstimator
from hassenet.distributed.predicting import Beside
from hassenet.estimators.gaps import targets_with_gaps


class DaskClassifier(DaskEstimator):
    """A classifier on collections of Dask: it has probabilities, and its score is the accuracy."""

    def predict_proba(self, X: Any) -> Any:
        """Return the probability of each class: of a collection of Dask lazily.

        Parameters
        ----------
        X : dask DataFrame or Array, or what the estimator without Dask takes

        Returns
        -------
        (m, number of classes) dask Array, or array
        """
        return self._predicted("predict_proba", X)

    def predict_log_proba(self, X: Any) -> Any:
        """Return the log of :meth:`predict_proba`.

        Parameters
        ----------
        X : dask DataFrame or Array, or what the estimator without Dask takes
        """
        return self._predicted("predict_log_proba", X)

    def _score(self, X: Any, y: Any, weight: Any, added: Beside) -> float:
        prediction, y, weight = self._with_targets(X, y, weight, added)
        local = self._local()
        y = local._as_scored(unmasked("y", y))
        known = targets_with_gaps(y)
        if known is not None:
            return float(local._score_with_gaps(known, prediction, weight))
        return float(accuracy_score(np.asarray(y), prediction, sample_weight=weight))
