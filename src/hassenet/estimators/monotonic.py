"""scikit-learn's ``monotonic_cst`` in terms of features."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from hassenet._checks import is_whole_number
from hassenet.data.encoding import Encoding
from hassenet.errors import ParameterError, listing
from hassenet.task.columns import check_directions_of_features


def wished(monotonic_cst: Any) -> tuple[tuple[Any, Any], ...]:
    """Return what was asked for, to be compared.

    >>> wished({"age": 1}), wished([0, -1]), wished(None)
    ((('age', 1),), ((0, 0), (1, -1)), ())
    """
    monotonic_cst = _by_labels(monotonic_cst)
    if monotonic_cst is None:
        return ()
    return tuple(monotonic_cst.items() if isinstance(monotonic_cst, Mapping) else enumerate(monotonic_cst))


def directions(
    monotonic_cst: Any,
    columns: Sequence[str] | None,
    features: Sequence[Hashable],
    encoding: Encoding | None = None,
) -> dict[Hashable, int]:
    """Return the direction of each feature that has one, 1 or −1.

    Parameters
    ----------
    monotonic_cst : mapping from column to direction, array-like, or None
        Directions by name, or one a column; 0 leaves a feature free.
    columns : sequence of str, optional
        The names of the columns; where X has none it is the features that are named.
    features : sequence of n Hashable
        What each column is in the network.
    encoding : Encoding, optional
        What features were made of, where they are not the columns of X.

    Raises
    ------
    FeatureError
        If a column is named that was made into other features.
    ParameterError
        If there are not as many directions as columns, a column is not there, or a direction is not 1, 0 or −1; if
        they are not given by name and features were made of the columns.

    Examples
    --------
    >>> directions({"age": 1}, ["age", "height"], ["age", "height"])
    {'age': 1}
    >>> directions([0, -1], None, ["x0", "x1"])
    {'x1': -1}
    """
    monotonic_cst = _by_labels(monotonic_cst)
    if monotonic_cst is None:
        return {}
    if encoding is not None and not isinstance(monotonic_cst, Mapping):
        raise ParameterError(
            "features were made of columns that are not all numbers, and one direction a column does not say of which; "
            f"give a mapping of {listing(features, 5)}"
        )
    check_directions_of_features(list(monotonic_cst), encoding)
    given = _by_place(monotonic_cst, list(features) if columns is None else list(columns))
    odd = [value for value in given.values() if not is_whole_number(value) or value not in (-1, 0, 1)]
    if odd:
        raise ParameterError(
            f"monotonic_cst holds 1 (increasing), -1 (decreasing) and 0 (free); got {odd[0]!r}; give these"
        )
    return {features[place]: int(value) for place, value in given.items() if value}


def _by_labels(given: Any) -> Any:
    """Return a series as the mapping that its labels make it, where they are not 0, 1, …; anything else as it is."""
    if not hasattr(given, "to_dict") or list(given.index) == list(range(len(given))):
        return given
    return given.to_dict()


def _by_place(monotonic_cst: Any, names: list[Hashable]) -> dict[int, Any]:
    if isinstance(monotonic_cst, Mapping):
        unknown = [name for name in monotonic_cst if name not in names]
        if unknown:
            raise ParameterError(
                f"monotonic_cst names columns of X; {listing(unknown)} is not among {listing(names, 5)}; drop it"
            )
        return {names.index(name): value for name, value in monotonic_cst.items()}
    given = list(monotonic_cst)
    if len(given) != len(names):
        raise ParameterError(
            f"monotonic_cst has one entry a column of X, {len(names)} of them; got {len(given)}; give as many, or a "
            "mapping"
        )
    return dict(enumerate(given))
