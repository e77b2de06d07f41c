"""The hidden features of each rank."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from hassenet.errors import DataError, NotFiniteError, counted
from hassenet.explain import features_of_ranks
from hassenet.network import Network, oriented
from hassenet.network.ensemble import one_network
from hassenet.plots.checks import LARGEST
from hassenet.plots.style import ACCENT, FAINT, INK, MUTED, axes_of, literal, tidy

Floats = NDArray[np.float64]

_BARS = 80
_TALL = 0.78  # of the room of a row


@literal
def plot_activations(network: Network, X: Any, *, ax: Axes | None = None) -> Figure:
    r"""Draw how the features of each rank above 0 are distributed, over its elements and the examples together.

    Neurons of odd activations are turned so that they rise with what lies below (:func:`hassenet.network.oriented`).
    A row a rank, the outputs on top, all on one axis; each is as tall as its fullest bar. The line below a row goes
    from the 5th to the 95th percentile, its dot is the median. Beside it stands how many elements the rank has, relays
    not counted, and how many of them are the same for every example.

    Parameters
    ----------
    network : Network
    X : (m, n₀) array, sparse array or table
        What the network sees.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Figure
        The matplotlib figure.

    Raises
    ------
    DataError
        If X does not fit or has no rows.
    ParameterError
        If it is an ensemble: each of its members has hidden features of its own.
    NotFiniteError
        If features overflow, or are so large that a picture has no room.

    Examples
    --------
    >>> from hassenet.hierarchy import Hierarchy
    >>> net = Network(Hierarchy.subsets(3), hidden="tanh", seed=0)
    >>> figure = plot_activations(net, np.random.default_rng(0).normal(size=(50, 3)))
    >>> [text.get_text() for text in figure.axes[0].get_yticklabels()]
    ['rank 1\ntanh', 'outputs\nidentity']
    """
    turned = oriented(one_network("what a rank holds", network))
    rows = [np.asarray(x, float) for x in features_of_ranks(turned, X)[1:]]
    if not len(rows[0]):
        raise DataError("distributions need an example; X has no rows; give one at least")
    drawn = [(k, x) for k, x in enumerate(rows) if x.size]  # relays alone may stand in a rank
    low, high = min(float(x.min()) for _, x in drawn), max(float(x.max()) for _, x in drawn)
    _check_drawable(low, high)
    edges = np.linspace(low, high, _BARS + 1) if low < high else np.array([low - 0.5, low + 0.5])
    figure, ax = axes_of(ax, (7.2, 0.9 + 0.85 * len(rows)))
    for k, x in drawn:
        _draw_row(ax, k, x, edges)
    _finish(ax, network, [k for k, x in enumerate(rows) if not x.size])
    return figure


def _check_drawable(low: float, high: float) -> None:
    if not max(-low, high) <= LARGEST:
        raise NotFiniteError(
            f"distributions are of finite features, of a size up to {LARGEST:g}; some overflow; scale X, or take "
            "dtype='float64'"
        )


def _draw_row(ax: Axes, row: int, x: Floats, edges: Floats) -> None:
    count = np.histogram(x, edges)[0]
    ax.stairs(row + _TALL * count / count.max(), edges, baseline=row, fill=True, color=ACCENT, alpha=0.75,
              gid=f"row {row}")  # fmt: skip
    low, middle, high = np.percentile(x, [5, 50, 95])
    ax.plot([low, high], [row - 0.06] * 2, color=INK, linewidth=1.6, solid_capstyle="butt", gid="range")
    ax.plot([middle], [row - 0.06], "o", markersize=4, color=INK, gid="median")
    ax.annotate(_counts(x), (1.0, row), xycoords=("axes fraction", "data"), xytext=(8, 10), size=8.5, color=MUTED,
                textcoords="offset points", va="center")  # fmt: skip


def _counts(x: Floats) -> str:
    constant = int((x.min(axis=0) == x.max(axis=0)).sum())
    return counted(x.shape[1], "element") + (
        f",\n{constant:,} never {'varies' if constant == 1 else 'vary'}" if constant and len(x) > 1 else ""
    )


def _finish(ax: Axes, network: Network, empty: Sequence[int]) -> None:
    D = network.plan.depth
    names = [f"rank {i}" for i in range(1, D)] + ["outputs"]
    labels = [f"{name}\n{_short(G)}" for name, G in zip(names, network.activations, strict=True)]
    for k in empty:
        labels[k] = f"{names[k]}\nrelays alone"
    tidy(ax, grid="x")
    ax.set_yticks(range(D), labels, multialignment="right")
    ax.set_ylim(-0.25, D - 0.1)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.spines["bottom"].set_color(FAINT)
    ax.set_xlabel("feature", color=INK)


def _short(activation: object) -> str:
    text = str(activation)
    return text if len(text) <= 18 else "several activations"
