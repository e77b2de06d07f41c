"""Names of elements as JSON: text and whole numbers as such, a tuple as a list, any other as an object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import Any, TypeGuard, cast

from hassenet._checks import is_whole_number
from hassenet.errors import StorageError
from hassenet.hierarchy.covariate import Covariate
from hassenet.hierarchy.relay import Relay
from hassenet.shaping import ElementHead, RankHead, Unit

_MOST_ALIKE = 1000

# What every reader of JSON keeps exactly.
_LARGEST = 2**63 - 1

# Names with two parts: {word: first part, field: second part}. A rank or a number is a whole number.
_IN_TWO_PARTS: dict[str, tuple[Any, str, str]] = {
    "relay": (Relay, "source", "rank"),
    "rank_head": (RankHead, "output", "rank"),
    "element_head": (ElementHead, "output", "element"),
    "unit": (Unit, "element", "number"),
}
_COVARIATE = "covariate"
_WORDS = {kind: word for word, (kind, _, _) in _IN_TWO_PARTS.items()}


def to_json(name: Hashable) -> Any:
    """Return a name as JSON.

    Raises
    ------
    StorageError
        If it is not text, a whole number, a covariate, a relay, a head, a unit, or a tuple of these.

    Examples
    --------
    >>> to_json(("a", 1)), to_json(Relay("a", 2))
    (['a', 1], {'relay': 'a', 'rank': 2})
    """
    if type(name) in _WORDS:
        word = _WORDS[type(name)]
        _, first, second = _IN_TWO_PARTS[word]
        return {word: to_json(getattr(name, first)), second: to_json(getattr(name, second))}
    if isinstance(name, Covariate):
        return {_COVARIATE: to_json(name.name)}
    if isinstance(name, tuple):
        return [to_json(part) for part in name]
    if isinstance(name, str) and _is_unicode(name):
        return str.__str__(name)
    if _is_64_bit_number(name):
        return int(name)
    raise StorageError(
        f"a saved element is named by text, a whole number, or a tuple of these; got {name!r} "
        f"({type(name).__name__}); build the network on hierarchy.rename(str)"
    )


def _is_64_bit_number(name: object) -> TypeGuard[int]:
    return is_whole_number(name) and abs(int(name)) <= _LARGEST


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
    if isinstance(value, str) or _is_64_bit_number(value):
        return value
    if isinstance(value, list):
        return tuple(map(from_json, value))
    if isinstance(value, dict) and value.keys() == {_COVARIATE}:
        return Covariate(from_json(value[_COVARIATE]))
    if isinstance(value, dict) and (word := _word(value)):
        kind, _, second = _IN_TWO_PARTS[word]
        return cast(Hashable, kind(from_json(value[word]), from_json(value[second])))
    raise StorageError(
        f"an element is named by text, a whole number below 2⁶³, a list, a covariate, a relay, a head or a unit; "
        f"got {str(value)[:60]}"
    )


def check_hashes(elements: Iterable[Hashable]) -> None:
    """Refuse names that were made to have one hash: to look each up would take as many comparisons as there are.

    Raises
    ------
    StorageError
        If more than a thousand have the same.
    """
    hashes = Counter(map(hash, elements))
    n = max(hashes.values(), default=0)
    if n > _MOST_ALIKE:
        raise StorageError(
            f"names differ in their hashes; {n:,} of {hashes.total():,} have the same, as if made so"
        )


def _word(value: dict[str, Any]) -> str | None:
    """Return the kind of name that an object stands for, if it stands for one."""
    fits = [
        word
        for word, (_, _, second) in _IN_TWO_PARTS.items()
        if value.keys() == {word, second} and (second == "element" or type(value[second]) is int)
    ]
    return fits[0] if fits else None
