"""The heads of elements on rows held out: each a regression on what one neuron of its element says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import NamedTuple, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from hassenet.data.checks import is_finite
from hassenet.data.fill import Fill
from hassenet.stability.averaging import averaged, evidence
from hassenet.stability.covariates import Known, beyond
from hassenet.stability.learned import Learner
from hassenet.stability.regressions import free_outputs, log_likelihoods
from hassenet.stability.response import Response
from hassenet.stability.summaries import SUMMARIES, summaries

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]
Categories = Sequence[Sequence[int]]

NEURONS = (*SUMMARIES, "learned")
_AT_ONCE = 1000


@final
@dataclass(frozen=True, eq=False)
class Part:
    """One part of the rows held out, and what is learned from the others.

    Attributes
    ----------
    Z : (m, 1 + q) array
        The intercept and the covariates.
    response : Response
        Numbers in deviations, other kinds with what their model has beside a signal, of the rows to learn from.
    learned : (m,) array of bool
    categories : sequence of sequence of int
        The features that are the levels of one category each: gaps of these are filled together.
    """

    Z: Floats
    response: Response
    learned: Mask
    categories: Categories = ()

    @staticmethod
    def of(known: Known, response: Response, learned: Mask, categories: Categories = ()) -> Part:
        """Learn what covariates and targets are measured by."""
        Z = known.beside(learned)
        return Part(Z, response.settled(Z, np.flatnonzero(learned)), learned, categories)

    @cached_property
    def nothing(self) -> Floats:
        """The log-likelihood of intercept and covariates alone, (1, 1, m)."""
        return self._log_p(np.empty((1, 0, self.response.size, len(self.Z))))[None]

    def of_summaries(self, X: Floats, below: csr_array) -> Floats:
        """Return that of the heads on the summaries of each element, (3, E, m)."""
        return np.stack([self._of_neuron(u) for u in summaries(X, below)])

    def of_features(self, X: Floats) -> Floats:
        """Return that of the heads on each feature and on its square, (2, n₀, m)."""
        return np.stack([self._of_neuron(u) for u in (X.T, X.T**2)])

    def of_signals(self, signals: Floats) -> Floats:
        """Return that of heads on signals, (E, k, m), whose slope is learned, (1, E, m)."""
        scale = signals[..., self.learned].std(axis=(1, 2), keepdims=True)
        return self._log_p((signals / np.where(scale > 0, scale, 1))[:, None])[None]

    def features(self, X: Floats, some: slice | Indices = slice(None)) -> Floats:
        """Return features beyond the covariates, filled and in deviations, both of the rows to learn from."""
        return beyond(self._filled(X)[:, some], self.Z, self.learned)

    def _filled(self, X: Floats) -> Floats:
        return X if is_finite(X) else Fill.of(X[self.learned], (), self.categories)(X)

    def _of_neuron(self, u: Floats) -> Floats:
        """Return that of a head on what one neuron of each element says, (E, m) ↦ (E, m)."""
        return self._log_p(
            self._scaled(u)[:, None, None] * free_outputs(self.response.size).astype(u.dtype)[..., None]
        )

    def _scaled(self, u: Floats) -> Floats:
        """Return what elements say, (E, m), in deviations, of the rows to learn from."""
        of = u[:, self.learned]
        centre, scale = of.mean(axis=1, keepdims=True), of.std(axis=1, keepdims=True)
        return np.asarray((u - centre) / np.where(scale > 0, scale, 1))

    def _log_p(self, designs: Floats) -> Floats:
        loss, Y, added = self.response.loss, self.response.Y, self.response.added
        return log_likelihoods(loss, designs.astype(np.float32, copy=False), self.Z, Y, self.learned, added)


@final
class Divided(NamedTuple):
    """The parts held out one at a time, and two at a time.

    Attributes
    ----------
    fold : (m,) array of int
        The part that each row is of.
    parts : tuple of Part
        Part k is held out.
    pairs : mapping from (j, k), j < k, to Part
        Both are held out.
    """

    fold: Indices
    parts: tuple[Part, ...]
    pairs: Mapping[tuple[int, int], Part]

    @staticmethod
    def of(known: Known, response: Response, fold: Indices, categories: Categories = ()) -> Divided:
        """Hold the parts out."""
        K = range(int(fold.max()) + 1)
        parts = tuple(Part.of(known, response, fold != k, categories) for k in K)
        without = {(j, k): (fold != j) & (fold != k) for j, k in combinations(K, 2)}
        pairs = {pair: Part.of(known, response, learned, categories) for pair, learned in without.items()}
        return Divided(fold, parts, pairs)


def gains_of_elements(
    X: Floats, divided: Divided, below: csr_array, learner: Learner, seeds: Sequence[int]
) -> tuple[Floats, Floats]:
    """Return the gain of each element on each row held out, (E, m), and the mean gains of its heads, (C, E).

    Nothing that judges the rows of a part has seen their targets: not the heads, not their weights, and not the
    networks on whose signals the heads of learned neurons are regressions.
    """
    signals = _signals_of_pairs(X, divided, learner, seeds)
    shape = (len(NEURONS), below.shape[0], len(X))
    gained, heads = np.empty(shape[1:]), np.empty(shape, np.float32)
    for k, part in enumerate(divided.parts):
        features, rows = part.features(X), ~part.learned
        learned = part.of_signals(_signals_without(signals, divided.fold, k))
        log_p = np.concatenate([part.of_summaries(features, below), learned])
        gained[:, rows] = _gained(part, log_p, [len(free_outputs(part.response.size))] * len(SUMMARIES) + [1])
        heads[..., rows] = (log_p - part.nothing)[..., rows]
    return gained, heads.mean(axis=2)


def _signals_of_pairs(
    X: Floats, divided: Divided, learner: Learner, seeds: Sequence[int]
) -> dict[tuple[int, int], Floats]:
    """Return what the networks that have seen neither of two parts say of both, (E, k, m), 0 elsewhere."""
    found = {}
    for (pair, part), seed in zip(divided.pairs.items(), seeds, strict=True):
        said = learner.signals(part.features(X), part.response, part.learned, seed)
        found[pair] = np.zeros((*said.shape[:2], len(X)), np.float32)
        found[pair][..., ~part.learned] = said
    return found


def _signals_without(of_pairs: Mapping[tuple[int, int], Floats], fold: Indices, k: int) -> Floats:
    """Return the signals of networks that have not seen part k: the mean on its rows, those without both on others."""
    mine = [signals for pair, signals in of_pairs.items() if k in pair]
    total: Floats = np.sum(mine, axis=0)
    total[..., fold == k] /= len(mine)
    return total


def gains_of_features(X: Floats, some: Indices, divided: Divided) -> Floats:
    """Return the mean gain of each of some features alone, by heads on it and on its square."""
    starts = range(0, len(some), _AT_ONCE)
    return np.concatenate([_of_some(X, some[i : i + _AT_ONCE], divided).mean(axis=1) for i in starts])


def _of_some(X: Floats, some: Indices, divided: Divided) -> Floats:
    gained = np.empty((len(some), len(X)))
    for part in divided.parts:
        log_p = part.of_features(part.features(X, some))
        gained[:, ~part.learned] = _gained(part, log_p, [len(free_outputs(part.response.size))] * 2)
    return gained


def _gained(part: Part, log_p: Floats, parameters: Sequence[int]) -> Floats:
    """Return the gain of the average of heads and nothing over nothing, on the rows held out, (E, rows)."""
    nothing = np.broadcast_to(part.nothing, (1, *log_p.shape[1:]))
    every, counts = np.concatenate([log_p, nothing]), [*parameters, 0]
    weights = np.stack([evidence(one[:, part.learned], n) for one, n in zip(every, counts, strict=True)])
    rows = ~part.learned
    return averaged(every[..., rows], weights) - nothing[0][:, rows].astype(float)
