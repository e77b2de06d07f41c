"""Names of elements as JSON: text and whole numbers as such, a tuple as a list, relays and heads as objects."""

from __future__ import annotations

from collections.abc import Hashable
from numbers import Integral
from typing import Any, TypeGuard

from hassenet._relay import Relay
from hassenet.errors import StorageError
from hassenet.shaping import ElementHead, RankHead

# What every reader of JSON keeps exactly.
_LARGEST = 2**63 - 1


def to_json(name: Hashable) -> Any:
    """Return a name as JSON.

    Raises
    ------
    StorageError
        If it is no text, whole number, relay, head, or tuple of these.

    Examples
    --------
    >>> to_json(("a", 1)), to_json(Relay("a", 2))
    (['a', 1], {'relay': 'a', 'rank': 2})
    """
    if isinstance(name, Relay):
        return {"relay": to_json(name.source), "rank": name.rank}
    if isinstance(name, RankHead):
        return {"head": to_json(name.output), "rank": name.rank}
    if isinstance(name, ElementHead):
        return {"head": to_json(name.output), "element": to_json(name.element)}
    if isinstance(name, tuple):
        return [to_json(part) for part in name]
    if isinstance(name, str) and _is_unicode(name):
        return str.__str__(name)
    if _is_whole(name):
        return int(name)
    raise StorageError(
        f"a saved element is named by text, a whole number, or a tuple of these; got {name!r} "
        f"({type(name).__name__}); build the network on hierarchy.rename(str)"
    )


def _is_whole(name: object) -> TypeGuard[int]:
    return isinstance(name, Integral) and not isinstance(name, bool) and abs(int(name)) <= _LARGEST


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def from_json(value: Any) -> Hashable:
    """Return the name that a JSON value stands for.

    Raises
    ------
    StorageError
        If it stands for none.

    Examples
    --------
    >>> from_json({"relay": ["a", 1], "rank": 2})
    Relay(source=('a', 1), rank=2)
    """
    if isinstance(value, str) or _is_whole(value):
        return value
    if isinstance(value, list):
        return tuple(map(from_json, value))
    if isinstance(value, dict):
        return _object(value)
    raise _no_name(value)


def _object(value: dict[str, Any]) -> Hashable:
    match value:
        case {"relay": source, "rank": int(rank), **rest} if not rest and type(rank) is int:
            return Relay(from_json(source), rank)
        case {"head": output, "rank": int(rank), **rest} if not rest and type(rank) is int:
            return RankHead(from_json(output), rank)
        case {"head": output, "element": element, **rest} if not rest:
            return ElementHead(from_json(output), from_json(element))
    raise _no_name(value)


def _no_name(value: Any) -> StorageError:
    return StorageError(
        f"an element is named by text, a whole number below 2⁶³, a list, a relay or a head; got {str(value)[:60]}"
    )
