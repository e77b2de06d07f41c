"""Files to tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from os import PathLike
from pathlib import Path

from hassenet.errors import DataError, listing
from hassenet.files.gzipped import opened
from hassenet.files.paths import path_of_file
from hassenet.files.unfolding import most_unfolded
from hassenet.tables.annotated import is_annotated, read_anndata
from hassenet.tables.cells import Cells
from hassenet.tables.clades import may_be_of_clades, turned_if_of_clades
from hassenet.tables.column_files import names_of
from hassenet.tables.comments import rows_of_lines
from hassenet.tables.content import TableContent, checked_not_empty, content_of, kind_of
from hassenet.tables.dialect import Dialect
from hassenet.tables.formats import STANDARD_STREAM, Format
from hassenet.tables.genotypes import is_plink, read_plink
from hassenet.tables.limits import USUAL, Limits
from hassenet.tables.parsing import check_no_dialect, check_once, check_rows, parsed, stripped
from hassenet.tables.stored import Column, Stored
from hassenet.tables.table import Table
from hassenet.tables.text import header_of, text_of
from hassenet.tables.transposing import transposed

_BEGINNING = 1 << 16
_LEAST_LINES = 3


def read_table(
    path: str | PathLike[str],
    *,
    sep: str | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
    transpose: bool | None = None,
    only: Collection[str] | None = None,
    max_columns: int = USUAL.columns,
    max_unfolded: float | None = None,
) -> Table:
    r"""Return the table in a CSV, TSV (both also gzipped), Parquet, Arrow (Feather), .h5ad or PLINK .bed file.

    The first row of a text file names the columns; blanks around a name are left out. A column is numeric if every
    value in it is; empty fields, NA, NaN, null and ? are missing. Columns are converted where they are used: others
    may hold anything, and are copied as they stand. Lines above the header that begin with # are left out, with a
    warning that says how many.

    Parameters
    ----------
    path : path-like
        A file whose suffix names its format; ``-`` for standard input, text, Parquet or Arrow.
    sep : str, optional
        What stands between the columns of a text file: one character. By default what divides its first rows alike,
        the comma of a .csv and the tab of a .tsv file before semicolons and others.
    decimal : "." or ",", optional
        The decimal mark of a text file. By default the comma where numbers in the first rows have one.
    encoding : str, optional
        Of a text file, as Python calls it. By default UTF-8, UTF-16 or Windows-1252 (which has Latin-1), as the bytes
        show. What was recognised and is unusual is a warning.
    transpose : bool, optional
        Whether rows are variables and columns are examples, as tables of genes are often written: the first column
        names the variables. By default where lineages stand in the first column and numbers in the others, with a
        warning: abundances of clades, as MetaPhlAn merges them.

    Raises
    ------
    DataError
        If there is no such file, it is not a table, it has no rows, or two columns have the same name.
    ParameterError
        If a mark or an encoding is not one.
    HassenetError
        If pyarrow is not installed.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> path = Path(mkdtemp()) / "people.csv"
    >>> _ = path.write_text("age,city\n31,Bonn\n64,\n")
    >>> read_table(path).numbers(["age"]).ravel()
    array([31., 64.])
    """
    asked = Dialect(sep, decimal, encoding)
    if is_annotated(path):
        check_no_dialect(Path(path), asked, "AnnData")
        return read_anndata(path)
    if is_plink(path):
        check_no_dialect(Path(path), asked, "PLINK's")
        return read_plink(path)
    limits = Limits(max_columns, max_unfolded)
    content = content_of(path, limits)
    found = parsed(content, asked, None if transpose else only, limits)
    if transpose is None and may_be_of_clades(
        found.columns, found.unread
    ):  # what is asked for stands in rows
        found = parsed(content, asked, None, limits)
    check_rows(content.path, found.columns)
    turned = _turned(content.path, found.columns, transpose, limits)
    return Table(Cells(turned, found.unread, tuple(name for name in found.row_labels if name in turned)))


def _turned(
    path: Path, columns: Mapping[str, Stored], transpose: bool | None, limits: Limits
) -> Mapping[str, Stored]:
    """Return the columns as they are, or turned, as is asked for or else as they look."""
    if transpose is None:
        return turned_if_of_clades(path, columns, limits)
    return transposed(path, columns, limits) if transpose else columns


def read_columns(
    path: str | PathLike[str], *, sep: str | None = None, encoding: str | None = None
) -> tuple[str, ...]:
    r"""Return the names of a table's columns; what stands below them is not read.

    Parameters are those of :func:`read_table`.

    Raises
    ------
    DataError
        If there is no such file, it does not begin as a table, or two columns have the same name.
    HassenetError
        If the file is Parquet or Arrow and pyarrow is not installed.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> path = Path(mkdtemp()) / "people.csv"
    >>> _ = path.write_text("age,city\n31,Bonn\n64,\n")
    >>> read_columns(path)
    ('age', 'city')
    """
    if is_annotated(path) or is_plink(path):
        return read_table(path).columns
    content = _beginning_of(path_of_file(path))
    if content.kind.delimiter is None:
        check_no_dialect(content.path, Dialect(sep, encoding=encoding), content.kind.typed)
        names = names_of(content)
    else:
        names = stripped(header_of(text_of(content, Dialect(sep, ".", encoding))))
    check_once(content.path, names)
    return tuple(names)


def read_spelling(path: str | PathLike[str], k: int) -> Column | None:
    """Return column k of a text file as it is spelled, without blanks around it; None where nothing is spelled.

    Raises
    ------
    DataError
        If there is no such file, or it is not a table.
    """
    table = read_table(path)
    return table.spelled(table.columns[k])


def read_names(path: str | PathLike[str], column: str) -> tuple[str, ...]:
    r"""Return a column of a table as it is spelled, where nothing stands for a number or for a missing value.

    Raises
    ------
    DataError
        If there is no such file, it is not a table, or it has no such column.
    HassenetError
        If pyarrow is not installed.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> path = Path(mkdtemp()) / "genes.csv"
    >>> _ = path.write_text("gene,score\n007,1\nNA,2\n1e5,3\n")
    >>> read_names(path, "gene")
    ('007', 'NA', '1e5')
    """
    table = read_table(path)
    if column not in table.columns:
        raise DataError(
            f"{Path(path).name} has no column {column!r}; its columns are {listing(table.columns)}; name one"
        )
    return table.names_in(column)


# ---------------------------------------------------------------- the beginning of a file


def _beginning_of(path: Path) -> TableContent:
    """Return the first lines of a text file, or a whole file of typed columns, whose names may stand at its end."""
    if str(path) == STANDARD_STREAM:
        return content_of(path)
    kind = kind_of(path)
    return content_of(path) if kind.delimiter is None else first_lines(path, kind)


def first_lines(path: Path, kind: Format) -> TableContent:
    """Return the first lines of a text file, some thousand bytes of them; more where comments are above the table."""
    data, length, most = b"", _BEGINNING, most_unfolded(path.stat().st_size)
    with opened(path) as file:
        while more := file.read(length):
            data, length = data + more, 8 * length
            if rows_of_lines(data.lstrip()).strip().count(b"\n") >= _LEAST_LINES or len(data) > most:
                break
    return TableContent(path, checked_not_empty(path, _whole_lines(data) if more else data), kind)


def _whole_lines(data: bytes) -> bytes:
    """Return what ends with a line, or of two bytes a letter with a letter."""
    return data[: len(data) // 4 * 4] if b"\0" in data else data[: data.rfind(b"\n") + 1]
