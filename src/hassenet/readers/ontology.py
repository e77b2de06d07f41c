"""Ontologies in three columns, as DrugCell, DCell and NeST have them: parent, child, and what the child is."""

from __future__ import annotations

from hassenet.errors import DataError
from hassenet.files.content import FilePath
from hassenet.hierarchy import Ranking
from hassenet.hierarchy.placeholders import is_placeholder, left_out
from hassenet.hierarchy.report import Count, Report
from hassenet.readers.building import hierarchy_of, joined
from hassenet.readers.delimited import sheet_of
from hassenet.readers.reading import Reading
from hassenet.readers.relation import Relation
from hassenet.readers.sheet import Row, Sheet

KINDS = ("default", "gene")
"""What a child is."""


def read_ontology(path: FilePath, *, rank: Ranking = "below") -> Reading:
    r"""Return the hierarchy of a file with three columns: parent, child, and "default" for a term or "gene" for a gene.

    Rank 0 holds the genes; terms that no gene reaches are left out and counted.

    Parameters
    ----------
    path : str or path
        The file: tabs or commas between the columns, gzipped or not.
    rank : "below", "above" or a mapping from element to int
        φ, as in :meth:`Hierarchy.from_covers`.

    Raises
    ------
    DataError
        If the file is empty, no text, cut off in its gzip stream, or a line has other columns.
    HierarchyError
        If the terms have a cycle, or a gene has the name of a term.

    References
    ----------
    Kuenzi et al., Predicting drug response and synergy using a deep learning model of human cancer cells, Cancer Cell
    38, 672–684 (2020); Ma et al., Using deep learning to model the hierarchical structure and function of a cell,
    Nature Methods 15, 290–298 (2018).

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "ontology.txt")
    ...     _ = file.write_text("GO:1\tGO:2\tdefault\nGO:2\tTP53\tgene\nGO:1\tTP53\tgene\n")
    ...     H, report = read_ontology(file)
    >>> H.ranks
    (('TP53',), ('GO:2',), ('GO:1',))
    """
    sheet = sheet_of(path)
    _check(sheet)
    named = [row for row in sheet.body if not any(map(is_placeholder, row[1][:2]))]
    terms, genes = (_of_kind(named, sheet.name, kind) for kind in KINDS)
    if not genes.pairs:
        raise DataError(
            f"an ontology has genes: no line of {sheet.place} ends in 'gene'; "
            "read terms alone with read_edges(…, lower=1, upper=0)"
        )
    made = Count("pairs of terms", len(terms)), Count("pairs of a term and a gene", len(genes))
    words = [name for _, cells in sheet.body for name in cells[:2] if is_placeholder(name)]
    report = Report(sheet.name, made, (left_out("lines", words), *sheet.dropped), faults=sheet.faults)
    elements = tuple(dict.fromkeys(term for _, term in genes))
    above = Relation(terms.pairs, report, elements, terms.lines, sheet.name)
    return hierarchy_of(joined(above, genes), rank)


def _check(sheet: Sheet) -> None:
    for line, cells in sheet.body:
        if len(cells) != 3 or cells[2] not in KINDS or not all(cells):
            raise DataError(
                f"a line of an ontology has a parent, a child, and 'default' or 'gene': {sheet.at(line)} reads "
                f"{' '.join(cells)[:60]!r}; correct it, or take it out if it is a header"
            )


def _of_kind(named: list[Row], source: str, kind: str) -> Relation:
    rows = [row for row in named if row[1][2] == kind]
    pairs = tuple((child, parent) for _, (parent, child, _) in rows)
    return Relation(pairs, Report(""), lines=tuple(line for line, _ in rows), source=source)
