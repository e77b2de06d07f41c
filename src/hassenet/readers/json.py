"""Hierarchies as ``write_json`` wrote them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hassenet.errors import DataError
from hassenet.files.content import FilePath
from hassenet.hierarchy.report import Count, Report
from hassenet.readers.json_text import json_of
from hassenet.readers.nodes import Node, Written, read_written
from hassenet.readers.reading import Reading


def read_json(path: FilePath) -> Reading:
    """Return the hierarchy that :func:`write_json` wrote: an object with "elements" and "covers".

    Raises
    ------
    DataError
        If the file is empty, no text, cut off, no JSON, or JSON of another kind.
    HierarchyError
        If what is written is not a hierarchy.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from hassenet import Hierarchy
    >>> from hassenet.readers import write_json
    >>> H = Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")]).graded()
    >>> with TemporaryDirectory() as folder:
    ...     write_json(H, Path(folder, "H.json"))
    ...     read_json(Path(folder, "H.json")).hierarchy == H
    True
    """
    value = json_of(path)
    if not is_written(value):
        raise DataError(
            f'a hierarchy in JSON is an object with "elements" and "covers": {str(path)!r} holds another thing; '
            "read a nested tree with read_tree"
        )
    nodes = [_node(element, path) for element in value["elements"]]
    covers = [_cover(cover, path) for cover in value["covers"]]
    written = Written(nodes, [pair for pair, _ in covers], {pair: sign for pair, sign in covers if sign})
    return read_written(written, Report(Path(path).name, (Count("lines", len(nodes) + len(covers)),)))


def is_written(value: Any) -> bool:
    """Return whether a value in JSON is a hierarchy as ``write_json`` writes it."""
    keys = {"elements", "covers"}
    return isinstance(value, dict) and value.keys() == keys and all(isinstance(value[k], list) for k in keys)


def _node(element: Any, path: FilePath) -> Node:
    try:
        node = Node(**element)
    except TypeError:
        node = Node("", -1)
    is_typed = isinstance(node.name, str) and type(node.rank) is int and isinstance(node.relay_of, str | None)
    if not is_typed or not node.name or node.rank < 0:
        raise DataError(
            f'an element is an object with "name" and "rank": {str(path)!r} holds {str(element)[:60]}; '
            "write the file again with write_json"
        )
    return node


def _cover(cover: Any, path: FilePath) -> tuple[tuple[str, str], int]:
    """Return a cover, and its sign."""
    pair, sign = (cover[:2], cover[2:]) if type(cover) is list else (cover, [])
    if type(pair) is not list or len(pair) != 2 or not (type(pair[0]) is type(pair[1]) is str):
        raise DataError(
            f"a cover is a list of two names: {str(path)!r} holds {str(cover)[:60]}; "
            "write the file again with write_json"
        )
    if sign and not (len(sign) == 1 and type(sign[0]) is int and sign[0] in (1, -1)):
        raise DataError(
            f"a cover is a list of two names, with a sign of 1 or -1 behind them: {str(path)!r} holds "
            f"{str(cover)[:60]}; write the file again with write_json"
        )
    return (pair[0], pair[1]), sign[0] if sign else 0
