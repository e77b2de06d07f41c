"""hassenet: neural networks whose architecture is a hierarchy, a finite graded poset.

>>> import hassenet as hn
>>> hn.Hierarchy.subsets(3)
Hierarchy(shape=(3, 3, 1), covers=9, density=0.75)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hassenet import datasets, likelihoods, plots, readers
    from hassenet.errors import HassenetError
    from hassenet.estimators import NetworkClassifier, NetworkRegressor
    from hassenet.hierarchy import Hierarchy
    from hassenet.network import Network
    from hassenet.optimizers import LBFGS, SGD, Adam, AdamW, Momentum, Nesterov
    from hassenet.penalties import L1, L2, ElasticNet
    from hassenet.storage import load, save
    from hassenet.training import fit
    from hassenet.training.early_stopping import EarlyStopping
    from hassenet.training.objective import cost, gradient
    from hassenet.training.refit import refit_output

__version__ = "0.1.0"

# Where each public name lives; a module is imported when one of its names is first asked for, so that
# importing hassenet costs nothing of what is not used.
_HOMES = {
    "Adam": "optimizers",
    "AdamW": "optimizers",
    "EarlyStopping": "training.early_stopping",
    "ElasticNet": "penalties",
    "HassenetError": "errors",
    "Hierarchy": "hierarchy",
    "L1": "penalties",
    "L2": "penalties",
    "LBFGS": "optimizers",
    "Momentum": "optimizers",
    "Nesterov": "optimizers",
    "Network": "network",
    "NetworkClassifier": "estimators",
    "NetworkRegressor": "estimators",
    "SGD": "optimizers",
    "cost": "training.objective",
    "fit": "training",
    "gradient": "training.objective",
    "load": "storage",
    "refit_output": "training.refit",
    "save": "storage",
}
_MODULES = (
    "activations",
    "datasets",
    "errors",
    "explain",
    "likelihoods",
    "plots",
    "readers",
    "schedules",
    "shaping",
    "stability",
)

__all__ = [
    "L1",
    "L2",
    "LBFGS",
    "SGD",
    "Adam",
    "AdamW",
    "EarlyStopping",
    "ElasticNet",
    "HassenetError",
    "Hierarchy",
    "Momentum",
    "Nesterov",
    "Network",
    "NetworkClassifier",
    "NetworkRegressor",
    "cost",
    "datasets",
    "fit",
    "gradient",
    "likelihoods",
    "load",
    "plots",
    "readers",
    "refit_output",
    "save",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"hassenet.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'hassenet' has no attribute {name!r}")
    value = getattr(import_module(f"hassenet.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
