"""What computes: on which bits depend beside data and options."""

from __future__ import annotations

import hassenet
from hassenet.engines import get_engine


def environment() -> dict[str, str]:
    """Return the version of the library and the engine that is taken where none is named, with its instruction level.

    >>> sorted(environment())
    ['engine here', 'version']
    """
    return {"version": hassenet.__version__, "engine here": _engine()}


def _engine() -> str:
    name = get_engine().name
    if name != "native":
        return name
    from hassenet.engines import native

    return f"{name}, {native.level}"
