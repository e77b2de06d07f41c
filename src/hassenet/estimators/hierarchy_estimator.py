"""What the hierarchy's classifier and regressor have in common."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from numbers import Integral, Real
from os import PathLike
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from hassenet.checkpoints import CheckpointFolder
from hassenet.data.elsewhere import Elsewhere
from hassenet.data.encoding import Encoding
from hassenet.data.examples import require_targets
from hassenet.data.noting import told_once
from hassenet.data.preparation import Preparation
from hassenet.data.step import Step
from hassenet.data.stream import is_stream
from hassenet.data.targets_elsewhere import TargetsElsewhere
from hassenet.errors import DataError, HassenetWarning, ParameterError, counted
from hassenet.estimators.checks import one_column, readable, sample_weights
from hassenet.estimators.chosen_elsewhere import choose_elsewhere
from hassenet.estimators.elsewhere import validated, validated_features
from hassenet.estimators.given_rows import GivenRows
from hassenet.estimators.kept import folder_of, random_of
from hassenet.estimators.known_target import OF_A_STREAM, known_target
from hassenet.estimators.learned_as import LearnedAs, features_of
from hassenet.estimators.methods import all_or_nothing
from hassenet.estimators.monotonic import directions
from hassenet.estimators.prepared import prepared
from hassenet.estimators.scikit_learn import Interval, checks_parameters
from hassenet.estimators.streams import (
    apart,
    checked_features,
    checked_targets,
    is_far,
    names_of_targets,
    prepared_by,
    rows_in_memory,
    width,
)
from hassenet.hierarchy import Hierarchy
from hassenet.model import Model
from hassenet.network import Ensemble
from hassenet.selection import Candidate, Problem, Search, Selection
from hassenet.selection.all_rows import learned_from_all, of_all_rows
from hassenet.selection.some_rows import rows_to_choose_on
from hassenet.task.architecture import without_outputs
from hassenet.task.columns import hierarchy_of_columns, without
from hassenet.task.covariates import CovariateColumns, apart_from
from hassenet.task.encoded import Encoded
from hassenet.task.learned_columns import as_learned
from hassenet.task.table_columns import above_columns, encoding_of_gaps, in_features
from hassenet.task.task import Task

Array = NDArray[Any]
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


class HierarchyEstimator(BaseEstimator, ABC):
    """An ensemble whose settings are chosen in ``fit``; what predicts something is concrete."""

    selection_: Selection
    model_: Model
    every: float | None = None
    encoding_: Encoding | None = None
    hierarchy_: Hierarchy
    out_of_fold_: Any
    chosen_on_: Array
    _learned_as: LearnedAs

    # ---------------------------------------------------------------- what the concrete classes say

    @abstractmethod
    def _checked(self, X: Any, y: Any, names: Sequence[str] | None) -> tuple[Array, Array]:
        """Return X and y, whose columns have these names, after scikit-learn's checks; keep what y is learned as."""

    def _of_part(self, y: Any, names: Sequence[str] | None) -> Array:
        """Return targets of a part of all rows after the same checks; its features are looked at apart."""
        return self._checked(np.zeros((len(y), 1)), y, names)[1]

    def _check_all(self, y: TargetsElsewhere) -> None:
        """Refuse what targets of all rows, as they were given and each part was checked, say together; here nothing."""

    def _check_beside(self, X: Any) -> None:
        """Refuse features that do not fit the targets that are known; here none."""

    def _admit(self, y: Array) -> None:
        """Learn what is to be known of the targets; refuse those of which nothing can be learned."""
        self._learned_as = self._learned_as.begun(y, self.folds)

    @abstractmethod
    def _in_units(self, out_of_fold: Array) -> Any:
        """Return predictions out of fold as the estimator gives predictions."""

    # ---------------------------------------------------------------- learning

    @checks_parameters
    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Choose the settings by cross-validation, and keep the networks of its folds.

        Parameters
        ----------
        X : (m, n) array, scipy sparse array, table or stream
            Features, a row an example, NaN where one is missing. A table's column names are matched with rank 0 of the
            hierarchy, in any order; an array's columns stand in the order of rank 0. A table may have columns of text,
            categories or dates: then ``encoding_`` is what its columns were made into
            (:class:`hassenet.model.Encoding`), levels below the columns, and "… is missing" beside those with gaps. A
            stream (:func:`hassenet.data.open`) is read a block at a time, and brings y and weights along; what its
            columns are, all its rows say.
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

        Notes
        -----
        Settings are chosen on rows in memory. Of a stream these are all rows where they are few (five million cells and
        100,000 rows at most, or 1,000), and then the result is that of the table in memory, to the bit. Else so many
        are drawn at random, with a few more of what is rare, as a class. Then a network of each setting that counts,
        the heaviest first and ``members`` at most, goes on from that of the first fold over all rows, a block at a time
        and with λ √(few/all); its threads are as many as ``n_jobs``. Medians, scaling and what is found out of fold, as
        a temperature and intervals, are those of the rows that settings were chosen on; a warning names a setting that
        is left out as its network does not stay finite on all.
        """
        return self._learn(X, y, sample_weight)

    @all_or_nothing
    @told_once()
    def _learn(self, X: Any, y: Any, sample_weight: Any) -> Self:
        with folder_of(self) as folder:
            return self._learn_in(folder, X, y, sample_weight)

    def _learn_in(self, folder: CheckpointFolder | None, X: Any, y: Any, sample_weight: Any) -> Self:
        random = random_of(self, folder)
        search = self._search(int(random.randint(2**31 - 1)), folder and folder.part("selection"))
        if isinstance(y, TargetsElsewhere):
            choose_elsewhere(self, search, folder, X, y)
            return self
        given = self._given(X, y, sample_weight)
        of = self._to_learn_from(given)
        found = self._found(of, search) if of.table is None else self._chosen(of, search, folder)
        model = self._learned_as.model(found.selection, found.steps, found.problem, of.y)
        self._keep(found.selection, replace(model, encoding=self.encoding_), of.places, len(given))
        return self

    def _given(self, X: Any, y: Any, sample_weight: Any) -> GivenRows:
        """Return all rows after checks; learn what the columns of X are."""
        names = names_of_targets(X, y)
        table, y, weight, offset = apart(X, y, sample_weight, None)
        _check_no_offset(offset)
        self.encoding_ = encoding_of_gaps(table, self.hierarchy, weight, self.covariates, self.column_kinds)
        X, y = self._checked(as_learned(table, self.encoding_), y, names)
        weight = None if weight is None else sample_weights(weight, X.shape[0])
        return GivenRows(X, y, weight, np.arange(X.shape[0]), table if is_far(table) else None)

    def _to_learn_from(self, given: GivenRows) -> GivenRows:
        """Return the rows that have a weight, and a target that says something; refuse what cannot be learned."""
        rows = given.places if given.weight is None else np.flatnonzero(given.weight > 0)
        known = self._learned_as.have_target(given.y[rows])
        of = given.some(self._learned_as.learnable(given.y, rows[require_targets(known)]))
        self._check_rows(len(of))
        self._admit(of.y)
        return of

    def _found(self, of: GivenRows, search: Search) -> Found:
        """Return what a search finds on rows in memory."""
        steps, Z = prepared(of.X, self._columns or ())
        problem = self._problem(Z, of)
        return Found(search.run(problem), problem, steps)

    def _chosen(self, of: GivenRows, search: Search, folder: CheckpointFolder | None) -> Found:
        """Return what a search finds on some rows of all, with networks that have learned from all of them."""
        learnable = self._learned_as.encoded(of.y)
        some = rows_to_choose_on(learnable.strata, width(of.table), self.folds, search.seed)
        here = rows_in_memory(of.table, of.places[some])
        found = self._found(of.of(some, self._known(here)), search)
        if len(some) == len(of):
            return found
        (Y, strata, offset), X = learnable, found.prepared(of.X)
        problem = replace(found.problem, X=X, Y=Y, strata=strata, weight=of.weight, offset=offset)
        selection = learned_from_all(search, found.selection, problem, folder)
        return found._replace(selection=of_all_rows(selection, some, len(of)), problem=problem)

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

    def _problem(self, Z: Array, of: GivenRows) -> Problem:
        split = CovariateColumns.of(in_features(self.covariates, self.encoding_), self._columns, Z.shape[1])
        H = self._bare(split)
        own = self._learned_as
        task = Task(tuple(own.outputs({*chain(*H.ranks), *split.names})), own.loss)
        (Y, strata, offset), biases = own.encoded(of.y), own.biases(of.y, of.weight)
        problem = Problem(H, task, Z, Y, strata, of.weight, split, self.covariate_penalty, offset, biases)
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
        self.selection_, self.model_, self.chosen_on_ = selection, model, rows[selection.is_chosen_on]
        seen = selection.is_predicted
        self.out_of_fold_ = as_of_all_rows(self._in_units(selection.out_of_fold[seen]), rows[seen], m)
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
        if is_stream(X):
            y = checked_targets(y, len(X), OF_A_STREAM, **options)
            return checked_features(self._validated_rows, X, [np.float64]), one_column(y)
        if isinstance(X, Encoded):
            X.check(self._validated_rows)
            return X, one_column(checked_targets(y, len(X), **options))
        X, y = (
            validated(
                self,
                X,
                known_target(y, y_numeric=options.get("y_numeric", False)),
                [np.float64],
                gaps=True,
                **options,
            )
            if isinstance(X, Elsewhere)
            else validate_data(
                self,
                readable(X, self.hierarchy),
                known_target(y, y_numeric=options.get("y_numeric", False)),
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
        known = self._known(X)
        return known.features() if isinstance(known, Encoded) else known

    def _known(self, X: Any) -> Any:
        """Return the features of X, which are those that were learned; of a table they may be made when asked for."""
        X = as_learned(X, self.encoding_)
        known = partial(self._validated_rows, reset=False)
        if is_stream(X):
            return checked_features(known, X, [np.float64])
        if isinstance(X, Encoded):
            X.check(known)
            return X
        return known(X)

    def _validated_rows(self, X: Any, *, reset: bool = True) -> Any:
        if isinstance(X, Elsewhere):
            return validated_features(self, X, [np.float64], gaps=True, reset=reset)
        return validate_data(
            self,
            readable(X, self.hierarchy),
            accept_sparse="csr",
            dtype=np.float64,
            ensure_all_finite="allow-nan",
            reset=reset,
        )

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


class Found(NamedTuple):
    """What a search found, the problem that its networks have learned from, and how features are prepared for it."""

    selection: Selection
    problem: Problem
    steps: tuple[Step, ...]

    def prepared(self, X: Any) -> Any:
        """Return all features, prepared where they are."""
        names = features_of(self.problem)
        return prepared_by(X, Preparation(names, self.steps), names)


def _check_no_offset(offset: Any) -> None:
    if offset is not None:
        raise ParameterError(
            "where settings are chosen, an offset is one of the targets; the stream has one beside its target; make it "
            "a column of the target, and name it: HierarchyOutcomes(outcomes=Outcomes(…, OffsetColumn(name)))"
        )


def as_of_all_rows(known: Any, rows: NDArray[np.intp], m: int) -> Any:
    """Return what is known of some of m rows as arrays of all: NaN, of labels None, where nothing is.

    >>> as_of_all_rows({"risk": np.array([0.5])}, np.array([1]), 2)
    {'risk': array([nan, 0.5])}
    """
    if isinstance(known, dict):
        return {name: as_of_all_rows(column, rows, m) for name, column in known.items()}
    is_number = known.dtype.kind in "fiu"
    found = np.full((m, *known.shape[1:]), np.nan if is_number else None, float if is_number else object)
    found[rows] = known
    return found


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


def _interrupted(selection: Selection) -> str:
    complete = sum(np.isfinite(c.loss) for c in selection.candidates)
    return (
        f"interrupted: {complete} of {len(selection.candidates)} candidates were far enough to be compared; "
        f"predictions are those of {counted(len(selection.ensemble), 'network')} of these"
    )
