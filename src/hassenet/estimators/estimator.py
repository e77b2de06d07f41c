"""What the classifier and the regressor have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from math import ceil
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from hassenet.checkpoints import CheckpointFolder
from hassenet.data.class_numbers import ClassNumbers
from hassenet.data.elsewhere import Elsewhere
from hassenet.data.encoding import Encoding
from hassenet.data.examples import Examples, check_meant
from hassenet.data.exposures import known_offset
from hassenet.data.noting import told_once
from hassenet.data.offsets import as_offsets
from hassenet.data.resolution import blurred
from hassenet.data.stream import Stream, is_stream
from hassenet.data.targets import have_target
from hassenet.data.targets_elsewhere import TargetsElsewhere
from hassenet.engines.threads import limited
from hassenet.errors import ParameterError, ShapeError
from hassenet.estimators.checks import (
    check_enough,
    check_features,
    one_column,
    present,
    present_offsets,
    readable,
)
from hassenet.estimators.elsewhere import validated, validated_features
from hassenet.estimators.kept import folder_of, random_of
from hassenet.estimators.known_target import OF_A_STREAM, known_target
from hassenet.estimators.learned_elsewhere import learn_elsewhere
from hassenet.estimators.learning import Learned, Problem, Score, by_lbfgs, of_a_stream, stepwise
from hassenet.estimators.made import Made
from hassenet.estimators.methods import all_or_nothing
from hassenet.estimators.monotonic import directions, wished
from hassenet.estimators.outputs import n_outputs, outputs_of
from hassenet.estimators.record import Record
from hassenet.estimators.rows_apart import copied_apart, moved_apart
from hassenet.estimators.scikit_learn import checks_parameters
from hassenet.estimators.solvers import hidden_activation, sizes
from hassenet.estimators.streams import apart, checked_features, checked_targets, names_of_targets
from hassenet.hierarchy import Constant, Hierarchy
from hassenet.hierarchy.constants import with_constants_among
from hassenet.likelihoods import Loss
from hassenet.model import Model
from hassenet.model.scalers import names_of
from hassenet.network import Network
from hassenet.schedules import Seen
from hassenet.task.architecture import Architecture
from hassenet.task.columns import without
from hassenet.task.encoded import Encoded
from hassenet.task.heads import OutputHeads
from hassenet.task.learned_columns import Origin, as_learned, is_made_here, refilled
from hassenet.task.splitting import Rows, set_aside
from hassenet.task.table_columns import above_columns, encoding_of, in_features
from hassenet.task.task import Task
from hassenet.training.history import TrainingState
from hassenet.training.level import begun_at, constant_signals

Array = NDArray[Any]


class Start(NamedTuple):
    """What a run starts from: network and task, what was seen so far, an optimiser's state, examples counted so far."""

    network: Network
    task: Task
    record: Record
    state: TrainingState | None
    t: int


class NetworkEstimator(TransformerMixin, BaseEstimator, ABC):
    """A network with scikit-learn's interface; the classifier and the regressor are concrete."""

    network_: Network
    n_outputs_: int
    encoding_: Encoding | None = None
    _record: Record
    _state: TrainingState | None
    _made: Made

    # ---------------------------------------------------------------- what the concrete classes say

    @abstractmethod
    def _checked(self, X: Any, y: Any, *, reset: bool) -> tuple[Any, Any]:
        """Return X and y after scikit-learn's checks."""

    @abstractmethod
    def _admit(self, y: Any, *, reset: bool) -> None:
        """Refuse targets that do not fit those seen before; ``reset`` forgets what was seen."""

    def _with_target(self, examples: Examples, y: Any) -> Examples:
        """Return the examples of which y says something to the loss; a warning counts others."""
        return examples.with_target()

    @abstractmethod
    def _encoded(self, y: Any) -> Array | ClassNumbers:
        """Return the targets as the loss wants them, (m, k)."""

    @abstractmethod
    def _output_names(self, y_names: Sequence[str] | None, k: int) -> Sequence[str]:
        """Return the names wished for the outputs."""

    @abstractmethod
    def _loss(self) -> Loss:
        """Return L."""

    @abstractmethod
    def _model(self, features: tuple[str, ...], scaler: Any, target: str) -> Model:
        """Return the fitted estimator as a model."""

    @abstractmethod
    def _class_weight(self, y: Any, weight: Array | None, *, once: bool) -> Array | None:
        """Return the weight of each example's class."""

    @abstractmethod
    def _strata(self, examples: Examples) -> list[Rows]:
        """Return the rows of what stays on both sides of a split."""

    @abstractmethod
    def _scoring(self, validation: Examples) -> Score:
        """Return how a prediction for these examples is scored; higher is better."""

    @abstractmethod
    def _settle(self, examples: Examples) -> None:
        """Keep what is learned of the outputs of the examples once the network is trained."""

    @abstractmethod
    def _exposed(self, X: Any, y: Any) -> NDArray[np.bool_]:
        """Return which outputs of targets y, or of those of a stream, an exposure moves, (k,)."""

    # ---------------------------------------------------------------- learning

    @checks_parameters
    def fit(
        self, X: Any, y: Any = None, sample_weight: Any = None, *, offset: Any = None, exposure: Any = None
    ) -> Self:
        """Train the network.

        Parameters
        ----------
        X : (m, n) array, scipy sparse array, table or stream
            Features, a row an example. A table's (pandas, polars) column names are matched with rank 0 of the
            hierarchy. Columns of text, categories or dates are made into features (``encoding_``), gaps beside them
            filled; a table of numbers has to be complete. A stream (:func:`hassenet.data.open`) is read a block at a
            time, and brings y, weights and offsets along; what its columns are, all its rows say.
        y : (m,) or (m, k) array, series or table
            Labels, an indicator of labels, or numbers; of several numbers a row NaN where one is missing.
        sample_weight : (m,) array, optional
            Weights ≥ 0: weight 2 is the same as two copies, weight 0 the same as absent.
        offset : (m,) or (m, k) array, optional
            What is added to the signal of each output; ``predict`` takes one as well.
        exposure : (m,) or (m, k) array, optional
            Instead, of counts: what they are counted in, as a time or a library size. The offset of their means is its
            logarithm. It may have a column an output, 1 where that is not the mean of a count.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If data or parameters are outside their domains. hassenet's own (FeatureError, TargetError,
            ParameterError, …) are ValueErrors as well.
        DivergedError
            If the cost is no longer finite.
        """
        return self._learn(X, y, sample_weight, once=False, offset=self._added(offset, exposure, X, y))

    def _added(self, offset: Any, exposure: Any, X: Any, y: Any) -> Any:
        """Return what is added to the signals of targets y, of which few ask what an exposure moves."""
        return offset if exposure is None else known_offset(offset, exposure, self._exposed(X, y))

    @all_or_nothing
    @told_once()
    def _learn(self, X: Any, y: Any, sample_weight: Any, *, once: bool, offset: Any = None) -> Self:
        if once and self.early_stopping:
            raise ParameterError("partial_fit does not support early_stopping=True")
        if once:  # parts of a stream have no folder: each is a call of its own
            return self._learn_in(None, X, y, sample_weight, once=True, offset=offset)
        with folder_of(self) as folder:
            return self._learn_in(folder, X, y, sample_weight, once=False, offset=offset)

    def _learn_in(
        self, folder: CheckpointFolder | None, X: Any, y: Any, sample_weight: Any, *, once: bool, offset: Any
    ) -> Self:
        if isinstance(y, TargetsElsewhere):
            learn_elsewhere(self, folder, X, y, random_of(self, folder))
            return self
        hidden = sizes(self.hidden_layer_sizes)
        fresh = not hasattr(self, "network_") or not (self.warm_start or once)
        y_names = names_of_targets(X, y)
        X, y, sample_weight, offset = apart(X, y, sample_weight, offset)
        table = X
        if fresh:
            self.encoding_ = encoding_of(X, self.hierarchy, sample_weight, self.covariates, self.column_kinds)
        X = as_learned(X, self.encoding_)
        X, y = self._checked(X, y, reset=fresh)
        of_all = (X.shape[0], sample_weight)
        rows = np.arange(X.shape[0])
        rows = present(rows, rows, sample_weight)[0]
        X, y, weight = present(X, y, sample_weight)
        if not once:  # a part of a stream need not hold every class
            self._admit(y, reset=fresh)
        Y = self._encoded(y)
        o = present_offsets(offset, *of_all, n_outputs(self._loss(), Y.shape[1]))
        examples = self._with_target(Examples(X, Y, weight, self._class_weight(y, weight, once=once), o), y)
        origin = Origin(table, rows[have_target(Y)]) if fresh else None
        random = random_of(self, folder)
        seed = int(random.randint(2**31 - 1))
        made = self._made_now(hidden)
        start = self._fresh(X, Y, made, y_names, seed) if fresh else self._continued(X, Y, made, once=once)
        start = self._at_the_level(start, examples) if fresh else start
        self._made = made
        place = folder and folder.part("network")
        with self._divided(examples, random, origin) as (train, held):
            score = None if held is None else self._scoring(held)
            self._run(start, Problem(start.network, start.task, train, held, score, seed, place), once=once)
        self._settle(examples)
        return self

    def _made_now(self, hidden: list[int]) -> Made:
        """Return what of a network the parameters say."""
        covariates = in_features(self.covariates, self.encoding_)
        architecture = Architecture(
            self._given(covariates), tuple(hidden), self.heads, self.auxiliary, covariates
        )
        dtype = None if self.dtype is None else self._dtypes()[0]
        hidden, output = hidden_activation(self.activation), self._loss().canonical
        return Made(architecture, hidden, output, dtype, wished(self.monotonic_cst))

    def _given(self, covariates: Sequence[Hashable]) -> Any:
        """Return the hierarchy given, over what the columns of a table are made of if these are not numbers."""
        if self.encoding_ is None or self.hierarchy is None:
            return self.hierarchy
        own = without(self.encoding_, covariates)
        return above_columns(self.hierarchy, self.encoding_, own)

    def _fresh(
        self, X: Any, Y: Array | ClassNumbers, made: Made, y_names: Sequence[str] | None, seed: int
    ) -> Start:
        outputs = outputs_of(self._loss(), self._output_names(y_names, Y.shape[1]))
        H = self._built(made, X, outputs)
        task = self._task(outputs, H)
        self.n_outputs_ = len(outputs)
        network = task.network(H, made.hidden, seed=seed, dtype=self._type(X, Y))
        return Start(network, task, Record(self.tol, bool(self.early_stopping)), None, 0)

    def _at_the_level(self, start: Start, examples: Examples) -> Start:
        """Return a network of counts that begins at the level of their rates: log e may be far from 0."""
        task, Y, weight = start.task, examples.Y, examples.weight
        if examples.offset is None or not task.loss.exposed(len(task.outputs)).any():
            return start
        level = constant_signals(task.loss, task.outputs, Y, examples.offset, weight)
        return start._replace(network=begun_at(start.network, level))

    def _built(self, made: Made, X: Any, outputs: Sequence[Hashable]) -> Hierarchy:
        """Return the hierarchy with its outputs, of which those that are constants look at nothing."""
        H = made.architecture.built(self._names, X.shape[1], list(map(str, outputs)))
        if not any(isinstance(output, Constant) for output in outputs):
            return H
        if self.auxiliary is not None:
            raise ParameterError(
                f"auxiliary heads are those of a loss without parameters of its own; {self._loss()!r} learns some; "
                "leave out auxiliary=…"
            )
        return with_constants_among(H, outputs)

    def _task(self, outputs: Sequence[Hashable], H: Hierarchy) -> Task:
        of_features = directions(self.monotonic_cst, self._names, H.ranks[0], self.encoding_)
        return Task(tuple(outputs), self._loss(), self.auxiliary_weight, of_features)

    def _continued(self, X: Any, Y: Array | ClassNumbers, made: Made, *, once: bool) -> Start:
        if n_outputs(self._loss(), Y.shape[1]) != self.n_outputs_:
            raise ShapeError(
                f"y has {Y.shape[1]} columns and the network {self.n_outputs_} outputs; fit a new estimator"
            )
        outputs = self._heads.names(self.hierarchy_.ranks[-1])
        task = self._task(outputs, self.hierarchy_)
        network = made.applied(
            getattr(self, "_made", None),  # of a fit by an earlier version it is not known
            self.network_,
            task,
            lambda: self._built(made, X, outputs),
        )
        by_score = bool(self.early_stopping)
        if once:
            record = self._record.continued(self.tol, by_score=by_score)
            return Start(network, task, record, of_a_stream(self, self._state), self.t_)
        seen = TrainingState(seen=Seen(examples=self.t_))
        return Start(network, task, self._record.anew(self.tol, by_score=by_score), seen, self.t_)

    @contextmanager
    def _divided(
        self, examples: Examples, random: Any, origin: Origin | None
    ) -> Iterator[tuple[Examples, Examples | None]]:
        """Yield the examples to train on and those to validate with, gaps of all filled as the first have it."""
        present = examples.with_weight()
        if self.validation_data is not None:
            yield present, self._given_validation()
        elif not self.early_stopping or self.solver == "lbfgs":
            yield present, None
        else:
            aside = self._set_aside(present, random)
            filled = self._refilled(present, examples, aside, origin)
            divided = moved_apart if is_made_here(filled.X, self.encoding_) else copied_apart
            with divided(filled, aside) as both:
                yield both

    def _refilled(
        self, present: Examples, examples: Examples, aside: NDArray[np.bool_], origin: Origin | None
    ) -> Examples:
        """Return the examples that are present, gaps filled as those to train on have it."""
        if origin is None or self.encoding_ is None:
            return present
        rows = replace(examples, X=origin.rows[:, None]).with_weight().X[:, 0]
        self.encoding_, X = refilled(self.encoding_, present.X, ~aside, Origin(origin.table, rows))
        return replace(present, X=X)

    def _set_aside(self, examples: Examples, random: Any) -> NDArray[np.bool_]:
        """Return which of the examples are set aside to validate with: two at least.

        Weights may be the counts of a random draw, as bagging's, which leaves few rows of what were enough: there the
        share is raised to two, and where classes of one row do not let go of so many, one is enough.
        """
        m, is_drawn = len(examples), examples.weight is not None
        share = max(ceil(self.validation_fraction * m), 2 * is_drawn) / m
        aside = set_aside(self._strata(examples), m, share, random)
        check_enough(aside.sum(), 2 - is_drawn)
        return aside

    def _given_validation(self) -> Examples:
        if len(self.validation_data) not in (2, 3, 4):
            raise ParameterError(
                "validation_data is (X, y), (X, y, weight) or (X, y, weight, offset); got "
                f"{len(self.validation_data)} parts"
            )
        X, y, given, offset = (*self.validation_data, None, None)[:4]
        X, y, given, offset = apart(X, y, given, offset)
        X, y = self._checked(as_learned(X, self.encoding_), y, reset=False)
        of_all = (X.shape[0], given)
        X, y, weight = present(X, y, given)
        Y = self._encoded(y)
        o = present_offsets(offset, *of_all, n_outputs(self._loss(), Y.shape[1]))
        return self._with_target(Examples(X, Y, weight, offset=o), y)

    def _run(self, start: Start, problem: Problem, *, once: bool) -> None:
        if self.solver == "lbfgs":
            self._run_by_lbfgs(start, problem)
        else:
            self._run_stepwise(start, problem, once=once)

    def _run_by_lbfgs(self, start: Start, problem: Problem) -> None:
        result, cost = by_lbfgs(self, problem)
        self._keep(result.network, Learned(result.network, result.state, result.history, len(result.history)))
        self.t_, self._record, self._state, self.loss_ = start.t, start.record, None, cost
        if not start.record.losses:
            self._forget_curves()

    def _run_stepwise(self, start: Start, problem: Problem, *, once: bool) -> None:
        record = start.record
        result = stepwise(self, problem, record, once=once, state=start.state)
        restored = record.best if record.by_score and record.best is not None else result.network
        self._keep(restored, result)
        self.t_, self._record = start.t + len(problem.train) * result.epochs, record
        self._keep_curves(record, scored=problem.validation is not None)

    def _keep(self, network: Network, result: Learned) -> None:
        self.network_, self._state, self.history_ = network, result.state, result.history
        self.n_iter_ = result.epochs

    def _keep_curves(self, record: Record, *, scored: bool) -> None:
        self.loss_curve_ = record.losses
        self.loss_ = record.losses[-1] if record.losses else np.nan  # interrupted in the first epoch
        self.best_loss_ = None if record.by_score else record.best_loss
        self.validation_scores_ = record.scores if scored else None
        self.best_validation_score_ = record.best_score if scored else None

    def _forget_curves(self) -> None:
        """Drop what an earlier fit by another solver has left."""
        for name in ("loss_curve_", "best_loss_", "validation_scores_", "best_validation_score_"):
            self.__dict__.pop(name, None)

    # ---------------------------------------------------------------- checks of data

    def _validated(self, X: Any, y: Any, *, reset: bool, **options: Any) -> tuple[Any, Any]:
        if is_stream(X):
            y = checked_targets(y, len(X), OF_A_STREAM, **options)
            return self._validated_stream(X, reset=reset), one_column(y)
        if isinstance(X, Encoded):
            return self._encoded_features(X, reset=reset), one_column(checked_targets(y, len(X), **options))
        X, y = (
            validated(
                self,
                X,
                known_target(y, y_numeric=options.get("y_numeric", False)),
                self._dtypes(),
                reset=reset,
                **options,
            )
            if isinstance(X, Elsewhere)
            else validate_data(
                self,
                readable(X, self.hierarchy),
                known_target(y, y_numeric=options.get("y_numeric", False)),
                accept_sparse=["csr", "csc"],
                multi_output=True,
                dtype=self._dtypes(),
                reset=reset,
                **options,
            )
        )
        return X.tocsr() if issparse(X) else X, one_column(y)

    def _validated_stream(self, X: Stream, *, reset: bool) -> Stream:
        return checked_features(partial(self._validated_rows, reset=reset), X, self._dtypes())

    def _validated_features(self, X: Any) -> Any:
        check_is_fitted(self)
        learned = as_learned(X, self.encoding_)
        if is_stream(learned):
            return self._validated_stream(learned, reset=False)
        if isinstance(learned, Encoded):
            return self._encoded_features(learned, reset=False)
        return self._validated_rows(learned, reset=False)

    def _encoded_features(self, X: Encoded, *, reset: bool) -> Array:
        features = X.features(self._dtypes()[0])
        X.check(partial(self._validated_rows, reset=reset))
        return features

    def _validated_rows(self, X: Any, *, reset: bool) -> Any:
        if isinstance(X, Elsewhere):
            return validated_features(self, X, self._dtypes(), reset=reset)
        return validate_data(
            self,
            readable(X, self.hierarchy),
            accept_sparse=["csr", "csc"],
            dtype=self._dtypes(),
            reset=reset,
        )

    def _dtypes(self) -> list[type[np.floating[Any]]]:
        kinds: dict[str, type[np.floating[Any]]] = {"float64": np.float64, "float32": np.float32}
        if self.dtype is None:
            return list(kinds.values())
        name = getattr(self.dtype, "__name__", str(self.dtype))
        if name not in kinds:
            raise ParameterError(f"dtype is None, 'float32' or 'float64'; got {self.dtype!r}")
        return [kinds[name]]

    def _type(self, X: Any, Y: Array | ClassNumbers) -> np.dtype[Any]:
        """Return the type to compute in: the one wished for, else that of X, but where it blurs X or Y float64."""
        given = np.dtype(X.dtype)
        is_blurred = self.dtype is None and (blurred(X, given).any() or blurred(Y, given).any())
        return np.dtype(np.float64) if is_blurred else given

    def _value(self, X: Any, offset: Any = None) -> Array:
        """Return Nx of the main outputs, with the threads that the estimator may use."""
        offset = X.offsets if offset is None and is_stream(X) else offset
        o = as_offsets(offset, X.shape[0], self.n_outputs_, self.network_.dtype)
        if o is not None:
            check_meant(o, self._loss(), self.n_outputs_)
        with limited(self.n_threads):
            return self._heads.main(self.network_(X, offset=self._heads.for_all(o)))

    @property
    def _heads(self) -> OutputHeads:
        return OutputHeads.of_size(self.n_outputs_, self.network_.plan.n_outputs)

    @property
    def _main_network(self) -> Network:
        return self._heads.main_network(self.network_)

    @property
    def _names(self) -> list[str] | None:
        """The columns of X, None without names."""
        columns = getattr(self, "feature_names_in_", None)
        return None if columns is None else [str(name) for name in columns]

    # ---------------------------------------------------------------- as a model

    def as_model(self, scaler: Any = None, target: str = "y") -> Model:
        """Return the fitted estimator as a model, which predicts from raw tables and is kept in a folder.

        Parameters
        ----------
        scaler : StandardScaler, MinMaxScaler, MaxAbsScaler, RobustScaler or a pipeline of these, optional
            Fitted, with one entry a feature: the one whose output the estimator was fitted on. Where that had no names
            the features are called as the columns that the scaler was fitted on.
        target : str
            What is predicted; several targets are called ``target0``, ``target1``, ….

        Returns
        -------
        Model
            Of auxiliary heads only the main outputs are kept.

        Raises
        ------
        ParameterError
            If the estimator has several labels for a row, each with two classes.
        """
        check_is_fitted(self)
        features = self._names or names_of(scaler) or tuple(map(str, self.hierarchy_.ranks[0]))
        model: Model = self._model(tuple(features), scaler, target)
        return model if self.encoding_ is None else replace(model, encoding=self.encoding_)

    # ---------------------------------------------------------------- hidden features

    def transform(self, X: Any) -> Array:
        """Return the hidden features HF⁽ʳ⁾(x) at the rank r that ``transform_rank`` names.

        Parameters
        ----------
        X : (m, n) array, scipy sparse array, table or stream

        Returns
        -------
        (m, n_r) array
            A column for each element of the rank; :meth:`get_feature_names_out` names them.
        """
        X = self._validated_features(X)
        with limited(self.n_threads):
            return self.network_.hidden_features(X, self._rank())

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return the names of the columns of :meth:`transform`: the elements of that rank.

        Parameters
        ----------
        input_features : sequence of str, optional
            Only compared with the names seen in ``fit``.

        Returns
        -------
        (n_r,) array of str
        """
        check_is_fitted(self)
        check_features(self, input_features)
        return np.array([str(element) for element in self.hierarchy_.ranks[self._rank()]], dtype=object)

    def _rank(self) -> int:
        D = self.hierarchy_.depth
        rank = int(self.transform_rank) if self.transform_rank >= 0 else D + int(self.transform_rank)
        if not 0 <= rank <= D:
            raise ParameterError(
                f"the hidden ranks are 1 to {D - 1} (or -1, the last, down); got {self.transform_rank}"
            )
        return rank

    # ---------------------------------------------------------------- fitted attributes

    @property
    def hierarchy_(self) -> Hierarchy:
        """H with the outputs on top, its features in the order of X's columns."""
        return self.network_.hierarchy

    @property
    def coefs_(self) -> list[Any]:
        """W⁽ⁱ⁾ᵀ of each layer, (nᵢ, nᵢ₊₁): an array for a complete layer, a scipy sparse array for a sparse one."""
        return [W.T for W in self.network_.weights]

    @coefs_.setter
    def coefs_(self, coefs: Sequence[Any]) -> None:
        self.network_ = self.network_.with_parameters([W.T for W in coefs], self.network_.biases)

    @property
    def intercepts_(self) -> list[Array]:
        """b⁽ⁱ⁾ of each layer, (nᵢ₊₁,)."""
        return list(self.network_.biases)

    @intercepts_.setter
    def intercepts_(self, intercepts: Sequence[Any]) -> None:
        self.network_ = self.network_.with_parameters(self.network_.weights, intercepts)

    @property
    def n_layers_(self) -> int:
        """The number of ranks, D + 1."""
        return len(self.hierarchy_.ranks)

    @property
    def out_activation_(self) -> str:
        """The activation of the outputs, by scikit-learn's name; of heads, within each."""
        name = str(self.network_.activations[-1]).partition("/")[0]
        return "logistic" if name == "sigmoid" else name

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "network_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
