"""The error about examples that can no longer be read, with what was learned until then."""

from __future__ import annotations

from collections.abc import Callable

from hassenet.errors import DataError, DivergedError, StreamError
from hassenet.training.history import Fit


def unreadable(error: DataError, finish: Callable[[], Fit]) -> DataError:
    """Return the error that a stream raised with the fit until then, which is finished as after Ctrl-C."""
    try:
        fit = finish()
    except (DataError, DivergedError):  # where the network that comes back depends on the examples
        return StreamError(str(error), fit=None)
    return StreamError(f"{error} (what was learned until then: .fit)", fit=fit)
