"""Lineages: names that spell the path from the root of a taxonomy, in a list or at the head of a table."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hassenet.errors import DataError, DuplicateElementError
from hassenet.files.content import FilePath
from hassenet.files.text import lines_of, text_of, unended
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.lineages import levels_of
from hassenet.hierarchy.placeholders import is_placeholder
from hassenet.hierarchy.report import Count, Report
from hassenet.readers.building import uncovered
from hassenet.readers.choices import check_sep
from hassenet.readers.delimited import sheet_of, sheet_of_frame
from hassenet.readers.foreign import check_kind
from hassenet.readers.headers import heads_lineages
from hassenet.readers.reading import Reading
from hassenet.readers.tabbed import unquoted


def read_lineages(path: FilePath, sep: str = "|") -> Reading:
    r"""Return the taxonomy of a text file, gzipped or not, with one lineage a line; blank lines are left out.

    Lines that begin with # are comments. A first line such as ``Taxon``, ``lineage`` or ``clade_name`` is a header; one
    that has a single level, and is the first of no lineage below it, is a fault, as it may be a header too.

    Parameters
    ----------
    path : str or path
        The file, text in UTF-8.
    sep : str
        What stands between two levels of a lineage.

    Raises
    ------
    OSError
        If there is no such file, or it may not be read.
    DataError
        If the file is empty or not text, a gzip stream is cut off, or no line holds ``sep``.
    DuplicateElementError
        If a lineage stands on two lines.
    ParameterError
        If the separator is empty or not text.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "lineages.txt")
    ...     _ = file.write_text("Bacteria|Bacilli\nBacteria|Clostridia\n")
    ...     H, report = read_lineages(file)
    >>> H.ranks
    (('Bacteria|Bacilli', 'Bacteria|Clostridia'), ('Bacteria',))
    """
    check_sep(sep)
    text = text_of(path)
    check_kind(text, path)
    stripped = ((number, unquoted(line.strip())) for number, line in enumerate(lines_of(text), start=1))
    lines = [(number, line) for number, line in stripped if line]
    rows = [(number, line) for number, line in lines if not line.startswith("#")]
    _check_no_table(rows, sep, path)
    headed = bool(rows) and heads_lineages(rows[0][1])
    named = [(number, line) for number, line in rows[headed:] if line.replace(sep, "").strip()]
    lineages = _unique(named, path)
    nameless = Count("lines without any name", len(rows) - headed - len(named))
    report = Report(
        Path(path).name,
        dropped=(Count("lines that begin with #", len(lines) - len(rows)),),
        faults=(nameless, doubtful(lineages, sep), unended(text, path)),
    )
    return taxonomy_of(lineages, sep, f"line of {str(path)!r}", report)


_BESIDE = {"a tab": re.compile(r".*\t"), "','": re.compile(r"[^|;]*,|.*,[\d.eE+-]+$")}
"""What sets other cells apart from a lineage: a tab anywhere, or a comma in its highest level or before a number."""


def _check_no_table(rows: Sequence[tuple[int, str]], sep: str, path: FilePath) -> None:
    """Refuse lines with other cells beside the lineage, which would be part of its first or its last taxon."""
    lines = [line for _, line in rows if sep in line]
    mark = next((mark for mark, one in _BESIDE.items() if lines and all(map(one.match, lines))), None)
    if mark is not None and mark != repr(sep.strip()):
        raise DataError(
            f"a line of a list of lineages is a lineage: those of {str(path)!r} have columns, {mark} between; "
            "read the table by read_taxonomy (on the command line, --format taxonomy), or give the lineages alone"
        )


def _unique(rows: Iterable[tuple[int, str]], path: FilePath) -> list[str]:
    lineages: dict[str, int] = {}
    for number, lineage in rows:
        first = lineages.setdefault(lineage, number)
        if first != number:
            raise DuplicateElementError(
                f"a lineage names one feature: {lineage!r} stands on lines {first} and {number} of "
                f"{str(path)!r}; take one out"
            )
    return list(lineages)


def doubtful(lineages: Sequence[str], sep: str) -> Count:
    """Return the fault of a first line that has no levels and is the root of no other: a header that is not known."""
    first, *others = lineages or [""]
    alone = sep not in first and not any(other.startswith(f"{first}{sep}") for other in others)
    return Count.of(
        "first lines with one level that no other begins with",
        [first] if alone and others else [],
        "if it is a header, begin it with #; if not, put it further down",
    )


def read_column_lineages(path: FilePath | Any, sep: str | None = None) -> Reading:
    r"""Return the taxonomy of a table's columns: those whose names hold ``sep``; the others are not features.

    Parameters
    ----------
    path : str, path or data frame
        A table with a header, CSV or TSV, gzipped or not; or a table of pandas or polars.
    sep : str, optional
        What stands between two levels of a lineage; by default ``|``, or ``;`` where no name holds that.

    Raises
    ------
    OSError
        If there is no such file, or it may not be read.
    DataError
        If the file is not a table (see :func:`read_edges`), a column's name stands twice, or none holds ``sep``.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "abundance.csv")
    ...     _ = file.write_text("sample,Bacteria|Bacilli,Bacteria|Clostridia\nA,0.3,0.7\n")
    ...     H, report = read_column_lineages(file)
    >>> H.ranks[1]
    ('Bacteria',)
    >>> print(report)
    abundance.csv
      lineages: 2
      taxa above them: 1
      dropped, columns that are no lineages: 1 ('sample')
    """
    if sep is not None:
        check_sep(sep)
    sheet = sheet_of_frame(path) if hasattr(type(path), "columns") else sheet_of(path)
    names = tuple(map(str, sheet.header()))
    sep = sep or next((mark for mark in ("|", ";") if any(mark in name for name in names)), "|")
    others = Count.of("columns that are no lineages", (name for name in names if sep not in name))
    report = Report(sheet.name, dropped=(others, *sheet.dropped), faults=sheet.faults)
    return taxonomy_of([name for name in names if sep in name], sep, f"column of {sheet.place}", report)


def taxonomy_of(
    lineages: list[str],
    sep: str,
    what: str,
    report: Report,
    called: Mapping[Hashable, Hashable] | None = None,
) -> Reading:
    """Return the taxonomy of lineages, of which each is a ``what``; a level without a name is passed over, and counted.

    Features have the names that they are ``called``, by default their lineages.

    Raises
    ------
    DataError
        If no lineage has two levels.
    """
    if not any(sep in lineage for lineage in lineages):
        raise DataError(
            f"a lineage has levels: no {what} holds {sep!r}; give what stands between them as sep= (on the command "
            "line, --sep)"
        )
    H = Hierarchy.from_lineages(lineages, sep)
    H = H if called is None else H.rename(called)
    relays = sum(int(H.relays(i).sum()) for i in range(H.depth + 1))
    made = (
        Count("lineages", H.shape[0]),
        Count("taxa above them", H.n_elements - H.shape[0] - relays),
        *([Count("relays over levels that are missing", relays)] if relays else []),
        *uncovered(H),
    )
    return Reading(H, report + Report("", made, (_nameless(lineages, sep),)))


def _nameless(lineages: list[str], sep: str) -> Count:
    """Count the levels without a name."""
    names = [part for lineage in lineages for part in levels_of(lineage, sep) if is_placeholder(part)]
    return Count("levels without a name", len(names), tuple(dict.fromkeys(names)))
