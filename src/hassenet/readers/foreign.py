"""Texts that are of another kind than a reader takes: by how they begin, what they look like and who reads them."""

from __future__ import annotations

import re

from hassenet.errors import DataError
from hassenet.files.content import FilePath

# Comments may stand before and behind; a tab sets columns apart, unless it indents.
_COMMENTS = r"\s*(?:\[[^\]]*\]\s*)*"
_NEWICK = re.compile(rf"{_COMMENTS}\((?!.*[^\s(,]\t(?![\s(),:;])).*;{_COMMENTS}\Z", re.DOTALL)
_TREE_REMEDY = "read it by read_newick (--format newick)"
_KINDS = {
    "a tree in Newick": (_NEWICK, _TREE_REMEDY),
    "a tree in NEXUS": (re.compile(r"\s*#NEXUS\b", re.IGNORECASE), _TREE_REMEDY),
    "JSON": (
        re.compile(r'\s*(\{\s*"|\[\s*[\[{"])'),
        "read it by read_tree, read_json_graph, read_obographs, read_msigdb or read_json (--format)",
    ),
    "OWL or other RDF": (
        re.compile(
            r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!DOCTYPE rdf:RDF|<rdf:RDF\b|<Ontology\b)|\s*@prefix\b|\s*Prefix\(",
            re.DOTALL,
        ),
        "take the ontology in OBO (robot convert makes it), and read it by read_obo",
    ),
    "XML": (
        re.compile(r"\s*<(\?xml|!DOCTYPE|!--|graphml\b|rdf:RDF\b|html\b)", re.IGNORECASE),
        "read GraphML by read_graphml (--format graphml)",
    ),
    "OBO": (re.compile(r"\s*format-version:"), "read it by read_obo (--format obo)"),
}


def kind_of(text: str) -> str | None:
    """Return what a text looks like by its beginning, or for Newick by the whole; None for other texts.

    Examples
    --------
    >>> (
    ...     kind_of("((A:0.1,B:0.2):0.3,C:0.4);"),
    ...     kind_of('{"repair": ["XPA"]}'),
    ...     kind_of("[Ruminococcus] gnavus,Blautia"),
    ... )
    ('a tree in Newick', 'JSON', None)
    """
    return next((name for name, (begins, _) in _KINDS.items() if begins.match(text)), None)


def check_kind(text: str, path: FilePath, *expected: str) -> None:
    """Refuse a text that looks like one of another kind.

    Raises
    ------
    DataError
        With what it looks like, and who reads it.
    """
    kind = kind_of(text)
    if kind is not None and kind not in expected:
        raise DataError(
            f"a file is read by the reader of its format: {str(path)!r} looks like {kind}; {_KINDS[kind][1]}"
        )
