"""Tables with a clade a row and a sample a column: abundances of MetaPhlAn, Kraken and Bracken, and collapsed ones."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence

from hassenet.errors import DataError, DuplicateElementError
from hassenet.files.content import FilePath
from hassenet.hierarchy.placeholders import is_placeholder, left_out
from hassenet.hierarchy.report import Count, Report
from hassenet.readers.choices import check_sep
from hassenet.readers.delimited import sheet_of
from hassenet.readers.headers import heads_lineages
from hassenet.readers.lineage_cells import plain_lineage, separator_of
from hassenet.readers.lineages import taxonomy_of
from hassenet.readers.reading import Reading
from hassenet.readers.sheet import Row, Sheet

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def read_clades(path: FilePath, *, sep: str | None = None) -> Reading:
    r"""Return the taxonomy of a table with a clade a row and a sample a column, as MetaPhlAn merges its profiles.

    The first column holds lineages. Rank 0 holds those that no other row continues, called as they stand in the table:
    the numbers of the rows above them hold theirs, and are counted. ``read_table`` turns such a table, so that its
    columns are the features.

    Parameters
    ----------
    path : str or path
        The file: CSV or TSV, gzipped or not.
    sep : str, optional
        What stands between two levels; by default ``;`` or ``|``, which of them most cells hold.

    Raises
    ------
    OSError
        If there is no such file, or it may not be read.
    DataError
        If the file is empty, no text, no table, or its first column does not hold lineages.
    DuplicateElementError
        If a clade stands on two lines.
    ParameterError
        If the separator is empty or not text.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> text = "clade_name\tS1\tS2\nk__B\t9\t7\nk__B|p__F\t5\t4\nk__B|p__P\t4\t3\nUNKNOWN\t1\t3\n"
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "merged.tsv")
    ...     _ = file.write_text(text)
    ...     H, report = read_clades(file)
    >>> H.ranks
    (('k__B|p__F', 'k__B|p__P'), ('k__B',))
    >>> print(report)
    merged.tsv
      samples: 2
      lineages: 2
      taxa above them: 1
      dropped, clades above others, whose numbers hold those below: 1 ('k__B')
      dropped, clades with a placeholder for a name: 1 ('UNKNOWN')
    """
    if sep is not None:
        check_sep(sep)
    sheet = sheet_of(path)
    found = _separator(sheet, sep)
    clades = _clades(sheet, found)
    named = {lineage: cell for lineage, cell in clades.items() if not are_nameless(lineage, found)}
    lowest = lowest_of(named, found)
    called: dict[Hashable, Hashable] = {lineage: named[lineage] for lineage in lowest}
    report = _report(sheet, clades, named, lowest)
    return taxonomy_of(lowest, found, f"line of {str(path)!r}", report, called)


def are_nameless(lineage: str, sep: str) -> bool:
    """Return whether no level of a lineage has a name."""
    return all(map(is_placeholder, lineage.split(sep)))


def lowest_of(lineages: Iterable[str], sep: str) -> list[str]:
    """Return the lineages that no other continues.

    Examples
    --------
    >>> lowest_of(["k__B", "k__B|p__F", "k__A"], "|")
    ['k__B|p__F', 'k__A']
    """
    lineages = list(lineages)
    above = {sep.join(parts[:n]) for parts in (x.split(sep) for x in lineages) for n in range(1, len(parts))}
    return [lineage for lineage in lineages if lineage not in above]


def _separator(sheet: Sheet, sep: str | None) -> str:
    cells = [cells[0] for _, cells in sheet.rows]
    found = sep if sep is not None and any(sep in cell for cell in cells) else separator_of(cells)
    if found is None or sep not in (None, found):
        raise DataError(
            f"a table of clades has their lineages in its first column, whose levels are set apart by "
            f"{sep or '; or |'}: {sheet.place} has {cells[-1]!r} there; give what stands between levels as sep, or "
            "another format"
        )
    return found


def _clades(sheet: Sheet, sep: str) -> dict[str, str]:
    """Return the cell of each lineage."""
    lines: dict[str, int] = {}
    found: dict[str, str] = {}
    for line, cells in _body(sheet, sep):
        lineage = plain_lineage(cells[0], sep)
        if lines.setdefault(lineage, line) != line:
            raise DuplicateElementError(
                f"a clade stands on one line: {cells[0]!r} stands on lines {lines[lineage]} and {line} of "
                f"{sheet.place}; take one out"
            )
        found[lineage] = cells[0]
    return found


def _body(sheet: Sheet, sep: str) -> list[Row]:
    """Return the rows below the header: a first row that is known for one, or has no lineage and no number."""
    first = sheet.first
    headed = sheet.headed or heads_lineages(first[0])
    return sheet.rows[int(headed or not (sep in first[0] or any(map(_NUMBER.fullmatch, first[1:])))) :]


def _report(
    sheet: Sheet, clades: Mapping[str, str], named: Mapping[str, str], lowest: Sequence[str]
) -> Report:
    samples = sum(all(map(_is_amount, cells)) for cells in _columns(sheet))
    kept = set(lowest)
    dropped = (
        Count.of(
            "clades above others, whose numbers hold those below",
            (x for x in named.values() if x not in kept),
        ),
        left_out("clades", (cell for lineage, cell in clades.items() if lineage not in named)),
        Count("columns beside clades and samples", len(sheet.first) - 1 - samples),
        *sheet.dropped,
    )
    return Report(sheet.name, (Count("samples", samples),), dropped, faults=sheet.faults)


def _columns(sheet: Sheet) -> list[tuple[str, ...]]:
    """Return the cells below the first row of each column behind the clades that is not one of taxa's numbers."""
    rows = [cells[1:] for _, cells in sheet.rows[1:]]
    columns = zip(sheet.first[1:], zip(*rows, strict=True), strict=True) if rows else ()
    return [cells for head, cells in columns if not is_of_taxa(head)]


def is_of_taxa(head: str) -> bool:
    """Return whether a column's name says that it holds the numbers that a data base has given to taxa.

    Examples
    --------
    >>> is_of_taxa("NCBI_tax_id"), is_of_taxa("clade_taxid"), is_of_taxa("sample_1")
    (True, True, False)
    """
    return re.search(r"tax_?id", head, re.IGNORECASE) is not None


def _is_amount(cell: str) -> bool:
    return _NUMBER.fullmatch(cell) is not None or is_placeholder(cell)
