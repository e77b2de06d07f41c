"""Which engines can run here, and which of them runs."""

from __future__ import annotations

import warnings
from functools import cache
from importlib.util import find_spec

from hassenet.engines import reference
from hassenet.engines.engine import Engine
from hassenet.errors import HassenetWarning, ParameterError


@cache
def _engines() -> dict[str, Engine]:
    """Return the engines by name, the default first; the compiled one only where it was built."""
    engines: dict[str, Engine] = {reference.name: reference}
    if find_spec("hassenet.engines._native") is None:
        return engines
    from hassenet.engines import native

    return {native.name: native, **engines}


def available() -> tuple[str, ...]:
    """Return the names of the engines that can run here, the default first.

    Examples
    --------
    >>> "reference" in available()
    True
    """
    return tuple(_engines())


@cache
def _default() -> Engine:
    """Return the first engine; where that is not the compiled one, say so once."""
    engine = next(iter(_engines().values()))
    if engine is reference:
        warnings.warn(
            "the compiled engine was not built, so the readable one serves: the same results, many times slower; "
            "install a C++17 compiler (GCC 12 or Clang 15, or newer) and reinstall hassenet",
            HassenetWarning,
            stacklevel=3,
        )
    return engine


def get_engine(name: str | None = None) -> Engine:
    """Return the engine of that name; None means the default.

    Raises
    ------
    ParameterError
        If there is none.

    Examples
    --------
    >>> get_engine("reference").name
    'reference'
    """
    if name is None:
        return _default()
    if name not in _engines():
        raise ParameterError(f"no engine {name!r}; choose one of {', '.join(available())}")
    return _engines()[name]
