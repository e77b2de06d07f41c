"""The files that come with the library."""

from __future__ import annotations

import gzip
from importlib.resources import files
from importlib.resources.abc import Traversable


def file(name: str) -> Traversable:
    """Return a file of this folder."""
    return files("hassenet.datasets").joinpath(name)


def text(name: str) -> str:
    """Return the text of a file of this folder, gzipped or not."""
    content = file(name).read_bytes()
    return (gzip.decompress(content) if name.endswith(".gz") else content).decode()
