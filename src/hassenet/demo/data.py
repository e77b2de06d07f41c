"""The data of the demonstration, as the models see them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from hassenet.datasets import load_cirrhosis
from hassenet.hierarchy import Hierarchy

OFFSET = 1e-4  # per cent, below the smallest abundances that were measured

LEVELS = {
    "k": "kingdom",
    "p": "phylum",
    "c": "class",
    "o": "order",
    "f": "family",
    "g": "genus",
    "s": "species",
}

RANKS = ("microbes", "genera", "families", "orders", "classes", "phyla", "kingdoms", "output")
"""What the ranks of the network hold; most microbes are species, a few are known by their genus only."""


@final
@dataclass(frozen=True, eq=False)
class Microbes:
    """232 people and the microbes in their gut.

    Attributes
    ----------
    abundance : (m, n) array
        Relative abundances in per cent.
    ill : (m,) array of 0 and 1
        1 for a person with cirrhosis: the positive class, the second in sorted order.
    lineages : tuple of n str
        What the columns are called.
    hierarchy : Hierarchy
        Their taxonomy, without outputs.
    """

    abundance: NDArray[np.float64]
    ill: NDArray[np.int64]
    lineages: tuple[str, ...]
    hierarchy: Hierarchy

    @staticmethod
    def load() -> Microbes:
        """Return the data that come with hassenet."""
        data = load_cirrhosis()
        ill = (data.y == "cirrhosis").astype(np.int64)
        return Microbes(data.X, ill, data.feature_names, Hierarchy.from_lineages(data.feature_names))

    @property
    def X(self) -> NDArray[np.float64]:
        """log₁₀(abundance + 10⁻⁴), (m, n)."""
        return np.log10(self.abundance + OFFSET)

    def log_abundance(self, taxon: Hashable) -> NDArray[np.float64]:
        """Return log₁₀(abundance + 10⁻⁴) of a taxon, (m,): its abundance is the sum over the features below it."""
        below = str(taxon).removesuffix("|*")
        columns = [k for k, name in enumerate(self.lineages) if name == below or name.startswith(below + "|")]
        return np.log10(self.abundance[:, columns].sum(axis=1) + OFFSET)

    def rise(self, taxon: Hashable) -> float:
        """Return how much higher a taxon stands in the ill: the difference of the means of its log abundance."""
        logarithm = self.log_abundance(taxon)
        return float(logarithm[self.ill == 1].mean() - logarithm[self.ill == 0].mean())


def level(taxon: Hashable) -> str:
    """Return the level of a taxon, read from the letter of its last component.

    >>> level("k__Bacteria|p__Firmicutes")
    'phylum'
    """
    last = str(taxon).removesuffix("|*").rsplit("|", 1)[-1]
    return LEVELS.get(last[:1], "")
