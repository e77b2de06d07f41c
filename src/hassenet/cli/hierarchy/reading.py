"""Files with a hierarchy in any format, read as the options say."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, final

import click

from hassenet import readers
from hassenet.files.content import FileContent, FilePath
from hassenet.readers import Reading, Relation
from hassenet.readers.formats import format_of


@final
@dataclass(frozen=True)
class ReadingOptions:
    """How to read, one field an option; None or empty: as the reader does by default."""

    format: str | None = None
    lower: str | None = None
    upper: str | None = None
    where: tuple[str, ...] = ()
    split: str | None = None
    sign: str | None = None
    relation: str | None = None
    feature_columns: str | None = None
    feature_where: tuple[str, ...] = ()
    feature_split: str | None = None
    feature: str | None = None
    without_evidence: tuple[str, ...] = ()
    aspect: str | None = None
    sep: str | None = None
    system: str | None = None
    columns: str | None = None
    relations: tuple[str, ...] = ()
    namespace: tuple[str, ...] = ()
    sets: str | None = None
    species: str | None = None
    window: int | None = None
    arrows: str | None = None
    label: str | None = None
    name: str | None = None
    rank: str | None = None
    strict: bool = False


def read(files: Sequence[Path], o: ReadingOptions) -> Reading:
    """Return the hierarchy in files: the first says the format, others complete it.

    Raises
    ------
    HassenetError
        If there is none, or strictness finds a fault.
    UsageError
        If options or files do not suit the format.
    """
    contents = [FileContent(file) for file in files]
    name = o.format or _guess(contents, o)
    kind = FORMATS[name]
    if not 1 <= len(files) <= len(kind.files):
        takes = " ".join(kind.files)
        raise click.UsageError(f"the format {name} takes the files {takes}; got {len(files)}; leave some out")
    given = {key: value for key, value in _chosen(o).items() if value is not None}
    odd = [key for key in given if key not in kind.options]
    if odd:
        raise click.UsageError(f"the format {name} has no {_option(odd[0])}; leave it out")
    reading = kind.read(*contents, **given)
    return reading.strict() if o.strict else reading


# ---------------------------------------------------------------- options


def _option(key: str) -> str:
    return f"--{key.replace('_', '-')}"


def _guess(files: Sequence[FileContent], o: ReadingOptions) -> str:
    if o.lower is not None or o.upper is not None:
        return "gmt" if ".gmt" in map(str.lower, files[0].path.suffixes[-2:]) else "edges"
    if o.columns is not None:
        return "paths"
    name = format_of(files[0], *([o.sep] if o.sep else []))
    return "reactome" if name == "gmt" and len(files) > 1 and _is_reactome(files[1]) else name


def _is_reactome(relations: FileContent) -> bool:
    return re.match(r"\s*R-[A-Z]{3}-\d+\t", relations.text) is not None


def _chosen(o: ReadingOptions) -> dict[str, Any]:
    return {
        "lower": None if o.lower is None else _column(o.lower),
        "upper": None if o.upper is None else _column(o.upper),
        "where": _where("--where", o.where),
        "split": o.split,
        "sign": None if o.sign is None else _one_or_two(o.sign),
        "relation": o.relation,
        "feature_columns": None if o.feature_columns is None else _two_columns(o.feature_columns),
        "feature_where": _where("--feature-where", o.feature_where),
        "feature_split": o.feature_split,
        "feature": o.feature,
        "without_evidence": _listed(o.without_evidence),
        "aspect": o.aspect,
        "sep": o.sep,
        "system": o.system,
        "columns": None if o.columns is None else [_column(column) for column in o.columns.split(",")],
        "relations": _listed(o.relations),
        "namespace": _listed(o.namespace),
        "sets": o.sets,
        "species": o.species,
        "window": o.window,
        "arrows": o.arrows,
        "label": o.label,
        "name": o.name,
        "rank": o.rank,
    }


def _listed(names: Sequence[str]) -> list[str] | None:
    """Return the names in texts that hold one or, with commas between, several."""
    return [name.strip() for text in names for name in text.split(",") if name.strip()] or None


def _column(column: str) -> str | int:
    return int(column) if column.isdecimal() else column


def _one_or_two(text: str) -> Any:
    """Return a column of signs, or two with a comma between."""
    columns = tuple(map(_column, text.split(",")))
    return columns[0] if len(columns) == 1 else columns


def _two_columns(text: str) -> tuple[str | int, str | int]:
    columns = text.split(",")
    if len(columns) != 2:
        raise click.UsageError(f"--feature-columns is FEATURE,ELEMENT: two columns; got {text!r}")
    return _column(columns[0]), _column(columns[1])


def _where(option: str, choices: Sequence[str]) -> Mapping[str | int, set[str]] | None:
    """Return the values of COLUMN=VALUE,VALUE by their column."""
    found: dict[str | int, set[str]] = {}
    for choice in choices:
        column, equals, values = choice.partition("=")
        if not equals or not column:
            raise click.UsageError(f"{option} is COLUMN=VALUE or COLUMN=VALUE,VALUE; got {choice!r}")
        found.setdefault(_column(column), set()).update(values.split(","))
    return found or None


# ---------------------------------------------------------------- formats


class Format(NamedTuple):
    """A reader, the files that it takes, the first of which it needs, and the options that it knows."""

    read: Callable[..., Reading]
    files: tuple[str, ...]
    options: tuple[str, ...]


def _edges(edges: FilePath, features: FilePath | None = None, **options: Any) -> Reading:
    given, others = _features(features, options)
    return readers.read_edges(edges, features=given, **others)


def _graphml(graph: FilePath, features: FilePath | None = None, **options: Any) -> Reading:
    given, others = _features(features, options)
    return readers.read_graphml(graph, features=given, **others)


def _json_graph(graph: FilePath, features: FilePath | None = None, **options: Any) -> Reading:
    given, others = _features(features, options)
    return readers.read_json_graph(graph, features=given, **others)


def _obo(ontology: FilePath, annotations: FilePath | None = None, **options: Any) -> Reading:
    given, others = _features(annotations, options)
    return readers.read_obo(ontology, annotations=given, **others)


def _obographs(ontology: FilePath, annotations: FilePath | None = None, **options: Any) -> Reading:
    given, others = _features(annotations, options)
    return readers.read_obographs(ontology, annotations=given, **others)


def _features(path: FilePath | None, options: dict[str, Any]) -> tuple[Relation | None, dict[str, Any]]:
    """Return the features in a file, and the options that are not about them."""
    of_table = {key: options.pop(key) for key in _OF_TABLE if key in options}
    of_annotations = {key: options.pop(key) for key in _OF_ANNOTATIONS if key in options}
    _check_second(path, [*of_table, *of_annotations])
    if of_table and of_annotations:
        table, annotations = (_option(next(iter(given))) for given in (of_table, of_annotations))
        raise click.UsageError(f"{annotations} is about GAF and GPAD, {table} about a table; leave one out")
    if path is None:
        return None, options
    if not of_table:
        return readers.read_annotations(path, **of_annotations), options
    lower, upper = of_table.get("feature_columns", (0, 1))
    given = {"where": of_table.get("feature_where"), "split": of_table.get("feature_split")}
    return readers.read_relation(path, lower=lower, upper=upper, **given), options


def _check_second(path: FilePath | None, given: Sequence[str]) -> None:
    if path is None and given:
        raise click.UsageError(f"{_option(given[0])} is about a second file; give it")


def _gmt(gmt: FilePath, relations: FilePath | None = None, **options: Any) -> Reading:
    above, others = _relations(relations, options)
    return readers.read_gmt(gmt, relations=above, **others)


def _msigdb(sets: FilePath, relations: FilePath | None = None, **options: Any) -> Reading:
    above, others = _relations(relations, options)
    return readers.read_msigdb(sets, relations=above, **others)


def _relations(path: FilePath | None, options: dict[str, Any]) -> tuple[Relation | None, dict[str, Any]]:
    """Return the relations in a file, and the options that are not about them."""
    of_relations = {key: options.pop(key) for key in _OF_COLUMNS if key in options}
    _check_second(path, list(of_relations))
    return None if path is None else readers.read_relation(path, **of_relations), options


def _reactome(
    gmt: FilePath, relations: FilePath | None = None, names: FilePath | None = None, **options: Any
) -> Reading:
    if relations is None:
        raise click.UsageError("the format reactome takes the files GMT RELATIONS [NAMES]; give two or three")
    return readers.read_reactome(gmt, relations, names, **options)


def _codes(path: FilePath, system: Any = None, **options: Any) -> Reading:
    if system is None:
        raise click.UsageError("the format codes takes --system: ATC, ICD-10 or MeSH; choose one")
    of_columns = {key: options.pop(key) for key in _OF_COLUMNS if key in options}
    codes = readers.read_relation(path, **of_columns) if of_columns else path
    return readers.read_codes(codes, system, **options)


def _snps(
    bim: FilePath, genes: FilePath | None = None, above: FilePath | None = None, **options: Any
) -> Reading:
    if above is None:
        return readers.read_snps(bim, genes, **options)
    upper = FORMATS[format_of(above)].read(above)
    H, report = readers.read_snps(bim, genes, above=upper.hierarchy, **options)
    return Reading(H, report + upper.report)


_RANK = ("rank",)
_OF_COLUMNS = ("lower", "upper", "where", "split", "sign")
_OF_TABLE = ("feature_columns", "feature_where", "feature_split")
_OF_ANNOTATIONS = ("feature", "without_evidence", "aspect")
_OF_FEATURES = (*_OF_TABLE, *_OF_ANNOTATIONS)
FORMATS = {
    "edges": Format(_edges, ("EDGES", "[FEATURES]"), (*_OF_COLUMNS, "relation", *_OF_FEATURES, *_RANK)),
    "gmt": Format(_gmt, ("GMT", "[RELATIONS]"), ("sets", *_OF_COLUMNS, *_RANK)),
    "reactome": Format(_reactome, ("GMT", "RELATIONS", "[NAMES]"), ("species", *_RANK)),
    "obo": Format(_obo, ("OBO", "[ANNOTATIONS]"), ("relations", "namespace", *_OF_FEATURES, *_RANK)),
    "graphml": Format(_graphml, ("GRAPHML", "[FEATURES]"), ("arrows", "label", *_OF_FEATURES, *_RANK)),
    "json": Format(readers.read_json, ("JSON",), ()),
    "json-graph": Format(_json_graph, ("JSON", "[FEATURES]"), ("arrows", "label", *_OF_FEATURES, *_RANK)),
    "obographs": Format(
        _obographs, ("JSON", "[ANNOTATIONS]"), ("relations", "namespace", *_OF_FEATURES, *_RANK)
    ),
    "msigdb": Format(_msigdb, ("JSON", "[RELATIONS]"), ("sets", *_OF_COLUMNS, *_RANK)),
    "tree": Format(readers.read_tree, ("JSON",), ("sep", "name", *_RANK)),
    "newick": Format(readers.read_newick, ("TREE",), _RANK),
    "lineages": Format(readers.read_lineages, ("LINEAGES",), ("sep",)),
    "taxonomy": Format(readers.read_taxonomy, ("TABLE",), ("sep",)),
    "clades": Format(readers.read_clades, ("TABLE",), ("sep",)),
    "snps": Format(_snps, ("BIM", "[GENES]", "[HIERARCHY]"), ("window", *_RANK)),
    "columns": Format(readers.read_column_lineages, ("TABLE",), ("sep",)),
    "paths": Format(readers.read_paths, ("PATHS",), ("columns",)),
    "codes": Format(_codes, ("CODES",), ("system", *_OF_COLUMNS, *_RANK)),
    "ontology": Format(readers.read_ontology, ("ONTOLOGY",), _RANK),
    "topology": Format(readers.read_topology, ("TOPOLOGY",), _RANK),
}
"""Every format by its name."""
