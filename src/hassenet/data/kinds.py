"""What a user says that columns are."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Literal, get_args

from hassenet.data.near_names import nearest
from hassenet.data.objects import Other, instance
from hassenet.errors import FeatureError, ParameterError, listing
from hassenet.hierarchy.labels import as_text

Kind = Literal["number", "category", "date"]
KINDS: tuple[Kind, ...] = get_args(Kind)


def checked_kinds(kinds: Mapping[str, Kind] | None, names: Iterable[Hashable]) -> dict[str, Kind]:
    """Return what columns are to be, by their names as text.

    Raises
    ------
    ParameterError
        If it is not a kind of each of some columns.
    FeatureError
        If there is no such column among the features.

    Examples
    --------
    >>> checked_kinds({"zip": "category"}, ["age", "zip"])
    {'zip': 'category'}
    """
    if kinds is not None and not isinstance(kinds, Mapping):
        raise ParameterError(
            f"kinds say what columns are; got {kinds!r}; give them by names, as {{'zip': 'category'}}"
        )
    found = {as_text(name): kind for name, kind in (kinds or {}).items()}
    for name, kind in found.items():
        if kind not in KINDS:
            raise ParameterError(
                f"a column is one of {listing(KINDS)}; got {kind!r} for {name!r}; give one of these"
            )
    _check_there(found, [as_text(name) for name in names])
    return found


def _check_there(kinds: Iterable[str], names: list[str]) -> None:
    for name in kinds:
        if name not in names:
            raise FeatureError(
                f"a kind is that of a column among the features; there is no {name!r}; {nearest(name, names)}"
            )


def not_of_kind(name: str, kind: Kind, why: str, other: Other | None = None) -> FeatureError:
    """Return the error that a column cannot be what is asked for."""
    return FeatureError(
        f"{name!r} is asked for as a {kind}, and cannot be one: {why}{instance(other)}; correct the column, ask for "
        "another kind, or leave the choice to the fit"
    )
