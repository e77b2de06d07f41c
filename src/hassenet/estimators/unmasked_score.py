"""Scores that masked values have no part in."""

from __future__ import annotations

from typing import Any

from hassenet.data.checks import unmasked


class UnmaskedScore:
    """Gives an estimator the ``score`` of scikit-learn's mixin behind it, which takes masked values for numbers."""

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return scikit-learn's score of predictions for examples: the accuracy of classes, R² of numbers.

        Parameters
        ----------
        X, y, sample_weight
            As for ``fit``.

        Raises
        ------
        DataError
            If values of X, y or weights are masked.
        """
        weight = unmasked("sample_weight", sample_weight)
        return float(super().score(X, unmasked("y", y), weight))  # type: ignore[misc]  # of the class behind
