"""Which files of a folder a run of ours wrote, by their names, so that no other is ever removed."""

from __future__ import annotations

import re
from pathlib import Path
from stat import S_ISREG
from typing import Any

from hassenet.checkpoints import lock
from hassenet.files.temporary import UNFINISHED

HEAD, SUFFIX = "checkpoints", ".record"
_RECORD = re.compile(rf"[A-Za-z0-9-]*-[0-9a-f]{{16}}{re.escape(SUFFIX)}")


def is_ours(entry: Path) -> bool:
    """Return whether a run wrote a file: a record, the beginning of one, or the lock, in which nothing is."""
    try:
        found = entry.lstat()
    except FileNotFoundError:  # a run has just removed it
        return True
    if not S_ISREG(found.st_mode):
        return False
    is_lock = entry.name == lock.NAME and found.st_size == 0
    return is_lock or _RECORD.fullmatch(entry.name) is not None or _is_named_unfinished(entry.name)


def is_unfinished(entry: Path) -> bool:
    """Return whether a file is one that a run was writing."""
    return _is_named_unfinished(entry.name) and is_ours(entry)


def _is_named_unfinished(name: str) -> bool:
    return name.startswith(".") and f"{SUFFIX}.hassenet-" in name and name.endswith(UNFINISHED)


def last_of_all(entry: Path) -> Any:
    """Sort the lock last, and what says whose folder it is before it: broken off, this is still seen for what it is."""
    return entry.name == lock.NAME, entry.name.startswith(HEAD), entry.name
