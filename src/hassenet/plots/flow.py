"""Relevance on its way from the features through the ranks to the outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, PathPatch, Rectangle
from matplotlib.path import Path

from hassenet.errors import ParameterError
from hassenet.explain.flow import Flow
from hassenet.explain.sankey import OTHERS, PASSING, Node, Ribbon, Sankey
from hassenet.plots.labels import short_label
from hassenet.plots.style import FAINT, INK, MUTED, NEGATIVE, POSITIVE, axes_of, literal

_COLUMN = 2.6  # inches from rank to rank
_LABEL = 0.19  # inches that a label is high
_LETTER = 0.06  # inches of a letter
_MOST = 100  # elements of a rank; more would take a picture metres high
_NODE = 0.045  # the width of a node, where a column is 1
_COLOURS = {1: POSITIVE, 0: FAINT, -1: NEGATIVE}
_KINDS = {1: "weight above 0", -1: "weight below 0", 0: "several covers"}


@literal
def plot_relevance_flow(
    flow: Flow, *, top: int = 10, rank_names: Sequence[str] | None = None, ax: Axes | None = None
) -> Figure:
    """Draw how what is explained comes from the features: a column a rank, a ribbon a share.

    The height of an element is its share of the whole, that of a ribbon the share that comes over a cover. Of each
    rank the ``top`` largest shares are shown, the others together; what skips a rank passes it in grey, and a hidden
    rank that nearly all passes is left out. Ribbons are red where the weight is above 0, blue and
    hatched where it is below, grey where they stand for several covers.

    Parameters
    ----------
    flow : Flow
        From :func:`hassenet.explain.relevance_flow`.
    top : int
        How many elements of each rank to show, 100 at most.
    rank_names : sequence of D + 1 str, optional
        What to call the ranks; by default "features", "rank 1" and so on, "outputs".
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Figure
        The matplotlib figure.

    Raises
    ------
    ParameterError
        If ``top`` is below 1 or above 100, or the number of names is not D + 1.

    Examples
    --------
    >>> from hassenet import Hierarchy, Network
    >>> from hassenet.explain import relevance_flow
    >>> net = Network(Hierarchy.subsets(3), hidden="tanh", seed=0)
    >>> figure = plot_relevance_flow(relevance_flow(net, [[1.0, -1.0, 0.5]]))
    >>> [text.get_text() for text in figure.axes[0].texts if text.get_gid() == "rank"]
    ['features', 'rank 1', 'outputs']
    """
    depth = len(flow.elements.starts) - 2
    names = _rank_names(depth, rank_names)
    _check_top(top)
    picture = Sankey.of(flow, top, min(1 / (top + 3), 0.034))
    places = {rank: float(column) for column, rank in enumerate(picture.ranks)}
    wide = float(len(picture.ranks) - 1)
    figure, ax = axes_of(ax, (_COLUMN * wide + 1.6, max(_LABEL / picture.room, 3.0) + 0.7))
    step = ax.get_position().width * figure.get_size_inches()[0] / (wide + 0.5)
    _frame(ax, wide)
    for ribbon in picture.ribbons:
        ax.add_patch(_ribbon(ribbon, picture.nodes, places))
    for node in picture.nodes:
        _draw_node(ax, node, places)
        if node.element != PASSING:
            _write_label(ax, node, places, _label(flow, node, int(step / _LETTER)))
    for rank in picture.ranks:
        ax.text(places[rank] + _NODE / 2, -0.035, names[rank], size=9, weight="bold", color=INK,
                gid="rank", ha="left" if rank < depth else "right")  # fmt: skip
    _legend(ax, flow, {ribbon.sign for ribbon in picture.ribbons})
    return figure


def _check_top(top: int) -> None:
    if top > _MOST:
        raise ParameterError(
            f"a picture of relevance has room for {_MOST} elements of each rank; got top={top}; give less"
        )


def _rank_names(depth: int, names: Sequence[str] | None) -> list[str]:
    if names is None:
        return ["features", *(f"rank {i}" for i in range(1, depth)), "outputs"]
    if len(names) != depth + 1:
        raise ParameterError(f"rank_names names each of the {depth + 1} ranks; got {len(names)} names")
    return list(names)


def _frame(ax: Axes, width: float) -> None:
    ax.set_xlim(-0.02, width + _NODE + 0.02)
    ax.set_ylim(1.0, -0.08)
    ax.set_axis_off()


def _ribbon(ribbon: Ribbon, nodes: Sequence[Node], places: Mapping[int, float]) -> PathPatch:
    """Return the band between two curves that leave and arrive level."""
    a, b = places[nodes[ribbon.lower].rank] + _NODE, places[nodes[ribbon.upper].rank]
    middle, top, end, h = (a + b) / 2, ribbon.start, ribbon.end, ribbon.height
    upper = [(a, top), (middle, top), (middle, end), (b, end)]
    lower = [(b, end + h), (middle, end + h), (middle, top + h), (a, top + h)]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    path = Path([*upper, *lower, (a, top)], codes)
    return PathPatch(path, gid="ribbon", zorder=1, **_look(ribbon.sign))


def _look(sign: int) -> dict[str, Any]:
    hatched = {"hatch": "////", "edgecolor": "white"} if sign < 0 else {"edgecolor": "none"}
    return {"facecolor": _COLOURS[sign], "alpha": 0.5, "linewidth": 0, **hatched}


def _draw_node(ax: Axes, node: Node, places: Mapping[int, float]) -> None:
    corner = places[node.rank], node.top
    ax.add_patch(
        Rectangle(corner, _NODE, node.height, color=_colour(node), linewidth=0.5, zorder=2, gid="node")
    )


def _colour(node: Node) -> str:
    return INK if node.element >= 0 else MUTED


def _write_label(ax: Axes, node: Node, places: Mapping[int, float], text: str) -> None:
    last = node.rank == max(places)
    place = places[node.rank] - 0.03 if last else places[node.rank] + _NODE + 0.03
    ax.text(place, node.top + node.height / 2, text, size=7.5, color=_colour(node), ha="right" if last else "left",
            va="center", zorder=3, gid="label",
            bbox={"facecolor": "white", "alpha": 0.65, "edgecolor": "none", "pad": 0.6})  # fmt: skip


def _label(flow: Flow, node: Node, letters: int) -> str:
    share = _percent(node.share)
    if node.element == OTHERS:
        return f"{node.size:,} others {share}"
    return f"{short_label(flow.elements.names[node.element], max(letters - 7, 6))} {share}"


def _percent(share: float) -> str:
    if share < 0.0001:
        return "< 0.01 %"
    return f"{100 * share:.0f} %" if share >= 0.0095 else f"{100 * share:.1g} %"


def _legend(ax: Axes, flow: Flow, signs: set[int]) -> None:
    handles = [Patch(label=text, **_look(sign)) for sign, text in _KINDS.items() if sign in signs]
    ax.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=3, frameon=False, fontsize=8,
              labelcolor=INK, title=f"shares of {flow.output}", title_fontsize=8)  # fmt: skip
