"""Edge lists: a table with one pair (lower, upper) a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from hassenet.errors import DataError, ParameterError, listing
from hassenet.hierarchy import Hierarchy, Ranking
from hassenet.readers._table import Row, header_of, rows_of
from hassenet.readers._text import FilePath

Column = str | int

# The headers that are known without being told: what heads the lower column, what heads the upper one.
_HEADERS = {"lower": "upper", "child": "parent", "below": "above", "source": "target", "from": "to"}


def read_edges(
    path: FilePath,
    *,
    lower: Column | None = None,
    upper: Column | None = None,
    relation: Literal["order", "covers"] = "order",
    rank: Ranking = "below",
) -> Hierarchy:
    r"""Return the hierarchy of an edge list: CSV or TSV, gzipped or not, one pair (lower, upper) a line.

    The first line is a header in two cases only: if ``lower`` and ``upper`` are names, or if it reads
    ``lower,upper``, ``child,parent``, ``below,above``, ``source,target`` or ``from,to`` (in either order, in
    capitals or not; the names then say which column is which). Every other first line is a pair, and every first
    line where the columns are chosen by number.

    Parameters
    ----------
    path : str or path
        The file, text in UTF-8.
    lower, upper : str or int, optional
        The columns of the lower and the upper element, by name, or by number from 0. They are needed
        when there are more than two columns; by default the first is the lower one, the second the upper one.
    relation : "order" or "covers"
        "order": any acyclic relation, its covers are found. "covers": each pair has to be a cover.
    rank : "below", "above" or a mapping from element to int
        φ, as in :meth:`Hierarchy.from_covers`.

    Raises
    ------
    OSError
        If there is no such file, or it may not be read.
    DataError
        If the file is empty or not text, a gzip stream is cut off, a line has a wrong number of columns or an
        empty name, or a column's name stands twice.
    HierarchyError
        If the pairs are no hierarchy: a cycle, or a pair that is not a cover.
    ParameterError
        If there is no such column or relation.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "edges.csv")
    ...     _ = file.write_text("parent,child\nrepair,BRCA2\nrepair,RAD51\n")
    ...     H = read_edges(file)
    >>> H.ranks
    (('BRCA2', 'RAD51'), ('repair',))
    """
    return _constructor(relation)(_pairs(path, lower, upper), rank=rank)


def _constructor(relation: str) -> Callable[..., Hierarchy]:
    constructors = {"order": Hierarchy.from_relation, "covers": Hierarchy.from_covers}
    if relation not in constructors:
        raise ParameterError(f"relation must be 'order' or 'covers'; got {relation!r}")
    return constructors[relation]


def _pairs(path: FilePath, lower: Column | None, upper: Column | None) -> list[tuple[str, str]]:
    rows = rows_of(path)
    columns = _columns(rows, path, lower, upper)
    edges = rows[columns.start :]
    if not edges:
        raise DataError(
            f"an edge list holds pairs: {str(path)!r} has a header and nothing below it; add some"
        )
    return [_pair(row, columns, path) for row in edges]


class _Columns(NamedTuple):
    lower: int
    upper: int
    start: int  # the first row that is a pair


def _columns(rows: list[Row], path: FilePath, lower: Column | None, upper: Column | None) -> _Columns:
    if lower is None and upper is None:
        return _usual_columns(rows[0], path)
    if lower is None or upper is None or lower == upper:
        raise ParameterError(
            f"lower and upper are two columns: got {lower!r}, {upper!r}; give both, or neither"
        )
    named = isinstance(lower, str) or isinstance(upper, str)
    names = header_of(rows, path) if named else rows[0].cells
    return _Columns(_place(lower, names, path), _place(upper, names, path), start=int(named))


def _usual_columns(first: Row, path: FilePath) -> _Columns:
    if len(first.cells) != 2:
        semicolons = len(first.cells) == 1 and ";" in first.cells[0]
        remedy = "put commas or tabs in place of ';'" if semicolons else "leave out the others"
        raise DataError(
            f"an edge list has two columns, lower and upper: line {first.line} of {str(path)!r} has "
            f"{len(first.cells)}, set apart by tabs or else by commas; {remedy} "
            "(in Python, read_edges(…, lower=…, upper=…) chooses two)"
        )
    left, right = (cell.lower() for cell in first.cells)
    if _HEADERS.get(right) == left:
        return _Columns(1, 0, start=1)
    return _Columns(0, 1, start=int(_HEADERS.get(left) == right))


def _place(column: Column, names: tuple[str, ...], path: FilePath) -> int:
    if isinstance(column, str) and column in names:
        return names.index(column)
    if isinstance(column, int) and 0 <= column < len(names):
        return column
    has = f"the header {listing(names)}" if isinstance(column, str) else f"the columns 0 to {len(names) - 1}"
    raise ParameterError(
        f"a column must exist to be chosen: {str(path)!r} has {has}, and no {column!r}; choose one of these"
    )


def _pair(row: Row, columns: _Columns, path: FilePath) -> tuple[str, str]:
    pair = row.cells[columns.lower], row.cells[columns.upper]
    if not all(pair):
        empty = "lower" if pair[1] else "upper"
        raise DataError(
            f"an element must have a name: line {row.line} of {str(path)!r} leaves the {empty} one empty; "
            "complete the line or take it out"
        )
    return pair
