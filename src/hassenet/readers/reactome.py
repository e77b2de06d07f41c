"""Reactome: its pathways as gene sets, which lies below which, and their names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from hassenet.errors import DataError, ParameterError, listing
from hassenet.files.content import FilePath
from hassenet.files.text import text_of, unended
from hassenet.hierarchy import Ranking
from hassenet.hierarchy.report import Count, Report
from hassenet.readers.gene_sets import gene_sets, sets_of, strangers
from hassenet.readers.reading import Reading
from hassenet.readers.relation import Relation, read_relation
from hassenet.readers.sheet import Row
from hassenet.readers.tabbed import tabbed


def read_reactome(
    gmt: FilePath,
    relations: FilePath,
    names: FilePath | None = None,
    *,
    species: str = "HSA",
    rank: Ranking = "below",
) -> Reading:
    r"""Return the hierarchy of Reactome's pathways and their genes, from the files that Reactome gives out.

    Gene sets are propagated there: a pathway holds the genes of those below it. Such pairs are implied by others and
    are left out; a gene is covered by the most special pathways that it is in. Pathways without genes are not sets; the
    report counts them.

    Parameters
    ----------
    gmt : str or path
        ``ReactomePathways.gmt``: name, identifier, genes.
    relations : str or path
        ``ReactomePathwaysRelation.txt``: identifiers of parent and child.
    names : str or path, optional
        ``ReactomePathways.txt``: identifier, name, species. Then pathways are called by their names, and by
        ``name (identifier)`` where two have one name; without it, by their identifiers.
    species : str
        The three letters of the species in identifiers, as in R-HSA-73843.
    rank : "below", "above" or a mapping from element to int
        φ, as in :meth:`Hierarchy.from_covers`.

    Raises
    ------
    DataError
        If a file is empty, no text, cut off in its gzip stream, or has wrong columns, or none of the species.
    HierarchyError
        If a pathway stands on two lines, or the relations have a cycle.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     gmt, relations = Path(folder, "sets.gmt"), Path(folder, "relations.txt")
    ...     _ = gmt.write_text("Repair\tR-HSA-1\tBRCA2\tXPA\nExcision\tR-HSA-2\tXPA\n")
    ...     _ = relations.write_text("R-HSA-1\tR-HSA-2\nR-MMU-1\tR-MMU-2\n")
    ...     H, report = read_reactome(gmt, relations)
    >>> H.below("R-HSA-1")
    ('BRCA2', 'R-HSA-2')
    """
    _check_species(species)
    mark = f"R-{species}-"
    genes = _genes_of_species(gene_sets(gmt, "identifier"), mark)
    above = _relations_of_species(read_relation(relations, lower=1, upper=0), mark)
    lone = Count.of("pathways in relations that are no set", strangers(genes, above))
    reading = sets_of(genes, above.reported(Report("", made=(lone,) if lone.n else ())), rank)
    return reading if names is None else _called(reading, [*genes.elements, *above.names], names)


def _check_species(species: object) -> None:
    if not isinstance(species, str) or not re.fullmatch("[A-Z]{3}", species):
        raise ParameterError(
            f"a species is named by three letters, as 'HSA', one at a time; got {species!r}; give one"
        )


def _genes_of_species(genes: Relation, mark: str) -> Relation:
    kept = [k for k, (_, pathway) in enumerate(genes) if str(pathway).startswith(mark)]
    pathways = tuple(e for e in genes.elements if str(e).startswith(mark))
    _check_any(pathways, genes, mark)
    return replace(
        genes,
        pairs=tuple(genes.pairs[k] for k in kept),
        lines=tuple(genes.lines[k] for k in kept),
        elements=pathways,
        report=genes.report
        + _others("sets", len(genes.elements) - len(pathways))
        + _others("pairs of a gene and a set", len(genes) - len(kept)),
    )


def _relations_of_species(relations: Relation, mark: str) -> Relation:
    kept = [k for k, pair in enumerate(relations) if all(str(name).startswith(mark) for name in pair)]
    _check_any(kept, relations, mark)
    return replace(
        relations,
        pairs=tuple(relations.pairs[k] for k in kept),
        lines=tuple(relations.lines[k] for k in kept),
        report=relations.report + _others("pairs", len(relations) - len(kept)),
    )


def _others(what: str, n: int) -> Report:
    return Report("", dropped=(Count(f"{what} of other species", n),))


def _check_any(kept: Sequence[object], relation: Relation, mark: str) -> None:
    if not kept:
        raise DataError(
            f"pathways have identifiers such as {mark}73843: there is none in {relation.source}, but, for instance, "
            f"{listing(relation.elements or relation.names, 3)}; give the file of Reactome, or another species"
        )


def _called(reading: Reading, pathways: Iterable[Hashable], names: FilePath) -> Reading:
    """Return the reading with pathways called by their names."""
    text = text_of(names)
    named, others = _names(text, names)
    H, report = reading
    here = [pathway for pathway in dict.fromkeys(pathways) if pathway in H]
    called = {pathway: named[pathway] for pathway in here if pathway in named}
    times = Counter([*called.values(), *(e for e in chain(*H.ranks) if e not in called)])
    shared = {pathway: f"{name} ({pathway})" for pathway, name in called.items() if times[name] > 1}
    faults = (
        Count.of(
            "pathways without a name (called by their identifiers)", (e for e in here if e not in called)
        ),
        Count.of("pathways with two names (called by the first)", (e for e in here if e in others)),
        unended(text, names),
    )
    made = (
        Count(f"names ({Path(names).name})", len(called)),
        *(
            [Count("pathways that share a name (identifier added)", len(shared), (*shared,))]
            if shared
            else []
        ),
    )
    return Reading(H.rename({**called, **shared}), report + Report("", made, faults=faults))


def _names(text: str, path: FilePath) -> tuple[dict[str, str], set[str]]:
    """Return the first name of each identifier, and the identifiers that have another one too."""
    named: dict[str, str] = {}
    others = set()
    for row in tabbed(text):
        identifier, name = row[1][0], _checked_name(row, path)
        if named.setdefault(identifier, name) != name:
            others.add(identifier)
    return named, others


def _checked_name(row: Row, path: FilePath) -> str:
    line, cells = row
    if len(cells) < 2 or not cells[1]:
        raise DataError(
            f"a pathway has an identifier and a name, set apart by a tab: line {line} of {str(path)!r} has "
            f"{len(cells)} cell(s) and no name; complete the line"
        )
    return str(cells[1])
