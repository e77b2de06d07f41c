"""How long it is from one checkpoint to the next, and how much of the time writing may take."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import final

from hassenet._checks import NOT_NEGATIVE, require_number

_LITTLE, _FIFTH = 0.01, 0.2


@final
@dataclass(frozen=True)
class Interval:
    """Seconds from the end of one checkpoint to the next, and the share of the time that writing takes at most.

    Attributes
    ----------
    seconds : float
    share : float
        Where checkpoints take more than it the next one comes later: after a time of t·(1 − share)/share, t that of
        writing one; 1 where what was asked for is kept to whatever it costs.

    Examples
    --------
    >>> Interval().after(1.0), Interval.of(3.0).after(1.0), Interval.of(0.0).sparing.after(1.0)
    (99.0, 3.0, 4.0)
    """

    seconds: float = 10.0
    share: float = _LITTLE

    @staticmethod
    def of(every: float | None) -> Interval:
        """Return the interval that was asked for; without one the usual, which takes a hundredth of the time.

        Raises
        ------
        ParameterError
            If it is not a number of 0 or more.
        """
        if every is None:
            return Interval()
        require_number("every", every, NOT_NEGATIVE)
        return Interval(every, 1.0)

    @property
    def sparing(self) -> Interval:
        """The same, but that writing never takes more than a fifth of the time: of trainings that may be very many."""
        return replace(self, share=min(self.share, _FIFTH))

    @property
    def of_results(self) -> Interval:
        """Half of the time, and of the share: that in which results wait to be written together."""
        return Interval(self.seconds / 2, self.share / 2)

    @property
    def of_jobs(self) -> Interval:
        """The other half of the time: what a job under way may lose, beside results that wait."""
        return replace(self, seconds=self.seconds / 2)

    def after(self, took: float) -> float:
        """Return the seconds to the next checkpoint where one takes so many."""
        return max(self.seconds, took * (1 - self.share) / self.share)
