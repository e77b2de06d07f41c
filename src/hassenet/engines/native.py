"""The compiled engine: the calls of the readable one, in C++ (``native/``), without the GIL.

A plan is handed over once for each network. What the core does not know by name (a loss, a penalty, an optimiser or an
activation that was added in Python), and 2³² parameters or more, it does not support.

The environment variable HASSENET_LEVEL forces an instruction level that the processor has, HASSENET_NUM_THREADS the
number of threads; without it, it is OMP_NUM_THREADS, else the processors that this process may use.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.activations import Activation, activation
from hassenet.activations.rank import RankActivation
from hassenet.data.class_numbers import ClassNumbers
from hassenet.data.packed import Packed
from hassenet.data.rows_of import RowsOf
from hassenet.engines import _native
from hassenet.engines.apart import Apart
from hassenet.engines.dropout import Dropout, Masks
from hassenet.engines.engine import Engine, Request
from hassenet.engines.formulas import take_step
from hassenet.engines.groups import Groups
from hassenet.engines.objective import Objective
from hassenet.engines.once import OncePerPlan
from hassenet.engines.plan import Layer, Plan
from hassenet.engines.steps import Steps
from hassenet.engines.threads import check_threads, default_threads, n_threads
from hassenet.errors import ParameterError
from hassenet.likelihoods import (
    LOSSES,
    DiscreteTimeLoss,
    GaussianLoss,
    Heads,
    Joint,
    Loss,
    NegativeBinomialLoss,
    QuantileLoss,
    StudentTLoss,
)
from hassenet.likelihoods.heads import of_a_head
from hassenet.likelihoods.joint import plain_losses
from hassenet.likelihoods.linear import Linear
from hassenet.optimizers import SGD, Adam, AdamW, Momentum, Nesterov, Optimizer, State
from hassenet.penalties import L1, L2, ElasticNet, Elements, NoPenalty, Penalty

Array = NDArray[Any]
Rows = NDArray[np.int64]

# The rules as the core calls them; activations and losses have one name in both.
_RULES: dict[type[Optimizer], str] = {
    SGD: "sgd",
    Momentum: "momentum",
    Nesterov: "nesterov",
    Adam: "adam",
    AdamW: "adamw",
}
_PENALTIES = (NoPenalty, L1, L2, ElasticNet, Elements)
_OF_OTHERS = {"linear": Linear(), "discrete_time": DiscreteTimeLoss()}
_TYPES = tuple(np.dtype(t) for t in ("f4", "f8", "i1", "u1", "i2", "i4", "i8", "?"))


def levels() -> tuple[str, ...]:
    """Return the instruction levels that this processor can run, the best first."""
    return tuple(_native.levels())


def use_level(name: str) -> None:
    """Run at an instruction level from now on.

    Raises
    ------
    ParameterError
        If this processor, or this build, does not have it.
    """
    global level
    if name not in levels():
        raise ParameterError(f"no instruction level {name!r} here; choose one of {', '.join(levels())}")
    _native.use_level(name)
    level = name


def threads() -> int:
    """Return how many threads a call may use."""
    return int(_native.threads())


def set_threads(n: int) -> None:
    """Let a call use n threads; the bits of the result stay the same.

    Complete layers of 2²⁰ weights or more are multiplied by the BLAS, with its own number of threads: their bits may
    depend on that one, not on n.

    Raises
    ------
    ParameterError
        If n is not a whole number from 1 to 1024.
    """
    check_threads(n)
    _native.set_threads(int(n))


@final
class Native(Engine):
    """The core, for what it knows; a layout is the plan as the core has it."""

    name = "native"
    takes_rows_by_number = True

    def description(self) -> str:
        """Return in a line what runs: the instruction level, and how many threads at most."""
        others = [other for other in levels() if other != level]
        rest = f" (also here: {', '.join(others)})" if others else ""
        return f"native: compiled, instruction level {level}{rest}, up to {threads()} threads"

    def supports(self, request: Request) -> bool:
        return (
            _knows_plan(request.plan)
            and (request.objective is None or _knows_objective(request.objective))
            and (
                request.data is None
                or request.data.Y is None
                or _knows_targets(request.data.Y, request.objective)
            )
            and (request.optimizer is None or type(request.optimizer) in _RULES)
            and (request.dropout is None or _can_drop(request.plan, request.dropout))
            and request.normalisation is None
        )

    def lay_out(self, plan: Plan) -> _LaidOut:
        return _laid_out(plan)

    def put(self, X: Any, Y: Any = None, weight: Array | None = None) -> _Data:
        Y, weight = None if Y is None else _targets(Y), _weights(weight)
        if not isinstance(X, RowsOf):
            return _Data(X, _as_it_lies(X), Y, weight)
        Y, weight = (None if one is None else X.spread(one) for one in (Y, weight))
        return _Data(X, _as_it_lies(X.whole), Y, weight, X.rows)

    def forward(self, layout: _LaidOut, theta: Array, data: _Data, rank: int | None = None) -> Array:
        rank = len(layout.places) - 1 if rank is None else rank
        places = layout.places[rank]
        out = np.empty((data.X.shape[0], len(places)), theta.dtype)
        _native.forward(layout.core, _flat(theta), data.features, rank, places, out, n_threads.get())
        return out if layout.top is None or rank < len(layout.places) - 1 else _activated(layout.top, out)

    def cost(self, layout: _LaidOut, objective: Objective, theta: Array, data: _Data) -> float:
        goal = _goal(objective, data)
        return float(_native.cost(layout.core, _flat(theta), *data.examples, goal, n_threads.get()))

    def gradient(
        self,
        layout: _LaidOut,
        objective: Objective,
        theta: Array,
        data: _Data,
        masks: Masks | None = None,
    ) -> tuple[float, Array]:
        g, factors = np.empty_like(theta), None if masks is None else _factors(*masks, layout.spared)
        call = (
            layout.core,
            _flat(theta),
            *data.examples,
            _goal(objective, data),
            g,
            factors,
            n_threads.get(),
        )
        return float(_native.gradient(*call)), g

    def step(
        self,
        layout: _LaidOut,
        objective: Objective,
        theta: Array,
        state: State,
        gradient: Array,
        optimizer: Optimizer,
        rate: float,
    ) -> None:
        take_step(layout.weights, objective, theta, state, gradient, optimizer, rate)

    def train(
        self, layout: _LaidOut, objective: Objective, theta: Array, state: State, data: _Data, steps: Steps
    ) -> Array:
        order, costs = np.ascontiguousarray(steps.order, np.int64), np.empty(len(steps))
        factors = None if steps.dropout is None else _factors(steps.dropout, steps.examples, layout.spared)
        *examples, rows = data.of(order)
        rates = np.ascontiguousarray(steps.rates, np.float64)
        work = (rows, _goal(objective, data), _rule(steps.optimizer), rates, steps.batch_size, costs)
        call = (layout.core, theta, list(state), *examples, *work, factors, steps.stop, n_threads.get())
        return costs[: _native.train(*call)]


# ---------------------------------------------------------------- plans, handed over once


@final
@dataclass(frozen=True, eq=False)
class _LaidOut:
    """A plan as the core has it.

    Attributes
    ----------
    core : _native.Plan
    places : tuple of D + 1 arrays of int32
        The row of each element of each rank.
    weights : tuple of slice
        What of θ is weights.
    top : RankActivation, optional
        That of the outputs, where the core leaves it out.
    spared : (n₀,) array of uint8, optional
        Which features are never dropped; None where all may be.
    """

    core: Any
    places: tuple[NDArray[np.int32], ...]
    weights: tuple[slice, ...]
    top: RankActivation | None
    spared: NDArray[np.uint8] | None


@cache
def _find_blas() -> None:
    """Let large products be done by the BLAS that SciPy brings: functions behind pointers, nothing is linked."""
    try:
        from scipy.linalg.cython_blas import __pyx_capi__ as functions

        _native.use_blas(functions["sgemm"], functions["dgemm"])
    except (ImportError, KeyError, ValueError):
        return  # blocks of our own do every product


@OncePerPlan
def _knows_plan(plan: Plan) -> bool:
    activations = (G for layer in plan.layers for G, _ in layer.G.parts)
    return (
        all(_knows_activation(G) for G in activations)
        and plan.layers[-1].has_no_relays
        and not any(_is_left_to_python(layer.G) for layer in plan.layers[:-1])
        and plan.n_parameters < 2**32 - 1
    )


def _knows_activation(G: Activation) -> bool:
    """Whether it is the one in the table of that name, and the core has one of that name."""
    return G.family in _native.activations and activation(G.name) is G


@OncePerPlan
def _laid_out(plan: Plan) -> _LaidOut:
    _find_blas()
    places = tuple(place.astype(np.int32) for place in plan.places)
    layers = [_layer(layer, below) for layer, below in zip(plan.layers, places, strict=False)]
    codes = [np.zeros(plan.n_inputs, np.uint8), *(_codes(layer) for layer in plan.layers)]
    blocks = [1, *(max(G.blocks for G, _ in layer.G.parts) for layer in plan.layers)]
    core = _native.Plan(np.diff(plan.starts).tolist(), layers, np.concatenate(codes), blocks)
    G = plan.layers[-1].G
    return _LaidOut(core, places, plan.weights, G if _is_left_to_python(G) else None, _spared(plan))


def _activated(G: RankActivation, signals: Array) -> Array:
    """Return G of signals, a row an example."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.ascontiguousarray(G.value(signals.T).T)


def _spared(plan: Plan) -> NDArray[np.uint8] | None:
    """Return which features are never dropped."""
    if not len(plan.covariates):
        return None
    spared = np.zeros(plan.n_inputs, np.uint8)
    spared[plan.covariates] = 1
    return spared


def _layer(
    layer: Layer, below: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int64] | None, bool]:
    """Return the rows that each element looks at: one list where all look at the same ones, else one a cover.

    Also whether a layer of the second kind runs as a product.
    """
    if layer.is_complete:
        return np.ascontiguousarray(below), None, False
    counts = layer.covers.below_counts[layer.free]
    sources = below[layer.pairs[1]]
    if len(counts) and (counts == counts[0]).all():
        table = sources.reshape(len(counts), -1)
        if (table == table[0]).all() and len(np.unique(table[0])) == table.shape[1]:
            return np.ascontiguousarray(table[0]), None, False
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    return sources, starts, layer.kind == "masked"


def _codes(layer: Layer) -> NDArray[np.uint8]:
    codes = np.empty(layer.covers.shape[0], np.uint8)
    for G, rows in layer.G.parts:
        codes[rows] = _native.activations["identity" if _is_left_to_python(layer.G) else G.family]
    return codes[layer.free]


def _is_left_to_python(G: RankActivation) -> bool:
    """Whether blocks of a rank are joined beside others: the core gives the signals of such outputs."""
    return any(part.block_size is not None for part, _ in G.parts)


# ---------------------------------------------------------------- objectives, rules and masks, as the core takes them


class _Goal(NamedTuple):
    """J as numbers."""

    loss: int
    canonical: bool
    shape: Array | None  # what the loss has beside its name
    l1: float
    l2: float
    weights: Array | None  # of the heads
    groups: tuple[Array, Array, Array] | None
    offsets: int = 0  # columns of Y behind the targets
    parts: list[tuple[Any, ...]] | None = None  # blocks of outputs with losses of their own
    signs: NDArray[np.int8] | None = None
    apart: tuple[Array, float] | None = None


def _knows_objective(objective: Objective) -> bool:
    """Whether the loss is the one in the table of that name, and the core has one of that name, and the penalty."""
    plain = plain_losses(objective.loss)
    return (
        type(objective.penalty) in _PENALTIES
        and all(map(_knows_loss, plain))
        and (objective.top.is_canonical or not _is_joint(objective))
    )


def _is_joint(objective: Objective) -> bool:
    return isinstance(of_a_head(objective.loss), Joint) or _is_left_to_python(objective.top.G)


def _knows_loss(loss: Loss) -> bool:
    known = {**LOSSES, **_OF_OTHERS}
    return _core_name(loss) in _native.losses and type(loss) is type(known.get(loss.name))


def _core_name(loss: Loss) -> str:
    """Return what the core calls a loss: hazards in intervals are probabilities, with gaps."""
    return "binary_cross_entropy" if isinstance(loss, DiscreteTimeLoss) else loss.name


def _knows_targets(Y: Any, objective: Objective | None) -> bool:
    """Whether the core reads them; what of a Gaussian with all of Σ is missing, it does not know."""
    if issparse(Y) or objective is None:
        return not issparse(Y)
    joined = [loss for loss in plain_losses(objective.loss) if isinstance(loss, GaussianLoss)]
    return not (any(L.precision.size > 1 for L in joined) and np.isnan(np.asarray(Y)).any())


def _goal(objective: Objective, data: _Data) -> tuple[Any, ...]:
    loss, one, penalty = objective.loss, of_a_head(objective.loss), objective.penalty
    rest: dict[str, Any] = {
        "l1": float(penalty.shrinkage),
        "l2": float(_l2(penalty)),
        "groups": objective.groups and _of_groups(objective.groups),
        "offsets": objective.top.offsets,
        "signs": objective.signs,
        "apart": objective.apart and _of_apart(objective.apart),
    }
    if isinstance(one, Joint):
        heads = loss.weights if isinstance(loss, Heads) else (1.0,)
        parts = list(_parts(one, heads, (0 if data.Y is None else data.Y.shape[1]) - objective.top.offsets))
        return tuple(parts[0][-1]._replace(**rest, parts=[(*part[:-1], tuple(part[-1])) for part in parts]))
    return tuple(_of_loss(loss, canonical=objective.top.is_canonical)._replace(**rest))


def _of_loss(loss: Loss, *, canonical: bool) -> _Goal:
    """Return a loss alone as the core takes it."""
    one = of_a_head(loss)
    weights = (
        np.array(loss.weights) if isinstance(loss, Heads) else np.ones(loss.heads) if loss.heads > 1 else None
    )
    return _Goal(_native.losses[_core_name(one)], canonical, _shape_of(one), 0.0, 0.0, weights, None)


def _parts(joint: Joint, heads: tuple[float, ...], columns: int) -> Iterator[tuple[Any, ...]]:
    """Yield each block of each head: its first output, how many, the same of its targets, its weight, and its loss."""
    for h, weight in enumerate(heads):
        first = h * joint.n_outputs
        for block in joint.blocks:
            column = block.place.start + (first if columns > joint.n_outputs else 0)
            place = (first + block.place.start, block.size, column, block.size)
            yield *place, weight * block.weight, _of_loss(block.loss, canonical=True)


def _shape_of(loss: Loss) -> Array | None:
    """Return Σ⁻¹, α, q of each head, or ½(ν + 1) and σ√ν; None for a loss that has nothing beside its name."""
    match loss:
        case GaussianLoss():
            return np.ascontiguousarray(loss.precision.ravel(), float)
        case NegativeBinomialLoss():
            return np.atleast_1d(np.asarray(loss.dispersion, float))
        case QuantileLoss():
            return np.atleast_1d(np.asarray(loss.quantiles, float))
        case StudentTLoss():
            return np.array([(loss.df + 1) / 2, loss.width])
    return None


def _of_groups(groups: Groups) -> tuple[Array, Array, Array]:
    return groups.places.astype(np.uint32), groups.starts.astype(np.int64), groups.strength


def _of_apart(apart: Apart) -> tuple[Array, float]:
    return apart.places.astype(np.uint32), float(apart.penalty.strength)


def _l2(penalty: Penalty) -> float:
    return penalty.strength if isinstance(penalty, L2) else getattr(penalty, "l2", 0.0)


class _Rule(NamedTuple):
    """An optimiser as numbers."""

    rule: int
    momentum: float = 0.0
    beta1: float = 0.0
    beta2: float = 0.0
    epsilon: float = 0.0
    decay: float = 0.0


def _rule(optimizer: Optimizer) -> tuple[Any, ...]:
    options = {f: float(getattr(optimizer, f)) for f in _Rule._fields[1:] if hasattr(optimizer, f)}
    return tuple(_Rule(_native.rules[_RULES[type(optimizer)]], **options))


def _factors(dropout: Dropout, examples: Rows, spared: NDArray[np.uint8] | None) -> tuple[Any, ...]:
    """Return dropout, which examples are in the call, and which features are never dropped."""
    return (
        np.array(dropout.rates),
        dropout.key,
        dropout.step,
        np.ascontiguousarray(examples, np.int64),
        spared,
    )


def _can_drop(plan: Plan, dropout: Dropout) -> bool:
    """Whether the core has the masks; not for a rank that softmax joins."""
    joint = [False, *(not layer.G.pointwise for layer in plan.layers)]
    return not any(p > 0 and is_joint for p, is_joint in zip(dropout.rates, joint, strict=False))


# ---------------------------------------------------------------- data as the core reads them, copied only if it cannot


@final
class _Data(NamedTuple):
    """Examples as the core reads them.

    Attributes
    ----------
    X : (m, n₀) array or sparse array
        As it was given.
    readable : array, tuple or None
        X as the core reads it; None where it does not read that type, and each call gets what it needs converted.
    Y : (m, k) array, (m,) array of class numbers, or None
    weight : (m,) array or None
    rows : (m,) array of int, optional
        Where the examples are among those that are read, with Y and weight.
    """

    X: Any
    readable: Any
    Y: Array | None
    weight: Array | None
    rows: Rows | None = None

    @property
    def features(self) -> Any:
        """X, converted if it has to be."""
        if self.rows is not None:
            return _readable(self.X[:])
        return _dense(self.X) if self.readable is None else self.readable

    @property
    def examples(self) -> tuple[Any, Array | None, Array | None]:
        """All examples."""
        Y, weight = (
            part if part is None or self.rows is None else part[self.rows] for part in (self.Y, self.weight)
        )
        return self.features, Y, weight

    def of(self, order: Rows) -> tuple[Any, Array | None, Array | None, Rows]:
        """Return examples among which those of a call are, and their rows there."""
        order = order if self.rows is None else self.rows[order]
        if self.readable is not None:
            return self.readable, self.Y, self.weight, order
        Y, weight = (None if part is None else part[order] for part in (self.Y, self.weight))
        whole = self.X.whole if isinstance(self.X, RowsOf) else self.X
        return _dense(whole[order]), Y, weight, np.arange(len(order))


def _flat(theta: Array) -> Array:
    return np.require(theta, requirements=["C", "A"])


def _is_readable(array: Array) -> bool:
    steps = (step % array.itemsize == 0 for step in array.strides)
    return array.dtype in _TYPES and array.dtype.isnative and array.flags.aligned and all(steps)


def _as_it_lies(X: Any) -> Any:
    """Return X in a form that is read without a copy of its numbers, None where there is none."""
    if issparse(X):
        return _compressed(X)
    if isinstance(X, Packed):
        return _side_by_side(X)
    return _with_bytes(X) if _is_readable(X) else None


def _readable(X: Any) -> Any:
    """Return X in a form that is read, copied if it has to be."""
    found = _as_it_lies(X)
    return _dense(X) if found is None else found


def _dense(array: Array) -> Array:
    return _with_bytes(array) if _is_readable(array) else np.ascontiguousarray(array, np.float64)


def _targets(Y: Any) -> Array:
    """Return targets as they are read: class numbers stand for rows of 0 and 1."""
    return _dense(Y) if not isinstance(Y, ClassNumbers) else np.ascontiguousarray(Y.numbers, np.int64)


def _with_bytes(array: Array) -> Array:
    """Return truth values as the bytes that they are."""
    return array.view(np.uint8) if array.dtype == bool else array


def _compressed(X: Any) -> tuple[Any, ...]:
    """Return what a matrix of compressed rows is made of."""
    X = X.tocsr()
    data = np.require(_dense(X.data), requirements=["C", "A"])
    index = np.int64 if np.int64 in (X.indices.dtype, X.indptr.dtype) else np.int32
    return (data, np.require(X.indices, index, ["C", "A"]), np.require(X.indptr, index, ["C", "A"]), *X.shape)


def _side_by_side(X: Packed) -> tuple[Any, ...]:
    """Return what a block of whole numbers of one byte, and columns beside it, are made of."""
    F, table, rows = X.block.F, X.table, X.rows
    return (
        F if _is_readable(F) else np.ascontiguousarray(F),
        np.require(X.own, np.int64, ["C", "A"]),
        None if table is None else np.require(table, np.float64, ["C", "A"]),
        X.block.low if table is not None else 0,
        None if rows is None else np.require(rows, np.int64, ["C", "A"]),
        _dense(X.others),
        np.require(X.places, np.int64, ["C", "A"]),
    )


def _weights(weight: Array | None) -> Array | None:
    return None if weight is None else np.require(weight, np.float64, ["C", "A"])


level: str = _native.level()
"""The instruction level that runs: "baseline", "avx2" or "avx512"."""

if os.environ.get("HASSENET_LEVEL"):
    use_level(os.environ["HASSENET_LEVEL"])
set_threads(default_threads())
