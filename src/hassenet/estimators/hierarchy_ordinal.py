"""The classifier of classes in order, for people who have a hierarchy."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from os import PathLike
from typing import Any, ClassVar, final

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from hassenet.data.kinds import Kind
from hassenet.estimators.as_outcomes import AsOutcomes
from hassenet.estimators.gaps import r2
from hassenet.estimators.hierarchy_estimator import DOMAINS
from hassenet.estimators.in_order import in_order, labels_given
from hassenet.estimators.outcome_estimator import OutcomeEstimator
from hassenet.estimators.parameters import keep
from hassenet.estimators.score_of_classes import ScoreOfClasses
from hassenet.hierarchy import Hierarchy
from hassenet.outcomes import OrderedClasses, Outcomes
from hassenet.outcomes.target import OutcomeTarget
from hassenet.selection import Setting
from hassenet.task.label import codes_of

Array = NDArray[Any]


@final
class HierarchyOrdinalClassifier(ScoreOfClasses, ClassifierMixin, OutcomeEstimator):
    """A classifier of classes in order, as stages and grades, on a hierarchy that needs no tuning.

    One signal and thresholds between the classes, the same for every example: P(y ≤ j|x) = σ(θⱼ − η(x)). ``fit`` does
    what it does for :class:`HierarchyClassifier`; candidates are compared by the likelihood of rows that their networks
    have not seen, and the ensemble is the mean of signals and thresholds, so that it is such a model too.

    Parameters
    ----------
    hierarchy : Hierarchy, callable or None, default None
        As that of :class:`HierarchyClassifier`.
    order : sequence of labels, optional
        The classes, the lowest first; by default that of numbers, or of the categories of an ordered column. Text alone
        has none.
    members, folds, settings, steps, random_state, n_jobs, progress, checkpoint, every
        As those of :class:`HierarchyClassifier`.
    covariates, column_kinds, covariate_penalty
        As those of :class:`HierarchyClassifier`.
    monotonic_cst
        As that of :class:`HierarchyClassifier`; monotone is the signal: the higher, the higher the class.

    Attributes
    ----------
    ensemble_, model_, candidates_, chosen_, selection_, hierarchy_, n_features_in_, feature_names_in_
        As those of :class:`HierarchyClassifier`.
    classes_ : array
        The classes in their order.
    out_of_fold_ : (m, number of classes) array
        The probabilities of each row by the networks that have not seen it; NaN for rows of weight 0,
        and, of a stream, for those that settings were not chosen on.
    chosen_on_ : (c,) array of int
        The rows that settings were chosen on: those that are learned from, of a stream or rows elsewhere some of them.

    References
    ----------
    McCullagh, Regression models for ordinal data, JRSS B 42 (1980) 109–142.

    Examples
    --------
    >>> from hassenet.selection import Setting
    >>> X = np.random.default_rng(0).normal(size=(60, 3))
    >>> y = np.array(["mild", "severe", "critical"])[np.digitize(X[:, 0], [-0.5, 0.5])]
    >>> stages = HierarchyOrdinalClassifier(
    ...     Hierarchy.subsets(3),
    ...     order=("mild", "severe", "critical"),
    ...     folds=3,
    ...     settings=[Setting(1e-3)],
    ...     random_state=0,
    ... ).fit(X, y)
    >>> stages.predict([[-2.0, 0, 0], [0.0, 0, 0], [2.0, 0, 0]]).tolist()
    ['mild', 'severe', 'critical']
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {**DOMAINS, "order": ["array-like", None]}

    _score_with_gaps = staticmethod(r2)

    def __init__(
        self,
        hierarchy: Hierarchy | Callable[[Sequence[str]], Hierarchy] | None = None,
        *,
        order: Sequence[Any] | None = None,
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

    def predict(self, X: Any) -> Array:
        """Return the most probable class of each example, (m,).

        Parameters
        ----------
        X : (m, n) array, table or stream
            NaN where a feature is missing.
        """
        return self._predicted(self._validated_features(X))

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class, (m, number of classes), in the order of ``classes_``.

        Parameters
        ----------
        X : (m, n) array, table or stream
        """
        check_is_fitted(self)
        return self.model_.predict_proba(self._validated_features(X))

    # ---------------------------------------------------------------- what the base class asks

    def _predicted(self, X: Any, offset: Any = None) -> Array:
        return self.classes_[self.model_.predict_proba(X).argmax(axis=1)]

    def _read(self, y: Any, names: Sequence[str] | None) -> OutcomeTarget:
        labels = labels_given(y)
        self.classes_ = in_order(labels, y, self.order)
        return self._coded(labels, names)

    def _of_part(self, y: Any, names: Sequence[str] | None) -> Array:
        target = self._coded(labels_given(y), names)
        self._learned_as = AsOutcomes(target.outcomes)
        return AsOutcomes.side_by_side(target)

    def _coded(self, labels: Array, names: Sequence[str] | None) -> OutcomeTarget:
        """Return labels whose classes are known as the target."""
        (name,) = names or ("y",)
        one = OrderedClasses(name, tuple(self.classes_.tolist()))
        codes = codes_of(labels.tolist(), one.classes).astype(np.float64)
        return OutcomeTarget(Outcomes((one,)), (codes[:, None],))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True  # of classes that have no order
        return tags

    def _in_units(self, out_of_fold: Array) -> Array:
        (one,) = self._learned_as.outcomes.parts
        assert isinstance(one, OrderedClasses)
        return one.probabilities(out_of_fold)
