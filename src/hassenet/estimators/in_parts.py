"""What is judged of a stream, of which the rows of a window are in memory at a time: their targets and predictions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.checks import check_one_each
from hassenet.data.noting import noted_once
from hassenet.data.offsets import as_offsets
from hassenet.data.stream import Stream
from hassenet.data.streamed import Beside, check_each_once
from hassenet.data.table import columns_of, is_table
from hassenet.data.windows import spans
from hassenet.errors import DataError
from hassenet.estimators.checks import number_of_targets, weights_of_a_part
from hassenet.tallies.tally import in_pairs

Array = NDArray[Any]
T = TypeVar("T")
_FAMILIES = ("iuf", "b", "OUS")
"""Kinds of arrays whose values are compared with each other."""


@final
class Part(NamedTuple):
    """Some rows of a stream: features and targets after the checks of an estimator, weights and offsets."""

    X: Stream
    y: Any
    weight: Array | None
    offset: Array | None


class AllRowsSay(Exception):  # noqa: N818  # no error: all rows are read in its place
    """What the targets of a part of the rows are, the others say as well."""


def in_parts(
    stream: Stream,
    features: Stream,
    given: Beside,
    of_part: Callable[[Any], Any],
    of_all: Callable[[Any], Callable[[slice], Any]],
    judged: Callable[[Part], T],
    outputs: int = 1,
) -> T:
    """Return what is judged of the rows of each window, joined; what is noted of them is told once, of all.

    Targets are read window by window with the features. Where these are not sure to be what they are among all, or one
    is at fault, of which a message has its place among all, the targets of all rows are read first.

    Parameters
    ----------
    stream : Stream
        With targets, weights and offsets of its own.
    features : Stream
        The same rows, after checks.
    given : Beside
        What is given beside the stream.
    of_part : callable
        From the targets of some rows to these after checks; raises ``AllRowsSay`` or a ValueError.
    of_all : callable
        From the targets of all rows, after the same checks, to what returns those of some, a slice.
    judged : callable
        What is judged of a part; two of them are ``joined``.
    outputs : int
        How many columns offsets may have.

    Raises
    ------
    ParameterError
        If the stream and ``given`` have the same.
    ShapeError
        If there is not a target, a weight and an offset for each row.
    DataError
        If all weights are 0.
    """
    check_each_once(stream, given)
    if given.Y is not None:
        check_one_each("target", (number_of_targets(given.Y),), len(stream))
    beside = _Weights(stream, given.weight), as_offsets(given.offset, len(stream), outputs, np.dtype(float))
    if given.Y is None:
        with suppress(AllRowsSay):
            return _joined(judged, _parts(stream, features, *beside, lambda own, _: _known(own, of_part)))
    rows_of = of_all(stream.Y if given.Y is None else given.Y)
    return _joined(judged, _parts(stream, features, *beside, lambda _, rows: rows_of(rows)))


def check_are_alike(y: Any, others: Array) -> None:
    """Refuse targets of a part of the rows that are numbers, truth values or text, where others are not the same.

    >>> check_are_alike(np.array([1, 2]), np.array([0.5]))
    >>> check_are_alike(np.array(["1", "x"]), np.array([0.5]))
    Traceback (most recent call last):
    hassenet.estimators.in_parts.AllRowsSay
    """
    columns = map(columns_of(y).column, columns_of(y).names) if is_table(y) else (np.asarray(y),)
    family = next((one for one in _FAMILIES if others.dtype.kind in one), "")
    if not all(column.dtype.kind in family for column in columns):
        raise AllRowsSay


def _known(own: Stream, of_part: Callable[[Any], Any]) -> Any:
    try:
        return of_part(own.Y)
    except ValueError as error:
        raise AllRowsSay from error


def _joined(judged: Callable[[Part], T], parts: Iterator[Part]) -> T:
    found = in_pairs(noted_once(judged, parts))
    assert found is not None, "features that were checked have rows"
    return found


def _parts(
    stream: Stream,
    features: Stream,
    weights: _Weights,
    offset: Array | None,
    targets: Callable[[Stream, slice], Any],
) -> Iterator[Part]:
    for rows in spans(features):
        own = stream.span(rows)
        o = own.offsets if offset is None else offset[rows]
        yield Part(features.span(rows), targets(own, rows), weights.of(own, rows), o)
    weights.check()


@final
class _Weights:
    """Weights that are given, or else those of a stream, and whether one was above 0."""

    def __init__(self, stream: Stream, given: Any) -> None:
        self._given = None if given is None else weights_of_a_part(given, len(stream))
        self._are_0 = given is not None or stream.weight is not None

    def of(self, own: Stream, rows: slice) -> Array | None:
        """Return those of some rows."""
        found = own.weights if self._given is None else self._given[rows]
        if found is None:
            return None
        w = weights_of_a_part(found, len(own))
        self._are_0 = self._are_0 and not w.any()
        return w

    def check(self) -> None:
        """Refuse weights of all rows that are 0."""
        if self._are_0:
            raise DataError("Sample weights must contain at least one non-zero number.")
