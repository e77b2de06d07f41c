"""The hierarchy that the user asked for, its features the columns of the table, its top the target."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path

from hassenet.cli.fit.options import FitOptions
from hassenet.cli.fit.source import Source
from hassenet.cli.hierarchy.reading import ReadingOptions, read
from hassenet.data.encoding import Encoding
from hassenet.errors import DataError, FeatureError, listing
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.constants import with_constants_among
from hassenet.readers.clades import lowest_of
from hassenet.readers.gene_positions import genes_of
from hassenet.shaping import covariates, restrict
from hassenet.tables.genotypes import is_plink
from hassenet.task.architecture import Architecture
from hassenet.task.columns import Layout, layout_of_columns
from hassenet.task.names import distinct


def layout_for(
    H: Hierarchy | None,
    of_elements: Encoding,
    known: Sequence[str],
    outputs: Sequence[Hashable],
    o: FitOptions,
) -> Layout:
    """Return a graded hierarchy with heads on top: the one given, or columns over their features and complete ranks.

    What is ``known``, the features that covariates were made into, stands beside it, and all heads look at them.
    """
    made = _on_elements(H, of_elements, distinct(map(str, outputs), taken=known), o)
    made = made._replace(hierarchy=with_constants_among(made.hierarchy, outputs))
    return made._replace(hierarchy=covariates(made.hierarchy, known).hierarchy) if known else made


def _on_elements(H: Hierarchy | None, encoding: Encoding, outputs: Sequence[str], o: FitOptions) -> Layout:
    if H is None:
        return layout_of_columns(encoding, o.hidden_layer_sizes, outputs, o.hidden)
    architecture = Architecture(H, heads=o.heads, auxiliary=o.auxiliary)
    return Layout(architecture.built(None, H.shape[0], outputs), o.hidden)


def hierarchy_of(columns: Sequence[str], o: Source) -> Hierarchy:
    """Return the hierarchy that the user gave, without outputs; its rank 0 is those of the columns that are features.

    Raises
    ------
    HierarchyError, FeatureError
        If the file or the names give none for these columns.
    """
    return _lineages(columns, o) if o.lineage_sep is not None else _restricted(columns, o)


def _restricted(columns: Sequence[str], o: Source) -> Hierarchy:
    H, of_reading = read(_files(o), ReadingOptions(format=o.hierarchy_format))
    H, of_restricting = restrict(H, columns)
    o.say(f"{of_reading}\n{of_restricting}")
    return H


def _files(o: Source) -> tuple[Path, ...]:
    """Return the files of the hierarchy; the genes of a cohort's SNPs stand behind its .bim, which lies beside it."""
    if o.hierarchy_format is not None or not is_plink(o.data) or not _are_genes(o.hierarchy[0]):
        return o.hierarchy
    return (o.data.with_suffix(".bim"), *o.hierarchy)


def _are_genes(path: Path) -> bool:
    """Return whether a file says where genes lie."""
    try:
        return path.suffix != ".bim" and bool(genes_of(path).genes)
    except DataError:
        return False


def _lineages(columns: Sequence[str], o: Source) -> Hierarchy:
    sep = o.lineage_sep or ""
    lineages = [name for name in columns if sep and sep in name]
    if not lineages:
        raise FeatureError(
            f"lineages are column names with {sep!r} between levels; none of the {len(columns)} has it "
            f"({listing(columns, 3)}); give the right --lineage-sep"
        )
    others = [name for name in columns if sep not in name]
    if others:
        o.say(f"no lineages, so not used: {listing(others)}")
    lowest = lowest_of(lineages, sep)
    if len(lowest) < len(lineages):
        kept = set(lowest)
        above = [name for name in lineages if name not in kept]
        o.say(f"clades above others, whose numbers hold those below, so not used: {listing(above, 3)}")
    return Hierarchy.from_lineages(lowest, sep)
