from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # browser.py, whatever pytest's import mode
from browser import Browser, browser, program


@pytest.fixture(scope="session")
def window() -> Iterator[Browser]:
    if program() is None and os.environ.get("HASSENET_BROWSER") != "required":
        pytest.skip("no Chromium here; HASSENET_BROWSER=required makes this a failure")
    with browser() as tab:
        yield tab


@pytest.fixture
def tab(window: Browser) -> Iterator[Browser]:
    """A tab that has said and asked for nothing yet; it must not complain or load anything but files."""
    window.complaints.clear()
    window.requests.clear()
    window.look()
    yield window
    assert window.complaints == []
    assert [r for r in window.requests if not r.startswith(("file://", "about:"))] == []
