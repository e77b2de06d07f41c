"""The estimator of times until an event for people who have a hierarchy."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from numbers import Integral
from os import PathLike
from typing import Any, ClassVar, Literal, final

from numpy.typing import NDArray

from hassenet.data.kinds import Kind
from hassenet.estimators.hierarchy_estimator import DOMAINS
from hassenet.estimators.of_times import concordance_of, strata_in_intervals
from hassenet.estimators.outcome_estimator import OutcomeEstimator
from hassenet.estimators.parameters import keep
from hassenet.estimators.scikit_learn import Interval, StrOptions
from hassenet.estimators.streams import apart
from hassenet.hierarchy import Hierarchy
from hassenet.outcomes import HazardRatio, IntervalHazards, Outcomes
from hassenet.outcomes.given import times_given
from hassenet.outcomes.target import OutcomeTarget
from hassenet.outcomes.times import survival_at
from hassenet.selection import Setting
from hassenet.survival import SurvivalCurves

Array = NDArray[Any]


@final
class HierarchySurvival(OutcomeEstimator):
    """Times until an event on a hierarchy, without tuning: networks and linear models, weighted by cross-validation.

    The one to take where there is a hierarchy; :class:`NetworkSurvival` is for those who want one network. ``fit`` does
    what it does for :class:`HierarchyClassifier`. Candidates are compared by the partial likelihood of rows that their
    networks have not seen, risk sets within the fold and the stratum, or by the likelihood of hazards in intervals. The
    ensemble's log hazard is the mean of those of its networks, and the baseline comes from it and all rows learned
    from.

    Parameters
    ----------
    hierarchy : Hierarchy, callable or None, default None
        As that of :class:`HierarchyClassifier`.
    loss : {"cox", "discrete_time"}, default "cox"
        As that of :class:`NetworkSurvival`.
    intervals : int, default 10
        Of "discrete_time": into how many time is divided.
    members, folds, settings, steps, random_state, n_jobs, progress, checkpoint, every
        As those of :class:`HierarchyClassifier`.
    covariates, column_kinds, covariate_penalty
        As those of :class:`HierarchyClassifier`.
    monotonic_cst
        As that of :class:`HierarchyClassifier`; monotone is the risk.

    Attributes
    ----------
    ensemble_, model_, candidates_, chosen_, selection_, hierarchy_, n_features_in_, feature_names_in_
        As those of :class:`HierarchyClassifier`.
    outcome_ : HazardRatio or IntervalHazards
        What the outputs mean, with the baseline of hazards or the ends of the intervals.
    out_of_fold_ : (m,) array
        The risk of each row by the networks that have not seen it; NaN for rows of weight 0,
        and, of a stream, for those that settings were not chosen on. Of "cox" it is 0 in the mean over the rows that
        each network learned from.
    chosen_on_ : (c,) array of int
        The rows that settings were chosen on: those that are learned from, of a stream or rows elsewhere some of them.

    Notes
    -----
    The target y is that of :class:`NetworkSurvival`.

    Examples
    --------
    >>> import numpy as np
    >>> from hassenet.selection import Setting
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(60, 3))
    >>> y = np.column_stack([rng.exponential(np.exp(-2 * X[:, 0])), rng.random(60) < 0.8])
    >>> cox = HierarchySurvival(Hierarchy.subsets(3), folds=3, settings=[Setting(0.01)], random_state=0)
    >>> bool(cox.fit(X, y).score(X, y) > 0.8)
    True
    >>> cox.predict_survival_function([[0.0, 0, 0], [1.0, 0, 0]], times=[0.2]).round(1).ravel()
    array([0.9, 0.3])
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **DOMAINS,
        "loss": [StrOptions({"cox", "discrete_time"})],
        "intervals": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(
        self,
        hierarchy: Hierarchy | Callable[[Sequence[str]], Hierarchy] | None = None,
        *,
        loss: Literal["cox", "discrete_time"] = "cox",
        intervals: int = 10,
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

    @property
    def outcome_(self) -> HazardRatio | IntervalHazards:
        """What the outputs mean."""
        assert self.model_.outcomes is not None
        return self.model_.outcomes.survival[0]

    def predict(self, X: Any) -> Array:
        """Return the risk of each example, (m,): the higher, the sooner the event.

        It is the log hazard ratio, or the cumulative hazard at the end of the last interval.

        Parameters
        ----------
        X : (m, n) array, table or stream
            NaN where a feature is missing.
        """
        X = self._validated_features(X)
        found: Array = self.model_.predict(X)
        return found

    def predict_survival_function(
        self, X: Any, times: Any = None, *, stratum: Any = None
    ) -> SurvivalCurves | Array:
        """Return the curves S(t|x) of m examples, or (m, r) their values at r times.

        Parameters
        ----------
        X : (m, n) array, table or stream
        times : (r,) array, optional
        stratum : (m,) array or label, optional
            Needed where there are several.

        Raises
        ------
        ParameterError
            If there are strata and none is given.
        """
        X = self._validated_features(X)
        curves = self.model_.survival(X, stratum)
        return curves if times is None else survival_at(curves, times)

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """Return Harrell's concordance of the risk with times and events.

        Parameters
        ----------
        X, y
            As for :meth:`fit`.
        sample_weight : (m,) array, optional
            Rows of weight 0 are left out; others count the same.
        """
        X, y, sample_weight, _ = apart(X, y, sample_weight, None)
        risk, one = self.predict(X), self.outcome_
        return concordance_of(y, risk, one.labels if isinstance(one, HazardRatio) else (), sample_weight)

    # ---------------------------------------------------------------- what the base class asks

    def _read(self, y: Any, names: Sequence[str] | None) -> OutcomeTarget:
        one, values = times_given(y)
        if self.loss == "cox":
            return OutcomeTarget(Outcomes((one,)), (values,))
        if one.stratum is not None:
            raise strata_in_intervals()
        return OutcomeTarget(
            Outcomes((IntervalHazards(one.name, one.event, intervals=self.intervals),)), (values,)
        )

    def _in_units(self, out_of_fold: Array) -> Array:
        return self.outcome_.answer(out_of_fold)
