"""The methods, each with options under which it is exact enough for a law."""

from __future__ import annotations

from functools import partial

from hassenet import explain
from hassenet import testing as ht

SWEEPS = {
    "gradient": explain.gradient_times_feature,
    "integrated": partial(explain.integrated_gradients, steps=5),
    "layerwise": partial(explain.layerwise_relevance, epsilon=0.01),
    "deeplift": explain.deeplift,
}
METHODS = {**SWEEPS, "ablation": explain.ablation}


def networks(*hierarchies, **options):
    """Networks that can be explained: a softmax of one output is constant, and refused."""
    return ht.networks(*hierarchies, **options).filter(
        lambda net: net.plan.n_outputs > 1 or net.activations[-1].uniform != "softmax"
    )
