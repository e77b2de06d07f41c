"""What a run is: by which another run is told from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import final

from hassenet.checkpoints.code import CODE
from hassenet.checkpoints.described import is_digest
from hassenet.checkpoints.record import Record
from hassenet.errors import CheckpointError

_MOST = 6  # differences that a message names


@final
@dataclass(frozen=True)
class Identity:
    """What determines each bit of a run's result, part by part.

    Parameters
    ----------
    parts : mapping from str to str
        By their names, as a message names them: a digest of what is large, as the network and the data, and how small
        things are written, as options and versions.

    Examples
    --------
    >>> Identity({"seed": "0", "epochs": "5"}).differences(Identity({"seed": "1", "epochs": "5"}))
    ('seed: 0 there, 1 here',)
    """

    parts: Mapping[str, str]

    @staticmethod
    def of_record(record: Record) -> Identity:
        """Return the identity in a record, of text whatever else stands there."""
        return Identity({str(name): str(part) for name, part in record.value.items()})

    @property
    def record(self) -> Record:
        """The identity as a record."""
        return Record(dict(self.parts))

    def __or__(self, others: Identity) -> Identity:
        """Return the identity with further parts."""
        return Identity({**self.parts, **others.parts})

    def differences(self, here: Identity) -> tuple[str, ...]:
        """Return in what the run of a folder, this one, differs from one that is to go on in it."""
        names = dict.fromkeys([*self.parts, *here.parts])
        return tuple(
            _difference(name, self.parts.get(name, "none"), here.parts.get(name, "none"))
            for name in names
            if self.parts.get(name) != here.parts.get(name)
        )

    def check(self, here: Identity, path: Path) -> None:
        """Refuse another run.

        Raises
        ------
        CheckpointError
            Naming the folder and all that is different.
        """
        if different := self.differences(here):
            more = f"; and {len(different) - _MOST} more" if len(different) > _MOST else ""
            raise CheckpointError(
                f"a run goes on from its own checkpoints; {path} has those of another: "
                f"{'; '.join(different[:_MOST])}{more}; give the same again, or choose another folder"
            )


def _difference(name: str, there: str, here: str) -> str:
    if is_digest(there) and is_digest(here):
        return f"other {name}"
    shown = _shown(there)
    if shown == _shown(here):
        return f"{name}: {shown} with other code"
    return f"{name}: {shown} there, {_shown(here)} here"


def _shown(part: str) -> str:
    return "other" if is_digest(part) else CODE.sub("", part)
