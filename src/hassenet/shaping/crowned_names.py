"""Heads: outputs that look at a part each, and the main ones that look at all."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

import numpy as np

from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.grading import checked_outputs
from hassenet.hierarchy.order import Indices, Order
from hassenet.hierarchy.report import Count
from hassenet.shaping.shaped import Shaped


def crowned(
    step: str,
    H: Hierarchy,
    order: Order,
    heads: Sequence[Hashable],
    which: Indices,
    outputs: Sequence[Hashable],
) -> Shaped:
    """Put heads of k = len(outputs) elements on top, and the outputs last.

    The element above rank 0 with the number j among these is seen by the head which[j], and by the outputs, as are the
    features that nothing covers.
    """
    k, seen = len(outputs), np.flatnonzero(~order.is_feature)
    tops = checked_outputs([*heads, *outputs], H)
    by_all = np.flatnonzero(~order.is_feature | (order.n_above == 0))
    lower = np.concatenate([seen, by_all])
    head = np.concatenate([which, np.full(len(by_all), len(heads) // k)])
    upper = order.n + head[:, None] * k + np.arange(k)
    after = replace(
        order,
        names=[*order.names, *tops],
        lower=np.concatenate([order.lower, np.repeat(lower, k)]),
        upper=np.concatenate([order.upper, upper.ravel()]),
        rank=np.concatenate([order.rank, np.full(len(tops), order.rank.max(initial=0) + 1)]),
        is_graded=True,
    )
    made = Count(f"heads of {k:,} outputs each", len(tops) // k)
    return Shaped.by(step, H, after, made=[made])
