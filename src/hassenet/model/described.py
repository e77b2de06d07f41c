"""What was chosen when a model was made, and how sure it is, for reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hassenet.errors import counted
from hassenet.model.model import Model
from hassenet.model.residuals import Residuals


def described(model: Model) -> dict[str, str]:
    """Return a name and a value of each setting, of the temperature and of the intervals, where there are such."""
    found = {name: spelled(value) for name, value in model.settings.items()}
    if model.temperature != 1:
        found["temperature"] = f"{model.temperature:.4g}"
    if model.residuals is not None:
        found["intervals"] = f"from {counted(len(Residuals.of(model.residuals)), 'row')} held out"
    return found


def spelled(value: Any) -> str:
    """Return a setting for reading.

    >>> spelled({"neurons": (1, 4), "penalty": 0.030000001, "best": True, "dropout": None})
    'neurons 1, 4; penalty 0.03; best yes; dropout none'
    """
    if isinstance(value, Mapping):
        return "; ".join(f"{name} {spelled(part)}" for name, part in value.items())
    if isinstance(value, tuple | list):
        return ", ".join(map(spelled, value))
    if value is None or isinstance(value, bool):
        return {None: "none", True: "yes", False: "no"}[value]
    return f"{value:.4g}" if isinstance(value, float) else str(value)
