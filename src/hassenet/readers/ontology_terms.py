"""What an ontology says of its terms, whatever file it is of: a graph of pairs with their relations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from operator import ne, not_
from os import PathLike
from pathlib import Path
from typing import Any, final

from hassenet.errors import ParameterError, listing
from hassenet.hierarchy import Ranking
from hassenet.hierarchy.report import Count, Report
from hassenet.readers.annotations import read_annotations
from hassenet.readers.building import hierarchy_of, joined
from hassenet.readers.choices import Names, absent, several
from hassenet.readers.reading import Reading
from hassenet.readers.relation import Relation, Source, read_relation

_USUAL = ("is_a", "part_of")


@final
@dataclass(frozen=True)
class Ontology:
    """What a file says of its terms.

    Attributes
    ----------
    path : Path
        The file.
    graph : networkx.MultiDiGraph
        As obonet makes it, obsolete terms too; an edge (lower, upper, relation).
    lines : dict from str to int
        The line of each term that has a stanza; 0 where the file is not one of lines.
    in_contexts : Count
        Pairs that do not hold everywhere, which the graph is without.
    cut : Count
        Whether the last line has an end.
    """

    path: Path
    graph: Any
    lines: dict[str, int]
    in_contexts: Count
    cut: Count

    def read(
        self, relations: Names | None, namespace: Names | None, annotations: Source | None, rank: Ranking
    ) -> Reading:
        """Return the hierarchy of the terms, with features below them or without, as :func:`read_obo` has it."""
        kinds = _USUAL if relations is None else several("relations", relations)
        chosen = self.relation(kinds, None if namespace is None else several("namespaces", namespace))
        if relations is not None:
            chosen = chosen.reported(Report("", faults=(self.unused(kinds),)))
        if annotations is None:
            return hierarchy_of(chosen, rank)
        return hierarchy_of(joined(chosen, self.resolved(_annotations_of(annotations), chosen)), rank)

    @property
    def names(self) -> dict[str, str]:
        """The name of each term that is not obsolete; one that two terms have is followed by the identifier."""
        names = {term: str(data.get("name", term)) for term, data in self.terms.items()}
        times = Counter(names.values())
        return {term: name if times[name] == 1 else f"{name} ({term})" for term, name in names.items()}

    @cached_property
    def obsolete(self) -> set[str]:
        """The terms that are not to be used."""
        return {
            term
            for term, data in self.graph.nodes(data=True)
            if str(data.get("is_obsolete")).lower() == "true"
        }

    @cached_property
    def terms(self) -> dict[str, dict[str, Any]]:
        """What is known of each term that has a stanza and is not obsolete."""
        nodes = self.graph.nodes(data=True)
        return {term: data for term, data in nodes if term in self.lines and term not in self.obsolete}

    @cached_property
    def alternatives(self) -> dict[str, str]:
        """The term of each identifier that stands for one, and is not one itself."""
        given = ((other, term) for term, data in self.terms.items() for other in data.get("alt_id", ()))
        return {other: term for other, term in given if other not in self.terms}

    @property
    def _living_alternatives(self) -> Iterator[str]:
        """The terms that others give as an alternative identifier of theirs; they are what they are."""
        others = (other for data in self.terms.values() for other in data.get("alt_id", ()))
        return (other for other in dict.fromkeys(others) if other in self.terms)

    def unused(self, relations: Iterable[Hashable]) -> Count:
        """Return the fault of relations that no pair has."""
        return absent(
            "relations that no pair has", relations, (name for *_, name in self.graph.edges(keys=True))
        )

    def relation(self, relations: Collection[Hashable], namespaces: Collection[Hashable] | None) -> Relation:
        """Return the pairs of some relations between terms of some namespaces."""
        kept = self._in_namespaces(namespaces)
        edges = list(self.graph.edges(keys=True))
        given = [(low, up) for low, up, name in edges if name in relations]
        self._check_any(given, edges, relations)
        renamed = [(self.alternatives.get(low, low), self.alternatives.get(up, up)) for low, up in given]
        own = [low == up != pair[1] for (low, up), pair in zip(renamed, given, strict=True)]
        chosen = list(compress(renamed, map(not_, own)))
        whole = [pair for pair in chosen if all(term in self.terms for term in pair)]
        inside = [pair for pair in whole if all(term in kept for term in pair)]
        made = (
            Count("terms", len(self.terms)),
            Count("pairs", len(edges) + self.in_contexts.n),
            *_some("pairs with alternative identifiers", sum(map(ne, given, renamed))),
        )
        dropped = (
            self.in_contexts,
            Count("terms that are obsolete", len(self.obsolete)),
            Count("terms of other namespaces", len(self.terms) - len(kept)),
            Count("pairs of other relations", len(edges) - len(given)),
            Count("pairs with terms of other namespaces", len(whole) - len(inside)),
        )
        faults = (
            absent("namespaces that no term has", namespaces or (), filter(None, self._spaces.values())),
            Count.of("alternative identifiers that are terms of their own", self._living_alternatives),
            Count.of(
                "pairs of a term with an alternative identifier of its own",
                (low for low, _ in compress(renamed, own)),
            ),
            *self._faults(chosen, {name for *_, name in edges}),
            Count("pairs with terms that are obsolete or have no stanza", len(chosen) - len(whole)),
            self.cut,
        )
        lines = tuple(filter(None, (self.lines[low] for low, _ in inside)))
        report = Report(self.path.name, made, dropped, faults=faults)
        return Relation(tuple(inside), report, tuple(kept), lines, self.path.name)

    @cached_property
    def _spaces(self) -> dict[str, str | None]:
        """The namespace of each term; None where a term has none."""
        default = next(iter(self.graph.graph.get("default-namespace", ())), None)
        return {term: data.get("namespace", default) for term, data in self.terms.items()}

    def _in_namespaces(self, namespaces: Collection[Hashable] | None) -> dict[str, None]:
        space = self._spaces
        kept = dict.fromkeys(term for term in space if namespaces is None or space[term] in namespaces)
        if not kept:
            raise ParameterError(
                f"a namespace must have terms: {str(self.path)!r} has none in {listing(namespaces or ())}; "
                f"{_choice_of(space.values())}"
            )
        return kept

    def _check_any(
        self, chosen: Sequence[object], edges: Sequence[Any], relations: Collection[Hashable]
    ) -> None:
        if edges and not chosen:
            raise ParameterError(
                f"a relation must have pairs: {str(self.path)!r} has none of {listing(relations)}; "
                f"its relations are {listing(dict.fromkeys(name for *_, name in edges))}"
            )

    def _faults(self, pairs: Sequence[tuple[str, str]], relations: set[str]) -> tuple[Count, ...]:
        named = dict.fromkeys(term for pair in pairs for term in pair)
        declared = {"is_a", *(kind.get("id") for kind in self.graph.graph["typedefs"])}
        return (
            Count.of("terms in pairs that are obsolete", (t for t in named if t in self.obsolete)),
            Count.of("terms in pairs that have no stanza", (t for t in named if t not in self.lines)),
            Count.of("relations without a [Typedef] stanza (cut off?)", sorted(relations - declared)),
        )

    def resolved(self, features: Relation, chosen: Relation) -> Relation:
        """Return annotations with alternative identifiers replaced, without those to obsolete and other terms."""
        terms = [self.alternatives.get(str(term), str(term)) for _, term in features]
        gone = [term for term in terms if term in self.obsolete]
        elsewhere = self.terms.keys() - set(chosen.elements)
        kept = [k for k, term in enumerate(terms) if term not in self.obsolete and term not in elsewhere]
        pairs = tuple((features.pairs[k][0], terms[k]) for k in kept)
        left = {feature for feature, _ in pairs}
        named = zip((feature for feature, _ in features), terms, strict=True)
        lost = (feature for feature, term in named if term in self.obsolete and feature not in left)
        report = Report(
            "",
            (
                Count(
                    "annotations to alternative identifiers", sum(t in self.alternatives for _, t in features)
                ),
            ),
            (Count("annotations to terms of other namespaces", sum(t in elsewhere for t in terms)),),
            faults=(
                Count("annotations to obsolete terms", len(gone), tuple(dict.fromkeys(gone))),
                Count.of("features of obsolete terms that have no other term here", dict.fromkeys(lost)),
            ),
        )
        return Relation(pairs, features.report + report, source=features.source)


def _some(what: str, n: int) -> tuple[Count, ...]:
    return (Count(what, n),) if n else ()


def _choice_of(namespaces: Iterable[str | None]) -> str:
    given = dict.fromkeys(name for name in namespaces if name is not None)
    return f"choose among {listing(given)}" if given else "its terms say none; leave the namespace out"


def _annotations_of(source: Source) -> Relation:
    return read_annotations(source) if isinstance(source, str | PathLike) else read_relation(source)
