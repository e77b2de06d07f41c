"""What every loss, and the model of p(y|x) it comes from, can do.

Inside, predictions and targets hold a row an output and a column an example, so that a formula of one example's
vectors reads the same for a batch. The public ``log_prob`` and ``cost`` take a row an example, as data come.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, ClassVar, TypeVar

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import ShapeError, TargetError
from hassenet.likelihoods.gaps import Part, Seen, output_by_output, summed

Array = NDArray[Any]


class Loss(ABC):
    """L(ŷ, y), with its canonical output activation and the delta at the top.

    A concrete loss is final and gives the six formulas below; columns are examples. They are of targets that are there:
    where y is NaN, ``hassenet.likelihoods.gaps`` takes them of what was observed.
    """

    name: ClassVar[str]

    @property
    @abstractmethod
    def canonical(self) -> str | tuple[str, ...]:
        """The output activation that is the model's mean function: its name, or one an output."""

    @property
    def heads(self) -> int:
        """Into how many blocks of one size the outputs fall, each of which is compared with the target."""
        return 1

    @property
    def takes_class_numbers(self) -> bool:
        """Whether the number of a class may stand for a row of the target that is one-hot."""
        return False

    @property
    def is_curved(self) -> bool:
        """Whether ∂²L/∂s² is more than 0 almost everywhere, so that Newton's step leads to the minimum."""
        return True

    @property
    def looks_at_others(self) -> bool:
        """Whether what an example costs depends on the others of its batch, and on their weights."""
        return False

    @property
    def target_columns(self) -> tuple[tuple[str, ...], ...]:
        """What the columns of the target are, each way to give them, where they are not those of the outputs."""
        return ()

    @property
    def outputs(self) -> int | None:
        """How many outputs it is of, where that is not how many there are."""
        return None

    @property
    def has_parameters(self) -> bool:
        """Whether outputs are several parameters of one model: what moves the first, as an exposure, moves no other."""
        return False

    @property
    def grows_with_exposure(self) -> bool:
        """Whether targets are counted in something: with log e added to its signal the mean is e times as large."""
        return False

    def exposed(self, k: int) -> NDArray[np.bool_]:
        """Return which of k outputs an exposure moves, (k,): of blocks of parameters the first, which has the mean.

        >>> from hassenet.likelihoods import LearnedDispersionLoss, SquaredError
        >>> LearnedDispersionLoss().exposed(4), SquaredError().exposed(1)
        (array([ True,  True, False, False]), array([False]))
        """
        return (np.arange(k) < k // self.heads) & self.grows_with_exposure

    @property
    def sees_gaps(self) -> bool:
        """Whether the formulas take NaN in y themselves, as those of losses made of others."""
        return False

    @property
    def has_like_outputs(self) -> bool:
        """Whether it is a sum of one and the same function of each output, so that all that is there is one row."""
        as_here = (type(self).observed_parts, type(self).alone) == (Loss.observed_parts, Loss.alone)
        return as_here and self.heads == 1 and not self.sees_gaps

    def encoded(self, Y: Array) -> Array:
        """Return a target as the formulas take it, (m, k): here as it is."""
        return Y

    def alone(self, j: int, k: int) -> Loss:
        """Return the loss of the j-th of k outputs alone."""
        return self

    def observed_parts(self, seen: Seen) -> Iterator[Part]:
        """Yield what was observed, of (k, m) truth values, in parts of which nothing is missing.

        Here the loss is a sum over outputs; one that looks at outputs together says how it is taken apart.
        """
        return output_by_output(self, seen)

    @property
    @abstractmethod
    def likelihood(self) -> Likelihood:
        """The model of p(y|x) whose −log is this loss up to constants."""

    @abstractmethod
    def value(self, prediction: Array, y: Array) -> Array:
        """Return L(ŷ, y) of each example, (k, m) → (m,)."""

    @abstractmethod
    def slope(self, prediction: Array, y: Array) -> Array:
        """Return ∂L/∂ŷ, (k, m)."""

    @abstractmethod
    def value_at_signal(self, s: Array, y: Array) -> Array:
        """Return L(G(s), y) for the canonical G, computed from the signal: finite for every finite s."""

    @abstractmethod
    def delta(self, s: Array, y: Array) -> Array:
        """Return δ = ∂L/∂s for the canonical G."""

    @abstractmethod
    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        """Return (∂²L/∂s²) v for the canonical G."""

    def among(self, weight: Array) -> Loss:
        """Return the loss of a batch with these weights, (m,): itself, where examples do not look at each other."""
        return self

    def cost(self, prediction: Any, target: Any) -> Array:
        """Return L(ŷ, y) of each example.

        Parameters
        ----------
        prediction, target : (m, k) array
            A row an example; of several heads, the target may have the columns of one. NaN in the target is a gap,
            which does not count. Where examples look at each other, these are all there are.

        Returns
        -------
        (m,) array
        """
        widths = tuple(map(len, self.target_columns))
        Y = self.encoded(rows(target))
        return summed(lambda L: L.value, self, *columns(prediction, Y, self.heads, widths))

    def deviance_offset(self, y: Array) -> Array:
        """Return what this loss lacks of half the deviance, where that is how others state it, (k, m) → (m,)."""
        return np.zeros(y.shape[1], y.dtype)

    def check(self, Y: Array) -> None:  # noqa: B027  (most domains are all real numbers)
        """Raise TargetError unless every target lies in the domain of the model; here any real number does."""

    def check_learnable(self, Y: Any) -> None:  # noqa: B027  (most targets say something by themselves)
        """Raise TargetError where targets of the domain say nothing of a network; here any target does."""


class IdentityLoss(Loss):
    """A loss whose canonical output is the identity: the signal is the prediction."""

    @property
    def canonical(self) -> str:
        """The identity."""
        return "identity"

    def value_at_signal(self, s: Array, y: Array) -> Array:
        """Return L(s, y)."""
        return self.value(s, y)

    def delta(self, s: Array, y: Array) -> Array:
        """Return ∂L/∂ŷ at ŷ = s."""
        return self.slope(s, y)


class Likelihood(ABC):
    """A model of p(y|x) whose mean is the network's output ŷ."""

    @property
    @abstractmethod
    def loss(self) -> Loss:
        """The loss that maximum likelihood minimises: −log p without its constants."""

    @abstractmethod
    def log_prob(self, prediction: Any, target: Any) -> Array:
        """Return log p(y|x) of each example, constants included, for ŷ and y of shape (m, k).

        Where y is NaN, it is that of the others: log of the marginal density, and 0 where none is there.
        """

    @abstractmethod
    def sample(self, prediction: Any, rng: np.random.Generator) -> Array:
        """Draw one y for each row of ŷ."""


def rows(array: Any) -> Array:
    """Return an (m, k) array of floats; (m,) is one output of m examples."""
    a = np.asarray(array, float)
    if a.ndim > 2:
        raise ShapeError(f"predictions and targets are (m, k) arrays; got the shape {a.shape}; reshape it")
    return a[:, None] if a.ndim == 1 else np.atleast_2d(a)


def columns(
    prediction: Any, target: Any, heads: int = 1, widths: tuple[int, ...] = ()
) -> tuple[Array, Array]:
    """Return ŷ and y as (k, m) arrays of floats, the y of one head repeated, or say that they do not fit each other.

    With widths the target has as many columns as one of these.
    """
    a, b = rows(prediction), rows(target)
    if b.shape[1] in widths and len(a) == len(b):
        return a.T, b.T
    b = np.tile(b, (1, heads)) if b.shape[1] * heads == a.shape[1] else b
    if a.shape != b.shape or a.shape[1] % heads:
        raise ShapeError(
            f"predictions and targets have one shape (m, k); got {a.shape} and {b.shape}; reshape one"
            + (f" (k is a multiple of the {heads} heads)" if heads > 1 else "")
        )
    return a.T, b.T


LogProb = TypeVar("LogProb", bound=Callable[..., Array])


def of_observed(log_prob: LogProb) -> LogProb:
    """Return the ``log_prob`` of a model that gives what was observed its marginal density, from one without gaps."""

    @wraps(log_prob)
    def marginal(self: Likelihood, prediction: Any, target: Any) -> Array:
        if not np.isnan(rows(target)).any():
            return log_prob(self, prediction, target)
        guess, y = columns(prediction, target, self.loss.heads)
        total = np.zeros(y.shape[1])
        for part in self.loss.observed_parts(~np.isnan(y)):
            total[part.examples] += part.loss.likelihood.log_prob(part.of(guess).T, part.of(y).T)
        return total

    return marginal  # type: ignore[return-value]  # of the same signature


def refuse(bad: NDArray[np.bool_], Y: Array, rule: str, remedy: str) -> None:
    """Raise TargetError naming the first target that breaks the rule."""
    if not bad.any():
        return
    row = int(np.argmax(bad.reshape(len(Y), -1).any(axis=1)))
    raise TargetError(f"{rule}; row {row} of the target is {Y[row].tolist()}; {remedy}")


def ratio(a: Array, b: Array) -> Array:
    """Return a/b with 0/0 = 0, the limit that x log x has at 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(a == 0, 0, a / b).astype(np.result_type(a, b), copy=False)
