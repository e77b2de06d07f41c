"""What a page shows, as arrays and names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.explain.sankey import Sankey
from hassenet.network.elements import Links
from hassenet.page.judged import Judged

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@final
class Rank(NamedTuple):
    """A rank of the network.

    Attributes
    ----------
    size : int
        How many elements it has, relays not counted.
    relays : int
    activation : str
        "" for rank 0.
    constant : int
        How many of its features are the same in every row; 0 where there is one row.
    low, high : float
        The range of its features.
    heights : str
        Their distribution, see :func:`hassenet.page.distributions.spelled`.
    """

    size: int
    relays: int
    activation: str
    constant: int
    low: float
    high: float
    heights: str


@final
@dataclass(frozen=True, eq=False)
class Distributions:
    """How the feature of each element is distributed over the rows.

    Attributes
    ----------
    groups : tuple of str
        The classes; none where the table does not hold the target.
    sizes : tuple of int
        How many rows each group has; of all where there are no groups.
    low, high, mean, deviation : (n,) arrays
    means : (n, groups) array
    heights : str
        The bars, element after element, group after group, see :func:`hassenet.page.distributions.spelled`.
    tallest : (n,) array
        The share of its group's rows that the tallest bar stands for.
    """

    groups: tuple[str, ...]
    sizes: tuple[int, ...]
    low: Floats
    high: Floats
    mean: Floats
    deviation: Floats
    means: Floats
    heights: str
    tallest: Floats


@final
class BySide(NamedTuple):
    """The mean relevance in the rows of the class that is explained, or with the larger targets, and in the others.

    Attributes
    ----------
    names : (str, str)
    means : (n, 2) array
    """

    names: tuple[str, str]
    means: Floats


@final
@dataclass(frozen=True, eq=False)
class Scores:
    """The relevance of the elements below the outputs.

    Attributes
    ----------
    output, method : str
    signed, absolute, spread : arrays
        Mean, mean absolute value and standard deviation over the rows.
    flow : Sankey
    member_spread : array or None
        The standard deviation over the members of an ensemble.
    sides : BySide or None
        Where the classes of the rows are known.
    direction : str
        For which way the sign of a score speaks, where that is not as the output says.
    """

    output: str
    method: str
    signed: Floats
    absolute: Floats
    spread: Floats
    flow: Sankey
    member_spread: Floats | None = None
    sides: BySide | None = None
    direction: str = ""


@final
class Costs(NamedTuple):
    """The course of training: the cost of each epoch, and that on the validation data where there are any."""

    cost: tuple[float, ...]
    validation: tuple[float, ...]


@final
@dataclass(frozen=True, eq=False)
class PageData:
    """All that a page shows.

    Attributes
    ----------
    title : str
    facts : tuple of (str, str)
        What the model is, a name and a value each.
    judged : Judged
        The scores on the rows held out, beside those of other models.
    names : tuple of n str
        The elements, relays not counted, through the ranks.
    ranks : tuple of Rank
    named : tuple of int
        The ranks whose elements are told apart by more than chance, as hidden ones are by a hierarchy.
    links : Links
        Who reads whom with what weight, between neurons that rise with their parts; of an ensemble the mean. In a very
        large network those with the largest weights.
    below, above : (n,) arrays of int
        How many elements each covers, and how many cover it, relays looked through.
    distributions : Distributions
    apart : bool
        Whether outputs have units of their own, as those of several targets.
    scores : tuple of Scores
        One for each output explained.
    costs : Costs or None
    power : (n,) array or None
        What elements are coloured by; NaN where an element has none.
    study : dict from str to (n,) array, or None
        What many trainings said: mean, low, high, top, p and fdr, as far as they are known.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    judged: Judged
    names: tuple[str, ...]
    ranks: tuple[Rank, ...]
    named: tuple[int, ...]
    links: Links
    below: Indices
    above: Indices
    distributions: Distributions
    apart: bool
    scores: tuple[Scores, ...]
    costs: Costs | None = None
    power: Floats | None = None
    study: dict[str, Floats] | None = None

    def __repr__(self) -> str:
        return f"PageData({self.title!r}: {len(self.names):,} elements, {len(self.links.weight):,} links)"
