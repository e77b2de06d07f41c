"""What the heads of elements predict: classes, or a number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.checks import unmasked
from hassenet.errors import NotFiniteError, ParameterError, ShapeError, TargetError
from hassenet.likelihoods import BinaryCrossEntropy, CrossEntropy, GaussianLoss, Loss
from hassenet.task.kind import Kind, kind_of

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

_ROUNDING = 1e-12  # of a deviation beside its numbers


@final
@dataclass(frozen=True, eq=False)
class Response:
    """The target of each example, as a loss takes it.

    Parameters
    ----------
    loss : Loss
        Binary cross-entropy for two classes, cross-entropy for several, that of a Gaussian of variance 1 for numbers.
    Y : (m, k) array
        1 for the second of two classes; a column a class; or the numbers.
    strata : (m,) array of int
        The number of the class, 0 throughout for numbers: folds hold as many of each.

    Examples
    --------
    >>> response = Response.of(["ill", "healthy", "ill", "healthy"], 4)
    >>> response.loss, response.Y.T
    (BinaryCrossEntropy(), array([[1., 0., 1., 0.]]))
    >>> Response.of([0.5, 1.5, 2.5], 3).scaled(np.array([0, 1])).Y.T
    array([[-1.,  1.,  3.]])
    """

    loss: Loss
    Y: Floats
    strata: Indices

    @staticmethod
    def of(y: Any, m: int, task: Literal["auto"] | Kind = "auto") -> Response:
        """Read classes, or numbers: by themselves whole numbers of up to ten values are classes.

        Raises
        ------
        ShapeError, NotFiniteError, TargetError, DataError
            If there is not one for each of m examples, one is missing or not finite, or all are alike.
        ParameterError
            If there is no such task.
        """
        if task not in ("auto", "classification", "regression"):
            raise ParameterError(
                f"task is 'auto', 'classification' or 'regression'; got {task!r}; choose one"
            )
        values = _column(y, m)
        found, codes = np.unique(values, return_inverse=True)
        if len(found) < 2:
            raise TargetError(
                f"a target varies; here it is {found[0]} in every row; choose another target, or more examples"
            )
        kind = kind_of(found) if task == "auto" else task
        return _numbers(values) if kind == "regression" else _classes(codes, len(found))

    @property
    def size(self) -> int:
        """k, how many outputs a head has."""
        return self.Y.shape[1]

    def taken(self, rows: Indices) -> Response:
        """Return the targets of these rows."""
        return replace(self, Y=self.Y[rows], strata=self.strata[rows])

    def scaled(self, learned: Indices) -> Response:
        """Return numbers in deviations from their mean, both of the rows to learn from; classes stay."""
        if not isinstance(self.loss, GaussianLoss):
            return self
        of = self.Y[learned]
        mean, deviation = of.mean(axis=0), of.std(axis=0)
        if not (deviation > _ROUNDING * np.abs(of).max(axis=0)).all():
            raise TargetError(
                f"a target varies among the rows to learn from, whichever are held out; it is {mean[0]:g} in all of "
                "them; take fewer folds, or another target"
            )
        return replace(self, Y=(self.Y - mean) / deviation)

    def check_folds(self, folds: int) -> None:
        """Raise TargetError unless every class, or the numbers, have an example for each fold."""
        least = int(np.bincount(self.strata).min())
        if least < folds:
            what = "the smallest class" if self.strata.any() else "the target"
            raise TargetError(
                f"each of {folds} folds holds an example of every class at least; {what} has {least:,}; take fewer "
                "folds, leave that class out, or join it with another"
            )


def _column(y: Any, m: int) -> NDArray[Any]:
    values = np.asarray(unmasked("y", y))
    values = values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values
    values = _of_one_type(values) if values.dtype.kind == "O" and values.ndim == 1 else values
    if values.shape != (m,) or not m:
        raise ShapeError(
            f"y holds a class or a number for each example; X has {m:,} rows, y the shape {np.shape(y)}; give as many"
        )
    if values.dtype.kind not in "biufU":
        raise TargetError(
            f"classes are texts, numbers or truth values; y has the type {values.dtype}; give one kind"
        )
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        row = int(np.argmin(np.isfinite(values)))
        raise NotFiniteError(f"targets are finite; row {row} of y is {values[row]}; leave such rows out")
    return values


def _of_one_type(labels: NDArray[Any]) -> NDArray[Any]:
    """Return labels held as objects in the type that all of them have: 1 and "1" are two classes."""
    missing = [k for k, label in enumerate(labels.tolist()) if label is None or label != label]
    if missing:
        raise TargetError(f"every row has its class; row {missing[0]} of y has none; leave such rows out")
    texts = {isinstance(label, str) for label in labels.tolist()}
    if len(texts) > 1:
        raise TargetError("classes are texts, numbers or truth values; y has both; give one kind")
    return np.asarray(labels.tolist())


def _numbers(values: NDArray[Any]) -> Response:
    return Response(GaussianLoss(1.0), values.astype(float)[:, None], np.zeros(len(values), np.int64))


def _classes(codes: Indices, k: int) -> Response:
    if k == 2:
        return Response(BinaryCrossEntropy(), codes.astype(float)[:, None], codes)
    return Response(CrossEntropy(), np.eye(k)[codes], codes)
