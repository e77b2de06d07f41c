"""SNPs by their positions: which genes they lie in or near, or which windows of a chromosome."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from operator import ne
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hassenet._checks import require_whole_number
from hassenet.errors import DataError, FeatureError, ParameterError, counted
from hassenet.files.content import FilePath
from hassenet.files.text import lines_of, text_of
from hassenet.hierarchy import Hierarchy, Ranking
from hassenet.hierarchy.relation import Pair
from hassenet.hierarchy.report import Count, Report
from hassenet.readers.building import hierarchy_of, reached
from hassenet.readers.gene_positions import Gene, chromosome, genes_of
from hassenet.readers.reading import Reading
from hassenet.readers.relation import Relation

_COLUMNS = 6
_POSITION = re.compile("-?[0-9]+")
_RENAMED = "SNPs called by place and alleles, as their names are missing or those of several"


class Snps(NamedTuple):
    """The lines of a .bim: of each SNP the name, chromosome, position (0 where not known), and alleles, "A1/A2".

    Attributes
    ----------
    renamed : int
        How many the .bim calls otherwise.
    """

    names: list[str]
    chromosomes: list[str]
    positions: list[int]
    alleles: list[str]
    renamed: int


def read_snps(
    bim: FilePath,
    genes: FilePath | None = None,
    *,
    window: int | None = None,
    above: Hierarchy | None = None,
    rank: Ranking | None = None,
) -> Reading:
    r"""Return the hierarchy of the SNPs of a cohort: below the genes that they lie in or near, or below windows.

    A SNP belongs to every gene from ``window`` bases before its start to ``window`` bases behind its end. Without
    genes, windows of so many bases stand for them, below their chromosomes. Chromosomes are compared without "chr", and
    X, Y and MT go by PLINK's numbers too.

    Parameters
    ----------
    bim : path
        PLINK's list of SNPs; its names are those that ``read_plink`` gives the columns of genotypes.
    genes : path, optional
        BED, GTF or GFF, PLINK's gene list, or a table with columns chrom, start, end and name.
    window : int, optional
        In bases; 0 where genes are given and nothing else is.
    above : Hierarchy, optional
        What lies above the genes, its rank 0, as pathways: ``read_gmt(…).hierarchy``.
    rank : "below", "above" or a mapping from element to int, optional

    Raises
    ------
    DataError
        If a file is not what it should be.
    FeatureError
        If no SNP lies in a gene.
    ParameterError
        If there are neither genes nor a window, or the window is not a whole number.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     bim, genes = Path(folder, "cohort.bim"), Path(folder, "genes.tsv")
    ...     _ = bim.write_text("1 rs1 0 150 A C\n1 rs2 0 290 A G\n1 rs3 0 900 T G\n2 rs4 0 150 A C\n")
    ...     _ = genes.write_text(
    ...         "chrom\tstart\tend\tname\nchr1\t100\t200\tG1\nchr1\t140\t280\tG2\nchr3\t1\t9\tG3\n"
    ...     )
    ...     H, report = read_snps(bim, genes, window=10)
    >>> H.ranks, H.above("rs1")
    ((('rs1', 'rs2'), ('G1', 'G2')), ('G1', 'G2'))
    >>> print(report)
    cohort.bim
      SNPs: 4
      genes: 3
      SNPs in several genes, below each of them: 1 ('rs1')
      elements: 4
      covers: 3
      dropped, SNPs in no gene: 2 ('rs3', 'rs4')
      dropped, genes without a SNP: 1 ('G3')
    """
    _check(genes, window, above)
    snps = read_bim(bim)
    if genes is None:
        relation = _in_windows(snps, bim, int(window or 0))
    else:
        relation = _in_genes(snps, bim, genes, int(window or 0))
    return hierarchy_of(
        relation if above is None else _below(relation, above), "below" if rank is None else rank
    )


def _check(genes: FilePath | None, window: int | None, above: Hierarchy | None) -> None:
    if genes is None and window is None:
        raise ParameterError(
            "SNPs lie in genes or in windows of their chromosomes; give a file of genes, or window=… in bases "
            "(--window)"
        )
    if window is not None:
        require_whole_number("window", window, 0 if genes is not None else 1)
    if above is not None and genes is None:
        raise ParameterError("what lies above genes needs genes; give their file, or leave out above")


def read_bim(path: FilePath) -> Snps:
    """Return the SNPs of a .bim, each by a name of its own: see :func:`names_of`.

    Raises
    ------
    DataError
        If a line has not six columns, or no position.
    """
    rows = []
    for k, line in enumerate(lines_of(text_of(path)), start=1):
        cells = line.split()
        check_no_names(k, line, path)
        if cells and len(cells) != _COLUMNS:
            raise DataError(
                f"a line of a .bim has chromosome, name, morgans, position and two alleles: line {k} of {str(path)!r} "
                f"has {counted(len(cells), 'column')}; was the file cut off?"
            )
        if cells and not _POSITION.fullmatch(cells[3]):
            raise DataError(
                f"a position is a whole number of bases: line {k} of {str(path)!r} has {cells[3]!r}; correct it"
            )
        if cells:
            rows.append(cells)
    given = [cells[1] for cells in rows]
    names = names_of(given, [(cells[0], *cells[3:]) for cells in rows])
    places = [chromosome(cells[0]) for cells in rows]
    alleles = [f"{cells[4]}/{cells[5]}" for cells in rows]
    positions = [max(int(cells[3]), 0) for cells in rows]
    return Snps(names, places, positions, alleles, sum(map(ne, names, given)))


def check_no_names(k: int, line: str, path: FilePath) -> None:
    """Refuse a first line that names the columns of a .bim or .fam, which have no such line."""
    if k == 1 and line.startswith("#"):
        raise DataError(
            f"a {Path(path).suffix} has no names above its columns: line 1 of {str(path)!r} begins with #, as PLINK 2 "
            "has them; leave it out, or write the files by plink2 --make-bed"
        )


def names_of(names: Sequence[str], places: Iterable[Sequence[str]]) -> list[str]:
    """Return the names of SNPs; those without one (".") and those of one name are called by place and alleles.

    Examples
    --------
    >>> names_of(["rs1", ".", "rs1"], [("1", "5", "A", "C"), ("1", "7", "A", "G"), ("1", "5", "A", "T")])
    ['1:5:A:C', '1:7:A:G', '1:5:A:T']
    """
    several = {name for name, n in Counter(names).items() if n > 1 or name in (".", "")}
    return [":".join(place) if name in several else name for name, place in zip(names, places, strict=True)]


# ---------------------------------------------------------------- below genes


def _in_genes(snps: Snps, bim: FilePath, path: FilePath, window: int) -> Relation:
    genes, dropped = genes_of(path)
    pairs = list(dict.fromkeys(_pairs(snps, genes, window)))
    if not pairs:
        raise FeatureError(
            f"SNPs lie in genes: none of {str(bim)!r} (chromosomes {_shown(snps.chromosomes)}) lies in one of "
            f"{str(path)!r} (chromosomes {_shown(gene.chromosome for gene in genes)}), {window:,} bases around; are "
            "both of one build of the genome? give a window"
        )
    _check_apart(pairs, str(path))
    return Relation(tuple(pairs), _report(snps, genes, pairs, bim, dropped), source=Path(str(bim)).name)


def _shown(chromosomes: Iterable[str]) -> str:
    return ", ".join(list(dict.fromkeys(chromosomes))[:5])


def _check_apart(pairs: Sequence[Pair], place: str) -> None:
    genes = {gene for _, gene in pairs}
    both = next((snp for snp, _ in pairs if snp in genes), None)
    if both is not None:
        raise DataError(
            f"a SNP and a gene have names of their own: {both!r} of {place} is a SNP too; rename one"
        )


def _pairs(snps: Snps, genes: Sequence[Gene], window: int) -> Iterable[Pair]:
    """Yield each SNP with each gene that it lies in or near, gene by gene."""
    places = _by_chromosome(snps)
    for gene in genes:
        order, positions = places.get(gene.chromosome, (np.arange(0), np.arange(0)))
        first, last = np.searchsorted(
            positions, [max(gene.first - window, 1), gene.last + window + 1]
        ).tolist()
        yield from ((snps.names[k], gene.name) for k in order[first:last].tolist())


def _by_chromosome(snps: Snps) -> Mapping[str, tuple[np.ndarray, np.ndarray]]:
    """Return, for each chromosome, its SNPs in the order of their positions, and these."""
    chromosomes, positions = np.array(snps.chromosomes, object), np.array(snps.positions)
    found = {}
    for name in dict.fromkeys(snps.chromosomes):
        own = np.flatnonzero(chromosomes == name)
        order = own[np.argsort(positions[own], kind="stable")]
        found[name] = (order, positions[order])
    return found


def _report(
    snps: Snps, genes: Sequence[Gene], pairs: Sequence[Pair], bim: FilePath, dropped: Sequence[Count]
) -> Report:
    times = Counter(snp for snp, _ in pairs)
    known, there = {gene for _, gene in pairs}, dict.fromkeys(gene.name for gene in genes)
    unplaced = [name for name, place in zip(snps.names, snps.positions, strict=True) if not place]
    missing = set(unplaced)
    made = (
        Count("SNPs", len(snps.names)),
        Count("genes", len(there)),
        Count(_RENAMED, snps.renamed),
        Count.of("SNPs in several genes, below each of them", (snp for snp, n in times.items() if n > 1)),
    )
    lost = (
        Count.of("SNPs in no gene", (x for x in snps.names if x not in times and x not in missing)),
        Count.of("SNPs without a position", unplaced),
        Count.of("genes without a SNP", (gene for gene in there if gene not in known)),
        *dropped,
    )
    return Report(Path(str(bim)).name, tuple(count for count in made if count.n), lost)


def _below(relation: Relation, above: Hierarchy) -> Relation:
    """Return the pairs of a relation, and those of a hierarchy that its genes reach."""
    names = list(chain(*above.graded().ranks)) if above.is_graded else list(chain(*above.ranks))
    pairs = [(names[low], names[up]) for low, up in zip(*above.pairs(), strict=True)]
    genes = dict.fromkeys(gene for _, gene in relation)
    reach = reached(pairs, genes)
    kept = tuple(pair for pair in pairs if pair[0] in reach)
    alone = Count.of(
        "genes that nothing covers", (gene for gene in genes if gene not in {low for low, _ in kept})
    )
    report = relation.report + Report("", (alone,) if alone.n else ())
    return Relation((*relation.pairs, *kept), report, source=relation.source)


# ---------------------------------------------------------------- below windows


def _in_windows(snps: Snps, bim: FilePath, window: int) -> Relation:
    """Return each SNP below its window of a chromosome, and each window below the chromosome."""
    rows = [row for row in zip(*snps[:3], strict=True) if row[2]]
    if not rows:
        raise FeatureError(
            f"SNPs have positions on their chromosomes: none of {str(bim)!r} has one above 0; give a file of genes and "
            "positions of one build of the genome"
        )
    spans = [(name, place, _span(place, position, window)) for name, place, position in rows]
    pairs = [(name, span) for name, _, span in spans]
    above = dict.fromkeys((span, f"chromosome {place}") for _, place, span in spans)
    unplaced = (name for name, position in zip(snps.names, snps.positions, strict=True) if not position)
    report = Report(
        Path(str(bim)).name,
        (
            Count("SNPs", len(snps.names)),
            Count("windows", len(above)),
            *([Count(_RENAMED, snps.renamed)] if snps.renamed else []),
        ),
        (Count.of("SNPs without a position", unplaced),),
    )
    return Relation((*pairs, *above), report, source=Path(str(bim)).name)


def _span(place: str, position: int, window: int) -> str:
    first = (position - 1) // window * window + 1
    return f"{place}:{first}-{first + window - 1}"
