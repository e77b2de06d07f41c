"""Where trainings are kept that are a part of a job, as of a study, while it is under way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from hassenet.checkpoints import CheckpointFolder

_place: ContextVar[CheckpointFolder | None] = ContextVar("the folder of the job under way", default=None)


@contextmanager
def kept_in(folder: CheckpointFolder | None) -> Iterator[None]:
    """Let trainings inside, which have no folder of their own, keep how far they are in that of their job.

    Nothing is kept where there is no folder, or on a machine that does not see it.
    """
    before = _place.set(folder if folder is not None and folder.is_there else None)
    try:
        yield
    finally:
        _place.reset(before)


def place_of(name: Callable[[], str]) -> CheckpointFolder | None:
    """Return the part of the job's folder for a training, or for several together; None outside of jobs.

    Parameters
    ----------
    name : callable
        Returns a digest of what tells it from others of the same job.
    """
    folder = _place.get()
    return None if folder is None else folder.part(name())
