"""Bytes to text: the encoding that was asked for, or else the one that the bytes show."""

from __future__ import annotations

import codecs
import re
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

from hassenet.errors import DataError, ParameterError
from hassenet.files.not_text import check_is_text

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WESTERN = "cp1252"  # Latin-1 with signs where that has control characters, which no table has
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_LEAST_ZEROS = 0.3
_AT_ONCE = 1 << 24
_REMEDY = "save it as UTF-8, or name its encoding (--encoding)"


class Decoded(NamedTuple):
    """A text in UTF-8 without a mark before it, and the encoding that it had."""

    data: bytes
    encoding: str


def decoded(path: Path, data: bytes, encoding: str | None = None) -> Decoded:
    """Return the text in a file's content.

    Bytes that are not UTF-8 are taken for Western European ones (Windows-1252, which has Latin-1) where they can be.

    Raises
    ------
    ParameterError
        If there is no such encoding.
    DataError
        If it is not text in that encoding, or in any that is recognised.
    """
    check_is_text("a table of text holds text", path.name, data)
    if encoding in (None, "utf-8") and data.isascii() and b"\0" not in data:  # as most are, and seen at once
        return Decoded(data, "utf-8")
    encoding = encoding or _recognised(data)
    text = _text(path, data, encoding)
    return Decoded(text, "utf-8" if encoding == "utf-8-sig" else encoding)


def decoded_part(path: Path, data: bytes, start: int, encoding: str | None = None) -> Decoded:
    r"""Return the text in some rows of a file, which has letters of one byte, or is UTF-8, and no mark before them.

    Parameters
    ----------
    path : Path
    data : bytes
    start : int
        Where they begin in the file, in bytes.
    encoding : str, optional
        By default UTF-8 or Windows-1252, as :func:`decoded` says.

    Examples
    --------
    >>> decoded_part(Path("people.csv"), "Köln\n".encode("latin-1"), 64).encoding
    'cp1252'
    """
    if encoding in (None, "utf-8") and data.isascii() and b"\0" not in data:
        return Decoded(data, "utf-8")
    found = encoding or ("utf-8" if _is(data, "utf-8") else _of_one_byte(data))
    return Decoded(_text(path, data, found, start), found)


def _text(path: Path, data: bytes, encoding: str, start: int = 0) -> bytes:
    try:
        text = data.decode(encoding)
    except LookupError:
        raise ParameterError(f"there is no encoding {encoding!r}; give one as utf-8 or latin-1") from None
    except UnicodeError as error:
        where = _where(path, data, error, start)
        raise DataError(f"{path.name} is not {_shown(encoding)} text{where}; {_REMEDY}") from None
    found = data if encoding == "utf-8" else text.removeprefix("\ufeff").encode()
    if b"\0" in found:
        raise DataError(f"{path.name} is not text: it holds zero bytes; save it as CSV, TSV or Parquet")
    return found


def _where(path: Path, data: bytes, error: UnicodeError, start: int) -> str:
    """Return where a file is not text: the line and the byte of it."""
    if not isinstance(error, UnicodeDecodeError):
        return ""
    before = data[: error.start].count(b"\n") + _lines_before(path, start)
    return f" (line {before + 1:,}, byte {start + error.start:,})"


def _lines_before(path: Path, end: int) -> int:
    """Return how many lines end among the first bytes of a file."""
    lines = 0
    with path.open("rb") if end else nullcontext() as file:
        while file and end and (data := file.read(min(end, _AT_ONCE))):
            lines, end = lines + data.count(b"\n"), end - len(data)
    return lines


def _shown(encoding: str) -> str:
    return encoding.upper() if encoding.startswith("utf") else encoding


def _recognised(data: bytes) -> str:
    marked = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    if marked is not None:
        return marked
    if b"\0" in data:
        return _of_two_bytes(data) or "utf-8"
    return "utf-8" if _is(data, "utf-8") else _of_one_byte(data)


def _of_two_bytes(data: bytes) -> str | None:
    """Return UTF-16 if many of the first bytes of each two are zeros, or of the second, and none of the others."""
    first, second = (data[k::2].count(0) / max(len(data) / 2, 1) for k in (0, 1))
    if min(first, second) > 0 or max(first, second) < _LEAST_ZEROS:
        return None
    encoding = "utf-16-be" if first else "utf-16-le"
    return encoding if _is(data, encoding) else None


def _is(data: bytes, encoding: str) -> bool:
    try:
        return "\0" not in data.decode(encoding)
    except UnicodeDecodeError:
        return False


def _of_one_byte(data: bytes) -> str:
    """Return Windows-1252 for bytes that may be that; a damaged text in UTF-8 stays one."""
    damaged = not data.decode(errors="ignore").isascii()
    return "utf-8" if damaged or _CONTROLS.search(data) or not _is(data, _WESTERN) else _WESTERN
