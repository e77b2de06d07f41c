"""The statistics of normalised signals over all rows, folded into a network layer by layer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.examples import Examples
from hassenet.engines import WithFallback
from hassenet.engines.given import Given
from hassenet.engines.normalisation import Normalisation
from hassenet.network import Network
from hassenet.network.folding import fold_standardisation
from hassenet.training.portions import in_memory

Array = NDArray[Any]

# How many numbers of the widest rank are held at one time.
_NUMBERS_AT_ONCE = 1 << 22


@final
@dataclass(frozen=True)
class Moments:
    """Weight, mean and sum of squares about the mean of each row of signals; moments of two parts add up.

    Examples
    --------
    >>> parts = [Moments.of(np.array([z]), np.ones(len(z))) for z in ([1.0, 2.0], [6.0])]
    >>> both = parts[0] + parts[1]
    >>> both.mean, both.squares / both.weight
    (array([3.]), array([4.66666667]))
    """

    weight: float
    mean: Array
    squares: Array

    @staticmethod
    def of(z: Array, w: Array) -> Moments:
        """Return the moments of signals, a row a neuron and a column an example of weight w."""
        total = float(w.sum())
        mean = z @ w / (total or 1.0)
        return Moments(total, mean, (z - mean[:, None]) ** 2 @ w)

    def __add__(self, other: Moments) -> Moments:
        """Chan, Golub and LeVeque (1983)."""
        total = self.weight + other.weight
        share, gap = other.weight / (total or 1.0), other.mean - self.mean
        squares = self.squares + other.squares + gap**2 * (self.weight * share)
        return Moments(total, self.mean + share * gap, squares)


@final
@dataclass(frozen=True)
class Folding:
    """From a network as it is trained, normalised, to the one that has the statistics of all rows in W and b.

    Attributes
    ----------
    engine : WithFallback
    data : Examples
        The rows.
    normalisation : Normalisation
    """

    engine: WithFallback
    data: Examples
    normalisation: Normalisation

    def __call__(self, net: Network) -> Network:
        """Return the network folded layer by layer: the rows go through those folded so far to the next."""
        for layer in range(net.plan.depth - 1):
            moments = _moments(net, self.engine, self.data, layer)
            variance = moments.squares / (moments.weight or 1.0)
            root = np.sqrt(variance + self.normalisation.epsilon)
            net = fold_standardisation(net, layer, moments.mean, root)
        return net


def _moments(net: Network, engine: WithFallback, data: Examples, layer: int) -> Moments:
    """Return the moments of W⁽ˡ⁾x⁽ˡ⁾ over all rows."""
    W, parts = net.weights[layer], _parts(data, max(map(len, net.plan.places)))
    found = (_of_part(net, engine, part, layer, W) for part in parts)
    total = next(found)
    for part in found:
        total = total + part
    return total


def _of_part(net: Network, engine: WithFallback, part: Given, layer: int, W: Any) -> Moments:
    x = engine.forward(net.plan, net.theta, engine.put(part.X), layer)
    return Moments.of((W @ x.T).astype(np.float64), np.ones(part.m) if part.weight is None else part.weight)


def _parts(data: Examples, width: int) -> Iterator[Given]:
    at_once = max(_NUMBERS_AT_ONCE // width, 1)
    for part in in_memory(data):
        given = Given(*part.parts)
        yield from (given.rows(slice(start, start + at_once)) for start in range(0, given.m, at_once))
