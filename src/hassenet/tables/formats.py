"""Which format a file name stands for."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from hassenet.errors import DataError

STANDARD_STREAM = "-"
"""The path that stands for standard input, or output."""


class Format(NamedTuple):
    """The delimiter of a text table (None: Parquet), and whether it is compressed."""

    delimiter: str | None
    gzip: bool


_DELIMITERS = {".csv": ",", ".tsv": "\t", ".tab": "\t", ".txt": "\t", ".parquet": None, ".pq": None}
_PARQUET = b"PAR1"


def format_of(path: Path) -> Format:
    r"""Return the format that a file's suffix names; a standard stream is CSV.

    Raises
    ------
    DataError
        If the suffix names none.

    Examples
    --------
    >>> format_of(Path("people.tsv.gz"))
    Format(delimiter='\t', gzip=True)
    """
    if str(path) == STANDARD_STREAM:
        return Format(",", False)
    gzip = path.suffix.lower() == ".gz"
    suffix = (path.with_suffix("") if gzip else path).suffix.lower()
    if suffix not in _DELIMITERS or (gzip and _DELIMITERS[suffix] is None):
        raise DataError(
            f"a table is a .csv, .csv.gz, .tsv, .tsv.gz or .parquet file; {path.name!r} ends otherwise; "
            "save it in one of these formats"
        )
    return Format(_DELIMITERS[suffix], gzip)


def format_of_content(content: bytes) -> Format:
    """Return the format of a content without a name: Parquet is known by its first bytes, the rest is text.

    Examples
    --------
    >>> format_of_content(b"age,city")
    Format(delimiter=',', gzip=False)
    """
    return Format(None if content.startswith(_PARQUET) else ",", False)
