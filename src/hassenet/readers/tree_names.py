"""The key under which the objects of a nested tree in JSON have their names."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from hassenet.errors import DataError, ParameterError
from hassenet.files.content import FilePath
from hassenet.hierarchy.report import Count

NAMING = ("id", "text", "label", "title", "key", "value")
"""Keys that name objects where there is no "name"."""


def with_names(value: Any, name: str | None, path: FilePath) -> tuple[Any, tuple[Count, ...]]:
    """Return a tree whose objects have their names under "name", and how many had them elsewhere.

    Parameters
    ----------
    value : object
        What is in the file; objects in it are changed.
    name : str or None
        The key that names objects; by default "name", or where it is text in no object that has children the only key
        among "id", "text", "label", "title", "key" and "value" that names all of them.

    Raises
    ------
    DataError
        If several keys may be meant, or no object has the key.
    ParameterError
        If the key is not text.
    """
    if name is not None and (not isinstance(name, str) or not name):
        raise ParameterError(
            f"name is the key that names the objects of a tree; got {name!r}; give one, as name='id'"
        )
    key = _naming(value, path) if name is None else name
    if key is None:
        return value, ()
    found = [node for node in _objects(value) if _names(node, key)]
    if not found:
        raise DataError(
            f"the objects of a tree have names: none in {str(path)!r} has one under {key!r}; give another key"
        )
    for node in found:
        node["name"] = str(node.pop(key))
    return value, (Count(f"objects named by their {key!r}", len(found)),) if key != "name" else ()


def _naming(value: Any, path: FilePath) -> str | None:
    """Return the key that names all objects where none has a "name" and some have children."""
    top = value if isinstance(value, list) else [value]
    if not top or not all(isinstance(node, dict) and isinstance(node.get("children"), list) for node in top):
        return None
    objects = list(_of_children(top))
    if any(isinstance(node.get("name"), str) for node in objects):
        return None
    keys = [key for key in NAMING if all(_names(node, key) for node in objects)]
    if len(keys) > 1:
        raise DataError(
            f"one key names the objects of a tree: in {str(path)!r} {' and '.join(map(repr, keys))} may; choose by "
            "name=… (--name)"
        )
    return next(iter(keys), "name" if all(_names(node, "name") for node in objects) else None)


def _names(node: dict[str, Any], key: str) -> bool:
    value = node.get(key)
    return type(value) is int or (isinstance(value, str) and bool(value.strip()))


def _of_children(top: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield objects and the objects among their children, from the top down."""
    waiting = deque(top)
    while waiting:
        node = waiting.popleft()
        yield node
        below = node.get("children")
        listed = below if isinstance(below, list) else []
        waiting.extend(child for child in listed if isinstance(child, dict))


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Yield all objects, at every level."""
    waiting = deque([value])
    while waiting:
        node = waiting.popleft()
        if isinstance(node, dict):
            yield node
        if isinstance(node, dict | list):
            waiting.extend(node.values() if isinstance(node, dict) else node)
