"""What each rank makes of what it was given: where one cannot, none goes on, as the others would wait for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hassenet.errors import DataError, HassenetError

Made = TypeVar("Made")


def by_all(comm: Any, made: Callable[[], Made], what: str, refused: type[HassenetError] = DataError) -> Made:
    """Return what this rank makes; raise on all where one cannot.

    Parameters
    ----------
    comm : mpi4py.MPI.Comm
    made : callable
    what : str
        What it is made of, in words.
    refused : type
        What is raised on ranks that could.

    Raises
    ------
    HassenetError
        On a rank that cannot, its own; on the others one that names the first of these.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> by_all(SimpleNamespace(allgather=lambda own: [own, "X has a gap"]), lambda: 1, "rows")
    Traceback (most recent call last):
    hassenet.errors.DataError: the rows of every rank fit; those of rank 1 do not: X has a gap
    """
    value, error = None, None
    try:
        value = made()
    except HassenetError as own:
        error = own
    every = comm.allgather(None if error is None else str(error))
    if error is not None:
        raise error
    bad = next((rank for rank, message in enumerate(every) if message is not None), None)
    if bad is not None:
        raise refused(f"the {what} of every rank fit; those of rank {bad} do not: {every[bad]}")
    return value  # type: ignore[return-value]  # made, where nothing was raised
