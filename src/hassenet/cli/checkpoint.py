"""The options by which a command goes on where an earlier run of it was killed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

import click

from hassenet.cli.place import Place

C = TypeVar("C", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--checkpoint",
        type=Place(file_okay=False),
        metavar="FOLDER",
        help="Keep the run in this folder while it lasts. Killed or interrupted, the same command goes on from there, "
        "to the same result, bit for bit; once that is written the folder is removed.",
    ),
    click.option(
        "--every",
        type=click.FloatRange(min=0),
        metavar="SECONDS",
        help="Seconds that a kill costs at most; by default 10, or more where a checkpoint takes a while. Where there "
        "may be very many trainings writing takes no more than a fifth of the time: 0 is as often as that.",
    ),
    click.option(
        "--resume",
        is_flag=True,
        help="Go on from the --checkpoint folder, which has to be there; without it a run begins where there is none.",
    ),
)


def checkpoint_options(command: C) -> C:
    """Add the options to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def check_checkpoint(
    checkpoint: Path | None,
    resume: bool,
    out: Path | None = None,
    every: float | None = None,
    cache: Path | None = None,
) -> None:
    """Refuse to go on from nothing, an interval of no checkpoints, and a folder that is to be two things.

    Raises
    ------
    UsageError
        Naming the options.
    """
    if resume and checkpoint is None:
        raise click.UsageError(
            "--resume goes on from a folder of checkpoints; there is none; give --checkpoint"
        )
    if every is not None and checkpoint is None:
        raise click.UsageError(
            "--every is the time from one checkpoint to the next; there is no folder for them; give --checkpoint"
        )
    if every is not None and not isfinite(every):
        raise click.UsageError(f"--every is a finite number of seconds; got {every}; give one, as --every 60")
    _check_apart({"--checkpoint": checkpoint, "--out": out, "--cache": cache})
    if resume and checkpoint is not None and not _holds_a_run(checkpoint):
        raise click.UsageError(
            f"--resume goes on from a run that was begun; {checkpoint} holds none; leave --resume out to begin one"
        )


def _check_apart(places: Mapping[str, Path | None]) -> None:
    given = [(option, place) for option, place in places.items() if place is not None]
    for (one, here), (other, there) in combinations(given, 2):
        if _overlap(here.resolve(), there.resolve()):
            raise click.UsageError(
                f"{one} and {other} are two places, neither inside the other; got {here} and {there}; give another"
            )


def removed(checkpoint: Path | None) -> None:
    """Remove the folder of a run whose result is written."""
    from hassenet.checkpoints import discard

    if checkpoint is not None:
        discard(checkpoint)


def _holds_a_run(checkpoint: Path) -> bool:
    from hassenet.checkpoints import holds_a_run

    return holds_a_run(checkpoint)


def _overlap(one: Path, other: Path) -> bool:
    return one == other or one in other.parents or other in one.parents
