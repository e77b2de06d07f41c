"""Trees of phylogenetics in Newick and NEXUS."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, final

from hassenet.errors import DataError, DuplicateElementError, listing
from hassenet.files.content import FilePath
from hassenet.files.optional import biopython
from hassenet.files.text import text_of
from hassenet.hierarchy import Ranking
from hassenet.hierarchy.placeholders import is_placeholder
from hassenet.hierarchy.report import Count, Report
from hassenet.readers.building import hierarchy_of
from hassenet.readers.foreign import check_kind, kind_of
from hassenet.readers.newick_nexus import of_nexus
from hassenet.readers.newick_text import NewickText, of_newick
from hassenet.readers.reading import Reading
from hassenet.readers.relation import Relation

KINDS = {"a tree in Newick": of_newick, "a tree in NEXUS": of_nexus}
"""Two ways of writing a tree, each with what reads its text."""

_NUMBERS = re.compile(r"\d+(\.\d*)?([eE][-+]?\d+)?(/\d+(\.\d*)?)*")
_SUPPORTED = re.compile(r"\d+(\.\d+)?:(?=.)")


def read_newick(path: FilePath, *, rank: Ranking = "below") -> Reading:
    r"""Return the hierarchy of a tree in Newick, or in NEXUS: its leaves are the features.

    Inner nodes often have no name, or a number that says how well a node is supported. Such a node is called by the
    first and the last leaf below it, "A … C": it is their most recent common ancestor. Numbers are support unless one
    is above 100, and then all of them are names; "100:g__Blautia" is a name behind its support, as GTDB writes it. A
    name that several nodes have is followed by its leaves. Nodes without a name over a single child are left out;
    lengths of branches and comments in square brackets are as well. Underscores stay underscores, numbers as they are.
    A table of NEXUS ('translate') names the leaves of the trees of its block, all of them.

    Parameters
    ----------
    path : str or path
        The file, one tree, gzipped or not.
    rank : "below", "above" or a mapping from element to int
        φ, as in :meth:`Hierarchy.from_covers`.

    Raises
    ------
    DataError
        If the file is empty, no text, cut off, neither Newick nor NEXUS, or holds several trees, a
        leaf without a name or that a table of names lacks, or a network.
    DuplicateElementError
        If a leaf stands in two places, or a table has several names for one.
    HassenetError
        If Biopython, which parses both, is not installed.

    References
    ----------
    Talevich et al., Bio.Phylo, BMC Bioinformatics 13 (2012) 209.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "tree.nwk")
    ...     _ = file.write_text("((A:0.1,B:0.2)98:0.3,(C:0.2,D:0.1)Blautia:0.4)root;\n")
    ...     H, report = read_newick(file)
    >>> H.ranks
    (('A', 'B', 'C', 'D'), ('A … B', 'Blautia'), ('root',))
    """
    written = _text(path)
    places = _places(_tree(written, path), written.names, path)
    names = _Names.of(places)
    pairs = tuple((names.of_place[k], names.of_place[up]) for k, up in _pairs(places, names))
    name = Path(path).name
    return hierarchy_of(Relation(pairs, names.report(name, places, written), source=name), rank)


# ---------------------------------------------------------------- the tree of a file


def _text(path: FilePath) -> NewickText:
    text = text_of(path)
    kind = kind_of(text)
    check_kind(text, path, *KINDS)
    if kind not in KINDS:
        raise DataError(
            f"a tree in Newick begins with a bracket and ends with a semicolon: {str(path)!r} does not; was the file "
            "cut off? write it again"
        )
    return KINDS[kind](text, path)


def _tree(written: NewickText, path: FilePath) -> Any:
    """Return the root of the only tree."""
    phylo = biopython("Phylo")
    try:
        # It makes numbers of names, unless it looks for numbers in comments, of which there are none any more.
        trees = list(phylo.parse(StringIO(written.text), "newick", comments_are_confidence=True))
    except phylo.NewickIO.NewickError as error:
        raise DataError(
            f"a tree must be whole: {str(path)!r}: {str(error).rstrip('.')}; was the file cut off? write it again"
        ) from None
    if len(trees) != 1:
        raise DataError(
            f"a hierarchy is one tree: {str(path)!r} holds {len(trees)}; write the one wanted into a file of its own"
        )
    return trees[0].root


@final
@dataclass
class _Place:
    """A node: what is written at it, the place above it (−1 for the root), the places below, its outermost leaves."""

    label: str
    above: int
    below: list[int]
    first: str = ""
    last: str = ""

    @property
    def is_number(self) -> bool:
        return bool(_NUMBERS.fullmatch(self.label))

    @property
    def clade(self) -> str:
        return f"{self.first} … {self.last}"


def _places(root: Any, names: Mapping[str, str] | None, path: FilePath) -> list[_Place]:
    """Return all nodes, the upper before the lower, in the order in which they are written."""
    places: list[_Place] = []
    waiting = [(root, -1)]
    while waiting:
        node, above = waiting.pop()
        label = (node.name or "").strip()
        places.append(_Place(label, above, []))
        if above >= 0:
            places[above].below.append(len(places) - 1)
        waiting.extend((child, len(places) - 1) for child in reversed(node.clades))
    if names is not None:
        _translate([place for place in places if not place.below], names, path)
    _check_leaves(places, path)
    for place in reversed(places):
        below = [places[k] for k in place.below]
        place.first = below[0].first if below else place.label
        place.last = below[-1].last if below else place.label
    return places


def _translate(leaves: Sequence[_Place], names: Mapping[str, str], path: FilePath) -> None:
    """Give leaves the names of a table of NEXUS: it has one for each."""
    strange = [leaf.label for leaf in leaves if leaf.label and leaf.label not in names]
    if strange:
        raise DataError(
            f"with a table of names every leaf is in it: 'translate' of {str(path)!r} lacks {listing(strange)}; "
            "add names for them, or take out the table"
        )
    for leaf in leaves:
        leaf.label = names.get(leaf.label, "")


def _check_leaves(places: Sequence[_Place], path: FilePath) -> None:
    leaves = Counter(place.label for place in places if not place.below)
    if "" in leaves:
        raise DataError(
            f"a leaf has a name: {leaves['']:,} of {str(path)!r} lack one; name them, or take them out"
        )
    twice = [name for name, times in leaves.items() if times > 1]
    if twice:
        raise DuplicateElementError(
            f"a leaf stands in one place of a tree: {listing(twice)} in {str(path)!r} stand(s) in several; name them "
            "apart"
        )


# ---------------------------------------------------------------- names


@final
@dataclass(frozen=True)
class _Names:
    """What each place is called; the places that have no name are not elements."""

    of_place: dict[int, str]
    by_leaves: tuple[str, ...]
    told_apart: tuple[str, ...]
    supported: int
    single: int

    @staticmethod
    def of(places: Sequence[_Place]) -> _Names:
        named, supported = _named(places)
        single = {k for k, p in enumerate(places) if len(p.below) == 1 and k not in named}
        kept = ((k, p) for k, p in enumerate(places) if k not in single)
        labels = {k: named.get(k, "") if p.below else p.label for k, p in kept}
        times = Counter(labels.values())
        found = {k: _called(places[k], label, times) for k, label in labels.items()}
        _check_apart(found.values())
        return _Names(
            found,
            tuple(found[k] for k, label in labels.items() if not label),
            tuple(name for name, n in times.items() if name and n > 1),
            supported,
            len(single),
        )

    def report(self, name: str, places: Sequence[_Place], written: NewickText) -> Report:
        inner = sum(bool(place.below) for place in places)
        made = (
            Count("leaves", len(places) - inner),
            Count("inner nodes", inner),
            Count("pairs", len(self.of_place) - 1),
            *_some(Count.of("inner nodes called by their first and last leaf", self.by_leaves)),
            *_some(Count.of("names in several places (followed by their leaves)", self.told_apart)),
        )
        dropped = (
            Count("inner nodes without a name over a single child", self.single),
            Count("numbers at inner nodes (support)", self.supported),
            Count("lengths of branches", written.lengths),
            Count("comments in square brackets", written.comments),
        )
        return Report(name, made, dropped)


def _some(count: Count) -> tuple[Count, ...]:
    return (count,) if count.n else ()


def _named(places: Sequence[_Place]) -> tuple[dict[int, str], int]:
    """Return the names of inner nodes, and how many numbers are support and not names; a placeholder is not one."""
    inner = {k: place for k, place in enumerate(places) if place.below and not is_placeholder(place.label)}
    numbers = {k for k, place in inner.items() if place.is_number}
    above = any(float(part) > 100 for k in numbers for part in inner[k].label.split("/"))
    support = set() if above else numbers
    names = {k: place.label if above else _SUPPORTED.sub("", place.label, 1) for k, place in inner.items()}
    shortened = sum(name != inner[k].label for k, name in names.items())
    return {k: name for k, name in names.items() if k not in support}, len(support) + shortened


def _called(place: _Place, label: str, times: Counter[str]) -> str:
    if not label:
        return place.clade
    return f"{label} ({place.clade})" if place.below and times[label] > 1 else label


def _check_apart(names: Iterable[str]) -> None:
    """Refuse names that their leaves do not tell apart: those of a node and of its only child."""
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise DuplicateElementError(
            f"an element has a name of its own: {listing(twice)} name(s) a node and its only child, or a leaf too; "
            "name them apart"
        )


def _pairs(places: Sequence[_Place], names: _Names) -> Iterable[tuple[int, int]]:
    """Yield (lower, upper); what is not an element is looked through."""
    for k in names.of_place:
        above = places[k].above
        while above >= 0 and above not in names.of_place:
            above = places[above].above
        if above >= 0:
            yield k, above
