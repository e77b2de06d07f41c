"""The first address of :mod:`hassenet.training.history`, which stays importable."""

from __future__ import annotations

from hassenet.training.history import Best, Epoch, Fit, Stopped, TrainingState

__all__ = ["Best", "Epoch", "Fit", "Stopped", "TrainingState"]
