"""Bytes to text: the encoding that was asked for, or else the one that the bytes show."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import NamedTuple

from hassenet.errors import DataError, ParameterError

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
    if encoding in (None, "utf-8") and data.isascii() and b"\0" not in data:  # as most are, and seen at once
        return Decoded(data, "utf-8")
    encoding = encoding or _recognised(data)
    text = _text(path, data, encoding)
    if b"\0" in text:
        raise DataError(f"{path.name} is not text: it holds zero bytes; save it as CSV, TSV or Parquet")
    return Decoded(text, "utf-8" if encoding == "utf-8-sig" else encoding)


def _text(path: Path, data: bytes, encoding: str) -> bytes:
    try:
        text = data.decode(encoding)
    except LookupError:
        raise ParameterError(f"there is no encoding {encoding!r}; give one as utf-8 or latin-1") from None
    except UnicodeError as error:
        where = f" (byte {error.start})" if isinstance(error, UnicodeDecodeError) else ""
        raise DataError(f"{path.name} is not {_shown(encoding)} text{where}; {_REMEDY}") from None
    return data if encoding == "utf-8" else text.removeprefix("\ufeff").encode()


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
