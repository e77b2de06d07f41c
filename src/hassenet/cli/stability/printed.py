"""What ``hassenet stability`` says: a table that fits the line, and a verdict with the names found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.cli.text import columns, number, short
from hassenet.errors import counted
from hassenet.stability import NullScores, Stability
from hassenet.stability.comparison import LEVEL, least_draws
from hassenet.stability.rows import by_rank

_SHOWN = 15
_LEAST_SHOWN = 3
_NAMES = 10  # that a verdict tells
_LEAST_NAME = 18  # letters of the names in the table
_LEGEND = {
    "mean": "an element's share in the scores of its rank",
    "95 % of runs": "between what ends the share lies in 95 % of the runs",
    "top": "in which share of the runs the element is among the ten highest of its rank",
    "excess": "by how much the share is above what chance gives this element, in deviations; the order of each rank",
    "p": "how often permuted targets give as much",
    "fdr": "the false discovery rate in the rank, by the pooled null",
    "p rewired": "how often rewired covers give as much",
}
# What is left out first where a line has no room stands last.
_PRIORITY = ("mean", "p", "fdr", "excess", "95 % of runs", "top", "p rewired")


@final
@dataclass(frozen=True, eq=False)
class Studied:
    """The scores over runs, and beside them those of null models by their names.

    Parameters
    ----------
    over_runs : Stability
    nulls : dict from "permuted", "rewired" to NullScores
    """

    over_runs: Stability
    nulls: dict[str, NullScores]

    @property
    def permuted(self) -> NullScores | None:
        """The scores for permuted targets."""
        return self.nulls.get("permuted")

    @property
    def order(self) -> NDArray[np.float64]:
        """What elements are ordered by within their rank: what they have beyond chance, else their share."""
        found = self.permuted
        return self.over_runs.scores.mean(axis=0) if found is None or len(found.null) == 1 else found.excess

    def first(self) -> list[int]:
        """Return the first elements of each hidden rank; of features where there is none."""
        ranks = list(by_rank(self.over_runs.elements, self.over_runs.ranks))
        shown = ranks[bool(self.over_runs.ranks.max()) :]
        each = max(_SHOWN // len(shown), _LEAST_SHOWN)
        return [k for _, rows in shown for k in self._first(each, rows)]

    def _first(self, n: int, rows: NDArray[np.int64]) -> list[int]:
        return rows[np.argsort(-self.order[rows], kind="stable")][:n].tolist()


def wrapped(text: str, width: int) -> str:
    """Return lines broken between words, what is left of each further in."""
    return "\n".join(_broken(line, width) for line in text.split("\n"))


def _broken(line: str, width: int) -> str:
    start = line[: len(line) - len(line.lstrip())]
    return fill(
        line, max(width, 20), subsequent_indent=f"{start}  ", break_long_words=False, break_on_hyphens=False
    )


def highest(studied: Studied, width: int) -> str:
    """Return the first elements as a table with as many columns as a line has room for, and what they mean."""
    rows = studied.first()
    cells = {name: [name, *column] for name, column in _columns(studied, rows).items()}
    kept = list(cells)
    while len(kept) > 1 and width - _taken([cells[name] for name in kept]) < _LEAST_NAME:
        kept.remove(max(kept, key=_PRIORITY.index))
    numbers = [cells[name] for name in kept]
    room = max(width - _taken(numbers), _LEAST_NAME)
    elements = [short(studied.over_runs.elements[k], min(room, 40)) for k in rows]
    ranks = [str(studied.over_runs.ranks[k]) for k in rows]
    table = columns(list(zip(["element", *elements], ["rank", *ranks], *numbers, strict=True)))
    legend = "\n".join(f"{name}: {_LEGEND[name]}" for name in kept)
    return f"{table}\n\n{wrapped(legend, width)}"


def _taken(numbers: Sequence[Sequence[str]]) -> int:
    """Return how many letters all but the names of elements take."""
    return len("  rank") + sum(2 + max(map(len, column)) for column in numbers)


def _columns(studied: Studied, rows: list[int]) -> dict[str, list[str]]:
    table, permuted, rewired = studied.over_runs.table(), studied.permuted, studied.nulls.get("rewired")
    found: dict[str, Any] = {"mean": _short(table["mean"][rows])}
    found["95 % of runs"] = [
        f"{low:.2g}–{high:.2g}" for low, high in zip(table["low"][rows], table["high"][rows], strict=True)
    ]
    found["top"] = _short(table["top"][rows])
    if permuted is not None:
        found |= {"excess": _short(permuted.excess[rows])} if len(permuted.null) > 1 else {}
        found |= {"p": _short(permuted.p[rows]), "fdr": _short(permuted.pooled_fdr[rows])}
    if rewired is not None:
        found["p rewired"] = _short(rewired.p[rows])
    return found


def _short(values: NDArray[np.float64]) -> list[str]:
    return [f"{value:.2g}" for value in values.tolist()]


# ---------------------------------------------------------------- the verdict


def verdict(studied: Studied) -> str:
    """Return which elements stand out from chance, or why none does, and which come first in every run."""
    return "\n".join(["verdict:", f"  {_beside_chance(studied)}", f"  {_over_runs(studied.over_runs)}"])


def _beside_chance(studied: Studied) -> str:
    found = studied.permuted
    if found is None:
        return "chance cannot be ruled out: no null model was drawn (--nulls 0)"
    rate = found.pooled_fdr
    rows = sorted(np.flatnonzero(rate <= LEVEL).tolist(), key=lambda k: (rate[k], -found.excess[k]))
    of_all = counted(int((~found.is_covariate).sum()), "element")
    if rows:
        names = _names(found.elements, found.ranks, rows)
        stand = "stands" if len(rows) == 1 else "stand"
        rule = f"false discovery rate ≤ {LEVEL:g}"
        return f"{len(rows):,} of {of_all} {stand} out from permuted targets ({rule}): {names}"
    least = min(len(rows) for _, rows in by_rank(found.elements, found.ranks))
    return (
        f"none of {of_all} stands out from permuted targets; the least false discovery rate is "
        f"{number(np.nanmin(rate))}, where ≤ {LEVEL:g} is asked for; {counted(len(found.null), 'draw')} were made, and "
        f"one element alone of the smallest rank takes {least_draws(least):,}: --nulls"
    )


def _over_runs(found: Stability) -> str:
    """Return the elements that are among the first ten of a larger rank in every run, and how far runs agree."""
    large = [k for _, rows in by_rank(found.elements, found.ranks) if len(rows) > _NAMES for k in rows]
    always = np.intersect1d(np.flatnonzero(found.top_share() == 1), large).astype(int)
    order = always[np.argsort(-found.scores.mean(axis=0)[always], kind="stable")].tolist()
    names = _names(found.elements, found.ranks, order) if order else "none"
    runs, agreement = counted(found.n_runs, "run"), found.agreement()
    agreed = "" if np.isnan(agreement) else f"two runs agree by {agreement:.2f} in the order of elements; "
    return f"{agreed}among the first ten of a rank with more in all of {runs}: {names}"


def _names(elements: Sequence[Any], ranks: NDArray[np.int64], rows: Sequence[int]) -> str:
    told = [f"{short(elements[k])} (rank {ranks[k]})" for k in rows[:_NAMES]]
    further = len(rows) - len(told)
    return ", ".join(told) + (f" and {further:,} more" if further else "")
