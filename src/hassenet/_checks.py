"""What is asked of numbers that are given, each rule once; a message names the parameter, its domain and the value.

A truth value is not a number: where ``True`` is given for one, two arguments have changed places more often than not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, nan
from numbers import Integral, Real
from typing import Any, TypeGuard, final

import numpy as np

from hassenet.errors import ParameterError


def is_whole_number(value: object) -> TypeGuard[int]:
    """Return whether a value is a whole number, of Python or NumPy.

    >>> [is_whole_number(value) for value in (5, 5.0, True, "5")]
    [True, False, False, False]
    """
    return isinstance(value, Integral) and not isinstance(value, bool)


def is_real(value: object) -> TypeGuard[Real]:
    """Return whether a value is a real number, of Python or NumPy.

    >>> [is_real(value) for value in (5, 0.5, True, "5", 1j)]
    [True, True, False, False, False]
    """
    return isinstance(value, Real) and not isinstance(value, bool)


def require_whole_number(what: str, value: Any, least: int) -> int:
    """Return a whole number that is not below the least one.

    >>> require_whole_number("epochs", 2.5, 0)
    Traceback (most recent call last):
    hassenet.errors.ParameterError: epochs is a whole number ≥ 0; got 2.5
    """
    if not is_whole_number(value) or value < least:
        raise ParameterError(f"{what} is a whole number ≥ {least}; got {value!r}")
    return int(value)


def require_whole_number_between(what: str, value: Any, least: int, most: int) -> int:
    """Return a whole number from the least one to the most.

    >>> require_whole_number_between("the number of threads", 0, 1, 1024)
    Traceback (most recent call last):
    hassenet.errors.ParameterError: the number of threads is a whole number from 1 to 1024; got 0
    """
    if not is_whole_number(value) or not least <= value <= most:
        raise ParameterError(f"{what} is a whole number from {least} to {most}; got {value!r}")
    return int(value)


def require_seed(seed: Any) -> int:
    """Return a seed that NumPy's generators take."""
    return require_whole_number("a seed", seed, 0)


@final
@dataclass(frozen=True)
class Domain:
    """Real numbers for which something holds, and how a message says so.

    Examples
    --------
    >>> 0.5 in SHARE, 1 in SHARE, "0.5" in SHARE, False in SHARE
    (True, False, False, False)
    """

    words: str
    holds: Callable[[float], bool]

    def __contains__(self, value: object) -> bool:
        return is_real(value) and self.holds(_as_float(value))


def _as_float(value: Real) -> float:
    """Return a number as training will take it; one too large for that is in no domain."""
    try:
        return float(value)
    except OverflowError:
        return nan


FINITE = Domain("is a finite number", lambda x: -inf < x < inf)
NOT_NEGATIVE = Domain("is a finite number ≥ 0", lambda x: 0 <= x < inf)
POSITIVE = Domain("is a finite number above 0", lambda x: 0 < x < inf)
ABOVE_ONE = Domain("is a finite number above 1", lambda x: 1 < x < inf)
UP_TO_INFINITY = Domain("is a number ≥ 0, or infinity", lambda x: x >= 0)
SHARE = Domain("lies in [0, 1)", lambda x: 0 <= x < 1)
SHARE_OR_ALL = Domain("lies in [0, 1]", lambda x: 0 <= x <= 1)
SOME_OR_ALL = Domain("lies in (0, 1]", lambda x: 0 < x <= 1)
BETWEEN_0_AND_1 = Domain("lies between 0 and 1", lambda x: 0 < x < 1)


def require_number(what: str, value: Any, domain: Domain, beside: str = "") -> float:
    """Return a number of a domain; ``beside`` ends the sentence, with what else may be given or an example.

    >>> require_number("a rate", -1, POSITIVE, ", or a schedule")
    Traceback (most recent call last):
    hassenet.errors.ParameterError: a rate is a finite number above 0, or a schedule; got -1
    """
    if value not in domain:
        raise ParameterError(f"{what} {domain.words}{beside}; got {value!r}")
    return float(value)


def check_slope(what: str, value: Any, slope: Any, at: Any) -> None:
    """Raise ParameterError unless a slope is the central difference of a function of one variable, for each entry.

    Parameters
    ----------
    what : str
        What a message calls the slope.
    value, slope : callable
        From an array to one of its shape.
    at : array of float64
        Where they are compared, away from kinks at 0 and 1; but not where the function is not finite.
    """
    h = 1e-5
    with np.errstate(all="ignore"):
        found, above, below = (np.asarray(f, np.float64) for f in (slope(at), value(at + h), value(at - h)))
    odd = next((a.shape for a in (found, above, below) if a.shape != at.shape), None)
    if odd is not None:
        raise ParameterError(
            f"{what} and its value are given element by element: for an array of the shape {at.shape} there is one of "
            f"the shape {odd}; return an array of the same shape"
        )
    wanted = (above - below) / (2 * h)
    finite = np.isfinite(wanted)
    bad = finite & ~np.isclose(found, wanted, rtol=1e-4, atol=1e-6)
    if finite.sum() < 2 or bad.any():
        k = int(np.argmax(bad if bad.any() else ~finite))
        raise ParameterError(
            f"{what} is that of its value, element by element; at {at.ravel()[k]:g} it gives {found.ravel()[k]:.6g}, "
            f"and the central difference is {wanted.ravel()[k]:.6g}; correct one of them"
        )
