"""A worker that ends while it is admitted computes nothing, and hinders nobody."""

from __future__ import annotations

import asyncio

import pytest
from distributed.core import Status

from hassenet.distributed.admission import admitted, versions


class Ending:
    """A worker whose connections are closed."""

    def __init__(self, status: Status, error: Exception) -> None:
        self.status, self.error = status, error

    async def set_resources(self, **_: float) -> None:
        raise self.error


ERRORS = pytest.mark.parametrize(
    "error", [RuntimeError("ConnectionPool is closed"), OSError("reset by peer")]
)


@ERRORS
@pytest.mark.parametrize("status", [Status.closing, Status.closed, Status.failed])
def test_a_worker_that_ends_while_it_is_admitted_raises_nothing(status: Status, error: Exception) -> None:
    worker = Ending(status, error)
    asyncio.run(admitted(worker, versions(), "hassenet"))
    assert worker.status is status


@ERRORS
def test_a_worker_that_runs_and_cannot_be_admitted_is_an_error(error: Exception) -> None:
    with pytest.raises(type(error)):
        asyncio.run(admitted(Ending(Status.running, error), versions(), "hassenet"))
