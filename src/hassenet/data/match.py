"""The columns of a table beside the names that are asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import final

from hassenet.errors import FeatureError, listing


@final
@dataclass(frozen=True)
class Match:
    """What the names that are asked for and the columns of a table have not in common, each in its order.

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

    Examples
    --------
    >>> found = Match.of(["age", "height", "weight"], ["weight", "age", "town", "age"])
    >>> found.missing, found.left_out, found.doubled
    (('height',), ('town',), ('age',))
    """

    names: tuple[Hashable, ...]
    columns: tuple[Hashable, ...]
    missing: tuple[Hashable, ...]
    left_out: tuple[Hashable, ...]
    doubled: tuple[Hashable, ...]

    @staticmethod
    def of(names: Iterable[Hashable], columns: Iterable[Hashable]) -> Match:
        """Compare names with the columns of a table."""
        names, columns = tuple(names), tuple(columns)
        asked, there = set(names), Counter(columns)
        return Match(
            names,
            columns,
            missing=tuple(name for name in names if name not in there),
            left_out=tuple(name for name in columns if name not in asked),
            doubled=tuple(name for name in names if there[name] > 1),
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
