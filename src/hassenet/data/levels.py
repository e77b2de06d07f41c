"""A column of text or categories as the numbers of its values."""

from __future__ import annotations

from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.arrow import is_text
from hassenet.data.objects import Other
from hassenet.files.optional import pyarrow
from hassenet.hierarchy.labels import as_text

Indices = NDArray[Any]


@final
class Levels(NamedTuple):
    """The different values of a column, as text, and which of them stands in each row.

    Attributes
    ----------
    texts : list of str
        Each once.
    codes : (m,) array of int
        The place of each row's value among them, -1 where it is missing.
    """

    texts: list[str]
    codes: Indices

    @staticmethod
    def of(cells: Any) -> Levels:
        """Return the levels of an array of Arrow.

        Examples
        --------
        >>> Levels.of(pyarrow().array(["b", None, "a", "b"]))
        Levels(texts=['b', 'a'], codes=array([ 0, -1,  1,  0], dtype=int32))
        """
        arrow = pyarrow()
        chunked = cells if hasattr(cells, "chunks") else arrow.chunked_array([cells])
        chunks = chunked.dictionary_encode().unify_dictionaries().chunks
        if not chunks:
            return Levels([], np.empty(0, np.int32))
        codes = np.concatenate([_codes(chunk) for chunk in chunks])
        return _merged(_texts(chunks[0].dictionary), codes)

    def counts(self) -> Indices:
        """Return how many rows each value has."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.texts))

    def example(self, place: int) -> Other:
        """Return a value, and the first row in which it stands, from 1."""
        return Other(self.texts[place], int(np.argmax(self.codes == place)) + 1)

    def take(self, rows: Indices) -> Levels:
        """Return the levels of some of the rows, without those that none of them has."""
        codes = self.codes[rows]
        there = np.flatnonzero(np.bincount(codes[codes >= 0], minlength=len(self.texts)))
        place = np.full(len(self.texts) + 1, -1)
        place[there] = np.arange(len(there))
        return Levels([self.texts[k] for k in there.tolist()], place[codes])


def _codes(chunk: Any) -> Indices:
    """Return the places of a dictionary's values, -1 where one is missing."""
    arrow = pyarrow()
    return np.asarray(chunk.indices.cast(arrow.int32()).fill_null(-1).to_numpy(zero_copy_only=False))


def _texts(dictionary: Any) -> list[str | None]:
    """Return the values of a dictionary as text; a value of blanks is missing."""
    if is_text(dictionary.type):
        return [None if text is None else text.strip() or None for text in dictionary.to_pylist()]
    return [None if value is None else as_text(value) for value in dictionary.to_pylist()]


def _merged(texts: list[str | None], codes: Indices) -> Levels:
    """Return levels of which each is once: values may be written alike but for blanks around them."""
    own = list(dict.fromkeys(text for text in texts if text is not None))
    if len(own) == len(texts):
        return Levels(own, codes)
    number = {text: k for k, text in enumerate(own)}
    place = np.array([*(-1 if text is None else number[text] for text in texts), -1])
    return Levels(own, place[codes])
