"""The page of the architecture shows the rooms that there are, and names files that there are."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # running.py, whatever pytest's import mode
sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))
import rooms
from running import PAGES, ROOT

PAGE = (ROOT / "docs/architecture.md").read_text("utf-8")
PACKAGE = ROOT / "src/hassenet"
FILES = [
    path.relative_to(ROOT).as_posix()
    for folder in ("src", "native", "docs", "tests", "benchmarks")
    for path in (ROOT / folder).rglob("*.*")
]


def test_the_picture_of_the_rooms_is_that_of_the_contract() -> None:
    current = rooms.drawn(rooms.floors())
    assert rooms.PICTURE.read_text("utf-8") == current, "draw it anew: python docs/rooms.py"


def test_the_table_of_rooms_goes_down_the_floors_of_the_contract() -> None:
    table = PAGE.split("| room |")[1].split("\n\n")[0]
    first_cells = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    told = [name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)]
    floor = {room: k for k, names in enumerate(rooms.floors()) for room in names}
    assert set(told) == set(floor)
    assert [floor[room] for room in told] == sorted(floor.values())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_file_of_the_project_that_a_page_names_exists(page: Path) -> None:
    named = re.findall(r"`([\w/]+/\w+\.(?:py|pyi|cpp|hpp))`", page.read_text("utf-8"))
    assert [name for name in named if not any(f"/{name}" in f"/{path}" for path in FILES)] == []


def test_the_names_in_the_journeys_lie_in_the_files_stated() -> None:
    named = set(re.findall(r"`([\w/]+\.pyi?)`", PAGE.split("## From `hn.fit`")[1]))
    assert len(named) > 40
    roots = (PACKAGE, ROOT)
    assert sorted(name for name in named if not any((root / name).exists() for root in roots)) == []
