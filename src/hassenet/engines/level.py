"""The instruction level, on which the bits of the compiled engine depend."""

from __future__ import annotations


def level_of(engine: str) -> str:
    """Return at which instruction level an engine computes, by its name; of one that is not compiled, "none".

    >>> level_of("reference")
    'none'
    """
    if engine != "native":
        return "none"
    from hassenet.engines import native  # which is there where its name is

    return native.level
