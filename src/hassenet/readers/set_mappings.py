"""Gene sets as a mapping from their names to their genes, as GSEApy, decoupler and other programs hold them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any

from hassenet.errors import ParameterError
from hassenet.hierarchy import Ranking
from hassenet.hierarchy.relation import check_names
from hassenet.readers.gene_sets import completed, relation_of_sets
from hassenet.readers.reading import Reading
from hassenet.readers.relation import Source


def read_gene_sets(
    sets: Mapping[Any, Iterable[Hashable]], *, relations: Source | None = None, rank: Ranking = "below"
) -> Reading:
    """Return the hierarchy of gene sets that are held as a mapping from each set to its genes.

    (:func:`read_edges` takes the other direction: a mapping from what is below to what is above it.)

    Parameters
    ----------
    sets : mapping from set to genes
        The genes in a list, a set, an array or a series.
    relations, rank
        As of :func:`read_gmt`.

    Raises
    ------
    ParameterError
        If it is not a mapping, or the genes of a set are one text.
    DataError
        If no set has a gene.
    HierarchyError
        If a set has the name of a gene, or the relations have a cycle.

    Examples
    --------
    >>> H, report = read_gene_sets({"repair": ["BRCA2", "XPA"], "excision": ["XPA"]})
    >>> H.ranks
    (('BRCA2', 'XPA'), ('repair', 'excision'))
    """
    if not isinstance(sets, Mapping):
        raise ParameterError(
            f"gene sets are a mapping from a set to its genes; got a {type(sets).__name__}; for pairs use read_edges"
        )
    listed = {name: _listed(name, genes) for name, genes in sets.items()}
    check_names(listed)
    return completed(relation_of_sets(listed, "sets"), relations, rank)


def _listed(name: Any, genes: Any) -> list[Hashable]:
    if isinstance(genes, str | bytes | Mapping | Iterator) or not isinstance(genes, Iterable):
        raise ParameterError(
            f"the genes of a set stand in a list: those of {name!r} are a {type(genes).__name__}; give [gene, …]"
        )
    found = list(genes)
    check_names(found)
    return found
