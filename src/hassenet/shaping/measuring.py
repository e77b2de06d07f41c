"""Several features a leaf: what was measured of it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from hassenet.errors import DuplicateElementError, ParameterError, listing
from hassenet.hierarchy import Hierarchy, relation
from hassenet.hierarchy.order import Order
from hassenet.hierarchy.report import Count, Report
from hassenet.shaping.checks import listed
from hassenet.shaping.shaped import Shaped


def column(element: Hashable, kind: Hashable) -> str:
    """Return the name of a measurement: that of the element, a blank, its kind.

    Examples
    --------
    >>> column("TP53", "mutation")
    'TP53 mutation'
    """
    return f"{element} {kind}"


def with_measurements(
    H: Hierarchy, kinds: Sequence[Hashable], name: Callable[[Any, Any], Hashable] = column
) -> Shaped:
    """Put several features below each element of rank 0, which becomes rank 1: what was measured of it.

    Where some measurements do not exist, as of genes that an assay leaves out, restrict the result to the columns that
    do: an element of which nothing was measured is then dropped, and reported.

    Parameters
    ----------
    H : Hierarchy
        Graded or not; the result is graded if H is.
    kinds : sequence of Hashable
        What is measured of each element: ["mutation", "amplification", "deletion"].
    name : callable
        The name of a feature from (element, kind), as the table's columns have it; by default "TP53 mutation". With
        ``lambda element, kind: (element, kind)`` it is the name of a column with two levels.

    Returns
    -------
    Shaped
        The hierarchy, whose features stand element by element in the order of the kinds, and the report.

    Raises
    ------
    ParameterError
        If kinds are not a sequence, or none.
    DuplicateElementError
        If two features get one name, or one that is taken.

    Notes
    -----
    P-NET (Elmarakeby et al., Nature 598, 2021, 348–352) has mutations and copy numbers below each gene.

    Examples
    --------
    >>> H = Hierarchy.from_covers([("TP53", "apoptosis"), ("ATM", "apoptosis")])
    >>> H, report = with_measurements(H, ["mutation", "deletion"])
    >>> H.ranks[0]
    ('TP53 mutation', 'TP53 deletion', 'ATM mutation', 'ATM deletion')
    >>> H.restrict(["TP53 mutation", "ATM mutation", "ATM deletion"])[0].below("TP53")
    ('TP53 mutation',)
    """
    kinds = _checked(kinds)
    if not callable(name):
        raise ParameterError(f"name is a function of (element, kind); got {name!r}; give one, as column")
    order = Order.of(H)
    leaves = order.named(order.is_feature)
    features = [name(leaf, kind) for leaf in leaves for kind in kinds]
    _check_names(features, order.names)
    n, at = len(features), np.flatnonzero(order.is_feature)
    after = replace(
        order,
        names=[*features, *order.names],
        lower=np.concatenate([np.arange(n), order.lower + n]),
        upper=np.concatenate([np.repeat(at, len(kinds)) + n, order.upper + n]),
        rank=np.concatenate([np.zeros(n, np.int64), order.rank + 1]),
        signs=np.concatenate([np.zeros(n, np.int8), order.signs]),
    )
    made = Count(f"features, {len(kinds)} for each of {len(leaves):,} elements", n)
    return Shaped.by(Report("with measurements", (made,)), H, after)


def _checked(kinds: Sequence[Hashable]) -> tuple[Hashable, ...]:
    found = listed("kinds", kinds)
    if not found:
        raise ParameterError(f"kinds are a sequence of at least one name, as ['mutation']; got {kinds!r}")
    return tuple(found)


def _check_names(features: Sequence[Hashable], taken: Sequence[Hashable]) -> None:
    relation.check_names(features)
    seen = set(taken)
    for feature in features:
        if feature in seen:
            raise DuplicateElementError(
                f"a feature needs a name of its own: {listing([feature])} is taken; give other kinds or another name=…"
            )
        seen.add(feature)
