"""A comparison of models: their scores, and how far the network is ahead of each."""

from __future__ import annotations

from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec

from hassenet.plots.scores import plot_scores
from hassenet.plots.style import ACCENT, FAINT, INK, MUTED, SECOND, literal, tidy
from hassenet.protocol import Comparison
from hassenet.protocol.verdict import NETWORK

_WIDTH = 10.5
_LETTERS = 130  # of a line of the verdict


@literal
def plot_comparison(comparison: Comparison) -> Figure:
    """Draw what models reached, a dot a split, and beside it by how much the network is ahead, with 95 % intervals.

    An interval that lies above 0 is in colour, as the network's scores; one below 0, where the other model is ahead,
    in orange; one that holds 0 is grey. The verdict stands on top.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    Figure
        The matplotlib figure.

    Examples
    --------
    >>> from hassenet.protocol import Comparison
    >>> models = ("network", "complete twin", "rewired twin")
    >>> values = np.array([[[0.9, 0.8], [0.8, 0.8], [0.7, 0.8]]] * 2)
    >>> found = Comparison(models, ("R²", "r"), values, np.ones((3, 2)), 2, 1, "regression")
    >>> [ax.get_xlabel() for ax in plot_comparison(found).axes]
    ['R² of each fold, mean ± standard deviation', 'network minus this, 95 % interval']
    """
    figure = Figure(figsize=(_WIDTH, 1.9 + 0.5 * len(comparison.models)), layout="constrained")
    grid = GridSpec(1, 2, figure, width_ratios=(1.5, 1))
    left = figure.add_subplot(grid[0])
    right = figure.add_subplot(grid[1])
    label = f"{comparison.measures[0]} of each fold, mean ± standard deviation"
    plot_scores(comparison.scores, label=label, ax=left)
    _draw_differences(right, comparison)
    right.set_ylim(left.get_ylim())
    title = fill(str(comparison.verdict), _LETTERS)
    figure.suptitle(title, x=0.01, ha="left", fontsize=10, color=INK)
    return figure


def _draw_differences(ax: Axes, comparison: Comparison) -> None:
    for row, name in enumerate(comparison.models):
        if name != NETWORK:
            _draw_difference(ax, row, *comparison.difference(name))
    ax.axvline(0, color=MUTED, linewidth=0.8, zorder=1)
    tidy(ax, grid="x")
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_xlabel("network minus this, 95 % interval", color=INK)


def _draw_difference(ax: Axes, row: int, mean: float, low: float, high: float) -> None:
    colour = ACCENT if low > 0 else SECOND if high < 0 else MUTED
    if np.isfinite(low):
        ax.plot([low, high], [row, row], color=colour, linewidth=2, zorder=2, gid="interval")
    ax.plot([mean], [row], "D", markersize=7, color=colour, markeredgecolor="white", zorder=3)
    ax.axhline(row - 0.5, color=FAINT, linewidth=0.3)
