"""The regressor for people who have a hierarchy."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from numbers import Real
from os import PathLike
from typing import Any, ClassVar, final, overload

import numpy as np
from numpy.typing import NDArray
from sklearn.base import RegressorMixin

from hassenet.data.kinds import Kind
from hassenet.data.target_notes import note_each
from hassenet.errors import NotFiniteError, ParameterError, TargetError
from hassenet.estimators.as_numbers import AsNumbers
from hassenet.estimators.as_outcomes import AsOutcomes
from hassenet.estimators.gaps import checked_numbers, r2
from hassenet.estimators.hierarchy_estimator import DOMAINS, HierarchyEstimator
from hassenet.estimators.parameters import keep
from hassenet.estimators.scikit_learn import StrOptions
from hassenet.estimators.score_of_numbers import ScoreOfNumbers
from hassenet.estimators.scoring import less_quantile_loss, mean_quantile_loss, varies
from hassenet.estimators.streams import known_numbers
from hassenet.hierarchy import Hierarchy
from hassenet.model import Interval
from hassenet.outcomes import Amount, Count, Outcomes, Quantiles
from hassenet.outcomes.amount import LOSSES as OF_AMOUNTS
from hassenet.outcomes.amount import Noise
from hassenet.outcomes.count import LOSSES as OF_COUNTS
from hassenet.outcomes.count import Dispersion
from hassenet.selection import Setting
from hassenet.tallies.mean import Mean
from hassenet.tallies.of_numbers import OfNumbers
from hassenet.task.names import numbered

Array = NDArray[Any]


@final
class HierarchyRegressor(ScoreOfNumbers, RegressorMixin, HierarchyEstimator):
    """A regressor on a hierarchy that needs no tuning: networks and linear models, weighted by cross-validation.

    The one to take where there is a hierarchy. :class:`NetworkRegressor` is for those who want one network, another
    loss, or scikit-learn's ``MLPRegressor`` with its defaults.

    ``fit`` does what it does for :class:`HierarchyClassifier`; beside the features the targets are standardised.
    Intervals come from the residuals out of fold; of another likelihood than the Gaussian there are none.

    Parameters
    ----------
    hierarchy, members, folds, settings, steps, random_state, n_jobs, progress, checkpoint, every
        As those of :class:`HierarchyClassifier`.
    likelihood : str, default "gaussian"
        Of numbers "gaussian", "student_t" or "laplace" (the last two hardly mind what lies far off), of counts
        "poisson", "negative_binomial", "zero_inflated_poisson" or "zero_inflated_negative_binomial". Candidates are
        compared by it, and predictions are means. With an exposure take :class:`HierarchyOutcomes`.
    quantiles : float or sequence of float, optional
        Between 0 and 1: learn these quantiles in place of the mean, a column each, in order.
    covariates, column_kinds, covariate_penalty
        As those of :class:`HierarchyClassifier`.
    monotonic_cst
        As that of :class:`HierarchyClassifier`; monotone is the prediction.

    Attributes
    ----------
    ensemble_, model_, candidates_, chosen_, selection_, hierarchy_, n_features_in_, feature_names_in_
        As those of :class:`HierarchyClassifier`.
    out_of_fold_ : (m,) array, or (m, k) for k > 1 targets
        The prediction for each row by the networks that have not seen it; NaN for rows of weight 0,
        and, of a stream, for those that settings were not chosen on.
    chosen_on_ : (c,) array of int
        The rows that settings were chosen on: those that are learned from, of a stream or rows elsewhere some of them.

    Examples
    --------
    >>> from hassenet.selection import Setting
    >>> X = np.random.default_rng(0).normal(size=(60, 3))
    >>> reg = HierarchyRegressor(
    ...     Hierarchy.subsets(3), folds=3, settings=[Setting(1e-6)], random_state=0
    ... ).fit(X, X.sum(axis=1))
    >>> prediction, low, high = reg.predict([[0.1, 0.2, 0.3]], interval=0.9)
    >>> prediction.round(1), bool(low < prediction < high)
    (array([0.6]), True)
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **DOMAINS,
        "likelihood": [StrOptions({*OF_AMOUNTS, *OF_COUNTS})],
        "quantiles": ["array-like", Real, None],
    }

    _learned_as: AsNumbers | AsOutcomes

    def __init__(
        self,
        hierarchy: Hierarchy | Callable[[Sequence[str]], Hierarchy] | None = None,
        *,
        likelihood: Noise | Dispersion = "gaussian",
        quantiles: float | Sequence[float] | None = None,
        members: int = 10,
        folds: int = 5,
        settings: Sequence[Setting] | None = None,
        steps: int | None = None,
        random_state: Any = None,
        n_jobs: int | None = None,
        monotonic_cst: Any = None,
        covariates: Sequence[Hashable] | None = None,
        column_kinds: Mapping[str, Kind] | None = None,
        covariate_penalty: float = 0.001,
        progress: bool = False,
        checkpoint: str | PathLike[str] | None = None,
        every: float | None = None,
    ) -> None:
        keep(self, locals())

    @overload
    def predict(self, X: Any, interval: None = None) -> Array: ...

    @overload
    def predict(self, X: Any, interval: float) -> Interval: ...

    def predict(self, X: Any, interval: float | None = None) -> Array | Interval:
        """Return the predicted targets, if asked for with an interval around each; see :meth:`hassenet.Model.predict`.

        Parameters
        ----------
        X : (m, n) array, table or stream
            NaN where a feature is missing.
        interval : float, optional
            The share of further targets that is to lie inside, as 0.9.

        Returns
        -------
        (m,) array, (m, k) for k > 1 targets; or Interval of three such arrays: prediction, low, high

        Raises
        ------
        ParameterError
            If the rows were too few for such an interval.
        """
        X = self._validated_features(X)
        return self._predicted(X) if interval is None else self.model_.predict(X, interval)

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """Return R² of predictions, of counts those of the mean; of quantiles minus the mean loss.

        Of several targets with gaps R² is the mean of that of each, over the rows that have it.

        Parameters
        ----------
        X, y
            As for :meth:`fit`.
        sample_weight : (m,) array, optional
        """
        return super().score(X, y, sample_weight)

    @property
    def _shares(self) -> tuple[float, ...]:
        return tuple(map(float, np.atleast_1d(self.quantiles)))

    # ---------------------------------------------------------------- what the base classes ask

    def _predicted(self, X: Any, offset: Any = None) -> Array:
        found = self.model_.predict(X)
        return np.column_stack(list(found.values())) if isinstance(found, dict) else found

    def _score_with_gaps(self, Y: Array, prediction: Array, weight: Array | None) -> float:
        if self.quantiles is None:
            return r2(Y, prediction, weight)
        return less_quantile_loss(Y, prediction, self._shares, weight)

    def _targets(self, y: Any) -> Array:
        return known_numbers(y)

    def _tally(self, y: Array, prediction: Array, weight: Array | None) -> OfNumbers | Mean:
        if self.quantiles is None:
            return OfNumbers.of(y, prediction, weight)
        return mean_quantile_loss(y, prediction, self._shares, weight)

    def _checked(self, X: Any, y: Any, names: Sequence[str] | None) -> tuple[Array, Array]:
        X, y = checked_numbers(self._validated, X, y)
        Y = np.asarray(y, np.float64).reshape(len(y), -1)
        k = Y.shape[1]
        own = numbered("y", k) if k > 1 else ("y",)
        note_each(Y, names)
        self._learned_as = self._kind(tuple(names) if names is not None and len(names) == k else own)
        return X, Y

    def _kind(self, names: tuple[str, ...]) -> AsNumbers | AsOutcomes:
        """Return how the targets are learned."""
        if self.quantiles is not None:
            self._check_one_loss()
            return AsOutcomes(Outcomes(tuple(Quantiles(name, self._shares) for name in names)))
        if self.likelihood in OF_COUNTS:
            return AsOutcomes(Outcomes(tuple(Count(name, self.likelihood) for name in names)))
        if self.likelihood != "gaussian":
            return AsOutcomes(Outcomes(tuple(Amount(name, self.likelihood) for name in names)))
        return AsNumbers(names)

    def _check_one_loss(self) -> None:
        if self.likelihood != "gaussian":
            raise ParameterError(
                f"quantiles are learned in place of the mean, whatever the likelihood; got both, {self.likelihood!r}; "
                "give quantiles or likelihood"
            )

    def _admit(self, y: Array) -> None:
        _check_varied(y)
        super()._admit(y)

    def _in_units(self, out_of_fold: Array) -> Array:
        return self._learned_as.in_units(out_of_fold)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


def _check_varied(Y: Array) -> None:
    """Refuse targets that are empty, too large, or all the same."""
    empty = np.flatnonzero(np.isnan(Y).all(axis=0))
    if len(empty):
        raise TargetError(
            f"a target has values; column {empty[0]} of y is empty in every row to learn from; leave it out"
        )
    with np.errstate(over="ignore", invalid="ignore"):
        if not np.isfinite(np.nanstd(Y, axis=0)).all():
            raise NotFiniteError(
                "a target has a finite deviation; numbers of y are too large; use another unit"
            )
    constant = np.flatnonzero(~varies(Y))
    if len(constant):
        value = np.fmax.reduce(Y[:, constant[0]])
        raise TargetError(
            f"a target varies; column {constant[0]} of y is {value:g} in every row; choose another"
        )
