"""J(θ), its gradient, and learning: the ways to a θ at which J is small."""

from hassenet.training.early_stopping import EarlyStopping
from hassenet.training.ensemble import EnsembleFit, fit_ensemble
from hassenet.training.fitting import fit, fit_with
from hassenet.training.history import Epoch, Fit, TrainingState
from hassenet.training.objective import CostAndGradient, cost, gradient
from hassenet.training.options import TrainingOptions
from hassenet.training.refit import refit_output

__all__ = [
    "CostAndGradient",
    "EarlyStopping",
    "EnsembleFit",
    "Epoch",
    "Fit",
    "TrainingOptions",
    "TrainingState",
    "cost",
    "fit",
    "fit_ensemble",
    "fit_with",
    "gradient",
    "refit_output",
]
