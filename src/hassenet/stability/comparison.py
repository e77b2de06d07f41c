"""The scores of elements beside what chance gives them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from math import ceil
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import false_discovery_control

from hassenet.errors import counted
from hassenet.files.optional import pandas
from hassenet.stability.pooling import excess, pooled_p
from hassenet.stability.rows import are_covariates, by_rank, marked, rows_of

Floats = NDArray[np.float64]

LEVEL = 0.1
"""The false discovery rate that texts count discoveries by."""


@final
@dataclass(frozen=True, eq=False, repr=False)
class NullScores:
    """The score of each element, and its scores under a null model.

    Elements of a rank that is one of :func:`interchangeable_ranks`, as all hidden ones of a complete hierarchy, are
    others in every draw: there the numbers of single elements mean nothing. :meth:`of_ranks` leaves them out.

    Covariates stand apart: chance keeps what they say, so that excess, p and rates are NaN there, and they have no
    part in those of elements.

    Attributes
    ----------
    elements : tuple of n Hashable
    ranks : (n,) array of int
    observed : (n,) array
    null : (k, n) array
        Of each of k draws from the null model.
    """

    elements: tuple[Hashable, ...]
    ranks: NDArray[np.int64]
    observed: Floats
    null: Floats

    def of_ranks(self, ranks: Iterable[int]) -> NullScores:
        """Return the scores of the elements of some ranks.

        Raises
        ------
        ParameterError
            If there are none there.
        """
        rows = rows_of(self.ranks, ranks)
        elements = tuple(self.elements[k] for k in rows)
        return NullScores(elements, self.ranks[rows], self.observed[rows], self.null[:, rows])

    @property
    def excess(self) -> Floats:
        """(observed − mean of the draws) / (deviation of the draws + s₀), for each element: the order to read names in.

        Chance gives much to an element with many features below it, or just below the outputs; this is what it has
        beyond that. s₀, the median of the deviations in its rank that are not 0, keeps those from coming first whose
        draws hardly vary. Where no draw of the rank varies, the excess of a score that differs from draws that are all
        alike is infinite; of one that does not it is 0. One draw has no deviation, and gives NaN.

        Source: the d of V. G. Tusher, R. Tibshirani and G. Chu, "Significance analysis of microarrays applied to the
        ionizing radiation response", PNAS 98 (2001), 5116–5121, who choose another s₀.

        Examples
        --------
        >>> ranks, null = np.zeros(2, int), np.array([[0.2, 0.5], [0.3, 0.7], [0.4, 0.6]])
        >>> NullScores(("small", "large"), ranks, np.array([0.5, 0.7]), null).excess.round(6)
        array([1. , 0.5])
        """
        return self._by_rank(lambda rows: excess(self.observed[rows], self.null[:, rows]))

    @property
    def p(self) -> Floats:
        """(1 + how many draws reach the observed score) / (1 + k), for each element; never below 1 / (1 + k).

        Source: B. V. North, D. Curtis and P. C. Sham, "A note on the calculation of empirical p values from Monte Carlo
        procedures", American Journal of Human Genetics 71 (2002), 439–441.
        """
        return self._by_rank(
            lambda rows: (1 + (self.null[:, rows] >= self.observed[rows]).sum(axis=0)) / (1 + len(self.null))
        )

    @property
    def fdr(self) -> Floats:
        """The false discovery rate at which each element is among the discoveries, rank by rank.

        Source: Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", Journal of the Royal Statistical
        Society B 57 (1995), 289–300.
        """
        return self._fdr(self.p)

    @property
    def pooled_p(self) -> Floats:
        """The p by the draws of all n elements of a rank together, for which few are enough; with k < 3 it is 1.

        (1 + how many t of the null reach the observed t) / (1 + k·n), where t is the distance of a score from the mean
        of its element's other draws, in their deviations (the externally studentised residual).

        It assumes that t has one distribution for all elements of the rank under the null model. Where that is not so
        p ≤ α is as rare as α says on the average of the rank, and not for single elements: in 1,000 networks that
        learned noise, 20 draws each, p ≤ 0.01 came 1.35 times as often as it should for elements of 3 features and
        0.4 times for those of 60 (``benchmarks/pooled_null.py``). :attr:`p` assumes nothing about other elements.

        Source: V. G. Tusher, R. Tibshirani and G. Chu, "Significance analysis of microarrays applied to the ionizing
        radiation response", PNAS 98 (2001), 5116–5121.
        """
        return self._by_rank(lambda rows: pooled_p(self.observed[rows], self.null[:, rows]))

    @property
    def pooled_fdr(self) -> Floats:
        """The false discovery rate by :attr:`pooled_p`, rank by rank."""
        return self._fdr(self.pooled_p)

    def _fdr(self, p: Floats) -> Floats:
        return self._by_rank(lambda rows: false_discovery_control(p[rows], method="bh"))

    @property
    def is_covariate(self) -> NDArray[np.bool_]:
        """Which elements are covariates, (n,)."""
        return are_covariates(self.elements)

    def _by_rank(self, of_rows: Callable[[NDArray[np.int64]], Floats]) -> Floats:
        found = np.full(len(self.elements), np.nan)
        for _, rows in by_rank(self.elements, self.ranks):
            found[rows] = of_rows(rows)
        return found

    def table(self) -> dict[str, Any]:
        """Return columns element, rank, observed, null, null_sd (of draws), excess, p, fdr, pooled_p and pooled_fdr.

        Where there are covariates a column says which these are.
        """
        columns = {
            "element": list(self.elements),
            "rank": self.ranks,
            "observed": self.observed,
            "null": self.null.mean(axis=0),
            "null_sd": self.null.std(axis=0),
            "excess": self.excess,
            "p": self.p,
            "fdr": self.fdr,
            "pooled_p": self.pooled_p,
            "pooled_fdr": self.pooled_fdr,
        }
        return marked(columns, self.elements)

    def to_pandas(self) -> Any:
        """Return the table as a pandas DataFrame (``pip install hassenet[tables]``)."""
        return pandas().DataFrame(self.table())

    def __repr__(self) -> str:
        return f"NullScores({counted(len(self.elements), 'element')}, {counted(len(self.null), 'draw')})"

    def __str__(self) -> str:
        k = len(self.null)
        head = (
            f"{counted(int((~self.is_covariate).sum()), 'element')} beside {counted(k, 'draw')}; the least p there is "
            f"is {1 / (1 + k):.3g}"
        )
        found = self.p <= 0.05, self.fdr <= LEVEL, self.pooled_fdr <= LEVEL
        ranks = by_rank(self.elements, self.ranks)
        return "\n".join([head, *(_line(i, k, *(which[rows] for which in found)) for i, rows in ranks)])


def _line(rank: int, k: int, *found: NDArray[np.bool_]) -> str:
    """Return how many elements of a rank stand out, and what k draws can show of one that stands out alone."""
    n = len(found[0])
    below, discovered, pooled = (int(which.sum()) for which in found)
    return (
        f"  rank {rank}: {below:,} of {n:,} with p ≤ 0.05, {discovered:,} with a false discovery rate ≤ {LEVEL:g}, "
        f"{pooled:,} by the pooled null\n"
        f"    one element alone comes to a rate of {min(1, n / (1 + k)):.2g} at best; ≤ {LEVEL:g} takes "
        f"{counted(least_draws(n), 'draw')}"
    )


def least_draws(n: int, level: float = LEVEL) -> int:
    """Return how many draws it takes that one of n elements alone can have a false discovery rate of a level.

    By Benjamini and Hochberg it has n · p at least, and p is never below 1 / (1 + draws).

    Examples
    --------
    >>> least_draws(300)
    2999
    """
    return ceil(round(n / level, 6)) - 1
