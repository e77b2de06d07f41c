"""What is known already: features beyond covariates, and targets as chance deals them out given covariates."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from hassenet.data.checks import is_finite
from hassenet.data.features import as_features_with_gaps
from hassenet.data.fill import Fill
from hassenet.data.scaling import check_squares
from hassenet.data.table import columns_of, is_table
from hassenet.errors import ShapeError
from hassenet.likelihoods import GaussianLoss, Loss
from hassenet.stability.regressions import signals
from hassenet.stability.response import Response
from hassenet.task.table_columns import encoding_of_gaps

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

_ROUNDS = 200
_ROUNDING = 1e-6


@final
@dataclass(frozen=True, eq=False)
class Known:
    """Covariates of each example, NaN where a value is missing.

    Parameters
    ----------
    C : (m, q) array
    categories : sequence of sequence of int
        The columns that are the levels of one category each, whose gaps are filled together.
    """

    C: Floats
    categories: Sequence[Sequence[int]] = ()

    @staticmethod
    def of(covariates: Any, m: int, categories: Sequence[Sequence[int]] = ()) -> Known:
        """Read an array or table, of a table also text, dates and gaps; for None there are no columns.

        Raises
        ------
        ShapeError, NotFiniteError, DataError
            If they are not m rows of numbers, none of which is infinite.
        """
        if covariates is None:
            return Known(np.empty((m, 0)))
        C, levels, names = _in_numbers(covariates)
        if len(C) != m:
            raise ShapeError(
                f"covariates have a row an example; X has {m:,} rows, they have {len(C):,}; give as many"
            )
        check_squares(C, names)
        return Known(C, [*levels, *categories])

    def __len__(self) -> int:
        return len(self.C)

    def taken(self, rows: Indices) -> Known:
        """Return those of some rows."""
        return Known(self.C[rows], self.categories)

    def beside(self, learned: Any = slice(None)) -> Floats:
        """Return the intercept and the standardised covariates, (m, 1 + q), fewer where some follow from the others.

        What fills gaps, what scales, and which columns follow from others, the rows to learn from say.
        """
        C = self.C if is_finite(self.C) else Fill.of(self.C[learned], (), self.categories)(self.C)
        of = C[learned]
        deviation = of.std(axis=0)
        scaled = (C - of.mean(axis=0)) / np.where(deviation > 0, deviation, 1)
        return np.column_stack([np.ones(len(C)), _independent(scaled, learned, deviation > 0)])


def _independent(C: Floats, learned: Any, varies: NDArray[np.bool_]) -> Floats:
    """Return columns of the same span, none of which follows from others as that of the last level of a category."""
    of = C[learned]
    if not varies.any() or np.linalg.matrix_rank(of) == C.shape[1]:
        return C[:, varies]
    _, size, V = np.linalg.svd(of, full_matrices=False)
    some = size > _ROUNDING * size[0]
    return np.asarray(C @ V[some].T / size[some] * np.sqrt(len(of)))


def _in_numbers(covariates: Any) -> tuple[Floats, Sequence[Sequence[int]], Sequence[Hashable]]:
    """Return the columns that covariates are made into, the places of the levels of each category, and names."""
    if not is_table(covariates):
        return _matrix(covariates), (), ()
    names = columns_of(covariates).names
    encoding = encoding_of_gaps(covariates, None, None, names)
    if encoding is None:
        return _matrix(covariates), (), names
    return np.asarray(encoding.read(covariates), float), encoding.categories, encoding.features


def _matrix(covariates: Any) -> Floats:
    if is_table(covariates):
        names = columns_of(covariates).names
        return np.asarray(as_features_with_gaps(covariates, names, np.dtype(float), "covariates"), float)
    C = np.asarray(covariates)
    C = C[:, None] if C.ndim == 1 else C
    return np.asarray(as_features_with_gaps(C, range(C.shape[-1]), np.dtype(float), "covariates"), float)


def beyond(X: Floats, Z: Floats, learned: NDArray[np.bool_]) -> Floats:
    """Return what linear regressions on Z leave of each feature, in deviations, of the rows to learn from.

    Of a feature that the regression leaves nothing of, there is 0.
    """
    B = np.linalg.lstsq(Z[learned], X[learned], rcond=None)[0]
    rest = X - Z @ B
    deviation, whole = rest[learned].std(axis=0), X[learned].std(axis=0)
    varies = deviation > _ROUNDING * np.maximum(whole, _ROUNDING * np.abs(X[learned]).max(axis=0, initial=0))
    return (np.where(varies, rest, 0) / np.where(varies, deviation, 1)).astype(np.float32)


def dealt_out(targets: Sequence[Observed], Z: Floats, hub: int, seed: int) -> tuple[Observed, ...]:
    """Return targets that go together in an order that chance might have given them, had they to do with Z alone.

    A permutation is drawn with a probability in proportion to the likelihood of the permuted targets under the
    regressions on Z: without covariates each is as likely. The targets of a row stay together, with their gaps: what
    they have to do with each other is as it was. Examples keep their features and their covariates, and, where
    targets have strata, these too.

    Parameters
    ----------
    targets : sequence of Observed
    Z : (m, 1 + q) array
        The intercept and the covariates.
    hub : int
        Seed of the way from the order observed to one from which all draws start, the same for all draws: so the order
        observed is one among them, however slowly the sampler forgets where it began.
    seed : int
        Of this draw.

    Notes
    -----
    The conditional permutation test of T. B. Berrett, Y. Wang, R. F. Barber and R. J. Samworth, Journal of the Royal
    Statistical Society B 82 (2020), 175–197, and its sampler of pairs that change places. Of times it takes that they
    were censored by what has to do with the strata alone.
    """
    order = order_of_chance(targets, Z, hub, seed)
    return tuple(
        Observed(one.response.taken(order), None if one.known is None else one.known[order])
        for one in targets
    )


@final
class Observed(NamedTuple):
    """A target, and in which rows it is there, (m,); None where it is in all."""

    response: Response
    known: NDArray[np.bool_] | None = None

    @property
    def rows(self) -> Any:
        """The rows to learn from."""
        return slice(None) if self.known is None else self.known

    @property
    def n_known(self) -> int:
        """In how many rows it is there."""
        return len(self.response.Y) if self.known is None else int(self.known.sum())

    def of_known(self) -> Response:
        """Return the targets of these rows."""
        return self.response if self.known is None else self.response.taken(np.flatnonzero(self.known))


def order_of_chance(targets: Sequence[Observed], Z: Floats, hub: int, seed: int) -> Indices:
    """Return the order of :func:`dealt_out` of targets that go together, as their rows."""
    within = next((one.response.within for one in targets if one.response.within is not None), None)
    if Z.shape[1] == 1:
        return permuted_within(within, np.random.default_rng(seed), len(Z))
    odds = [_Odds.of(target, Z) for target in targets]
    start = _exchanged(odds, np.arange(len(Z)), within, hub)
    return _exchanged(odds, start, within, seed)


def permuted_within(strata: Any, rng: np.random.Generator, m: int) -> Indices:
    """Return an order of m rows, each as likely that leaves every row in its stratum.

    >>> permuted_within(np.array([0, 1, 0, 1]), np.random.default_rng(2), 4)
    array([2, 3, 0, 1])
    """
    chance = rng.permutation(m)
    if strata is None:
        return chance
    order = np.empty(m, np.int64)
    order[np.argsort(strata, kind="stable")] = chance[np.argsort(strata[chance], kind="stable")]
    return order


def _exchanged(odds: Sequence[_Odds], order: Indices, within: Any, seed: int) -> Indices:
    """Let random pairs change places, each with the odds that the likelihood gives it."""
    rng, order = np.random.default_rng(seed), order.copy()
    for _ in range(_ROUNDS):
        i, j = _pairs(rng, len(order), within)
        gain = sum(
            one.cost(i, order[i]) + one.cost(j, order[j]) - one.cost(i, order[j]) - one.cost(j, order[i])
            for one in odds
        )
        change = rng.random(len(i)) < expit(gain)
        i, j = i[change], j[change]
        order[i], order[j] = order[j], order[i]
    return order


def _pairs(rng: np.random.Generator, m: int, within: Any) -> tuple[Indices, Indices]:
    """Return random pairs of rows, each row in one at most, and both of one stratum."""
    chance, half = rng.permutation(m), m // 2
    if within is None:
        return chance[:half], chance[half : 2 * half]
    chance = chance[np.argsort(within[chance], kind="stable")]
    i, j = chance[: 2 * half : 2], chance[1::2]
    alike = within[i] == within[j]
    return i[alike], j[alike]


@final
class _Odds(NamedTuple):
    """Targets and their signals by the regression on Z, from which the odds of an exchange follow."""

    loss: Loss
    Y: Floats
    S: Floats
    added: Floats
    known: NDArray[np.bool_] | None

    @staticmethod
    def of(target: Observed, Z: Floats) -> _Odds:
        settled = target.response.settled(Z, target.rows)
        S = signals(settled.loss, Z, settled.Y, settled.added, target.rows)
        if isinstance(settled.loss, GaussianLoss):
            deviation = float((settled.Y - S)[target.rows].std()) or 1.0
            return _Odds(settled.loss, settled.Y / deviation, S / deviation, np.zeros(len(Z)), target.known)
        added = np.zeros(len(Z)) if settled.added is None else settled.added
        return _Odds(settled.loss, settled.Y, S, added, target.known)

    def cost(self, at: Indices, target: Indices) -> Floats:
        """Return what it costs that rows have the targets of others; a gap costs nothing."""
        found = self.loss.value_at_signal(self.S[at].T + self.added[target], self.Y[target].T)
        return found if self.known is None else np.where(self.known[target], found, 0.0)
