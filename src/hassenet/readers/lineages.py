"""Lineages: names that spell the path from the root of a taxonomy, in a list or at the head of a table."""

from __future__ import annotations

from hassenet.errors import DataError, DuplicateElementError
from hassenet.hierarchy import Hierarchy
from hassenet.readers._table import header_of, rows_of
from hassenet.readers._text import FilePath, text_of


def read_lineages(path: FilePath, sep: str = "|") -> Hierarchy:
    r"""Return the taxonomy of a text file, gzipped or not, with one lineage a line; blank lines are left out.

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

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "lineages.txt")
    ...     _ = file.write_text("Bacteria|Bacilli\nBacteria|Clostridia\n")
    ...     H = read_lineages(file)
    >>> H.ranks
    (('Bacteria|Bacilli', 'Bacteria|Clostridia'), ('Bacteria',))
    """
    lines = enumerate(text_of(path).splitlines(), start=1)
    lineages: dict[str, int] = {}
    for number, lineage in ((number, line.strip()) for number, line in lines if line.strip()):
        first = lineages.setdefault(lineage, number)
        if first != number:
            raise DuplicateElementError(
                f"a lineage names one feature: {lineage!r} stands on lines {first} and {number} of "
                f"{str(path)!r}; take one out"
            )
    return _taxonomy(list(lineages), sep, f"line of {str(path)!r}")


def read_column_lineages(path: FilePath, sep: str = "|") -> Hierarchy:
    r"""Return the taxonomy of a table's columns: those whose names hold ``sep``; the others are no features.

    Parameters
    ----------
    path : str or path
        A table with a header, CSV or TSV, gzipped or not.
    sep : str
        What stands between two levels of a lineage.

    Raises
    ------
    OSError
        If there is no such file, or it may not be read.
    DataError
        If the file is no table (see :func:`read_edges`), a column's name stands twice, or none holds ``sep``.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "abundance.csv")
    ...     _ = file.write_text("sample,Bacteria|Bacilli,Bacteria|Clostridia\nA,0.3,0.7\n")
    ...     H = read_column_lineages(file)
    >>> H.ranks[1]
    ('Bacteria',)
    """
    names = header_of(rows_of(path), path)
    return _taxonomy([name for name in names if sep in name], sep, f"column of {str(path)!r}")


def _taxonomy(lineages: list[str], sep: str, what: str) -> Hierarchy:
    if not any(sep in lineage for lineage in lineages):
        raise DataError(
            f"a lineage has levels: no {what} holds {sep!r}; give what stands between them as sep="
        )
    return Hierarchy.from_lineages(lineages, sep)
