"""Edge lists: a table with one pair (lower, upper) a line, and perhaps a second one with the features of elements."""

from __future__ import annotations

from os import PathLike
from typing import Literal

from hassenet.errors import ParameterError
from hassenet.hierarchy import Hierarchy, Ranking
from hassenet.readers.building import Constructor, check_order, of_order
from hassenet.readers.reading import Reading
from hassenet.readers.relation import Relation, Source, edges_at, read_relation, relation_of
from hassenet.readers.sheet import Column, Sheet, Where
from hassenet.readers.signed import SignColumn
from hassenet.readers.writing import HEADERS
from hassenet.readers.written_table import read_table


def read_edges(
    source: Source,
    *,
    lower: Column | None = None,
    upper: Column | None = None,
    where: Where | None = None,
    split: str | None = None,
    sign: SignColumn | None = None,
    features: Source | None = None,
    relation: Literal["order", "covers"] = "order",
    rank: Ranking | None = None,
) -> Reading:
    r"""Return the hierarchy of an edge list: one pair (lower, upper) a line.

    The first line of a file is a header if columns are chosen by name, if it begins with #, or if it reads
    ``lower,upper``, ``child,parent``, ``source,target``, ``gene,pathway`` or the like (in either order, in capitals or
    not, with "id", "name" or "symbol" beside; the names then say which column is which). Every other first line is a
    pair; it is a fault if its names stand nowhere else, as those of an unknown header, unless the columns are chosen
    by number. Other lines that begin with # are comments, unless quoted. Where neither a choice nor a header says which
    column is which (``source,target`` and ``from,to`` do not: arrows lead up or down), pairs that look upside down are
    refused.

    What :func:`write_edges` wrote is known by its header, and gives an equal hierarchy. With features or other ranks it
    is read as the order that it stands for: relays are looked through, and graded() puts in new ones.

    A file called .sif has a node, what it does, and one node or more a line, apart by tabs or else by blanks: an edge
    to each of these.

    Parameters
    ----------
    source : path, data frame, mapping or iterable of (lower, upper)
        A CSV or TSV file in UTF-8, gzipped or not; a table of pandas or polars; a mapping from each lower element to
        its upper one, or a list of them; or pairs.
    lower, upper : str or int, optional
        The columns of the lower and the upper element, by name, or by number from 0. They are needed
        when there are more than two columns; by default the first is the lower one, the second the upper one. Where
        the columns of a frame are labelled by numbers, a number is a label.
    where : mapping from column to a value or several, optional
        The rows to read: those that have one of the values in each of these columns. A value that no row has is a
        fault.
    split : str, optional
        What stands between names where a cell holds several, as ";" in ``GO:1;GO:2``: each is a pair.
    sign : str or int, or two of them, optional
        The column that says whether the lower element activates or inhibits the upper one, 1, "activates", −1,
        "inhibits" or the like (:func:`hassenet.hierarchy.signs.sign_of`), 0 or nothing: then the weight of that cover
        keeps its sign (:meth:`Hierarchy.with_signs`). Or two columns of 1 and 0, of what activates and what inhibits,
        as ``("is_stimulation", "is_inhibition")`` of OmniPath; of SIGNOR it is "EFFECT". A third column that holds
        nothing else, or that between the two names (SIF), is known without being chosen. A pair with both signs is
        free, and a fault. Pairs that come without a table may have a sign as a third part.
    features : as ``source``, optional
        Pairs (feature, element): then only what a feature reaches is kept, and rank 0 holds features alone. Where
        columns have to be chosen, give ``read_relation(…)``; for annotation files, ``read_annotations(…)``.
    relation : "order" or "covers"
        "order": any acyclic relation, its covers are found. "covers": each pair has to be a cover.
    rank : "below", "above" or a mapping from element to int, optional
        φ, as in :meth:`Hierarchy.from_covers`; by default "below", and for what :func:`write_edges` wrote the ranks
        that are written, which features lift by one.

    Raises
    ------
    OSError
        If there is no such file, or it may not be read.
    DataError
        If the file is empty or not text, a gzip stream is cut off, a line has a wrong number of columns or an
        empty name, or a column's name stands twice; FeatureError if no feature belongs to an element.
    HierarchyError
        If the pairs are not a hierarchy: a cycle, a pair that is not a cover, a feature with the name of an element;
        or if the upper one seems to stand first, as features belong to the upper end or the pairs widen on the way up.
    ParameterError
        If there is no such column or relation, or no row with such values, or columns of what :func:`write_edges`
        wrote are chosen.

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

    >>> H, report = read_edges(
    ...     [("IL6", "CRP", "activates"), ("IL10", "CRP", "inhibits"), ("age", "CRP", "")]
    ... )
    >>> H.signs
    {('IL6', 'CRP'): 1, ('IL10', 'CRP'): -1}

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
    if not isinstance(source, str | PathLike):
        return _of_pairs(
            read_relation(source, lower=lower, upper=upper, where=where, split=split, sign=sign),
            features,
            rank,
            constructor,
        )
    sheet = edges_at(source)
    if sheet.first in HEADERS:
        _check_not_chosen(sheet, lower, upper, where, split, sign)
        return read_table(sheet, None if features is None else read_relation(features), rank, constructor)
    return _of_pairs(relation_of(sheet, lower, upper, where, split, sign), features, rank, constructor)


def _of_pairs(
    pairs: Relation, features: Source | None, rank: Ranking | None, constructor: Constructor
) -> Reading:
    given = None if features is None else read_relation(features)
    check_order(pairs, given)
    return of_order(pairs, given, {}, rank, constructor)


def _check_not_chosen(sheet: Sheet, *choices: object) -> None:
    if any(choice is not None for choice in choices):
        raise ParameterError(
            f"a table of write_edges has its columns: {sheet.place} is one, so that nothing is chosen by lower, upper, "
            "where, split and sign; leave them out"
        )


def _constructor(relation: str) -> Constructor:
    constructors: dict[str, Constructor] = {"order": Hierarchy.from_relation, "covers": Hierarchy.from_covers}
    if relation not in constructors:
        raise ParameterError(f"relation must be 'order' or 'covers'; got {relation!r}")
    return constructors[relation]
