"""Pictures: costs, Hasse diagrams, relevance, activations, scores. Each function returns a matplotlib Figure.

Only this package imports matplotlib. It uses figures and axes directly, never ``pyplot``, so it holds no global state
and works without a screen; save with ``figure.savefig("picture.png", dpi=150)``.
"""

import hassenet.plots.needed  # noqa: F401 - first of all
from hassenet.plots.activations import plot_activations
from hassenet.plots.comparison import plot_comparison
from hassenet.plots.costs import plot_costs
from hassenet.plots.flow import plot_relevance_flow
from hassenet.plots.hasse import plot_hierarchy
from hassenet.plots.importance import plot_importance
from hassenet.plots.power import plot_power
from hassenet.plots.scores import plot_scores
from hassenet.plots.stability import plot_stability

__all__ = [
    "plot_activations",
    "plot_comparison",
    "plot_costs",
    "plot_hierarchy",
    "plot_importance",
    "plot_power",
    "plot_relevance_flow",
    "plot_scores",
    "plot_stability",
]
