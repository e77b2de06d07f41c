"""GMT: gene sets, one a line, as MSigDB, Reactome, Enrichr and g:Profiler give them."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from hassenet.errors import DataError, DuplicateElementError, ParameterError, listing
from hassenet.files.content import FilePath
from hassenet.files.text import text_of, unended
from hassenet.hierarchy import Ranking
from hassenet.hierarchy.placeholders import (
    SYMBOLS,
    called_as_missing,
    is_missing_gene,
    is_placeholder,
    left_out,
)
from hassenet.hierarchy.report import Count, Report
from hassenet.hierarchy.restriction import FEW
from hassenet.readers.building import check_order, hierarchy_of, joined, of_another
from hassenet.readers.foreign import check_kind
from hassenet.readers.reading import Reading
from hassenet.readers.relation import Relation, Source, read_relation
from hassenet.readers.sheet import Row
from hassenet.readers.tabbed import n_comments, tabbed

Column = Literal["name", "identifier"]
_COLUMNS: dict[str, int] = {"name": 0, "identifier": 1}
_SYMBOL = re.compile(r"([A-Z]+)[A-Z0-9.-]*")
"""A gene as HGNC writes it; the letters it begins with."""
_WEIGHTED = re.compile(r"(?<=.)\s*,\s*[-+]?\d+(\.\d*)?([eE][-+]?\d+)?$")


def read_gmt(
    path: FilePath,
    *,
    relations: Source | None = None,
    sets: Column = "name",
    rank: Ranking = "below",
) -> Reading:
    r"""Return the hierarchy of gene sets: each line a set's name, its identifier or description, and its genes.

    Without relations it has two ranks, genes and sets. With them the sets are usually *propagated*, that is, a set
    holds the genes of the sets below it; those pairs are implied by others, and what is left are the covers. Where
    every gene has a weight, as ``TP53,1.0`` in libraries of Enrichr, the weights are left out and counted. Lines that
    begin with # are comments.

    Parameters
    ----------
    path : str or path
        The file, text in UTF-8 with tabs between the cells, gzipped or not.
    relations : path, data frame, mapping, iterable of (lower, upper) or ``read_relation(…)``, optional
        Which set lies below which; sets are named as ``sets`` says. A name that is not a set is a fault.
    sets : "name" or "identifier"
        What a set is called: the first cell of its line, or the second.
    rank : "below", "above" or a mapping from element to int
        φ, as in :meth:`Hierarchy.from_covers`.

    Raises
    ------
    DataError
        If the file is empty, no text, cut off in its gzip stream, or a line has no second cell.
    HierarchyError
        If a set stands on two lines, has the name of a gene, or the relations have a cycle.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "sets.gmt")
    ...     _ = file.write_text("repair\tR1\tBRCA2\tXPA\nexcision\tR2\tXPA\n")
    ...     H, report = read_gmt(file, relations=[("excision", "repair")])
    >>> H.below("repair")
    ('BRCA2', 'excision')
    >>> print(report)
    sets.gmt
      sets: 2
      pairs of a gene and a set: 3
      pairs (relations): 1
      features: 2
      elements: 4
      covers: 3
      dropped, pairs that others imply: 1
    """
    if sets not in _COLUMNS:
        raise ParameterError(f"sets are called by their 'name' or their 'identifier'; got {sets!r}")
    return completed(gene_sets(path, sets), relations, rank)


def completed(genes: Relation, relations: Source | None, rank: Ranking) -> Reading:
    """Return the hierarchy of pairs (gene, set), and of relations between the sets where there are some."""
    between = read_relation(()) if relations is None else read_relation(relations)
    check_order(between, None)
    unknown = Count.of(
        "names in relations that are no set", strangers(genes, between), "give all sets, or correct the names"
    )
    return sets_of(genes, between.reported(Report("", faults=(unknown,))), rank)


def strangers(genes: Relation, relations: Relation) -> Iterator[Hashable]:
    """Yield the names in relations that no gene set has."""
    sets = set(genes.elements)
    return (name for name in relations.names if name not in sets)


def sets_of(genes: Relation, relations: Relation, rank: Ranking) -> Reading:
    """Return the hierarchy of pairs (gene, set) and of relations between the sets."""
    report = genes.report + (_of_relations(genes, relations) if relations.pairs else Report(""))
    source = relations.source if relations.pairs else genes.source
    above = replace(relations, report=report, elements=genes.elements, source=source)
    return hierarchy_of(joined(above, replace(genes, report=Report(""))), rank)


def _of_relations(genes: Relation, relations: Relation) -> Report:
    related = relations.names
    alone = Count.of("sets that no relation names", (e for e in genes.elements if e not in related))
    faults = (_doubt(genes, relations, related, alone),)
    return of_another(relations.report, "relations") + Report("", (alone,) if alone.n else (), faults=faults)


def _doubt(genes: Relation, relations: Relation, related: Mapping[Hashable, None], alone: Count) -> Count:
    """Return the fault of relations between hardly any of the sets: they have two kinds of names."""
    sets = len(genes.elements)
    if sets - alone.n >= FEW * min(sets, len(related)):
        return Count("", 0)
    known = set(genes.elements)
    others = (name for name in related if name not in known)
    return Count(
        f"sets, of which relations name only {sets - alone.n:,}: in {relations.source} stand, for instance, "
        f"{listing(islice(others, 3))}; sets are {listing(alone.names, 3)}; call sets by identifier, or by name",
        sets,
    )


def gene_sets(path: FilePath, sets: Column) -> Relation:
    """Return the pairs (gene, set) of a GMT file."""
    text = text_of(path)
    check_kind(text, path)
    lines, weights = _without_weights(list(tabbed(text, comment="#")))
    named = _names(lines, sets, path)
    if next(_genes(lines), None) is None:
        raise DataError(
            f"a gene set has genes: no line of {str(path)!r} has a third cell; give a GMT file with genes"
        )
    sets_of_file = {name: [gene for gene in cells[2:] if gene] for name, (_, cells) in named.items()}
    relation = relation_of_sets(sets_of_file, Path(path).name)
    dropped = Count("weights of genes", weights), Count("lines that begin with #", n_comments(text, "#"))
    report = Report("", dropped=dropped, faults=(*_genes_for_descriptions(lines), unended(text, path)))
    return replace(relation.reported(report), lines=tuple(named[str(name)][0] for _, name in relation))


def relation_of_sets(sets: Mapping[Any, Sequence[Hashable]], source: str) -> Relation:
    """Return the pairs (gene, set) of sets by their names.

    Words that stand for what is missing are left out and counted, but for those that are symbols of genes too.

    Raises
    ------
    DataError
        If no set has a gene.
    """
    named = {name: genes for name, genes in sets.items() if not is_placeholder(name)}
    nameless = [name for name in sets if name not in named]
    every = [gene for genes in named.values() for gene in genes]
    odd = set(filter(is_missing_gene, set(every)))
    kept = {name: dict.fromkeys(g for g in genes if g not in odd) for name, genes in named.items()}
    pairs = tuple((gene, name) for name, genes in kept.items() for gene in genes)
    if not pairs:
        raise DataError(f"a gene set has genes: no set of {source} has any; give sets with genes")
    missing = left_out("genes", (gene for gene in every if gene in odd))
    twice = Count("genes given twice in a set", len(every) - missing.n - len(pairs))
    dropped = (twice, missing, *([left_out("sets", nameless)] if nameless else []))
    made = (
        Count("sets", len(sets)),
        Count("pairs of a gene and a set", len(pairs)),
        *called_as_missing(every),
    )
    faults = (Count.of("sets without genes", (name for name, genes in kept.items() if not genes)),)
    return Relation(pairs, Report(source, made, dropped, faults=faults), tuple(kept), source=source)


def _genes(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the genes of all lines, as often as they stand there."""
    return (gene for _, cells in rows for gene in cells[2:] if gene)


def _genes_for_descriptions(rows: Sequence[Row]) -> tuple[Count, ...]:
    """Return the faults of second cells that are genes of sets, or look so: without descriptions these are lost."""
    genes = set(_genes(rows)) - SYMBOLS
    remedy = "if the file has no descriptions, put a second column of NA into it"
    are = [cells[1] for _, cells in rows if cells[1] in genes]
    alike = [] if are else _like_genes([cells[1] for _, cells in rows], genes)
    return (
        Count.of("second cells that are genes of sets, not read as genes", are, remedy),
        Count.of("second cells that look like genes, not read as genes", alike, remedy),
    )


def _like_genes(cells: Sequence[str], genes: Collection[str]) -> Sequence[str]:
    """Return the cells if all of several are written as symbols are, each for itself: identifiers begin alike."""
    begin = {match[1] for cell in cells if (match := _SYMBOL.fullmatch(cell))}
    symbols = all(map(_SYMBOL.fullmatch, cells)) and all(map(_SYMBOL.fullmatch, genes))
    return cells if symbols and len(cells) > 1 and len(begin) == len(set(cells)) == len(cells) else ()


def _without_weights(rows: list[Row]) -> tuple[list[Row], int]:
    """Return the lines without weights, and how many there were: Enrichr writes each gene as ``TP53,1.0``."""
    genes = [gene for _, cells in rows for gene in cells[2:] if gene]
    if not all(map(_WEIGHTED.search, genes)):  # a name may end so: "fructose 1,6"
        return rows, 0
    kept = [(line, (*cells[:2], *(_WEIGHTED.sub("", gene) for gene in cells[2:]))) for line, cells in rows]
    return kept, len(genes)


def _names(rows: Sequence[Row], sets: Column, path: FilePath) -> dict[str, Row]:
    """Return the line of each set."""
    found: dict[str, Row] = {}
    for row in rows:
        name = _name(row, sets, path)
        first = found.setdefault(name, row)
        if first is not row:
            raise DuplicateElementError(
                f"a set stands on one line: {name!r} stands on lines {first[0]} and {row[0]} of {str(path)!r}; "
                "merge them, or call sets by the other of name and identifier"
            )
    return found


def _name(row: Row, sets: Column, path: FilePath) -> str:
    line, cells = row
    if len(cells) < 2 or not cells[_COLUMNS[sets]]:
        raise DataError(
            f"a line of a GMT file has a name, an identifier and genes, set apart by tabs: line {line} of "
            f"{str(path)!r} has {len(cells)} cell(s) and no {sets}; complete it, or is the file of another format?"
        )
    return str(cells[_COLUMNS[sets]])
