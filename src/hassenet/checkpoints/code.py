"""What functions and classes of users do, as a few characters: by which another of the same name is told from one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from types import CodeType
from typing import Any

import numpy as np

ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
CODE = re.compile(r" \[[0-9a-f]{16}\]")
"""What :func:`of_code` returns."""
_OF_VERSIONS = ("hassenet", "builtins")
_SHOWN = 16


def of_code(value: Any) -> str:
    """Return a digest of the code of a function, or of the methods of a class, in brackets; nothing of hassenet's own.

    Where code stands in a file has no part in it. Functions that are closed over are known by their names, and what is
    not Python by nothing.

    >>> of_code(of_code), of_code(type("Mine", (), {"__module__": "mine"}))
    ('', '')
    """
    parts = list(_of_class(value) if isinstance(value, type) else _of_function(value))
    text = ADDRESS.sub("", "|".join(parts))
    return f" [{sha256(text.encode()).hexdigest()[:_SHOWN]}]" if parts else ""


def _of_class(kind: type) -> Iterator[str]:
    for one in kind.__mro__:
        if _is_of_a_version(one):
            continue
        for name, member in sorted(vars(one).items()):
            found = [name, *_of_function(_plain(member))]
            yield from found if len(found) > 1 else ()


def _plain(member: Any) -> Any:
    """Return the function of a property or a method of the class."""
    return getattr(member, "__func__", None) or getattr(member, "fget", None) or member


def _of_function(value: Any) -> Iterator[str]:
    code = getattr(value, "__code__", None)
    if isinstance(code, CodeType) and not _is_of_a_version(value):
        yield from _of_code(code)
        yield _of_value((value.__defaults__, value.__kwdefaults__))
        yield from map(_content, value.__closure__ or ())


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
        return _of_value(cell.cell_contents)
    except ValueError:  # a name that has no value yet
        return ""
    except RecursionError:  # a list that holds itself
        return "()"


def _of_value(value: Any) -> str:
    """Return all that is said of a value; of another function, itself maybe, its name, of most objects their type."""
    if isinstance(value, np.ndarray | np.generic):
        return f"{value.dtype}{value.shape}" + (
            "" if value.dtype.hasobject else sha256(value.tobytes()).hexdigest()
        )
    if isinstance(value, partial):
        return _of_value((value.func, value.args, value.keywords))
    if isinstance(value, dict):
        return _of_value([*value.items()])
    if isinstance(value, set | frozenset):
        return "{" + ", ".join(sorted(map(_of_value, value))) + "}"
    if isinstance(value, tuple | list):
        return "(" + ", ".join(map(_of_value, value)) + ")"
    return str(
        getattr(value, "__qualname__", None) or (repr(value) if isinstance(value, _SIMPLE) else type(value))
    )


_SIMPLE = (str, bytes, int, float, complex, bool, type(None))


def _is_of_a_version(value: Any) -> bool:
    return str(value.__module__).partition(".")[0] in _OF_VERSIONS
