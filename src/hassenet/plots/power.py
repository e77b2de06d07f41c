"""The power of elements, with intervals and what chance gives."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hassenet._checks import require_whole_number
from hassenet.plots.stability import plot_stability
from hassenet.stability import ElementPower


def plot_power(found: ElementPower, top: int = 20, *, level: float = 0.1, ax: Axes | None = None) -> Figure:
    """Draw the elements with the most power, a row each: power with its interval, and in grey where chance lies.

    With draws the dot is full where the false discovery rate is at most ``level``, else hollow.

    Parameters
    ----------
    found : ElementPower
        Of :func:`hassenet.stability.element_power`.
    top : int
        How many elements to show, the first on top.
    level : float
        The false discovery rate up to which a dot is full.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Figure
        The matplotlib figure.

    Raises
    ------
    ParameterError
        If ``top`` is below 1.

    Examples
    --------
    >>> import numpy as np
    >>> from hassenet import Hierarchy
    >>> from hassenet.stability import element_power
    >>> X = np.random.default_rng(0).standard_normal((60, 6))
    >>> H = Hierarchy.from_covers([(f"gene{k}", f"pathway{k // 3}") for k in range(6)])
    >>> figure = plot_power(element_power(H, X, X[:, :3].sum(axis=1)))
    >>> [text.get_text() for text in figure.axes[0].get_yticklabels()]
    ['pathway0  (rank 1)', 'pathway1  (rank 1)']
    """
    rows = found.order[: require_whole_number("top", top, 1)]
    drawn = len(found.null) > 0
    return plot_stability(
        [
            f"{found.elements[k]}, for {found.targets[k]}" if found.targets else found.elements[k]
            for k in rows
        ],
        found.power[rows],
        found.low[rows],
        found.high[rows],
        null=(found.null[:, rows].min(axis=0), found.null[:, rows].max(axis=0)) if drawn else None,
        fdr=found.fdr[rows] if drawn else None,
        level=level,
        groups=[f"rank {found.ranks[k]}" for k in rows],
        label="power: nats an example, on rows not learned from",
        ax=ax,
    )
