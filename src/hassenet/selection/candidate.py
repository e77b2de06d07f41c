"""A setting that was tried, and how it did."""

from __future__ import annotations

from typing import NamedTuple, final

from hassenet.selection.setting import Setting


@final
class Candidate(NamedTuple):
    """A setting beside the loss that its networks had on rows they had not seen.

    Attributes
    ----------
    setting : Setting
    loss : float
        The mean loss on rows that its networks had not seen: minus log-likelihood of a classification or an outcome,
        squared error of numbers in units of their variance, summed over targets. It is that of the mean of all networks
        of the candidate, as two seeds a fold let foresee: out of fold there are fewer. NaN where not all folds were
        trained.
    z : float
        How many standard errors (of the paired differences, row by row) the loss lies above that of the best candidate;
        by the folds it was trained on.
    weight : float
        Its share of the prediction, exp(−z²/2) before all are made to add up to 1; 0 for one that was given up.

    Examples
    --------
    >>> print(Candidate(Setting(0.1), loss=0.51234, z=0.0, weight=1.0))
    linear, λ = 0.1: loss 0.5123, z 0.0, weight 1.00
    """

    setting: Setting
    loss: float
    z: float
    weight: float

    def __str__(self) -> str:
        return f"{self.setting}: loss {self.loss:.4f}, z {self.z:.1f}, weight {self.weight:.2f}"
