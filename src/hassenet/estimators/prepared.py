"""What features become before networks that choose settings see them: gaps filled, standardised, tails clipped."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hassenet.data.fill import Fill
from hassenet.data.scaling import Scaling
from hassenet.data.soft_clip import SoftClip
from hassenet.data.step import Step
from hassenet.data.threads import runs
from hassenet.task.encoded import Encoded

Array = NDArray[Any]
# Heavy tails count as little more than three deviations.
_LIMIT = 3.0
_AT_ONCE = 1 << 16  # numbers, which the cache of a processor holds


def prepared(X: Any, names: Sequence[Hashable]) -> tuple[tuple[Step, ...], Array]:
    """Return the steps that are learned from the rows (medians for gaps, scaling, soft clip), and what they make of X.

    The numbers are float32: what networks compute in. What is sparse stays so: it is scaled and not centred.
    """
    if isinstance(X, Encoded):
        return _prepared_in_parts(X, names)
    return _prepared(X, names)


class _Learned(NamedTuple):
    fill: Fill
    scaling: Scaling
    clip: SoftClip


def _prepared(X: Any, names: Sequence[Hashable]) -> tuple[_Learned, Array]:
    fill = Fill.of(X, names)
    filled = fill(X, names)
    scaling, clip = Scaling.of(filled, names), SoftClip(_LIMIT)
    return _Learned(fill, scaling, clip), _in_parts(lambda rows: clip(scaling(rows)), filled)


def _prepared_in_parts(X: Encoded, names: Sequence[Hashable]) -> tuple[tuple[Step, ...], Array]:
    """Return the same of features that are made some columns at a time, and never are all in memory as float64."""
    Z, n = np.empty(X.shape, np.float32), X.shape[1]
    values, mean, scale = np.empty(n), np.empty(n), np.empty(n)
    for places, part in X.parts():
        learned, Z[:, places] = _prepared(part, [names[k] for k in places])
        values[places], mean[places], scale[places] = (
            learned.fill.values,
            learned.scaling.mean,
            learned.scaling.scale,
        )
    return _Learned(Fill(values), Scaling(mean, scale), SoftClip(_LIMIT)), Z


def _in_parts(change: Callable[[Any], Any], X: Any) -> Any:
    """Return what becomes of rows, as numbers of float32; of a dense array some rows at a time."""
    if not isinstance(X, np.ndarray):
        return change(X).astype(np.float32)
    Z = np.empty(X.shape, np.float32)
    for rows in runs(len(X), max(_AT_ONCE // max(X.shape[1], 1), 1)):
        Z[rows] = change(X[rows])
    return Z
