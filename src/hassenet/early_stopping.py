"""The address that :mod:`hassenet.training.early_stopping` had before 0.2."""

from __future__ import annotations

from hassenet.training.early_stopping import EarlyStopping, Monitor

__all__ = ["EarlyStopping", "Monitor"]
