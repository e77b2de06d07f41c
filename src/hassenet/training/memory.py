"""Whether what is going to be held fits into memory, found out before anything is."""

from __future__ import annotations

import os

from hassenet.errors import ParameterError

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


def memory_of_the_machine() -> int | None:
    """Return how many bytes of memory the machine has; None where its system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def require_memory(what: str, needed: int, remedy: str) -> None:
    """Raise ParameterError where the machine has not as many bytes."""
    has = memory_of_the_machine()
    if has is not None and needed > has:
        raise ParameterError(
            f"what is trained fits into memory; {what} need about {in_units(needed)}, and this machine has "
            f"{in_units(has)}; {remedy}"
        )


def in_units(n: float) -> str:
    """Return a number of bytes for reading.

    >>> in_units(1536), in_units(8.05e9), in_units(3e20)
    ('1.54 kB', '8.05 GB', '3e+05 PB')
    """
    unit = 0
    while n >= 1000 and unit < len(_UNITS) - 1:
        n, unit = n / 1000, unit + 1
    return f"{n:.3g} {_UNITS[unit]}"
