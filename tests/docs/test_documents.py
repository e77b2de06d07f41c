"""What the documents say is so: their code runs, their output is what comes out, what they name is there."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pytest

import hassenet

sys.path.insert(0, str(Path(__file__).parent))  # running.py, whatever pytest's import mode
from running import PAGES, ROOT, examples, run

API = "".join(page.read_text("utf-8") for page in (ROOT / "docs/api").glob("*.md"))


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", [page for page in PAGES if examples(page)], ids=name)
def test_the_examples_of_a_page_run_and_print_what_it_shows(page: Path, tmp_path: Path) -> None:
    run(page, tmp_path)
    text = page.read_text("utf-8")
    saved = {picture.name for picture in tmp_path.glob("*.png")}
    shown = {Path(target).name for target in re.findall(r"!\[[^]]*\]\(([^)]+\.png)\)", text)}
    assert saved == shown, "a page shows the pictures that its own code saves"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_link_inside_the_project_leads_to_a_file(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8"))
    inside = [target for target in targets if not re.match(r"[a-z]+:", target)]
    assert [target for target in inside if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_target_of_make_that_is_named_exists(page: Path) -> None:
    named = set(re.findall(r"\bmake ([a-z]+)\b(?=[`\s]*(?:#|$|`))", page.read_text("utf-8"), re.MULTILINE))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert named <= targets


@pytest.mark.parametrize("public", hassenet.__all__)
def test_every_name_of_the_front_door_stands_on_an_api_page(public: str) -> None:
    assert re.search(rf"hassenet\.{public}\b", API)


def test_what_the_command_line_and_the_demo_use_is_installed_with_what_the_pages_name() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert extras["demo"] == ["hassenet[plot,tables]"]
    for page in ("README.md", "docs/guides/models.md"):
        named = re.findall(r'pip install "\.\[([a-z,]+)\]"', (ROOT / page).read_text("utf-8"))
        assert any("tables" in names for names in named)
