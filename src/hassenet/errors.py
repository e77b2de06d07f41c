"""Every error hassenet raises on purpose. A message names the broken rule, the culprit and the remedy.

::

    HassenetError
    ├── HierarchyError           (also a ValueError)
    │   ├── CycleError               a relation that returns to where it started
    │   ├── NotGradedError           a cover that skips ranks
    │   ├── UnknownElementError      (also a KeyError) a name the hierarchy does not hold
    │   ├── DuplicateElementError    one name, two places
    │   └── UnreachedElementError    an element above rank 0 that covers nothing
    ├── DataError                (also a ValueError)
    │   ├── ShapeError               rows or columns that do not fit
    │   ├── NotFiniteError           a NaN or an infinity in the data
    │   ├── TargetError              a target outside the domain of its model
    │   ├── FeatureError             features missing from a hierarchy, or left out by it
    │   └── StreamError              examples that can no longer be read while a network learns from them
    ├── ParameterError           (also a ValueError) an option outside its domain
    ├── DivergedError            (also an ArithmeticError and a ValueError) a cost that is not finite
    ├── StorageError             (also a ValueError) a model folder that is not one
    ├── CheckpointError          (also a ValueError) checkpoints that a run cannot go on from
    └── OutputExistsError        (also a FileExistsError) a file that would be lost
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from itertools import islice
from typing import Any

__all__ = [
    "CheckpointError",
    "CycleError",
    "DataError",
    "DivergedError",
    "DuplicateElementError",
    "FeatureError",
    "HassenetError",
    "HassenetWarning",
    "HierarchyError",
    "NotFiniteError",
    "NotGradedError",
    "OutputExistsError",
    "ParameterError",
    "ShapeError",
    "StorageError",
    "StreamError",
    "TargetError",
    "TargetWarning",
    "UnknownElementError",
    "UnreachedElementError",
]


class HassenetError(Exception):
    """The root: catches whatever hassenet raises on purpose."""


class HierarchyError(HassenetError, ValueError):
    """A relation that is not a hierarchy."""


class CycleError(HierarchyError):
    """A relation that returns to where it started, so it is not an order.

    Attributes
    ----------
    cycle : tuple
        Its elements, each below the next, the last below the first.
    """

    def __init__(self, message: str, cycle: Iterable[Hashable] = ()) -> None:
        super().__init__(message)
        self.cycle = tuple(cycle)


class NotGradedError(HierarchyError):
    """A cover that does not go from one rank to the next."""


class UnknownElementError(HierarchyError, KeyError):
    """A name that the hierarchy does not hold."""

    # KeyError shows the repr of its argument; a message is to be read as it is.
    __str__ = Exception.__str__


class DuplicateElementError(HierarchyError):
    """One name that stands for two elements."""


class UnreachedElementError(HierarchyError):
    """An element above rank 0 that covers nothing: no feature reaches it."""


class DataError(HassenetError, ValueError):
    """Data that do not fit the network or the loss."""


class ShapeError(DataError):
    """Rows or columns that do not fit."""


class NotFiniteError(DataError):
    """A NaN or an infinity in the data."""


class TargetError(DataError):
    """A target outside the domain of its model."""


class FeatureError(DataError):
    """Features missing from a hierarchy, or left out by it."""


class StreamError(DataError):
    """Examples that can no longer be read while a network learns from them: a file is gone, changed or not valid.

    Attributes
    ----------
    fit : Fit or None
        What was learned until then, as after Ctrl-C; with ``state=error.fit.state`` training goes on. None where it
        cannot be had without the examples, as where signals are normalised.
    """

    def __init__(self, message: str, *, fit: Any = None) -> None:
        super().__init__(message)
        self.fit = fit

    def __reduce__(self) -> tuple[Any, ...]:
        return _unreadable, (str(self), self.fit)


def _unreadable(message: str, fit: Any) -> StreamError:
    return StreamError(message, fit=fit)


class ParameterError(HassenetError, ValueError):
    """An option outside its domain."""


class DivergedError(HassenetError, ArithmeticError, ValueError):
    """A cost that is not finite.

    Attributes
    ----------
    epoch, step, layer : int
        Where it was seen: the epoch and the step (both from 0) and the first layer whose signal, or else whose
        loss (then the last layer), is not finite.
    network : Network
        The network before, whose cost was finite; the one that training started from where already its cost is not.
    """

    def __init__(self, message: str, *, epoch: int, step: int, layer: int, network: Any) -> None:
        super().__init__(message)
        self.epoch, self.step, self.layer, self.network = epoch, step, layer, network

    def __reduce__(self) -> tuple[Any, ...]:
        return _diverged, (str(self), self.epoch, self.step, self.layer, self.network)


def _diverged(message: str, epoch: int, step: int, layer: int, network: Any) -> DivergedError:
    return DivergedError(message, epoch=epoch, step=step, layer=layer, network=network)


class StorageError(HassenetError, ValueError):
    """A model folder that is not one, or a network that cannot be written."""


class CheckpointError(HassenetError, ValueError):
    """Checkpoints that a run cannot go on from: those of another, in use, or none."""


class OutputExistsError(HassenetError, FileExistsError):
    """An output that would overwrite what is there."""

    __str__ = Exception.__str__


class HassenetWarning(UserWarning):
    """Something worth knowing that is not an error."""


class TargetWarning(HassenetWarning):
    """Targets that may be meant otherwise than they are learned, as −999 for a number that is missing."""


def counted(n: int, what: str) -> str:
    """Return how many there are of something, for a message.

    >>> counted(1, "row"), counted(1234, "row")
    ('1 row', '1,234 rows')
    """
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"


def first_of(n: int, what: str) -> str:
    """Return the part of a sentence that says that what it shows is the first of several; nothing of one alone.

    >>> first_of(1, "row"), first_of(1234, "row")
    ('', ', the first of 1,234 such rows')
    """
    return "" if n == 1 else f", the first of {counted(n, f'such {what}')}"


def listing(names: Iterable[object], most: int = 5) -> str:
    """Return up to ``most`` names, and how many there are beyond them, for a message.

    >>> listing(["a", "b", "c"], most=2)
    "'a', 'b' and 1 more"
    """
    names = list(names)
    shown = ", ".join(repr(name) for name in islice(names, most))
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"
