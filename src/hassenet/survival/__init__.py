"""Times until an event: targets, survival curves, the baseline of a hazard, and how good predictions are.

>>> import numpy as np
>>> Y = survival_targets([6, 7, 10, 15, 19, 25], [1, 0, 1, 1, 0, 1])
>>> kaplan_meier(Y).at([10, 20])
array([0.625     , 0.41666667])
>>> concordance(Y, risk=[2.0, 0.1, 0.9, 1.2, 0.3, 0.2])
0.9
"""

from hassenet.survival.baseline import Baseline
from hassenet.survival.brier import brier, integrated_brier
from hassenet.survival.calibration import Calibration, calibration
from hassenet.survival.concordance import concordance, concordance_ipcw
from hassenet.survival.curves import SurvivalCurves
from hassenet.survival.interpolation import ConstantHazard, Interpolation, Steps
from hassenet.survival.intervals import interval_targets, quantile_cuts, survival_of_hazards
from hassenet.survival.kaplan_meier import KaplanMeier, kaplan_meier
from hassenet.survival.model import SurvivalModel
from hassenet.survival.targets import signed_times, survival_targets

__all__ = [
    "Baseline",
    "Calibration",
    "ConstantHazard",
    "Interpolation",
    "KaplanMeier",
    "Steps",
    "SurvivalCurves",
    "SurvivalModel",
    "brier",
    "calibration",
    "concordance",
    "concordance_ipcw",
    "integrated_brier",
    "interval_targets",
    "kaplan_meier",
    "quantile_cuts",
    "signed_times",
    "survival_of_hazards",
    "survival_targets",
]
