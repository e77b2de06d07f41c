"""The columns of a table, as what they are, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hassenet.cli.fit.architecture import hierarchy_of
from hassenet.cli.fit.options import FitOptions
from hassenet.cli.fit.source import Source
from hassenet.cli.fit.taken import account, taken
from hassenet.data.encoding import Encoding
from hassenet.data.recognition import Recognised, recognised
from hassenet.errors import FeatureError, listing
from hassenet.hierarchy import Hierarchy
from hassenet.tables import Table
from hassenet.task.columns import with_levels

Array = NDArray[Any]
FILLED = "filled by the medians of the rows learned from"


class Encoded(NamedTuple):
    """What a table's columns were made into.

    Attributes
    ----------
    encoding : Encoding
    X : (m, n) array
        The features, NaN where a value is missing.
    amounts : tuple of int, optional
        The places of the features that are numbers and not truth values; None where all are.
    hierarchy : Hierarchy, optional
        That of the features, without outputs, where one was given.
    """

    encoding: Encoding
    X: Array
    amounts: tuple[int, ...] | None
    hierarchy: Hierarchy | None


class Below(NamedTuple):
    """What the columns of a hierarchy were made into, with the fields of :class:`Encoded`."""

    encoding: Encoding
    X: Array
    amounts: tuple[int, ...] | None
    hierarchy: Hierarchy


def encoded(table: Table, columns: Sequence[str], rows: Array | None, o: FitOptions) -> Encoded:
    """Return the features of columns, as they are known from some rows, and those of the hierarchy if one was given."""
    if not o.has_hierarchy:
        return _encoded_alone(table, columns, rows, o)
    return Encoded(*encoded_below(table, columns, rows, o))


def _encoded_alone(table: Table, columns: Sequence[str], rows: Array | None, o: Source) -> Encoded:
    found = recognised(table, columns, rows)
    return Encoded(found.encoding, _told(table, found, o, FILLED), found.amounts, None)


def encoded_below(
    table: Table, columns: Sequence[str], rows: Array | None, o: Source, filled: str = FILLED
) -> Below:
    """Return the features of the columns that a hierarchy has, with NaN for gaps, and the hierarchy over them.

    ``filled`` says what becomes of missing values.
    """
    H = hierarchy_of(columns, o)
    names = tuple(map(str, H.ranks[0]))
    found = recognised(table, names, rows, kept=frozenset(names))
    X = _told(table, found, o, filled)
    return Below(found.encoding, X, found.amounts, with_levels(H, found.encoding))


def _told(table: Table, found: Recognised, o: Source, filled: str) -> Array:
    """Return the features, and tell what they are."""
    if not found.encoding.features:
        raise FeatureError(
            "a fit needs features; nothing can be learned from the columns "
            f"{listing(one.name for one in found.left_out)}; add others"
        )
    if "" in found.encoding.columns:
        raise FeatureError(
            'a feature has a name; one column has none (an index?); name it, or leave it out: --drop ""'
        )
    X = found.encoding.read(table)
    o.say("\n".join([taken(X, found.encoding.features, found.encoding.plain), *account(found)]))
    share = np.isnan(X[:, found.encoding.firsts]).mean()
    if share:
        o.say(f"missing values: {share:.2g} of all; {filled}")
    return X
