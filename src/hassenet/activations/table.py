"""G: activations, each a value beside the pullback of its derivative.

An array of signals holds a row an element and a column an example. The pullback of G at s takes a gradient g with
respect to x = G(s) to the gradient with respect to s, (∂G/∂s)ᵀ g. For a function of one variable that is G′(s) ⊙ g.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from math import pi, sqrt
from types import MappingProxyType
from typing import Any, Literal, final

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfcx, expit
from scipy.special import softmax as _softmax

from hassenet.errors import ParameterError

Array = NDArray[Any]
Value = Callable[[Array], Array]
Derivative = Callable[[Array, Array], Array]
Pullback = Callable[[Array, Array, Array], Array]
Start = Literal["he", "glorot"]


@final
@dataclass(frozen=True, repr=False)
class Activation:
    """An activation G with its derivative.

    Attributes
    ----------
    name : str
        What it is called in files and parameters.
    value : callable
        s ↦ x = G(s), rows the elements, columns the examples.
    pullback : callable
        (s, x, g) ↦ (∂G/∂s)ᵀ g.
    start : "he" or "glorot"
        The initialisation that keeps the size of signals from rank to rank.
    pointwise : bool
        Whether each x depends on its own s alone.
    piecewise_linear : bool
        Whether G is affine between finitely many kinks.
    probability : bool
        Whether x is a probability; where G joins elements, those of a block then sum to 1.
    blocks : int
        Of one that joins elements: into how many blocks of one size its rank falls.
    odd : bool
        Whether G(−s) = −G(s), so that a neuron can be turned without a change of the network.
    rising : bool
        Whether G never falls, so that a network can be monotone.
    derivative : callable, optional
        Of one that a user made, (s, x) ↦ G′(s).

    Examples
    --------
    >>> relu = ACTIVATIONS["relu"]
    >>> s = np.array([[-4.0, 6.0]])
    >>> relu.value(s), relu.pullback(s, relu.value(s), np.ones_like(s))
    (array([[0., 6.]]), array([[0., 1.]]))
    """

    name: str
    value: Value
    pullback: Pullback = field(compare=False)
    start: Start = "glorot"
    pointwise: bool = True
    piecewise_linear: bool = False
    probability: bool = False
    blocks: int = 1
    odd: bool = False
    rising: bool = False
    derivative: Derivative | None = field(default=None, compare=False)

    @property
    def family(self) -> str:
        """The name in the table: that of "softmax/4" is "softmax"."""
        return self.name.partition("/")[0]

    def __repr__(self) -> str:
        return self.name

    @property
    def is_own(self) -> bool:
        """Whether a user made it."""
        return self.derivative is not None

    def __reduce__(self) -> tuple[Any, ...]:
        if not self.is_own:
            return activation, (self.name,)
        return own_of, (self.name, self.value, self.derivative, self.start, self.piecewise_linear)

    def __deepcopy__(self, memo: object) -> Activation:
        return self  # frozen: a copy could not be told from it


def _pointwise(name: str, value: Value, derivative: Derivative, **rest: Any) -> Activation:
    return Activation(name, value, lambda s, x, g: derivative(s, x) * g, **rest)


def _softplus(s: Array) -> Array:
    return np.logaddexp(s, s.dtype.type(0))


def _gauss(s: Array) -> Array:
    """Return e^(−s²/2) to a few units in the last place: s² rounded would cost s²/2 of them.

    s = h + r, where h has half of the digits, so that h² is exact: s² = h² + r (s + h).
    """
    a = np.minimum(abs(s), s.dtype.type(_NOTHING_IS_LEFT))
    h = a.astype(np.float32 if a.dtype == np.float64 else np.float16).astype(a.dtype)
    return np.exp(-h * h / 2) * np.exp(-(a - h) * (a + h) / 2)


def _gelu_cdf(s: Array) -> Array:
    below = _gauss(s) * erfcx(abs(s) / s.dtype.type(sqrt(2))) / 2  # Φ(−|s|), not by subtraction from 1
    return np.where(s < 0, below, 1 - below)


def _gelu_density(s: Array) -> Array:
    return _gauss(s) / s.dtype.type(sqrt(2 * pi))


def _softmax_pullback(_s: Array, x: Array, g: Array) -> Array:
    return x * (g - np.sum(g * x, axis=0))  # (diag(x) − xxᵀ) g


_LEAK = 0.01
_NOTHING_IS_LEFT = 40.0  # e^(−s²/2) is 0 in float64 there

_TABLE = (
    # name, value G(s), derivative G′ of (s, x)
    _pointwise(
        "identity", lambda s: s, lambda s, x: np.ones_like(s), piecewise_linear=True, odd=True, rising=True
    ),
    _pointwise(
        "relu", lambda s: np.maximum(s, 0), lambda s, x: s > 0, start="he", piecewise_linear=True, rising=True
    ),
    _pointwise(
        "leaky_relu",
        lambda s: np.where(s > 0, s, _LEAK * s),
        lambda s, x: np.where(s > 0, s.dtype.type(1), s.dtype.type(_LEAK)),
        start="he",
        piecewise_linear=True,
        rising=True,
    ),
    _pointwise("sigmoid", expit, lambda s, x: x * (1 - x), probability=True, rising=True),
    _pointwise("tanh", np.tanh, lambda s, x: 1 - x * x, odd=True, rising=True),
    _pointwise("softplus", _softplus, lambda s, x: expit(s), start="he", rising=True),
    _pointwise(
        "elu",
        lambda s: np.where(s > 0, s, np.expm1(np.minimum(s, 0))),
        lambda s, x: np.where(s > 0, s.dtype.type(1), x + 1),
        start="he",
        rising=True,
    ),
    _pointwise(
        "gelu", lambda s: s * _gelu_cdf(s), lambda s, x: _gelu_cdf(s) + s * _gelu_density(s), start="he"
    ),
    _pointwise("silu", lambda s: s * expit(s), lambda s, x: expit(s) + x * (1 - expit(s)), start="he"),
    _pointwise("exp", np.exp, lambda s, x: x, rising=True),
    Activation(
        "softmax", lambda s: _softmax(s, axis=0), _softmax_pullback, pointwise=False, probability=True
    ),
)

ACTIVATIONS: Mapping[str, Activation] = MappingProxyType({G.name: G for G in _TABLE})
"""The activations by name; beside them stands "softmax/h" for every h > 1, a softmax in each of h blocks of a rank."""

_IN_BLOCKS = re.compile(r"softmax/([1-9][0-9]{0,8})")


@cache
def _softmax_in(h: int) -> Activation:
    """Return the softmax within each of h blocks of consecutive elements, all of one size."""

    def folded(a: Array) -> Array:
        return a.reshape(h, -1, a.shape[-1])

    def value(s: Array) -> Array:
        return _softmax(folded(s), axis=1).reshape(s.shape)

    def pullback(_s: Array, x: Array, g: Array) -> Array:
        x3, g3 = folded(x), folded(g)
        return (x3 * (g3 - np.sum(g3 * x3, axis=1, keepdims=True))).reshape(x.shape)

    return Activation(f"softmax/{h}", value, pullback, pointwise=False, probability=True, blocks=h)


def in_blocks(name: str, h: int) -> str:
    """Return the name of an activation taken within each of h blocks of a rank.

    Examples
    --------
    >>> in_blocks("softmax", 4), in_blocks("sigmoid", 4)
    ('softmax/4', 'sigmoid')
    """
    return name if h == 1 or activation(name).pointwise else f"{name}/{h}"


def sigmoid_tail(s: Array) -> Array:
    """Return σ(s) to a few units in the last place, below the normal numbers too, where expit is 0.

    With e = exp(−|s|), which never overflows: e/(1 + e) for s < 0, and 1/(1 + e) otherwise.
    """
    e = np.exp(-np.abs(s))
    return np.where(s < 0, e, 1) / (1 + e)


def softmax_and_complement(s: Array) -> tuple[Array, Array]:
    """Return p = softmax(s) over the elements, and 1 − p, which is a sum where one element has nearly all."""
    top = np.argmax(s, axis=0)[None]
    e = np.exp(s - np.take_along_axis(s, top, axis=0))
    others = e.copy()
    np.put_along_axis(others, top, 0, axis=0)
    rest = others.sum(axis=0, keepdims=True)
    p = e / (1 + rest)
    complement = 1 - p  # exact to a unit: of all but the highest p is ½ at most
    np.put_along_axis(complement, top, rest / (1 + rest), axis=0)
    return p, complement


def log_softmax(s: Array) -> Array:
    """Return log softmax(s) over the elements, finite for every finite s and exact where one element has nearly all.

    log Σⱼ e^sⱼ = max s + log(1 + Σ_{j≠top} e^(sⱼ − max s)): the 1 is never added before the log is taken.
    """
    top = np.argmax(s, axis=0)[None]
    below = s - np.take_along_axis(s, top, axis=0)
    others = np.exp(below)
    np.put_along_axis(others, top, 0, axis=0)
    return below - np.log1p(others.sum(axis=0))


_OWN: dict[str, Activation] = {}


def remember(G: Activation) -> Activation:
    """Return an activation that is known by its name from now on."""
    if G.name not in ACTIVATIONS and G.is_own:
        _OWN[G.name] = G
    return G


def own_of(
    name: str, value: Value, derivative: Derivative, start: Start, piecewise_linear: bool
) -> Activation:
    """Return an activation of a user's own, known by its name from now on."""
    G = _pointwise(name, value, derivative, start=start, piecewise_linear=piecewise_linear)
    return remember(replace(G, derivative=derivative))


def known_own() -> tuple[str, ...]:
    """Return the names of the activations of a user's own that are known."""
    return tuple(_OWN)


def activation(name: str | Activation) -> Activation:
    """Return the activation of that name; "softmax/4" is a softmax within each of 4 blocks of its rank.

    One of a user's own stands for itself.

    Raises
    ------
    ParameterError
        If there is none.

    Examples
    --------
    >>> activation("tanh")
    tanh
    """
    if isinstance(name, Activation):
        return remember(name)
    if isinstance(name, str) and name in {**ACTIVATIONS, **_OWN}:
        return ACTIVATIONS.get(name) or _OWN[name]
    if isinstance(name, str) and (match := _IN_BLOCKS.fullmatch(name)):
        h = int(match[1])
        return _softmax_in(h) if h > 1 else ACTIVATIONS["softmax"]
    if callable(name):
        raise _no_name(name)
    raise ParameterError(
        f"no activation {name!r}; choose one of {', '.join(ACTIVATIONS)}, or softmax/h, in h blocks, or make "
        "one of your own known by activations.own()"
    )


def _no_name(function: Any) -> ParameterError:
    """Return the error for a function, whose derivative nobody knows."""
    called = getattr(function, "__name__", type(function).__name__)
    known = f"give its name, {called!r}, or " if called in ACTIVATIONS else ""
    return ParameterError(
        f"an activation has a name, or a derivative beside its value; got the function {called}; {known}make "
        "one of it: activations.own(name, value, derivative)"
    )
