"""The power of each element: what its own head predicts on rows that training has not seen."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import false_discovery_control

from hassenet.errors import ParameterError, counted, listing
from hassenet.files.optional import pandas
from hassenet.stability.by_size import in_deviations
from hassenet.stability.comparison import LEVEL

Floats = NDArray[np.float64]

_SHOWN = 5
_ARRAYS = ("ranks", "power", "local", "low", "high", "null", "sizes", "t")


@final
@dataclass(frozen=True, eq=False, repr=False)
class ElementPower:
    """How well each element predicts the target by itself, on rows held out, in nats per example.

    Of several targets there is an entry for each element and each target, and n counts these.

    Attributes
    ----------
    elements : tuple of n Hashable
        Those above rank 0, rank by rank, without relays.
    ranks : (n,) array of int
    power : (n,) array
        The gain in mean log-likelihood over the intercept and the covariates.
    local : (n,) array
        The power less that of the best of the element's parts, where that is above 0. Of features those three are
        tried that a plain test puts first.
    low, high : (n,) arrays
        Between these lie 95 % of the gains on the single parts held out, folds times repeats: how far they spread, not
        a confidence interval of their mean.
    null : (draws, n) array
        The power with targets dealt out by chance.
    sizes : (n,) array of int
        How many features lie below the element.
    t : (n,) array of int
        The place of the element by the plain test of the mean of its features (|t| for two classes, F for several, the
        correlation of numbers), 1 the first.
    carriers : tuple of n str
        Which neuron of the element has most of the power: "mean", "square", "spread" or "learned".
    targets : tuple of n str
        The target that each entry is of, by the names that y or the loss gives; of one without a name there are none.

    Examples
    --------
    >>> found = ElementPower(
    ...     ("p", "q"),
    ...     np.array([1, 1]),
    ...     np.array([0.2, 0.0]),
    ...     np.array([0.1, 0.0]),
    ...     np.array([0.1, -0.1]),
    ...     np.array([0.3, 0.1]),
    ...     np.array([[0.1, 0.0], [0.0, 0.1]]),
    ...     np.array([3, 3]),
    ...     np.array([1, 2]),
    ...     ("mean", "learned"),
    ... )
    >>> found.p, found.pooled_p
    (array([0.33333333, 1.        ]), array([0.2, 1. ]))
    """

    elements: tuple[Hashable, ...]
    ranks: NDArray[np.int64]
    power: Floats
    local: Floats
    low: Floats
    high: Floats
    null: Floats
    sizes: NDArray[np.int64]
    t: NDArray[np.int64]
    carriers: tuple[str, ...]
    targets: tuple[str, ...] = ()

    @property
    def p(self) -> Floats:
        """(1 + how many draws reach the power) / (1 + draws), for each element; NaN without draws."""
        k = len(self.null)
        return np.asarray((1 + (self.null >= self.power).sum(axis=0)) / (1 + k) if k else self._unknown)

    @property
    def pooled_p(self) -> Floats:
        """(1 + how many t of all draws and elements reach the element's t) / (1 + draws · n); NaN without draws.

        Of several targets the deviations are those of draws of the same target, and the t of all are counted.

        t is the power in deviations of the draws of elements of like size, from their mean, and of a draw in those of
        the other draws: what chance gives many features varies more. So the draws of all elements count together, and
        few are enough, but two at least: with one all have 1.
        """
        if not self.null.size:
            return self._unknown
        if len(self.null) < 2:
            return np.ones(len(self.elements))
        t, drawn = np.empty(self.power.shape), np.empty(self.null.shape)
        for rows in self._by_target.values():
            t[rows], drawn[:, rows] = in_deviations(self.power[rows], self.null[:, rows], self.sizes[rows])
        pool = np.sort(drawn, axis=None)
        reach = pool.size - np.searchsorted(pool, t, side="left")
        return np.asarray((1 + reach) / (1 + pool.size))

    @property
    def fdr(self) -> Floats:
        """The false discovery rate over all elements, and all targets, by :attr:`pooled_p`; NaN without draws.

        Source: Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", Journal of the Royal Statistical
        Society B 57 (1995), 289–300.
        """
        return np.asarray(
            false_discovery_control(self.pooled_p, method="bh") if len(self.null) else self._unknown
        )

    @property
    def _unknown(self) -> Floats:
        return np.full(len(self.elements), np.nan)

    @property
    def _by_target(self) -> dict[str, NDArray[np.int64]]:
        """The entries of each target; of the only one all."""
        if not self.targets:
            return {"": np.arange(len(self.elements))}
        names = np.array(self.targets, object)
        return {name: np.flatnonzero(names == name) for name in dict.fromkeys(self.targets)}

    def of(self, target: str) -> ElementPower:
        """Return the power for one of the targets by its name, with the false discovery rate over its elements alone.

        Raises
        ------
        ParameterError
            If there is none of that name.
        """
        if not self.targets:
            raise ParameterError(
                f"power is for one target, without a name; got {target!r}; take it as it is, or give y as a table"
            )
        rows = self._by_target.get(target)
        if rows is None:
            raise ParameterError(
                f"power is that of {listing(self._by_target)}; got {target!r}; name one of these"
            )
        arrays = {name: getattr(self, name)[..., rows] for name in _ARRAYS}
        elements, carriers = ([one[k] for k in rows] for one in (self.elements, self.carriers))
        return ElementPower(elements=tuple(elements), carriers=tuple(carriers), **arrays)

    @property
    def order(self) -> NDArray[np.int64]:
        """The numbers of the elements, the highest power first."""
        return np.argsort(-self.power, kind="stable")

    def table(self) -> dict[str, Any]:
        """Return columns element, rank, power, local, low, high, p, pooled_p, fdr, t and carrier, the highest first.

        Of targets with names the first column is that of the target.
        """
        columns = {
            "rank": self.ranks,
            "power": self.power,
            "local": self.local,
            "low": self.low,
            "high": self.high,
            "p": self.p,
            "pooled_p": self.pooled_p,
            "fdr": self.fdr,
            "t": self.t,
        }
        of = {"target": [self.targets[k] for k in self.order]} if self.targets else {}
        return of | {
            "element": [self.elements[k] for k in self.order],
            **{name: values[self.order] for name, values in columns.items()},
            "carrier": [self.carriers[k] for k in self.order],
        }

    def to_pandas(self) -> Any:
        """Return the table as a pandas DataFrame (``pip install hassenet[tables]``)."""
        return pandas().DataFrame(self.table())

    def __len__(self) -> int:
        return len(self.elements)

    def __repr__(self) -> str:
        return f"ElementPower({self._counted()}, {counted(len(self.null), 'draw')})"

    def __str__(self) -> str:
        lines = [self._line(k) for k in self.order[:_SHOWN]]
        return "\n".join([f"{self._counted()}, {self._discovered()}", *lines])

    def _counted(self) -> str:
        k = len(self._by_target)
        return counted(len(self) // k, "element") + (f" for {counted(k, 'target')}" if self.targets else "")

    def _discovered(self) -> str:
        if not len(self.null):
            return "no draws: without p-values"
        found = int((self.fdr <= LEVEL).sum())
        return f"{counted(len(self.null), 'draw')}: {found:,} with a false discovery rate ≤ {LEVEL:g}"

    def _line(self, k: int) -> str:
        rate = f", rate {self.fdr[k]:.2g}" if len(self.null) else ""
        return (
            f"  {self.power[k]:.3f} ({self.low[k]:.3f} to {self.high[k]:.3f}) by its {self.carriers[k]}{rate}; "
            f"{self.t[k]:,} by the mean: {self.elements[k]}, rank {self.ranks[k]}"
            f"{f', for {self.targets[k]}' if self.targets else ''}"
        )


def joined(powers: Mapping[str, ElementPower]) -> ElementPower:
    """Return the powers for targets, of the same draws, as one; of the only one without a name as they are."""
    if list(powers) == [""]:
        return powers[""]
    each = list(powers.values())
    arrays = {name: np.concatenate([getattr(one, name) for one in each], axis=-1) for name in _ARRAYS}
    return ElementPower(
        elements=tuple(element for one in each for element in one.elements),
        carriers=tuple(carrier for one in each for carrier in one.carriers),
        targets=tuple(name for name, one in powers.items() for _ in one.elements),
        **arrays,
    )
