"""What was chosen when a model was made: values that JSON has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

import numpy as np

from hassenet.errors import ParameterError


def checked_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings as plain values, sequences as tuples and NumPy's numbers as Python's.

    Raises
    ------
    ParameterError
        If a value is something else than text, a number, a truth value, None, or a sequence or mapping of these.

    Examples
    --------
    >>> checked_settings({"penalty": np.float64(0.1), "neurons": [1, 4]})
    {'penalty': 0.1, 'neurons': (1, 4)}
    """
    if not isinstance(settings, Mapping):
        raise ParameterError(
            f"settings are a mapping from names to values, as {{'members': 10}}; got {settings!r}"
        )
    return {_name(name): _plain(name, value) for name, value in settings.items()}


def _name(name: object) -> str:
    if not isinstance(name, str):
        raise ParameterError(f"settings have names that are text; got {name!r}; convert it")
    return name


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, str | bool | int) or (isinstance(value, float) and isfinite(value)):
        return value
    if isinstance(value, Mapping):
        return checked_settings(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return tuple(_plain(name, part) for part in value)
    raise ParameterError(
        f"settings are text, finite numbers, truth values, None, or sequences and mappings of these; {name!r} holds "
        f"{value!r}; convert it"
    )
