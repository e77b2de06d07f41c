"""Heads: blocks of outputs that each predict the target, with weights of their own in the cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np
from numpy.typing import NDArray

from hassenet._checks import NOT_NEGATIVE
from hassenet.activations import in_blocks
from hassenet.errors import ParameterError, ShapeError, listing
from hassenet.likelihoods.base import Array, Likelihood, Loss, columns, rows
from hassenet.likelihoods.gaps import Formula, by_output, summed


@final
@dataclass(frozen=True)
class Heads(Loss):
    """L(ŷ, y) = Σ_h v_h L₀(ŷ⁽ʰ⁾, y): the outputs are consecutive blocks ŷ⁽¹⁾, ŷ⁽²⁾, … of one size, a block a head.

    Canonical output: that of L₀, a softmax within each block. Where L₀ is canonical on its own, so are the heads.

    Parameters
    ----------
    loss : Loss
        L₀, the loss of each head.
    weights : sequence of float
        v_h ≥ 0, one a head, not all 0. The last head is the main one, which validation scores look at.

    Raises
    ------
    ParameterError
        If there is no weight, one is negative or not finite, or all are 0; if L₀ has heads itself.

    Notes
    -----
    The target is that of one head, of as many columns as a block has, and is read by all of them; or it has a column an
    output, for heads with targets of their own. A head of weight 0 is left out, be its loss infinite.

    DCell (Ma et al., Nature Methods 15, 2018, 290–298) trains an output a subsystem with the weight 0.3 beside the main
    one; P-NET (Elmarakeby et al., Nature 598, 2021, 348–352) one a rank.

    Examples
    --------
    >>> from hassenet.likelihoods import SquaredError
    >>> Heads(SquaredError(), (0.3, 1.0)).cost([[2.0, 1.0]], [[0.0]])  # 0.3 · 2² + 1 · 1²
    array([2.2])
    """

    loss: Loss
    weights: tuple[float, ...]
    name: ClassVar[str] = "heads"

    def __post_init__(self) -> None:
        """Check the weights."""
        if not _is_plain(self.loss):
            raise ParameterError(f"heads share one plain loss, as CrossEntropy(); got {self.loss!r}")
        object.__setattr__(self, "weights", _checked_weights(self.weights))

    @property
    def canonical(self) -> str | tuple[str, ...]:
        """The canonical output of L₀, within each block where it joins outputs."""
        of_one = self.loss.canonical
        return in_blocks(of_one, self.heads) if isinstance(of_one, str) else of_one * self.heads

    @property
    def heads(self) -> int:
        """How many blocks of outputs there are."""
        return len(self.weights)

    @property
    def takes_class_numbers(self) -> bool:
        """Whether L₀ does."""
        return self.loss.takes_class_numbers

    @property
    def is_curved(self) -> bool:
        """Whether L₀ is."""
        return self.loss.is_curved

    def exposed(self, k: int) -> NDArray[np.bool_]:
        """Return which of k outputs an exposure moves: in each head those that it moves of L₀."""
        return np.tile(self.loss.exposed(k // self.heads), self.heads)

    @property
    def sees_gaps(self) -> bool:
        """True: what is missing is left out head by head, as L₀ has it."""
        return True

    @property
    def likelihood(self) -> Composite:
        """Composite(L₀.likelihood, v)."""
        return Composite(self.loss.likelihood, self.weights)

    def value(self, prediction: Array, y: Array) -> Array:
        return self._sum(lambda L: L.value, prediction, y)

    def slope(self, prediction: Array, y: Array) -> Array:
        return self._blocks(lambda L: L.slope, prediction, y)

    def value_at_signal(self, s: Array, y: Array) -> Array:
        return self._sum(lambda L: L.value_at_signal, s, y)

    def delta(self, s: Array, y: Array) -> Array:
        return self._blocks(lambda L: L.delta, s, y)

    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        return self._blocks(lambda L: L.curvature, s, y, _folded(v, self.heads))

    def deviance_offset(self, y: Array) -> Array:
        """Return Σ_h v_h times that of L₀ for the target of the head, (m,)."""
        return self._sum(lambda L: lambda _, of_head: L.deviance_offset(of_head), y, y)

    def check(self, Y: Array) -> None:
        """Raise TargetError unless every target of every head lies in the domain of the model.

        Raises
        ------
        ShapeError
            If Y is not an (m, h·k) array.
        """
        for block in _split(Y, self.heads):
            self.loss.check(block)

    def _sum(self, formula: Formula, a: Array, y: Array) -> Array:
        """Return Σ_h v_h f(a⁽ʰ⁾, y⁽ʰ⁾) of a formula of L₀, (m,)."""
        blocks = _folded(a, self.heads), _folded(_repeated(y, len(a)), self.heads)
        values = summed(formula, self.loss, *blocks)
        return self._weighted(values.reshape(self.heads, -1)).sum(axis=0)

    def _blocks(self, formula: Formula, a: Array, y: Array, *others: Array) -> Array:
        """Return v_h f(a⁽ʰ⁾, y⁽ʰ⁾) of a formula of L₀, a block a head, (h·k, m)."""
        blocks = _folded(a, self.heads), _folded(_repeated(y, len(a)), self.heads)
        slopes = by_output(formula, self.loss, *blocks, *others)
        by_head = slopes.reshape(len(slopes), self.heads, -1).swapaxes(0, 1)
        return self._weighted(by_head).reshape(a.shape)

    def _weighted(self, by_head: Array) -> Array:
        """Return v_h times what belongs to head h, with 0·∞ = 0."""
        v = np.array(self.weights, by_head.dtype).reshape(-1, *[1] * (by_head.ndim - 1))
        return np.multiply(v, by_head, out=np.zeros_like(by_head), where=v > 0)


@final
@dataclass(frozen=True)
class Composite(Likelihood):
    """log p(y|x) = Σ_h v_h log p₀(y⁽ʰ⁾|x): each head a model of its own, and a weight a power of its density.

    With all weights 1 it is the product of independent models. With others it is a composite likelihood (Varin, Reid
    and Firth, Statistica Sinica 21, 2011, 5–42): it has its maximum where J has its minimum, and is not a density.

    Parameters
    ----------
    model : Likelihood
        p₀, the model of each head.
    weights : sequence of float
        v_h ≥ 0.

    Raises
    ------
    ParameterError
        If p₀ is not a model, or one of heads itself; if the weights are not as those of :class:`Heads`.

    Examples
    --------
    >>> from hassenet.likelihoods import Bernoulli
    >>> Composite(Bernoulli(), (0.5, 1.0)).log_prob([[0.25, 0.5]], [[1.0]])  # ½ log ¼ + log ½
    array([-1.38629436])
    """

    model: Likelihood
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        """Check the model and the weights."""
        if not isinstance(self.model, Likelihood) or isinstance(self.model, Composite):
            raise ParameterError(f"heads share one plain model, as Bernoulli(); got {self.model!r}")
        object.__setattr__(self, "weights", self.loss.weights)

    @property
    def loss(self) -> Heads:
        """Heads(p₀.loss, v)."""
        return Heads(self.model.loss, self.weights)

    def log_prob(self, prediction: Any, target: Any) -> Array:
        guess, y = columns(prediction, target, len(self.weights))
        blocks = zip(*(np.split(a.T, len(self.weights), axis=1) for a in (guess, y)), strict=True)
        log_p = [
            v * self.model.log_prob(*pair) for v, pair in zip(self.weights, blocks, strict=True) if v > 0
        ]
        return np.sum(log_p, axis=0)

    def sample(self, prediction: Any, rng: np.random.Generator) -> Array:
        """Draw one y for each row of ŷ, each head's from its own model: the weights have no part in it."""
        blocks = _split(rows(prediction), len(self.weights))
        return np.hstack([self.model.sample(block, rng) for block in blocks])


def _is_plain(loss: Any) -> bool:
    """Whether each output is compared with a column of the target, example by example."""
    return isinstance(loss, Loss) and not (
        loss.heads > 1 or isinstance(loss, Heads) or loss.looks_at_others or loss.target_columns
    )


def of_a_head(loss: Loss) -> Loss:
    """Return L₀ of a loss with heads, any other loss itself."""
    return loss.loss if isinstance(loss, Heads) else loss


def outputs_of_a_head(loss: Loss, outputs: int) -> int:
    """Return how many outputs each head has.

    Raises
    ------
    ShapeError
        If they cannot be divided among the heads.
    """
    if outputs % loss.heads:
        raise ShapeError(
            f"heads are blocks of outputs of one size; {outputs} outputs do not make {loss.heads} heads; "
            "give a weight for each head that the network has"
        )
    return outputs // loss.heads


def _split(Y: Array, heads: int) -> list[Array]:
    """Return the blocks of (m, h·k), a row an example."""
    shape = np.shape(Y)
    if len(shape) != 2 or shape[1] % heads:
        raise ShapeError(
            f"heads are blocks of columns of one size, an (m, h·k) array; the shape {shape} makes no {heads} blocks; "
            "give each as many columns"
        )
    return np.split(np.asarray(Y), heads, axis=1)


def _folded(a: Array, heads: int) -> Array:
    """Return the blocks of (h·k, m) side by side, (k, h·m): to a loss, heads are further examples."""
    k, m = len(a) // heads, a.shape[1]
    return a.reshape(heads, k, m).swapaxes(0, 1).reshape(k, heads * m)


def _repeated(y: Array, n: int) -> Array:
    """Return y for all n outputs, where it has the rows of one head."""
    return y if len(y) == n else np.tile(y, (n // len(y), 1))


def _checked_weights(weights: Any) -> tuple[float, ...]:
    several = isinstance(weights, Sequence) or (isinstance(weights, np.ndarray) and weights.ndim > 0)
    given = tuple(weights) if several else ()
    bad = [v for v in given if v not in NOT_NEGATIVE]
    if bad or not any(given):
        raise ParameterError(
            "weights of heads are finite numbers ≥ 0, one a head and not all 0; got "
            f"{listing(bad) if bad else repr(weights)}; give them as (0.3, 1.0)"
        )
    return tuple(map(float, given))
