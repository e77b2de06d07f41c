"""Nested trees in JSON: objects with "name" and "children", or mappings from names to what lies below them."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from hassenet.errors import DataError, DuplicateElementError, listing
from hassenet.files.content import FilePath
from hassenet.hierarchy import Ranking
from hassenet.hierarchy.placeholders import is_placeholder, left_out
from hassenet.hierarchy.report import Count, Report
from hassenet.readers.building import hierarchy_of
from hassenet.readers.choices import check_sep
from hassenet.readers.json_kinds import check_tree
from hassenet.readers.json_text import json_of
from hassenet.readers.reading import Reading
from hassenet.readers.relation import Relation
from hassenet.readers.tree_names import with_names

_Path = tuple[str, ...]
_KEYS = {"name", "children"}


def read_tree(path: FilePath, *, sep: str = "/", name: str | None = None, rank: Ranking = "below") -> Reading:
    """Return the hierarchy of a nested tree in JSON, the leaves its features.

    Two ways of writing are known. ``{"name": …, "children": [{"name": …}, …]}``, as d3 and KEGG have it; and
    ``{"cell cycle": {"repair": ["BRCA2", "XPA"]}}``: a mapping from names to mappings, to lists of leaves, or, for
    leaves, to ``{}``, ``[]`` or null. In the first, other keys are left out: those of numbers and text, as "size", and,
    a fault, those that hold a list or an object, as a "childs" would.

    A leaf that stands in several places is one feature with several elements above it, since it stands for one column
    of the data. An inner name that stands in several places ("other", say) stands for different things, so each is
    called by its path from the root, joined by ``sep``; so is an inner name that is also that of a leaf.

    Parameters
    ----------
    path : str or path
        The file, gzipped or not.
    sep : str
        What stands between the names of a path.
    name : str, optional
        The key that names objects, where it is not "name". By default it is found, if one alone of "id", "text",
        "label", "title", "key" and "value" names every object; the report says which.
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
    check_sep(sep)
    value, naming = with_names(_spelled(json_of(path)), name, path)
    check_tree(value, path)
    found, passed = _without_nameless(list(_branches(value, path)))
    branches, unnamed = _named(found)
    _check_branches(branches, path)
    leaves, inner = _leaves_and_inner(branches)
    names, shared = _names(leaves, inner, sep)
    pairs = tuple((names.get(p, p[-1]), names[p[:-1]]) for p in branches if len(p) > 1)
    made = (
        Count("places in the tree", len(branches) + unnamed.n + sum(count.n for count in passed)),
        Count("pairs", len(pairs)),
        Count("leaves", len({p[-1] for p in leaves})),
        *naming,
        *_in_several_places(leaves),
        *([Count.of("inner names in several places (called by their paths)", shared)] if shared else []),
    )
    alone = tuple(names.get(p, p[-1]) for p in branches if len(p) == 1)
    report = Report(Path(path).name, made, (unnamed, *passed)) + _of_keys(value)
    return hierarchy_of(Relation(pairs, report, alone, source=Path(path).name), rank)


def _spelled(value: Any) -> Any:
    """Return a mapping from names to lists of whole numbers, as sets of Entrez's genes are, with these as text."""
    lists = list(value.values()) if isinstance(value, dict) else []
    if not lists or not all(
        isinstance(one, list) and all(type(item) is int for item in one) for one in lists
    ):
        return value
    return {name: [str(item) for item in one] for name, one in value.items()}


def _without_nameless(branches: list[_Path]) -> tuple[list[_Path], tuple[Count, ...]]:
    """Return the places without inner ones with a placeholder for a name: what is below them hangs above them.

    "unknown" is not a group of what stands below it.
    """
    inner = {p[:-1] for p in branches}
    odd = {p for p in branches if p in inner and is_placeholder(p[-1])}
    if not odd:
        return branches, ()
    kept = (tuple(p[k] for k in range(len(p)) if p[: k + 1] not in odd) for p in branches if p not in odd)
    passed = left_out("inner places", (p[-1] for p in branches if p in odd))
    return list(dict.fromkeys(kept)), (passed,)


def _check_branches(branches: Sequence[_Path], path: FilePath) -> None:
    """Refuse a name alone, as that of a package, which is not a tree."""
    if len(branches) == 1:
        raise DataError(
            f"a tree has places below others: {str(path)!r} holds one name, {branches[0][-1]!r}; write "
            '{"name": …, "children": […]} or {name: …}'
        )


def _named(branches: list[_Path]) -> tuple[list[_Path], Count]:
    """Return the places but leaves with a placeholder for a name, which would be one feature, and their number."""
    inner = {p[:-1] for p in branches}
    odd = dict.fromkeys(p for p in branches if is_placeholder(p[-1]) and p not in inner)
    kept = [p for p in branches if p not in odd]
    return kept, left_out("leaves", (p[-1] for p in branches if p in odd))


def _in_several_places(leaves: Iterable[_Path]) -> list[Count]:
    """Return the count of the leaves that stand in several places, nothing if none do."""
    shared = [name for name, places in Counter(p[-1] for p in leaves).items() if places > 1]
    return [Count.of("leaves in several places (one feature each)", shared)] if shared else []


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
    if _is_object(node):
        return [(node["name"], _below(node, above, path))]
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


def _is_object(node: Any) -> bool:
    """Return whether a node is written as an object with a name."""
    return isinstance(node, dict) and isinstance(node.get("name"), str)


def _below(node: dict[str, Any], above: _Path, path: FilePath) -> Any:
    """Return the children of an object: nothing, or a list of names and of objects with names."""
    children = node.get("children")
    if children is None:
        return None
    listed = children if isinstance(children, list) else [children]
    odd = [c for c in listed if listed is not children or not (isinstance(c, str) or _is_object(c))]
    if odd:
        raise DataError(
            f'"children" are a list of names and of objects with a "name": those of '
            f"{'/'.join((*above, node['name']))} in {str(path)!r} hold {str(odd[0])[:60]!r}; "
            'write {"name": …, "children": […]}'
        )
    return children


def _of_keys(value: Any) -> Report:
    """Return what objects with names hold beside their children, and which objects seem to lack a name."""
    nodes = [node for node in _nodes(value) if isinstance(node, dict)]
    others = [(k, v) for node in nodes if _is_object(node) for k, v in node.items() if k not in _KEYS]
    texts = [key for key, v in others if not isinstance(v, dict | list)]
    below = [key for key, v in others if isinstance(v, dict | list)]
    joined = _of_different_identifiers(filter(_is_object, nodes))
    unnamed = [node for node in nodes if not _is_object(node) and isinstance(node.get("children"), list)]
    return Report(
        "",
        dropped=(Count("attributes of objects", len(texts), tuple(dict.fromkeys(texts))),),
        faults=(
            Count("keys beside name and children that hold more", len(below), tuple(dict.fromkeys(below))),
            Count("objects with children and no name (read as mappings)", len(unnamed)),
            Count.of("leaves of one name with different identifiers (joined)", joined, _BY_IDENTIFIER),
        ),
    )


_BY_IDENTIFIER = "if they are different things, call them by these: name='id' (--name id)"


def _of_different_identifiers(nodes: Iterable[dict[str, Any]]) -> list[str]:
    """Return the names of leaves that are written several times, each with an "id" of its own."""
    found: dict[str, set[str]] = defaultdict(set)
    for node in nodes:
        if not node.get("children") and "id" in node:
            found[node["name"].strip()].add(str(node["id"]))
    return [name for name, identifiers in found.items() if len(identifiers) > 1]


def _nodes(value: Any) -> Iterator[Any]:
    """Yield what is read of a value in JSON, at every level."""
    waiting = deque([value])
    while waiting:
        node = waiting.popleft()
        yield node
        if _is_object(node):
            waiting.append(node.get("children"))
        elif isinstance(node, dict | list):
            waiting.extend(node.values() if isinstance(node, dict) else node)


def _item(item: Any, above: _Path, path: FilePath) -> list[tuple[Any, Any]]:
    return [(item, None)] if isinstance(item, str) else list(_children(item, above, path))
