"""What is public: the names of the front door, and those of the rooms that it names."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any

import hassenet

ROOMS = sorted(name for name in hassenet.__all__ if isinstance(getattr(hassenet, name), ModuleType))
ADDRESSES = [
    *(f"hassenet.{name}" for name in hassenet.__all__ if name not in ROOMS),
    *(f"hassenet.{room}.{name}" for room in ROOMS for name in getattr(hassenet, room).__all__),
]


def resolved(address: str) -> Any:
    """Return what has that dotted name: a module, or an attribute of one, of a class, of its instances."""
    module, rest = _module_of(address)
    found = module
    for name in rest:
        found = _attribute(found, name)
    return found


def _module_of(address: str) -> tuple[Any, list[str]]:
    """Return the module that a dotted name begins with, the longest there is, and what follows."""
    parts = address.split(".")
    module = import_module(parts[0])
    for k in range(1, len(parts)):
        if isinstance(getattr(module, parts[k], None), type):
            return module, parts[k:]
        try:
            module = import_module(".".join(parts[: k + 1]))
        except ModuleNotFoundError:
            return module, parts[k:]
    return module, []


def _attribute(owner: Any, name: str) -> Any:
    """Return an attribute, or where only instances have it (a field of a dataclass), the type it is declared with."""
    declared = [vars(kind).get("__annotations__", {}) for kind in getattr(owner, "__mro__", ())]
    types = [fields[name] for fields in declared if name in fields]
    return getattr(owner, name, types[0]) if types else getattr(owner, name)
