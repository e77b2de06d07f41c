from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

DATA = Path(__file__).parents[1] / "data"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write text or bytes to a file of the test's own folder."""

    def _write(content: str | bytes, name: str = "file") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return _write


@pytest.fixture(params=["plain", "gzipped"])
def write_both(request: pytest.FixtureRequest, write: Write) -> Write:
    """Write a file as it is, and gzipped: what a reader gives must not depend on that."""

    def _write(content: str, name: str = "file") -> Path:
        if request.param == "plain":
            return write(content, name)
        return write(gzip.compress(content.encode(), mtime=0), f"{name}.gz")

    return _write


@pytest.fixture
def data() -> Path:
    """The folder with excerpts of real files."""
    return DATA
