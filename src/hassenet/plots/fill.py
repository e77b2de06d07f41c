"""The colour that an element is filled with."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import final

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize, to_hex

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

    @property
    def above_0(self) -> dict[Hashable, float]:
        """The numbers, those below 0 as 0: what is to be shown first."""
        return {element: max(value, 0.0) for element, value in self.values.items()}
