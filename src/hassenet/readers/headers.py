"""The headers of two columns that are recognised by their words."""

from __future__ import annotations

import re
from itertools import product

_SETS = {"set", "gene set", "geneset", "pathway", "term", "go", "go term", "group", "module", "complex"}
_ABOVE = {
    "lower": {"upper"},
    "child": {"parent"},
    "below": {"above"},
    "source": {"target"},
    "from": {"to"},
    "subclass": {"superclass"},
    "subset": {"superset"},
    "descendant": {"ancestor"},
    "term": {"parent"},
    "snp": {"gene", *_SETS},
    "variant": {"gene", *_SETS},
    "gene": _SETS,
    "protein": _SETS,
    "feature": {"element", *_SETS},
}
"""For each name of a lower column those of the upper one."""
_OF_ARROWS = {"source", "from"}
# What says of a name that it is one: "gene_symbol" is "gene".
_OF_NAMES = {"id", "identifier", "name", "symbol", "node", "element"}


def is_header(lower: object, upper: object) -> bool:
    """Return whether two cells are known to head a lower and an upper column.

    Examples
    --------
    >>> is_header("Child", "Parent"), is_header("gene_symbol", "GO ID"), is_header("pathway", "gene")
    (True, True, False)
    """
    return _plain(upper) in _ABOVE.get(_plain(lower), ())


def is_directed(lower: object) -> bool:
    """Return whether the head of a lower column says that it is one; an arrow from a source may lead up or down.

    Examples
    --------
    >>> is_directed("child"), is_directed("source")
    (True, False)
    """
    return _plain(lower) not in _OF_ARROWS


def is_header_in_either_order(cells: tuple[object, ...]) -> bool:
    """Return whether cells are known to head two columns, in either order."""
    return len(cells) == 2 and (is_header(*cells) or is_header(*reversed(cells)))


def spoken(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Return the two words in a sentence of two parts that are known to head two columns; nothing if there are none.

    Examples
    --------
    >>> spoken(("the parent", "then its child")), spoken(("made by hand", "in 2024"))
    (('parent', 'child'), ())
    """
    pairs = product(*map(str.split, cells)) if len(cells) == 2 else ()
    return next((pair for pair in pairs if is_header_in_either_order(pair)), ())


# The heads of a list of lineages.
_LINEAGES = {
    "taxon",
    "taxa",
    "taxonomy",
    "lineage",
    "lineages",
    "clade",
    "feature",
    "otu",
    "classification",
    "tax lineage",
    "consensus lineage",
    "consensuslineage",
    "gtdb taxonomy",
    "ncbi taxonomy",
    "silva taxonomy",
    "path",
}


def heads_lineages(line: str) -> bool:
    """Return whether a line is known to head a list of lineages.

    Examples
    --------
    >>> heads_lineages("Taxon"), heads_lineages("clade_name"), heads_lineages("Archaea")
    (True, True, False)
    """
    return _plain(line) in _LINEAGES


_FEATURES = {"otu", "asv", "zotu", "esv", "feature", "taxon", "sequence", "accession", "genome"}


def heads_features(head: object) -> bool:
    """Return whether the head of a column is known to say that it names features, be they numbers.

    Examples
    --------
    >>> heads_features("#OTU ID"), heads_features("asv"), heads_features("Confidence")
    (True, True, False)
    """
    words = set(re.findall(r"[^\W_]+", str(head).lower()))
    return bool(words & _OF_NAMES) or _plain(head) in _FEATURES


def _plain(cell: object) -> str:
    words = re.findall(r"[^\W_]+", str(cell).lower())
    return " ".join([word for word in words if word not in _OF_NAMES] or words)
