"""The Hasse diagram of a hierarchy, its covers coloured by a network's weights."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from textwrap import fill as wrapped
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from hassenet._checks import require_whole_number
from hassenet.errors import ParameterError, UnknownElementError, listing
from hassenet.hierarchy import Hierarchy
from hassenet.network.ensemble import one_network
from hassenet.network.orientation import Orientation
from hassenet.plots.diagram import Diagram
from hassenet.plots.fill import Fill
from hassenet.plots.style import FAINT, INK, MUTED, SIGNED, axes_of, figure_of, literal, name_rows
from hassenet.stability.by_element import Powers, by_element

if TYPE_CHECKING:
    from hassenet.network import Network

Floats = NDArray[np.float64]

_ROW = 0.92  # inches between ranks
_LEFT, _RIGHT = 1.35, 1.0  # inches for the names of the ranks and the colour bar
_WIDEST = 14.0
_CURVE = np.linspace(0.0, 1.0, 24)

_NOTE_LETTERS_PER_INCH = 16  # at 8 points


@literal
def plot_hierarchy(
    network_or_hierarchy: Network | Hierarchy,
    *,
    ax: Axes | None = None,
    max_elements: int = 50,
    first: Iterable[Hashable] = (),
    scores: Mapping[Hashable, float] | None = None,
    power: Powers | None = None,
    rank_names: Sequence[str] | None = None,
) -> Figure:
    """Draw the Hasse diagram: ranks as rows, rank 0 at the bottom, a line a cover.

    A cover is coloured by its weight Wₖⱼ, blue below 0 and red above, and is the wider the larger |Wₖⱼ|. Hidden neurons
    are turned so that each rises with what lies below it (:func:`hassenet.network.oriented`): more of what is below a
    red line speaks for what is above it. A relay is not
    a node but a thin line that passes its rank, coloured by the weight of its only reader; grey, and as wide
    as the largest, if it has several.
    Elements in a row are ordered so that few lines cross. A large hierarchy is thinned: ranks share ``max_elements``;
    from the top down, each keeps the elements with the largest Σ|weight| of their covers to elements kept above, or
    those with the largest ``scores``. A note says how many are shown, and what is grey. A rank with more labels than
    could be read shows dots in their place, rank 0 if it can labels that stand on end; hidden elements that nobody
    named, as "h1_4", are dots.

    Parameters
    ----------
    network_or_hierarchy : Network or Hierarchy
        A hierarchy has no weights: its lines are grey. One that skips ranks is drawn with relays.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure as large as the labels need.
    max_elements : int
        About how many elements to show, relays not counted; each rank shows at least one.
    first : iterable of elements, optional
        Elements to show in any case, before all others of their rank.
    scores : mapping from element to number, optional
        What matters: each rank shows its elements with the largest |score|, before those that have none. Of a
        Relevance: ``dict(zip(relevance.elements, relevance.absolute))``.
    power : ElementPower, or mapping from element to number, optional
        What elements are filled by, the darker the more, from 0 on, as :func:`hassenet.stability.element_power` finds
        it. Without scores it says what is shown, too: of elements without power
        those below the most.
    rank_names : sequence of D + 1 str, optional
        What to call the ranks; by default "rank 0" and so on, with the activation of a network's rank.

    Returns
    -------
    Figure
        The matplotlib figure.

    Raises
    ------
    ParameterError
        If ``max_elements`` is below 1, the number of names is not D + 1, a score or power is not finite, or an
        ensemble is given, of which each member has weights of its own.
    UnknownElementError
        If what is not an element has a score or power, or is to be shown first.

    Examples
    --------
    >>> from hassenet.hierarchy import Hierarchy
    >>> figure = plot_hierarchy(Hierarchy.subsets(3))
    >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
    ['rank 0', 'rank 1', 'rank 2']
    """
    first = frozenset(first)
    H, weights = _parts(network_or_hierarchy)
    names = _rank_names(network_or_hierarchy, H, rank_names)
    require_whole_number("max_elements", max_elements, 1)
    _check_first(H, first)
    powers = {} if power is None else by_element(power)
    _check_scores(H, {**powers, **(scores or {})})
    fill = Fill.of(powers)
    by = "power" if powers and scores is None else "score" if scores is not None else ""
    scores = fill.scores(H) if by == "power" else scores
    room = _WIDEST - _LEFT - _right(weights is not None) if ax is None else _width(ax)
    diagram = Diagram.of(H, weights, max_elements, first, room, scores)
    figure, ax = axes_of(ax, _figure_size(diagram, H.depth, weights is not None))
    _frame(ax, diagram, names)
    _draw_covers(ax, diagram, weights is not None)
    if powers:
        _colour_bar(ax, fill.scale, "power (nats an example)")
    _draw_elements(ax, diagram, diagram.font_sizes(_width(ax)), fill)
    width = int(_NOTE_LETTERS_PER_INCH * ax.get_position().width * figure.get_size_inches()[0])
    ax.set_xlabel(
        wrapped(_note(network_or_hierarchy, H, diagram, bool(first), by), max(width, 40)),
        fontsize=8,
        color=MUTED,
        loc="left",
    )
    return figure


def _check_first(H: Hierarchy, first: frozenset[Hashable]) -> None:
    unknown = [element for element in first if element not in H]
    if unknown:
        raise UnknownElementError(
            f"elements are shown first; {listing(sorted(unknown, key=str), 3)} is not an element; leave it out"
        )


def _check_scores(H: Hierarchy, scores: Mapping[Hashable, float]) -> None:
    unknown = [element for element in scores if element not in H]
    if unknown:
        raise UnknownElementError(
            f"scores belong to elements; {listing(unknown, 3)} is not an element; leave it out"
        )
    odd = [element for element, score in scores.items() if not np.isfinite(score)]
    if odd:
        raise ParameterError(f"scores are finite; not so of {listing(odd, 3)}; leave it out")


def _parts(given: Network | Hierarchy) -> tuple[Hierarchy, Sequence[Any] | None]:
    if isinstance(given, Hierarchy):
        return given.graded(), None
    net = one_network("a diagram", given)
    return net.hierarchy, Orientation.of(net).weights(net)


def _rank_names(given: Network | Hierarchy, H: Hierarchy, names: Sequence[str] | None) -> list[str]:
    if names is not None:
        if len(names) != H.depth + 1:
            raise ParameterError(f"rank_names names each of the {H.depth + 1} ranks; got {len(names)} names")
        return list(names)
    plain = [f"rank {i}" for i in range(H.depth + 1)]
    if isinstance(given, Hierarchy):
        return plain
    return plain[:1] + [f"{name}\n{_short(g)}" for name, g in zip(plain[1:], given.activations, strict=True)]


def _short(activation: object) -> str:
    text = str(activation)
    return text if len(text) <= 18 else "several activations"


def _right(coloured: bool) -> float:
    return _RIGHT if coloured else 0.1


def _figure_size(diagram: Diagram, depth: int, coloured: bool) -> tuple[float, float]:
    left, right = diagram.span
    width = right - left + _LEFT + _right(coloured)
    width = min(max(width, 4.8), _WIDEST)
    # Lines between wide rows need height, or they lie flat.
    return width, max(_ROW * (depth + 1), min(0.4 * width, 1.8 * (depth + 1))) + 0.4 + diagram.foot


def _frame(ax: Axes, diagram: Diagram, names: Sequence[str]) -> None:
    left, right = diagram.span
    ax.set_xlim(left - 0.05, right + 0.05)
    height = ax.get_position().height * figure_of(ax).get_size_inches()[1]
    rows = len(names) - 0.2
    ax.set_ylim(-0.4 - rows * diagram.foot / max(height - diagram.foot, 1.0), len(names) - 0.6)
    ax.set_xticks([])
    name_rows(ax, names, fontsize=9, color=INK, multialignment="right")
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)


def _width(ax: Axes) -> float:
    """Return the width of the axes in inches, as they come out."""
    figure = figure_of(ax)
    figure.draw_without_rendering()
    return ax.get_window_extent().width / figure.dpi


def _draw_covers(ax: Axes, diagram: Diagram, coloured: bool) -> None:
    """Draw the lines, the largest |weight| last, so that it lies on top."""
    if not diagram.n_covers:
        return
    weight, size = (np.concatenate(part) for part in (diagram.passed, diagram.sizes))
    lines = np.concatenate([_curves(diagram, i) for i in range(len(diagram.layers))])
    most = float(size.max()) or 1.0
    order = np.argsort(size, kind="stable")
    width = 0.5 + 2.3 * size / most if coloured else np.full(len(size), 0.9)
    collection = LineCollection(
        list(lines[order]), linewidths=width[order], capstyle="round", zorder=1, gid="covers"
    )
    ax.add_collection(collection)
    if not coloured:
        collection.set_color(FAINT)
        return
    scale = ScalarMappable(Normalize(-most, most), SIGNED)
    colours = np.where(np.isnan(weight)[:, None], _rgba(FAINT), scale.to_rgba(np.nan_to_num(weight)))
    collection.set_color(list(map(tuple, colours[order])))
    _colour_bar(ax, scale, "weight (signal per unit below)")


def _rgba(colour: str) -> Floats:
    from matplotlib.colors import to_rgba

    return np.array(to_rgba(colour))


def _curves(diagram: Diagram, i: int) -> Floats:
    """Return the lines of layer i, (covers, points, 2), leaving and arriving nearly upright."""
    layer = diagram.layers[i]
    start, end = diagram.x[i][layer.lower, None], diagram.x[i + 1][layer.upper, None]
    bend = 0.75 * _CURVE**2 * (3 - 2 * _CURVE) + 0.25 * _CURVE
    x = start + (end - start) * bend
    return np.stack([x, np.broadcast_to(i + _CURVE, x.shape)], axis=-1)


def _colour_bar(ax: Axes, scale: ScalarMappable, label: str) -> None:
    figure = figure_of(ax)
    bar = figure.colorbar(scale, ax=ax, fraction=0.03, pad=0.015, aspect=30, shrink=0.75)
    bar.set_label(label, fontsize=8, color=INK)
    bar.ax.tick_params(labelsize=8, color=FAINT, labelcolor=INK)
    bar.outline.set_visible(False)


def _draw_elements(ax: Axes, diagram: Diagram, font_sizes: Sequence[float], fill: Fill) -> None:
    for i, (x, labels, font_size) in enumerate(zip(diagram.x, diagram.labels, font_sizes, strict=True)):
        shown = [
            (place, text, fill.colour(e))
            for place, text, e in zip(x, labels, diagram.elements[i], strict=True)
            if text
        ]
        if i == 0 and diagram.upright and font_size:
            _draw_dots(ax, i, shown, fill)
            _draw_upright(ax, shown, font_size)
        elif font_size:
            _draw_labels(ax, i, shown, font_size)
        else:
            _draw_dots(ax, i, shown, fill)


Shown = Sequence[tuple[float, str, str]]


def _draw_dots(ax: Axes, rank: int, shown: Shown, fill: Fill) -> None:
    places, _, colours = zip(*shown, strict=True) if shown else ((), (), ())
    look = {"color": colours, "edgecolors": INK, "linewidths": 0.6} if fill.values else {"color": INK}
    ax.scatter(places, [rank] * len(shown), s=14 if fill.values else 9, zorder=3, gid=f"rank {rank}", **look)


def _draw_upright(ax: Axes, shown: Shown, font_size: float) -> None:
    """Write the names of the features below them, from below to above."""
    for place, text, _ in shown:
        ax.annotate(text.replace("\n", " "), (place, 0), (0, -6), size=font_size, color=INK, ha="center", va="top",
                    rotation=90, textcoords="offset points", gid="rank 0", annotation_clip=False)  # fmt: skip


def _draw_labels(ax: Axes, rank: int, shown: Shown, font_size: float) -> None:
    for place, text, colour in shown:
        box = {"boxstyle": "round,pad=0.35", "facecolor": colour, "edgecolor": FAINT, "linewidth": 0.8}
        ax.text(place, rank, text, size=font_size, color=INK, ha="center", va="center", bbox=box, zorder=3,
                linespacing=1.05, gid=f"rank {rank}")  # fmt: skip


def _note(given: Network | Hierarchy, H: Hierarchy, diagram: Diagram, asked_for: bool, by: str) -> str:
    relays = sum(int(H.relays(i).sum()) for i in range(H.depth + 1))
    elements = _count(diagram.n_elements, H.n_elements - relays, "element")
    covers = _count(diagram.n_covers, H.n_covers, "cover")
    thinned = diagram.n_elements < H.n_elements - relays
    largest = f"those with the largest {by or '|weight| to what is shown above'}"
    chosen = f"; per rank, {'those asked for, then ' if asked_for else ''}{largest}" if thinned else ""
    lines = "; thin lines through a rank are relays" if relays else ""
    return f"{elements}, {covers}{chosen}{lines}{_note_of_colours(given, diagram)}"


def _note_of_colours(given: Network | Hierarchy, diagram: Diagram) -> str:
    """Return what the colours of a network mean."""
    if isinstance(given, Hierarchy):
        return ""
    several = any(np.isnan(line).any() for line in diagram.passed)
    grey = "grey: a weight near 0" + (", or a relay with several readers" if several else "")
    signs = "red: more of what lies below speaks for what is above, blue: against it"
    turned = Orientation.of(given).note(given)
    return f"; {signs}; {grey}" + (f"; {turned}" if turned else "")


def _count(shown: int, all_: int, what: str) -> str:
    plural = what if all_ == 1 else what + "s"
    return f"{all_:,} {plural}" if shown == all_ else f"{shown:,} of {all_:,} {plural} shown"
