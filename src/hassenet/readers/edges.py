"""Edge lists: a table with one pair (lower, upper) a line, and perhaps a second one with the features of elements."""

from __future__ import annotations

import re
from collections.abc import Callable
from os import PathLike
from typing import Literal

from hassenet._report import Count, Report
from hassenet.errors import DataError, ParameterError
from hassenet.hierarchy import Hierarchy, Ranking
from hassenet.readers._building import hierarchy_of, joined
from hassenet.readers._table import Column, Sheet, Where, sheet_of
from hassenet.readers._written import Node, read_written
from hassenet.readers.reading import Reading
from hassenet.readers.relation import Source, read_relation, relation_of
from hassenet.readers.writing import HEADER

# Python refuses to read numbers of some thousand digits, and no rank has more than these.
_RANK = re.compile("[0-9]{1,18}")


def read_edges(
    source: Source,
    *,
    lower: Column | None = None,
    upper: Column | None = None,
    where: Where | None = None,
    features: Source | None = None,
    relation: Literal["order", "covers"] = "order",
    rank: Ranking = "below",
) -> Reading:
    r"""Return the hierarchy of an edge list: one pair (lower, upper) a line.

    The first line of a file is a header if columns are chosen by name, if it begins with #, or if it reads
    ``lower,upper``, ``child,parent``, ``source,target``, ``gene,pathway`` or the like (in either order, in capitals or
    not, with "id", "name" or "symbol" beside; the names then say which column is which). Every other first line is a
    pair; it is a fault if its names stand nowhere else, as those of an unknown header, unless the columns are chosen
    by number. What :func:`write_edges` wrote is known by its header, and gives an equal hierarchy. Lines at the head
    that begin with # are comments.

    Parameters
    ----------
    source : path, data frame, mapping or iterable of (lower, upper)
        A CSV or TSV file in UTF-8, gzipped or not; a table of pandas or polars; a mapping from each lower element to
        its upper one, or a list of them; or pairs.
    lower, upper : str or int, optional
        The columns of the lower and the upper element, by name, or by number from 0. They are needed
        when there are more than two columns; by default the first is the lower one, the second the upper one.
    where : mapping from column to a value or several, optional
        The rows to read: those that have one of the values in each of these columns.
    features : as ``source``, optional
        Pairs (feature, element): then only what a feature reaches is kept, and rank 0 holds features alone. Where
        columns have to be chosen, give ``read_relation(…)``; for annotation files, ``read_annotations(…)``.
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
        empty name, or a column's name stands twice; FeatureError if no feature belongs to an element.
    HierarchyError
        If the pairs are no hierarchy: a cycle, a pair that is not a cover, a feature with the name of an element.
    ParameterError
        If there is no such column or relation, or no row with such values.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "edges.csv")
    ...     _ = file.write_text("parent,child\nrepair,BRCA2\nrepair,RAD51\n")
    ...     H, report = read_edges(file)
    >>> H.ranks
    (('BRCA2', 'RAD51'), ('repair',))

    >>> H, report = read_edges([("repair", "cell cycle")], features={"BRCA2": "repair", "XPA": "excision"})
    >>> print(report)
    pairs
      pairs: 1
      pairs (features): 2
      features: 1
      elements: 3
      covers: 2
      fault, pairs of features with elements that are not there: 1 ('excision')
      fault, features without an element that is there: 1 ('XPA')
    """
    constructor = _constructor(relation)
    plain = lower is None and upper is None and where is None and features is None
    if plain and isinstance(source, str | PathLike):
        return _file(sheet_of(source), rank, constructor)
    pairs = read_relation(source, lower=lower, upper=upper, where=where)
    if features is not None:
        pairs = joined(pairs, read_relation(features))
    return hierarchy_of(pairs, rank, constructor)


def _file(sheet: Sheet, rank: Ranking, constructor: Callable[..., Hierarchy]) -> Reading:
    if sheet.first == HEADER:
        return _written(sheet)
    return hierarchy_of(relation_of(sheet), rank, constructor)


def _written(sheet: Sheet) -> Reading:
    """Return the hierarchy that ``write_edges`` wrote."""
    nodes, covers = [], []
    for line, cells in sheet.rows[1:]:
        low, up, rank, source = cells
        if low and not up and _RANK.fullmatch(rank):
            nodes.append(Node(low, int(rank), source or None))
        elif low and up and not rank and not source:
            covers.append((low, up))
        else:
            raise DataError(
                f"a line has an element with its rank, or a cover of two elements: {sheet.at(line)} reads "
                f"{','.join(cells)!r}; write the file again with write_edges"
            )
    report = Report(sheet.name, (Count("lines", len(sheet.rows) - 1),), sheet.dropped, faults=sheet.faults)
    return read_written(nodes, covers, report)


def _constructor(relation: str) -> Callable[..., Hierarchy]:
    constructors = {"order": Hierarchy.from_relation, "covers": Hierarchy.from_covers}
    if relation not in constructors:
        raise ParameterError(f"relation must be 'order' or 'covers'; got {relation!r}")
    return constructors[relation]
