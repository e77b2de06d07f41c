"""Which format a file name stands for."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from hassenet.errors import DataError


class Format(NamedTuple):
    """The delimiter of a text table (None: Parquet), and whether it is compressed."""

    delimiter: str | None
    gzip: bool


_DELIMITERS = {".csv": ",", ".tsv": "\t", ".tab": "\t", ".txt": "\t", ".parquet": None, ".pq": None}


def format_of(path: Path) -> Format:
    r"""Return the format that a file's suffix names.

    Raises
    ------
    DataError
        If the suffix names none.

    Examples
    --------
    >>> format_of(Path("people.tsv.gz"))
    Format(delimiter='\t', gzip=True)
    """
    gzip = path.suffix.lower() == ".gz"
    suffix = (path.with_suffix("") if gzip else path).suffix.lower()
    if suffix not in _DELIMITERS or (gzip and _DELIMITERS[suffix] is None):
        raise DataError(
            f"a table is a .csv, .csv.gz, .tsv, .tsv.gz or .parquet file; {path.name!r} ends otherwise; "
            "save it in one of these formats"
        )
    return Format(_DELIMITERS[suffix], gzip)
