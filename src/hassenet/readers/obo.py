"""OBO: ontologies such as the Gene Ontology, with annotations of features to their terms or without."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

from hassenet.errors import DataError, DuplicateElementError
from hassenet.files.content import FilePath
from hassenet.files.optional import obonet
from hassenet.files.text import lines_of, text_of, unended
from hassenet.hierarchy import Ranking
from hassenet.hierarchy.report import Count
from hassenet.readers.choices import Names
from hassenet.readers.foreign import check_kind
from hassenet.readers.obo_lines import cleaned, holds_in_a_context, words_of
from hassenet.readers.ontology_terms import Ontology
from hassenet.readers.reading import Reading
from hassenet.readers.relation import Source

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
    return ontology_of(path, _TAGS).read(relations, namespace, annotations, rank)


def ontology_of(path: FilePath, tags: tuple[str, ...]) -> Ontology:
    """Return what a file in OBO says of its terms by the tags that are read."""
    text = text_of(path)
    check_kind(text, path, "OBO")
    lines = lines_of_terms(text, path)
    needed, in_contexts = _needed(text, tags)
    return Ontology(Path(path), _parsed(needed, path), lines, in_contexts, unended(text, path))


def names_of(path: FilePath) -> dict[str, str]:
    """Return the name of each term of a file in OBO that is not obsolete."""
    return ontology_of(path, (*_TAGS, "name:")).names


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
    body = [f"\n{cleaned(line)}" if line[0] == "[" else cleaned(line) for line in kept]
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
            stanza, begun = cleaned(line), number
            continue
        tag, words = _tag_and_words(line, number, path)
        if tag == "id":
            if stanza == "[Term]":
                _add(lines, " ".join(words), number, path)
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
