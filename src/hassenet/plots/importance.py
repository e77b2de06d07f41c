"""Scores of named elements as horizontal bars."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from hassenet.errors import ParameterError
from hassenet.plots.checks import columns
from hassenet.plots.labels import short_label
from hassenet.plots.style import INK, MUTED, NEGATIVE, POSITIVE, axes_of, literal, name_rows, tidy


@literal
def plot_importance(
    names: Sequence[Hashable],
    scores: ArrayLike,
    *,
    spread: ArrayLike | None = None,
    groups: Sequence[str] | None = None,
    sides: tuple[str, str] = ("below 0", "above 0"),
    label: str = "score",
    ax: Axes | None = None,
) -> Figure:
    """Draw a bar an element, the first on top, blue below 0 and red above.

    Parameters
    ----------
    names : sequence of Hashable
        The elements; lineages are shortened.
    scores, spread : (n,) arrays
        The length of each bar, and the half-length of the line that shows how far the score varies.
    groups : sequence of n str, optional
        What stands in grey after each name, as its rank.
    sides : (str, str)
        What a score below and above 0 means, for the legend.
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
        If there is no element, the lengths differ, a score is not finite, or a spread is below 0.

    Examples
    --------
    >>> figure = plot_importance(["g__Veillonella", "g__Alistipes"], [0.9, -0.4], spread=[0.1, 0.2])
    >>> [text.get_text() for text in figure.axes[0].get_yticklabels()]
    ['Veillonella', 'Alistipes']
    """
    given = {"scores": scores} | ({} if spread is None else {"spread": spread})
    values = columns(names, groups, given)
    _check_spread(values.get("spread"))
    figure, ax = axes_of(ax, (7.6, 0.9 + 0.29 * len(names)))
    _draw_bars(ax, values["scores"], values.get("spread"))
    _name_bars(ax, names, groups)
    _finish(ax, values["scores"], sides, label)
    return figure


def _check_spread(spread: Any) -> None:
    if spread is not None and (spread < 0).any():
        raise ParameterError(f"a spread is 0 or above; got {spread.min():g}; give its size")


def _draw_bars(ax: Axes, values: Any, error: Any) -> None:
    places = np.arange(len(values))
    colours = [POSITIVE if value > 0 else NEGATIVE for value in values]
    ax.barh(places, values, xerr=error, height=0.68, color=colours, alpha=0.85, gid="bars",
            error_kw={"ecolor": INK, "elinewidth": 1.1, "capsize": 2.5})  # fmt: skip
    ax.axvline(0, color=MUTED, linewidth=0.8)
    ax.set_ylim(len(values) - 0.4, -0.6)


def _name_bars(ax: Axes, names: Sequence[Hashable], groups: Sequence[str] | None) -> None:
    labels = [short_label(name, 36) for name in names]
    if groups is not None:
        labels = [f"{label}  ({group})" for label, group in zip(labels, groups, strict=True)]
    name_rows(ax, labels)


def _finish(ax: Axes, values: Any, sides: tuple[str, str], label: str) -> None:
    from matplotlib.patches import Patch

    tidy(ax, grid="x")
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel(label, color=INK)
    shown = zip((NEGATIVE, POSITIVE), sides, ((values <= 0).any(), (values > 0).any()), strict=True)
    handles = [Patch(color=colour, alpha=0.85, label=side) for colour, side, there in shown if there]
    ax.legend(handles=handles, frameon=False, fontsize=9, labelcolor=INK, ncols=2, loc="lower left",
              bbox_to_anchor=(0, 1), borderaxespad=0.2)  # fmt: skip
