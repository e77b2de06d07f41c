"""The methods, each with options under which it is exact enough for a law."""

from __future__ import annotations

from functools import partial

from hassenet import explain

SWEEPS = {
    "gradient": explain.gradient_times_feature,
    "integrated": partial(explain.integrated_gradients, steps=5),
    "layerwise": partial(explain.layerwise_relevance, epsilon=0.01),
    "deeplift": explain.deeplift,
}
METHODS = {**SWEEPS, "ablation": explain.ablation}
