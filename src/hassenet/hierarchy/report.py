"""What a step read, made and dropped: numbers, reasons and names."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any, final

from hassenet.errors import DataError, listing


@final
@dataclass(frozen=True)
class Count:
    """How many of something, and which.

    Attributes
    ----------
    what : str
        What was counted, in the plural, with its reason where it was dropped: "pairs that others imply".
    n : int
    names : tuple of Hashable
        All of them, or none where they have no names.
    remedy : str
        What to do about it, where that is not plain.

    Examples
    --------
    >>> print(Count.of("terms that are obsolete", ["GO:1", "GO:2"]))
    terms that are obsolete: 2 ('GO:1', 'GO:2')
    >>> print(Count.of("relations that no pair has", ["isa"], "there is 'is_a'"))
    relations that no pair has: 1 ('isa'); there is 'is_a'
    """

    what: str
    n: int
    names: tuple[Hashable, ...] = ()
    remedy: str = ""

    @staticmethod
    def of(what: str, names: Iterable[Hashable], remedy: str = "") -> Count:
        """Count names."""
        names = tuple(names)
        return Count(what, len(names), names, remedy)

    def __repr__(self) -> str:
        return f"Count({str(self)!r})"

    def __str__(self) -> str:
        shown = f" ({listing(self.names, 3)})" if self.names else ""
        return f"{self.what}: {self.n:,}{shown}" + (f"; {self.remedy}" if self.remedy else "")


@final
@dataclass(frozen=True)
class Change:
    """A number, or the numbers of the ranks, before a step and after it.

    Examples
    --------
    >>> print(Change("elements", 30000, 2000))
    elements: 30,000 → 2,000
    >>> print(Change("shape", (3, 3, 1), (3, 1)))
    shape: (3, 3, 1) → (3, 1)
    """

    what: str
    before: int | tuple[int, ...]
    after: int | tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.what}: {_number(self.before)} → {_number(self.after)}"


def _number(value: int | tuple[int, ...]) -> str:
    return str(value) if isinstance(value, tuple) else f"{value:,}"


@final
@dataclass(frozen=True)
class Report:
    """What a step did to make a hierarchy.

    Attributes
    ----------
    step : str
        What was done, as "prune" or the name of a file.
    made : tuple of Count
        What was read or made.
    dropped : tuple of Count
        What was left out, as it had to be, and why; counts of 0 are not kept.
    changed : tuple of Change
        Sizes before and after, where a hierarchy was made from another.
    faults : tuple of Count
        What does not fit although it should, left out too unless the text says otherwise; counts of 0 are not kept.

    Examples
    --------
    >>> print(Report("edges.csv", (Count("pairs", 3),), (Count("pairs that others imply", 1),)))
    edges.csv
      pairs: 3
      dropped, pairs that others imply: 1
    """

    step: str
    made: tuple[Count, ...] = ()
    dropped: tuple[Count, ...] = ()
    changed: tuple[Change, ...] = ()
    faults: tuple[Count, ...] = ()

    def __post_init__(self) -> None:
        """Leave out what did not happen."""
        object.__setattr__(self, "dropped", tuple(count for count in self.dropped if count.n))
        object.__setattr__(self, "faults", tuple(count for count in self.faults if count.n))

    def check(self) -> None:
        """Refuse faults.

        Raises
        ------
        DataError
            If there are any; the message is their list.

        Examples
        --------
        >>> Report("genes.gaf", faults=(Count.of("annotations of unknown terms", ["GO:9"]),)).check()
        Traceback (most recent call last):
        hassenet.errors.DataError: everything must fit where reading is strict; genes.gaf has annotations of unknown
            terms: 1 ('GO:9'); correct the file, or read it without strict
        """
        if self.faults:
            found = "; ".join(map(str, self.faults))
            end = "or" if all(fault.remedy for fault in self.faults) else "correct the file, or"
            raise DataError(
                f"everything must fit where reading is strict; {self.step} has {found}; {end} read it without strict"
            )

    def __add__(self, other: Report) -> Report:
        """Return one report of both, called as this one."""
        return Report(
            self.step,
            self.made + other.made,
            self.dropped + other.dropped,
            self.changed + other.changed,
            self.faults + other.faults,
        )

    def __repr__(self) -> str:
        faults = sum(count.n for count in self.faults)
        return f"<Report of {self.step}: {len(self.faults):,} kind(s) of faults, {faults:,} in all>"

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON can hold: names as text."""
        return {
            "step": self.step,
            "changed": [{"what": c.what, "before": c.before, "after": c.after} for c in self.changed],
            "made": _rows(self.made),
            "dropped": _rows(self.dropped),
            "faults": _rows(self.faults),
        }

    def __str__(self) -> str:
        lines = [
            *(f"  {line}" for line in (*self.changed, *self.made)),
            *(f"  dropped, {count}" for count in self.dropped),
            *(f"  fault, {count}" for count in self.faults),
        ]
        return "\n".join([self.step, *lines])


def _rows(counts: Iterable[Count]) -> list[dict[str, Any]]:
    return [{"what": c.what, "n": c.n, "names": list(map(str, c.names))} for c in counts]
