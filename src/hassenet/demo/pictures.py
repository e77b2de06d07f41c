"""The pictures of the demonstration."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from hassenet.demo.data import RANKS
from hassenet.demo.taxa import Taxon
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.plots import plot_costs, plot_hierarchy, plot_importance, plot_scores

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def costs(history: Sequence[Any]) -> Figure:
    """Draw the costs of the first fold."""
    figure = plot_costs(history)
    figure.axes[0].set_title(
        "First fold: people trained on, and people held out (validation)", fontsize=10, loc="left"
    )
    return figure


def taxonomy(net: Network, taxa: Sequence[Taxon]) -> Figure:
    """Draw the network with the most important taxa and what they belong to."""
    first = with_taxa_above(net.hierarchy, [taxon.lineage for taxon in taxa])
    figure = plot_hierarchy(net, max_elements=50, first=first, rank_names=RANKS)
    figure.axes[0].set_title(
        "The taxa that matter most and what they belong to. Red speaks for cirrhosis, blue against it.",
        fontsize=10,
        loc="left",
    )
    return figure


def with_taxa_above(H: Hierarchy, elements: Sequence[Hashable]) -> set[Hashable]:
    """Return the elements and all above them."""
    found = set(elements)
    waiting = list(found)
    while waiting:
        new = set(H.above(waiting.pop())) - found
        found |= new
        waiting.extend(new)
    return found


def aucs(scores: Mapping[str, ArrayLike]) -> Figure:
    """Draw the ROC AUC of each model on each fold."""
    return plot_scores(
        scores, label="ROC AUC on the people held out: a dot a fold, mean ± standard deviation"
    )


def taxa(table: Sequence[Taxon]) -> Figure:
    """Draw the scores of the most important taxa, to the side of those who have more of them."""
    return plot_importance(
        [taxon.lineage for taxon in table],
        [taxon.score if taxon.rise > 0 else -taxon.score for taxon in table],
        spread=[taxon.spread for taxon in table],
        groups=[taxon.level for taxon in table],
        sides=("more in the healthy", "more in cirrhosis"),
        label="log-odds by which it moves ill and healthy apart, ± sd",
    )
