"""Hierarchies to files, from which the readers make equal ones, but for ranks that hold nothing, which are closed."""

from __future__ import annotations

import csv
import json
from io import BytesIO, StringIO
from itertools import chain
from pathlib import Path

from hassenet.files.atomic import write_atomically
from hassenet.files.content import FilePath
from hassenet.files.gzipped import zipped
from hassenet.files.optional import networkx
from hassenet.hierarchy import Hierarchy
from hassenet.readers.nodes import written

HEADER = ("lower", "upper", "rank", "relay_of")
"""The header of a table of elements and covers."""
HEADERS = HEADER, (*HEADER, "sign")
"""That, and the one of a hierarchy whose covers have signs."""


def write_edges(H: Hierarchy, path: FilePath) -> None:
    r"""Write a hierarchy as a table, which :func:`read_edges` reads: a line an element, then a line a cover.

    The columns are ``lower,upper,rank,relay_of``. The line of an element has its name, its rank, and for a relay the
    name of its source; the line of a cover has two names. Where covers have signs there is a column ``sign`` with 1, −1
    or nothing. A name that ends in .tsv means tabs, .gz compression.

    Raises
    ------
    HierarchyError
        If an element is named by something else than text.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> H = Hierarchy.from_covers([("a", "b"), ("x", "b")])
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "H.csv")
    ...     write_edges(H, file)
    ...     print(file.read_text())
    lower,upper,rank,relay_of
    a,,0,
    x,,0,
    b,,1,
    a,b,,
    x,b,,
    """
    nodes, covers, signs = written(H)
    suffixes = Path(path).suffixes
    text = StringIO(newline="")
    mark = "\t" if ".tsv" in suffixes else ","
    plain = csv.writer(text, delimiter=mark, lineterminator="\n")
    quoted = csv.writer(text, delimiter=mark, lineterminator="\n", quoting=csv.QUOTE_ALL)
    header = HEADERS[bool(signs)]
    elements = ((node.name, "", node.rank, node.relay_of or "", "") for node in nodes)
    links = ((low, up, "", "", signs.get((low, up), "")) for low, up in covers)
    for row in chain([header], elements, links):
        (quoted if row[0].startswith("#") else plain).writerow(row[: len(header)])  # or it would be a comment
    _save(text.getvalue().encode(), path)


def write_json(H: Hierarchy, path: FilePath) -> None:
    """Write a hierarchy as JSON, which :func:`read_json` reads: an object with "elements" and "covers".

    An element is an object with "name", "rank" and, for a relay, "relay_of"; a cover is a list [lower, upper], or, with
    a sign, [lower, upper, sign]. A name that ends in .gz means compression.

    Raises
    ------
    HierarchyError
        If an element is named by something else than text.
    """
    nodes, covers, signs = written(H)
    elements = [{k: v for k, v in node._asdict().items() if v is not None} for node in nodes]
    links = [(*pair, signs[pair]) if pair in signs else pair for pair in covers]
    _save((json.dumps({"elements": elements, "covers": links}, ensure_ascii=False) + "\n").encode(), path)


def write_graphml(H: Hierarchy, path: FilePath) -> None:
    """Write a hierarchy as GraphML, which :func:`read_graphml` reads; nodes have the attribute "rank".

    A relay also has the attribute "relay_of", an edge whose cover has a sign "sign". A name that ends in .gz means
    compression.

    Raises
    ------
    HierarchyError
        If an element is named by something else than text.
    HassenetError
        If networkx is not installed.
    """
    nodes, covers, signs = written(H)
    graph = networkx().DiGraph()
    for node in nodes:
        graph.add_node(node.name, rank=node.rank, **({"relay_of": node.relay_of} if node.relay_of else {}))
    graph.add_edges_from(covers)
    graph.add_edges_from((low, up, {"sign": sign}) for (low, up), sign in signs.items())
    content = BytesIO()
    networkx().write_graphml_xml(graph, content)
    _save(content.getvalue(), path)


def _save(content: bytes, path: FilePath) -> None:
    write_atomically(Path(path), zipped(content, Path(path)))
