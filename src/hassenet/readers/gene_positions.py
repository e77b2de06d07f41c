"""Where genes lie: BED, GTF and GFF, PLINK's gene lists, and tables with a header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from hassenet.errors import DataError
from hassenet.files.content import FilePath
from hassenet.files.text import lines_of, text_of
from hassenet.hierarchy.placeholders import is_placeholder, left_out
from hassenet.hierarchy.report import Count

_CHROMOSOME = {"chrom", "chr", "chromosome", "seqname", "seqid", "chromosome_name", "#chrom"}
_START = {"start", "begin", "chromstart", "start_position", "gene_start", "txstart"}
_END = {"end", "stop", "chromend", "end_position", "gene_end", "txend"}
_NAME = {"name", "gene", "gene_name", "symbol", "gene_symbol", "external_gene_name", "hgnc_symbol"}
_NUMBERS = {"23": "X", "24": "Y", "25": "XY", "26": "MT", "M": "MT"}
_ATTRIBUTE = r'(?:^|;)\s*{}[ =]"?([^";]+)'
_FIELDS_OF_GTF, _GENE = 9, 2


Row = tuple[int, Sequence[str]]


class Gene(NamedTuple):
    """A gene and a stretch of its chromosome, first and last base, counted from 1."""

    chromosome: str
    first: int
    last: int
    name: str


class Genes(NamedTuple):
    """The genes of a file, and what of it was left out."""

    genes: list[Gene]
    dropped: tuple[Count, ...]


def chromosome(name: str) -> str:
    """Return a chromosome by one name: without "chr", and X, Y, XY and MT for the numbers that PLINK gives them.

    Examples
    --------
    >>> [chromosome(name) for name in ("chr1", "1", "23", "chrX", "M")]
    ['1', '1', 'X', 'X', 'MT']
    """
    plain = re.sub("^chr(omosome)?_?", "", name.strip(), flags=re.IGNORECASE).upper()
    return _NUMBERS.get(plain, plain)


def genes_of(path: FilePath) -> Genes:
    """Return the genes in a file, gzipped or not, of which each line has chromosome, start, end and name.

    Columns are set apart by tabs, commas or blanks. They are known by a header, or are those of GTF and GFF (the lines
    whose feature is a gene), or else the first four; in a .bed file starts are counted from 0.

    Raises
    ------
    DataError
        If a line has not these columns, or positions that are not numbers.
    """
    lines = [(k, line) for k, line in enumerate(lines_of(text_of(path)), start=1) if _is_row(line)]
    if not lines:
        raise DataError(
            f"a table of genes has rows: {str(path)!r} has none; give chromosome, start, end and name"
        )
    rows = [(k, _cells(line, lines[0][1])) for k, line in lines]
    if len(rows[0][1]) >= _FIELDS_OF_GTF and rows[0][1][3].isdecimal() and rows[0][1][4].isdecimal():
        return _of_gtf(rows, path)
    return _of_columns(rows, path)


def _is_row(line: str) -> bool:
    known = line.lstrip().lower().startswith(("#chrom", "#chr\t"))
    return bool(line.strip()) and (known or not line.startswith(("#", "track", "browser")))


def _cells(line: str, first: str) -> list[str]:
    mark = "\t" if "\t" in first else "," if "," in first else None
    return [cell.strip().strip('"') for cell in line.split(mark)]


def _of_gtf(rows: Sequence[Row], path: FilePath) -> Genes:
    genes = [(k, cells) for k, cells in rows if cells[_GENE] == "gene"]
    if not genes:
        raise DataError(
            f"a gene is a line of GTF whose feature is 'gene': {str(path)!r} has none; give a file with genes"
        )
    found = [(k, (cells[0], cells[3], cells[4], _attribute(cells[8]))) for k, cells in genes]
    others = Count("lines of other features than genes", len(rows) - len(genes))
    return _kept([_gene(row, 1, path) for row in found], (others,))


def _attribute(text: str) -> str:
    """Return the name among the attributes of a gene, or else its identifier."""
    keys = ("gene_name", "Name", "gene_id", "ID")
    hits = (re.search(_ATTRIBUTE.format(key), text) for key in keys)
    return next((hit[1].strip().removeprefix("gene:") for hit in hits if hit), "")


def _of_columns(rows: Sequence[Row], path: FilePath) -> Genes:
    head = [cell.lower() for cell in rows[0][1]]
    headed = not (len(head) > 2 and head[1].isdecimal() and head[2].isdecimal())
    places = _places(head, path) if headed else (0, 1, 2, 3)
    counted_from = 0 if ".bed" in str(getattr(path, "path", path)).lower() else 1
    _check_long(rows, max(places), path)
    found = [(k, tuple(cells[p] for p in places)) for k, cells in rows[headed:]]
    return _kept([_gene(row, counted_from, path) for row in found], ())


def _check_long(rows: Sequence[Row], last: int, path: FilePath) -> None:
    short = next((k for k, cells in rows if len(cells) <= last), None)
    if short is not None:
        raise DataError(
            f"a gene has chromosome, start, end and name: line {short} of {str(path)!r} has fewer columns; complete it"
        )


def _places(head: Sequence[str], path: FilePath) -> tuple[int, ...]:
    names = (_CHROMOSOME, _START, _END, _NAME)
    found = [next((k for k, cell in enumerate(head) if cell in known), None) for known in names]
    places = tuple(k for k in found if k is not None)
    if len(places) < len(names):
        raise DataError(
            f"genes have columns chrom, start, end and name: {str(path)!r} begins with {', '.join(head[:6])}; call "
            "them so, or leave the header out and give them in this order"
        )
    return places


def _gene(row: Row, counted_from: int, path: FilePath) -> Gene:
    """Return the gene of a line, whose starts are counted from 0 or from 1."""
    k, (place, start, end, name) = row
    if not (start.isdecimal() and end.isdecimal()) or int(start) > int(end):
        raise DataError(
            f"a gene lies from a start to an end, whole numbers: line {k} of {str(path)!r} has {start!r} and "
            f"{end!r}; correct it"
        )
    return Gene(chromosome(place), int(start) + 1 - counted_from, int(end), name)


def _kept(genes: Sequence[Gene], dropped: tuple[Count, ...]) -> Genes:
    """Return the genes that have a name."""
    names = [gene.name for gene in genes]
    nameless = left_out("genes", filter(is_placeholder, names))
    return Genes([gene for gene in genes if not is_placeholder(gene.name)], (*dropped, nameless))
