"""Each promise of the guide names a test that is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/guides/reliability.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/.]+\.py)(?:::(\w+))?`", GUIDE)))


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_a_promise_names_a_test(file: str, name: str) -> None:
    text = (ROOT / file).read_text("utf-8")
    assert f"def {name}(" in text if name else "def test_" in text


def test_every_promise_has_a_test() -> None:
    rows = re.findall(r"^\| (?!promise|-).*\|$", GUIDE, re.MULTILINE)
    assert rows
    assert all("`tests/" in row for row in rows)
