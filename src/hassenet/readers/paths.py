"""Paths: a table whose lines lead from a feature up to the root, as GenNet's topology.csv."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from hassenet._checks import is_whole_number
from hassenet.errors import DataError, DuplicateElementError, ParameterError
from hassenet.files.content import FilePath
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.placeholders import is_placeholder
from hassenet.hierarchy.report import Count, Report
from hassenet.readers.building import closed, hierarchy_of
from hassenet.readers.delimited import sheet_of
from hassenet.readers.homonyms import homonyms
from hassenet.readers.lineage_cells import spelt_lineages
from hassenet.readers.rank_columns import are_taxonomic, column_of_names, ranks_of
from hassenet.readers.reading import Reading
from hassenet.readers.relation import UNKNOWN_HEADER, Relation
from hassenet.readers.sheet import Column, Row, Sheet

LAYER = re.compile(r"layer(\d+)_name")
"""The header of a column of names, with its rank."""
_REMEDY = "if it is a header, choose columns by its names; if not, by number (columns=[0, 1]; --columns 0,1)"
_Steps = list[tuple[str, int]]
_Paths = list[tuple[int, _Steps]]  # each with its line


def read_paths(path: FilePath, *, columns: Sequence[Column] | None = None) -> Reading:
    r"""Return the hierarchy of a table with one path a line, from a feature to the root.

    The number of a name's column is its rank; columns without a name are left out. An empty cell is a missing level:
    what lies below it is joined to the next name. A name that is repeated in the next cell of a line is carried up,
    too, and stays one element. A word such as NA or "uncultured" counts as an empty cell. A name that has several
    above it is a fault, as it may be one of two things: in a taxonomy, known by the heads of its columns, any; in other
    tables those above rank 0; in GenNet's, where genes have several pathways, nothing.

    The columns ``layer0_name``, ``layer1_name``, … of GenNet's topology.csv are known; every other file is read without
    a header, all of its columns, unless ``columns`` names some, or a line that begins with # heads the table. A first
    line whose names stand in no other is a fault, as it may be a header, unless columns are chosen by number.

    Parameters
    ----------
    path : str or path
        The file: CSV or TSV, gzipped or not.
    columns : sequence of str or int, optional
        The columns from the features to the root, by name, or by number from 0.

    Raises
    ------
    DataError
        If the file is empty, no text, cut off in its gzip stream, no table, or no line has a feature and a name above.
    DuplicateElementError
        If a name stands in two columns, hence at two ranks.
    ParameterError
        If there is no such column, or there are less than two.

    References
    ----------
    van Hilten et al., GenNet framework: interpretable deep learning for predicting phenotypes from genetic data,
    Communications Biology 4, 1094 (2021).

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "topology.csv")
    ...     _ = file.write_text(
    ...         "layer0_node,layer0_name,layer1_node,layer1_name\n0,rs1,0,BRCA2\n1,rs2,0,BRCA2\n"
    ...     )
    ...     H, report = read_paths(file)
    >>> H.ranks
    (('rs1', 'rs2'), ('BRCA2',))
    """
    sheet = sheet_of(path)
    numbers, start = _columns(sheet, [columns] if isinstance(columns, str) else columns)
    rows, words = _without_placeholders(sheet.rows[start:], numbers)
    whole = [row for row in rows if row[1][numbers[0]]]
    paths = [(line, _steps(cells, numbers)) for line, cells in whole]
    ranks, empty = closed(_ranks(paths, sheet))
    missing = sum(not cells[k] for _, cells in whole for k in numbers)
    doubtful = [rows[0][1]] if columns is None and not start and _stands_alone(rows) else []
    header = Count.of(UNKNOWN_HEADER, doubtful, _REMEDY)
    lines, pairs = _pairs(paths, sheet)
    faults = *_faults(paths, len(rows) - len(whole)), header, spelt_lineages(pairs), *sheet.faults
    made = *_made(len(rows), missing, words), Count("pairs", len(pairs))
    report = Report(sheet.name, made, (empty, *sheet.dropped), faults=faults)
    H, report = hierarchy_of(Relation(pairs, report, tuple(ranks), lines, sheet.name), ranks)
    return Reading(H, report + Report("", faults=(_homonyms(H, sheet),)))


def _without_placeholders(rows: list[Row], numbers: Sequence[int]) -> tuple[list[Row], list[str]]:
    """Return the rows with empty cells in place of words such as NA, and these words."""
    odd = {name for name in {cells[k] for _, cells in rows for k in numbers} if name and is_placeholder(name)}
    if not odd:
        return rows, []
    emptied = [(line, tuple(["" if cell in odd else cell for cell in cells])) for line, cells in rows]
    return emptied, sorted(odd)


def _homonyms(H: Hierarchy, sheet: Sheet) -> Count:
    """Return the fault of names for two things; a SNP may be in two genes, and whatever GenNet has in two others."""
    if any(map(LAYER.fullmatch, sheet.first)):
        return Count("", 0)
    return homonyms(H, 0 if are_taxonomic(sheet.first) else H.shape[0])


def _stands_alone(rows: Sequence[Row]) -> bool:
    """Return whether there are other rows, and none of them has a name of the first."""
    names = set(filter(None, rows[0][1]))
    return len(rows) > 1 and not any(names.intersection(cells) for _, cells in rows[1:])


def _made(paths: int, missing: int, words: Sequence[str]) -> tuple[Count, ...]:
    passed = [Count("levels without a name (passed over)", missing, tuple(words))] if missing else []
    return (Count("paths", paths), *passed)


def _faults(paths: _Paths, without: int) -> tuple[Count, ...]:
    alone = (steps[0][0] for _, steps in paths if len(steps) == 1)
    return (
        Count("paths without a feature", without),
        Count.of("features without a name above", dict.fromkeys(alone)),
    )


def _pairs(paths: _Paths, sheet: Sheet) -> tuple[tuple[int, ...], tuple[tuple[str, str], ...]]:
    """Return the line of each pair of neighbours on a path, and the pairs."""
    found = [(line, pair) for line, steps in paths for pair in pairwise(name for name, _ in steps)]
    if not found:
        raise DataError(
            f"a path has two names at least: no line of {sheet.place} has a feature and a name above it; add some"
        )
    lines, pairs = zip(*found, strict=True)
    return lines, pairs


def _columns(sheet: Sheet, columns: Sequence[Column] | None) -> tuple[list[int], int]:
    """Return the columns from the features up, and the first row that is a path."""
    first = sheet.first
    layers = {k: int(m[1]) for k, name in enumerate(first) if (m := LAYER.fullmatch(name))}
    if columns is None and layers:
        return sorted(layers, key=lambda k: layers[k]), 1
    ranks = ranks_of(first)
    if columns is None and ranks and len(ranks) == len(first) - 1:
        name = column_of_names(sheet, ranks)
        if name is not None:
            return [name, *reversed(ranks)], 1
    if columns is None:
        numbers, start = list(range(len(first))), int(sheet.headed)
    else:
        named = any(not is_whole_number(column) for column in columns)
        names = sheet.header() if named else first
        numbers, start = [sheet.column(column, names) for column in columns], int(named or sheet.headed)
    if len(set(numbers)) < max(2, len(numbers)):
        raise ParameterError(
            f"a path has at least two columns, each once: got {len(numbers)} of {sheet.place}; give others as columns="
        )
    return numbers, start


def _steps(cells: Sequence[str], numbers: Sequence[int]) -> _Steps:
    """Return the names of a path from the feature up, each with its rank; one that is repeated at once counts once."""
    names = [(cells[k], rank) for rank, k in enumerate(numbers) if cells[k]]
    return [step for k, step in enumerate(names) if k == 0 or step[0] != names[k - 1][0]]


def _ranks(paths: _Paths, sheet: Sheet) -> dict[str, int]:
    ranks: dict[str, int] = {}
    first: dict[str, int] = {}
    for line, steps in paths:
        for name, rank in steps:
            if ranks.setdefault(name, rank) != rank:
                raise DuplicateElementError(
                    f"an element has one rank: {name!r} stands in the column of rank {ranks[name]} on line "
                    f"{first[name]} of {sheet.place} and in that of rank {rank} on line {line}; rename one"
                )
            first.setdefault(name, line)
    return ranks
