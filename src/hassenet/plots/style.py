"""The look that all pictures share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ParamSpec

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from hassenet.errors import ParameterError

P = ParamSpec("P")

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

_LITERAL = {"parse_math": False, "usetex": False}


def literal(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Return the function with all that it writes as it stands: no "$" of a name begins a formula, and no TeX runs."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with rc_context(
            {"text.parse_math": False, "text.usetex": False, "axes.formatter.use_mathtext": False}
        ):
            return draw(*args, **kwargs)

    return drawn


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
        label.set(color=INK, size=10, **_LITERAL)


def name_rows(ax: Axes, names: Sequence[str], **look: Any) -> None:
    """Write a name beside each row; also axes that are older than the picture take it as it stands."""
    ax.set_yticks(range(len(names)), names, **_LITERAL, **look)
