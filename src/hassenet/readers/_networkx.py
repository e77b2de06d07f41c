"""The door to networkx, which is installed with the extra ``graphs``."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from hassenet.errors import HassenetError


def networkx() -> Any:
    """Return networkx.

    Raises
    ------
    HassenetError
        If it is not installed, with the command that installs it.
    """
    try:
        return import_module("networkx")
    except ImportError as error:
        raise HassenetError(
            f"GraphML is read and written by networkx, which is not there ({error}); install it: "
            'pip install "hassenet[graphs]"'
        ) from None
