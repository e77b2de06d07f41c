"""The colour that an element is filled with."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import final

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize, to_hex

from hassenet.hierarchy import Hierarchy
from hassenet.plots.style import SECOND

# Not darker than what black letters are read on.
POWER = LinearSegmentedColormap.from_list("hassenet_power", ["#ffffff", "#f4d9c4", "#e2a06b", SECOND])


@final
@dataclass(frozen=True, eq=False)
class Fill:
    """The colour of each element by a number, white up to 0 and where there is none.

    Parameters
    ----------
    values : mapping from element to number
    scale : ScalarMappable
        From 0 to the greatest number.
    """

    values: Mapping[Hashable, float]
    scale: ScalarMappable

    @staticmethod
    def of(values: Mapping[Hashable, float]) -> Fill:
        """Return the colours from 0 to the greatest of some numbers.

        Examples
        --------
        >>> fill = Fill.of({"lipids": 0.5, "sugars": -0.1})
        >>> fill.colour("lipids"), fill.colour("sugars"), fill.colour("salts")
        ('#d1752c', '#ffffff', '#ffffff')
        """
        most = max(values.values(), default=0.0)
        return Fill(values, ScalarMappable(Normalize(0, most if most > 0 else 1.0), POWER))

    def colour(self, element: Hashable) -> str:
        """Return the colour of an element's box."""
        value = max(self.values.get(element, 0.0), 0.0)
        red, green, blue, _ = self.scale.to_rgba(np.array([value]))[0]
        return to_hex((red, green, blue))

    def scores(self, H: Hierarchy) -> dict[Hashable, float]:
        """Return what the elements of a graded hierarchy are shown by: their numbers, those below 0 as 0.

        An element without a number has the largest of those that cover it, as the features of what stands out.

        Examples
        --------
        >>> H = Hierarchy.from_covers([("a", "p"), ("b", "q")])
        >>> Fill.of({"p": 0.5, "q": -0.1}).scores(H)
        {'p': 0.5, 'q': 0.0, 'a': 0.5, 'b': 0.0}
        """
        found: dict[Hashable, float] = {}
        handed_down = np.zeros(H.shape[-1])
        for i in range(H.depth, -1, -1):
            own = np.array([self.values.get(element, np.nan) for element in H.ranks[i]])
            here = np.where(np.isnan(own), handed_down, np.maximum(own, 0))
            found |= dict(zip(H.ranks[i], here.tolist(), strict=True))
            if i:
                upper, lower = H.layers[i - 1].pairs()
                handed_down = np.zeros(H.shape[i - 1])
                np.maximum.at(handed_down, lower, here[upper])
        return found
