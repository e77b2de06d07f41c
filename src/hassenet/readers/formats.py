"""Which format a file has: told by its name, or else by how it begins."""

from __future__ import annotations

import csv
import json
import re
from itertools import islice
from pathlib import Path

from hassenet.errors import DataError
from hassenet.readers._text import FilePath, lines_of, text_of
from hassenet.readers.json import is_written
from hassenet.readers.ontology import KINDS
from hassenet.readers.paths import LAYER
from hassenet.readers.writing import HEADER

_SUFFIXES = {".obo": "obo", ".gmt": "gmt", ".graphml": "graphml"}
_OBO = re.compile(r"^(format-version:|\[Term\])", re.MULTILINE)


def format_of(path: FilePath, sep: str = "|") -> str:
    """Return the format of a file: "edges", "gmt", "obo", "graphml", "json", "tree", "paths", "ontology" or "lineages".

    Raises
    ------
    DataError
        If it cannot be told, or the file is empty or no text.

    Examples
    --------
    >>> format_of("ReactomePathways.gmt.gz")
    'gmt'
    """
    path = Path(path)
    suffix = (path.with_suffix("") if path.suffix.lower() == ".gz" else path).suffix.lower()
    return _SUFFIXES.get(suffix) or _by_content(text_of(path), path, sep)


def _by_content(text: str, path: Path, sep: str) -> str:
    start = text.lstrip()
    if start[0] in "{[":
        return _json(start)
    if start.startswith("<"):
        return "graphml"
    if start.startswith("!"):
        raise DataError(
            f"annotations are the features of a hierarchy: {str(path)!r} holds some, and no hierarchy; "
            "give the file of the ontology, or of edges, before it"
        )
    return "obo" if _OBO.search(text[:10_000]) else _by_lines(text, path, sep)


def _json(text: str) -> str:
    """Return the kind of JSON; one that is not whole is a tree, whose reader says what is wrong."""
    try:
        return "json" if is_written(json.loads(text)) else "tree"
    except (ValueError, RecursionError):
        return "tree"


def _by_lines(text: str, path: Path, sep: str) -> str:
    lines = list(islice((line for line in lines_of(text) if line.strip()), 100))
    mark = "\t" if "\t" in lines[0] else ","
    cells = [tuple(cell.strip() for cell in row) for row in csv.reader(lines, delimiter=mark)]
    first, widths = cells[0], {len(row) for row in cells}
    if any(LAYER.fullmatch(cell) for cell in first):
        return "paths"
    if first == HEADER or (len(first) == 2 and widths == {2}):
        return "edges"
    if len(first) == 3 and all(row[-1] in KINDS for row in cells):
        return "ontology"
    if all(sep in line for line in lines if mark not in line) and widths == {1}:
        return "lineages"
    if mark == "\t" and min(widths) > 2 and len(widths) > 1:
        return "gmt"
    raise DataError(
        f"the format of a hierarchy must be known: {str(path)!r} is of none that can be told, its first line has "
        f"{len(first)} column(s); give --format, and for edges among more than two columns --lower and --upper"
    )
