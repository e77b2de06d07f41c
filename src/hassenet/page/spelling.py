"""What a page shows as JSON that is small and harmless inside HTML."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import repeat
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.explain.sankey import Sankey
from hassenet.page.data import BySide, Floats, PageData, Scores
from hassenet.page.studied import verdict

_DIGITS, _MOST_DIGITS = 4, 17
_ALIKE = repeat(_DIGITS)


def to_json(data: PageData) -> str:
    """Return the data: few digits a number, indices as differences, no letter that ends a script."""
    d, links = data.distributions, data.links
    digits = digits_between(d.low, d.high)
    return _harmless(
        {
            "title": data.title,
            "facts": data.facts,
            "judged": data.judged.table,
            "differences": data.judged.differences,
            "names": data.names,
            "ranks": [_rank(rank._asdict()) for rank in data.ranks],
            "named": data.named,
            "links": {
                "counts": np.bincount(links.upper, minlength=len(data.names)).tolist(),
                "lower": differences(links.lower),
                "weight": rounded(links.weight),
            },
            "below": data.below.tolist(),
            "above": data.above.tolist(),
            "groups": d.groups,
            "sizes": d.sizes,
            "low": rounded(d.low, digits),
            "high": rounded(d.high, digits),
            "mean": rounded(d.mean, digits),
            "deviation": rounded(d.deviation),
            "means": rounded(d.means.ravel(), np.repeat(digits, d.means.shape[1])) if d.groups else [],
            "heights": d.heights,
            "tallest": rounded(d.tallest),
            "apart": data.apart,
            "scores": list(map(_scores, data.scores)),
            "power": None if data.power is None else rounded(data.power),
            "study": None if data.study is None else _study(data.study),
            "costs": None if data.costs is None else {k: rounded(v) for k, v in data.costs._asdict().items()},
        }
    )


def rounded(
    values: Iterable[float] | NDArray[Any], digits: Iterable[int] | NDArray[Any] = _ALIKE
) -> list[float | int | None]:
    """Return numbers with four digits, or with as many as are given for each; None where there is none.

    >>> rounded([0.123456, 123456.0, -0.0, float("nan")])
    [0.1235, 123500, 0, None]
    """
    exact = np.fromiter(values, np.float64).tolist()  # numbers of Python are far faster to look at
    return [_number(x, n) if isfinite(x) else None for x, n in zip(exact, digits, strict=False)]


def digits_between(low: NDArray[Any], high: NDArray[Any]) -> NDArray[np.int64]:
    """Return how many digits a number between two ends has: four, and as many more as the ends share.

    >>> digits_between(np.array([0.0, 123411.0, 3.0]), np.array([9.0, 123414.0, 3.0]))
    array([4, 8, 4])
    """
    with np.errstate(over="ignore", divide="ignore"):
        width, size = high - low, np.maximum(np.abs(low), np.abs(high))
        further = np.log10(np.divide(size, width, out=np.ones(len(width)), where=width > 0))
    return _DIGITS + np.clip(np.floor(further), 0, _MOST_DIGITS - _DIGITS).astype(np.int64)


def _number(exact: float, digits: int) -> float | int:
    x = float(f"{exact:.{digits}g}")
    if not isfinite(x):  # rounded up beyond the largest number
        return exact
    return int(x) if x.is_integer() and abs(x) < 1e9 else x


def differences(values: NDArray[np.int64]) -> list[int]:
    """Return the first number, then by how much each is greater than the one before.

    >>> differences(np.array([5, 7, 6]))
    [5, 2, -1]
    """
    return np.diff(values, prepend=0).tolist()


def _rank(rank: dict[str, Any]) -> dict[str, Any]:
    ends = np.array([rank["low"]]), np.array([rank["high"]])
    low, high = rounded(np.concatenate(ends), np.repeat(digits_between(*ends), 2))
    return {**rank, "low": low, "high": high}


def _scores(scores: Scores) -> dict[str, Any]:
    return {
        "output": scores.output,
        "method": scores.method,
        "direction": scores.direction,
        "signed": rounded(scores.signed),
        "absolute": rounded(scores.absolute),
        "spread": rounded(scores.spread),
        "members": None if scores.member_spread is None else rounded(scores.member_spread),
        **_sides(scores.sides),
        **_flow(scores.flow),
    }


def _sides(sides: BySide | None) -> dict[str, Any]:
    """Return the sides and the mean on each, or that there are none."""
    if sides is None:
        return {"sides": None}
    return {"sides": sides.names, "means": [rounded(column) for column in sides.means.T]}


def _study(study: dict[str, Floats]) -> dict[str, Any]:
    return {"verdict": verdict(study), **{what: rounded(column) for what, column in study.items()}}


def _flow(flow: Sankey) -> dict[str, Any]:
    return {
        "nodes": [[*node[:3], *rounded(node[3:])] for node in flow.nodes],
        "columns": flow.ranks,
        "ribbons": [[r.lower, r.upper, *rounded([r.share]), r.sign, *rounded(r[4:])] for r in flow.ribbons],
    }


def _harmless(value: Any) -> str:
    """Return JSON in which no text can end the element of HTML around it, or begin another."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
