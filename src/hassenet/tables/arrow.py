"""The door to pyarrow, which is installed with the extra ``tables``."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from hassenet.errors import HassenetError


def pyarrow(module: str = "") -> Any:
    """Return pyarrow, or one of its modules.

    Raises
    ------
    HassenetError
        If pyarrow is not installed, with the command that installs it.
    """
    try:
        return import_module(f"pyarrow.{module}" if module else "pyarrow")
    except ImportError as error:
        raise HassenetError(
            f'tables are read by pyarrow, which is not there ({error}); install it: pip install "hassenet[tables]"'
        ) from None
