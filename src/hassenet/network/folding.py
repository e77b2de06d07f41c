"""Affine maps of outputs and of features, folded into F: the network with them is a network again.

It is one of float64: an offset that is large beside what varies would leave no digits of it in float32.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import diags_array, issparse

from hassenet.errors import NotFiniteError, ParameterError, ShapeError, listing
from hassenet.network.network import Network

Array = NDArray[np.float64]


def fold_outputs(net: Network, scale: ArrayLike, shift: ArrayLike) -> Network:
    """Return the network of float64 whose value is scale ⊙ Nx + shift.

    W⁽ᴰ⁻¹⁾ becomes diag(scale) W⁽ᴰ⁻¹⁾, and b⁽ᴰ⁻¹⁾ becomes scale ⊙ b⁽ᴰ⁻¹⁾ + shift.

    Parameters
    ----------
    net : Network
        The outputs that are scaled or shifted have the identity as activation.
    scale, shift : (n_D,) arrays

    Raises
    ------
    ShapeError, NotFiniteError
        If there is not one finite number an output.
    ParameterError
        If the outputs have another activation, or one is a relay, which has no parameters.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> net = Network(Hierarchy.complete(1, 1), dtype="float64", theta=[2.0, 1.0])
    >>> fold_outputs(net, [10.0], [5.0])([[3.0]])  # 10 · (2 · 3 + 1) + 5
    array([[75.]])
    """
    a, c = (_vector(name, v, net.plan.n_outputs) for name, v in (("scale", scale), ("shift", shift)))
    _check_affine_outputs(net, (a != 1) | (c != 0))
    wide = net.with_dtype(np.float64)
    *W, last = wide.weights
    *b, bias = wide.biases
    return wide.with_parameters([*W, _scaled_rows(last, a)], [*b, a * bias + c])


def fold_features(net: Network, scale: ArrayLike, shift: ArrayLike) -> Network:
    """Return the network of float64 whose value is N(scale ⊙ x + shift).

    W⁽⁰⁾ becomes W⁽⁰⁾ diag(scale), and b⁽⁰⁾ becomes b⁽⁰⁾ + W⁽⁰⁾ shift. A relay of a feature hands it on as it is, and
    those that read the relay take up scale and shift.

    Parameters
    ----------
    net : Network
    scale, shift : (n₀,) arrays
        Of features that were standardised 1 / scale and −mean / scale.

    Raises
    ------
    ShapeError, NotFiniteError
        If there is not one finite number a feature.
    ParameterError
        If an output is the relay of a feature, so that nothing with parameters reads it.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> net = Network(Hierarchy.complete(1, 1), dtype="float64", theta=[2.0, 1.0])
    >>> fold_features(net, [10.0], [5.0])([[3.0]])  # 2 · (10 · 3 + 5) + 1
    array([[71.]])
    """
    a, c = (_vector(name, v, net.plan.n_inputs) for name, v in (("scale", scale), ("shift", shift)))
    wide, W, b = net.with_dtype(np.float64), [], []
    for i, (weights, biases) in enumerate(zip(wide.weights, wide.biases, strict=True), start=1):
        relay = wide.hierarchy.relays(i)
        W.append(_scaled_columns(weights, a))
        b.append(biases + weights @ c)
        a, c = np.where(relay, weights @ a, 1.0), np.where(relay, weights @ c, 0.0)
    _check_all_taken_up(net, a, c)
    return wide.with_parameters(W, b)


def fold_standardisation(net: Network, layer: int, mean: ArrayLike, deviation: ArrayLike) -> Network:
    """Return the network that standardises a signal before it adds the bias: s⁽ˡ⁾ = (W⁽ˡ⁾x⁽ˡ⁾ − mean)/deviation + b⁽ˡ⁾.

    W⁽ˡ⁾ becomes diag(1/deviation) W⁽ˡ⁾, and b⁽ˡ⁾ becomes b⁽ˡ⁾ − mean/deviation. A relay's signal stays what it is.

    Parameters
    ----------
    net : Network
    layer : int
        l, 0 ≤ l < D.
    mean, deviation : (n_{l+1},) arrays
        Of W⁽ˡ⁾x⁽ˡ⁾; deviations are not 0.

    Raises
    ------
    ShapeError, NotFiniteError
        If there is not one finite number an element of rank l + 1.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> net = Network(Hierarchy.complete(1, 1), dtype="float64", theta=[2.0, 1.0])
    >>> fold_standardisation(net, 0, [4.0], [10.0])([[3.0]])  # (2 · 3 − 4) / 10 + 1
    array([[1.2]])
    """
    W, b = list(net.weights), list(net.biases)
    free = np.ones(len(b[layer]), bool)
    free[net.hierarchy.relays(layer + 1)] = False
    mu, root = (_vector(name, v, len(free)) for name, v in (("mean", mean), ("deviation", deviation)))
    W[layer] = _scaled_rows(W[layer], np.where(free, 1 / root, 1.0))
    b[layer] = b[layer] - np.where(free, mu / root, 0.0)
    return net.with_parameters(W, b)


def _scaled_rows(W: Any, a: Array) -> Any:
    return diags_array(a) @ W if issparse(W) else a[:, None] * W


def _scaled_columns(W: Any, a: Array) -> Any:
    return W @ diags_array(a) if issparse(W) else W * a


def _vector(name: str, values: ArrayLike, n: int) -> Array:
    v = np.asarray(values, np.float64)
    if v.shape != (n,):
        raise ShapeError(f"{name} has one number for each of the {n}; got the shape {v.shape}; give as many")
    if not np.isfinite(v).all():
        raise NotFiniteError(f"{name} holds finite numbers; {np.sum(~np.isfinite(v))} are not; replace them")
    return v


def _check_affine_outputs(net: Network, moved: NDArray[np.bool_]) -> None:
    _check_no_relay(net, net.hierarchy.relays(net.plan.depth) & moved)
    last = net.activations[-1]
    if any(last.names[k] != "identity" for k in np.flatnonzero(moved)):
        raise ParameterError(
            f"an affine map of the outputs is folded where their activation is the identity; it is {last}; give the "
            "network the output 'identity'"
        )


def _check_all_taken_up(net: Network, scale: Array, shift: Array) -> None:
    """Refuse outputs that hand on what is still to be scaled or shifted."""
    _check_no_relay(net, (scale != 1) | (shift != 0))


def _check_no_relay(net: Network, relay: NDArray[np.bool_]) -> None:
    if relay.any():
        names = (net.hierarchy.ranks[-1][k] for k in np.flatnonzero(relay))
        raise ParameterError(
            f"an affine map is folded into parameters; the relay {listing(names)} is an output and has none; crown() "
            "the hierarchy with outputs that read it"
        )
