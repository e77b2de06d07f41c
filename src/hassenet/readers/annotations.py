"""Annotations: which gene or protein belongs to which term, in GAF 2, GPAD 1 and 2, or a table of two columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable
from pathlib import Path
from typing import Literal, NamedTuple

from hassenet.errors import DataError, ParameterError
from hassenet.files.content import FileContent, FilePath
from hassenet.files.text import lines_of, unended
from hassenet.hierarchy.report import Count, Report
from hassenet.readers.annotation_lines import kind_of_line, says_not
from hassenet.readers.choices import Names, absent, several
from hassenet.readers.relation import Relation, read_relation, without_placeholders
from hassenet.readers.tabbed import tabbed

Feature = Literal["symbol", "identifier"]
Aspect = Literal["biological_process", "molecular_function", "cellular_component"]
_ASPECTS = {"biological_process": "P", "molecular_function": "F", "cellular_component": "C"}


class _Annotation(NamedTuple):
    feature: str
    term: str
    negated: bool
    evidence: str
    aspect: str


_REASONS = _NOT, _EVIDENCE, _ASPECT = (
    "annotations that say NOT",
    "annotations left out by their evidence",
    "annotations of other aspects",
)


class _Choice(NamedTuple):
    """What is wanted: the kind of names, the evidence codes to leave out, the aspect's letter (None: all)."""

    feature: Feature
    without: Collection[Hashable]
    aspect: str | None

    def reason_against(self, annotation: _Annotation) -> str:
        """Return why an annotation is left out; empty if it is wanted."""
        if annotation.negated:
            return _NOT
        if annotation.evidence in self.without:
            return _EVIDENCE
        return "" if self.aspect is None or annotation.aspect == self.aspect else _ASPECT


class _Format(NamedTuple):
    """How lines of a format are written: the numbers of cells there may be, and how an annotation stands in them."""

    name: str
    cells: range
    read: Callable[[tuple[str, ...], Feature], _Annotation]
    has_aspect: bool
    has_symbol: bool


def _gaf(cells: tuple[str, ...], feature: Feature) -> _Annotation:
    name = cells[2] if feature == "symbol" else cells[1]
    return _Annotation(name, cells[4], says_not(cells[3]), cells[6], cells[8])


def _gpad_1(cells: tuple[str, ...], _: Feature) -> _Annotation:
    return _Annotation(cells[1], cells[3], says_not(cells[2]), cells[5], "")


def _gpad_2(cells: tuple[str, ...], _: Feature) -> _Annotation:
    return _Annotation(cells[0].partition(":")[2], cells[3], says_not(cells[1]), cells[5], "")


# Of the first line that begins with "!", what stands before the version's first number, and that number.
_FORMATS = {
    ("gaf-version", "2"): _Format("GAF 2", range(15, 18), _gaf, True, True),
    ("gpa-version", "1"): _Format("GPAD 1", range(9, 13), _gpad_1, False, False),
    ("gpad-version", "1"): _Format("GPAD 1", range(9, 13), _gpad_1, False, False),
    ("gpa-version", "2"): _Format("GPAD 2", range(9, 13), _gpad_2, False, False),
    ("gpad-version", "2"): _Format("GPAD 2", range(9, 13), _gpad_2, False, False),
}


def read_annotations(
    path: FilePath,
    *,
    feature: Feature | None = None,
    without_evidence: Names = (),
    aspect: Aspect | None = None,
) -> Relation:
    r"""Return the pairs (feature, term) of an annotation file.

    They are for ``read_obo(…, annotations=…)`` and ``read_edges(…, features=…)``.

    The first line names the format: ``!gaf-version: 2.…``, ``!gpad-version: …`` or ``!gpa-version: …``. A file
    without such a line has lines of GAF or GPAD all the same, known by their columns, or is a table of two columns,
    feature and term, as :func:`read_relation` reads them. Annotations that say NOT are always left out.

    Parameters
    ----------
    path : str or path
        The file, text in UTF-8, gzipped or not.
    feature : "symbol" or "identifier", optional
        What a gene is called, by default by its symbol in GAF; GPAD has identifiers only.
    without_evidence : str or several
        Evidence codes to leave out: in GAF as ``{"IEA", "ND"}``, in GPAD as ``{"ECO:0000501"}``. One that no annotation
        has is a fault.
    aspect : "biological_process", "molecular_function" or "cellular_component", optional
        The part of the Gene Ontology to keep; only GAF says it.

    Raises
    ------
    DataError
        If the file is empty, no text, cut off in its gzip stream, of another version, or a line has too few cells.
    ParameterError
        If the format lacks what a choice is about.

    References
    ----------
    The Gene Ontology: GAF 2.2 and GPAD 2.0 file formats, https://geneontology.org/docs/go-annotations.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> line = "UniProtKB\tP01023\tA2M\t{}\tGO:0002020\tPMID:1\t{}\t\tF\t\t\tprotein\ttaxon:9606\t20220701\tUniProt\n"
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "goa.gaf")
    ...     text = "!gaf-version: 2.2\n" + line.format("enables", "IPI") + line.format("NOT|enables", "IDA")
    ...     _ = file.write_text(text)
    ...     A = read_annotations(file)
    >>> A.pairs
    (('A2M', 'GO:0002020'),)
    >>> print(A.report)
    goa.gaf
      annotations: 2
      dropped, annotations that say NOT: 1
    """
    file = FileContent.of(path)
    kind = _format_of(file.text, path)
    _check_choices(kind, path, feature, without_evidence, aspect)
    if kind is None:
        return read_relation(file)
    without = several("evidence codes", without_evidence) if without_evidence else ()
    choice = _Choice(feature or "symbol", without, None if aspect is None else _ASPECTS[aspect])
    return _chosen(file.text, kind, choice, path)


def _chosen(text: str, kind: _Format, choice: _Choice, path: FilePath) -> Relation:
    """Return the annotations that are wanted; the others are counted by their reason."""
    times: Counter[str] = Counter()
    codes: dict[str, None] = {}
    pairs, lines = [], []
    for line, cells in tabbed(text, comment="!"):
        annotation = _annotation(line, cells, kind, choice.feature, path)
        codes[annotation.evidence] = None
        reason = choice.reason_against(annotation)
        times[reason] += 1
        if not reason:
            pairs.append((annotation.feature, annotation.term))
            lines.append(line)
    if not times:
        raise DataError(
            f"an annotation file holds annotations: {str(path)!r} has a header alone; download it again"
        )
    dropped = tuple(Count(reason, times[reason]) for reason in _REASONS)
    made = (Count("annotations", times.total()),)
    typos = absent("evidence codes that no annotation has", choice.without, codes)
    report = Report(Path(path).name, made, dropped, faults=(typos, unended(text, path)))
    relation = Relation(tuple(pairs), report, lines=tuple(lines), source=Path(path).name)
    return without_placeholders(relation, "annotations")


def _format_of(text: str, path: FilePath) -> _Format | None:
    """Return the format that the comments at the head of a file name; None for a table."""
    head = (line[1:].partition(":") for line in lines_of(text)[:100] if line.startswith("!"))
    versions = [(key.strip().lower(), value.strip()) for key, _, value in head]
    found = next(
        ((key, version) for key, version in versions if key.endswith("-version") and key[0] == "g"), None
    )
    if found is None and not text.startswith("!"):
        found = _of_first_line(text)
    if found is not None and (found[0], found[1][:1]) in _FORMATS:
        return _FORMATS[found[0], found[1][:1]]
    if found is not None or text.startswith("!"):
        says = (
            f"says {': '.join(found)}"
            if found
            else "does not say its version on a line such as !gaf-version: 2.2"
        )
        raise DataError(
            f"annotations are read from GAF 2, GPAD 1 and 2, or two columns: {str(path)!r} {says}; "
            "convert it, or choose two columns with read_relation(…, lower=…, upper=…)"
        )
    return None


def _of_first_line(text: str) -> tuple[str, str] | None:
    """Return what a file says without a first line that says it: its lines have the columns of GAF or GPAD."""
    return next((kind_of_line(cells) for _, cells in tabbed(text, comment="#")), None)


def _check_choices(
    kind: _Format | None, path: FilePath, feature: Feature | None, evidence: Names, aspect: Aspect | None
) -> None:
    _check_feature(kind, path, feature)
    if aspect is not None and aspect not in _ASPECTS:
        raise ParameterError(f"aspect must be one of {', '.join(map(repr, _ASPECTS))}; got {aspect!r}")
    if aspect is not None and not (kind and kind.has_aspect):
        raise ParameterError(
            f"only GAF files hold an aspect: {str(path)!r} is not one; "
            "choose by namespace=… in read_obo, or by where=… in read_relation (on the command line, --namespace or "
            "--feature-where)"
        )
    if evidence and kind is None:
        raise ParameterError(
            f"only GAF and GPAD files hold evidence: {str(path)!r} has two columns; choose by where=… in read_relation"
        )


def _check_feature(kind: _Format | None, path: FilePath, feature: Feature | None) -> None:
    if feature not in (None, "symbol", "identifier"):
        raise ParameterError(f"feature must be 'symbol' or 'identifier'; got {feature!r}")
    if feature is not None and (kind is None or (feature == "symbol" and not kind.has_symbol)):
        has = "two columns, the first of them the feature" if kind is None else "identifiers alone"
        raise ParameterError(
            f"a file must have the names asked for: {str(path)!r} has {has}; leave feature={feature!r} out"
        )


def _annotation(
    line: int, cells: tuple[str, ...], kind: _Format, feature: Feature, path: FilePath
) -> _Annotation:
    if len(cells) not in kind.cells:
        raise DataError(
            f"a line of {kind.name} has {kind.cells[0]} to {kind.cells[-1]} cells: line {line} of {str(path)!r} "
            f"has {len(cells)}; was the file cut off? download it again"
        )
    annotation = kind.read(cells, feature)
    if not annotation.feature or not annotation.term:
        missing = "term" if annotation.feature else "feature"
        raise DataError(
            f"an annotation has a feature and a term: line {line} of {str(path)!r} has no {missing}; "
            "complete the line or take it out"
        )
    return annotation
