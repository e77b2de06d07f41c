"""The text of a file, gzipped or not."""

from __future__ import annotations

import gzip
import re
import zlib
from os import PathLike
from pathlib import Path

from hassenet.errors import DataError
from hassenet.hierarchy.report import Count

FilePath = str | PathLike[str]
_GZIP = b"\x1f\x8b"


def text_of(path: FilePath) -> str:
    """Return the text of a UTF-8 file; a gzipped one is known by its first bytes, not by its name.

    Raises
    ------
    OSError
        If there is no such file, or it may not be read.
    DataError
        If the file is empty, not text, or a gzip stream that is cut off or damaged.
    """
    text = _decoded(content_of(path), path)
    if not text.strip():
        raise _empty(path)
    return text


def content_of(path: FilePath) -> bytes:
    """Return the bytes of a file, unzipped.

    Raises
    ------
    OSError
        If there is no such file, or it may not be read.
    DataError
        If the file is empty, or a gzip stream that is cut off or damaged.
    """
    content = Path(path).read_bytes()
    content = _unzipped(content, path) if content.startswith(_GZIP) else content
    if not content.strip():
        raise _empty(path)
    return content


def _empty(path: FilePath) -> DataError:
    return DataError(f"a file must hold something: {str(path)!r} is empty; write it again")


def _unzipped(content: bytes, path: FilePath) -> bytes:
    try:
        return gzip.decompress(content)
    except EOFError:
        problem = "ends in the middle of its gzip stream"
    except (gzip.BadGzipFile, zlib.error) as error:
        problem = f"has a damaged gzip stream ({error})"
    raise DataError(f"a gzipped file must be whole: {str(path)!r} {problem}; copy or download it again")


def _decoded(content: bytes, path: FilePath) -> str:
    end = _end_of_text(content)
    if end < len(content):
        line = content.count(b"\n", 0, end) + 1
        raise DataError(
            f"a file must be text in UTF-8: {str(path)!r} has the byte 0x{content[end]:02x} on line {line}; "
            "save it as text in UTF-8"
        )
    return content.decode("utf-8-sig")


def _end_of_text(content: bytes) -> int:
    """Return where the text ends: at a byte that is not UTF-8, at a NUL, or with the content."""
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        end = error.start
    else:
        end = len(content)
    nul = content.find(b"\0", 0, end)
    return end if nul < 0 else nul


def unended(text: str, path: FilePath) -> Count:
    r"""Return the fault of a text whose last line has no end: most files that were cut off have none.

    Examples
    --------
    >>> print(unended("a,b\nc,", "edges.csv"))
    files whose last line has no end (cut off?): 1 ('edges.csv')
    """
    names = [] if text.endswith(("\n", "\r")) else [Path(path).name]
    return Count.of("files whose last line has no end (cut off?)", names)


def lines_of(text: str) -> list[str]:
    r"""Return the lines of a text as editors count them; other signs that Python takes for ends of lines are text.

    Examples
    --------
    >>> lines_of("a\x0bb\r\nc\n")
    ['a\x0bb', 'c']
    """
    lines = re.split(r"\r\n|\r|\n", text)
    return lines if lines[-1] else lines[:-1]
