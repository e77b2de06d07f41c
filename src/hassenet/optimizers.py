"""Optimisers: pure functions init and step on flat vectors; state goes in, new state comes out.

θ holds weights and biases; ``weights`` names the slices of θ that are weights.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet._checks import NOT_NEGATIVE, POSITIVE, SHARE, SHARE_OR_ALL, require_number, require_whole_number
from hassenet.schedules import Schedule, as_schedule

__all__ = [
    "LBFGS",
    "SGD",
    "Adam",
    "AdamW",
    "Momentum",
    "Nesterov",
    "Optimizer",
    "State",
]

Array = NDArray[Any]
State = tuple[Array, ...]
"""What an optimiser keeps between steps, arrays like θ; ``init`` makes them, ``step`` returns new ones."""

Slices = Sequence[slice]


class Optimizer(ABC):
    """A rule that turns a gradient into a step."""

    rate: float | Schedule

    @property
    def schedule(self) -> Schedule:
        """The schedule of α."""
        return as_schedule(self.rate)

    @abstractmethod
    def init(self, theta: Array) -> State:
        """Return the state before the first step."""

    @abstractmethod
    def step(
        self, theta: Array, gradient: Array, state: State, rate: float, weights: Slices
    ) -> tuple[Array, State]:
        """Return θ and the state after one step at rate α."""

    @abstractmethod
    def reach(self, state: State, rate: float) -> float | Array:
        """Return how far a gradient smaller by 1 would have moved θ in the step just made.

        A proximal step of this measure acts as if λ·sign(w), at the weights it arrives at, had stood in the gradient.
        """

    def settle(self, state: State, moved: Array) -> State:
        """Return the state after a proximal step has moved θ: a velocity learns of it."""
        return state


@final
@dataclass(frozen=True)
class SGD(Optimizer):
    """θ ← θ − α g.

    Parameters
    ----------
    rate : float or Schedule
        α > 0.

    Examples
    --------
    >>> SGD(0.1).step(np.array([1.0]), np.array([2.0]), (), 0.1, ())
    (array([0.8]), ())
    """

    rate: float | Schedule = 0.1

    def __post_init__(self) -> None:
        """Check α."""
        as_schedule(self.rate)

    def init(self, theta: Array) -> State:
        return ()

    def step(
        self, theta: Array, gradient: Array, state: State, rate: float, weights: Slices
    ) -> tuple[Array, State]:
        return theta - rate * gradient, ()

    def reach(self, state: State, rate: float) -> float:
        return rate


@dataclass(frozen=True)
class _WithVelocity(Optimizer):
    """What the two rules with momentum share: v ← μv − αg."""

    rate: float | Schedule = 0.1
    momentum: float = 0.9

    def __post_init__(self) -> None:
        """Check α and μ."""
        as_schedule(self.rate)
        require_number("momentum", self.momentum, SHARE_OR_ALL)

    def init(self, theta: Array) -> State:
        return (np.zeros_like(theta),)

    def _velocity(self, gradient: Array, state: State, rate: float) -> Array:
        return self.momentum * state[0] - rate * gradient


@final
@dataclass(frozen=True)
class Momentum(_WithVelocity):
    """v ← μv − αg, θ ← θ + v (Polyak, 1964).

    Parameters
    ----------
    rate : float or Schedule
        α > 0.
    momentum : float in [0, 1]
        μ.

    Examples
    --------
    >>> Momentum(0.1, 0.9).step(np.array([1.0]), np.array([2.0]), (np.array([1.0]),), 0.1, ())
    (array([1.7]), (array([0.7]),))
    """

    def step(
        self, theta: Array, gradient: Array, state: State, rate: float, weights: Slices
    ) -> tuple[Array, State]:
        v = self._velocity(gradient, state, rate)
        return theta + v, (v,)

    def reach(self, state: State, rate: float) -> float:
        return rate

    def settle(self, state: State, moved: Array) -> State:
        return (state[0] + moved,)


@final
@dataclass(frozen=True)
class Nesterov(_WithVelocity):
    """v ← μv − αg, θ ← θ + μv − αg (Nesterov, 1983, in the form of Sutskever et al., 2013).

    Parameters
    ----------
    rate : float or Schedule
        α > 0.
    momentum : float in [0, 1]
        μ.

    Examples
    --------
    >>> Nesterov(0.1, 0.9).step(np.array([1.0]), np.array([2.0]), (np.array([1.0]),), 0.1, ())
    (array([1.43]), (array([0.7]),))
    """

    def step(
        self, theta: Array, gradient: Array, state: State, rate: float, weights: Slices
    ) -> tuple[Array, State]:
        v = self._velocity(gradient, state, rate)
        return theta + self.momentum * v - rate * gradient, (v,)

    def reach(self, state: State, rate: float) -> float:
        return (1 + self.momentum) * rate

    def settle(self, state: State, moved: Array) -> State:
        return (state[0] + moved / (1 + self.momentum),)


@dataclass(frozen=True)
class _WithMoments(Optimizer):
    """What Adam and AdamW share: m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², both freed of their start at 0 after t steps.

    ε stands beside √v, before that: the order that Kingma and Ba (2015, end of section 2) recommend, and
    scikit-learn's too.
    """

    rate: float | Schedule = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        """Check the options."""
        as_schedule(self.rate)
        require_number("beta1", self.beta1, SHARE)
        require_number("beta2", self.beta2, SHARE)
        require_number("epsilon", self.epsilon, POSITIVE)

    def init(self, theta: Array) -> State:
        return np.zeros(1, theta.dtype), np.zeros_like(theta), np.zeros_like(theta)

    def _next(self, gradient: Array, state: State) -> State:
        t, m, v = state
        m = self.beta1 * m + (1 - self.beta1) * gradient
        v = self.beta2 * v + (1 - self.beta2) * gradient**2
        return t + 1, m, v

    def _move(self, state: State, rate: float) -> Array:
        t, m, _ = state
        return self.reach(state, rate) * m / (1 - self.beta1 ** float(t[0]))

    def reach(self, state: State, rate: float) -> Array:
        t, _, v = state
        return rate * np.sqrt(1 - self.beta2 ** float(t[0])) / (np.sqrt(v) + self.epsilon)


@final
@dataclass(frozen=True)
class Adam(_WithMoments):
    """θ ← θ − α √(1−β₂ᵗ)/(1−β₁ᵗ) · m/(√v + ε), with m and v the running means of g and g² (Kingma and Ba, 2015).

    Parameters
    ----------
    rate : float or Schedule
        α > 0.
    beta1, beta2 : float in [0, 1)
        How slowly the means forget.
    epsilon : float
        ε > 0.

    Examples
    --------
    >>> adam = Adam(0.1)
    >>> theta, state = adam.step(np.array([1.0]), np.array([2.0]), adam.init(np.array([1.0])), 0.1, ())
    >>> theta.round(6)
    array([0.9])
    """

    def step(
        self, theta: Array, gradient: Array, state: State, rate: float, weights: Slices
    ) -> tuple[Array, State]:
        state = self._next(gradient, state)
        return theta - self._move(state, rate), state


@final
@dataclass(frozen=True)
class AdamW(_WithMoments):
    """Adam's step, and weights decay beside it: w ← w − αλw, biases do not (Loshchilov and Hutter, 2019).

    Parameters
    ----------
    rate : float or Schedule
        α > 0.
    beta1, beta2, epsilon : float
        As for Adam.
    decay : float
        λ ≥ 0.

    Examples
    --------
    >>> adamw, theta = AdamW(0.1, decay=0.5), np.array([1.0])
    >>> adamw.step(theta, np.array([2.0]), adamw.init(theta), 0.1, [slice(0, 1)])[0].round(6)
    array([0.85])
    """

    decay: float = 0.01

    def __post_init__(self) -> None:
        """Check the options."""
        super().__post_init__()
        require_number("decay", self.decay, NOT_NEGATIVE)

    def step(
        self, theta: Array, gradient: Array, state: State, rate: float, weights: Slices
    ) -> tuple[Array, State]:
        state = self._next(gradient, state)
        new = theta - self._move(state, rate)
        for w in weights:
            new[w] -= rate * self.decay * theta[w]
        return new, state


@final
@dataclass(frozen=True)
class LBFGS:
    """Minimises the whole J by scipy's L-BFGS-B; an L1 penalty by splitting w = u − v with u, v ≥ 0.

    It has no batches and no rate, so it is not an :class:`Optimizer`.

    Parameters
    ----------
    max_iter : int, optional
        Iterations at most; by default the epochs of ``fit``.
    tol : float
        Ends when no component of the (projected) gradient is larger; only then the training is "converged".
    cost_tol : float
        Ends, "stalled", when an iteration lowers J by a smaller share. By default never, so that ``tol`` decides:
        where J is flat, an iteration may lower it by little though the gradient is large beside ``tol``.
    max_fun : int
        Evaluations of J at most.
    memory : int
        How many steps the curvature is learned from.
    """

    max_iter: int | None = None
    tol: float = 1e-6
    cost_tol: float = 0.0
    max_fun: int = 15_000
    memory: int = 10

    def __post_init__(self) -> None:
        """Check the options."""
        require_number("tol", self.tol, NOT_NEGATIVE)
        require_number("cost_tol", self.cost_tol, NOT_NEGATIVE)
        require_whole_number("max_iter", 0 if self.max_iter is None else self.max_iter, 0)
        require_whole_number("max_fun", self.max_fun, 1)
        require_whole_number("memory", self.memory, 1)
