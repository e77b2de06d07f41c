"""The text of trees in Newick without comments, lengths and blanks, so that names are as they are written.

Parsers disagree on these: comments inside comments, a length that is written 1. or behind two blanks, a name that is a
number. What is left of a tree here are brackets, commas and names.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import final

from hassenet.errors import DataError
from hassenet.files.content import FilePath

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
# What stands in quotation marks ends at the first that is not doubled: read in one way alone, it costs linear time.
IN_MARKS = r"'(?:[^']++|'')*+'"
# A name in quotation marks, at the place of a name and nothing but it: in Newick, and in all of NEXUS, where a mark
# inside a word, as titles have it, is a sign of the word; names do not pass with such.
_QUOTED = rf"(?<![^\s(),]){IN_MARKS}(?=\s*[:,();])"
_SIGNS = r"\s()\[\]{}/\\,;:=*\"`+<>-"
_TOKENS = re.compile(rf"(?<![^{_SIGNS}])(?:{IN_MARKS}(?=[{_SIGNS}]|\Z)|')|\"[^\"\n]*+\"|[\[;]")
_BRACKETS = re.compile(r"[\[\]]")
_PARTS = re.compile(rf"(?P<quoted>{_QUOTED})|(?P<length>\s*:\s*{_NUMBER})|(?P<end>\s*;\s*)|\s+")
_MARKS_RULE = "single quotation marks are around a whole name, or nowhere"
_MARKS_REMEDY = "write 'A''s' for A's"
_NAMES = re.compile(r"(\)\s*)?([^\s(),:;]+)")
_OF_TWO_PARENTS = re.compile(r"(.*)(#(?:H|R|LGT)\d+)")

_ODD = (
    (re.compile(r"['\"]"), _MARKS_RULE, _MARKS_REMEDY),
    (
        re.compile(r"[^\s(),:;]\][^\s(),:;]"),
        "square brackets are around comments",
        "put a name with brackets in single quotation marks",
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
    names : dict from str to str, or None
        What leaves are called that stand for names, as NEXUS has it; None where they are names.
    """

    text: str
    comments: int
    lengths: int
    names: dict[str, str] | None = None


def of_newick(text: str, path: FilePath) -> NewickText:
    r"""Return the trees of a file in Newick.

    Raises
    ------
    DataError
        If they are not written as Newick is, or one is a network.

    Examples
    --------
    >>> of_newick("[&R] ((A:1.[a [nested] one], B :  2)9604,'C c');", "tree.nwk").text
    "((A,B)9604,'C c');\n"
    """
    commands, comments = commands_of(text, path)
    plain = ";".join(commands)
    written = re.sub(_QUOTED, "q", plain)
    _check_written(written, path)
    _check_tree(written, path)
    lengths = sum(part["length"] is not None for part in _PARTS.finditer(plain))
    return NewickText(_PARTS.sub(_kept, plain), comments, lengths)


def commands_of(text: str, path: FilePath) -> tuple[list[str], int]:
    """Return what semicolons set apart in Newick or NEXUS, without comments, and how many comments there were.

    A comment in square brackets may have others in it; one that does not end so, but opens another behind words, ends
    at the first that closes. Behind the last semicolon there is a last text, which may be empty.

    Raises
    ------
    DataError
        If quotation marks are not around a name, or a comment has no end.

    Examples
    --------
    >>> commands_of("title 'a; b'; [one [and another]] end;", "tree.nex")
    (["title 'a; b'", '  end', ''], 1)
    """
    ends = _ends_of_brackets(text)
    commands: list[list[str]] = [[]]
    comments, at = 0, 0
    while (token := _TOKENS.search(text, at)) is not None:
        mark, start, end = token.group(), token.start(), token.end()
        _check_mark(mark, text, start, path)
        commands[-1].append(text[at : end if len(mark) > 1 else start])
        at = _end_of_comment(text, start, ends, path) if mark == "[" else end
        comments += mark == "["
        if mark == ";":
            commands.append([])
    commands[-1].append(text[at:])
    return ["".join(parts) for parts in commands], comments


def _ends_of_brackets(text: str) -> dict[int, int]:
    """Return behind which position each square bracket ends that does."""
    ends: dict[int, int] = {}
    waiting: list[int] = []
    for bracket in _BRACKETS.finditer(text):
        if bracket.group() == "[":
            waiting.append(bracket.start())
        elif waiting:
            ends[waiting.pop()] = bracket.end()
    return ends


def _end_of_comment(text: str, start: int, ends: dict[int, int], path: FilePath) -> int:
    end = ends.get(start, text.find("]", start) + 1)
    within = text.find("[", start + 1, end)
    # What may be nodes behind a comment that was cut off is not dropped.
    if end == 0 or (start not in ends and re.search(r"[(),;]", text[start:within])):
        raise DataError(
            f"a comment in square brackets has an end: {str(path)!r} has none for {text[start : start + 20]!r}; was "
            "the file cut off? write it again"
        )
    return end


def _check_mark(mark: str, text: str, start: int, path: FilePath) -> None:
    if mark == "'":
        raise _refusal(_MARKS_RULE, text, start, start + 1, _MARKS_REMEDY, path)


def _kept(part: re.Match[str]) -> str:
    """Return what is kept of a quoted name, a length, an end of a tree or blanks."""
    return ";\n" if part["end"] is not None else part["quoted"] or ""


def _check_written(text: str, path: FilePath) -> None:
    """Refuse what a parser takes for something else; names that are quoted as a whole are not in the text."""
    for pattern, rule, remedy in _ODD:
        odd = pattern.search(text)
        if odd is not None:
            raise _refusal(rule, text, odd.start(), odd.end(), remedy, path)


def _check_tree(text: str, path: FilePath) -> None:
    """Refuse a node that stands in two places, once as a leaf; its name may be left out in one of them."""
    places: dict[str, Counter[str]] = defaultdict(Counter)
    leaves: list[tuple[str, str]] = []
    for behind, written in _NAMES.findall(text) if "#" in text else ():
        node = _OF_TWO_PARENTS.fullmatch(written)
        if node is not None:
            places[node[2]][node[1]] += 1
            leaves += [] if behind else [(node[2], node[1])]
    for number, name in leaves:
        names = places[number]
        if names[name] > 1 or (names.total() > names[name] and (not name or names[""])):
            raise DataError(
                f"each node of a tree has one node above it: {str(path)!r} has {name + number!r} in several places: "
                "this is a network (extended Newick); give its covers as edges, or put names with '#' in single "
                "quotation marks"
            )


def _refusal(rule: str, text: str, start: int, end: int, remedy: str, path: FilePath) -> DataError:
    read = text[max(0, start - 10) : end + 10]
    return DataError(f"{rule}: {str(path)!r} reads {read!r}; {remedy}")
