"""Which files of a folder hassenet wrote, so that no other is ever deleted or replaced."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec

from hassenet.storage.schema import ATTACHMENTS, FORMAT, JSON_NAME, TENSORS_NAME


class _Written(msgspec.Struct):
    """What a folder says of itself, whatever else may be wrong with it."""

    format: str
    attachments: dict[str, str] = {}


def strangers(folder: Path) -> list[str]:
    """Return the names of what is in a model folder and is not known to be of hassenet, in order."""
    digests = _attachments(folder)
    return sorted(entry.name for entry in folder.iterdir() if not _is_ours(entry, digests))


def is_of_hassenet(folder: Path) -> bool:
    """Return whether a folder holds what begins like a model's description."""
    with suppress(OSError), (folder / JSON_NAME).open("rb") as file:
        start = b"".join(file.read(100).split())
        return start.startswith(f'{{"format":"{FORMAT}"'.encode())
    return False


def delete(folder: Path) -> None:
    """Delete a folder of ours, file by file: what else may have come into it stays."""
    with suppress(OSError):
        # Without its description, which is written last, a folder was never a model: all names in it are ours.
        whole = (folder / JSON_NAME).exists()
        known = {JSON_NAME, TENSORS_NAME, *ATTACHMENTS}
        others = set(strangers(folder)) if whole else set()
        for name in sorted(known - others, key=lambda name: name == JSON_NAME):
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()


def _is_ours(entry: Path, digests: Mapping[str, str]) -> bool:
    if not entry.is_file():
        return False
    return entry.name in (JSON_NAME, TENSORS_NAME) or (
        entry.name in digests and is_as_written(entry.read_bytes(), digests[entry.name])
    )


def is_as_written(data: bytes, digest: str) -> bool:
    """Return whether these bytes have a digest, a SHA-256."""
    return sha256(data).hexdigest() == digest


def _attachments(folder: Path) -> Mapping[str, str]:
    """Return the digests of the pictures that were written with the model; none where the folder does not say."""
    with suppress(OSError, msgspec.MsgspecError, RecursionError):
        return msgspec.json.decode((folder / JSON_NAME).read_bytes(), type=_Written).attachments
    return {}
