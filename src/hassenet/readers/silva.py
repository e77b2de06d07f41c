"""SILVA's own taxonomy: a taxon a line, with the number that the data base gave to it, and its rank."""

from __future__ import annotations

from hassenet.hierarchy.report import Count, Report
from hassenet.readers.clades import lowest_of
from hassenet.readers.lineage_cells import plain_lineage
from hassenet.readers.lineages import taxonomy_of
from hassenet.readers.reading import Reading
from hassenet.readers.sheet import Sheet

_SEP = ";"


def are_taxa_of_silva(sheet: Sheet) -> bool:
    """Return whether each row is a path that ends with its separator, a number, and the name of a rank."""
    return len(sheet.first) >= 3 and all(
        cells[0].endswith(_SEP) and cells[1].isdecimal() and cells[2].replace("_", "").isalpha()
        for _, cells in sheet.rows
    )


def read_taxa_of_silva(sheet: Sheet) -> Reading:
    """Return the taxonomy whose features are the taxa that no other continues, called by their paths."""
    taxa = [plain_lineage(cells[0], _SEP) for _, cells in sheet.rows]
    beside = Count("columns beside taxa", len(sheet.first) - 1)
    report = Report(sheet.name, dropped=(beside, *sheet.dropped), faults=sheet.faults)
    return taxonomy_of(lowest_of(dict.fromkeys(taxa), _SEP), _SEP, f"line of {sheet.place}", report)
