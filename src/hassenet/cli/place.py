"""A file or folder on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any, final

import click

from hassenet.files.paths import is_address


@final
class Place(click.Path):
    """A path of this machine; an address is refused as one, and not taken for a folder called ``s3:``.

    Examples
    --------
    >>> Place(exists=True).convert("https://x.org/a.csv", None, None)
    Traceback (most recent call last):
    click.exceptions.BadParameter: a file is on this machine; 'https://x.org/a.csv' is an address; download it first
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(path_type=Path, **options)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path."""
        if is_address(value):
            remedy = "download it first" if self.exists else "give a path"
            self.fail(f"a file is on this machine; {value!r} is an address; {remedy}", param, ctx)
        return super().convert(value, param, ctx)
