"""A Hasse diagram before it is drawn: which elements and covers, where, and with what weight."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, final

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath
from numpy.typing import NDArray

from hassenet.hierarchy import Hierarchy
from hassenet.plots.labels import short_label, two_lines
from hassenet.plots.placing import ordered, placed
from hassenet.plots.thinning import Layer, kept_elements, weighted_layers

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

FONT_SIZE = 8.0  # points
LEAST_FONT = 5.0  # points; below, elements are dots
_PADDING = 0.11  # inches at each side of a label
_RELAY_WIDTH = 0.09
_DOT_WIDTH = 0.13
_UPRIGHT_WIDTH = 0.17  # of a label that stands on end
_NAMELESS = re.compile(r"h\d+_\d+")  # hidden elements of a complete hierarchy, which nobody named


@final
@dataclass(frozen=True)
class Diagram:
    """The elements and covers of a picture. Lengths are inches at the full font size.

    Attributes
    ----------
    elements : per rank, the tuple of elements shown, relays included
    relays : per rank, the mask of the relays among them
    labels : per rank, the text of each element, "" for relays
    x : per rank, where each element stands
    widths : per rank, how much room each takes; a dot's, where a rank's labels could not be read in the room given, or
        say nothing
    upright : whether the labels of rank 0 stand on end below it, as side by side they could not be read
    layers : per pair of ranks, the covers shown, numbered inside ``elements``
    passed : per pair of ranks, the weight that a line shows: the cover's own, or where it ends in a relay that of the
        relay's only reader; NaN where there are several readers
    sizes : per pair of ranks, |weight| of each line; of a relay's the largest among its readers
    """

    elements: tuple[tuple[Hashable, ...], ...]
    relays: tuple[Mask, ...]
    labels: tuple[tuple[str, ...], ...]
    x: tuple[Floats, ...]
    widths: tuple[Floats, ...]
    upright: bool
    layers: tuple[Layer, ...]
    passed: tuple[Floats, ...]
    sizes: tuple[Floats, ...]

    @staticmethod
    def of(
        H: Hierarchy,
        weights: Sequence[Any] | None,
        most: int,
        first: Iterable[Hashable] = (),
        room: float = inf,
        scores: Mapping[Hashable, float] | None = None,
    ) -> Diagram:
        """Choose and place the elements of a graded hierarchy in a ``room`` of inches; see ``plot_hierarchy``."""
        layers = weighted_layers(H, weights)
        kept = kept_elements(H, layers, most, frozenset(first), scores)
        layers = tuple(_among(layer, kept[i], kept[i + 1]) for i, layer in enumerate(layers))
        relays = tuple(H.relays(i)[kept[i]] for i in range(H.depth + 1))
        elements = tuple(
            tuple(rank[k] for k in np.flatnonzero(mask)) for rank, mask in zip(H.ranks, kept, strict=True)
        )
        labels = tuple(map(_labels, elements, relays))
        upright = _is_too_wide(labels[0], room) and len(labels[0]) * _UPRIGHT_WIDTH <= room
        widths = tuple(_widths(row, room) for row in labels)
        widths = (np.full(len(labels[0]), _UPRIGHT_WIDTH), *widths[1:]) if upright else widths
        pairs = [(layer.upper, layer.lower) for layer in layers]
        places = ordered([len(row) for row in elements], pairs)
        x = tuple(placed(places, widths, pairs))
        return Diagram(elements, relays, labels, x, widths, upright, layers, *_passed(layers, relays))

    def font_sizes(self, room: float) -> tuple[float, ...]:
        """Return per rank the size at which its labels have room, 0 if nobody could read it."""
        left, right = self.span
        sizes = [
            _font_size(x, row, left, right) * (not are_nameless(row))
            for x, row in zip(self.x, self.labels, strict=True)
        ]
        if self.upright:
            sizes[0] = FONT_SIZE
        scaled = (min(FONT_SIZE, size * room / (right - left + 0.1)) for size in sizes)
        return tuple(size if size >= LEAST_FONT else 0.0 for size in scaled)

    @property
    def span(self) -> tuple[float, float]:
        """The left and right end of the picture."""
        ends = [(x - w / 2, x + w / 2) for x, w in zip(self.x, self.widths, strict=True)]
        return min(float(low.min()) for low, _ in ends), max(float(high.max()) for _, high in ends)

    @property
    def foot(self) -> float:
        """How many inches the labels below rank 0 take, where they stand on end."""
        return max(map(_length, self.labels[0])) if self.upright else 0.0

    @property
    def n_elements(self) -> int:
        """The number of elements shown, relays not counted."""
        return sum(int((~mask).sum()) for mask in self.relays)

    @property
    def n_covers(self) -> int:
        """The number of covers shown."""
        return sum(len(layer.weight) for layer in self.layers)


def label_width(text: str) -> float:
    """Return the room in inches that an element with this label takes; a relay's is a hair."""
    if not text:
        return _RELAY_WIDTH
    return 2 * _PADDING + max(map(_length, text.split("\n")))


def _length(text: str) -> float:
    font, measured = FontProperties(size=FONT_SIZE), TextToPath().get_text_width_height_descent
    return float(measured(text.replace("\n", " "), font, ismath=False)[0]) / 72 if text else 0.0


def are_nameless(labels: Sequence[str]) -> bool:
    """Return whether all are hidden elements that nobody named, of which a dot says as much."""
    names = [text for text in labels if text]
    return bool(names) and all(map(_NAMELESS.fullmatch, names))


def _is_too_wide(labels: Sequence[str], room: float) -> bool:
    return sum(map(label_width, labels)) * LEAST_FONT > room * FONT_SIZE


def _widths(labels: Sequence[str], room: float) -> Floats:
    if are_nameless(labels) or _is_too_wide(labels, room):
        return np.array([_DOT_WIDTH if text else _RELAY_WIDTH for text in labels])
    return np.array([label_width(text) for text in labels])


def _font_size(x: Floats, labels: Sequence[str], left: float, right: float) -> float:
    """Return the size at which no label of a rank reaches into the next, or out of the picture."""
    order = [k for k in np.argsort(x) if labels[k]]
    if not order:
        return FONT_SIZE
    places, widths = x[order], np.array([label_width(labels[k]) for k in order])
    free = np.diff([2 * left - places[0] - 0.1, *places, 2 * right - places[-1] + 0.1])
    needed = (np.r_[widths[0], widths] + np.r_[widths, widths[-1]]) / 2
    return FONT_SIZE * float((free / needed).min())


def _labels(elements: Sequence[Hashable], relays: Mask) -> tuple[str, ...]:
    return tuple(
        "" if relay else two_lines(short_label(e)) or "·" for e, relay in zip(elements, relays, strict=True)
    )


def _among(layer: Layer, below: Mask, above: Mask) -> Layer:
    """Return the covers with both ends kept, numbered among the kept."""
    inside = above[layer.upper] & below[layer.lower]
    new_above, new_below = np.cumsum(above) - 1, np.cumsum(below) - 1
    return Layer(new_above[layer.upper[inside]], new_below[layer.lower[inside]], layer.weight[inside])


def _passed(layers: Sequence[Layer], relays: Sequence[Mask]) -> tuple[tuple[Floats, ...], tuple[Floats, ...]]:
    """Return the weight and the size that each line shows, from the top down: a relay's line shows its readers'."""
    shown: list[Floats] = []
    sizes: list[Floats] = []
    carried = largest = np.full(len(relays[-1]), np.nan)
    for i in range(len(layers) - 1, -1, -1):
        upper, lower, weight = layers[i]
        handed_on = relays[i + 1][upper]
        shown.append(np.where(handed_on, carried[upper], weight))
        sizes.append(np.where(handed_on, largest[upper], np.abs(weight)))
        readers = np.bincount(lower, minlength=len(relays[i]))
        carried = np.where(readers == 1, np.bincount(lower, shown[-1], minlength=len(readers)), np.nan)
        largest = np.zeros(len(readers))
        np.maximum.at(largest, lower, sizes[-1])
    return tuple(shown[::-1]), tuple(sizes[::-1])
