"""GraphML: graphs as networkx, Cytoscape, igraph and yEd write them."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from hassenet.errors import DataError
from hassenet.files.content import FileContent, FilePath
from hassenet.files.optional import networkx
from hassenet.files.xml import check_declarations
from hassenet.hierarchy import Ranking
from hassenet.hierarchy.report import Count, Report
from hassenet.readers.graphs import Arrows, GraphOptions, of_graph
from hassenet.readers.reading import Reading
from hassenet.readers.relation import Source

_SPACE = "http://graphml.graphdrawing.org/xmlns"


def read_graphml(
    path: FilePath,
    *,
    arrows: Arrows | None = None,
    label: str | None = None,
    features: Source | None = None,
    rank: Ranking | None = None,
) -> Reading:
    r"""Return the hierarchy of a directed graph in GraphML, as :func:`read_networkx` reads it.

    Parameters
    ----------
    path : str or path
        The file, gzipped or not, in the encoding that it declares.
    arrows : "up" or "down", optional
        Whether edges lead from the lower element to the upper one, or from the upper to the lower. By default up; a
        graph that then looks upside down, and has no ranks, is refused.
    label : str, optional
        The attribute of nodes that names them; by default their identifiers do.
    features : path, data frame, mapping or iterable of (feature, element), optional
        As of :func:`read_edges`; ranks that nodes have are then lifted by one.
    rank : "below", "above" or a mapping from element to int, optional
        φ, as in :meth:`Hierarchy.from_covers`; by default the nodes' attribute "rank" where all have it and it is a
        whole number ≥ 0, else "below". Ranks that no node has are closed. Attributes that are not ranks are reported.

    Raises
    ------
    DataError
        If the file is empty, no GraphML or cut off, the graph has no directions, or a node lacks the label; if it holds
        more than one graph, groups of nodes, or an edge without a source or a target.
        Or if it declares entities, or refers to another file (a DTD).
    HierarchyError
        If the edges have a cycle, two nodes have one label, or the graph looks upside down.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from hassenet.hierarchy import Hierarchy
    >>> from hassenet.readers import write_graphml
    >>> H = Hierarchy.from_covers([("BRCA2", "repair"), ("XPA", "repair")])
    >>> with TemporaryDirectory() as folder:
    ...     write_graphml(H, Path(folder, "H.graphml"))
    ...     read_graphml(Path(folder, "H.graphml")).hierarchy == H
    True
    """
    graph, strange = _parsed(path)
    H, report = of_graph(graph, Path(path).name, repr(str(path)), GraphOptions(arrows, label, features, rank))
    return Reading(H, report + Report("", faults=(strange,)))


def _parsed(path: FilePath) -> tuple[Any, Count]:
    """Return the directed graph of a file, and the fault of ends of edges that it does not name as nodes."""
    file = FileContent.of(path)
    try:
        graph, xml = _read(file.content)
    except ParseError as error:
        raise DataError(
            f"GraphML must be whole XML: {str(path)!r}: {error}; was the file cut off? write it again"
        ) from None
    except DataError as error:
        raise DataError(f"{error} ({str(path)!r})") from None
    except (networkx().NetworkXError, ValueError, LookupError, AttributeError) as error:
        raise DataError(f"a file must be GraphML: {str(path)!r}: {error}; write it again") from None
    _check_nothing_left_out(xml, path)
    if not graph.is_directed():
        raise DataError(
            f"edges must lead from lower to upper: the graph in {str(path)!r} has no directions; write a directed one"
        )
    return graph, _strange(xml)


def _read(content: bytes) -> tuple[Any, Any]:
    """Return the first graph, as networkx reads it, and all of the file."""
    check_declarations(content)
    reader = networkx().GraphMLReader(
        force_multigraph=True
    )  # which is not copied into another graph at the end
    graph = next(reader(path=BytesIO(content)), None)
    if graph is None:
        _into_the_namespace(reader.xml)
        keys = reader.find_graphml_keys(reader.xml)
        graph = reader.make_graph(reader.xml.find(f"{{{_SPACE}}}graph"), *keys)
    return graph, reader.xml


def _into_the_namespace(xml: Any) -> None:
    """Give GraphML's namespace to the elements of a file: some programs leave it out, or write an older one.

    Raises
    ------
    DataError
        If it is another kind of XML, or has no graph.
    """
    root = xml.getroot()
    space, _, kind = root.tag.rpartition("}")
    if kind != "graphml":
        what, remedy = _OTHERS.get(kind, (f"XML of another kind, its root {kind!r}", "write it as GraphML"))
        raise DataError(f"a file must be GraphML: this is {what}; {remedy}")
    for element in xml.iter():
        if isinstance(element.tag, str) and element.tag.rpartition("}")[0] == space:
            element.tag = f"{{{_SPACE}}}{element.tag.rpartition('}')[2]}"
    if xml.find(f"{{{_SPACE}}}graph") is None:
        raise DataError("a file must be GraphML: its root holds no <graph>, in no namespace; write it again")


_OWL = "OWL or other RDF", "take the ontology in OBO (robot convert makes it), and read it by read_obo"
_OTHERS = {
    "RDF": _OWL,
    "Ontology": _OWL,
    "gexf": ("GEXF", "read it by networkx.read_gexf, and the graph by read_networkx"),
    "html": ("a web page", "download the file itself"),
}
"""Other XML by its root: what it is, and what to do."""


def _check_nothing_left_out(xml: Any, path: FilePath) -> None:
    """Refuse what would be left out: further graphs, groups of nodes, edges without ends."""
    tag = f"{{{_SPACE}}}"
    graphs, nested = (len(xml.findall(f"{where}{tag}graph")) for where in ("", f".//{tag}node/"))
    if graphs > 1:
        raise DataError(
            f"a hierarchy is one graph: {str(path)!r} holds {graphs}; write each to a file of its own"
        )
    if nested:
        raise DataError(
            f"a hierarchy is one graph: {str(path)!r} holds {nested} more inside nodes; write it without groups"
        )
    loose = sum(
        None in (edge.get("source"), edge.get("target")) for edge in xml.iterfind(f"{tag}graph/{tag}edge")
    )
    if loose:
        raise DataError(
            f"an edge has a source and a target: {loose:,} in {str(path)!r} lack(s) one; complete them or take them out"
        )


def _strange(xml: Any) -> Count:
    """Return the fault of ends of edges that are not nodes of the file; networkx makes nodes of them."""
    tag = f"{{{_SPACE}}}"
    nodes = {node.get("id") for node in xml.iterfind(f"{tag}graph/{tag}node")}
    ends = (edge.get(end) for edge in xml.iterfind(f"{tag}graph/{tag}edge") for end in ("source", "target"))
    return Count.of(
        "ends of edges that are not nodes of the file (cut off?)",
        dict.fromkeys(end for end in ends if end not in nodes),
    )
