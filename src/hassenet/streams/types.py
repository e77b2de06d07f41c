"""One type of Arrow for a column that has several, from file to file, where nothing is lost by it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Any

from hassenet.data.arrow import is_of_times, is_text, usual_kind
from hassenet.files.optional import pyarrow


def common(kinds: Iterable[Any]) -> Any:
    """Return the type that holds the values of all types, None where there is none.

    Columns of nothing but gaps, which programs write without a type, are of any type. Numbers are widened, text and
    categories that stand beside text are text, times have the finest unit.

    Examples
    --------
    >>> arrow = pyarrow()
    >>> common([arrow.int32(), arrow.null(), arrow.int64()]), common([arrow.int8(), arrow.string()])
    (DataType(int64), None)
    """
    first, *others = map(usual_kind, kinds)
    return reduce(_both, others, first)


def _both(one: Any, other: Any) -> Any:
    if one is None or other is None or one.equals(other):
        return None if other is None else one
    types = pyarrow("types")
    if types.is_null(one) or types.is_null(other):
        return other if types.is_null(one) else one
    if types.is_dictionary(one) or types.is_dictionary(other):
        return _of_categories(one, other)
    rules = ((is_text, _text), (_is_number, _number), (is_of_times, _time))
    rule = next((rule for test, rule in rules if test(one) and test(other)), _unified)
    return rule(one, other)


def _of_categories(one: Any, other: Any) -> Any:
    """Return the type of categories where both are; else that of their values beside the others."""
    types = pyarrow("types")
    values = _both(_of_values(one), _of_values(other))
    if values is None or not (types.is_dictionary(one) and types.is_dictionary(other)):
        return values
    return pyarrow().dictionary(
        _unified(one.index_type, other.index_type), values, one.ordered and other.ordered
    )


def _of_values(kind: Any) -> Any:
    return kind.value_type if pyarrow("types").is_dictionary(kind) else kind


def _text(one: Any, other: Any) -> Any:
    return pyarrow().large_string()


def _is_number(kind: Any) -> bool:
    types = pyarrow("types")
    return any(
        test(kind) for test in (types.is_boolean, types.is_integer, types.is_floating, types.is_decimal)
    )


def _number(one: Any, other: Any) -> Any:
    """Return the type of both; truth values are 0 and 1, and decimal numbers beside others are float64."""
    types = pyarrow("types")
    if types.is_boolean(one) or types.is_boolean(other):
        return other if types.is_boolean(one) else one
    if types.is_decimal(one) != types.is_decimal(other):
        return pyarrow().float64()
    return _unified(one, other)


def _time(one: Any, other: Any) -> Any:
    """Return the type of both; a day beside times is its midnight, of no time zone."""
    types = pyarrow("types")
    if types.is_date(one) == types.is_date(other) or types.is_time(one) or types.is_time(other):
        return _unified(one, other)
    return next(kind if kind.tz is None else None for kind in (one, other) if types.is_timestamp(kind))


def _unified(one: Any, other: Any) -> Any:
    """Return what Arrow makes of two types; None where it has no type for both, or takes text for bytes."""
    arrow = pyarrow()
    schemas = [arrow.schema([("x", kind)]) for kind in (one, other)]
    try:
        found = arrow.unify_schemas(schemas, promote_options="permissive").field(0).type
    except arrow.ArrowException:
        return None
    return None if is_text(one) or is_text(other) else found
