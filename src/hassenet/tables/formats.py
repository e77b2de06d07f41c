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
_REMEDIES = {
    "a workbook": ("export its sheet as CSV", "xlsx", "xls", "xlsm", "xlsb", "ods", "numbers"),
    "JSON": ("write its records as CSV or Parquet (pandas.read_json reads them)", "json", "jsonl", "ndjson"),
    "a table of Arrow": ("write it as Parquet (pandas.read_feather reads it)", "feather", "arrow", "ipc"),
    "a file of another program of statistics": (
        "write it as CSV or Parquet there",
        *("sav", "por", "dta", "sas7bdat", "xpt", "rds", "rda", "rdata", "mat", "arff"),
    ),
    "a data base": ("export the table as CSV", "sqlite", "sqlite3", "db", "mdb", "accdb", "duckdb"),
    "compressed otherwise": (
        "unpack it, or compress it by gzip",
        "zip",
        "bz2",
        "xz",
        "zst",
        "7z",
        "tar",
        "tgz",
    ),
    "pickled": ("write it as Parquet", "pkl", "pickle", "joblib"),
    "an array": (
        "write it as CSV or Parquet, with the names of its columns",
        "npy",
        "npz",
        "zarr",
        "h5",
        "hdf5",
    ),
    "text of an unknown form": (
        "call it .csv or .tsv if it is a table of columns",
        "data",
        "dat",
        "asc",
        "prn",
    ),
}
_REMEDY = {
    f".{suffix}": (what, remedy) for what, (remedy, *suffixes) in _REMEDIES.items() for suffix in suffixes
}


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
        is_what, remedy = _REMEDY.get(path.suffix.lower(), ("", "save it in one of these formats"))
        raise DataError(
            f"a table is a .csv, .csv.gz, .tsv, .tsv.gz or .parquet file; {path.name!r} ends otherwise"
            f"{is_what and f', as if it were {is_what}'}; {remedy}"
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
