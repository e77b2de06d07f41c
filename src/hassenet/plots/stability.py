"""Scores over runs, beside what chance gives."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import ArrayLike, NDArray

from hassenet.plots.checks import columns
from hassenet.plots.labels import short_label
from hassenet.plots.style import ACCENT, FAINT, INK, MUTED, axes_of, literal, name_rows, tidy

Floats = NDArray[np.float64]


@literal
def plot_stability(
    names: Sequence[Hashable],
    mean: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    *,
    null: tuple[ArrayLike, ArrayLike] | None = None,
    fdr: ArrayLike | None = None,
    level: float = 0.1,
    groups: Sequence[str] | None = None,
    label: str = "score",
    ax: Axes | None = None,
) -> Figure:
    """Draw a row an element: its mean score with an interval over runs, and in grey where chance lies.

    The dot is full where the false discovery rate is at most ``level``, else hollow. The first element is on top.

    Parameters
    ----------
    names : sequence of n Hashable
        The elements; lineages are shortened.
    mean, low, high : (n,) arrays
        As of :meth:`hassenet.stability.Stability.table`.
    null : (low, high), arrays (n,), optional
        Between what ends the scores of a null model lie.
    fdr : (n,) array, optional
        ``fdr`` or ``pooled_fdr`` of :class:`hassenet.stability.NullScores`.
    level : float
        The false discovery rate up to which a dot is full.
    groups : sequence of n str, optional
        What stands in grey after each name, as its rank.
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
        If there is no element, the lengths differ, or a value is not finite.

    Examples
    --------
    >>> names, mean = ["TP53", "BRCA2"], [0.8, 0.2]
    >>> figure = plot_stability(
    ...     names, mean, [0.6, 0.0], [0.9, 0.5], null=([0.0, 0.1], [0.3, 0.4]), fdr=[0.01, 0.6]
    ... )
    >>> [text.get_text() for text in figure.axes[0].get_yticklabels()]
    ['TP53', 'BRCA2']
    """
    given = {"mean": mean, "low": low, "high": high}
    given |= {} if null is None else {"null low": null[0], "null high": null[1]}
    given |= {} if fdr is None else {"fdr": fdr}
    values = columns(names, groups, given)
    figure, ax = axes_of(ax, (7.2, 1.1 + 0.29 * len(names)))
    full = values["fdr"] <= level if "fdr" in values else np.ones(len(names), bool)
    _draw(ax, values, full)
    _name(ax, names, groups)
    _finish(ax, values, full, level, label)
    return figure


def _draw(ax: Axes, values: dict[str, Floats], full: NDArray[np.bool_]) -> None:
    rows = np.arange(len(full))
    if "null low" in values:
        ax.barh(rows, values["null high"] - values["null low"], left=values["null low"], height=0.62, color=FAINT,
                alpha=0.6, zorder=1, gid="null")  # fmt: skip
    ax.hlines(rows, values["low"], values["high"], color=ACCENT, linewidth=2, zorder=2, gid="intervals")
    for mask, face, gid in ((full, ACCENT, "full"), (~full, "white", "hollow")):
        ax.plot(values["mean"][mask], rows[mask], "o", markersize=6.5, markerfacecolor=face, markeredgecolor=ACCENT,
                markeredgewidth=1.5, linestyle="none", zorder=3, gid=gid)  # fmt: skip


def _name(ax: Axes, names: Sequence[Hashable], groups: Sequence[str] | None) -> None:
    labels = [short_label(name, 36) for name in names]
    if groups is not None:
        labels = [f"{label}  ({group})" for label, group in zip(labels, groups, strict=True)]
    name_rows(ax, labels)
    ax.set_ylim(len(names) - 0.4, -0.6)


def _finish(ax: Axes, values: dict[str, Floats], full: NDArray[np.bool_], level: float, label: str) -> None:
    tidy(ax, grid="x")
    ax.tick_params(axis="y", length=0)
    if min(column.min() for name, column in values.items() if name != "fdr") < 0:
        ax.axvline(0, color=MUTED, linewidth=0.8, zorder=0)
    ax.set_xlabel(label, color=INK)
    handles: list[Any] = [Line2D([], [], color=ACCENT, linewidth=2, label="mean and interval over runs")]
    if "null low" in values:
        handles.append(Patch(color=FAINT, alpha=0.6, label="null model"))
    if "fdr" in values:
        shown = ((full.any(), ACCENT, "≤"), ((~full).any(), "white", ">"))
        handles += [_dot(face, f"FDR {sign} {level:g}") for there, face, sign in shown if there]
    ax.legend(handles=handles, frameon=False, fontsize=9, labelcolor=INK, ncols=4, loc="lower left",
              bbox_to_anchor=(0, 1), borderaxespad=0.2, handletextpad=0.5, columnspacing=1.4)  # fmt: skip


def _dot(face: str, label: str) -> Line2D:
    return Line2D([], [], linestyle="none", marker="o", markersize=6.5, markerfacecolor=face, markeredgecolor=ACCENT,
                  markeredgewidth=1.5, label=label)  # fmt: skip
