"""The address that :mod:`hassenet.training.history` had before 0.2."""

from __future__ import annotations

from hassenet.training.history import Best, Epoch, Fit, Stopped, TrainingState

__all__ = ["Best", "Epoch", "Fit", "Stopped", "TrainingState"]
