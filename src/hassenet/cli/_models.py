"""Models that the user names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hassenet.errors import StorageError

if TYPE_CHECKING:
    from hassenet.model import Model


def loaded(path: Path, what: str) -> Model:
    """Return the model in a folder; ``what`` is the command that needs it, for the message.

    Raises
    ------
    StorageError
        If the folder is damaged or holds a bare network.
    """
    from hassenet.model import Model
    from hassenet.storage import load

    model = load(path)
    if not isinstance(model, Model):
        raise StorageError(
            f"{what} needs a model made by hassenet fit; {path} holds a bare network; "
            "use hassenet.load in Python, or save a hassenet.Model"
        )
    return model
