"""What the hierarchy's classifier and regressor have in common."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Hashable, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from numbers import Integral, Real
from os import PathLike
from typing import Any, ClassVar, NamedTuple, Self, final

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from hassenet.checkpoints import CheckpointFolder
from hassenet.data.class_numbers import ClassNumbers
from hassenet.data.elsewhere import Elsewhere
from hassenet.data.encoding import Encoding
from hassenet.data.examples import require_targets
from hassenet.data.fill import Fill
from hassenet.data.scaling import Scaling
from hassenet.data.soft_clip import SoftClip
from hassenet.data.step import Step
from hassenet.data.stream import is_stream
from hassenet.data.threads import runs
from hassenet.errors import DataError, HassenetWarning, ParameterError, counted
from hassenet.estimators.checks import one_column, readable, sample_weights
from hassenet.estimators.elsewhere import validated, validated_features
from hassenet.estimators.kept import folder_of, random_of
from hassenet.estimators.known_target import known_target
from hassenet.estimators.methods import all_or_nothing
from hassenet.estimators.monotonic import directions
from hassenet.estimators.scikit_learn import Interval, checks_parameters
from hassenet.estimators.streams import checked_targets
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import Loss
from hassenet.model import Model
from hassenet.network import Ensemble
from hassenet.selection import Candidate, Problem, Search, Selection
from hassenet.task.architecture import without_outputs
from hassenet.task.columns import hierarchy_of_columns, without
from hassenet.task.covariates import CovariateColumns, apart_from
from hassenet.task.encoded import Encoded
from hassenet.task.names import distinct, of_columns
from hassenet.task.table_columns import above_columns, as_learned, encoding_of_gaps, in_features
from hassenet.task.task import Task

Array = NDArray[Any]
# Heavy tails count as little more than three deviations.
_LIMIT = 3.0
# How many of the settings that were chosen are told one by one.
_SHOWN = 6
_AT_ONCE = 1 << 16  # numbers, which the cache of a processor holds
_AT_LEAST_ONE = Interval(Integral, 1, None, closed="left")

DOMAINS: dict[str, Any] = {
    "hierarchy": [Hierarchy, callable, None],
    "members": [_AT_LEAST_ONE],
    "folds": [Interval(Integral, 2, None, closed="left")],
    "settings": ["array-like", None],
    "steps": [_AT_LEAST_ONE, None],
    "random_state": ["random_state"],
    "n_jobs": [Integral, None],
    "monotonic_cst": [dict, "array-like", None],
    "covariates": ["array-like", None],
    "column_kinds": [dict, None],
    "covariate_penalty": [Interval(Real, 0, None, closed="left")],
    "progress": ["boolean"],
    "checkpoint": [str, PathLike, None],
    "every": [Interval(Real, 0, None, closed="left"), None],
}
"""What each parameter may be, in the words of scikit-learn's own checks."""


@final
class Learnable(NamedTuple):
    """Targets as the loss wants them, (m, k), what folds spread evenly, (m,), offsets, and biases to start from."""

    Y: Array | ClassNumbers
    strata: Array
    offset: Array | None = None
    biases: Array | None = None


class HierarchyEstimator(BaseEstimator, ABC):
    """An ensemble whose settings are chosen in ``fit``; what predicts something is concrete."""

    _of_streams: ClassVar[str] = ""
    """What takes a stream in its place, as the beginning of a remedy."""

    selection_: Selection
    model_: Model
    every: float | None = None
    encoding_: Encoding | None = None
    hierarchy_: Hierarchy
    out_of_fold_: Any

    # ---------------------------------------------------------------- what the concrete classes say

    @abstractmethod
    def _checked(self, X: Any, y: Any) -> tuple[Array, Array]:
        """Return X and y after scikit-learn's checks."""

    @abstractmethod
    def _admit(self, y: Array) -> None:
        """Learn what is to be known of the targets; refuse those of which nothing can be learned."""

    @abstractmethod
    def _have_target(self, y: Array) -> NDArray[np.bool_]:
        """Return which rows have a target to learn from, (m,)."""

    def _learnable(self, y: Array, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return those of some rows with targets that say something to the loss; here all."""
        return rows

    @abstractmethod
    def _encoded(self, y: Array, weight: Array | None) -> Learnable:
        """Return the targets as the loss wants them, and what belongs to them."""

    @abstractmethod
    def _outputs(self, taken: Container[Hashable]) -> Sequence[Hashable]:
        """Return the names of the outputs, beside others that are taken."""

    @abstractmethod
    def _loss(self) -> Loss:
        """Return L."""

    @abstractmethod
    def _model(
        self, selection: Selection, steps: tuple[Step, ...], target: Sequence[str], problem: Problem, y: Array
    ) -> Model:
        """Return the model of the ensemble, of the targets learned from."""

    @abstractmethod
    def _in_units(self, out_of_fold: Array) -> Any:
        """Return predictions out of fold as the estimator gives predictions."""

    # ---------------------------------------------------------------- learning

    @checks_parameters
    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Choose the settings by cross-validation, and keep the networks of its folds.

        Parameters
        ----------
        X : (m, n) array, scipy sparse array or table
            Features, a row an example, NaN where one is missing. A table's column names are matched with rank 0 of the
            hierarchy, in any order; an array's columns stand in the order of rank 0. A table may have columns of text,
            categories or dates: then ``encoding_`` is what its columns were made into
            (:class:`hassenet.model.Encoding`), levels below the columns, and "… is missing" beside those with gaps.
        y : (m,) or (m, k) array, series or table
            Labels, or numbers; of several numbers a row NaN where one is missing.
        sample_weight : (m,) array, optional
            Weights ≥ 0; weight 0 is the same as absent.

        Returns
        -------
        self
            After Ctrl-C with the candidates that had been through the first folds, and a warning that says how many;
            where none had, the KeyboardInterrupt goes on.

        Raises
        ------
        CheckpointError
            If the folder of ``checkpoint`` is that of another fit, in use, or holds anything else.
        ValueError
            If data or parameters are outside their domains, before any training. hassenet's own (FeatureError,
            TargetError, DataError, ParameterError) are ValueErrors as well.
        """
        return self._learn(X, y, sample_weight)

    @all_or_nothing
    def _learn(self, X: Any, y: Any, sample_weight: Any) -> Self:
        if is_stream(X):
            raise ParameterError(
                "settings are chosen on folds of rows that are in memory, and a stream is read a block at a time; "
                f"{self._of_streams}choose settings on some rows, "
                "stream.select([*stream.features, *stream.target]).sample(100_000)"
            )
        with folder_of(self) as folder:
            return self._learn_in(folder, X, y, sample_weight)

    def _learn_in(self, folder: CheckpointFolder | None, X: Any, y: Any, sample_weight: Any) -> Self:
        names, random = of_columns(y), random_of(self, folder)
        search = self._search(int(random.randint(2**31 - 1)), folder and folder.part("selection"))
        self.encoding_ = encoding_of_gaps(
            X, self.hierarchy, sample_weight, self.covariates, self.column_kinds
        )
        X, y = self._checked(as_learned(X, self.encoding_), y)
        m = X.shape[0]
        weight = None if sample_weight is None else sample_weights(sample_weight, m)
        rows = np.arange(m) if weight is None else np.flatnonzero(weight > 0)
        rows = self._learnable(y, rows[require_targets(self._have_target(y[rows]))])
        self._check_rows(len(rows))
        self._admit(y[rows])
        steps, Z = prepared(X if len(rows) == m else X[rows], self._columns or ())
        problem = self._problem(Z, y[rows], None if weight is None else weight[rows])
        selection = search.run(problem)
        model = self._model(selection, steps, names or ("y",), problem, y[rows])
        self._keep(selection, replace(model, encoding=self.encoding_), rows, m)
        return self

    def _search(self, seed: int, checkpoint: CheckpointFolder | None) -> Search:
        return Search(
            members=self.members,
            folds=self.folds,
            settings=self.settings,
            steps=self.steps,
            seed=seed,
            n_jobs=self.n_jobs,
            progress=self.progress,
            checkpoint=checkpoint,
        )

    def _problem(self, Z: Array, y: Array, weight: Array | None) -> Problem:
        split = CovariateColumns.of(in_features(self.covariates, self.encoding_), self._columns, Z.shape[1])
        H = self._bare(split)
        task = Task(tuple(self._outputs({*chain(*H.ranks), *split.names})), self._loss())
        Y, strata, offset, biases = self._encoded(y, weight)
        problem = Problem(H, task, Z, Y, strata, weight, split, self.covariate_penalty, offset, biases)
        self.hierarchy_ = problem.crowned
        wished = directions(self.monotonic_cst, self._columns, self.hierarchy_.ranks[0], self.encoding_)
        return replace(problem, task=replace(task, directions=wished))

    def _bare(self, split: CovariateColumns) -> Hierarchy:
        """Return the hierarchy without outputs and covariates, its features in the order of the columns."""
        if self.encoding_ is not None:
            return self._below(self.encoding_, without(self.encoding_, split.names))
        if self.hierarchy is not None:
            given = apart_from(self.hierarchy, split.names)
            return without_outputs(given, split.features, split.n_features)
        return hierarchy_of_columns(Encoding(split.written, (), np.zeros(split.n_features)))

    def _below(self, encoding: Encoding, own: Encoding) -> Hierarchy:
        """Return the hierarchy without outputs over what the columns of a table are made of, its own of them."""
        if self.hierarchy is None:
            return hierarchy_of_columns(own)
        return above_columns(self.hierarchy, encoding, own)

    def _keep(self, selection: Selection, model: Model, rows: Array, m: int) -> None:
        self.selection_, self.model_ = selection, model
        self.out_of_fold_ = of_all_rows(self._in_units(selection.out_of_fold), rows, m)
        if selection.stopped == "interrupted":
            warnings.warn(_interrupted(selection), HassenetWarning, stacklevel=2)

    def _check_rows(self, m: int) -> None:
        if m < self.folds:
            raise DataError(
                f"cross-validation needs a row a fold or more, folds={self.folds}; X has {counted(m, 'sample')} that "
                "count; take fewer folds, or more rows"
            )

    # ---------------------------------------------------------------- checks of data

    def _validated(self, X: Any, y: Any, **options: Any) -> tuple[Any, Array]:
        if isinstance(X, Encoded):
            X.check(self._validated_rows)
            return X, one_column(checked_targets(y, len(X), **options))
        X, y = (
            validated(self, X, known_target(y), [np.float64], gaps=True, **options)
            if isinstance(X, Elsewhere)
            else validate_data(
                self,
                readable(X, self.hierarchy),
                known_target(y),
                accept_sparse="csr",
                multi_output=True,
                dtype=np.float64,
                ensure_all_finite="allow-nan",
                **options,
            )
        )
        return X, one_column(y)

    def _validated_features(self, X: Any) -> Any:
        check_is_fitted(self)
        X = as_learned(X, self.encoding_)
        if isinstance(X, Elsewhere):
            return validated_features(self, X, [np.float64], gaps=True)
        if not isinstance(X, Encoded):
            return self._validated_rows(X, reset=False)
        features = X.features()
        X.check(partial(self._validated_rows, reset=False))
        return features

    def _validated_rows(self, X: Any, *, reset: bool = True) -> Array:
        checked: Array = validate_data(
            self,
            readable(X, self.hierarchy),
            accept_sparse="csr",
            dtype=np.float64,
            ensure_all_finite="allow-nan",
            reset=reset,
        )
        return checked

    @property
    def _columns(self) -> list[str] | None:
        """The columns of X, None without names."""
        names = getattr(self, "feature_names_in_", None)
        return None if names is None else [str(name) for name in names]

    # ---------------------------------------------------------------- fitted attributes

    @property
    def ensemble_(self) -> Ensemble:
        """The networks that are kept, with their weights."""
        return self.selection_.ensemble

    @property
    def candidates_(self) -> tuple[Candidate, ...]:
        """All that was tried, the best first."""
        return self.selection_.candidates

    @property
    def chosen_(self) -> tuple[Candidate, ...]:
        """The candidates that have a share of the prediction."""
        return self.selection_.chosen

    def as_model(self, scaler: Any = None, target: str | None = None) -> Model:
        """Return the fitted estimator as a model, which predicts from raw tables and is kept in a folder.

        Parameters
        ----------
        scaler : None
            The preparation of features is part of the model; another one before it cannot be added.
        target : str, optional
            What is predicted; by default the name of y where it has one.

        Raises
        ------
        ParameterError
            If a scaler is given.
        """
        check_is_fitted(self)
        return model_for_target(self.model_, scaler, target)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = tags.input_tags.sparse = True
        return tags


def of_all_rows(known: Any, rows: NDArray[np.intp], m: int) -> Any:
    """Return what is known of some of m rows as arrays of all: NaN, of labels None, where nothing is.

    >>> of_all_rows({"risk": np.array([0.5])}, np.array([1]), 2)
    {'risk': array([nan, 0.5])}
    """
    if isinstance(known, dict):
        return {name: of_all_rows(column, rows, m) for name, column in known.items()}
    is_number = known.dtype.kind in "fiu"
    found = np.full((m, *known.shape[1:]), np.nan if is_number else None, float if is_number else object)
    found[rows] = known
    return found


def prepared(X: Any, names: Sequence[Hashable]) -> tuple[tuple[Step, ...], Array]:
    """Return the steps that are learned from the rows (medians for gaps, scaling, soft clip), and what they make of X.

    The numbers are float32: what networks compute in. What is sparse stays so: it is scaled and not centred.
    """
    if isinstance(X, Encoded):
        return _prepared_in_parts(X, names)
    return _prepared(X, names)


class _Learned(NamedTuple):
    fill: Fill
    scaling: Scaling
    clip: SoftClip


def _prepared(X: Any, names: Sequence[Hashable]) -> tuple[_Learned, Array]:
    fill = Fill.of(X, names)
    filled = fill(X, names)
    scaling, clip = Scaling.of(filled), SoftClip(_LIMIT)
    return _Learned(fill, scaling, clip), _in_parts(lambda rows: clip(scaling(rows)), filled)


def _prepared_in_parts(X: Encoded, names: Sequence[Hashable]) -> tuple[tuple[Step, ...], Array]:
    """Return the same of features that are made some columns at a time, and never are all in memory as float64."""
    Z, n = np.empty(X.shape, np.float32), X.shape[1]
    values, mean, scale = np.empty(n), np.empty(n), np.empty(n)
    for places, part in X.parts():
        learned, Z[:, places] = _prepared(part, [names[k] for k in places])
        values[places], mean[places], scale[places] = (
            learned.fill.values,
            learned.scaling.mean,
            learned.scaling.scale,
        )
    return _Learned(Fill(values), Scaling(mean, scale), SoftClip(_LIMIT)), Z


def _in_parts(change: Callable[[Any], Any], X: Any) -> Any:
    """Return what becomes of rows, as numbers of float32; of a dense array some rows at a time."""
    if not isinstance(X, np.ndarray):
        return change(X).astype(np.float32)
    Z = np.empty(X.shape, np.float32)
    for rows in runs(len(X), max(_AT_ONCE // max(X.shape[1], 1), 1)):
        Z[rows] = change(X[rows])
    return Z


def settings_of(selection: Selection) -> dict[str, Any]:
    """Return what was chosen, as a model keeps it and shows it: the settings that count most, a line each."""
    chosen = sorted(selection.chosen, key=lambda c: -c.weight)
    lines = {f"setting {i}": str(c) for i, c in enumerate(chosen[:_SHOWN], start=1)}
    rest = {"further settings": len(chosen) - _SHOWN} if len(chosen) > _SHOWN else {}
    return {"settings tried": len(selection.candidates), "networks": len(selection.ensemble), **lines, **rest}


def model_for_target(model: Model, scaler: Any, target: str | None) -> Model:
    """Return the model with another name for its target; several are numbered."""
    if scaler is not None:
        raise ParameterError(
            "the model of a HierarchyClassifier or HierarchyRegressor has learned its own scaling; fit it on raw "
            "features, and leave the scaler out"
        )
    if target is None:
        return model
    k = len(model.targets)
    names = (target,) if k == 1 else tuple(f"{target}{i}" for i in range(k))
    return replace(model, targets=names, outcomes=model.outcomes and model.outcomes.renamed(names))


def features_of(problem: Problem) -> tuple[str, ...]:
    """Return names for the columns of a model: rank 0 as it is written."""
    return distinct(map(str, problem.flat.ranks[0]))


def _interrupted(selection: Selection) -> str:
    complete = sum(np.isfinite(c.loss) for c in selection.candidates)
    return (
        f"interrupted: {complete} of {len(selection.candidates)} candidates were far enough to be compared; "
        f"predictions are those of {counted(len(selection.ensemble), 'network')} of these"
    )
