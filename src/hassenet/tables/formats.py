"""Which format a file name stands for."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from hassenet.errors import DataError
from hassenet.tables.blanks import BLANKS

STANDARD_STREAM = "-"
"""The path that stands for standard input, or output."""


class Format(NamedTuple):
    """The delimiter of text (None: typed columns), whether it is gzipped, and of which kind typed columns are."""

    delimiter: str | None
    gzip: bool = False
    typed: str = ""


PARQUET, ARROW = "Parquet", "Arrow"
"""Kinds of files of typed columns."""
STREAM_OF_ARROW = ".arrows"
"""What a file of Arrow ends with that has no end from which its batches are found: it may be written to a pipe."""
TYPED = {
    ".parquet": PARQUET,
    ".pq": PARQUET,
    ".feather": ARROW,
    ".arrow": ARROW,
    ".ipc": ARROW,
    STREAM_OF_ARROW: ARROW,
}
"""The suffixes of such files, and their kinds."""
OF_PEOPLE = (".phen", ".pheno", ".cov", ".covar", ".eigenvec", ".raw")
"""The suffixes of text in which PLINK and GCTA write phenotypes, covariates and genotypes."""
_DELIMITERS = {".csv": ",", ".tsv": "\t", ".tab": "\t", ".txt": "\t"} | dict.fromkeys(OF_PEOPLE, BLANKS)
TEXT = tuple(_DELIMITERS)
"""The suffixes of text."""
_FIRST_BYTES = {b"PAR1": PARQUET, b"ARROW1\0\0": ARROW, b"\xff\xff\xff\xff": ARROW}
_REMEDIES = {
    "a workbook": ("export its sheet as CSV", "xlsx", "xls", "xlsm", "xlsb", "ods", "numbers"),
    "JSON": ("write its records as CSV or Parquet (pandas.read_json reads them)", "json", "jsonl", "ndjson"),
    "ORC": ("write it as Parquet (pandas.read_orc reads it)", "orc"),
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
    Format(delimiter='\t', gzip=True, typed='')
    >>> format_of(Path("people.feather")).typed
    'Arrow'
    """
    if str(path) == STANDARD_STREAM:
        return Format(",")
    gzip = path.suffix.lower() == ".gz"
    suffix = (path.with_suffix("") if gzip else path).suffix.lower()
    if suffix in TYPED and not gzip:
        return Format(None, typed=TYPED[suffix])
    if suffix not in _DELIMITERS:
        is_what, remedy = _REMEDY.get(path.suffix.lower(), ("", "save it in one of these formats"))
        raise DataError(
            f"a table is a .csv, .csv.gz, .tsv, .tsv.gz, .parquet, .feather or .arrow file; {path.name!r} ends "
            f"otherwise{is_what and f', as if it were {is_what}'}; {remedy}"
        )
    return Format(_DELIMITERS[suffix], gzip)


def kind_of_bytes(content: bytes) -> str:
    """Return the kind of typed columns that a content begins as; "" where it begins otherwise."""
    return next((kind for start, kind in _FIRST_BYTES.items() if content.startswith(start)), "")


def format_of_content(content: bytes) -> Format:
    """Return the format of a content without a name: typed columns are known by their first bytes, the rest is text.

    Examples
    --------
    >>> format_of_content(b"age,city")
    Format(delimiter=',', gzip=False, typed='')
    """
    kind = kind_of_bytes(content)
    return Format(None, typed=kind) if kind else Format(",")
