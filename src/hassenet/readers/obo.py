"""OBO: ontologies such as the Gene Ontology, with annotations of features to their terms or without."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from os import PathLike
from pathlib import Path
from typing import Any, final

from hassenet.errors import DataError, DuplicateElementError, ParameterError, listing
from hassenet.files.content import FilePath
from hassenet.files.optional import obonet
from hassenet.files.text import lines_of, text_of, unended
from hassenet.hierarchy import Ranking
from hassenet.hierarchy.report import Count, Report
from hassenet.readers.annotations import read_annotations
from hassenet.readers.building import hierarchy_of, joined
from hassenet.readers.choices import Names, absent, several
from hassenet.readers.foreign import check_kind
from hassenet.readers.obo_lines import cleaned, holds_in_a_context, words_of
from hassenet.readers.reading import Reading
from hassenet.readers.relation import Relation, Source, read_relation

_USUAL = ("is_a", "part_of")

# What is read of a file. obonet would spend most of its time on definitions, synonyms and references.
_TAGS = ("[", "id:", "namespace:", "alt_id:", "is_a:", "relationship:", "is_obsolete:")


def read_obo(
    path: FilePath,
    *,
    relations: Names | None = None,
    namespace: Names | None = None,
    annotations: Source | None = None,
    rank: Ranking = "below",
) -> Reading:
    r"""Return the hierarchy of an ontology in OBO; elements are the identifiers of its terms.

    Obsolete terms are not elements. With annotations, rank 0 holds the features, and terms that no feature reaches are
    left out. An annotation to an alternative identifier goes to its term; one to an obsolete term or to a term that is
    not there is left out, and a fault. :func:`read_names` gives the names of the terms, for ``H.rename``.

    Parameters
    ----------
    path : str or path
        The file, text in UTF-8, gzipped or not.
    relations : str or several, optional
        The relations that are read as "lies below", by default is_a and part_of. One that is given, and that no pair
        has, is a fault.
    namespace : str or several, optional
        The namespaces to keep, such as "biological_process". One that no term has is a fault.
    annotations : path, ``read_annotations(…)``, data frame, mapping or iterable of (feature, term), optional
        Which feature belongs to which term.
    rank : "below", "above" or a mapping from element to int
        φ, as in :meth:`Hierarchy.from_covers`.

    Raises
    ------
    DataError
        If the file is empty, no text, cut off in its gzip stream or in a stanza, or no OBO.
    HierarchyError
        If a term stands twice, or the relations have a cycle.
    HassenetError
        If obonet, which parses OBO, is not installed.

    References
    ----------
    Himmelstein et al., obonet, https://github.com/dhimmel/obonet.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> text = "ontology: go\n\n[Term]\nid: GO:1\n\n[Term]\nid: GO:2\nalt_id: GO:3\nis_a: GO:1 ! root\n"
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "go.obo")
    ...     _ = file.write_text(text)
    ...     H, report = read_obo(file, annotations={"A2M": "GO:3"})
    >>> H.ranks
    (('A2M',), ('GO:2',), ('GO:1',))
    """
    ontology = _Ontology.of(path, _TAGS)
    kinds = _USUAL if relations is None else several("relations", relations)
    namespaces = None if namespace is None else several("namespaces", namespace)
    chosen = ontology.relation(kinds, namespaces)
    if relations is not None:
        chosen = chosen.reported(Report("", faults=(ontology.unused(kinds),)))
    if annotations is None:
        return hierarchy_of(chosen, rank)
    features = _annotations_of(annotations)
    return hierarchy_of(joined(chosen, ontology.resolved(features, chosen)), rank)


def read_names(path: FilePath) -> dict[str, str]:
    """Return the name of each term of an OBO file by its identifier, for ``H.rename``; obsolete terms are left out.

    A name that two terms have is followed by the identifier.
    """
    terms = _Ontology.of(path, (*_TAGS, "name:")).terms
    names = {term: str(data.get("name", term)) for term, data in terms.items()}
    times = Counter(names.values())
    return {term: name if times[name] == 1 else f"{name} ({term})" for term, name in names.items()}


def _annotations_of(source: Source) -> Relation:
    return read_annotations(source) if isinstance(source, str | PathLike) else read_relation(source)


@final
@dataclass(frozen=True)
class _Ontology:
    """What a file says of its terms.

    Attributes
    ----------
    path : Path
        The file.
    graph : networkx.MultiDiGraph
        As obonet parses it, obsolete terms too; an edge (lower, upper, relation).
    lines : dict from str to int
        The line of each term that has a stanza.
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

    @staticmethod
    def of(path: FilePath, tags: tuple[str, ...]) -> _Ontology:
        text = text_of(path)
        check_kind(text, path, "OBO")
        lines = lines_of_terms(text, path)
        needed, in_contexts = _needed(text, tags)
        return _Ontology(Path(path), _parsed(needed, path), lines, in_contexts, unended(text, path))

    @cached_property
    def obsolete(self) -> set[str]:
        return {term for term, data in self.graph.nodes(data=True) if data.get("is_obsolete") == "true"}

    @cached_property
    def terms(self) -> dict[str, dict[str, Any]]:
        """What is known of each term that has a stanza and is not obsolete."""
        nodes = self.graph.nodes(data=True)
        return {term: data for term, data in nodes if term in self.lines and term not in self.obsolete}

    @cached_property
    def alternatives(self) -> dict[str, str]:
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
        chosen = [(low, up) for low, up, name in edges if name in relations]
        self._check_any(chosen, edges, relations)
        whole = [pair for pair in chosen if all(term in self.terms for term in pair)]
        inside = [pair for pair in whole if all(term in kept for term in pair)]
        used = {name for *_, name in edges}
        report = Report(
            self.path.name,
            (Count("terms", len(self.terms)), Count("pairs", len(edges) + self.in_contexts.n)),
            (
                self.in_contexts,
                Count("terms that are obsolete", len(self.obsolete)),
                Count("terms of other namespaces", len(self.terms) - len(kept)),
                Count("pairs of other relations", len(edges) - len(chosen)),
                Count("pairs with terms of other namespaces", len(whole) - len(inside)),
            ),
            faults=(
                absent("namespaces that no term has", namespaces or (), filter(None, self._spaces.values())),
                Count.of("alternative identifiers that are terms of their own", self._living_alternatives),
                *self._faults(chosen, used),
                Count("pairs with terms that are obsolete or have no stanza", len(chosen) - len(whole)),
                self.cut,
            ),
        )
        lines = tuple(self.lines[low] for low, _ in inside)
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


def _choice_of(namespaces: Iterable[str | None]) -> str:
    given = dict.fromkeys(name for name in namespaces if name is not None)
    return f"choose among {listing(given)}" if given else "its terms say none; leave the namespace out"


def _parsed(text: str, path: FilePath) -> Any:
    """Return obonet's graph."""
    try:
        return obonet().read_obo(StringIO(text), ignore_obsolete=False)
    except (ValueError, KeyError) as error:
        raise DataError(
            f"an ontology must be OBO: {str(path)!r}: {error}; correct it or download it again"
        ) from None


def _needed(text: str, tags: tuple[str, ...]) -> tuple[str, Count]:
    """Return the lines that are read, as obonet wants them, and the pairs that are left out since they have a context.

    Before each stanza is a blank line, and a header before all, without which obonet complains.
    """
    lines = [line.strip() for line in lines_of(text)]
    header = ["ontology: of a file", *(line for line in lines if line.startswith("default-namespace:"))]
    read = [line for line in lines if line.startswith(tags)]
    contexts = [line for line in read if holds_in_a_context(line)]
    kept = (line for line in read if not holds_in_a_context(line)) if contexts else read
    body = [f"\n{line}" if line[0] == "[" else cleaned(line) for line in kept]
    what = "pairs that hold in a context alone (gci_relation, gci_filler)"
    return "\n".join([*header, *body]) + "\n", Count(what, len(contexts))


def lines_of_terms(text: str, path: FilePath) -> dict[str, int]:
    """Return the line of each term's identifier, or say which line is not OBO.

    Raises
    ------
    DataError
        If there are no terms, a line has no tag or no value, or a term no identifier.
    DuplicateElementError
        If two stanzas have one identifier.
    """
    lines: dict[str, int] = {}
    stanza, begun = "", 0  # the kind of stanza that waits for its identifier, and its line
    for number, line in enumerate(map(str.strip, lines_of(text)), start=1):
        if not line or line[0] == "!":
            continue
        if line[0] == "[":
            _check_named(stanza, begun, path)
            stanza, begun = line, number
            continue
        tag, words = _tag_and_words(line, number, path)
        if tag == "id":
            if stanza == "[Term]":
                _add(lines, words[0], number, path)
            stanza = ""
    _check_named(stanza, begun, path)
    if not lines:
        raise DataError(f"an ontology has terms: {str(path)!r} has no [Term] stanza; give a file in OBO")
    return lines


# The number of words that follow some tags; behind an identifier there may be more.
_WORDS = {"id": 1, "is_a": 1, "relationship": 2}


def _tag_and_words(line: str, number: int, path: FilePath) -> tuple[str, list[str]]:
    """Return what stands before the colon; and the words after it, for tags where these are looked at."""
    tag, colon, value = line.partition(":")
    words = words_of(value) if tag in _WORDS else []
    if tag != "id" and len(words) > _WORDS.get(tag, 0):
        raise DataError(
            f"{tag} has {_WORDS[tag]} word(s), then a comment after '!' or nothing: line {number} of {str(path)!r} "
            f"reads {line!r}; take out the others, or put '!' before them"
        )
    if not colon or len(words) < _WORDS.get(tag, 0):
        raise DataError(
            f"a line of OBO has a tag, a colon and a value: line {number} of {str(path)!r} reads {line!r}; "
            "was the file cut off? correct it or download it again"
        )
    return tag, words


def _check_named(stanza: str, line: int, path: FilePath) -> None:
    if stanza:
        raise DataError(
            f"a stanza has an identifier: {stanza} on line {line} of {str(path)!r} has none; "
            "was the file cut off? correct it or download it again"
        )


def _add(lines: dict[str, int], term: str, number: int, path: FilePath) -> None:
    first = lines.setdefault(term, number)
    if first != number:
        raise DuplicateElementError(
            f"a term has one stanza: {term!r} has one on line {first} and one on line {number} of {str(path)!r}; "
            "merge them or take one out"
        )
