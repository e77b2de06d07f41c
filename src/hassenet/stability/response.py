"""What the heads of elements predict: classes, a number, or a target of another kind."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.checks import unmasked
from hassenet.data.objects import as_numbers
from hassenet.errors import NotFiniteError, ParameterError, ShapeError, TargetError, listing
from hassenet.likelihoods import (
    BinaryCrossEntropy,
    CoxLoss,
    CrossEntropy,
    GaussianLoss,
    LearnedDispersionLoss,
    Loss,
    NegativeBinomialLoss,
    OrdinalLoss,
    PoissonLoss,
    SquaredError,
    ZeroInflatedLoss,
)
from hassenet.outcomes.given import times_given
from hassenet.stability.nuisance import Constants, Hazards, Nuisance
from hassenet.stability.regressions import signals
from hassenet.survival.comparable import check_comparable
from hassenet.task.kind import Kind, kind_of

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

KINDS = (CoxLoss, PoissonLoss, NegativeBinomialLoss, LearnedDispersionLoss, ZeroInflatedLoss, OrdinalLoss)
"""The losses of other kinds than classes and numbers; any other whose targets grow with an exposure is one too."""

_OF_CLASSES = (BinaryCrossEntropy, CrossEntropy)
_PLAIN = (*_OF_CLASSES, SquaredError)

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
        1 for the second of two classes; a column a class; the numbers; or what the loss of another kind takes.
    strata : (m,) array of int
        The number of the class, of times that of the event, 0 throughout for others: folds hold as many of each.
    nuisance : Nuisance, optional
        Of another kind: what its model has beside a signal, before it is learned.
    added : (m,) array, optional
        Once it was: what is added to the signal, a part of the target.
    within : (m,) array, optional
        Strata of times: chance deals targets out within them.
    offset : (m,) array, optional
        What is known to be added to the signal, as the logarithm of an exposure: a part of the target.

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
    nuisance: Nuisance | None = None
    added: Floats | None = None
    within: Floats | None = None
    offset: Floats | None = None

    @staticmethod
    def of_loss(loss: Loss, Y: Any, m: int) -> Response:
        """Return targets as a loss takes them: times until an event, counts, ordered classes, classes or numbers.

        Raises
        ------
        ParameterError
            If the loss is another.
        ShapeError, TargetError, NotFiniteError
            If they are not m targets of the loss, or one is missing.

        Examples
        --------
        >>> Response.of_loss(CoxLoss(), [[1, 1], [2, 0], [3, 1]], 3).strata
        array([1, 0, 1])
        """
        if isinstance(loss, _PLAIN):
            return Response.of(Y, m, "classification" if isinstance(loss, _OF_CLASSES) else "regression")
        check_has_power(loss)
        values = _of_kind(loss, Y, m)
        if isinstance(loss, CoxLoss):
            return _of_times(values)
        strata = values[:, 0].astype(np.int64) if isinstance(loss, OrdinalLoss) else np.zeros(m, np.int64)
        return Response(loss, values, strata, Constants(loss))

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

    def beside(self, offset: Floats | None) -> Response:
        """Return the targets with what is added to their signal, (m,); numbers are those that are left without it.

        Raises
        ------
        ParameterError
            If they are several classes, which have a signal each.

        Examples
        --------
        >>> Response.of([5.5, 7.5, 6.5], 3).beside(np.array([5.0, 6.0, 4.0])).Y.T
        array([[0.5, 1.5, 2.5]])
        """
        if offset is None:
            return self
        if isinstance(self.loss, GaussianLoss):  # y − o of the signal s is y of s + o
            return replace(self, Y=self.Y - offset[:, None])
        if isinstance(self.loss, CrossEntropy):
            raise ParameterError(
                f"an offset is added to one signal; the target has {self.size} classes, each with its own; make a "
                "covariate of it, or ask of one class against the others"
            )
        return replace(self, offset=offset)

    @property
    def size(self) -> int:
        """k, how many outputs a head has."""
        return self.Y.shape[1] if self.nuisance is None else 1

    @property
    def plain(self) -> Floats:
        """What a plain test looks at, (m, k): targets, of other kinds how far they are from what all together say."""
        if self.nuisance is None and self.offset is None:
            return self.Y
        nothing = np.ones((len(self.Y), 1))
        settled = self.settled(nothing, slice(None))
        assert settled.added is not None
        s = signals(settled.loss, nothing, settled.Y, settled.added)[:, 0] + settled.added
        return -settled.loss.delta(s[None], settled.Y.T).T

    def taken(self, rows: Indices) -> Response:
        """Return the targets of these rows."""
        others = (None if one is None else one[rows] for one in (self.added, self.within, self.offset))
        added, within, offset = others
        return replace(
            self, Y=self.Y[rows], strata=self.strata[rows], added=added, within=within, offset=offset
        )

    def settled(self, Z: Floats, learned: Any) -> Response:
        """Return the targets as the loss of a signal takes them; what else is in their model, some rows say.

        Numbers are in deviations from their mean; classes stay as they are. Of other kinds the nuisance is learned,
        given the intercept and the covariates Z, (m, 1 + q).
        """
        if self.nuisance is None:
            return replace(self.scaled(learned), added=self.offset)
        loss, Y, added = self.nuisance.settled(self.Y, Z, learned, self.offset)
        return replace(self, loss=loss, Y=Y, added=added, nuisance=None)

    def scaled(self, learned: Any) -> Response:
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
        if self.nuisance is not None:
            _check_kind(self, folds)
            return
        least = int(np.bincount(self.strata).min())
        if least < folds:
            what = "the smallest class" if self.strata.any() else "the target"
            raise TargetError(
                f"each of {folds} folds holds an example of every class at least; {what} has {least:,}; take fewer "
                "folds, leave that class out, or join it with another"
            )


def check_has_power(loss: Loss) -> None:
    """Refuse a loss of which no power is measured, as of quantiles.

    Raises
    ------
    ParameterError
    """
    if not (isinstance(loss, (*_PLAIN, *KINDS)) or loss.grows_with_exposure):
        raise ParameterError(
            f"powers are those of classes and numbers, and by a loss of times, counts or ordered classes; got "
            f"{loss!r}; give one of {listing((kind.__name__ for kind in KINDS), len(KINDS))}, or leave it out"
        )


def _of_kind(loss: Loss, Y: Any, m: int) -> Floats:
    """Return targets as the loss takes them, (m, w); none is missing."""
    values = times_given(Y)[1] if isinstance(loss, CoxLoss) else as_numbers(np.asarray(unmasked("y", Y)))
    values = values[:, None] if values.ndim == 1 else values
    widths = tuple(map(len, loss.target_columns)) or (1,)
    if (
        values.ndim != 2
        or values.shape[0] != m
        or values.shape[1] not in widths
        or values.dtype.kind not in "biuf"
    ):
        raise ShapeError(
            f"targets of {loss!r} are {m:,} rows of {' or '.join(map(str, widths))} numbers; y has the shape "
            f"{np.shape(Y)}; give what the loss takes"
        )
    values = values.astype(float)
    if not np.isfinite(values).all():
        row = int(np.argmin(np.isfinite(values).all(axis=1)))
        raise NotFiniteError(
            f"targets are finite; row {row} of y is {values[row].tolist()}; leave such rows out"
        )
    loss.check(values)
    if isinstance(loss, CoxLoss):
        check_comparable(values)
    return values


def _of_times(values: Floats) -> Response:
    within = values[:, 2] if values.shape[1] > 2 else None
    return Response(CoxLoss(), values, values[:, 1].astype(np.int64), Hazards(), within=within)


def _check_kind(response: Response, folds: int) -> None:
    """Refuse targets that are alike, too few rows of an ordered class, and too few events, for the folds."""
    Y = response.Y
    if (Y == Y[0]).all():
        raise TargetError(
            f"a target varies; here it is {Y[0].tolist()} in every row; choose another target, or more examples"
        )
    of_times = isinstance(response.loss, CoxLoss)
    counts = np.bincount(response.strata, minlength=2 if of_times else 1)
    least = int(counts[1]) if of_times else int(counts[counts > 0].min())
    if least < folds:
        what = "events" if of_times else "rows of every class"
        raise TargetError(
            f"each of {folds} folds holds {what}; there are {least:,}; take fewer folds, or more examples"
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
