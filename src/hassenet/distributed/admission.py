"""Which workers compute the same bits: those that are asked to compute."""

from __future__ import annotations

from typing import Any

import hassenet
from hassenet.engines import available
from hassenet.engines.level import level_of

REFUSED = "workers that hassenet refused"
"""The topic, in Dask's sense, under which such workers leave a note."""
_MANY = 1e9  # calls at a time, of which each takes one from a worker that was admitted

Versions = tuple[str, tuple[str, ...], str]


def versions() -> Versions:
    """Return what has to be the same for the same bits: the version, the engines that are there, and their level."""
    engines = available()
    return hassenet.__version__, engines, level_of("native" if "native" in engines else "none")


async def admitted(worker: Any, here: Versions, resource: str) -> None:
    """Give a worker the resource that calls ask for, if it would compute the same; else leave a note."""
    found = versions()
    if found != here:
        worker.log_event(REFUSED, {"worker": worker.address, "found": told(found)})
    elif await _has(worker, resource):
        # The scheduler looks at calls that nobody could compute when a worker begins to run, and not at new resources.
        worker.status = type(worker.status).paused
        worker.status = type(worker.status).running


async def _has(worker: Any, resource: str) -> bool:
    """Return whether a worker has taken the resource; one that is ending cannot, and computes nothing."""
    try:
        await worker.set_resources(**{resource: _MANY})
    except (OSError, RuntimeError):  # of its connections, which are closed
        if worker.status == type(worker.status).running:
            raise
        return False
    return True


def told(found: Any) -> str:
    """Return versions, or why there are none, in words.

    >>> told(("0.1.0", ("native", "reference"), "avx2"))
    '0.1.0 with the engines native, reference (instruction level avx2)'
    """
    if isinstance(found, BaseException):
        return f"none that can be imported ({found})"
    version, engines, level = found
    return f"{version} with the engines {', '.join(engines)} (instruction level {level})"
