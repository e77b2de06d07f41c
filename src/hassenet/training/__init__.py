"""J(θ), its gradient, and learning: the ways to a θ at which J is small."""

from __future__ import annotations

from hassenet.training.early_stopping import EarlyStopping
from hassenet.training.fitting import fit, fit_with
from hassenet.training.history import Epoch, Fit, TrainingState
from hassenet.training.options import TrainingOptions

__all__ = ["EarlyStopping", "Epoch", "Fit", "TrainingOptions", "TrainingState", "fit", "fit_with"]
