"""Scores that masked values have no part in."""

from __future__ import annotations

from typing import Any

from sklearn.base import is_classifier

from hassenet.data.checks import unmasked
from hassenet.data.streamed import taken_apart
from hassenet.estimators.cells import as_labels, check_are_numbers
from hassenet.estimators.gaps import targets_with_gaps


class UnmaskedScore:
    """Gives an estimator the ``score`` of scikit-learn's mixin behind it, which takes masked values for numbers."""

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """Return scikit-learn's score of predictions for examples: the accuracy of classes, R² of numbers.

        Of several targets with gaps it is the mean of the R² of each, over the rows that have it; of several labels the
        share of rows in which all that are there are right.

        Parameters
        ----------
        X, y, sample_weight
            As for ``fit``; a stream is read a block at a time, and brings y and weights along.

        Raises
        ------
        DataError
            If values of X, y or weights are masked, or targets are not numbers, or labels of one kind.
        """
        y, weight, _ = taken_apart(X, y, unmasked("sample_weight", sample_weight))
        y = self._as_scored(unmasked("y", y))
        known = targets_with_gaps(y)
        if known is not None:
            return self._score_with_gaps(known, self.predict(X), weight)  # type: ignore[attr-defined]
        return float(super().score(X, y, weight))  # type: ignore[misc]  # of the class behind

    def _as_scored(self, y: Any) -> Any:
        """Return targets as they are learned: labels of one kind, or nothing that would be made numbers of."""
        if is_classifier(self):
            return as_labels(y)
        check_are_numbers(y)
        return y
