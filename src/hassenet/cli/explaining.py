"""The scores that ``hassenet explain`` computes, as a table and as text."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from hassenet.cli.text import columns, number, short, width
from hassenet.errors import ParameterError, counted, listing
from hassenet.explain import Relevance
from hassenet.hierarchy import Covariate
from hassenet.model import Model
from hassenet.network import Ensemble
from hassenet.network.elements import real_elements
from hassenet.stability.interchangeable import named_ranks
from hassenet.tables import Table

_APART = "covariate"  # in place of a rank
_ROUNDING = 1e-5  # of the numbers themselves, which are float32
_OF_WHAT_IS_LEFT = {"integrated": "; this is the error of a sum, less with more --steps"}


def ranks_shown(model: Model, rank: int | None) -> list[int]:
    """Return the rank asked for; of none all but those whose elements nobody can tell apart.

    Raises
    ------
    ParameterError
        If there are no scores at the rank.
    """
    ranks = ranks_with_scores(model)
    if rank is None:
        named = named_ranks(model.network)
        return [i for i in ranks if i in named]
    if rank not in ranks:
        raise ParameterError(f"scores stand at the ranks {ranks}; got {rank}; give one of these")
    return [rank]


def ranks_with_scores(model: Model) -> list[int]:
    """Return the ranks below the outputs; one of relays alone has no scores."""
    members = [real_elements(net.plan)[:-1] for net in Ensemble.of(model.network)]
    return sorted({i for member in members for i, rows in enumerate(member) if len(rows)})


def of_ranks(relevance: Relevance, ranks: Sequence[int], features: Sequence[str]) -> Relevance:
    """Return the scores of some ranks, those of rank 0 named as the columns of the table."""
    names = (*map(_named, relevance.elements, features), *relevance.elements[len(features) :])
    of_columns = relevance.is_covariate & (0 in ranks)  # with their levels, whatever ranks there are
    rows = np.flatnonzero(np.isin(relevance.ranks, ranks) | of_columns)
    spread = None if relevance.member_spread is None else relevance.member_spread[rows]
    of_rows = {name: getattr(relevance, name)[rows] for name in ("ranks", "score", "absolute", "spread")}
    return replace(
        relevance, elements=tuple(names[k] for k in rows), against=None, member_spread=spread, **of_rows
    )


def _named(element: Hashable, feature: str) -> Hashable:
    """Return the name of a feature, or of a covariate, as the table has it."""
    return Covariate(feature) if isinstance(element, Covariate) else feature


def table_of(found: Sequence[Relevance], what: str) -> Table:
    """Return the scores as a table: of several outputs those of each below those of the one before."""
    parts = [relevance.table() for relevance in found]
    joined = {name: np.concatenate([_column(part[name]) for part in parts]) for name in parts[0]}
    if len(found) == 1:
        return Table(joined)
    outputs = np.repeat(np.array([r.output for r in found], object), [len(r) for r in found])
    return Table({what: outputs, **joined})


def _column(values: Any) -> Any:
    return np.array(list(map(str, values)), object) if isinstance(values, list) else values


def summary(found: Sequence[Relevance], n: int, method: str, *further: str) -> str:
    """Return what is printed of one output, or of several beside one another, and further lines."""
    of_what_is_left = _OF_WHAT_IS_LEFT.get(method, "")
    parts = _of_one(found[0], n, of_what_is_left) if len(found) == 1 else _of_several(found, n)
    return "\n\n".join(filter(None, [*parts, *further]))


def direction(model: Model, found: Sequence[Relevance]) -> str:
    """Return a line on what the sign of a score means, where that is not as the target says."""
    return "" if model.outcomes is None else model.outcomes.direction(one.output for one in found)


def left_out(model: Model, ranks: Sequence[int], rank: int | None) -> str:
    """Return a line on the ranks that are not shown, as nobody can tell their elements apart."""
    others = [i for i in ranks_with_scores(model) if i not in ranks]
    if rank is not None or not others:
        return ""
    several = "ranks" if len(others) > 1 else "rank"
    return (
        f"{several} {listing(others)} left out: hidden neurons without a hierarchy can change places, so that which "
        f"of them does what says nothing; --rank {others[0]} shows them"
    )


# ---------------------------------------------------------------- one output


def _of_one(relevance: Relevance, n: int, of_what_is_left: str) -> list[str]:
    members = f", {counted(len(relevance.members), 'network')}" if relevance.members else ""
    head = (
        f"{relevance.method} of {relevance.output!r} over {counted(relevance.n_examples, 'row')}{members}, whose mean "
        f"signal is {number(relevance.value)}"
    )
    further = _member_spread(relevance)
    names = ["element", "rank", "score", "absolute", "spread", *(["over networks"] if further else [])]
    shown = [*((s, str(s.rank)) for s in relevance.top(n)), *((s, _APART) for s in relevance.covariates)]
    rows = [
        [short(str(s.element)), where, *map(number, s[2:]), *further.get(s.element, ())] for s, where in shown
    ]
    return [head, columns([names, *rows]), *_of_totals(relevance, of_what_is_left)]


def _member_spread(relevance: Relevance) -> dict[Any, tuple[str]]:
    """Return the spread of each element over the members of an ensemble; of a network nothing."""
    if relevance.member_spread is None:
        return {}
    pairs = zip(relevance.elements, relevance.member_spread, strict=True)
    return {element: (number(spread),) for element, spread in pairs}


def _of_totals(relevance: Relevance, of_what_is_left: str) -> list[str]:
    """Return what the ranks add up to, where the method shares the value out, and what it leaves over."""
    if relevance.remainder is None:
        return []
    start = f"at the baseline the signal is {number(relevance.reference)}; " if relevance.reference else ""
    whole = number(relevance.value - relevance.reference)
    return [
        f"{start}each rank, with what passes it, adds up to {whole}, but for {_left(relevance, of_what_is_left)}"
    ]


def _left(relevance: Relevance, of_what_is_left: str) -> str:
    remainder = np.asarray(relevance.remainder)
    size = max(abs(relevance.value), abs(relevance.reference), relevance.absolute.max(initial=0.0))
    if np.abs(remainder).max() <= _ROUNDING * size:
        return "rounding"
    return f"what is left over, rank by rank: {', '.join(map(number, remainder))}{of_what_is_left}"


# ---------------------------------------------------------------- several outputs


def _of_several(found: Sequence[Relevance], n: int) -> list[str]:
    """Return the elements with the largest sizes over all outputs, a column an output as far as lines have room."""
    size = np.mean([relevance.absolute for relevance in found], axis=0)
    order, apart = np.argsort(-size, kind="stable"), found[0].is_covariate
    first = np.concatenate([order[~apart[order]][: max(n, 0)], order[apart[order]]])
    names = [short(str(found[0].elements[k])) for k in first]
    where = [_APART if apart[k] else str(found[0].ranks[k]) for k in first]
    begin = [["element", "rank", "size"], *_rows(names, where, size[first])]
    shown, table = _with_outputs(begin, found, first)
    more = (
        f"; {counted(len(found) - shown, 'further column')} in the table of --out"
        if shown < len(found)
        else ""
    )
    head = (
        f"{found[0].method} of {counted(len(found), 'output')} over {counted(found[0].n_examples, 'row')}\n"
        f"size: mean of the absolute scores over the rows, of all outputs and of each{more}"
    )
    return [head, table]


def _rows(names: Sequence[str], ranks: Sequence[str], size: Any) -> list[list[str]]:
    return [[name, where, number(x)] for name, where, x in zip(names, ranks, size, strict=True)]


def _with_outputs(begin: list[list[str]], found: Sequence[Relevance], first: Any) -> tuple[int, str]:
    """Return the table with as many outputs as the width allows, one at least, and how many these are."""
    rows, shown = begin, 0
    for relevance in found:
        cells = [short(relevance.output, 20), *(number(x) for x in relevance.absolute[first])]
        wider = [[*row, cell] for row, cell in zip(rows, cells, strict=True)]
        if shown and max(map(len, columns(wider).split("\n"))) > width():
            break
        rows, shown = wider, shown + 1
    return shown, columns(rows)
