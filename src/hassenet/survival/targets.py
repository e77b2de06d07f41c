"""Times and events as the target of a survival loss, and such a target as times and events."""

from __future__ import annotations

from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hassenet.data.checks import check_no_times
from hassenet.data.missing_targets import check_has_rows
from hassenet.data.targets import by_own_names
from hassenet.data.weights import as_weights
from hassenet.errors import NotFiniteError, ShapeError
from hassenet.likelihoods.cox import CoxLoss, check_observed

Floats = NDArray[np.float64]


@final
class Observed(NamedTuple):
    """What is known of m examples.

    Attributes
    ----------
    time : (m,) array
    event : (m,) array of bool
        Whether the event was seen at that time; else it had not come by then.
    stratum : (m,) array
        All 0 without strata.
    """

    time: Floats
    event: NDArray[np.bool_]
    stratum: Floats

    @property
    def is_known(self) -> NDArray[np.bool_]:
        """Whether anything is known of each example, (m,): a row of NaN says nothing."""
        return ~np.isnan(self.time)

    def of(self, rows: NDArray[Any]) -> Observed:
        """Return that of some of the examples."""
        return Observed(self.time[rows], self.event[rows], self.stratum[rows])


def survival_targets(time: ArrayLike, event: ArrayLike, stratum: Any = None) -> Floats:
    """Return the target of Cox's loss, (m, 2), or (m, 3) with strata.

    Parameters
    ----------
    time : (m,) array
        Until the event, or until the example was last observed; ≥ 0, in any unit.
    event : (m,) array of bool or 0 and 1
        Whether the event was seen at that time.
    stratum : (m,) array, optional
        Of text or numbers: examples are compared within their stratum, each with a baseline of its own. They are
        numbered in the order of their names.

    Raises
    ------
    ShapeError
        If they are not as many.
    TargetError, DataError
        If a time is negative, or a date or a duration, or an event is not 0 or 1.

    Examples
    --------
    >>> survival_targets([6, 7, 10], [True, False, True], stratum=["men", "women", "men"])
    array([[ 6.,  1.,  0.],
           [ 7.,  0.,  1.],
           [10.,  1.,  0.]])
    """
    codes = None if stratum is None else np.unique(np.asarray(stratum), return_inverse=True)[1]
    check_no_times("time", time)
    columns = [np.asarray(part, float) for part in (time, event, codes) if part is not None]
    if any(column.ndim != 1 or column.shape != columns[0].shape for column in columns):
        shapes = ", ".join(str(column.shape) for column in columns)
        raise ShapeError(
            f"each example has its time and its event, vectors of one length; got {shapes}; give as many"
        )
    Y = np.column_stack(columns)
    observed(Y)
    return Y


def signed_times(Y: Any) -> Floats:
    """Return times and events as one column, (m, 1): the time where the event was seen, minus it where not.

    So a time is a target beside others, in a block of ``likelihoods.Joint``.

    Parameters
    ----------
    Y : (m, 2) array
        Time and event.

    Raises
    ------
    ShapeError, TargetError
        If Y is not such a target, or a time is 0, which has no sign.

    Examples
    --------
    >>> signed_times([[6, 1], [7, 0]])
    array([[ 6.],
           [-7.]])
    """
    data = observed(Y)
    signed = np.where(data.event, data.time, -data.time)[:, None]
    check_observed(signed)
    return signed


def observed(Y: Any) -> Observed:
    """Return times, events and strata of a target.

    Raises
    ------
    ShapeError, TargetError, DataError
        If it is not one.
    """
    check_has_rows(Y)
    given = by_own_names(Y, CoxLoss())
    check_no_times("a survival target", given)
    values = np.asarray(given, float)
    if values.ndim == 2 and values.shape[1] == 1:
        values = np.hstack([abs(values), values > 0])
    if values.ndim != 2 or values.shape[1] not in (2, 3):
        raise ShapeError(
            f"a survival target has the columns (time, event) or (time, event, stratum); its shape is {values.shape}; "
            "make it with survival_targets(time, event)"
        )
    check_observed(values)
    stratum = values[:, 2] if values.shape[1] == 3 else np.zeros(len(values))
    return Observed(values[:, 0], values[:, 1] == 1, stratum)


def weighted(Y: Any, sample_weight: Any) -> tuple[Observed, Floats]:
    """Return times, events and strata of a target, and a weight for each example, 1 without any, 0 without a time.

    Raises
    ------
    DataError
        If they do not fit.
    """
    data = observed(Y)
    given = as_weights(sample_weight, len(data.time))
    return data, np.where(data.is_known, 1.0 if given is None else given, 0.0)


def one_each(what: str, values: Any, m: int) -> Floats:
    """Return a number an example, (m,); infinity, as minus a median time may be, is one.

    Raises
    ------
    ShapeError
        If they are not as many.
    NotFiniteError
        If one is NaN.
    """
    found = np.asarray(values, float)
    if found.size != m or found.shape not in ((m,), (m, 1)):
        raise ShapeError(
            f"{what} is a number for each of the {m:,} examples; the shape is {found.shape}; give as many"
        )
    if np.isnan(found).any():
        row = int(np.isnan(found).ravel().argmax())
        raise NotFiniteError(
            f"{what} is a number for each example; that of row {row} is NaN; leave the row out"
        )
    return found.ravel()
