"""Whether an explanation means anything: scores over seeds and resamples, beside null models and twins."""

from hassenet.shaping.rewiring import rewired
from hassenet.stability.comparison import NullScores
from hassenet.stability.completing import complete_twin
from hassenet.stability.element_power import element_power
from hassenet.stability.interchangeable import interchangeable_ranks
from hassenet.stability.nulls import null_scores, permuted_labels, rewired_covers
from hassenet.stability.power import ElementPower
from hassenet.stability.preparing import fill_gaps, standardise
from hassenet.stability.recipe import Recipe
from hassenet.stability.resampling import Bootstrap, Folds, Resampling, Subsample, Whole
from hassenet.stability.scores import LogLikelihood, accuracy, concordance, magnitude, r_squared, share
from hassenet.stability.study import Stability, stability
from hassenet.stability.twins import Twins, twins

__all__ = [
    "Bootstrap",
    "ElementPower",
    "Folds",
    "LogLikelihood",
    "NullScores",
    "Recipe",
    "Resampling",
    "Stability",
    "Subsample",
    "Twins",
    "Whole",
    "accuracy",
    "complete_twin",
    "concordance",
    "element_power",
    "fill_gaps",
    "interchangeable_ranks",
    "magnitude",
    "null_scores",
    "permuted_labels",
    "r_squared",
    "rewired",
    "rewired_covers",
    "share",
    "stability",
    "standardise",
    "twins",
]
