"""The engines by name."""

from __future__ import annotations

import warnings
from functools import cache
from importlib.util import find_spec
from typing import Any

from hassenet.data.elsewhere import Elsewhere
from hassenet.engines.engine import Engine
from hassenet.engines.fallback import WithFallback
from hassenet.engines.reference import Reference
from hassenet.errors import HassenetWarning, ParameterError


@cache
def _engines() -> dict[str, WithFallback]:
    """Return the engines by name, the default first; the compiled one only where it was built."""
    built_in: list[Engine] = [Reference()]
    if find_spec("hassenet.engines._native") is not None:
        from hassenet.engines.native import Native

        built_in.insert(0, Native())
    return {engine.name: WithFallback(engine) for engine in built_in}


def register(engine: Engine) -> None:
    """Add an engine: from now on it is taken by its name wherever an engine is named.

    What it does not support is done by the readable engine. A registration holds for the process it is made in:
    where a study has workers, they register it too.

    Parameters
    ----------
    engine : Engine

    Raises
    ------
    ParameterError
        If it is not an engine, or its name is taken.

    Examples
    --------
    >>> register(get_engine("reference"))
    Traceback (most recent call last):
    hassenet.errors.ParameterError: an engine has a name of its own; 'reference' is taken; give it another than ...
    """
    if not isinstance(engine, Engine):
        raise ParameterError(
            f"an engine is an object of a class derived from hassenet.engines.Engine; got {engine!r}"
        )
    if not isinstance(engine.name, str) or not engine.name:
        raise ParameterError(f"an engine is named by text; got {engine.name!r}; give its class a name")
    if engine.name in _engines():
        raise ParameterError(
            f"an engine has a name of its own; {engine.name!r} is taken; give it another than {', '.join(available())}"
        )
    _engines()[engine.name] = WithFallback(engine)


def available() -> tuple[str, ...]:
    """Return the names of the engines that can run here, the default first.

    Examples
    --------
    >>> "reference" in available()
    True
    """
    return tuple(_engines())


@cache
def _default() -> WithFallback:
    """Return the first engine; where that is not the compiled one, say so once."""
    engine = next(iter(_engines().values()))
    if engine.name == Reference.name:
        warnings.warn(
            "the compiled engine was not built, so the readable one serves: the same results, many times slower; "
            "install a C++17 compiler (GCC 12 or Clang 15, or newer) and reinstall hassenet",
            HassenetWarning,
            stacklevel=3,
        )
    return engine


def engine_for(X: Any, name: str | None = None) -> WithFallback:
    """Return the engine of that name; of features that lie elsewhere one that has it compute there.

    Raises
    ------
    ParameterError
        If there is none.

    Examples
    --------
    >>> engine_for([[1.0]], "reference").name
    'reference'
    """
    engine = get_engine(name)
    there = X.computed_by(engine) if isinstance(X, Elsewhere) else engine
    return there if isinstance(there, WithFallback) else WithFallback(there)


def get_engine(name: str | None = None) -> WithFallback:
    """Return the engine of that name, which has the readable one do what it does not support; None means the default.

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
