"""Classes beside the probabilities predicted of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, final

import numpy as np

from hassenet.data.moments import Moments
from hassenet.tallies.tally import Array, Scores, Tally

_TINY = np.finfo(np.float64).eps  # where scikit-learn's log loss cuts off as well
_AT_A_TIME = 1_000_000  # rows
_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")
_LARGEST = np.finfo(np.float32).max


@final
@dataclass(frozen=True)
class OfClasses(Tally):
    """The moments of whether the class is the most probable, and of −log p; and what the area under the curve needs.

    That are the class of each row, in one byte if there are few, and the log-odds of each class, of two those of the
    second, in four bytes: they tell rows apart where probabilities in as many would all be 1.

    Parameters
    ----------
    moments : Moments
    true : (m,) array
        Class numbers.
    log_odds : (m, 1) or (m, c) array
    in_order : bool
        Whether the third of the moments is by how many steps the most probable class is off.

    Examples
    --------
    >>> tally = OfClasses.of(np.array([0, 1, 1]), np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]]))
    >>> {name: round(score, 3) for name, score in tally.scores().items()}
    {'accuracy': 0.667, 'ROC AUC': 1.0, 'log loss': 0.415}
    """

    moments: Moments
    true: Array
    log_odds: Array
    in_order: bool = False

    @staticmethod
    def of(true: Array, p: Array, *, in_order: bool = False) -> OfClasses:
        """Return that of class numbers, (m,), and the probabilities of all classes, (m, c)."""
        p = np.asarray(p, np.float64)
        steps = p.argmax(axis=1) - true
        of_rows = [steps == 0, minus_log(p, true), *([np.abs(steps)] if in_order else [])]
        kept = true.astype(np.min_scalar_type(p.shape[1]))
        return OfClasses(Moments.of(np.column_stack(of_rows)), kept, _log_odds(p), in_order)

    def joined(self, other: OfClasses) -> OfClasses:
        """Return that of the rows of both."""
        return OfClasses(
            self.moments.joined(other.moments),
            np.concatenate([self.true, other.true]),
            np.concatenate([self.log_odds, other.log_odds]),
            self.in_order,
        )

    def found(self, censored: Array | None = None) -> Scores:
        """Return accuracy, the area under the curve where rows have all classes, and log loss."""
        accuracy, log_loss, *steps = self.moments.mean.tolist()
        area = {"ROC AUC": self._area()} if len(np.unique(self.true)) == self._n_classes else {}
        of_order = {"steps off": steps[0]} if self.in_order else {}
        return {"accuracy": accuracy, **area, "log loss": log_loss, **of_order}

    @property
    def _n_classes(self) -> int:
        return max(self.log_odds.shape[1], 2)

    def _area(self) -> float:
        """Return the area of two classes, or the mean over classes of that of each against the others."""
        first = self._n_classes - self.log_odds.shape[1]
        each = [area_under(self.true == first + k, own) for k, own in enumerate(self.log_odds.T)]
        return float(np.mean(each))


def area_under(is_own: Array, score: Array) -> float:
    """Return the area under the ROC curve: the share of pairs whose first is the class and scores higher, ties half.

    Beside the scores, (m,), it needs as many again, in their order.

    >>> area_under(np.array([True, True, False]), np.array([3.0, 1.0, 1.0]))
    0.75
    """
    own, others = np.sort(score[is_own]), np.sort(score[~is_own])
    parts = (own[start : start + _AT_A_TIME] for start in range(0, len(own), _AT_A_TIME))
    below = sum(int(np.searchsorted(others, part, side).sum()) for part in parts for side in _SIDES)
    return below / (2 * len(own) * len(others))


def minus_log(p: Array, true: Array) -> Array:
    """Return −log p of the class of each row, (m,), of probabilities that are made to add up to 1.

    >>> minus_log(np.array([[2.0, 2.0]]), np.array([0])).round(3)
    array([0.693])
    """
    own = (p / p.sum(axis=1, keepdims=True))[np.arange(len(true)), true]
    return np.asarray(-np.log(np.maximum(own, _TINY)))


def _log_odds(p: Array) -> Array:
    """Return log p/(Σp − p), cut off where four bytes end: of two classes that of the second, (m, 1)."""
    others = p[:, ::-1] if p.shape[1] == 2 else p.sum(axis=1, keepdims=True) - p
    with np.errstate(divide="ignore"):
        found = np.log(p) - np.log(np.maximum(others, 0))
    shown = found[:, 1:] if p.shape[1] == 2 else found
    return np.clip(shown, -_LARGEST, _LARGEST).astype(np.float32)
