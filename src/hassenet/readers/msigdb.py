"""MSigDB's JSON: gene sets with what is known of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from hassenet.errors import DataError, DuplicateElementError, ParameterError, listing
from hassenet.files.content import FilePath
from hassenet.hierarchy import Ranking
from hassenet.hierarchy.report import Count, Report
from hassenet.readers.gene_sets import Column, completed, relation_of_sets
from hassenet.readers.json_text import json_of
from hassenet.readers.reading import Reading
from hassenet.readers.relation import Source

_IDENTIFIER, _GENES = "systematicName", "geneSymbols"


def read_msigdb(
    path: FilePath, *, relations: Source | None = None, sets: Column = "name", rank: Ranking = "below"
) -> Reading:
    """Return the hierarchy of gene sets in MSigDB's JSON: an object a set, its genes under "geneSymbols".

    Parameters
    ----------
    path : str or path
        The file, gzipped or not.
    relations, rank
        As of :func:`read_gmt`.
    sets : "name" or "identifier"
        What a set is called: its key, or its "systematicName".

    Raises
    ------
    DataError
        If the file is empty, no text, cut off, no JSON, or no sets of this kind.
    HierarchyError
        If two sets have one name, a set has that of a gene, or the relations have a cycle.

    References
    ----------
    Liberzon et al., The Molecular Signatures Database hallmark gene set collection, Cell Systems 1, 417–425 (2015).

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> text = '{"HALLMARK_APOPTOSIS": {"systematicName": "M5902", "geneSymbols": ["CASP3", "CASP9"]}}'
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "hallmark.json")
    ...     _ = file.write_text(text)
    ...     H, report = read_msigdb(file, sets="identifier")
    >>> H.ranks
    (('CASP3', 'CASP9'), ('M5902',))
    """
    if sets not in ("name", "identifier"):
        raise ParameterError(f"sets are called by their 'name' or their 'identifier'; got {sets!r}")
    value = json_of(path)
    if not is_of_msigdb(value):
        raise DataError(
            f'gene sets of MSigDB are objects with "{_GENES}": {str(path)!r} holds another thing; '
            "read a nested tree with read_tree, GMT with read_gmt"
        )
    named = [(_name(key, data, sets, path), data[_GENES]) for key, data in value.items()]
    _check_once([name for name, _ in named], path)
    others = sum(len(data) - 1 - (_IDENTIFIER in data) for data in value.values())
    relation = relation_of_sets(dict(named), Path(path).name)
    report = Report("", dropped=(Count("attributes of sets", others),))
    return completed(relation.reported(report), relations, rank)


def is_of_msigdb(value: Any) -> bool:
    """Return whether a value in JSON is an object of sets, each with its genes."""
    return isinstance(value, dict) and bool(value) and all(_is_set(data) for data in value.values())


def _is_set(data: Any) -> bool:
    genes = data.get(_GENES) if isinstance(data, dict) else None
    return isinstance(genes, list) and all(isinstance(gene, str) and gene.strip() for gene in genes)


def _name(key: str, data: dict[str, Any], sets: Column, path: FilePath) -> str:
    name = key if sets == "name" else data.get(_IDENTIFIER)
    if not isinstance(name, str) or not name.strip():
        raise DataError(
            f"a set has a name: {key!r} in {str(path)!r} has no {_IDENTIFIER if sets == 'identifier' else 'name'}; "
            "call sets by the other of name and identifier"
        )
    return name.strip()


def _check_once(names: list[str], path: FilePath) -> None:
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise DuplicateElementError(
            f"a set has a name of its own: {listing(twice)} in {str(path)!r} name(s) several; call sets by their names"
        )
