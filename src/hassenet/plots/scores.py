"""The scores of several models on the same folds."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from hassenet.errors import ParameterError
from hassenet.plots.checks import vector
from hassenet.plots.labels import elided
from hassenet.plots.style import ACCENT, FAINT, INK, MUTED, axes_of, literal, name_rows, tidy


@literal
def plot_scores(scores: Mapping[str, ArrayLike], *, label: str = "score", ax: Axes | None = None) -> Figure:
    """Draw a row a model: a dot a fold, a diamond at the mean, a line of one standard deviation to each side.

    Parameters
    ----------
    scores : mapping from str to (folds,) array
        The score of each fold by the model's name, which is shortened; the first is drawn on top, in colour.
    label : str
        What the score is, with its unit.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Figure
        The matplotlib figure.

    Raises
    ------
    ParameterError
        If there is no model, a model has no score, or a score is not finite.

    Examples
    --------
    >>> figure = plot_scores(
    ...     {"network": [0.95, 0.97], "logistic regression": [0.94, 0.96]}, label="ROC AUC"
    ... )
    >>> figure.axes[0].get_xlabel()
    'ROC AUC'
    """
    rows = {name: vector(name, values) for name, values in scores.items()}
    if not rows or not all(len(values) for values in rows.values()):
        raise ParameterError("scores need at least one model, and of each model at least one score")
    figure, ax = axes_of(ax, (7.2, 1.2 + 0.55 * len(rows)))
    for k, values in enumerate(rows.values()):
        _draw_row(ax, k, values, ACCENT if k == 0 else MUTED)
    name_rows(ax, [elided(name, 36) for name in rows])
    ax.set_ylim(len(rows) - 0.45, -0.6)
    tidy(ax, grid="x")
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel(label, color=INK)
    return figure


def _draw_row(ax: Axes, row: int, values: np.ndarray, colour: str) -> None:
    # Dots are moved apart up and down in the order of the folds, so equal scores stay visible; the pattern is fixed.
    spread = 0.16 * np.sin(np.arange(len(values)) * 2.4)
    ax.scatter(values, row + spread, s=16, color=colour, alpha=0.45, linewidths=0, zorder=2)
    mean, deviation = values.mean(), values.std()
    ax.plot([mean - deviation, mean + deviation], [row, row], color=colour, linewidth=2, zorder=3)
    ax.plot([mean], [row], "D", markersize=7, color=colour, markeredgecolor="white", zorder=4)
    ax.annotate(f"{mean:.3f} ± {deviation:.3f}", (1.0, row), xycoords=("axes fraction", "data"), xytext=(8, 0),
                textcoords="offset points", va="center", size=9, color=INK)  # fmt: skip
    ax.axhline(row - 0.5, color=FAINT, linewidth=0.3 if row else 0)
