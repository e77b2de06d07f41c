"""Where trainings are kept that are a part of a job, as of a study, while it is under way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from hassenet.checkpoints import CheckpointFolder, Later, beginning, flush

_place: ContextVar[CheckpointFolder | None] = ContextVar("the folder of the job under way", default=None)


@contextmanager
def kept_in(folder: CheckpointFolder | None) -> Iterator[None]:
    """Let trainings inside, which have no folder of their own, keep how far they are in that of their job.

    Nothing is kept where there is no folder, or on a machine that does not see it. Trainings that are over wait to be
    written together; if the job is ended by an error or Ctrl-C, they are written then.
    """
    if folder is None or not folder.is_there:
        with _inside(None):
            yield
    elif folder.waiting is not None:  # a job in another one
        with _inside(folder):
            yield
    else:
        begun = beginning(folder)
        try:
            with _inside(begun):
                yield
        except BaseException:
            flush(begun)
            raise


@contextmanager
def _inside(folder: CheckpointFolder | None) -> Iterator[None]:
    before = _place.set(folder)
    try:
        yield
    finally:
        _place.reset(before)


def place_of(name: Callable[[], str]) -> CheckpointFolder | None:
    """Return the part of the job's folder for a training, or for several together; None outside of jobs.

    Parameters
    ----------
    name : callable
        Returns a digest of what tells it from others of the same job; it is asked for where there is something to find
        or to write.
    """
    folder = _place.get()
    return None if folder is None else folder.part(Later(name))
