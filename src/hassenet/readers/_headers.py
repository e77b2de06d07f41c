"""The headers of two columns that are known without being told."""

from __future__ import annotations

import re

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
# What says of a name that it is one: "gene_symbol" is "gene".
_OF_NAMES = {"id", "identifier", "name", "symbol"}


def is_header(lower: object, upper: object) -> bool:
    """Return whether two cells are known to head a lower and an upper column.

    Examples
    --------
    >>> is_header("Child", "Parent"), is_header("gene_symbol", "GO ID"), is_header("pathway", "gene")
    (True, True, False)
    """
    return _plain(upper) in _ABOVE.get(_plain(lower), ())


def _plain(cell: object) -> str:
    words = re.findall(r"[^\W_]+", str(cell).lower())
    return " ".join([word for word in words if word not in _OF_NAMES] or words)
