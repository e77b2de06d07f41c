"""Trees in NEXUS: its blocks, and the tables of names in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import final

from hassenet.errors import DataError, DuplicateElementError
from hassenet.files.content import FilePath
from hassenet.readers.newick_text import IN_MARKS, NewickText, commands_of, of_newick

_COMMAND = re.compile(r"\s*(?:#NEXUS)?\s*(\w*)(.*)", re.IGNORECASE | re.DOTALL)
_OF_TREES = re.compile(r"(translate|[ur]?tree)(.*)", re.IGNORECASE | re.DOTALL)
_NAME = rf"{IN_MARKS}|\"[^\"]*+\""
_TREE = re.compile(rf"(?=[\s*='\"])(?:{_NAME}|[^'\"=])*+=(.*)", re.DOTALL)
_ENTRIES = re.compile(rf"(?:{_NAME}|[^,])++")
_ENTRY = re.compile(rf"\s*({_NAME}|[^\s'\"]+)\s+({_NAME}|[^\s'\"]+)\s*")
_ENDS = frozenset({"end", "endblock"})
_CUT = "was the file cut off? write it again"


@final
@dataclass
class _Block:
    """A block: its name, and for one of trees these and the entries of its table, as they are written."""

    name: str
    trees: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)


def of_nexus(text: str, path: FilePath) -> NewickText:
    r"""Return the trees of a file in NEXUS.

    A table of names is for the trees of its block.

    Raises
    ------
    DataError
        If the file ends in the middle of a command or a block, if a table cannot be read as a whole, or stands in
        another block than the tree, or if trees are not written as Newick is.
    DuplicateElementError
        If a table gives several names to one.

    Examples
    --------
    >>> of_nexus("#NEXUS\nbegin trees; translate 1 A, 2 'B b'; tree t = [&R] (1:1,2:2)r; end;", "tree.nex")
    NewickText(text='(1,2)r;\n', comments=1, lengths=2, names={'1': 'A', '2': 'B b'})
    """
    commands, comments = commands_of(text, path)
    blocks = list(_blocks(commands, path))
    trees = of_newick("".join(f"{tree};\n" for block in blocks for tree in block.trees), path)
    return replace(trees, comments=comments, names=_names(blocks, path))


def _blocks(commands: Sequence[str], path: FilePath) -> Iterator[_Block]:
    """Yield the blocks; the last command of a file may lack its semicolon if it ends a block."""
    block: _Block | None = None
    for k, command in enumerate(commands):
        word, rest = _word(command)
        if word in _ENDS:
            _check_alone(rest, path)
            yield from () if block is None else (block,)
            block = None
        elif k == len(commands) - 1 and command.strip():
            raise DataError(
                f"a tree must be whole: {str(path)!r} ends in the middle of a command of NEXUS; {_CUT}"
            )
        elif word == "begin":
            _check_ended(block, path)
            block = _Block(rest.strip().lower())
        elif block is not None and block.name == "trees":
            _take(block, word + rest, path)
    _check_ended(block if block is not None and block.name == "trees" else None, path)


def _word(command: str) -> tuple[str, str]:
    found = _COMMAND.fullmatch(command)
    return (found[1].lower(), found[2]) if found is not None else ("", command)


def _check_ended(block: _Block | None, path: FilePath) -> None:
    if block is not None:
        raise DataError(
            f"a block of NEXUS has an end: {str(path)!r} has none for {block.name[:20]!r}; {_CUT}"
        )


def _check_alone(rest: str, path: FilePath) -> None:
    if rest.strip():
        raise DataError(
            f"a semicolon stands behind each command of NEXUS: {str(path)!r} has none between 'end' and "
            f"{rest.strip()[:20]!r}; write it"
        )


def _take(block: _Block, command: str, path: FilePath) -> None:
    """Add a tree or a table to its block; other commands, such as the title, say nothing of trees."""
    found = _OF_TREES.match(command)
    if found is None:
        return
    is_table = found[1].lower() == "translate"
    if is_table and re.match(r"[\s'\"]", found[2]):
        block.tables.append(found[2])
    elif not is_table and (tree := _TREE.fullmatch(found[2])) is not None:
        block.trees.append(tree[1])
    else:
        raise DataError(
            f"a command of a block of trees is 'tree NAME = (…)' or 'translate KEY NAME, …': {str(path)!r} reads "
            f"{command[:40]!r}; correct it"
        )


def _names(blocks: Sequence[_Block], path: FilePath) -> dict[str, str] | None:
    """Return the table of the block that has trees, or None where no block has a table."""
    tables = [(block, _table(block.tables, path)) for block in blocks if block.tables]
    of_trees = [table for block, table in tables if block.trees]
    bare = any(block.trees and not block.tables for block in blocks)
    if tables and bare:
        raise DataError(
            f"a table of names stands in the block of its trees: in {str(path)!r} 'translate' is in another block; "
            "write it before the tree"
        )
    return of_trees[0] if of_trees else None


def _table(tables: Sequence[str], path: FilePath) -> dict[str, str]:
    names: dict[str, str] = {}
    for table in tables:
        entries = _ENTRIES.findall(table)
        # A comma behind the last entry leaves blanks.
        for written in entries[:-1] if len(entries) > 1 and not entries[-1].strip() else entries:
            key, name = _entry(written, path)
            if key in names:
                raise DuplicateElementError(
                    f"a table of names has one for each key: {key!r} stands in several entries of 'translate' in "
                    f"{str(path)!r}; take out the wrong one"
                )
            names[key] = name
    return names


def _entry(written: str, path: FilePath) -> tuple[str, str]:
    found = _ENTRY.fullmatch(written)
    if found is None:
        raise DataError(
            f"an entry of 'translate' is a key and a name: {str(path)!r} reads {written.strip()!r}; correct it, or put "
            "a name with blanks or marks in single quotation marks ('A''s b' for A's b)"
        )
    return _unquoted(found[1]), _unquoted(found[2])


def _unquoted(name: str) -> str:
    if name[0] == "'":
        return name[1:-1].replace("''", "'")
    return name.strip('"')
