"""The text of trees: Newick and NEXUS without comments, lengths and blanks, so that names are as they are written.

Parsers disagree on these: comments inside comments, a length that is written 1. or behind two blanks, a name that is a
number. What is left of a tree here are brackets, commas and names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

from hassenet.errors import DataError
from hassenet.files.content import FilePath

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
# A name in quotation marks, at the place of a name and nothing but it.
_QUOTED = r"(?<![^\s(),=\]])'(?:[^']|'')*'(?=\s*[:,();\[]|\s+['\w])"
_QUOTED_OR_OPENED = re.compile(rf"{_QUOTED}|\[")
_BRACKETS = re.compile(r"[\[\]]")
_PARTS = re.compile(rf"(?P<quoted>{_QUOTED})|(?P<length>\s*:\s*{_NUMBER})|(?P<end>\s*;\s*)|\s+")
_COMMANDS = re.compile(r"((?:'(?:[^']|'')*'|[^;'])*);")
_TREE = re.compile(r"\s*u?tree\s+\*?\s*(?:'[^']*'|[^\s='])+\s*=(.*)", re.IGNORECASE | re.DOTALL)
_TRANSLATE = re.compile(r"\s*translate\s(.*)", re.IGNORECASE | re.DOTALL)
_ENTRY = re.compile(r"\s*('(?:[^']|'')*'|[^\s,']+)\s+('(?:[^']|'')*'|[^,]+?)\s*(?:,|\Z)")

_ODD = (
    (
        re.compile(r"['\"]"),
        "single quotation marks are around a whole name, or nowhere",
        "write 'A''s' for A's",
    ),
    (
        re.compile(r"[^\s(),:;]\s+[^\s(),:;]"),
        "a name with blanks stands in single quotation marks",
        "quote it, or put _ for a blank",
    ),
    (
        re.compile(r"[^\s(,;=]\s*\("),
        "a name stands behind the brackets of what lies below it",
        "is a comma missing?",
    ),
    (
        re.compile(r":(?!\s*[-+]?(\d|\.\d))"),
        "a length behind ':' is a number",
        "correct it, or quote names with ':'",
    ),
    (
        re.compile(rf":\s*(?>{_NUMBER})\s*[^\s,();]"),
        "nothing stands behind a length but a comma or a bracket",
        "take it out (of jplace, the numbers of edges)",
    ),
    (
        re.compile(r"(?<=[\w(),])#(?:H|R|LGT)\d+(?=[\s:,();])"),
        "each node of a tree has one node above it: this is a network (extended Newick)",
        "give its covers as edges",
    ),
)
"""What is not written as Newick is: a pattern, the rule, and the remedy."""


@final
@dataclass(frozen=True)
class NewickText:
    """Trees of a file.

    Attributes
    ----------
    text : str
        The trees, one a line, of brackets, commas and names.
    comments, lengths : int
        How many were taken out.
    names : dict from str to str
        What leaves are called that are numbered in the trees, as NEXUS has it.
    """

    text: str
    comments: int
    lengths: int
    names: dict[str, str]


def of_newick(text: str, path: FilePath) -> NewickText:
    r"""Return the trees of a file in Newick.

    Raises
    ------
    DataError
        If they are not written as Newick is.

    Examples
    --------
    >>> of_newick("[&R] ((A:1.[a [nested] one], B :  2)9604,'C c');", "tree.nwk").text
    "((A,B)9604,'C c');\n"
    """
    plain, comments = _without_comments(text, path)
    _check_written(re.sub(_QUOTED, "q", plain), path)
    found = list(_PARTS.finditer(plain))
    lengths = sum(part["length"] is not None for part in found)
    return NewickText(_PARTS.sub(_kept, plain), comments, lengths, {})


def of_nexus(text: str, path: FilePath) -> NewickText:
    r"""Return the trees of a file in NEXUS.

    Raises
    ------
    DataError
        If it ends in the middle of a command, or its trees are not written as Newick is.

    Examples
    --------
    >>> of_nexus("#NEXUS\nbegin trees; translate 1 A, 2 'B b'; tree t = [&R] (1:1,2:2)r; end;", "tree.nex")
    NewickText(text='(1,2)r;\n', comments=1, lengths=2, names={'1': 'A', '2': 'B b'})
    """
    plain, comments = _without_comments(text, path)
    if not plain.rstrip().endswith(";"):
        raise DataError(
            f"a tree must be whole: {str(path)!r} ends in the middle of a command of NEXUS; was the file cut off? "
            "write it again"
        )
    commands = _COMMANDS.findall(plain)
    trees = of_newick("".join(f"{tree[1]};\n" for tree in map(_TREE.match, commands) if tree), path)
    names = dict(entry for table in map(_TRANSLATE.match, commands) if table for entry in _entries(table[1]))
    return NewickText(trees.text, comments, trees.lengths, names)


def _entries(table: str) -> Iterator[tuple[str, str]]:
    for entry in _ENTRY.finditer(table):
        yield _unquoted(entry[1]), _unquoted(entry[2])


def _unquoted(name: str) -> str:
    is_quoted = len(name) > 1 and name[0] == name[-1] == "'"
    return name[1:-1].replace("''", "'") if is_quoted else name


def _without_comments(text: str, path: FilePath) -> tuple[str, int]:
    """Return a text without what stands in square brackets, outside quotation marks; and how many there were."""
    parts: list[str] = []
    comments, at = 0, 0
    while (mark := _QUOTED_OR_OPENED.search(text, at)) is not None:
        is_comment = mark.group() == "["
        parts.append(text[at : mark.start() if is_comment else mark.end()])
        at = _end_of_comment(text, mark.start(), path) if is_comment else mark.end()
        comments += is_comment
    return "".join([*parts, text[at:]]), comments


def _end_of_comment(text: str, start: int, path: FilePath) -> int:
    depth = 0
    for bracket in _BRACKETS.finditer(text, start):
        depth += 1 if bracket.group() == "[" else -1
        if depth == 0:
            return bracket.end()
    raise DataError(
        f"a comment in square brackets has an end: {str(path)!r} has none for {text[start : start + 20]!r}; was "
        "the file cut off? write it again"
    )


def _kept(part: re.Match[str]) -> str:
    """Return what is kept of a quoted name, a length, an end of a tree or blanks."""
    return ";\n" if part["end"] is not None else part["quoted"] or ""


def _check_written(text: str, path: FilePath) -> None:
    """Refuse what a parser takes for something else; names that are quoted as a whole are not in the text."""
    for pattern, rule, remedy in _ODD:
        odd = pattern.search(text)
        if odd is not None:
            read = text[max(0, odd.start() - 10) : odd.end() + 10]
            raise DataError(f"{rule}: {str(path)!r} reads {read!r}; {remedy}")
