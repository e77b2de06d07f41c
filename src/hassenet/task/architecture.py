"""The architecture for a table: its columns the features of a hierarchy, the outputs on top."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType
from typing import Literal, final

from hassenet.data.features import are_default
from hassenet.data.match import Match, check_each_once
from hassenet.errors import FeatureError, ParameterError, listing
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.hierarchy import Over
from hassenet.hierarchy.labels import as_text
from hassenet.hierarchy.restriction import UPSIDE_DOWN
from hassenet.shaping import Shaped, head_per_element, head_per_rank
from hassenet.shaping.heads import Whole
from hassenet.task.covariates import CovariateColumns, apart_from
from hassenet.task.names import distinct, numbered

Given = Hierarchy | Callable[[Sequence[str]], Hierarchy]
Auxiliary = Literal["rank", "element"]

_HEAD_PER: Mapping[Auxiliary, Callable[[Hierarchy, Sequence[str], Whole], Shaped]] = MappingProxyType(
    {"rank": head_per_rank, "element": head_per_element}
)


@final
@dataclass(frozen=True)
class Architecture:
    """How the hierarchy of a network is made for a table.

    Parameters
    ----------
    hierarchy : Hierarchy or callable, optional
        Without outputs; a callable makes it of the column names. Without one there are complete layers.
    hidden : tuple of int
        The sizes of the hidden ranks, where no hierarchy is given.
    heads : "all", "features" or "maximal"
        What the outputs look at; see ``Hierarchy.crown``.
    auxiliary : "rank" or "element", optional
        Beside the main outputs, heads that each look at one rank or one element.
    covariates : tuple of Hashable
        The columns, by name or by number where they have none, beside the features: every output looks at them.
        One that the hierarchy names too is taken out of it.

    Raises
    ------
    ParameterError
        If there are auxiliary heads without a hierarchy, or beside outputs that do not look at all of it.

    Examples
    --------
    >>> Architecture(hidden=(3,)).built(["age", "height"], 2, ["ill"])
    Hierarchy(shape=(2, 3, 1), covers=9, density=1)
    >>> H = Hierarchy.from_covers([("a", "top"), ("b", "top")])
    >>> print(*Architecture(H, auxiliary="rank").built(["a", "b"], 2, ["ill"]).ranks[-1])
    ill @ rank 1 ill
    """

    hierarchy: Given | None = None
    hidden: tuple[int, ...] = ()
    heads: Over = "all"
    auxiliary: Auxiliary | None = None
    covariates: tuple[Hashable, ...] = ()

    def __post_init__(self) -> None:
        """Refuse auxiliary heads that would have nothing of their own to look at."""
        if self.auxiliary is not None and (self.hierarchy is None or self.heads == "maximal"):
            raise ParameterError(
                f"auxiliary={self.auxiliary!r} puts heads on a hierarchy, beside main outputs that look at all of it; "
                "give hierarchy=…, and heads='all' or 'features'"
            )

    def built(self, columns: Sequence[str] | None, n: int, outputs: Sequence[str]) -> Hierarchy:
        """Return the hierarchy for n columns, by their names or without, and outputs of these names.

        Raises
        ------
        FeatureError
            If the columns and rank 0 of the hierarchy are not the same features, or a covariate is not a column.
        """
        split = CovariateColumns.of(self.covariates, columns, n)
        return split.join(self._on_features(split, outputs))

    def _on_features(self, split: CovariateColumns, outputs: Sequence[str]) -> Hierarchy:
        columns, n = split.features, split.n_features
        outputs = distinct(outputs, taken=split.names)
        if self.hierarchy is None:
            return dense(split.written, self.hidden, outputs)
        given = apart_from(self.hierarchy, split.names)
        if self.auxiliary is not None and self.heads != "maximal":
            return with_heads(given, columns, n, outputs, self.auxiliary, self.heads)
        return crowned(given, columns, n, outputs, self.heads)


def dense(features: Sequence[str], hidden: Sequence[int], outputs: Sequence[str]) -> Hierarchy:
    """Return the complete hierarchy with these features, hidden sizes and outputs.

    Examples
    --------
    >>> dense(["age", "height"], [3], ["ill"])
    Hierarchy(shape=(2, 3, 1), covers=9, density=1)
    """
    names = [distinct(features)]
    for i, n in enumerate(hidden, start=1):
        names.append(distinct(numbered(f"h{i}_", n), taken={*names[0]}))
    names.append(distinct(outputs, taken={name for rank in names for name in rank}))
    return Hierarchy.complete(*map(len, names), names=names)


def crowned(
    given: Given,
    columns: Sequence[str] | None,
    n: int,
    outputs: Sequence[str],
    heads: Over,
) -> Hierarchy:
    """Return the given hierarchy with its features in the order of the columns and the outputs on top.

    Parameters
    ----------
    given : Hierarchy, or callable
        A callable makes the hierarchy of the column names (x0, x1, … where there are none).
    columns : sequence of str, optional
        The column names of X.
    n : int
        The number of columns of X.
    outputs : sequence of str
        The names wished for the outputs; one that is taken gets a ``*``.
    heads : "all", "features" or "maximal"
        What the outputs look at; see ``Hierarchy.crown``.

    Raises
    ------
    FeatureError
        If the columns and rank 0 are not the same features.

    Examples
    --------
    >>> H = Hierarchy.from_covers([("a", "top"), ("b", "top")])
    >>> crowned(H, ["b", "a"], 2, ["top"], "all").ranks
    (('b', 'a'), ('top',), ('top*',))
    """
    H = _ordered(given, columns, n)
    return H.crown(distinct(outputs, taken=H), over=heads)


def with_heads(
    given: Given,
    columns: Sequence[str] | None,
    n: int,
    outputs: Sequence[str],
    per: Auxiliary,
    heads: Whole = "all",
) -> Hierarchy:
    """Return the given hierarchy as :func:`crowned` does, with auxiliary heads beside the main outputs.

    Examples
    --------
    >>> H = Hierarchy.from_covers([("a", "top"), ("b", "top")])
    >>> print(*with_heads(H, ["b", "a"], 2, ["ill"], "rank").ranks[-1])
    ill @ rank 1 ill
    """
    H = _ordered(given, columns, n)
    return _HEAD_PER[per](H, distinct(outputs, taken=H), heads).hierarchy


def without_outputs(given: Given, columns: Sequence[str] | None, n: int) -> Hierarchy:
    """Return the given hierarchy as :func:`crowned` takes it, before it has outputs: features as the columns stand.

    Examples
    --------
    >>> H = Hierarchy.from_covers([("a", "top"), ("b", "top")])
    >>> without_outputs(H, ["b", "a"], 2).ranks
    (('b', 'a'), ('top',))
    """
    return _ordered(given, columns, n)


def _ordered(given: Given, columns: Sequence[str] | None, n: int) -> Hierarchy:
    """Return the hierarchy without outputs, its features in the order of the columns."""
    if callable(given):
        columns = numbered("x", n) if columns is None else columns
        given = given(columns)
    return _without_names(given, n) if columns is None else _in_order(given, columns)


def _without_names(H: Hierarchy, n: int) -> Hierarchy:
    if H.shape[0] != n:
        raise FeatureError(
            f"X and the hierarchy must have the same features: X has {n} columns without names, rank 0 has "
            f"{H.shape[0]} elements ({listing(H.ranks[0], 3)}); give X as a table with column names, or restrict() H"
        )
    return H


def _in_order(H: Hierarchy, columns: Sequence[str]) -> Hierarchy:
    """Return the hierarchy with rank 0 in the order of the columns, which name its elements as these are written."""
    if tuple(columns) == H.ranks[0]:
        return H
    element = _by_spelling(H.ranks[0])
    found = Match.of(element, columns)
    if not found.column and are_default(H.ranks[0]) and len(columns) == H.shape[0]:
        return H.rename(dict(zip(H.ranks[0], columns, strict=True)))
    if found.missing or found.left_out:
        higher = set(map(as_text, chain(*H.ranks[1:])))
        above = [name for name in map(as_text, found.left_out) if name in higher]
        raise FeatureError(_mismatch(found, [element[name] for name in found.missing], above))
    check_each_once(found)
    element_of = {column: element[name] for name, column in found.column.items()}
    return H.reorder(0, [element_of[column] for column in columns])


def _by_spelling(elements: Sequence[Hashable]) -> dict[Hashable, Hashable]:
    spelled: dict[Hashable, Hashable] = {as_text(e): e for e in elements}
    if len(spelled) < len(elements):
        twice = next(e for e in elements if spelled[as_text(e)] != e)
        raise FeatureError(
            f"columns are matched with elements as these are written; two of rank 0 are written {twice}; "
            "rename() one of them"
        )
    return spelled


_REMEDY = "drop those columns, restrict() or rename() H"
_BESIDE = "drop those columns, name them in covariates=[…], restrict() or rename() H"


def _mismatch(found: Match, left_out: Sequence[Hashable], above: Sequence[str]) -> str:
    reasons: dict[str, Sequence[Hashable]] = {
        "columns of X are missing from rank 0": found.left_out,
        "elements of rank 0 are left out by X": left_out,
    }
    why = "; ".join(f"{len(names):,} {what}: {listing(names, 3)}" for what, names in reasons.items() if names)
    n = len(found.columns)
    matched = f"{n - len(found.left_out):,} of {n:,} columns matched"
    remedy = _BESIDE if found.left_out else _REMEDY
    return f"X and the hierarchy must name the same features: {matched}; {why}; " + (
        f"{listing(above, 3)} are elements above rank 0: {UPSIDE_DOWN}" if above else remedy
    )
