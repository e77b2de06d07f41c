"""Optimisers: pure functions init and step on flat vectors; state goes in, new state comes out.

θ holds weights and biases; ``weights`` names the slices of θ that are weights.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import ParameterError
from hassenet.schedules import Schedule, as_schedule

Array = NDArray[Any]
State = tuple[Array, ...]
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
        """Return the step that a lasting gradient of 1 makes: the measure of a proximal step beside this rule."""


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

    def init(self, theta: Array) -> State:  # noqa: D102
        return ()

    def step(  # noqa: D102
        self, theta: Array, gradient: Array, state: State, rate: float, weights: Slices
    ) -> tuple[Array, State]:
        return theta - rate * gradient, ()

    def reach(self, state: State, rate: float) -> float:  # noqa: D102
        return rate


@final
@dataclass(frozen=True)
class Momentum(Optimizer):
    """v ← μv − αg, θ ← θ + v (Polyak, 1964).

    Parameters
    ----------
    rate : float or Schedule
        α > 0.
    momentum : float in [0, 1]
        μ.
    """

    rate: float | Schedule = 0.1
    momentum: float = 0.9

    def __post_init__(self) -> None:
        """Check α and μ."""
        as_schedule(self.rate)
        _check_momentum(self.momentum)

    def init(self, theta: Array) -> State:  # noqa: D102
        return (np.zeros_like(theta),)

    def step(  # noqa: D102
        self, theta: Array, gradient: Array, state: State, rate: float, weights: Slices
    ) -> tuple[Array, State]:
        (v,) = state
        v = self.momentum * v - rate * gradient
        return theta + v, (v,)

    def reach(self, state: State, rate: float) -> float:  # noqa: D102
        return _momentum_reach(rate, self.momentum)


@final
@dataclass(frozen=True)
class Nesterov(Optimizer):
    """v ← μv − αg, θ ← θ + μv − αg (Nesterov, 1983, in the form of Sutskever et al., 2013).

    Parameters
    ----------
    rate : float or Schedule
        α > 0.
    momentum : float in [0, 1]
        μ.
    """

    rate: float | Schedule = 0.1
    momentum: float = 0.9

    def __post_init__(self) -> None:
        """Check α and μ."""
        as_schedule(self.rate)
        _check_momentum(self.momentum)

    def init(self, theta: Array) -> State:  # noqa: D102
        return (np.zeros_like(theta),)

    def step(  # noqa: D102
        self, theta: Array, gradient: Array, state: State, rate: float, weights: Slices
    ) -> tuple[Array, State]:
        (v,) = state
        v = self.momentum * v - rate * gradient
        return theta + self.momentum * v - rate * gradient, (v,)

    def reach(self, state: State, rate: float) -> float:  # noqa: D102
        return _momentum_reach(rate, self.momentum)


@dataclass(frozen=True)
class _Moments:
    """m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², both freed of their start at 0 after t steps.

    ε stands beside √v, before that: the order that Kingma and Ba (2015, end of section 2) recommend, scikit-learn's too.
    """

    beta1: float
    beta2: float
    epsilon: float

    def init(self, theta: Array) -> State:
        return np.zeros(1, theta.dtype), np.zeros_like(theta), np.zeros_like(theta)

    def next(self, gradient: Array, state: State) -> State:
        t, m, v = state
        m = self.beta1 * m + (1 - self.beta1) * gradient
        v = self.beta2 * v + (1 - self.beta2) * gradient**2
        return t + 1, m, v

    def mean(self, state: State) -> Array:
        t, m, _ = state
        return m / (1 - self.beta1 ** float(t[0]))

    def size(self, state: State) -> Array:
        t, _, v = state
        return (np.sqrt(v) + self.epsilon) / np.sqrt(1 - self.beta2 ** float(t[0]))


@final
@dataclass(frozen=True)
class Adam(Optimizer):
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

    rate: float | Schedule = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    _moments: _Moments = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check the options."""
        as_schedule(self.rate)
        object.__setattr__(self, "_moments", _checked_moments(self.beta1, self.beta2, self.epsilon))

    def init(self, theta: Array) -> State:  # noqa: D102
        return self._moments.init(theta)

    def step(  # noqa: D102
        self, theta: Array, gradient: Array, state: State, rate: float, weights: Slices
    ) -> tuple[Array, State]:
        state = self._moments.next(gradient, state)
        return theta - rate * self._moments.mean(state) / self._moments.size(state), state

    def reach(self, state: State, rate: float) -> Array:  # noqa: D102
        return rate / self._moments.size(state)


@final
@dataclass(frozen=True)
class AdamW(Optimizer):
    """Adam's step, and weights decay beside it: w ← w − αλw, biases do not (Loshchilov and Hutter, 2019).

    Parameters
    ----------
    rate : float or Schedule
        α > 0.
    beta1, beta2, epsilon : float
        As for Adam.
    decay : float
        λ ≥ 0.
    """

    rate: float | Schedule = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    decay: float = 0.01
    _moments: _Moments = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check the options."""
        as_schedule(self.rate)
        if not 0 <= self.decay < np.inf:
            raise ParameterError(f"a decay is a finite number ≥ 0; got {self.decay}")
        object.__setattr__(self, "_moments", _checked_moments(self.beta1, self.beta2, self.epsilon))

    def init(self, theta: Array) -> State:  # noqa: D102
        return self._moments.init(theta)

    def step(  # noqa: D102
        self, theta: Array, gradient: Array, state: State, rate: float, weights: Slices
    ) -> tuple[Array, State]:
        state = self._moments.next(gradient, state)
        new = theta - rate * self._moments.mean(state) / self._moments.size(state)
        for w in weights:
            new[w] -= rate * self.decay * theta[w]
        return new, state

    def reach(self, state: State, rate: float) -> Array:  # noqa: D102
        return rate / self._moments.size(state)


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
        Ends when no component of the (projected) gradient is larger.
    cost_tol : float
        Ends when an iteration lowers J by a smaller share.
    max_fun : int
        Evaluations of J at most.
    memory : int
        How many steps the curvature is learned from.
    """

    max_iter: int | None = None
    tol: float = 1e-6
    cost_tol: float = 2.2e-9
    max_fun: int = 15_000
    memory: int = 10

    def __post_init__(self) -> None:
        """Check the options."""
        for tolerance in (self.tol, self.cost_tol):
            if not 0 <= tolerance < np.inf:
                raise ParameterError(f"a tolerance is a finite number ≥ 0; got {tolerance}")


def check_decay(name: str, value: float) -> None:
    """Raise ParameterError unless 0 ≤ value < 1."""
    if not 0 <= value < 1:
        raise ParameterError(f"{name} lies in [0, 1); got {value!r}")


def _check_momentum(momentum: float) -> None:
    if not 0 <= momentum <= 1:
        raise ParameterError(f"momentum lies in [0, 1]; got {momentum!r}")


def _momentum_reach(rate: float, momentum: float) -> float:
    if momentum == 1:
        raise ParameterError(
            "with momentum 1 a lasting gradient has no lasting step, which an L1 penalty needs; take less"
        )
    return rate / (1 - momentum)


def _checked_moments(beta1: float, beta2: float, epsilon: float) -> _Moments:
    check_decay("beta1", beta1)
    check_decay("beta2", beta2)
    if not 0 < epsilon < np.inf:
        raise ParameterError(f"epsilon is a finite number above 0; got {epsilon!r}")
    return _Moments(beta1, beta2, epsilon)
