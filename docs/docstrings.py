"""What has to be done to the library's docstrings, plain text with numpy's sections, to be reStructuredText."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module

from sphinx.pycode import ModuleAnalyzer

_EXAMPLE = re.compile(r"^\s*(>>>|\.\.\.)")
_NAMES = re.compile(r"^(\w+(?:, \w+)+)( : .*)?$")


def process(app, what, name, obj, options, lines):
    """Change a docstring in place; a listener of Sphinx's autodoc-process-docstring."""
    text = _of_value(name) if what == "data" else lines
    lines[:] = list(_plain_bars(_one_by_one(list(_formulas(text)))))


def _of_value(address: str) -> list[str]:
    """Return what is written under a value where it is defined; a package's __init__ only hands it on."""
    room, _, name = address.rpartition(".")
    tree = ast.parse(inspect.getsource(import_module(room)))
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    homes = (node.module for node in imports if name in [alias.name for alias in node.names])
    return list(ModuleAnalyzer.for_module(next(homes, room)).find_attr_docs()["", name])


def _formulas(lines: list[str]) -> Iterator[str]:
    """Make an indented block after a colon a literal one, so that formulas keep their lines."""
    for line, empty, block in zip(lines, [*lines, ""][1:], [*lines, "", ""][2:], strict=True):
        opens = line.endswith(":") and not line.endswith("::") and not empty.strip()
        yield f"{line}:" if opens and _indent(block) > _indent(line) else line


def _one_by_one(lines: list[str]) -> list[str]:
    """Repeat an entry of the section Attributes that describes several for each of them."""
    if "Attributes" not in lines:
        return lines
    start = lines.index("Attributes") + 2
    end = next((k - 1 for k in range(start, len(lines)) if lines[k].startswith("---")), len(lines))
    return [*lines[:start], *_repeated(lines[start:end]), *lines[end:]]


def _repeated(lines: list[str]) -> Iterator[str]:
    entries: list[list[str]] = []
    for line in lines:
        if _indent(line) == 0 and line.strip():
            entries.append([])
        entries[-1].append(line)
    for head, *text in entries:
        several = _NAMES.match(head)
        for name in several[1].split(", ") if several else [head]:
            yield from [f"{name}{several[2] or ''}" if several else head, *text]


def _plain_bars(lines: list[str]) -> Iterator[str]:
    """Keep |B| and log p(y|x) as they are: in reStructuredText bars would mark a substitution."""
    example = literal = False
    for line in lines:
        literal = literal and (not line.strip() or _indent(line) > 0)
        example = bool(line.strip()) and (example or bool(_EXAMPLE.match(line)))  # up to a blank line
        yield line if example or literal or "``" in line else line.replace("|", r"\|")
        literal = literal or line.endswith("::")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip()) if line.strip() else 0
