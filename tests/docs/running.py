"""The documents as programs: every example of a page runs, in the order of the page, in one namespace.

Of the fences of a page these are examples:

=========== ===================================================================================================
python      code, or a session with >>> whose output is compared
console     a session of the command line: each line with $ is a hassenet command, run here in the same process;
            the lines below it are its output
=========== ===================================================================================================

Where a number is shown with k digits after the point, the last of them may be off by one; "..." stands for any text.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import chdir
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE
from doctest import Example as DoctestExample
from pathlib import Path

from click.testing import CliRunner
from sybil import Document, Example
from sybil.evaluators.doctest import NUMBER, OutputChecker
from sybil.parsers.myst import CodeBlockParser, PythonCodeBlockParser

from hassenet.cli import main

ROOT = Path(__file__).parents[2]
PAGES = (
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("[!_]*/*.md")),
    *sorted((ROOT / "docs").glob("*.md")),
)

_COMPARISON = ELLIPSIS | NORMALIZE_WHITESPACE | NUMBER


def examples(page: Path) -> list[Example]:
    """Return the examples of a page."""
    parsers = PythonCodeBlockParser(doctest_optionflags=_COMPARISON), CodeBlockParser("console", _run_session)
    return list(Document.parse(str(page), *parsers))


def run(page: Path, folder: Path) -> None:
    """Run a page in a folder that looks like the root of the project to commands."""
    for name in ("src", "tests"):
        (folder / name).symlink_to(ROOT / name)
    with chdir(folder):
        for example in examples(page):
            example.evaluate()


def sessions(text: str) -> Iterator[tuple[str, str]]:
    """Return each command of a console session with its output."""
    for part in f"\n{text}".split("\n$ ")[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def _run_session(example: Example) -> str | None:
    wrong = (_difference(command, output) for command, output in sessions(example.parsed))
    return next((text for text in wrong if text), None)


def _difference(command: str, expected: str) -> str | None:
    program, *arguments = shlex.split(command)
    if program != "hassenet":
        return f"a console fence holds hassenet commands; got {command!r}; take a sh fence, which is not run"
    result = CliRunner().invoke(main, arguments, prog_name="hassenet")
    got = result.stdout if result.exit_code == 0 else result.output
    if OutputChecker().check_output(expected, got, _COMPARISON):
        return None
    return (
        f"{command}\n{OutputChecker().output_difference(DoctestExample(command, expected), got, _COMPARISON)}"
    )
