"""JSON that is not a nested tree, although it could be read as one: what it looks like, and what to do with it."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from hassenet.errors import DataError
from hassenet.files.content import FilePath
from hassenet.readers.direction import widens
from hassenet.readers.headers import is_header_in_either_order
from hassenet.readers.obographs import is_obo_graphs
from hassenet.readers.tree_names import NAMING

_FRAME = "make it a data frame, or write CSV, and read that by read_edges or read_paths"
_PARENTS = (
    "a mapping from each element to what stands above it",
    "read it by read_edges, which takes the mapping itself or pairs in CSV below a header lower,upper; if it is a "
    'tree, write {"name": …, "children": […]}',
)
_GRAPH = "read it by read_json_graph (--format json-graph)"


def check_tree(value: Any, path: FilePath) -> None:
    """Refuse JSON whose keys are not names of elements.

    Raises
    ------
    DataError
        With what it looks like, and what to do.
    """
    kinds = ((what, remedy) for node in _nodes(value) for what, is_one, remedy in _KINDS if is_one(node))
    found = next(kinds, _PARENTS if _leads_up(value) else None)
    if found is not None:
        raise DataError(
            f'a tree in JSON has objects with "name" and "children", or names for keys: {str(path)!r} looks like '
            f"{found[0]}; {found[1]}"
        )


def _nodes(value: Any) -> Iterator[Any]:
    """Yield objects and lists from the top down; below an object with a name its children alone."""
    waiting = deque([value])
    while waiting:
        node = waiting.popleft()
        yield node
        below = node.get("children") if _has_name(node) else node
        waiting.extend(child for child in _values(below) if isinstance(child, dict | list))


def _values(node: Any) -> Any:
    return node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()


def _has_name(node: Any) -> bool:
    return isinstance(node, dict) and isinstance(node.get("name"), str)


def _has_lists(node: Any, *keys: str) -> bool:
    return isinstance(node, dict) and all(isinstance(node.get(key), list) for key in keys)


def _is_graph(node: Any) -> bool:
    return isinstance(node, dict) and "nodes" in node and not {"links", "edges", "adjacency"}.isdisjoint(node)


def _is_linked_data(node: Any) -> bool:
    return isinstance(node, dict) and not {"@graph", "@context"}.isdisjoint(node)


def _is_of_msigdb(node: Any) -> bool:
    return any(isinstance(child, dict) and "geneSymbols" in child for child in _values(node))


def _is_of_hassenet(node: Any) -> bool:
    return isinstance(node, dict) and node.keys() == {"elements", "covers"} and _has_lists(node, *node)


def _lacks_its_name(node: Any) -> bool:
    """Return whether an object has children and no name, but perhaps an "id"; "children" may be a name as well."""
    if not isinstance(node, dict) or "children" not in node or _has_name(node):
        return False
    objects = any(isinstance(child, dict) for child in _values(node["children"]))
    return objects or any(isinstance(node.get(key), str | int) for key in NAMING)


def _has_other_children(node: Any) -> bool:
    """Return whether an object is named by a usual key, and holds a list of such objects under another one."""
    if not isinstance(node, dict) or _has_name(node):
        return False
    lists = [child for child in node.values() if isinstance(child, list) and child]
    named = [key for key in NAMING if isinstance(node.get(key), str)]
    return any(isinstance(item, dict) and key in item for key in named for child in lists for item in child)


def _is_split_frame(node: Any) -> bool:
    return _has_lists(node, "columns", "data") or (
        isinstance(node, dict) and is_header_in_either_order(tuple(node))
    )


def _is_list_of_lists(node: Any) -> bool:
    return isinstance(node, list) and any(isinstance(item, list) for item in node)


def _are_records(node: Any) -> bool:
    """Return whether objects side by side have a key in common: in a list any; else one of texts and numbers."""
    objects = [child for child in _values(node) if isinstance(child, dict) and not _has_name(child)]
    kinds = object if isinstance(node, list) else str | int | float
    keys = Counter(key for child in objects for key, cell in child.items() if isinstance(cell, kinds))
    return any(times > 1 for times in keys.values())


def _is_flat(node: Any) -> bool:
    """Return whether several objects with names side by side have no children, but a parent or other text."""
    if not isinstance(node, list) or len(node) < 2 or not all(map(_has_name, node)):
        return False
    return not any("children" in item for item in node) and any("parent" in item for item in node)


def _leads_up(node: Any) -> bool:
    """Return whether a mapping leads from names to names, and as a tree would widen on its way up."""
    if not isinstance(node, dict) or not node:
        return False
    below = {name: value if isinstance(value, list) else [value] for name, value in node.items()}
    if not all(isinstance(leaf, str) for leaves in below.values() for leaf in leaves):
        return False
    return widens([(leaf, name) for name, leaves in below.items() for leaf in leaves])


def _is_wrapped(node: Any) -> bool:
    """Return whether trees of objects with names lie under a key, which would be an element above them."""
    if not isinstance(node, dict) or _has_name(node):
        return False
    below = chain.from_iterable([child, *_values(child)] for child in node.values())
    return any(_has_name(child) and "children" in child for child in below)


_KINDS: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    ("what write_json writes", _is_of_hassenet, "read it by read_json (--format json)"),
    ("OBO Graphs", is_obo_graphs, "read it by read_obographs (--format obographs)"),
    ("a graph, with nodes and edges", _is_graph, _GRAPH),
    ("linked data (JSON-LD)", _is_linked_data, "take the ontology in OBO, and read it by read_obo"),
    ("gene sets of MSigDB", _is_of_msigdb, "read them by read_msigdb (--format msigdb)"),
    (
        "a tree whose objects lack their names",
        _lacks_its_name,
        "choose the key that names its objects by name=… (--name)",
    ),
    (
        "a tree whose objects have their children under another key",
        _has_other_children,
        'call that key "children", and the key that names objects "name"',
    ),
    ("a table", _is_split_frame, _FRAME),
    ("pairs, a list in a list", _is_list_of_lists, "read the pairs by read_edges"),
    ("records, which have the same keys", _are_records, _FRAME),
    ("a list of objects with their parents", _is_flat, _FRAME),
    ("a tree that lies under a key", _is_wrapped, "write that tree alone"),
)
