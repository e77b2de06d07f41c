"""A name that a message, a docstring or a document mentions can be imported under that name."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import hassenet

sys.path.insert(0, str(Path(__file__).parent))  # public.py, whatever pytest's import mode
from public import ADDRESSES, ROOMS, resolved

ROOT = Path(__file__).parents[2]
PACKAGE = Path(hassenet.__file__).parent
PAGES = [*sorted((ROOT / "docs").rglob("[!_]*.md")), *sorted(ROOT.glob("*.md"))]
MODULES = sorted(PACKAGE.rglob("*.py"))

_DOTTED = re.compile(r"\b(?:hassenet|hn)(?:\.[A-Za-z_]\w*)+")
_ROLE = re.compile(r":(?:class|func|meth|mod|attr|data|exc):`~?([\w.]+)`")
# A room or a public class, in code, and a name in it: `explain.deeplift`, `Model.of(clf)`; not a file's name.
_HOLDERS = {
    address.rpartition(".")[2]: address for address in ADDRESSES if isinstance(resolved(address), type)
}
_HOLDERS |= {room: f"hassenet.{room}" for room in ROOMS}
_HELD = re.compile(rf"`({'|'.join(_HOLDERS)})\.(?!(?:py|hpp|json|safetensors)\b)([A-Za-z_]\w*)(?=[`(\[])")


class Text(NamedTuple):
    """A piece of text, and the scopes in which a short name of it may stand, the innermost first."""

    text: str
    scopes: tuple[str, ...]


def texts(module: Path) -> list[Text]:
    """Return every string of a module: its messages and docstrings."""
    address = ".".join(module.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    return list(_texts(ast.parse(module.read_text("utf-8")), (address, address.rpartition(".")[0])))


def _texts(node: ast.AST, scopes: tuple[str, ...]) -> Iterator[Text]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield Text(node.value, scopes)
    inner = (f"{scopes[0]}.{node.name}", *scopes) if isinstance(node, ast.ClassDef) else scopes
    for child in ast.iter_child_nodes(node):
        yield from _texts(child, inner)


def is_found(name: str, scopes: tuple[str, ...] = ()) -> bool:
    """Whether a name resolves as it stands, or in one of the scopes."""
    return any(_resolves(f"{scope}.{name}") for scope in (*scopes, "hassenet")) or _resolves(name)


def _resolves(address: str) -> bool:
    try:
        resolved(address)
    except (AttributeError, ImportError, ValueError):
        return False
    return True


def is_held(holder: str, name: str) -> bool:
    """Whether a room or a class has a name."""
    return _resolves(f"{_HOLDERS[holder]}.{name}")


def is_there(name: str) -> bool:
    """Whether a dotted name resolves; one of hn begins with a name of the front door."""
    shortened = name.startswith("hn.")
    return _resolves(re.sub(r"^hn\.", "hassenet.", name)) and (
        not shortened or name.split(".")[1] in {*dir(hassenet), "__version__"}
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_name_that_a_page_mentions_exists(page: Path) -> None:
    text = page.read_text("utf-8")
    assert [name for name in _DOTTED.findall(text) if not is_there(name)] == []
    assert [held for held in _HELD.findall(text) if not is_held(*held)] == []


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(PACKAGE)))
def test_every_name_that_a_message_or_docstring_mentions_exists(module: Path) -> None:
    for text, scopes in texts(module):
        assert [name for name in _DOTTED.findall(text) if not is_there(name)] == []
        assert [name for name in _ROLE.findall(text) if not is_found(name, scopes)] == []
        assert [held for held in _HELD.findall(text) if not is_held(*held)] == []
