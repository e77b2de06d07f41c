"""The estimator of targets of any kinds, several at once, for people who have a hierarchy."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from os import PathLike
from typing import Any, ClassVar, final

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from hassenet.data.checks import check_one_each
from hassenet.data.examples import Examples
from hassenet.data.kinds import Kind
from hassenet.data.part_of_all import a_part_of_all
from hassenet.data.stream import Stream, is_stream
from hassenet.data.streamed import Beside
from hassenet.data.table import columns_of, is_table
from hassenet.data.target_notes import collected
from hassenet.data.targets_elsewhere import TargetsElsewhere
from hassenet.data.whole import Whole
from hassenet.errors import ParameterError, ShapeError
from hassenet.estimators.checks import sample_weights
from hassenet.estimators.hierarchy_estimator import DOMAINS
from hassenet.estimators.in_parts import Part, check_are_alike, in_parts
from hassenet.estimators.judged import Judged, less_mean_of
from hassenet.estimators.outcome_estimator import OutcomeEstimator
from hassenet.estimators.parameters import keep
from hassenet.estimators.streams import apart, named, names_of_targets, without_column
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods.held_out import away_from_certainty
from hassenet.outcomes import Outcome, Outcomes
from hassenet.outcomes.given import as_own_table
from hassenet.outcomes.target import OutcomeTarget
from hassenet.selection import Setting
from hassenet.tallies.mean import Mean

Array = NDArray[Any]


@final
class HierarchyOutcomes(OutcomeEstimator):
    """An estimator of targets of any kinds on a hierarchy that needs no tuning: what ``outcomes`` says, in one network.

    ``fit`` does what it does for :class:`HierarchyClassifier`: networks and linear models of several settings compete
    on the same folds, and those that are kept are an ensemble. They are compared by the sum of the losses of the
    targets, each minus a log-likelihood, of numbers the squared error in units of their variance; what is missing of a
    target does not count.

    Parameters
    ----------
    hierarchy : Hierarchy, callable or None, default None
        As that of :class:`HierarchyClassifier`.
    outcomes : Outcomes or sequence of Outcome
        The targets, each of a kind of ``hassenet.outcomes``, by the names of their columns in y.
    members, folds, settings, steps, random_state, n_jobs, progress, checkpoint, every
        As those of :class:`HierarchyClassifier`.
    covariates, column_kinds, covariate_penalty, monotonic_cst
        As those of :class:`HierarchyClassifier`; monotone are the signals.

    Attributes
    ----------
    ensemble_, model_, candidates_, chosen_, selection_, hierarchy_, n_features_in_, feature_names_in_
        As those of :class:`HierarchyClassifier`.
    outcomes_ : Outcomes
        The targets with what was learned of them, as scales and baselines.
    out_of_fold_ : dict of (m,) arrays
        What is predicted of each row by the networks that have not seen it, in the units of the targets and the
        columns of :meth:`hassenet.Model.answers`; NaN, of labels None, for rows of weight 0 or without a target,
        and, of a stream, for those that settings were not chosen on.
    chosen_on_ : (c,) array of int
        The rows that settings were chosen on: those that are learned from, of a stream or rows elsewhere some of them.

    Examples
    --------
    >>> from hassenet.outcomes import Amount, Classes
    >>> from hassenet.selection import Setting
    >>> from hassenet.tables import Table
    >>> X = np.random.default_rng(0).normal(size=(60, 3))
    >>> y = Table({"ill": np.where(X[:, 0] > 0, "yes", "no").astype(object), "weight": 70 + 5 * X[:, 1]})
    >>> both = [Classes("ill", ("no", "yes")), Amount("weight")]
    >>> found = HierarchyOutcomes(
    ...     Hierarchy.subsets(3), outcomes=both, folds=3, settings=[Setting(1e-3)], random_state=0
    ... )
    >>> {name: value.tolist() for name, value in found.fit(X, y).predict(np.zeros((1, 3)) + 1).items()}
    {'ill': ['yes'], 'weight': [75.2173...]}
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {**DOMAINS, "outcomes": [Outcomes, "array-like", None]}

    def __init__(
        self,
        hierarchy: Hierarchy | Callable[[Sequence[str]], Hierarchy] | None = None,
        *,
        outcomes: Outcomes | Sequence[Outcome] | None = None,
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
    def outcomes_(self) -> Outcomes:
        """The targets, with what was learned of them."""
        assert self.model_.outcomes is not None
        return self.model_.outcomes

    def predict(self, X: Any) -> Any:
        """Return what is predicted of each example: of one target an array, of several a dict of arrays by their names.

        It is what :meth:`hassenet.Model.predict` says: the log hazard ratio, the most probable class, the mean, the
        quantiles.

        Parameters
        ----------
        X : (m, n) array, table or stream
            NaN where a feature is missing. With an offset it is a table that has its column.
        """
        check_is_fitted(self)
        return self.model_.predict(X if self.outcomes_.offset is not None else self._validated_features(X))

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """Return minus the mean loss of the targets, by which settings are chosen; what is missing does not count.

        Parameters
        ----------
        X : (m, n) array, table or stream
            A table may have the column of the offset too, or not.
        y : table
            The targets, and the column of the offset where there is one.
        sample_weight : (m,) array, optional

        Raises
        ------
        TargetError
            If no row of a weight above 0 has a target.
        """
        check_is_fitted(self)
        names = names_of_targets(X, y)
        if is_stream(X) and not self.outcomes_.loss.looks_at_others:
            return less_mean_of(self._mean_loss(X, Beside(y, sample_weight, None), names))
        X, y, sample_weight, _ = apart(X, y, sample_weight, None)
        target = self._target(named(y, names))
        weight = None if sample_weight is None else sample_weights(sample_weight, len(target))
        return less_mean_of(self._judged(X, target, weight).mean)

    def _mean_loss(self, X: Stream, given: Beside, names: Sequence[str] | None) -> Mean:
        """Return the mean loss of a stream, of which a window at a time is in memory."""
        each: list[Any] = []

        def of_part(y: Any) -> OutcomeTarget:
            table = named(y, names)
            check_are_alike(self._numbers_in(table), np.zeros(0))
            said, target = self._said(table)
            each.append(said)
            return target

        def of_all(y: Any) -> Callable[[slice], OutcomeTarget]:
            each.clear()
            return self._target(named(y, names)).take

        features = self._validated_features(self._without_offset(X.alone))
        found = in_parts(X, features, given, of_part, of_all, self._mean_of_part)
        if each:
            self.outcomes_.check(each)
        return found

    def _numbers_in(self, table: Any) -> Any:
        """Return those columns of the targets, and that of an offset, that hold numbers."""
        offset, columns = self.outcomes_.offset, columns_of(table)
        names = {*self.outcomes_.amounts, *(() if offset is None else (offset.column,))}
        return Whole({name: columns.column(name) for name in columns.names if name in names})

    def _mean_of_part(self, part: Part) -> Mean:
        w, target = np.ones(len(part.y)) if part.weight is None else part.weight, part.y
        rows = np.flatnonzero(target.is_learnable & (w > 0))
        return self._of_rows(part.X, target, w, rows).mean if len(rows) else Mean(0.0, 0.0)

    def _target(self, y: Any) -> OutcomeTarget:
        """Return what a table says of the outcomes that were learned."""
        return _in_table(self.outcomes_, y)

    def _said(self, y: Any) -> tuple[Any, OutcomeTarget]:
        """Return the same of a part of all rows, and before it what they say, to check those of all."""
        return _in_part(self.outcomes_, y)

    def _judged(self, X: Any, target: OutcomeTarget, weight: Array | None) -> Judged:
        """Return what a score is made of, of those rows, of all or of a part of them, that count.

        Raises
        ------
        ShapeError
            If there are not as many targets as rows.
        """
        w, outcomes = np.ones(len(target)) if weight is None else weight, self.outcomes_
        rows = np.flatnonzero(target.is_learnable & (w > 0))
        if not len(rows):
            return Judged(target.take(rows), np.empty((0, len(outcomes.outputs))), w[rows])
        X = self._validated_features(self._without_offset(X))
        check_one_each("target", (len(target),), X.shape[0])
        return self._of_rows(X, target, w, rows)

    def _of_rows(self, X: Any, target: OutcomeTarget, weight: Array, rows: Array) -> Judged:
        """Return what is judged of some rows, of features after checks."""
        of, outcomes = target.take(rows), self.outcomes_
        outputs = self.ensemble_(self.model_.prepare(X[rows]), offset=of.offset).astype(np.float64)
        return Judged(of, away_from_certainty(outputs, outcomes.loss.canonical), weight[rows])

    def _without_offset(self, X: Any) -> Any:
        """Return X without the column of the offset, which predictions ask for: a score has that of the targets."""
        offset = self.outcomes_.offset
        if offset is None or self.encoding_ is not None or offset.column in (self._columns or ()):
            return X  # an encoding takes the columns that it knows
        return without_column(X, offset.column)

    # ---------------------------------------------------------------- what the base class asks

    def _read(self, y: Any, names: Sequence[str] | None) -> OutcomeTarget:
        return y if isinstance(y, OutcomeTarget) else _in_table(self._asked, named(y, names))

    def _check_all(self, y: TargetsElsewhere) -> None:
        self._asked.check(y.found(_Said(self._asked, y.names)))

    @property
    def _asked(self) -> Outcomes:
        """The outcomes that were asked for."""
        if self.outcomes is None:
            raise ParameterError(
                "targets of any kinds are named by outcomes=…, as [Amount('weight'), Classes('ill', ('no', 'yes'))]; "
                "got none; give them"
            )
        return self.outcomes if isinstance(self.outcomes, Outcomes) else Outcomes(tuple(self.outcomes))

    def _in_units(self, out_of_fold: Array) -> dict[str, Array]:
        return self.outcomes_.answers(out_of_fold)


@final
class _Said:
    """Targets as they were given ↦ what has to be known of them to check those of all rows."""

    def __init__(self, outcomes: Outcomes, names: Sequence[str] | None) -> None:
        self.outcomes, self.names = outcomes, names

    def __call__(self, given: Examples) -> tuple[Any, ...]:
        with collected():
            return _in_part(self.outcomes, named(given.Y, self.names))[0]


def _in_table(outcomes: Outcomes, y: Any) -> OutcomeTarget:
    """Return what a table says of outcomes.

    Raises
    ------
    ShapeError
        If it is something else.
    """
    if not is_table(y):
        raise ShapeError(
            "the targets are columns of a table, by the names of the outcomes; y has none; give a table"
        )
    return OutcomeTarget.of(outcomes, as_own_table(y))


def _in_part(outcomes: Outcomes, y: Any) -> tuple[Any, OutcomeTarget]:
    """Return what rows that are a part of all say, to check those of all, and their targets."""
    with a_part_of_all():
        target = _in_table(outcomes, y)
    return outcomes.said(as_own_table(y), target.values), target
