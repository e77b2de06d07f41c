"""Files that are not text, whatever they are called: how they begin, what they are, and what to do with them."""

from __future__ import annotations

from hassenet.errors import DataError

_NOT_TEXT = (
    (b"PK\x03\x04", "a zip archive, as workbooks (.xlsx) are", "save the sheet as CSV, or unpack it"),
    (
        b"\xd0\xcf\x11\xe0",
        "a document of an office program, as old workbooks (.xls) are",
        "save the sheet as CSV",
    ),
    (b"%PDF-", "a PDF", "save the table as CSV"),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd", "unpack it, or compress it by gzip"),
    (b"BZh", "compressed by bzip2", "unpack it, or compress it by gzip"),
    (b"\xfd7zXZ", "compressed by xz", "unpack it, or compress it by gzip"),
)
_BZIP2 = b"1AY&SY"  # behind the digit that follows BZh, which words of a table may begin with


def check_is_text(what: str, place: str, data: bytes) -> None:
    """Refuse what begins as a file of another kind does.

    Raises
    ------
    DataError
        With what it is.

    Examples
    --------
    >>> check_is_text("a table of text holds text", "people.csv", b"%PDF-1.7")
    Traceback (most recent call last):
    hassenet.errors.DataError: a table of text holds text; people.csv is a PDF; save the table as CSV
    """
    for begin, kind, remedy in _NOT_TEXT:
        if data.startswith(begin) and (begin != b"BZh" or data[4:10] == _BZIP2):
            raise DataError(f"{what}; {place} is {kind}; {remedy}")
