"""Folders in which a run keeps what it has, so that it goes on where it was killed: records, whole or not at all."""

from hassenet.checkpoints.described import described, digest
from hassenet.checkpoints.folder import CheckpointFolder, Place, discard, holds_a_run, opened
from hassenet.checkpoints.identity import Identity
from hassenet.checkpoints.interval import Interval
from hassenet.checkpoints.later import Later
from hassenet.checkpoints.latest import Latest
from hassenet.checkpoints.pace import Pace
from hassenet.checkpoints.record import Codec, Record
from hassenet.checkpoints.together import beginning, flush, together

__all__ = [
    "CheckpointFolder",
    "Codec",
    "Identity",
    "Interval",
    "Later",
    "Latest",
    "Pace",
    "Place",
    "Record",
    "beginning",
    "described",
    "digest",
    "discard",
    "flush",
    "holds_a_run",
    "opened",
    "together",
]
