"""The first address of :mod:`hassenet.training.early_stopping`, which stays importable."""

from __future__ import annotations

from hassenet.training.early_stopping import EarlyStopping, Monitor

__all__ = ["EarlyStopping", "Monitor"]
