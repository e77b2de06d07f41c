"""The columns of a table beside the names that are asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import final

from hassenet.errors import FeatureError, listing
from hassenet.hierarchy.labels import as_text, by_text
from hassenet.hierarchy.relation import is_missing


@final
@dataclass(frozen=True)
class Match:
    """What the names that are asked for and the columns of a table have not in common, each in its order.

    A name has the column that equals it, or else the one that is written alike: "7157" has 7157, 7157.0 or b"7157".

    What of it is refused is for those to say who ask: a network takes its features and no others, a model its features
    whatever else there is.

    Parameters
    ----------
    names : tuple of Hashable
        The names asked for.
    columns : tuple of Hashable
        The table's.
    missing : tuple of Hashable
        Names that no column has.
    left_out : tuple of Hashable
        Columns that nobody asks for.
    doubled : tuple of Hashable
        Names that several columns have.
    column : mapping from Hashable to Hashable
        The column of each name that has one.

    Examples
    --------
    >>> found = Match.of(["age", "height", "weight"], ["weight", "age", "town", "age"])
    >>> found.missing, found.left_out, found.doubled
    (('height',), ('town',), ('age',))
    >>> Match.of(["7157", "472"], [472, 7157.0]).column
    {'7157': 7157.0, '472': 472}
    """

    names: tuple[Hashable, ...]
    columns: tuple[Hashable, ...]
    missing: tuple[Hashable, ...]
    left_out: tuple[Hashable, ...]
    doubled: tuple[Hashable, ...]
    column: Mapping[Hashable, Hashable]

    @staticmethod
    def of(names: Iterable[Hashable], columns: Iterable[Hashable]) -> Match:
        """Compare names with the columns of a table."""
        names, columns = tuple(names), tuple(columns)
        there = Counter(columns)
        found = _columns_of(names, there)
        taken = {column for of_name in found.values() for column in of_name}
        return Match(
            names,
            columns,
            missing=tuple(name for name in names if name not in found),
            left_out=tuple(name for name in columns if name not in taken),
            doubled=tuple(name for name, own in found.items() if sum(there[column] for column in own) > 1),
            column={name: own[0] for name, own in found.items()},
        )


def _columns_of(
    names: Sequence[Hashable], there: Collection[Hashable]
) -> dict[Hashable, tuple[Hashable, ...]]:
    """Return the columns of each name that has some: the one that equals it, or else those that are written alike."""
    equal = {name for name in names if name in there}
    if len(equal) == len(set(names)):
        return {name: (name,) for name in names}
    alike = by_text(column for column in there if column not in equal)
    found = {name: (name,) if name in equal else alike.get(as_text(name), ()) for name in names}
    return {name: own for name, own in found.items() if own}


def check_own_names(what: str, names: Iterable[Hashable]) -> None:
    """Refuse two columns of one name, as text, and those without one: which of them is meant nobody knows.

    Raises
    ------
    FeatureError

    Examples
    --------
    >>> check_own_names("X", ["age", "town", "age"])
    Traceback (most recent call last):
    hassenet.errors.FeatureError: a column has its own name; X repeats 'age'; rename or merge them
    """
    unnamed = [k for k, name in enumerate(names, 1) if is_missing(name)]
    if unnamed:
        raise FeatureError(
            f"a column has its own name; {what} has none for column {listing(unnamed)}; name it, or leave it out"
        )
    twice = [name for name, n in Counter(map(as_text, names)).items() if n > 1]
    if twice:
        raise FeatureError(
            f"a column has its own name; {what} repeats {listing(twice)}; rename or merge them"
        )


def check_each_once(found: Match) -> None:
    """Refuse several columns of one name that is asked for.

    Raises
    ------
    FeatureError
        If there are such.
    """
    if found.doubled:
        raise FeatureError(
            f"a feature is one column; there are several {listing(found.doubled, 3)}; keep one of each"
        )
