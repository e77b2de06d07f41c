"""DCell's topology: three lines a term, itself with its size, its genes, and the terms below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from hassenet.errors import DataError, DuplicateElementError
from hassenet.files.content import FilePath
from hassenet.files.text import lines_of, text_of, unended
from hassenet.hierarchy import Ranking
from hassenet.hierarchy.report import Count, Report
from hassenet.readers.building import hierarchy_of, joined
from hassenet.readers.foreign import check_kind
from hassenet.readers.reading import Reading
from hassenet.readers.relation import Relation, of_genes, without_placeholders
from hassenet.shaping.pruning import features_below

HEADS = ("ROOT:", "GENES:", "TERMS:")
"""How the lines of a block begin."""


def read_topology(path: FilePath, *, rank: Ranking = "below") -> Reading:
    r"""Return the hierarchy of a file of DCell: blocks ``ROOT: term size``, ``GENES: …`` and ``TERMS: …``.

    Rank 0 holds the genes; terms that no gene reaches are left out and counted. A term that has no block of its own is
    a fault, and so is a size that is not the number of genes at or below its term.

    Parameters
    ----------
    path : str or path
        The file, gzipped or not.
    rank : "below", "above" or a mapping from element to int
        φ, as in :meth:`Hierarchy.from_covers`.

    Raises
    ------
    DataError
        If the file is empty, no text, cut off, or a line is not one of the three.
    HierarchyError
        If a term has two blocks, the terms have a cycle, or a gene has the name of a term.

    References
    ----------
    Ma et al., Using deep learning to model the hierarchical structure and function of a cell, Nature Methods 15,
    290–298 (2018).

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> text = "ROOT: GO:1 2\nGENES: TP53\nTERMS: GO:2\nROOT: GO:2 1\nGENES: XPA\nTERMS:\n"
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "topology")
    ...     _ = file.write_text(text)
    ...     H, report = read_topology(file)
    >>> H.ranks
    (('TP53', 'XPA'), ('GO:2',), ('GO:1',))
    """
    text = text_of(path)
    check_kind(text, path)
    blocks = _by_term(list(_blocks(text, path)), path)
    name = Path(path).name
    terms = _relation([(low, block, block.line) for block in blocks for low in block.terms], name)
    genes = _relation([(gene, block, block.line) for block in blocks for gene in block.genes], name)
    if not genes.pairs:
        raise DataError(f"a topology has genes: no term of {str(path)!r} has any; was the file cut off?")
    made = Count("pairs of terms", len(terms)), Count("pairs of a term and a gene", len(genes))
    faults = (_without_block(blocks), unended(text, path))
    known = tuple(block.term for block in blocks)
    named = without_placeholders(terms) if terms.pairs else terms
    above = Relation(named.pairs, Report(name, made, faults=faults) + named.report, known, named.lines, name)
    reading = hierarchy_of(joined(above, of_genes(genes)), rank)
    return Reading(reading.hierarchy, reading.report + Report("", faults=(_of_sizes(reading, blocks),)))


class _Block(NamedTuple):
    line: int
    term: str
    size: int
    genes: Sequence[str]
    terms: Sequence[str]


def _blocks(text: str, path: FilePath) -> Iterator[_Block]:
    lines = [(number, line.split()) for number, line in enumerate(lines_of(text), start=1) if line.strip()]
    for k in range(0, len(lines), len(HEADS)):
        block = lines[k : k + len(HEADS)]
        for (number, words), head in zip(block, HEADS, strict=False):
            _check_line(number, words, head, path)
        if len(block) < len(HEADS):
            raise DataError(
                f"a term has three lines, {', '.join(HEADS)}: {str(path)!r} ends after line {block[-1][0]}; was it cut "
                "off? take the file again"
            )
        (line, (_, term, size)), (_, (_, *genes)), (_, (_, *terms)) = block
        yield _Block(line, term, int(size), genes, terms)


def _check_line(number: int, words: Sequence[str], head: str, path: FilePath) -> None:
    of_root = head != HEADS[0] or (len(words) == 3 and words[2].isdecimal())
    if words[0] != head or not of_root:
        raise DataError(
            f"a term has three lines, 'ROOT: term size', 'GENES: …', 'TERMS: …': line {number} of {str(path)!r} reads "
            f"{' '.join(words)[:60]!r} where {head} is expected; correct it"
        )


def _by_term(blocks: Sequence[_Block], path: FilePath) -> Sequence[_Block]:
    found: dict[str, _Block] = {}
    for block in blocks:
        first = found.setdefault(block.term, block)
        if first is not block:
            raise DuplicateElementError(
                f"a term has one block: {block.term!r} has one on line {first.line} and one on line {block.line} of "
                f"{str(path)!r}; merge them"
            )
    return blocks


def _relation(found: Sequence[tuple[str, _Block, int]], source: str) -> Relation:
    pairs = tuple((low, block.term) for low, block, _ in found)
    return Relation(pairs, Report(""), lines=tuple(line for *_, line in found), source=source)


def _without_block(blocks: Sequence[_Block]) -> Count:
    known = {block.term for block in blocks}
    named = dict.fromkeys(term for block in blocks for term in block.terms)
    return Count.of("terms without a block of their own (cut off?)", (t for t in named if t not in known))


def _of_sizes(reading: Reading, blocks: Sequence[_Block]) -> Count:
    sizes = features_below(reading.hierarchy)
    odd = (b.term for b in blocks if b.term in sizes and sizes[b.term] != b.size)
    return Count.of("terms whose size is not the number of their genes", odd)
