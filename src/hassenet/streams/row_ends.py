"""Where the rows of a text table end, of which cells may hold line breaks between quotation marks."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

_MARKS = b"\n", b"\r"  # rows end with returns where no row ends with a feed: in cells these are other breaks
_NONE = np.empty(0, np.int64)


def row_ends(text: bytes, delimiter: str) -> NDArray[np.int64]:
    r"""Return where rows end of a text that begins with a row: the places after their line breaks.

    A quotation mark opens a cell where it stands first in it, and two of them inside stand for one, as pyarrow has it.

    Parameters
    ----------
    text : bytes
        In an encoding whose marks are those of ASCII.
    delimiter : str
        What stands between columns.

    Examples
    --------
    >>> row_ends(b'a,b\n1,"x\ny"\n2,5" pipe\n', ",")
    array([ 4, 12, 22])
    """
    bytes_of = np.frombuffer(text, np.uint8)
    return next((ends for mark in _MARKS if len(ends := _outside(bytes_of, mark, text, delimiter))), _NONE)


def _outside(bytes_of: NDArray[np.uint8], mark: bytes, text: bytes, delimiter: str) -> NDArray[np.int64]:
    """Return the places after a mark, outside of cells in quotation marks."""
    ends = np.flatnonzero(bytes_of == ord(mark)) + 1
    return ends if b'"' not in text or not len(ends) else ends[~_is_quoted(ends - 1, text, delimiter)]


def _is_quoted(places: NDArray[np.int64], text: bytes, delimiter: str) -> NDArray[np.bool_]:
    """Return which places stand inside of a cell in quotation marks, of which the last may not be closed yet."""
    spans = np.array([found.span() for found in _quoted(delimiter).finditer(text)], np.int64).reshape(-1, 2)
    before = np.searchsorted(spans[:, 0], places) - 1
    is_begun = before >= 0
    is_begun[is_begun] = places[is_begun] < spans[before[is_begun], 1]
    return is_begun


@cache
def _quoted(delimiter: str) -> re.Pattern[bytes]:
    mark = re.escape(delimiter.encode())
    return re.compile(rb'"(?<![^%b\r\n]")[^"]*(?:""[^"]*)*(?:"|\Z)' % mark)
