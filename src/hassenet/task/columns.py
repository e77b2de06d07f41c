"""Hierarchies of a table's columns, and of what their features are: level below column."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple, final

import numpy as np

from hassenet.data.encoding import Encoding
from hassenet.data.variable import Variable, features_of, missing_of
from hassenet.errors import FeatureError, listing
from hassenet.hierarchy import Covariate, Hierarchy
from hassenet.hierarchy.labels import as_text
from hassenet.hierarchy.order import Order
from hassenet.hierarchy.relay import Relay
from hassenet.task.architecture import dense
from hassenet.task.names import distinct, numbered

Pair = tuple[Hashable, Hashable]
Activations = str | list[str]
_ELEMENTS = (16, 8)


@final
class Layout(NamedTuple):
    """A hierarchy, and the activations of its hidden ranks."""

    hierarchy: Hierarchy
    hidden: Activations


def layout_of_columns(
    encoding: Encoding, sizes: Sequence[int], outputs: Sequence[str], hidden: str
) -> Layout:
    """Return complete ranks above the columns of a table; a column with several features is an element over them.

    Such an element is the sum of its features, weighted: of a category a number for each level.

    Parameters
    ----------
    encoding : Encoding
    sizes : sequence of int
        Of the complete ranks.
    outputs : sequence of str
    hidden : str
        The activation of the complete ranks.

    Examples
    --------
    >>> from hassenet.data.categorical import Categorical
    >>> encoding = Encoding(("age", "sex=f", "sex=m"), (Categorical("sex", ("f", "m")),), [40.0, 1.0, 0.0])
    >>> H, activations = layout_of_columns(encoding, [2], ["ill"], "relu")
    >>> H.below("sex"), H.below("h1_0"), activations
    (('sex=f', 'sex=m'), ('sex', Relay(source='age', rank=1)), ['identity', 'relu'])
    """
    H = _below_columns(encoding)
    if H is None:
        return Layout(dense(encoding.features, sizes, outputs), hidden)
    taken = set(H.ranks[0]) | set(H.ranks[1])
    ranks = [numbered(f"h{i}_", n) for i, n in enumerate(sizes, start=1)]
    for names in (*ranks, outputs):
        own = distinct(names, taken=taken)
        taken |= set(own)
        H = H.crown(own, over="maximal")
    return Layout(H, ["identity", *([hidden] * len(ranks))])


def hierarchy_of_columns(encoding: Encoding) -> Hierarchy:
    """Return the hierarchy of a table that has none of its own, without outputs: two complete ranks above its columns.

    Their elements are few, as settings that are tried give each several neurons.

    Examples
    --------
    >>> hierarchy_of_columns(Encoding(("age", "height"), (), [40.0, 1.7]))
    Hierarchy(shape=(2, 16, 8), covers=160, density=1)
    """
    first, second = _ELEMENTS
    return layout_of_columns(encoding, [first], numbered("h2_", second), "tanh").hierarchy


def _below_columns(encoding: Encoding) -> Hierarchy | None:
    """Return the columns that cover their features, above all features; None where no column does."""
    pairs = list(_levels(encoding.variables))
    return Hierarchy.from_covers(pairs, elements=encoding.features) if pairs else None


def _levels(variables: Iterable[Variable]) -> Iterator[tuple[str, str]]:
    """Yield the covers of columns over their features."""
    covering = (variable for variable in variables if variable.is_covering)
    yield from ((feature, v.name) for v in covering for feature in features_of(v))


def with_levels(H: Hierarchy, encoding: Encoding) -> Hierarchy:
    """Return a hierarchy of columns with the features of these at rank 0, in the order of the encoding.

    A column with levels, or with the parts of a date, stands above them, one rank higher than it stood; "… is missing"
    of a column of numbers stands beside it, under the same elements. Covers keep their signs; those over levels,
    parts and "… is missing" are free.

    Parameters
    ----------
    H : Hierarchy
        With outputs or without. Its rank 0 are columns; one that is not read is left out, with what only it reaches.
        What a covariate is made of are covariates.
    encoding : Encoding

    Raises
    ------
    FeatureError
        If a feature would have the name of another element.

    Examples
    --------
    >>> from hassenet.data.categorical import Categorical
    >>> encoding = Encoding(("age", "sex=f", "sex=m"), (Categorical("sex", ("f", "m")),), [40.0, 1.0, 0.0])
    >>> H = Hierarchy.from_covers([("age", "person"), ("sex", "person")])
    >>> with_levels(H, encoding).ranks
    (('age', 'sex=f', 'sex=m'), ('sex', Relay(source='age', rank=1)), ('person',))
    """
    element = {as_text(e): e for e in H.ranks[0]}
    H = H.restrict([element[name] for name in encoding.columns])[0]
    if not encoding.variables:
        return H
    _check_free(H, [feature for feature in encoding.features if feature not in element])
    apart = {v.name for v in encoding.variables if isinstance(element[v.name], Covariate)}
    covering = {element[v.name] for v in encoding.variables if v.is_covering and v.name not in apart}
    beside = {f for v in encoding.variables if v.name in apart for f in features_of(v)}
    features = [element.get(f, Covariate(f) if f in beside else f) for f in encoding.features]
    gone = {element[v.name] for v in encoding.variables if v.name in apart and v.is_covering}
    own = [v for v in encoding.variables if v.name not in apart]
    pairs = [
        *(pair for pair in _pairs(H) if pair[0] not in gone),
        *_levels_of(own, element),
        *_beside(H, encoding.variables, element),
    ]
    return _ordered(features, pairs, _ranks(H, features, covering)).with_signs(H.signs)


def _ordered(features: Sequence[Hashable], pairs: Sequence[Pair], rank: Mapping[Hashable, int]) -> Hierarchy:
    """Return the graded hierarchy of pairs, those too that an order would swallow, as of outputs on all ranks."""
    names = list(dict.fromkeys([*features, *chain(*pairs), *rank]))
    number = {name: k for k, name in enumerate(names)}
    lower, upper = np.array([[number[low], number[up]] for low, up in pairs], np.int64).reshape(-1, 2).T
    phi = np.array([rank[name] for name in names], np.int64)
    return Order(names, lower, upper, phi, True, np.zeros(len(pairs), np.int8)).hierarchy()


def without(encoding: Encoding, left_out: Collection[Hashable]) -> Encoding:
    """Return an encoding without some features, which are all that columns were made into."""
    return encoding.part([k for k, feature in enumerate(encoding.features) if feature not in left_out])


def features_from(encoding: Encoding, column: Hashable) -> tuple[Hashable, ...]:
    """Return the features that a column was made into."""
    variable = next((v for v in encoding.variables if v.name == column), None)
    return (column,) if variable is None else tuple(features_of(variable))


def check_directions_of_features(names: Sequence[Hashable], encoding: Encoding | None) -> None:
    """Refuse a direction of a column that was made into other features: each of these may have one.

    An order of levels says nothing of their weights one by one, and a month does not rise with its date.

    Raises
    ------
    FeatureError
        With the features of the column.

    Examples
    --------
    >>> from hassenet.data.categorical import Categorical
    >>> encoding = Encoding(("sex=f", "sex=m"), (Categorical("sex", ("f", "m")),), [1.0, 0.0])
    >>> check_directions_of_features(["sex"], encoding)
    Traceback (most recent call last):
    hassenet.errors.FeatureError: a direction is that of a feature; 'sex' was made into 'sex=f', 'sex=m'; name some of
    these
    """
    covering = {} if encoding is None else {v.name: v for v in encoding.variables if v.is_covering}
    column = next((name for name in map(as_text, names) if name in covering), None)
    if column is not None:
        raise FeatureError(
            f"a direction is that of a feature; {column!r} was made into "
            f"{listing(features_of(covering[column]), 8)}; name some of these"
        )


def _check_free(H: Hierarchy, new: Sequence[str]) -> None:
    taken = [feature for feature in new if feature in H]
    if taken:
        raise FeatureError(
            f"what a column is made into has a name of its own; {listing(taken, 3)} is an element of the hierarchy; "
            "rename the column, or the element"
        )


def _ranks(H: Hierarchy, features: Sequence[Hashable], covering: Collection[Hashable]) -> dict[Hashable, int]:
    """Return the rank of each element; above columns with levels all stand one higher."""
    raised = int(bool(covering))
    above = {e: i + raised for i, rank in enumerate(H.ranks) for e in rank if i and not isinstance(e, Relay)}
    return dict.fromkeys(features, 0) | dict.fromkeys(covering, 1) | above


def _pairs(H: Hierarchy) -> Iterator[Pair]:
    """Yield the covers of elements over elements, whatever relays stand between."""
    names = list(chain(*H.ranks))
    for lower, upper in zip(*(k.tolist() for k in H.pairs()), strict=True):
        low, up = names[lower], names[upper]
        if not isinstance(up, Relay):
            yield low.source if isinstance(low, Relay) else low, up


def _levels_of(variables: Iterable[Variable], element: Mapping[str, Hashable]) -> Iterator[Pair]:
    yield from ((feature, element[name]) for feature, name in _levels(variables))


def _beside(H: Hierarchy, variables: Iterable[Variable], element: Mapping[str, Hashable]) -> Iterator[Pair]:
    """Yield the covers of those elements that cover a column of numbers with gaps over what says where these are."""
    above: dict[Hashable, list[Hashable]] = defaultdict(list)
    for low, up in _pairs(H):
        above[low].append(up)
    for v in variables:
        column = element[v.name]
        yield from ((feature, up) for feature in _further(v, column) for up in above[column])


def _further(variable: Variable, column: Hashable) -> Iterator[Hashable]:
    """Yield the features that stand beside those that a column has by itself, under the same elements."""
    if isinstance(column, Covariate):
        yield from (Covariate(feature) for feature in features_of(variable) if feature != variable.name)
    elif variable.gaps and not variable.is_covering:
        yield missing_of(variable.name)
