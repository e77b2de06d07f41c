"""Pairs (lower, upper) as a file, a frame or a mapping gives them, before anybody asks whether they are an order."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from os import PathLike
from typing import Any, final

from hassenet.errors import DataError, HierarchyError, ParameterError, listing
from hassenet.hierarchy.placeholders import called_as_missing, is_missing_gene, is_placeholder, left_out
from hassenet.hierarchy.relation import Pair, check_names
from hassenet.hierarchy.report import Count, Report
from hassenet.hierarchy.signs import known_sign, sign_of
from hassenet.readers.annotation_lines import negations
from hassenet.readers.delimited import sheet_of, sheet_of_frame
from hassenet.readers.edge_columns import EdgeColumns, edge_columns
from hassenet.readers.lineage_cells import spelt_lineages
from hassenet.readers.several import apart, spelt_several
from hassenet.readers.sheet import Column, Row, Sheet, Where
from hassenet.readers.sif import is_sif, sheet_of_sif
from hassenet.readers.signed import SignColumn, of_pairs, signs_of

UNKNOWN_HEADER = "first lines whose names stand in no other"
"""The fault of what may be a header that is not known."""
_REMEDY = "if it is a header, choose columns by its names; if not, by number (lower=0, upper=1; --lower 0 --upper 1)"


@final
@dataclass(frozen=True)
class Relation:
    """Pairs (lower, upper), and the report of how they were read.

    Attributes
    ----------
    pairs : tuple of (lower, upper)
        As often as they were given.
    report : Report
        What was read and dropped.
    elements : tuple of Hashable
        Elements that may stand in no pair.
    lines : tuple of int
        The line of each pair; none where they come from no file.
    source : str
        The name of the file that the lines are of.
    directed : bool
        Whether it is known which of two names is the lower one: by the heads of columns, as columns were chosen, or
        since pairs were given; of a table without heads that say so it is not.
    signs : mapping from (lower, upper) to int
        1 or −1 of the pairs that have a sign.

    Examples
    --------
    >>> list(read_relation({"BRCA2": ["repair", "cell cycle"]}))
    [('BRCA2', 'repair'), ('BRCA2', 'cell cycle')]
    """

    pairs: tuple[Pair, ...]
    report: Report
    elements: tuple[Hashable, ...] = ()
    lines: tuple[int, ...] = ()
    source: str = "pairs"
    directed: bool = True
    signs: Mapping[Pair, int] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Relation({len(self):,} pairs of {self.source}, {self.report!r})"

    def __iter__(self) -> Iterator[Pair]:
        return iter(self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def reported(self, report: Report) -> Relation:
        """Return the relation with more in its report."""
        return replace(self, report=self.report + report)

    @property
    def names(self) -> dict[Hashable, None]:
        """All elements, each once, in the order of appearance."""
        return dict.fromkeys([*self.elements, *(name for pair in self.pairs for name in pair)])


Source = str | PathLike[str] | Relation | Mapping[Any, Any] | Iterable[Pair] | Any
"""A path, a data frame, a mapping from lower to upper(s), pairs (lower, upper), or what a reader made of these."""


def read_relation(
    source: Source,
    *,
    lower: Column | None = None,
    upper: Column | None = None,
    where: Where | None = None,
    split: str | None = None,
    sign: SignColumn | None = None,
) -> Relation:
    r"""Return the pairs (lower, upper) in two columns of a table, without a look at whether they are an order.

    Parameters are those of :func:`read_edges`, which makes a hierarchy of such pairs. Use this one for a table of
    features whose columns have to be chosen, and give the result as ``features=`` or ``annotations=``.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "genes.tsv")
    ...     _ = file.write_text("A2M\tGO:1\tIDA\nA2M\tGO:2\tND\n")
    ...     R = read_relation(file, lower=0, upper=1, where={2: "IDA"})
    >>> R.pairs
    (('A2M', 'GO:1'),)
    """
    if isinstance(source, str | PathLike):
        return relation_of(edges_at(source), lower, upper, where, split, sign)
    if hasattr(type(source), "columns"):
        _check_frame(source)
        return relation_of(sheet_of_frame(source), lower, upper, where, split, sign)
    if lower is not None or upper is not None or where or split is not None or sign is not None:
        raise ParameterError(
            "lower, upper, where, split and sign are about a table; pairs have no columns; leave them out"
        )
    if isinstance(source, Relation):
        return source
    if hasattr(source, "is_directed"):
        raise ParameterError(
            f"a graph is read by read_networkx; got a {type(source).__name__}; read it so, or give its edges"
        )
    if isinstance(source, Mapping) and not isinstance(source, Set):  # networkx's views of edges are both
        return _of_mapping(source)
    return _of_pairs(source)


def edges_at(path: str | PathLike[str]) -> Sheet:
    """Return the rows of a file of edges: of SIF, if it is called so, or of a table."""
    return sheet_of_sif(path) if is_sif(path) else sheet_of(path)


def _check_frame(table: Any) -> None:
    if not (hasattr(table, "iterrows") or hasattr(table, "iter_rows")):
        raise ParameterError(
            f"a table is a data frame of pandas or polars; got {type(table).__name__}; "
            "make it one, as by collect() or to_pandas()"
        )


def _of_mapping(mapping: Mapping[Any, Any]) -> Relation:
    return _of_pairs((low, up) for low, above in mapping.items() for up in _several(above))


def _several(above: Any) -> Iterable[Any]:
    if isinstance(above, Iterator):
        raise ParameterError(
            f"a mapping leads to a name, or to several in a list; got a {type(above).__name__}; make it a list"
        )
    return above if isinstance(above, list | set | frozenset | tuple) else [above]


def _of_pairs(pairs: Iterable[Pair]) -> Relation:
    if not isinstance(pairs, Iterable):
        raise ParameterError(
            f"pairs come from a file, a frame, a mapping or a list of (lower, upper); got {pairs!r}; give one of these"
        )
    given = [_checked(pair) for pair in pairs]
    found = tuple([pair[:2] for pair in given])
    check_names(chain.from_iterable(found))
    signs, both = of_pairs(found, [sign_of(pair[2]) if len(pair) > 2 else 0 for pair in given])
    report = Report("pairs", (Count("pairs", len(found)),), faults=(both,))
    return without_placeholders(Relation(found, report, signs=signs))


def _checked(pair: Any) -> tuple[Any, ...]:
    """Return (lower, upper), or (lower, upper, sign)."""
    if isinstance(pair, str) or not hasattr(pair, "__len__") or len(pair) not in (2, 3):
        raise HierarchyError(f"a pair is (lower, upper); got {pair!r}; give two names")
    if len(pair) == 3 and known_sign(pair[2]) is None:
        raise HierarchyError(
            f"a pair is (lower, upper), or with a sign (lower, upper, 'activates'); got {pair!r}; give two names"
        )
    return tuple(pair)


def relation_of(
    sheet: Sheet,
    lower: Column | None = None,
    upper: Column | None = None,
    where: Where | None = None,
    split: str | None = None,
    sign: SignColumn | None = None,
) -> Relation:
    """Return the pairs of a sheet's two columns, of the rows that ``where`` chooses, with the signs of a third."""
    _check_where(where)
    columns = edge_columns(sheet, lower, upper, where or {}, sign)
    rows = sheet.rows[columns.start :]
    if not rows:
        raise DataError(
            f"an edge list holds pairs: {sheet.place} has a header and nothing below it; add some"
        )
    chosen, absences = sheet.chosen(rows, where or {}, sheet.first)
    whole = tuple(_pair(row, columns, sheet) for row in chosen)
    pairs, numbers = (whole, range(len(whole))) if split is None else apart(whole, split)
    made = Count("pairs", len(rows) + len(pairs) - len(whole)), *_cells(len(rows), split)
    dropped = Count("pairs of other kinds", len(rows) - len(chosen))
    doubtful = pairs[:1] if lower is None and not columns.start and _stands_alone(pairs) else ()
    header = Count.of(UNKNOWN_HEADER, doubtful, _REMEDY)
    of_rows = signs_of(chosen, columns.signs, sheet) if columns.signs else []
    signs, both = of_pairs(pairs, [of_rows[k] for k in numbers]) if of_rows else ({}, Count("", 0))
    odd = negations(chosen), spelt_lineages(pairs), spelt_several(pairs), both
    report = Report(
        sheet.name, made, (dropped, *sheet.dropped), faults=(*sheet.faults, *absences, header, *odd)
    )
    lines = tuple(chosen[k][0] for k in numbers)
    relation = Relation(pairs, report, lines=lines, source=sheet.name, directed=columns.directed, signs=signs)
    return without_placeholders(relation)


def _cells(rows: int, split: str | None) -> tuple[Count, ...]:
    return () if split is None else (Count(f"rows, whose cells hold names apart by {split!r}", rows),)


def of_genes(relation: Relation, what: str = "pairs") -> Relation:
    """Return the pairs of a gene that is listed and a name; NA, which is a symbol too, is a gene there.

    Raises
    ------
    DataError
        As :func:`without_placeholders`.
    """
    kept = without_placeholders(relation, what, is_missing_gene)
    return kept.reported(Report("", called_as_missing(gene for gene, _ in kept)))


def without_placeholders(
    relation: Relation, what: str = "pairs", is_odd: Callable[[object], bool] = is_placeholder
) -> Relation:
    """Return the pairs of two names; those in which a word such as NA stands for a name are left out and counted.

    ``is_odd`` tells it of lower names.

    Raises
    ------
    DataError
        If no other is left.

    Examples
    --------
    >>> genes = read_relation([("rs1", "BRCA2"), ("rs2", "NA"), ("rs3", "NA")])
    >>> genes.pairs, str(genes.report.dropped[0])
    ((('rs1', 'BRCA2'),), "pairs with a placeholder for a name: 2 ('NA')")
    """
    lower, upper = (
        (dict.fromkeys(names) for names in zip(*relation, strict=True)) if relation.pairs else ((), ())
    )
    odd = {*filter(is_odd, lower), *filter(is_placeholder, upper)}
    if not odd:
        return relation
    kept = [k for k, pair in enumerate(relation) if odd.isdisjoint(pair)]
    _check_some_left(kept, odd, relation)
    words = (next(name for name in pair if name in odd) for pair in relation if not odd.isdisjoint(pair))
    return replace(
        relation.reported(Report("", dropped=(left_out(what, words),))),
        pairs=tuple(relation.pairs[k] for k in kept),
        lines=tuple(relation.lines[k] for k in kept) if relation.lines else (),
        signs={pair: sign for pair, sign in relation.signs.items() if odd.isdisjoint(pair)},
    )


def _check_some_left(kept: Sequence[int], odd: Iterable[Hashable], relation: Relation) -> None:
    if not kept:
        raise DataError(
            f"a pair is of two names: in {relation.source} {listing(sorted(map(str, odd)), 3)} stand(s) for one of "
            "the two, always; choose other columns, or give names"
        )


def _check_where(where: object) -> None:
    if where is not None and not isinstance(where, Mapping):
        raise ParameterError(
            f"where is a mapping from columns to the values wanted; got {where!r}; give {{column: value}}"
        )


def _stands_alone(pairs: Sequence[Pair]) -> bool:
    """Return whether there are other pairs, and none of them has a name of the first."""
    others = chain.from_iterable(islice(pairs, 1, None))
    return len(pairs) > 1 and not any(name in pairs[0] for name in others)


def of_features(report: Report) -> Report:
    """Return the report of pairs of features: that the element of a header is not there will be a fault of its own."""
    return replace(report, faults=tuple(count for count in report.faults if count.what != UNKNOWN_HEADER))


def _pair(row: Row, columns: EdgeColumns, sheet: Sheet) -> Pair:
    line, cells = row
    pair = low, up = cells[columns.lower], cells[columns.upper]
    if not (isinstance(low, str) and isinstance(up, str) and low.strip() and up.strip()):
        _check_pair(pair, line, sheet)
    return pair


def _check_pair(pair: Pair, line: int, sheet: Sheet) -> None:
    for name, which in zip(pair, ("lower", "upper"), strict=True):
        try:
            check_names([name])
        except ValueError:
            name = ""
        if isinstance(name, str) and not name.strip():
            raise DataError(
                f"an element must have a name: {sheet.at(line)} leaves the {which} one empty; "
                "complete the line or take it out"
            )
