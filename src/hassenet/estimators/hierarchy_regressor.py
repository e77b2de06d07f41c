"""The regressor for people who have a hierarchy."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from os import PathLike
from typing import Any, ClassVar, final, overload

import numpy as np
from numpy.typing import NDArray
from sklearn.base import RegressorMixin

from hassenet.data.kinds import Kind
from hassenet.data.scaling import Scaling
from hassenet.data.step import Step
from hassenet.errors import NotFiniteError, TargetError
from hassenet.estimators.gaps import checked_with_gaps, r2
from hassenet.estimators.hierarchy_estimator import DOMAINS, HierarchyEstimator, features_of, settings_of
from hassenet.estimators.parameters import keep
from hassenet.estimators.scoring import varies
from hassenet.estimators.unmasked_score import UnmaskedScore
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import Loss, SquaredError
from hassenet.model import Interval, Model
from hassenet.selection import Problem, Selection, Setting
from hassenet.task.names import numbered

Array = NDArray[Any]


@final
class HierarchyRegressor(UnmaskedScore, RegressorMixin, HierarchyEstimator):
    """A regressor on a hierarchy that needs no tuning: networks and linear models, weighted by cross-validation.

    The one to take where there is a hierarchy. :class:`NetworkRegressor` is for those who want one network, another
    loss, or scikit-learn's ``MLPRegressor`` with its defaults.

    ``fit`` does what it does for :class:`HierarchyClassifier`; beside the features the targets are standardised.
    Intervals come from the residuals out of fold.

    Parameters
    ----------
    hierarchy, members, folds, settings, steps, random_state, n_jobs, progress, checkpoint, every
        As those of :class:`HierarchyClassifier`.
    covariates, column_kinds, covariate_penalty
        As those of :class:`HierarchyClassifier`.
    monotonic_cst
        As that of :class:`HierarchyClassifier`; monotone is the prediction.

    Attributes
    ----------
    ensemble_, model_, candidates_, chosen_, selection_, hierarchy_, n_features_in_, feature_names_in_
        As those of :class:`HierarchyClassifier`.
    out_of_fold_ : (m,) array, or (m, k) for k > 1 targets
        The prediction for each row by the networks that have not seen it; NaN for rows of weight 0.

    Examples
    --------
    >>> from hassenet.selection import Setting
    >>> X = np.random.default_rng(0).normal(size=(60, 3))
    >>> reg = HierarchyRegressor(Hierarchy.subsets(3), folds=3, settings=[Setting(1e-6)]).fit(
    ...     X, X.sum(axis=1)
    ... )
    >>> prediction, low, high = reg.predict([[0.1, 0.2, 0.3]], interval=0.9)
    >>> prediction.round(1), bool(low < prediction < high)
    (array([0.6]), True)
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = DOMAINS

    _score_with_gaps = staticmethod(r2)

    def __init__(
        self,
        hierarchy: Hierarchy | Callable[[Sequence[str]], Hierarchy] | None = None,
        *,
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
        X : (m, n) array or table
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
        return self.model_.predict(X) if interval is None else self.model_.predict(X, interval)

    # ---------------------------------------------------------------- what the base class asks

    def _checked(self, X: Any, y: Any) -> tuple[Array, Array]:
        return checked_with_gaps(partial(self._validated, y_numeric=True), X, y)

    def _admit(self, y: Array) -> None:
        Y = _columns(y)
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
        self._scaling = Scaling.of_observed(Y)

    def _encoded(self, y: Array) -> tuple[Array, Array]:
        Y = self._scaling(_columns(y))
        _, pattern = np.unique(np.isnan(Y), axis=0, return_inverse=True)  # so that each fold has each target
        return Y, np.ravel(pattern)

    def _outputs(self, y_names: Sequence[str] | None) -> Sequence[str]:
        k = self._scaling.mean.size
        return y_names if y_names is not None and len(y_names) == k else numbered("y", k)

    def _loss(self) -> Loss:
        return SquaredError()

    def _model(
        self, selection: Selection, steps: tuple[Step, ...], target: Sequence[str], problem: Problem
    ) -> Model:
        k, rows = len(problem.outputs), selection.is_predicted
        residuals = np.abs(np.asarray(problem.Y) - selection.out_of_fold)[rows] * self._scaling.scale
        return Model(
            selection.ensemble,
            features_of(problem),
            "regression",
            tuple(target) if len(target) == k else numbered("y", k),
            steps=steps,
            target_scaling=self._scaling,
            residuals=residuals,
            settings=settings_of(selection),
        )

    def _in_units(self, out_of_fold: Array) -> Array:
        Y = self._scaling.inverse(out_of_fold)
        return Y[:, 0] if Y.shape[1] == 1 else Y

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


def _columns(y: Array) -> Array:
    return np.asarray(y, np.float64).reshape(len(y), -1)
