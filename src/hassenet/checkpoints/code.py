"""What functions and classes of users do, as a few characters: by which another of the same name is told from one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cached_property, partial
from hashlib import sha256
from pathlib import PurePath
from types import BuiltinMethodType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
CODE = re.compile(r" \[[0-9a-f]{16}\]")
"""What :func:`of_code` returns."""
_OF_VERSIONS = ("hassenet", "builtins", "abc", "typing")
_SHOWN = 16


def of_code(value: Any) -> str:
    """Return a digest of the code of a function, or of a class, in brackets; nothing of hassenet's own.

    It is of the instructions, constants, defaults and what is closed over; of what a method is bound to, of what a
    decorator has wrapped, of the methods and attributes of a class. Where code stands in a file has no part in it.
    Functions that are closed over are known by their names, dataclasses by their fields, other objects by their
    types, and what is not Python by nothing.

    >>> of_code(of_code), of_code(type("Mine", (), {"__module__": "mine"}))
    ('', '')
    """
    parts = list(_of_class(value) if isinstance(value, type) else _of_function(value))
    text = ADDRESS.sub("", "|".join(parts))
    return f" [{sha256(text.encode()).hexdigest()[:_SHOWN]}]" if parts else ""


def of_object(value: object) -> str:
    """Return the digests of the class of an object and of the functions that it holds, as ``np.vectorize(f)`` does."""
    held = sorted(getattr(value, "__dict__", {}).items())
    return of_code(type(value)) + "".join(of_code(one) for _, one in held if isinstance(one, _FUNCTIONS))


def _of_class(kind: type) -> Iterator[str]:
    for one in kind.__mro__:
        if _is_of_a_version(one):
            continue
        for name, member in sorted(vars(one).items()):
            found = [name, *_of_member(name, _plain(member))]
            yield from found if len(found) > 1 else ()


def _plain(member: Any) -> Any:
    """Return the function of a property or a method of the class."""
    if isinstance(member, cached_property):
        return member.func
    return getattr(member, "__func__", None) or getattr(member, "fget", None) or member


def _of_member(name: str, member: Any) -> Iterator[str]:
    """Yield what a method does, or what another attribute is; of those that Python makes, the methods alone."""
    found = [*_of_function(member)]
    yield from found if found or name.startswith("__") else (_whole(member),)


def _of_function(value: Any) -> Iterator[str]:
    code = getattr(value, "__code__", None)
    if isinstance(code, CodeType) and not _is_of_a_version(value):
        yield from _of_code(code)
        yield _whole((value.__defaults__, value.__kwdefaults__))
        yield from map(_content, value.__closure__ or ())
    if _is_bound(value):
        yield _whole(value.__self__)
    if (wrapped := getattr(value, "__wrapped__", None)) is not None:
        yield from _of_function(wrapped)


def _is_bound(value: Any) -> bool:
    """Return whether a function is a method of an object, and no function of a module, as ``math.sqrt``."""
    return isinstance(value, _METHODS) and not isinstance(value.__self__, ModuleType | type)


def _of_code(code: CodeType) -> Iterator[str]:
    yield from (code.co_code.hex(), *code.co_names, *code.co_varnames)
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _of_code(one)
        else:
            yield repr(sorted(map(repr, one)) if isinstance(one, frozenset) else one)


def _content(cell: Any) -> str:
    """Return what a function closes over."""
    try:
        return _whole(cell.cell_contents)
    except ValueError:  # a name that has no value yet
        return ""


def _whole(value: Any) -> str:
    """Return all that the digest knows of a value, also of a list that holds itself."""
    try:
        return _of_value(value)
    except RecursionError:
        return "()"


def _of_value(value: Any) -> str:
    """Return what the digest knows of a value; of other functions, itself maybe, the name, of most objects the type."""
    if isinstance(value, np.ndarray | np.generic):
        return f"{value.dtype}{value.shape}" + (
            "" if value.dtype.hasobject else sha256(value.tobytes()).hexdigest()
        )
    if (parts := _parts(value)) is not None:
        return "(" + ", ".join(map(_of_value, parts)) + ")"
    if isinstance(value, set | frozenset):
        return "{" + ", ".join(sorted(map(_of_value, value))) + "}"
    return str(
        getattr(value, "__qualname__", None) or (repr(value) if isinstance(value, _SIMPLE) else type(value))
    )


def _parts(value: Any) -> Iterable[Any] | None:
    """Return what a value is made of, in order; None of one that is whole."""
    if isinstance(value, partial):
        return value.func, value.args, value.keywords
    if _is_bound(value):
        return value.__qualname__, value.__self__
    if is_dataclass(value) and not isinstance(value, type):
        return type(value), *((f.name, getattr(value, f.name)) for f in fields(value) if f.init)
    if isinstance(value, dict):
        return value.items()
    return value if isinstance(value, tuple | list) else None


_SIMPLE = (str, bytes, int, float, complex, bool, type(None), Enum, range, PurePath)
_METHODS = (MethodType, BuiltinMethodType)
_FUNCTIONS = (FunctionType, *_METHODS)


def _is_of_a_version(value: Any) -> bool:
    return str(value.__module__).partition(".")[0] in _OF_VERSIONS
