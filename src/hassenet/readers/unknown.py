"""The error about a file whose format is not recognised: what its lines look like, and what to do with such a file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from hassenet.errors import DataError, counted

_ONTOLOGY = "take the ontology in OBO (robot convert makes it)"
_OF_SUFFIXES = {
    (".owl", ".ttl", ".ofn", ".omn", ".rdf", ".nt"): _ONTOLOGY,
    (".gml",): "read it by networkx.read_gml, and the graph by read_networkx",
    (".dot", ".gv"): "read it by networkx.nx_pydot.read_dot, and the graph by read_networkx",
    (".gmx",): "turn it into GMT, which has a set a line",
    (".dmp",): "write a lineage for each taxon, and read these as lineages",
}
_CODE = re.compile(r"[A-Z]\d\d[A-Z0-9]*(?:\.[\dA-Z.]+)?")
_OF_MESH = re.compile(r"[^;]+;[A-Z]\d\d(?:\.\d+)*")
_OF_KRAKEN = re.compile(r"\s*\d+\.\d+\t\d+\t\d+\t(?:\d+\t\d+\t)?[UDRKPCOFGS]\d*\t\d+\t")
_BLANKS = re.compile(r"\S+(?: +\S+){1,2}")


def unknown_format(path: Path, lines: Sequence[str], rows: Sequence[Sequence[str]]) -> DataError:
    """Return the error that a format is not recognised, with the remedy that fits what the lines look like.

    Examples
    --------
    >>> str(unknown_format(Path("codes.txt"), ["E11.9", "J45.9"], [["E11.9"], ["J45.9"]])).split("; ")[1]
    'if these are codes, give --format codes, and --system ATC, ICD-10 or MeSH'
    """
    widths = sorted({len(row) for row in rows})
    columns = counted(widths[0], "column") if len(widths) == 1 else f"{widths[0]} to {widths[-1]} columns"
    return DataError(
        f"the format of a hierarchy must be known: that of {str(path)!r} is not recognised, its lines have {columns}; "
        f"{_remedy(path, lines, widths)}"
    )


def _remedy(path: Path, lines: Sequence[str], widths: list[int]) -> str:
    of_suffix = next(
        (remedy for suffixes, remedy in _OF_SUFFIXES.items() if path.suffix.lower() in suffixes), None
    )
    return of_suffix or _of_lines(lines, widths)


def _of_lines(lines: Sequence[str], widths: list[int]) -> str:
    whole = [line.strip() for line in lines[1:] or lines]
    if all(map(_OF_KRAKEN.match, lines)):
        return "a report of Kraken is of one sample: make lineages of several (kreport2mpa.py and combine_mpa.py do)"
    if widths != [1]:
        return (
            "give --format, and for edges among more than two columns --lower and --upper, for a column a rank "
            "--format paths"
        )
    if all(map(_OF_MESH.fullmatch, whole)) or all(map(_CODE.fullmatch, whole)):
        return "if these are codes, give --format codes, and --system ATC, ICD-10 or MeSH"
    if all(";" in line for line in whole):
        return "put commas or tabs in place of ';', or, if these are lineages, give --sep ';'"
    if all(map(_BLANKS.fullmatch, whole)):
        return "put commas or tabs in place of the blanks between columns, or call it .sif if it is SIF"
    return "give --format"
