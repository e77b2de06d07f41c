"""Models of counts that are counted in something: a time, an area, a library size."""

from __future__ import annotations

from inspect import signature
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, RegressorMixin, clone

from hassenet.errors import ParameterError
from hassenet.estimators import HierarchyOutcomes
from hassenet.outcomes import Outcomes
from hassenet.tables import Table

Floats = NDArray[np.float64]


def divided(X: Any) -> tuple[Any, Floats]:
    """Return the features, and the exposures, whose logarithms are the last column."""
    X = np.asarray(X)
    return X[:, :-1], np.exp(X[:, -1])


@final
class OfRates(RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A model of rates, y/e with the weights e; a count is e times its rate.

    Of Poisson's deviance with the link log it is the offset log e to the letter, as

        Σ e (y/e log(y/(eμ)) − y/e + μ) = Σ y log(y/(eμ)) − y + eμ,

    in a regression as in boosting. A leaf of a forest has Σy/Σe, the rate of its rows. Exposures are taken in units of
    their mean over the rows learned from: a penalty weighs the same, whatever the unit is.

    Parameters
    ----------
    model : estimator
        Whose ``fit`` takes ``sample_weight``; a pipeline hands it to its last step.

    Examples
    --------
    >>> from sklearn.dummy import DummyRegressor
    >>> X = np.log([[1.0], [3.0]])  # exposures alone
    >>> OfRates(DummyRegressor()).fit(X, [2.0, 2.0]).predict(X)
    array([1., 3.])
    """

    def __init__(self, model: Any) -> None:
        self.model = model

    def fit(self, X: Any, y: Any) -> OfRates:
        """Fit the model to rates."""
        features, e = divided(X)
        self.unit_ = e.mean()
        e = e / self.unit_
        self.model_ = clone(self.model).fit(features, np.asarray(y) / e, **{str(_weight_of(self.model)): e})
        return self

    def predict(self, X: Any) -> Floats:
        """Return counts."""
        features, e = divided(X)
        return np.asarray(e / self.unit_ * np.ravel(self.model_.predict(features)))


@final
class WithExposure(RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A model whose ``fit`` and ``predict`` take ``exposure=``, as :class:`hassenet.NetworkRegressor`.

    Parameters
    ----------
    model : estimator
    """

    def __init__(self, model: Any) -> None:
        self.model = model

    def fit(self, X: Any, y: Any) -> WithExposure:
        """Fit the model."""
        features, e = divided(X)
        self.model_ = clone(self.model).fit(features, y, exposure=e)
        return self

    def predict(self, X: Any) -> Floats:
        """Return counts."""
        features, e = divided(X)
        return np.asarray(self.model_.predict(features, exposure=e))


@final
class InColumns(RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A :class:`hassenet.estimators.HierarchyOutcomes` of one count, whose exposure is a column of its targets.

    Parameters
    ----------
    model : HierarchyOutcomes
    """

    def __init__(self, model: HierarchyOutcomes) -> None:
        self.model = model

    def fit(self, X: Any, y: Any) -> InColumns:
        """Fit the model to a table of the count and its exposure."""
        features, e = divided(X)
        outcomes = self.model.outcomes
        assert isinstance(outcomes, Outcomes)
        assert outcomes.offset is not None
        table = Table({outcomes.names[0]: np.asarray(y, float), outcomes.offset.column: e})
        self.model_ = clone(self.model).fit(features, table)
        return self

    def predict(self, X: Any) -> Floats:
        """Return counts."""
        features, e = divided(X)
        return np.asarray(self.model_.model_.predict(features, offset=e))


def exposed(model: Any) -> Any:
    """Return a model that takes the logarithm of the exposure as the last column of X.

    Raises
    ------
    ParameterError
        If there is no way to let it know of an exposure.

    Examples
    --------
    >>> from sklearn.linear_model import PoissonRegressor
    >>> exposed(PoissonRegressor())
    OfRates(model=PoissonRegressor())
    """
    if _counts_in_columns(model):
        return InColumns(model)
    if "exposure" in signature(model.fit).parameters:
        return WithExposure(model)
    if _weight_of(model) is None:
        raise ParameterError(
            "beside an exposure a model learns rates, y/exposure, with the exposures as weights; "
            f"{type(model).__name__}.fit takes neither exposure= nor sample_weight=; leave it out of the comparison"
        )
    return OfRates(model)


def _counts_in_columns(model: Any) -> bool:
    """Return whether a model is one of outcomes that has the exposure among their columns."""
    outcomes = model.outcomes if isinstance(model, HierarchyOutcomes) else None
    return isinstance(outcomes, Outcomes) and outcomes.offset is not None


def _weight_of(model: Any) -> str | None:
    """Return the name by which ``fit`` takes weights; that of a pipeline is of its last step."""
    steps = getattr(model, "steps", None)
    if steps:
        own = _weight_of(steps[-1][1])
        return own and f"{steps[-1][0]}__{own}"
    inner = getattr(model, "estimator", None)
    if inner is not None and "params" in signature(model.fit).parameters:
        return _weight_of(inner)
    return "sample_weight" if "sample_weight" in signature(model.fit).parameters else None
