"""Which format a file has: recognised by its name, or else by how it begins."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from hassenet.errors import DataError
from hassenet.files.content import FileContent, FilePath
from hassenet.files.text import lines_of
from hassenet.readers.annotation_lines import kind_of_line
from hassenet.readers.delimited import split_comments
from hassenet.readers.foreign import kind_of
from hassenet.readers.json import is_written
from hassenet.readers.json_graphs import is_json_graph
from hassenet.readers.lineage_cells import SEPARATORS, separator_of
from hassenet.readers.msigdb import is_of_msigdb
from hassenet.readers.newick import KINDS as PHYLOGENIES
from hassenet.readers.obographs import is_obo_graphs
from hassenet.readers.ontology import KINDS
from hassenet.readers.paths import LAYER
from hassenet.readers.rank_columns import ranks_of
from hassenet.readers.signed import place_of_signs
from hassenet.readers.topology import HEADS
from hassenet.readers.unknown import unknown_format
from hassenet.readers.writing import HEADERS

_SUFFIXES = {
    ".obo": "obo",
    ".gmt": "gmt",
    ".graphml": "graphml",
    ".bim": "snps",
    ".sif": "edges",
    **dict.fromkeys((".nwk", ".newick", ".nex", ".nexus", ".tre"), "newick"),
}
_PATHWAY = re.compile(r"R-[A-Z]{3}-\d+")
_NUMBERS = re.compile(r"[\d.|;,eE+-]+")
_OBO = re.compile(r"^(format-version:|\[Term\])", re.MULTILINE)


def format_of(path: FilePath, sep: str = "|") -> str:
    """Return the format of a file by its name or its content.

    It is "edges", "gmt", "obo", "graphml", "json", "json-graph", "obographs", "msigdb", "tree", "newick", "paths",
    "ontology", "topology", "taxonomy", "clades", "columns", "snps" or "lineages".

    Raises
    ------
    DataError
        If it is not recognised, or the file is empty or not text.

    Examples
    --------
    >>> format_of("ReactomePathways.gmt.gz")
    'gmt'
    """
    file = FileContent.of(path)
    name = file.path
    suffix = (name.with_suffix("") if name.suffix.lower() == ".gz" else name).suffix.lower()
    return _SUFFIXES.get(suffix) or _by_content(file.text, name, sep)


def _by_content(text: str, path: Path, sep: str) -> str:
    if kind_of(text) in PHYLOGENIES:
        return "newick"
    start = text.lstrip()
    if start[0] in "{[":
        return _json(start)
    if start.startswith("<"):
        return "graphml"
    if start.startswith("!"):
        raise _annotations(path)
    return "obo" if _OBO.search(text[:10_000]) else _by_lines(text, path, sep)


def _annotations(path: Path) -> DataError:
    return DataError(
        f"annotations are the features of a hierarchy: {str(path)!r} holds some, and no hierarchy; "
        "give the file of the ontology, or of edges, before it"
    )


_JSON = {
    "json": is_written,
    "obographs": is_obo_graphs,
    "msigdb": is_of_msigdb,
    "json-graph": is_json_graph,
}


def _json(text: str) -> str:
    """Return the kind of JSON; one that is not whole is a tree, whose reader says what is wrong."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return "tree"
    return next((name for name, is_one in _JSON.items() if is_one(value)), "tree")


def _by_lines(text: str, path: Path, sep: str) -> str:
    """Return the format that most of the first lines have: of one that is odd or cut off its reader says the number."""
    lines = list(islice(filter(str.strip, lines_of(split_comments(text)[1])), 100)) or [""]
    mark = "\t" if "\t" in lines[0] else ","
    rows = _cells(lines, mark)
    if lines[0].startswith(HEADS[0]):
        return "topology"
    found = _by_columns(rows, path)
    if found is not None:
        return found
    if _is_headed_by_lineages(rows, sep):
        return "columns"
    apart = [len(row) > 1 and _is_pair(line, mark, sep) for line, row in zip(lines, rows, strict=True)]
    if all(apart) and _is_taxonomy(rows, sep):
        return "clades" if _are_clades(rows, sep) else "taxonomy"
    if _most(flag and len(row) == 2 for flag, row in zip(apart, rows, strict=True)):
        return _edges(rows[0], path)
    if _are_lineages(lines, mark, sep):
        return "lineages"
    if mark == "\t" and _are_sets([len(row) for row in rows]):
        return "gmt"
    raise unknown_format(path, lines, rows)


def _by_columns(rows: list[tuple[str, ...]], path: Path) -> str | None:
    """Return the format of a table whose columns are known by their heads or by what they hold; None for others."""
    first = rows[0]
    if any(LAYER.fullmatch(cell) for cell in first):
        return "paths"
    if first in HEADERS:
        return "edges"
    if ranks_of(first):
        return "taxonomy"
    if kind_of_line(first) is not None:
        raise _annotations(path)
    if len(first) == 3 and _most(row[-1] in KINDS for row in rows):
        return "ontology"
    same = len(first) == 3 and all(len(row) == 3 for row in rows)
    return "edges" if same and place_of_signs([*enumerate(rows)]) is not None else None


def _is_taxonomy(rows: list[tuple[str, ...]], sep: str) -> bool:
    """Return whether the rows are equally long, and a column but not all hold lineages, which are not nested."""
    if len({len(row) for row in rows}) > 1 or _are_nested(rows[-1]):
        return False
    separators = tuple(dict.fromkeys((sep, *SEPARATORS)))
    columns = [separator_of(cells, separators) for cells in zip(*rows, strict=True)]
    return any(columns) and not all(columns)


def _is_headed_by_lineages(rows: list[tuple[str, ...]], sep: str) -> bool:
    """Return whether several cells of the first row are lineages, and none of the second."""
    separators = tuple(dict.fromkeys((sep, *SEPARATORS)))
    first, second = (
        sum(separator_of([cell], separators) is not None for cell in row) for row in (*rows, ())[:2]
    )
    return first > 1 and second == 0 and len(rows) > 1


def _are_clades(rows: list[tuple[str, ...]], sep: str) -> bool:
    """Return whether lineages stand first, and numbers in all or most cells behind them."""
    lineages, *others = zip(*rows, strict=True)
    numbers = [_NUMBERS.fullmatch(cell) is not None for cells in others for cell in cells]
    return separator_of(lineages, (sep, *SEPARATORS)) is not None and _most(numbers)


def _are_nested(row: tuple[str, ...]) -> bool:
    """Return whether a cell begins another, as in edges between lineages."""
    return any(a and b != a and b.startswith(a) for a in row[:2] for b in row[:2])


def _edges(first: tuple[str, ...], path: Path) -> str:
    if all(map(_PATHWAY.fullmatch, first)):  # they stand with the upper one first, and no header says so
        raise DataError(
            f"relations of Reactome complete its gene sets: {str(path)!r} holds such relations, the parent first; give "
            "ReactomePathways.gmt before it, or, for pathways alone, --lower 1 --upper 0"
        )
    return "edges"


def _cells(lines: list[str], mark: str) -> list[tuple[str, ...]]:
    try:
        rows = [tuple(map(str.strip, next(csv.reader([line], delimiter=mark)))) for line in lines]
    except csv.Error:  # a cell of more than 131,072 characters
        rows = [tuple(line.split(mark)) for line in lines]
    return rows


def _most(flags: Iterable[bool]) -> bool:
    known = list(flags)
    return 2 * sum(known) >= len(known)


def _is_pair(line: str, mark: str, sep: str) -> bool:
    """Return whether a mark sets cells apart; in a lineage a comma followed by a blank is text: ``B|X|a, b``."""
    return sep not in line or mark == "\t" or (mark != sep and re.search(r",(?!\s)", line) is not None)


def _are_lineages(lines: list[str], mark: str, sep: str) -> bool:
    """Return whether most lines have levels; where commas may be marks, or tabs are, all have to."""
    plain = not any(mark in line for line in lines)
    return (
        _most(sep in line for line in lines) if plain else mark == "," and all(sep in line for line in lines)
    )


def _are_sets(widths: list[int]) -> bool:
    """Return whether lines have a name, an identifier and some genes each, and are not a table that was cut off."""
    cut = len(widths) > 2 and len(set(widths[:-1])) == 1 and widths[-1] < widths[0]
    return _most(width > 2 for width in widths) and len(set(widths)) > 1 and not cut
