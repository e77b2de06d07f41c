"""A loss of its own for each target: classes, numbers and counts in one network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet._checks import NOT_NEGATIVE, is_whole_number
from hassenet.activations import activation
from hassenet.errors import ParameterError, ShapeError, TargetError, listing
from hassenet.likelihoods.base import Array, Likelihood, Loss, columns, rows
from hassenet.likelihoods.gaps import Formula, by_output, summed
from hassenet.likelihoods.heads import of_a_head
from hassenet.likelihoods.table import as_loss


@final
class Block(NamedTuple):
    """Consecutive outputs with a loss of their own.

    Attributes
    ----------
    name : str
    loss : Loss
    weight : float
    place : slice
        Its outputs, and its columns of the target.
    """

    name: str
    loss: Loss
    weight: float
    place: slice

    @property
    def size(self) -> int:
        """How many outputs it has."""
        return int(self.place.stop - self.place.start)

    @property
    def has_classes(self) -> bool:
        """Whether one number, that of a class, may stand for its columns of the target."""
        return self.loss.takes_class_numbers

    @property
    def width(self) -> int:
        """In how many columns its target can be given: that of class numbers, of a time, or one for all quantiles."""
        return 1 if self.has_classes or self.loss.outputs is not None else self.size // self.loss.heads


@final
@dataclass(frozen=True)
class Joint(Loss):
    """L(ŷ, y) = Σ_b v_b L_b(ŷ⁽ᵇ⁾, y⁽ᵇ⁾): consecutive blocks of outputs, each with a target and a loss of its own.

    Canonical output: that of L_b in each block, where δ is v_b δ_b. A network takes it as ``output=loss.canonical``.

    Parameters
    ----------
    losses : mapping from str to Loss, or sequence of losses
        L_b, by the names of the targets, in the order of the outputs. A name of a loss or a likelihood stands for one.
    sizes : sequence of int, optional
        How many outputs each block has; by default one.
    weights : sequence of float, optional
        v_b > 0; by default 1, so that J is −log-likelihood per example.
    names : sequence of str, optional
        Those of the targets where the losses come without.

    Raises
    ------
    ParameterError
        If there are no losses, names, sizes or weights are not as many, a block of classes has a single output, a size
        does not suit its loss, or a weight is not a number above 0.

    Notes
    -----
    The target has a column an output; or the number of a class stands for the columns of classes, and one number for
    those of several quantiles. A table is matched by the names. NaN is a target that is missing.

    Examples
    --------
    >>> loss = Joint(
    ...     {"health": "cross_entropy", "age": "squared_error", "visits": "poisson"}, sizes=(3, 1, 1)
    ... )
    >>> loss.canonical
    ('softmax:3', 'softmax:3', 'softmax:3', 'identity', 'exp')
    >>> p = [[0.25, 0.5, 0.25, 40.0, 2.0]]
    >>> loss.cost(p, [[0, 1, 0, 41.0, 0]]).round(4)  # log 2 + 1 + 2
    array([3.6931])
    """

    losses: Any
    sizes: Any = None
    weights: Any = None
    names: Any = None
    name: ClassVar[str] = "joint"

    def __post_init__(self) -> None:
        """Check the blocks."""
        losses, names = _named(self.losses, self.names)
        n = len(losses)
        sizes = _each("sizes", "whole numbers ≥ 1", self.sizes, n, 1, lambda k: is_whole_number(k) and k >= 1)
        weights = _each(
            "weights", "finite numbers above 0", self.weights, n, 1.0, lambda v: v in NOT_NEGATIVE and v > 0
        )
        for what, value in (
            ("losses", losses),
            ("sizes", tuple(map(int, sizes))),
            ("weights", tuple(map(float, weights))),
            ("names", names),
        ):
            object.__setattr__(self, what, value)
        for block in self.blocks:
            _check_size(block)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks, in the order of the outputs."""
        ends = np.cumsum(self.sizes).tolist()
        places = [slice(end - size, end) for end, size in zip(ends, self.sizes, strict=True)]
        return tuple(map(Block, self.names, self.losses, self.weights, places))

    @property
    def n_outputs(self) -> int:
        """How many outputs there are."""
        return int(sum(self.sizes))

    @property
    def output_names(self) -> tuple[str, ...]:
        """A name an output: that of the target, with the number of the class or of the output where there are several.

        >>> Joint({"kind": "cross_entropy", "age": "squared_error"}, sizes=(2, 1)).output_names
        ('kind=0', 'kind=1', 'age')
        """
        return tuple(name for block in self.blocks for name in _names_of(block))

    @property
    def canonical(self) -> tuple[str, ...]:
        """The canonical output of each block, a name an output; a softmax joins those of its block."""
        return tuple(name for block in self.blocks for name in [_output_of(block)] * block.size)

    @property
    def sees_gaps(self) -> bool:
        """True: what is missing is left out block by block, as L_b has it."""
        return True

    @property
    def is_curved(self) -> bool:
        """Whether every L_b is."""
        return all(loss.is_curved for loss in self.losses)

    @property
    def looks_at_others(self) -> bool:
        """Whether examples look at each other in one of L_b."""
        return any(loss.looks_at_others for loss in self.losses)

    def exposed(self, k: int) -> NDArray[np.bool_]:
        """Return which outputs an exposure moves: in each block those that it moves of L_b.

        >>> from hassenet.likelihoods import LearnedDispersionLoss
        >>> Joint(("squared_error", LearnedDispersionLoss()), sizes=(1, 2)).exposed(3)
        array([False,  True, False])
        """
        return np.concatenate([block.loss.exposed(block.size) for block in self.blocks])

    def among(self, weight: Array) -> Joint:
        """Return the loss of a batch with these weights."""
        losses = [loss.among(weight) for loss in self.losses]
        return Joint(losses, self.sizes, self.weights, self.names)

    @property
    def likelihood(self) -> Product:
        """Product of the models of the losses."""
        models = tuple(loss.likelihood for loss in self.losses)
        return Product(models, self.sizes, self.weights, self.names)

    def value(self, prediction: Array, y: Array) -> Array:
        return self._sum(lambda L: L.value, prediction, y)

    def slope(self, prediction: Array, y: Array) -> Array:
        return self._side_by_side(lambda L: L.slope, prediction, y)

    def value_at_signal(self, s: Array, y: Array) -> Array:
        return self._sum(lambda L: L.value_at_signal, s, y)

    def delta(self, s: Array, y: Array) -> Array:
        return self._side_by_side(lambda L: L.delta, s, y)

    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        return self._side_by_side(lambda L: L.curvature, s, y, v)

    def deviance_offset(self, y: Array) -> Array:
        """Return Σ_b v_b times that of L_b, (m,)."""
        return self._sum(lambda L: lambda _, of_block: L.deviance_offset(of_block), y, y)

    def of_each(self, prediction: Any, target: Any) -> dict[str, Array]:
        """Return L_b of each example by the names of the targets, without weights; NaN where the target is missing.

        Examples
        --------
        >>> loss = Joint({"ill": "binary_cross_entropy", "age": "squared_error"})
        >>> {
        ...     name: float(np.nanmean(L))
        ...     for name, L in loss.of_each([[0.5, 40], [0.5, 41]], [[1, 42], [0, np.nan]]).items()
        ... }
        {'ill': 0.6931471805599453, 'age': 4.0}
        """
        guess, y = columns(prediction, self.encoded(rows(target)))
        return {b.name: _where_known(b.loss, *own) for b, own in self._parts(guess, y)}

    def encoded(self, Y: Any) -> Array:
        """Return a target with class numbers as one with a column an output; one that has that already as it is.

        Raises
        ------
        ShapeError
            If it has neither.
        TargetError
            If the number of a class is not one.

        Examples
        --------
        >>> Joint(("cross_entropy", "squared_error"), sizes=(2, 1)).encoded([[1, 5.0], [np.nan, 6.0]])
        array([[ 0.,  1.,  5.],
               [nan, nan,  6.]])
        """
        Y = np.asarray(Y)
        if Y.ndim == 2 and Y.shape[1] == self.n_outputs:
            return Y
        ends = np.cumsum([block.width for block in self.blocks]).tolist()
        if Y.ndim != 2 or Y.shape[1] != ends[-1]:
            raise ShapeError(
                f"the target has a column for each of the {self.n_outputs} outputs, or, with class numbers, the "
                f"{ends[-1]} of {listing(self.names)}; its shape is {Y.shape}; give it such columns"
            )
        parts = zip(self.blocks, np.split(Y, ends[:-1], axis=1), strict=True)
        return np.concatenate([_encoded(block, y) for block, y in parts], axis=1)

    def check(self, Y: Array) -> None:
        """Raise TargetError unless every target lies in the domain of its model.

        Raises
        ------
        ShapeError
            If Y has not a column an output.
        """
        if Y.shape[1] != self.n_outputs:
            raise ShapeError(
                f"blocks of {listing(self.sizes)} outputs are {self.n_outputs}; the target has {Y.shape[1]} columns; "
                "give sizes=… for those of the network"
            )
        for block in self.blocks:
            block.loss.check(Y[:, block.place])

    def check_learnable(self, Y: Any) -> None:
        """Raise TargetError where the target of a block says nothing of a network."""
        for block in self.blocks:
            if block.loss.looks_at_others:  # of others targets may lie where only their parts can be asked
                block.loss.check_learnable(Y[:, block.place])

    def _parts(self, *arrays: Array) -> Iterator[tuple[Block, list[Array]]]:
        if len(arrays[0]) != self.n_outputs:
            raise ShapeError(
                f"blocks of {listing(self.sizes)} outputs are {self.n_outputs}; there are {len(arrays[0])}; "
                "give sizes=… for those of the network"
            )
        return ((block, [a[block.place] for a in arrays]) for block in self.blocks)

    def _sum(self, formula: Formula, a: Array, y: Array) -> Array:
        """Return Σ_b v_b f_b(a⁽ᵇ⁾, y⁽ᵇ⁾), (m,)."""
        parts = self._parts(a, y)
        return np.sum([a.dtype.type(b.weight) * summed(formula, b.loss, *own) for b, own in parts], axis=0)

    def _side_by_side(self, formula: Formula, a: Array, y: Array, *others: Array) -> Array:
        """Return v_b f_b(a⁽ᵇ⁾, y⁽ᵇ⁾), block after block, (k, m)."""
        parts = self._parts(a, y, *others)
        return np.concatenate([a.dtype.type(b.weight) * by_output(formula, b.loss, *own) for b, own in parts])


@final
@dataclass(frozen=True)
class Product(Likelihood):
    """log p(y|x) = Σ_b v_b log p_b(y⁽ᵇ⁾|x): targets that are independent given x, each with a model of its own.

    With all weights 1 it is the product of the densities; with others a composite likelihood, as of :class:`Composite`.

    Parameters
    ----------
    models : mapping from str to Likelihood, or sequence of models
    sizes, weights, names : sequence, optional
        As those of :class:`Joint`.

    Examples
    --------
    >>> from hassenet.likelihoods import Bernoulli, Poisson
    >>> Product((Bernoulli(), Poisson())).log_prob([[0.5, 2.0]], [[1, 0]])  # log ½ − 2
    array([-2.69314718])
    """

    models: Any
    sizes: Any = None
    weights: Any = None
    names: Any = None

    def __post_init__(self) -> None:
        """Check the blocks, and keep them as the loss does."""
        given = self.models.values() if isinstance(self.models, Mapping) else self.models
        loss = self.loss
        for what, value in (
            ("models", tuple(given)),
            ("sizes", loss.sizes),
            ("weights", loss.weights),
            ("names", loss.names),
        ):
            object.__setattr__(self, what, value)

    @property
    def loss(self) -> Joint:
        """Joint of the losses of the models."""
        return Joint(self.models, self.sizes, self.weights, self.names)

    def log_prob(self, prediction: Any, target: Any) -> Array:
        guess, y = columns(prediction, self.loss.encoded(rows(target)))
        log_p = [
            block.weight * model.log_prob(guess[block.place].T, y[block.place].T)
            for block, model in zip(self.loss.blocks, self.models, strict=True)
        ]
        return np.sum(log_p, axis=0)

    def sample(self, prediction: Any, rng: np.random.Generator) -> Array:
        """Draw one y for each row of ŷ, each block's from its own model, a column an output.

        The weights have no part in it. A time is one column, as all events are seen.
        """
        p, pairs = rows(prediction), zip(self.loss.blocks, self.models, strict=True)
        return np.hstack([_as_target(b, model.sample(p[:, b.place], rng)) for b, model in pairs])


def _as_target(block: Block, drawn: Array) -> Array:
    """Return what a model draws as the target of its block."""
    drawn = drawn[:, :1] if block.loss.looks_at_others else drawn
    return np.tile(drawn, (1, block.size // drawn.shape[1]))


def _named(losses: Any, names: Any) -> tuple[tuple[Loss, ...], tuple[str, ...]]:
    several = isinstance(losses, Mapping) or (isinstance(losses, Sequence) and not isinstance(losses, str))
    given = list(losses.values() if isinstance(losses, Mapping) else losses) if several else []
    called = list(losses) if isinstance(losses, Mapping) and names is None else names
    called = [f"y{k}" for k in range(len(given))] if called is None else list(called)
    if not given or len(called) != len(given) or len(set(called)) < len(called):
        raise ParameterError(
            "a joint loss has one loss a target, each with a name of its own; got "
            f"{losses!r}{'' if names is None else f' and names={names!r}'}; give them as "
            "{'ill': BinaryCrossEntropy(), 'age': SquaredError()}"
        )
    return tuple(map(_plain, given)), tuple(map(str, called))


def _plain(loss: Any) -> Loss:
    found = as_loss(loss)
    if found.sees_gaps:
        raise ParameterError(
            f"a block of a joint loss has one plain loss; {found!r} has several; give its parts as blocks"
        )
    return found


def _each(
    what: str, rule: str, given: Any, n: int, default: Any, suits: Callable[[Any], bool]
) -> Sequence[Any]:
    values = (
        [default] * n if given is None else list(given) if isinstance(given, Sequence | np.ndarray) else []
    )
    if len(values) != n or not all(map(suits, values)):
        raise ParameterError(
            f"{what} of a joint loss are {rule}, one for each of {n} losses; got {given!r}; give as many"
        )
    return values


def _check_size(block: Block) -> None:
    loss, k = block.loss, block.size
    if loss.takes_class_numbers and k == 1:
        raise ParameterError(
            f"a block of classes has an output a class; {block.name!r} has one output; give sizes=…, or "
            "BinaryCrossEntropy() for two classes"
        )
    if loss.outputs not in (None, k):
        raise ParameterError(f"{loss!r} is of {loss.outputs} outputs; {block.name!r} has {k}; give sizes=…")
    if k % loss.heads:
        raise ParameterError(
            f"{loss!r} is of {loss.heads} outputs, or a multiple; {block.name!r} has {k}; give sizes=…"
        )


def _names_of(block: Block) -> list[str]:
    if block.size == 1:
        return [block.name]
    return [f"{block.name}{'=' if block.has_classes else ' '}{k}" for k in range(block.size)]


def _where_known(loss: Loss, prediction: Array, y: Array) -> Array:
    found = summed(lambda L: L.value, loss, prediction, y)
    return np.where(np.isnan(y).all(axis=0), np.nan, found)


def _output_of(block: Block) -> str:
    """Return the canonical output of a block, where it joins outputs that of blocks of this size."""
    name = str(block.loss.canonical)
    return name if activation(name).pointwise else f"{name}:{block.size}"


def _encoded(block: Block, y: Array) -> Array:
    """Return the columns of a target for all outputs of its block."""
    if not block.has_classes:
        return np.tile(y, (1, block.size // block.width))
    y = y[:, 0].astype(float)
    known, k = ~np.isnan(y), block.size
    if not np.isin(y[known], np.arange(k)).all():
        raise TargetError(
            f"class numbers are whole numbers from 0 to {k - 1}, NaN where one is missing; {block.name!r} holds "
            f"{listing(np.setdiff1d(y[known], np.arange(k)).tolist(), 3)}; number the classes, or give one-hot rows"
        )
    one_hot = np.full((len(y), k), np.nan)
    one_hot[known] = np.eye(k)[y[known].astype(int)]
    return one_hot


def plain_losses(loss: Loss) -> tuple[Loss, ...]:
    """Return the losses that a loss is made of, each once a block; of heads those of one.

    >>> from hassenet.likelihoods import SquaredError
    >>> plain_losses(Joint((SquaredError(), SquaredError())))
    (SquaredError(), SquaredError())
    """
    one = of_a_head(loss)
    return one.losses if isinstance(one, Joint) else (one,)
