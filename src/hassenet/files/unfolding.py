"""How much a compressed file may unfold to."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO

from hassenet.errors import DataError

MEGABYTE = 10**6
_LEAST = 256 * MEGABYTE
_TIMES = 100
_STEP = 1 << 20


def most_unfolded(size: int) -> int:
    """Return how many bytes a file may unfold to: a hundred times those that it has, and 256 megabytes at least.

    Tables of text unfold some tenfold, those of zeros fiftyfold; a gzip stream can a thousandfold.

    >>> most_unfolded(10**3), most_unfolded(10**9)
    (256000000, 100000000000)
    """
    return max(_LEAST, _TIMES * size)


def read_within(file: BinaryIO, path: Path, size: int, most: int, remedy: str) -> bytes:
    """Return what a file of a size unfolds to, counted on the way.

    Raises
    ------
    DataError
        If it is more than ``most`` bytes.
    """
    found = io.BytesIO()
    while part := file.read(_STEP):
        if found.tell() + len(part) > most:
            raise too_much(path, size, most, "would become more", remedy)
        found.write(part)
    return found.getvalue()


def too_much(path: Path, size: int, most: int, found: str, remedy: str) -> DataError:
    """Return the error that a file unfolds too far."""
    return DataError(
        f"a compressed file of {megabytes(size)} unfolds to {megabytes(most)} at most; {path.name} {found}; {remedy}"
    )


def megabytes(size: float) -> str:
    """Return a number of bytes as people read it.

    >>> megabytes(8 * 10**9), megabytes(2 * 10**5)
    ('8,000 MB', '0.2 MB')
    """
    amount = size / MEGABYTE
    return f"{amount:,.0f} MB" if amount >= 10 else f"{amount:.1g} MB"
