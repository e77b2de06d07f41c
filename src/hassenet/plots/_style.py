"""The look that all pictures share."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from hassenet.errors import ParameterError

INK = "#262626"
MUTED = "#6f6f6f"
FAINT = "#b9b9b9"
GRID = "#e8e8e8"
POSITIVE = "#b2182b"
NEGATIVE = "#2166ac"
ACCENT = "#1f6f8b"
SECOND = "#d1752c"

# Grey in the middle, not white: a cover with a weight near 0 is still a cover and is to be seen.
SIGNED = LinearSegmentedColormap.from_list(
    "hassenet_signed", [NEGATIVE, "#8fb3d5", "#d4d4d4", "#dd9a90", POSITIVE]
)


def axes_of(ax: Axes | None, size: tuple[float, float]) -> tuple[Figure, Axes]:
    """Return the figure and axes to draw on: those given, or new ones of a size in inches."""
    if ax is None:
        figure = Figure(figsize=size, layout="constrained")
        return figure, figure.add_subplot()
    return figure_of(ax), ax


def figure_of(ax: Axes) -> Figure:
    """Return the figure that the axes belong to."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ParameterError("the axes belong to no figure; make them with figure.add_subplot()")
    return figure


def tidy(ax: Axes, grid: str = "y") -> None:
    """Take away the box, leave thin axes and a faint grid behind the data."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(FAINT)
    ax.tick_params(colors=MUTED, labelcolor=INK, labelsize=9)
    ax.set_axisbelow(True)
    ax.grid(axis=grid, color=GRID, linewidth=0.8)  # type: ignore[arg-type]
    for label in (ax.xaxis.label, ax.yaxis.label):
        label.set(color=INK, size=10)
