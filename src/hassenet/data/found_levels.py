"""What columns of categories and of times are: levels that are frequent, and parts of dates that differ."""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.categorical import Categorical
from hassenet.data.ends_of_time import ends_in
from hassenet.data.found import CONSTANT, EMPTY, IDENTIFIER, RARE, Found, LeftOut, Repeated
from hassenet.data.levels import Levels
from hassenet.data.temporal import Temporal, parts_of
from hassenet.data.variable import median

Array = NDArray[Any]
Indices = NDArray[np.int64]
_MOST_LEVELS = 100
_FEWEST_ROWS, _MOST_ROWS = 2, 20  # that make a level frequent, where 1 of 200 are fewer, or more
_LEAST_SHARE = 0.05


def of_times(name: str, times: Repeated, form: Any) -> Found | LeftOut:
    """Return the parts of dates, or of times, that differ."""
    if not len(times.values):
        return LeftOut(name, EMPTY)
    first = str(times.values.min().astype("M8[D]"))
    is_one_day = (times.values.astype("M8[D]") == times.values[0].astype("M8[D]")).all()
    parts = {
        part: x
        for part, x in parts_of(times.values, first).items()
        if (x != x[0]).any() and not (part == "day" and is_one_day)  # whose hours say all
    }
    if not parts:
        return LeftOut(name, CONSTANT)
    variable = Temporal(name, first, tuple(parts), form, times.gaps > 0)
    usual = [median(x, times.counts) for x in parts.values()]
    ends = ends_in(times.values, times.counts)
    return Found(name, variable, [*usual, *([0.0] if times.gaps else [])], times.gaps, ends=ends)


def of_levels(name: str, levels: Levels) -> Found | LeftOut:
    """Return the levels that are frequent, and those that are pooled."""
    counts, m, gaps = levels.counts(), levels.rows, levels.gaps
    if len(levels) == 1 and not gaps:
        return LeftOut(name, CONSTANT)
    if counts.max() == 1:
        return LeftOut(name, IDENTIFIER)
    frequent = _frequent(counts, m)
    if counts[frequent].sum() < _LEAST_SHARE * counts.sum():
        return LeftOut(name, RARE)
    texts = np.array(levels.texts, object)
    rare = np.setdiff1d(np.arange(len(texts)), frequent)
    variable = Categorical(name, _sorted(texts[frequent]), gaps > 0, _sorted(texts[rare]))
    return Found(name, variable, [*_most_frequent(variable, levels), *([0.0] if gaps else [])], gaps)


def _frequent(counts: Array, m: int) -> Indices:
    """Return the levels that enough rows have, at most 100."""
    least = min(max(ceil(m / 200), _FEWEST_ROWS), _MOST_ROWS)
    first = np.argsort(-counts, kind="stable")[:_MOST_LEVELS]
    return first[counts[first] >= least]


def _sorted(texts: Array) -> tuple[str, ...]:
    return tuple(sorted(texts.tolist()))


def _most_frequent(variable: Categorical, levels: Levels) -> list[float]:
    """Return 1 for the feature that most rows have, and 0 for the others."""
    place = variable.places(levels.texts)
    rows = np.bincount(place, levels.counts(), minlength=len(variable.parts))
    return [float(k == int(np.argmax(rows))) for k in range(len(rows))]
