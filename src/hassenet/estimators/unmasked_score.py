"""Scores that masked values have no part in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, final

from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from hassenet.data.checks import unmasked
from hassenet.data.stream import Stream, is_stream
from hassenet.data.streamed import Beside
from hassenet.estimators.checks import number_of_targets, sample_weights
from hassenet.estimators.gaps import targets_with_gaps
from hassenet.estimators.in_parts import Part, check_are_alike, in_parts

Array = NDArray[Any]


class UnmaskedScore(ABC):
    """Gives an estimator the ``score`` of scikit-learn's mixin behind it, which takes masked values for numbers.

    A stream, which that would hold as a whole, is judged a window at a time.
    """

    # ---------------------------------------------------------------- what the concrete classes say

    @abstractmethod
    def _score_with_gaps(self, Y: Array, prediction: Array, weight: Array | None) -> float:
        """Return the score of targets of which it is not scikit-learn's, as where some of several are missing."""

    def _apart(self, y: Any) -> Array | None:
        """Return such targets; None where the score is scikit-learn's."""
        return targets_with_gaps(y)

    @abstractmethod
    def _as_scored(self, y: Any) -> Any:
        """Return targets as they are learned: labels of one kind, or nothing that would be made numbers of."""

    @abstractmethod
    def _predicted(self, X: Any, offset: Any = None) -> Array:
        """Return predictions of features after checks."""

    @abstractmethod
    def _targets(self, y: Any) -> Array:
        """Return the targets of rows of a stream, of all or a part of them, after checks."""

    @property
    @abstractmethod
    def _like(self) -> Array:
        """What targets are compared with: of another kind they are not those of a part of the rows."""

    @abstractmethod
    def _tally(self, y: Array, prediction: Array, weight: Array | None) -> Any:
        """Return what the score of some rows is made of."""

    @abstractmethod
    def _of_tally(self, tally: Any) -> float:
        """Return the score."""

    # ---------------------------------------------------------------- the score

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """Return scikit-learn's score of predictions for examples: the accuracy of classes, R² of numbers.

        Of several targets with gaps it is the mean of the R² of each, over the rows that have it; of several labels the
        share of rows in which all that are there are right.

        Parameters
        ----------
        X, y, sample_weight
            As for ``fit``; a stream is read a block at a time, and brings y and weights along. Of it sums are kept, and
            nothing of a row.

        Raises
        ------
        DataError
            If values of X, y or weights are masked, targets are not numbers, or labels of one kind, or weights are not
            numbers of 0 or more, of which one is above 0.
        """
        given = unmasked("sample_weight", sample_weight)
        if is_stream(X):
            return self._score_of_stream(X, Beside(y, given, None))
        m = number_of_targets(y)
        weight = None if given is None else sample_weights(given, m)
        y = self._as_scored(unmasked("y", y))
        known = self._apart(y)
        if known is not None:
            return self._score_with_gaps(known, self.predict(X), weight)  # type: ignore[attr-defined]
        return float(super().score(X, y, weight))  # type: ignore[misc]  # of the class behind

    @final
    def _score_of_stream(self, X: Stream, given: Beside, outputs: int = 1) -> float:
        """Return the score of a stream, of which targets, weights and offsets may be given beside it."""
        check_is_fitted(self)
        features = self._validated_features(X.alone)  # type: ignore[attr-defined]  # of the class behind
        return self._of_tally(
            in_parts(X, features, given, self._targets_of_part, self._targets_of_all, self._judged, outputs)
        )

    @final
    def _targets_of_part(self, y: Any) -> Array:
        check_are_alike(y, self._like)
        return self._targets(y)

    @final
    def _targets_of_all(self, y: Any) -> Any:
        return self._targets(unmasked("y", y)).__getitem__

    @final
    def _judged(self, part: Part) -> Any:
        return self._tally(part.y, self._predicted(part.X, part.offset), part.weight)
