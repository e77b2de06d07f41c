"""Gzipped files, known by their first bytes, not by their names."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

from hassenet.errors import DataError
from hassenet.files.unfolding import most_unfolded, read_within

_FIRST_BYTES = b"\x1f\x8b"
_REMEDY = "if it should, unpack it first"
_LEVEL = 6  # the highest, 9, takes eight times as long for files 3 % smaller


def is_gzipped(content: bytes) -> bool:
    """Return whether a content, of which the first bytes are enough, is a gzip stream."""
    return content.startswith(_FIRST_BYTES)


def unzipped(content: bytes, path: Path, most: int | None = None, remedy: str = _REMEDY) -> bytes:
    """Return the content of a file, unzipped if it is a gzip stream.

    Raises
    ------
    DataError
        If the stream is cut off or damaged, or unfolds to more than ``most`` bytes, by default those of
        :func:`most_unfolded`.
    """
    if not is_gzipped(content):
        return content
    with _damage_refused(path):
        stream = cast(BinaryIO, gzip.GzipFile(fileobj=BytesIO(content)))
        size = len(content)
        return read_within(stream, path, size, most_unfolded(size) if most is None else most, remedy)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file to read it from its start, unzipped on the way; errors are those of :func:`unzipped`."""
    with path.open("rb") as file, _damage_refused(path):
        yield cast(BinaryIO, gzip.GzipFile(fileobj=file)) if is_gzipped(file.peek(2)) else file


def zipped(content: bytes, path: Path) -> bytes:
    """Return what is to be written: a gzip stream, always the same, where the name ends in .gz."""
    return gzip.compress(content, _LEVEL, mtime=0) if path.suffix.lower() == ".gz" else content


@contextmanager
def _damage_refused(path: Path) -> Iterator[None]:
    try:
        yield
    except EOFError:
        problem = "ends in the middle of its gzip stream"
    except (gzip.BadGzipFile, zlib.error) as error:
        problem = f"has a damaged gzip stream ({error})"
    else:
        return
    raise DataError(f"{str(path)!r} is not a whole gzip file: it {problem}; copy or download it again")
