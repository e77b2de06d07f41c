"""An estimator whose rows lie on the workers of a Dask cluster."""

from __future__ import annotations

from abc import ABC, abstractmethod
from copy import deepcopy
from inspect import signature
from typing import Any, ClassVar, Self, final

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from hassenet.data.offsets import check_one_of
from hassenet.distributed.cluster import Cluster, large_values
from hassenet.distributed.collections import Taken, brought, is_collection, taken
from hassenet.distributed.predicting import NOTHING, Beside, lazily
from hassenet.errors import ParameterError, ShapeError
from hassenet.estimators.checks import sample_weights

Array = NDArray[Any]
FEW = 100_000
"""Of so many rows targets come here, and a training in batches is that of one machine; of more they stay."""


class DaskEstimator(ABC):
    """One of the estimators of :mod:`hassenet.estimators`, on collections of Dask.

    Its parameters are those of that estimator, and ``client``.
    """

    _kind: ClassVar[Any]
    _most_here: ClassVar[float] = np.inf
    """Of so many rows at most targets come here; of more they stay where they are."""

    def __init__(self, *positional: Any, client: Any = None, **parameters: Any) -> None:
        self._unfitted = self._kind(*positional, **parameters)
        self.client = client

    # ---------------------------------------------------------------- learning

    @final
    def fit(
        self, X: Any, y: Any, sample_weight: Any = None, *, offset: Any = None, exposure: Any = None
    ) -> Self:
        """Train where the rows are.

        Parameters
        ----------
        X : dask DataFrame or Array, or list of futures or of what is delayed
            Features; partitions stay on their workers. A DataFrame may have columns of text, categories and dates, and
            gaps, which are recognised and encoded by all of its rows as those of a table here (``encoding_``); blocks
            of an Array may be sparse, and stay so.
        y : dask Series, DataFrame or Array, or a list, with the same partitions; or an array of all
            A collection of more than 100,000 rows stays on the workers, where one network is trained.
        sample_weight : the same, optional
        offset, exposure : the same, optional
            As the estimator without Dask takes them: what is added to signals, or what counts are counted in.

        Returns
        -------
        self

        Raises
        ------
        ParameterError
            If there is no client, or it has no workers, or X is not a collection of Dask.
        DataError
            If a partition has no rows, or other columns or types than the first.
        HassenetError
            If a worker has another version of hassenet or another instruction level, or several were lost with the same
            partition.

        Warns
        -----
        HassenetWarning
            If a worker with another version joined later: it was given nothing to compute.
        """
        cluster = Cluster.of(self.client)
        with large_values(), cluster.watched():
            _check_takes(self._kind.fit, offset=offset, exposure=exposure)
            data = taken(cluster, X, y, sample_weight, offset, exposure, most=self._most())
            self._fitted = _learned(cluster, self._begun(), data)
        self._client = cluster.client
        return self

    def _begun(self) -> Any:
        """Return the estimator to fit: with ``warm_start`` a copy of the one before, which goes on."""
        fresh = clone(self._unfitted)
        parameters = fresh.get_params(deep=False)
        if "_fitted" not in self.__dict__ or not parameters.get("warm_start"):
            return fresh
        return deepcopy(self._fitted).set_params(**parameters)

    @final
    def _most(self) -> float:
        """Return of how many rows at most targets come here; where one looks at others, all do."""
        return np.inf if self._looks_at_others else self._most_here

    @property
    def _looks_at_others(self) -> bool:
        """Whether what an example costs depends on others, as times in risk sets; here it does not."""
        return False

    @property
    def client_(self) -> Any:
        """The client that it was fitted with; None in another process."""
        return self._local() and self._client

    def to_local(self) -> Any:
        """Return the fitted estimator without Dask, which predicts from what is here and can be saved."""
        return self._local()

    def as_model(self, *arguments: Any, **options: Any) -> Any:
        """Return the fitted estimator as a model; the parameters are those of the estimator without Dask."""
        return self._local().as_model(*arguments, **options)

    # ---------------------------------------------------------------- predictions

    def predict(self, X: Any, *, offset: Any = None, exposure: Any = None) -> Any:
        """Return predictions: of a collection of Dask lazily, of anything else as the estimator without Dask.

        Parameters
        ----------
        X : dask DataFrame or Array, or what the estimator without Dask takes
        offset, exposure : collection with the partitions of X, or an array of all, optional
            As the estimator without Dask takes them.

        Returns
        -------
        dask Array, or array; of several targets of their own kinds a dict of such by their names
        """
        _check_takes(self._kind.predict, offset=offset, exposure=exposure)
        return self._predicted("predict", X, given(offset=offset, exposure=exposure))

    def score(
        self, X: Any, y: Any, sample_weight: Any = None, *, offset: Any = None, exposure: Any = None
    ) -> float:
        """Return the score of the estimator without Dask: predictions are computed where the rows are.

        Parameters
        ----------
        X, y, sample_weight, offset, exposure
            As for :meth:`fit`.

        Raises
        ------
        ShapeError
            If there are no targets, or not those of the rows.
        """
        _check_takes(self._kind.predict, offset=offset, exposure=exposure)
        if y is None and is_collection(X):
            raise ShapeError("a score compares predictions with targets; y is None; give the targets of X")
        return self._score(X, y, sample_weight, given(offset=offset, exposure=exposure))

    @abstractmethod
    def _score(self, X: Any, y: Any, weight: Any, added: Beside) -> float:
        """Return the score of the estimator without Dask."""

    @final
    def _with_targets(self, X: Any, y: Any, weight: Any, added: Beside) -> tuple[Array, Any, Any]:
        """Return predictions, targets and weights, all of them here: a few numbers a row."""
        prediction, w = np.asarray(self._predicted("predict", X, added)), brought("sample_weight", weight)
        return prediction, brought("y", y), None if w is None else sample_weights(w, len(prediction))

    @final
    def _predicted(self, method: str, X: Any, added: Beside = NOTHING) -> Any:
        if is_collection(X):
            return lazily(self._local(), method, X, added)
        return getattr(self._local(), method)(X, **added)

    def _local(self) -> Any:
        """Return what was fitted; no property, whose NotFittedError, an AttributeError, would come to __getattr__."""
        if "_fitted" not in self.__dict__:
            raise NotFittedError(
                f"This {type(self).__name__} instance is not fitted yet. Call 'fit' with appropriate arguments before "
                "using this estimator."
            )
        return self._fitted

    def __getattr__(self, name: str) -> Any:
        """Return what was learned, as the estimator without Dask has it."""
        if name.endswith("_") and not name.startswith("_") and "_fitted" in self.__dict__:
            return getattr(self._fitted, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    # ---------------------------------------------------------------- parameters

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters by their names."""
        return {**self._unfitted.get_params(deep), "client": self.client}

    def set_params(self, **parameters: Any) -> Self:
        """Set parameters by their names."""
        self.client = parameters.pop("client", self.client)
        self._unfitted.set_params(**parameters)
        return self

    def __getstate__(self) -> dict[str, Any]:
        """Return what travels to another process: all but the client, which is of this one."""
        return {**self.__dict__, "client": None, "_client": None}

    def __sklearn_clone__(self) -> Self:
        """Return an estimator with the same parameters that is not fitted; the client is the same."""
        return type(self)(client=self.client, **clone(self._unfitted).get_params(deep=False))

    def __repr__(self) -> str:
        return f"Dask{self._unfitted!r}"


def given(**added: Any) -> dict[str, Any]:
    """Return what of this was given."""
    return {name: one for name, one in added.items() if one is not None}


def _check_takes(method: Any, offset: Any, exposure: Any) -> None:
    """Refuse an offset or an exposure where the estimator without Dask has none, and both together."""
    check_one_of(offset, exposure)
    names = signature(method).parameters
    for name, given in {"offset": offset, "exposure": exposure}.items():
        if given is not None and name not in names:
            raise ParameterError(
                f"an {name} is added where one network is learned or the target says so; this estimator takes none; "
                "take DaskNetworkRegressor with a loss of counts, or make it a column of the targets: "
                "DaskHierarchyOutcomes(outcomes=Outcomes(…, OffsetColumn(name)))"
            )


def _learned(cluster: Cluster, estimator: Any, data: Taken) -> Any:
    """Return an estimator that was fitted; rows to validate with lie where they are, too, and their targets here."""
    given = getattr(estimator, "validation_data", None)
    if given is not None and len(given) in (2, 3, 4) and is_collection(given[0]):
        estimator.validation_data = tuple(taken(cluster, *given))[: len(given)]
    estimator.fit(data.X, data.y, data.weight, **data.added)
    return estimator if given is None else estimator.set_params(validation_data=given)
