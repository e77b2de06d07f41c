"""What rows have that those of a training had not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar, final

from hassenet.data.negated import of_parentheses
from hassenet.data.noting import Note
from hassenet.errors import counted, listing

T = TypeVar("T")
_TOLD = 5  # columns


@final
class Strange(NamedTuple):
    """Levels of a column, and in how many rows they stand."""

    names: tuple[str, ...]
    rows: int

    def joined(self, other: Strange) -> Strange:
        """Return those of the rows of both."""
        return Strange(tuple(dict.fromkeys((*self.names, *other.names))), self.rows + other.rows)


@final
@dataclass(frozen=True)
class Unseen(Note):
    """What columns of some rows have that training never had, by their names.

    Attributes
    ----------
    levels : mapping from str to Strange
        Those of categories.
    gaps, negated : mapping from str to int
        In how many rows a value is missing, and in how many a number stands in parentheses; 0 is told of none.
    columns : tuple of str
        All columns, in the order in which they are told.

    Examples
    --------
    >>> one, other = (
    ...     Unseen({"town": Strange(("Oslo",), 2)}),
    ...     Unseen({"town": Strange(("Rome",), 1)}, {"age": 3}),
    ... )
    >>> for message in one.joined(other).messages:
    ...     print(message)
    categories that training never had count as rare ones, or as none: 'town' 'Oslo', 'Rome' in 3 rows
    values are missing where none were in training, and are filled: 'age' in 3 rows
    """

    levels: Mapping[str, Strange] = field(default_factory=dict)
    gaps: Mapping[str, int] = field(default_factory=dict)
    negated: Mapping[str, int] = field(default_factory=dict)
    columns: tuple[str, ...] = ()

    @property
    def about(self) -> tuple[object, ...]:
        """The same columns."""
        return Unseen, self.columns

    @property
    def messages(self) -> list[str]:
        """One of each kind that there is."""
        return list(self._messages())

    def _messages(self) -> Iterator[str]:
        if any(self.levels.values()):
            each = [
                f"{name!r} {listing(own.names, 3)} in {counted(own.rows, 'row')}"
                for name, own in self._told(self.levels)
            ]
            yield f"categories that training never had count as rare ones, or as none: {_listed(each)}"
        if any(self.gaps.values()):
            each = [f"{name!r} in {counted(n, 'row')}" for name, n in self._told(self.gaps)]
            yield f"values are missing where none were in training, and are filled: {_listed(each)}"
        if any(self.negated.values()):
            yield of_parentheses(self._told(self.negated))

    def _told(self, of_each: Mapping[str, T]) -> list[tuple[str, T]]:
        """Return what there is of columns, in their order."""
        there = [name for name in dict.fromkeys((*self.columns, *of_each)) if of_each.get(name)]
        return [(name, of_each[name]) for name in there]

    def joined(self, other: Unseen) -> Unseen:
        """Return that of the rows of both."""
        levels = dict(self.levels)
        for name, own in other.levels.items():
            levels[name] = levels[name].joined(own) if name in levels else own
        return Unseen(levels, _sum(self.gaps, other.gaps), _sum(self.negated, other.negated), self.columns)


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in {**one, **other}}


def _listed(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - _TOLD:,} more" if len(texts) > _TOLD else ""
    return ", ".join(texts[:_TOLD]) + more
