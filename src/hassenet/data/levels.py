"""A column of text or categories as the numbers of its values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.arrow import is_text, may_be_levels, unified
from hassenet.data.not_numbers import quoted
from hassenet.data.objects import Other
from hassenet.errors import FeatureError
from hassenet.files.optional import pyarrow
from hassenet.hierarchy.labels import as_text

Indices = NDArray[Any]
_LONGEST = 2**31 - 1  # bytes of text that Arrow counts in 32 bits


@final
@dataclass(frozen=True, eq=False)
class Levels:
    """The different values of a column, as text, and which of them stands in each row.

    Parameters
    ----------
    values : array of Arrow
        Text, each once, none missing.
    codes : (m,) array of int
        The place of each row's value among them, -1 where it is missing.
    times, firsts : (m,) array of int, optional
        Where cells stand for several rows, how many these are, and the number of the first.

    Examples
    --------
    >>> levels = Levels.of(pyarrow().array(["b", None, "a", "b"]), "x")
    >>> levels.texts, levels.codes.tolist(), levels.counts().tolist()
    (['b', 'a'], [0, -1, 1, 0], [2, 1])
    """

    values: Any
    codes: Indices
    times: Indices | None = None
    firsts: Indices | None = None

    @staticmethod
    def of(cells: Any, name: str) -> Levels:
        """Return the levels of a column, an array of Arrow, of text without blanks around it.

        Raises
        ------
        FeatureError
            If it holds something that has no levels, as durations or lists.
        """
        _check_type(name, cells.type)
        arrow = pyarrow()
        chunked = _together(cells) if hasattr(cells, "chunks") else arrow.chunked_array([cells])
        chunks = unified(chunked.dictionary_encode()).chunks
        if not chunks:
            return Levels(arrow.array([], "string"), np.empty(0, np.int32))
        codes = np.concatenate([_codes(chunk) for chunk in chunks])
        values = chunks[0].dictionary
        return Levels(values, codes) if is_text(cells.type) else _of_others(values, codes)

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def texts(self) -> list[str]:
        """The values."""
        found: list[str] = self.values.to_pylist()
        return found

    def counts(self) -> Indices:
        """Return how many rows each value has."""
        known = self.codes >= 0
        times = None if self.times is None else self.times[known]
        return np.bincount(self.codes[known], times, len(self)).astype(np.int64)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.codes) if self.times is None else int(self.times.sum())

    @property
    def gaps(self) -> float:
        """The share of rows that miss a value."""
        missing = self.codes < 0
        return float(missing.mean() if self.times is None else self.times[missing].sum() / self.rows)

    def example(self, place: int) -> Other:
        """Return a value, and the first row in which it stands, from 1."""
        row = int(np.argmax(self.codes == place))
        return Other(self.values[place].as_py(), 1 + (row if self.firsts is None else int(self.firsts[row])))

    def used(self) -> Levels:
        """Return the levels that some row has: a type may know of others."""
        there = self.counts() > 0
        return self if there.all() else self._of(np.flatnonzero(there))

    def take(self, rows: Indices) -> Levels:
        """Return the levels of some of the rows, without those that none of them has."""
        return Levels(self.values, self.codes[rows]).used()

    def _of(self, there: Indices) -> Levels:
        """Return some of the levels; others are missing."""
        place = np.full(len(self) + 1, -1, np.int32)
        place[there] = np.arange(len(there))
        return replace(self, values=self.values.take(pyarrow().array(there)), codes=place[self.codes])


def _check_type(name: str, kind: Any) -> None:
    if not may_be_levels(kind):
        raise FeatureError(
            f"a column that is used holds numbers or text, categories or dates; {name!r} holds {kind}; convert "
            f"it, or leave it out: --drop {quoted(name)}"
        )


def _together(cells: Any) -> Any:
    """Return a column in one piece, where its text is not too long for that: values are then counted in one go."""
    if cells.num_chunks < 2 or cells.nbytes >= _LONGEST:
        return cells
    return pyarrow().chunked_array([unified(cells).combine_chunks()])


def _codes(chunk: Any) -> Indices:
    """Return the places of a dictionary's values, -1 where one is missing."""
    arrow = pyarrow()
    return np.asarray(chunk.indices.cast(arrow.int32()).fill_null(-1).to_numpy(zero_copy_only=False))


def _of_others(values: Any, codes: Indices) -> Levels:
    """Return levels of categories or of numbers: some may be written alike, or be blank, which is missing."""
    texts = [as_text(v).strip() or None if v is not None and v == v else None for v in values.to_pylist()]
    own = list(dict.fromkeys(text for text in texts if text is not None))
    number = {text: k for k, text in enumerate(own)}
    place = np.array([*(-1 if text is None else number[text] for text in texts), -1], np.int32)
    return Levels(pyarrow().array(own, "string"), place[codes])
