"""What a comparison says about a hierarchy, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, final

import numpy as np
from numpy.typing import ArrayLike

from hassenet._checks import NOT_NEGATIVE, require_number
from hassenet.errors import ParameterError, listing
from hassenet.protocol.difference import Difference, paired_difference

NETWORK, COMPLETE, REWIRED, LINEAR = "network", "complete twin", "rewired twin", "linear model"
"""The models that a verdict is about, as scores are named."""

MARGIN = 0.01
"""By how much a network may be ahead of a linear model that is enough: a hundredth of ROC AUC, or of R²."""

Finding = Literal["a linear model is enough", "the hierarchy helps", "does not show that it helps"]


@final
@dataclass(frozen=True)
class Verdict:
    """What a comparison says.

    Attributes
    ----------
    finding : "a linear model is enough", "the hierarchy helps" or "does not show that it helps"
    sentence : str
        The finding with the differences that it rests on.
    """

    finding: Finding
    sentence: str

    def __str__(self) -> str:
        return self.sentence


def verdict(
    scores: Mapping[str, ArrayLike], folds: int, *, chance: float = 0.5, margin: float = MARGIN
) -> Verdict:
    """Return what scores on the same splits say, by the first of three rules that holds.

    Each rule looks at differences with the 95 % intervals of :func:`paired_difference`.

    1. *A linear model is enough*: it is ahead of chance, with an interval above 0; the network is not ahead of it with
       such an interval, and by the margin at most.
    2. *The hierarchy helps*: the network is ahead of chance and of both twins, each with an interval above 0. The
       complete twin has the same elements, and all covers between neighbouring ranks: a network that is ahead of it
       gains by covers that are left out. The rewired twin has as many covers at each element, at random: a network
       that is ahead of it gains by what they mean. As both have to be shown, the chance to be misled is at most that
       of one of them.
    3. Else the comparison *does not show that it helps*. It may, by less than so many rows and folds can show.

    With one split there is no interval, and nothing is shown.

    Parameters
    ----------
    scores : mapping from str to (k,) array
        Greater is better; of "network", "complete twin" and "rewired twin", and of "linear model" unless there is
        none. Others have no part in it.
    folds : int
        How many parts each cross-validation has.
    chance : float
        What guessing reaches: 0.5 of ROC AUC, 0 of R².
    margin : float
        By how much the network may be ahead of a linear model that is enough.

    Raises
    ------
    ParameterError
        If the network or a twin is missing, or the margin is not 0 or more.

    Examples
    --------
    >>> twins = {"complete twin": [0.80, 0.82, 0.81], "rewired twin": [0.78, 0.81, 0.80]}
    >>> found = verdict({"network": [0.90, 0.91, 0.92], "linear model": [0.7, 0.7, 0.7], **twins}, folds=3)
    >>> found.finding
    'the hierarchy helps'
    >>> print(verdict({"network": [0.90, 0.91, 0.92], "linear model": [0.9, 0.91, 0.93], **twins}, folds=3))
    A linear model is enough: the network is not shown to predict better (-0.003, -0.026 to +0.019).
    """
    require_number("margin", margin, NOT_NEGATIVE)
    missing = [name for name in (NETWORK, COMPLETE, REWIRED) if name not in scores]
    if missing:
        raise ParameterError(
            f"a verdict looks at the network and both of its twins; {listing(missing)} has no scores; add them"
        )
    beside = {
        name: paired_difference(scores[NETWORK], scores[name], folds)
        for name in (COMPLETE, REWIRED, LINEAR)
        if name in scores
    }
    above = {name: _ahead(scores[name], chance, folds) for name in (NETWORK, LINEAR) if name in scores}
    if LINEAR in beside and above[LINEAR] and _is_near(beside[LINEAR], margin):
        return Verdict("a linear model is enough", _enough(beside[LINEAR]))
    if above[NETWORK] and all(beside[name].low > 0 for name in (COMPLETE, REWIRED)):
        return Verdict("the hierarchy helps", _helps(beside))
    return Verdict("does not show that it helps", _not_shown(beside))


def _ahead(scores: ArrayLike, chance: float, folds: int) -> bool:
    """Return whether scores lie above chance with all of their interval."""
    return paired_difference(scores, np.full(np.shape(scores), chance), folds).low > 0


def _is_near(d: Difference, margin: float) -> bool:
    return d.low <= 0 and d.mean <= margin


def _enough(d: Difference) -> str:
    return f"A linear model is enough: the network is not shown to predict better ({d})."


def _helps(beside: Mapping[str, Difference]) -> str:
    return (
        f"The hierarchy helps: the network predicts better on it than on its complete twin ({beside[COMPLETE]}) "
        f"and on its rewired twin ({beside[REWIRED]})."
    )


def _not_shown(beside: Mapping[str, Difference]) -> str:
    twins = [f"its {name} ({beside[name]})" for name in (COMPLETE, REWIRED) if beside[name].low <= 0]
    what = f"better on it than on {' nor on '.join(twins)}" if twins else "better than chance"
    return (
        f"This comparison does not show that the hierarchy helps: the network is not shown to predict {what}."
    )
