"""The course of a training, from whatever has one."""

from __future__ import annotations

from collections.abc import Iterable
from math import nan
from typing import Any, NamedTuple, final

from hassenet._checks import is_real
from hassenet.errors import ParameterError


@final
class Point(NamedTuple):
    """What is drawn of an epoch."""

    cost: float
    validation_cost: float = nan


def curve_of(given: Any) -> list[Any]:
    """Return the epochs of a history, of what has one, or of numbers.

    Parameters
    ----------
    given : sequence of Epoch, Fit, Model, fitted estimator or pipeline, or sequence of numbers

    Raises
    ------
    ParameterError
        If it is nothing of that kind.

    Examples
    --------
    >>> curve_of([0.5, 0.25])
    [Point(cost=0.5, validation_cost=nan), Point(cost=0.25, validation_cost=nan)]
    """
    inner = getattr(given, "regressor_", given)  # of a TransformedTargetRegressor
    rows = _rows(inner[-1] if hasattr(inner, "named_steps") else inner)
    points = [Point(float(row)) if is_real(row) else row for row in rows]
    if not all(hasattr(point, "cost") and hasattr(point, "validation_cost") for point in points):
        raise _no_curve(given)
    return points


def _rows(given: Any) -> list[Any]:
    history = getattr(given, "history", getattr(given, "history_", given))
    if isinstance(history, str) or not isinstance(history, Iterable):
        raise _no_curve(given)
    return list(history)


def _no_curve(given: Any) -> ParameterError:
    return ParameterError(
        "costs are drawn of a history, fit.history or estimator.history_, or of a list of numbers; got a "
        f"{type(given).__name__}; give one of these"
    )
