"""Columns of a target, as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.checks import check_no_times
from hassenet.errors import DataError, TargetError, listing
from hassenet.tables import Table
from hassenet.task.amounts import check_amounts, check_finite_targets
from hassenet.task.label import Label, codes_of
from hassenet.task.spelled import with_numbers
from hassenet.task.target import remedies

Floats = NDArray[np.float64]
_YES, _NO = {"1", "1.0", "true", "yes"}, {"0", "0.0", "false", "no"}


def numbers_in(table: Table, name: str) -> Floats:
    """Return a column of numbers, (m, 1), NaN where one is missing.

    Raises
    ------
    FeatureError, DataError
        If there is no such column, or text in it.
    """
    table.require_columns((name,), "the target")
    table = with_numbers(table.select((name,)), (name,))
    text = table.not_numbers((name,))
    if text:
        raise DataError(
            f"a target that is a number holds numbers; there is text in {text}; {remedies(table, (name,))}"
        )
    check_no_times(f"the target {name!r}", table[name])
    found = table[name].astype(np.float64)[:, None]
    check_finite_targets(found, (name,))
    return found


def amounts_in(table: Table, name: str) -> Floats:
    """Return the same of a column whose numbers have a mean and a deviation.

    Raises
    ------
    FeatureError, DataError
        If there is no such column, text in it, or a number that is too large.
    """
    found = numbers_in(table, name)
    check_amounts(found, (name,))
    return found


def codes_in(table: Table, name: str, classes: Sequence[Label]) -> Floats:
    """Return the place of each cell among classes, (m, 1), NaN where it is empty.

    Raises
    ------
    FeatureError, DataError
        If there is no such column, or it holds something else.
    """
    found, strange = places_in(table, name, classes, "the target")
    if strange:
        raise DataError(
            f"the classes of {name!r} are {listing(map(str, classes))}; the table also has {listing(strange)}; leave "
            "out these rows, or spell them so"
        )
    return found[:, None]


def places_in(table: Table, name: str, labels: Sequence[Label], what: str) -> tuple[Floats, list[str]]:
    """Return the place of each cell among labels, (m,), NaN where it is empty, and the cells that are not labels."""
    table.require_columns((name,), what)
    texts: NDArray[Any] = np.array(table.texts(name), object)
    there = np.array([text is not None for text in texts], bool)
    found = np.full(len(texts), np.nan)
    found[there] = codes = codes_of(texts[there], labels)
    return found, sorted(set(texts[there][codes < 0]))


def events_in(table: Table, name: str, seen: str | None) -> Floats:
    """Return whether an event was seen, (m,), 1 and 0, NaN where that is not known.

    ``seen`` is the cell that says so, also as another spelling of the same number; without it it is 1, true or yes.

    Raises
    ------
    FeatureError, TargetError
        If there is no such column, or a cell is neither.
    """
    if seen is not None:
        places, _ = places_in(table, name, (seen,), "whether the event was seen")
        return np.where(np.isnan(places), np.nan, (places == 0).astype(float))
    table.require_columns((name,), "whether the event was seen")
    texts = table.texts(name)
    strange = sorted({t for t in texts if t is not None and t.lower() not in _YES | _NO})
    if strange:
        raise TargetError(
            f"an event was seen (1, true, yes) or not (0, false, no); {name!r} also holds {listing(strange, 3)}; spell "
            f"it so, or say which cell is the event when the model is made: hassenet fit --event {name}=CELL, in "
            f"Python {name} == CELL"
        )
    return np.array([np.nan if text is None else float(text.lower() in _YES) for text in texts])
