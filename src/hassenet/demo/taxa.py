"""The taxa that matter most, with how sure that is."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from hassenet.demo.data import Microbes, level


class Taxon(NamedTuple):
    """A row of the table of taxa.

    Attributes
    ----------
    lineage : Hashable
        The element's name.
    level : str
        "species", "genus", …
    rise : float
        How much higher it stands in the ill, in powers of ten of the abundance.
    score : float
        By how much it moves the ill and the healthy apart in the network that is trained on all people.
    spread : float
        The standard deviation of that over the networks of the cross-validation.
    often : int
        In how many of these it is among the first.
    networks : int
        How many these are.
    """

    lineage: Hashable
    level: str
    rise: float
    score: float
    spread: float
    often: int
    networks: int

    @property
    def direction(self) -> str:
        """Who has more of it."""
        return "cirrhosis" if self.rise > 0 else "healthy"


def most_important(
    scores: Mapping[Hashable, float], folds: Sequence[Mapping[Hashable, float]], data: Microbes, count: int
) -> list[Taxon]:
    """Return the taxa with the largest scores, the largest first.

    Parameters
    ----------
    scores : mapping
        The score of each taxon in the final network.
    folds : sequence of mappings
        The scores in the networks of the cross-validation.
    data : Microbes
        Where the abundances are looked up.
    count : int
        How many taxa to return.
    """
    firsts = [set(_first(fold, count)) for fold in folds]
    return [_row(taxon, scores[taxon], folds, firsts, data) for taxon in _first(scores, count)]


def _first(scores: Mapping[Hashable, float], count: int) -> list[Hashable]:
    return sorted(scores, key=lambda taxon: -scores[taxon])[:count]


def _row(
    taxon: Hashable,
    score: float,
    folds: Sequence[Mapping[Hashable, float]],
    firsts: Sequence[set[Hashable]],
    data: Microbes,
) -> Taxon:
    spread = float(np.std([fold[taxon] for fold in folds]))
    often = sum(taxon in first for first in firsts)
    return Taxon(taxon, level(taxon), data.rise(taxon), score, spread, often, len(folds))
