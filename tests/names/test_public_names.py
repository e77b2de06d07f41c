"""One list of public names: the front door, its stub, the rooms, the API pages and version 0.1 agree."""

from __future__ import annotations

import ast
import json
import pickle
import re
import sys
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest

import hassenet

sys.path.insert(0, str(Path(__file__).parent))  # public.py, whatever pytest's import mode
from public import ADDRESSES, ROOMS, resolved

ROOT = Path(__file__).parents[2]
PACKAGE = Path(hassenet.__file__).parent
NAMES_OF_0_1 = json.loads((ROOT / "tests/data/names_of_0.1.json").read_text("utf-8"))

# A directive of an API page, with the names it takes from a module and those it leaves out.
_DIRECTIVE = re.compile(r"^\.\. auto(\w+):: (hassenet[\w.]*)((?:\n +\S.*)*)", re.MULTILINE)
_OPTION = re.compile(r":(members|exclude-members): *([^:]*)")


def listed() -> Iterator[str]:
    """Yield the address of each object that the API pages describe, as often as they do."""
    for page in sorted((ROOT / "docs/api").glob("*.md")):
        for kind, address, options in _DIRECTIVE.findall(page.read_text("utf-8")):
            yield from _members(address, dict(_OPTION.findall(options))) if kind == "module" else [address]


def _members(module: str, options: dict[str, str]) -> list[str]:
    """Return what an automodule directive describes."""
    if "members" not in options:
        return []
    everything = getattr(import_module(module), "__all__", [])
    names = re.findall(r"\w+", options["members"]) or everything
    return [f"{module}.{name}" for name in names if name not in options.get("exclude-members", "")]


def test_the_stub_the_front_door_and_its_directory_have_the_same_names() -> None:
    stub = ast.parse(
        (PACKAGE / "__init__.pyi").read_text("ascii")
    )  # lazy_loader reads it in the locale's encoding
    imported = [alias for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert all(alias.asname == alias.name for alias in imported), "only a name given again is handed on"
    assert sorted(alias.name for alias in imported) == sorted(hassenet.__all__) == sorted(dir(hassenet))


@pytest.mark.parametrize("name", hassenet.__all__)
def test_a_name_of_the_front_door_is_found_there(name: str) -> None:
    found = getattr(hassenet, name)
    assert found.__name__ == (f"hassenet.{name}" if isinstance(found, ModuleType) else name)


@pytest.mark.parametrize("room", ROOMS)
def test_the_directory_of_a_room_shows_its_list(room: str) -> None:
    module = getattr(hassenet, room)
    assert len(set(module.__all__)) == len(module.__all__)
    assert set(module.__all__) <= set(dir(module))


@pytest.mark.parametrize("room", [room for room in ROOMS if hasattr(getattr(hassenet, room), "__path__")])
def test_the_init_of_a_package_defines_nothing_beside_its_list(room: str) -> None:
    module = getattr(hassenet, room)
    shown = {name for name in dir(module) if not name.startswith("_")} - {"annotations"}
    assert {name for name in shown if not isinstance(getattr(module, name), ModuleType)} == {*module.__all__}


def test_no_public_name_comes_from_a_private_module() -> None:
    homes = {address: _home(resolved(address), address) for address in ADDRESSES}
    assert {address: home for address, home in homes.items() if "._" in home} == {}


def test_the_api_pages_describe_each_public_name_once() -> None:
    described = Counter(_home(resolved(address), address) for address in listed())
    public = {_home(resolved(address), address): address for address in ADDRESSES}
    assert {name: times for name, times in described.items() if times > 1} == {}
    assert [address for home, address in public.items() if home not in described] == []


def test_a_room_that_an_api_page_describes_is_a_name_of_the_front_door() -> None:
    assert {address.split(".")[1] for address in listed() if address.count(".") > 1} <= set(ROOMS)


@pytest.mark.parametrize("module", NAMES_OF_0_1)
def test_a_name_of_0_1_is_found_where_it_was_and_is_the_one_of_today(module: str) -> None:
    for name in NAMES_OF_0_1[module]:
        found = getattr(import_module(module), name)
        assert found is resolved(_home(found, f"{module}.{name}"))
        assert found is pickle.loads(f"c{module}\n{name}\n.".encode())  # as a pickle of 0.1 names it


def _home(found: Any, address: str) -> str:
    """Return the address that an object has by itself, whatever it was found under; a value has none."""
    named = isinstance(found, type | FunctionType)
    return f"{found.__module__}.{found.__name__}" if named else address
