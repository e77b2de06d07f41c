"""A table beside another one, example by example."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence

import numpy as np

from hassenet.errors import DataError, HassenetWarning, listing
from hassenet.tables.block import Block
from hassenet.tables.cells import Cells
from hassenet.tables.people import FAMILY, PERSON
from hassenet.tables.stored import Stored, Typed
from hassenet.tables.table import Table


def joined(table: Table, name: str, other: Table, other_name: str) -> Table:
    """Return the rows of a table that another one has too, with the columns of both.

    Rows belong together whose examples are called alike, text by text: by the first column of the other table, and the
    column of the first one that has its name, or else its first one, which becomes the first column of all. People of
    PLINK are called by their IID, by family and IID where two have the same.

    Parameters
    ----------
    table, other : Table
    name, other_name : str
        What messages call them.

    Raises
    ------
    DataError
        If no example is in both, one is there twice, or a column is in both tables.

    Examples
    --------
    >>> genes = Table({"sample": np.array(["a", "b"], object), "TP53": np.array([0.1, 0.2])})
    >>> ill = Table({"id": np.array(["b", "a"], object), "ill": np.array([1, 0])})
    >>> joined(genes, "genes.csv", ill, "people.csv")["ill"]
    array([0, 1])
    """
    key, other_key = _keys(table, other)
    by_family = key == other_key == PERSON and _need_families(table, other)
    names, other_names = (
        _examples(one, by, what, by_family=by_family)
        for one, by, what in ((table, key, name), (other, other_key, other_name))
    )
    place = {example: row for row, example in enumerate(other_names)}
    rows = [row for row, example in enumerate(names) if example in place]
    if not rows:
        raise DataError(_nothing_in_common(table, names, other_names, (name, other_name)))
    _note_left_out(names, set(place), name, other_name)
    _note_left_out(other_names, set(names), other_name, name)
    first = table.take(np.array(rows))
    second = other.take(np.array([place[names[row]] for row in rows]))
    return _side_by_side(first, key, second, other_key, other_name)


def _keys(table: Table, other: Table) -> tuple[str, str]:
    """Return the columns of the examples' names."""
    if PERSON in table.columns and PERSON in other.columns:  # the family stands first
        return PERSON, PERSON
    other_key = _first(other)
    return (other_key if other_key in table.values else _first(table)), other_key


def _first(table: Table) -> str:
    """Return the first column of a table, or what names its rows beside the columns."""
    return next(iter(table.values.stored)) if isinstance(table.values, Cells) else table.columns[0]


def _need_families(table: Table, other: Table) -> bool:
    """Return whether names of people are not enough, and both tables have those of their families."""
    both = (table, other)
    if any(FAMILY not in one.columns for one in both):
        return False
    return any(_has_families(one) or len(set(one.names_in(PERSON))) < len(one) for one in both)


def _has_families(table: Table) -> bool:
    """Return whether the names of people begin with those of their families, as where one is there twice."""
    return all(name.startswith(f"{of}:") for of, name in _people(table))


def _people(table: Table) -> zip[tuple[str, str]]:
    return zip(table.names_in(FAMILY), table.names_in(PERSON), strict=True)


def _examples(table: Table, key: str, name: str, *, by_family: bool) -> tuple[str, ...]:
    if by_family and not _has_families(table):
        examples = tuple(f"{of}:{person}" for of, person in _people(table))
    else:
        examples = table.names_in(key)
    twice = [example for example, n in Counter(examples).items() if n > 1]
    if twice:
        raise DataError(
            f"tables are joined by the names of examples; {key!r} of {name} has {listing(twice, 3)} more than once; "
            "give each its own name, or name the column of the second table's names as that of the first"
        )
    return examples


def _nothing_in_common(
    table: Table, names: Sequence[str], other_names: Sequence[str], files: tuple[str, str]
) -> str:
    turned = sum(example in table.columns for example in other_names)
    remedy = (
        f"{turned:,} of them are its columns: turn it with --transpose" if turned else "correct the names"
    )
    return (
        f"tables are joined by the names of examples; {files[0]} has {listing(names, 3)}, {files[1]} has "
        f"{listing(other_names, 3)}, and none is in both; {remedy}"
    )


def _note_left_out(names: Sequence[str], there: set[str], name: str, other_name: str) -> None:
    left_out = [example for example in names if example not in there]
    if left_out:
        warnings.warn(
            f"{len(left_out):,} of the {len(names):,} examples of {name} are not in {other_name}, and are left out: "
            f"{listing(left_out, 3)}",
            HassenetWarning,
            stacklevel=4,
        )


def _side_by_side(first: Table, key: str, second: Table, other_key: str, other_name: str) -> Table:
    of_names = (other_key, FAMILY) if other_key == PERSON else (other_key,)
    added = [name for name in second.columns if name not in of_names]
    both = [name for name in added if name in first.columns]
    if both:
        raise DataError(
            f"a column has its own name; {other_name} repeats {listing(both)}; rename or remove it in one of the tables"
        )
    if isinstance(first.values, Block):
        return Table(first.values.with_beside(Cells({name: _stored(second, name) for name in added})))
    order = [key, *(name for name in first.columns if name != key)]
    columns = {name: _stored(first, name) for name in order} | {name: _stored(second, name) for name in added}
    return Table(Cells(columns))


def _stored(table: Table, name: str) -> Stored:
    return table.values.stored[name] if isinstance(table.values, Cells) else Typed(name, table.stored(name))
