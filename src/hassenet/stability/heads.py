"""The heads of elements on rows held out: each a regression on what one neuron of its element says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from hassenet.stability.averaging import averaged
from hassenet.stability.covariates import beyond
from hassenet.stability.learned import Learner
from hassenet.stability.regressions import log_likelihoods
from hassenet.stability.response import Response
from hassenet.stability.summaries import SUMMARIES, summaries

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Mask = NDArray[np.bool_]

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
        Numbers in deviations, of the rows to learn from.
    learned : (m,) array of bool
    """

    Z: Floats
    response: Response
    learned: Mask

    @staticmethod
    def of(Z: Floats, response: Response, learned: Mask) -> Part:
        """Measure the deviations of numbers."""
        return Part(Z, response.scaled(np.flatnonzero(learned)), learned)

    def nothing(self) -> Floats:
        """Return the log-likelihood of intercept and covariates alone, (rows,)."""
        return self._log_p(np.empty((1, 0, self.response.size, len(self.Z))))[0]

    def of_summaries(self, X: Floats, below: csr_array) -> Floats:
        """Return that of the heads on the summaries of each element, (3, E, rows)."""
        return np.stack([self._of_neuron(u) for u in summaries(X, below)])

    def of_features(self, X: Floats) -> Floats:
        """Return that of the heads on each feature and on its square, (2, n₀, rows)."""
        return np.stack([self._of_neuron(u) for u in (X.T, X.T**2)])

    def of_signals(self, signals: Floats) -> Floats:
        """Return that of heads on signals, (E, k, m), whose slope is learned, (E, rows)."""
        scale = signals[..., self.learned].std(axis=(1, 2), keepdims=True)
        return self._log_p((signals / np.where(scale > 0, scale, 1))[:, None])

    def features(self, X: Floats) -> Floats:
        """Return the features beyond the covariates, in deviations, of the rows to learn from."""
        return beyond(X, self.Z, self.learned)

    def _of_neuron(self, u: Floats) -> Floats:
        """Return that of a head on what one neuron of each element says, (E, m) ↦ (E, rows)."""
        return self._log_p(
            self._scaled(u)[:, None, None] * np.eye(self.response.size, dtype=u.dtype)[..., None]
        )

    def _scaled(self, u: Floats) -> Floats:
        """Return what elements say, (E, m), in deviations, of the rows to learn from."""
        of = u[:, self.learned]
        centre, scale = of.mean(axis=1, keepdims=True), of.std(axis=1, keepdims=True)
        return np.asarray((u - centre) / np.where(scale > 0, scale, 1))

    def _log_p(self, designs: Floats) -> Floats:
        return log_likelihoods(
            self.response.loss, designs.astype(np.float32, copy=False), self.Z, self.response.Y, self.learned
        )


def gains_of_elements(
    X: Floats, parts: Sequence[Part], below: csr_array, learner: Learner, seeds: Sequence[int]
) -> tuple[Floats, Floats]:
    """Return the gain of each element on each row held out, (E, m), and the mean gains of its heads, (C, E).

    The network is trained for each part. The heads of learned neurons are regressions on what these say of rows that
    they have not seen, so that no head trusts what was learned by heart.
    """
    heads = np.empty((len(NEURONS), below.shape[0], len(X)), np.float32)
    signals = np.empty((below.shape[0], parts[0].response.size, len(X)), np.float32)
    for part, seed in zip(parts, seeds, strict=True):
        features, rows = part.features(X), ~part.learned
        heads[:-1, :, rows] = part.of_summaries(features, below)
        signals[:, :, rows] = learner.signals(features, part.response, part.learned, seed)
    for part in parts:
        heads[-1][:, ~part.learned] = part.of_signals(signals)
    return _gained(heads, parts), (heads - _nothing(parts)).mean(axis=2)


def gains_of_features(X: Floats, parts: Sequence[Part]) -> Floats:
    """Return the mean gain of each feature alone, (n₀,), by heads on it and on its square."""
    starts = range(0, X.shape[1], _AT_ONCE)
    return np.concatenate([_of_some(X[:, i : i + _AT_ONCE], parts).mean(axis=1) for i in starts])


def _of_some(X: Floats, parts: Sequence[Part]) -> Floats:
    heads = np.empty((2, X.shape[1], len(X)), np.float32)
    for part in parts:
        heads[:, :, ~part.learned] = part.of_features(part.features(X))
    return _gained(heads, parts)


def _gained(heads: Singles, parts: Sequence[Part]) -> Floats:
    """Return the gain of the average of heads and nothing over nothing, (E, m)."""
    nothing = _nothing(parts)
    fold = np.argmax([~part.learned for part in parts], axis=0)
    both = np.concatenate([heads, np.broadcast_to(nothing, (1, *heads.shape[1:]))])
    return averaged(both, fold) - nothing


def _nothing(parts: Sequence[Part]) -> Floats:
    found = np.empty(len(parts[0].Z))
    for part in parts:
        found[~part.learned] = part.nothing()
    return found
