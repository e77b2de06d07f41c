"""Nested trees in JSON: objects with "name" and "children", or mappings from names to what lies below them."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from hassenet._report import Count, Report
from hassenet.errors import DataError, DuplicateElementError, listing
from hassenet.hierarchy import Ranking
from hassenet.readers._building import hierarchy_of
from hassenet.readers._json import json_of
from hassenet.readers._text import FilePath
from hassenet.readers.reading import Reading
from hassenet.readers.relation import Relation

_Path = tuple[str, ...]


def read_tree(path: FilePath, *, sep: str = "/", rank: Ranking = "below") -> Reading:
    """Return the hierarchy of a nested tree in JSON, the leaves its features.

    Two ways of writing are known. ``{"name": …, "children": [{"name": …}, …]}``, as d3 and KEGG have it; and
    ``{"cell cycle": {"repair": ["BRCA2", "XPA"]}}``: a mapping from names to mappings, to lists of leaves, or, for
    leaves, to ``{}``, ``[]`` or null.

    A leaf that stands in several places is one feature with several elements above it, since it stands for one column
    of the data. An inner name that stands in several places ("other", say) stands for different things, so each is
    called by its path from the root, joined by ``sep``; so is an inner name that is also that of a leaf.

    Parameters
    ----------
    path : str or path
        The file, gzipped or not.
    sep : str
        What stands between the names of a path.
    rank : "below", "above" or a mapping from element to int
        φ, as in :meth:`Hierarchy.from_covers`.

    Raises
    ------
    DataError
        If the file is empty, no text, cut off, no JSON, or no tree of these two kinds.
    DuplicateElementError
        If a key stands twice in an object, or a name is also a path.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> text = '{"cell": {"repair": ["BRCA2", "XPA"], "other": ["TP53"]}, "blood": {"other": ["F8"]}}'
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "tree.json")
    ...     _ = file.write_text(text)
    ...     H, report = read_tree(file)
    >>> H.ranks[1]
    ('repair', 'cell/other', 'blood/other')
    """
    value = json_of(path)
    branches = list(_branches(value, path))
    leaves, inner = _leaves_and_inner(branches)
    names, shared = _names(leaves, inner, sep)
    pairs = tuple((names.get(p, p[-1]), names[p[:-1]]) for p in branches if len(p) > 1)
    made = (
        Count("places in the tree", len(branches)),
        Count("leaves", len({p[-1] for p in leaves})),
        *([Count.of("inner names in several places (called by their paths)", shared)] if shared else []),
    )
    alone = tuple(names.get(p, p[-1]) for p in branches if len(p) == 1)
    return hierarchy_of(Relation(pairs, Report(Path(path).name, made), alone, source=Path(path).name), rank)


def _leaves_and_inner(branches: Iterable[_Path]) -> tuple[dict[_Path, None], dict[_Path, None]]:
    every = dict.fromkeys(branches)
    inner = dict.fromkeys(p[:-1] for p in every if len(p) > 1)
    return dict.fromkeys(p for p in every if p not in inner), inner


def _names(leaves: Iterable[_Path], inner: Iterable[_Path], sep: str) -> tuple[dict[_Path, str], list[str]]:
    """Return what each inner place is called, and the names that several places have."""
    places: dict[str, list[_Path]] = defaultdict(list)
    for p in inner:
        places[p[-1]].append(p)
    features = {p[-1] for p in leaves}
    shared = [name for name, paths in places.items() if len(paths) > 1 or name in features]
    told_apart = set(shared)
    names = {p: sep.join(p) if p[-1] in told_apart else p[-1] for p in inner}
    twice = [name for name, times in Counter([*names.values(), *features]).items() if times > 1]
    if twice:
        raise DuplicateElementError(
            f"an element has a name of its own: {listing(twice)} is both a name and a path; choose another sep"
        )
    return names, shared


def _branches(value: Any, path: FilePath) -> Iterator[_Path]:
    """Yield the path from the root to each place, from the top down."""
    waiting: deque[tuple[_Path, Any]] = deque([((), value)])
    while waiting:
        above, node = waiting.popleft()
        for name, below in _children(node, above, path):
            yield (*above, name)
            waiting.append(((*above, name), below))


def _children(node: Any, above: _Path, path: FilePath) -> list[tuple[str, Any]]:
    """Return the name of each child, and what lies below it."""
    if isinstance(node, dict) and isinstance(node.get("name"), str):
        return [(node["name"], node.get("children"))]
    if isinstance(node, dict):
        found = list(node.items())
    elif isinstance(node, list):
        found = [pair for item in node for pair in _item(item, above, path)]
    elif node is None:
        found = []
    else:
        found = [(node, None)]
    if not all(isinstance(name, str) and name.strip() for name, _ in found):
        raise DataError(
            f"a tree in JSON has names: below {'/'.join(above) or 'the root'} {str(path)!r} holds "
            f'{str(node)[:60]}; write {{"name": …, "children": […]}} or {{name: …}}'
        )
    return [(name.strip(), below) for name, below in found]


def _item(item: Any, above: _Path, path: FilePath) -> list[tuple[Any, Any]]:
    return [(item, None)] if isinstance(item, str) else list(_children(item, above, path))
