"""Covariates: what is known of an example beside its features, at which outputs alone look."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from hassenet.errors import DuplicateElementError, ParameterError, listing
from hassenet.hierarchy import Constant, Covariate, Hierarchy
from hassenet.hierarchy.labels import as_text
from hassenet.hierarchy.order import Order, require_hierarchy
from hassenet.hierarchy.report import Count, Report
from hassenet.shaping.checks import listed
from hassenet.shaping.shaped import Shaped


def covariates(H: Hierarchy, names: Iterable[Hashable]) -> Shaped:
    """Let the outputs look at covariates too: elements of rank 0 that stand outside the hierarchy.

    With C the weights of the covariates z, the signal of the outputs becomes s⁽ᴰ⁻¹⁾ = W⁽ᴰ⁻¹⁾x⁽ᴰ⁻¹⁾ + Cz + b⁽ᴰ⁻¹⁾. So
    elements say what covariates do not, and :class:`hassenet.penalties.Separate` gives C a penalty of its own.

    Parameters
    ----------
    H : Hierarchy
        With outputs: its last rank, auxiliary heads and all.
    names : iterable of Hashable
        What the covariates are called, as columns of a table; each is the element ``Covariate(name)``, after the
        features.

    Returns
    -------
    Shaped
        The hierarchy, graded if H is, in which every element of the last rank but constants covers (relays of) the
        covariates, and the report. Restricted to the features of H it is H.

    Raises
    ------
    ParameterError
        If H has no rank for outputs, or the names are text in place of a list of it.
    DuplicateElementError
        If a name is given twice, or written as an element of H is.

    Examples
    --------
    >>> H, report = covariates(Hierarchy.subsets(3).crown(["ill"]), ["age", "sex"])
    >>> H.shape
    (5, 5, 6, 1)
    >>> print(*H.covariates)
    age sex
    >>> H.restrict([(1,), (2,), (3,)])[0] == Hierarchy.subsets(3).crown(["ill"])
    True
    """
    given = listed("covariates", names)
    order = Order.of(_with_outputs(H))
    _check_names(given, order)
    constant = np.fromiter((isinstance(name, Constant) for name in order.names), bool, order.n)
    outputs = np.flatnonzero((order.rank == H.depth) & ~constant)
    new = order.n + np.arange(len(given))
    after = replace(
        order,
        names=[*order.names, *map(Covariate, given)],
        lower=np.concatenate([order.lower, np.tile(new, len(outputs))]),
        upper=np.concatenate([order.upper, np.repeat(outputs, len(given))]),
        rank=np.concatenate([order.rank, np.zeros(len(given), np.int64)]),
        signs=np.concatenate([order.signs, np.zeros(len(given) * len(outputs), np.int8)]),
    )
    return Shaped.by(Report("covariates", (Count.of("covariates", given),)), H, after)


def _with_outputs(H: Hierarchy) -> Hierarchy:
    if require_hierarchy(H).depth < 1:
        raise ParameterError(
            "outputs look at covariates; this hierarchy has one rank, which are features; add outputs with crown([...])"
        )
    return H


def _check_names(given: Sequence[Hashable], order: Order) -> None:
    """Refuse names that a column of a table could not tell apart."""
    written = [as_text(name) for name in given]
    taken = set(map(as_text, order.names))
    clash = [name for name in written if name in taken]
    if clash or len(set(written)) < len(written):
        raise DuplicateElementError(
            f"a covariate needs a name of its own: {listing(clash or written)} "
            + (
                "are in the hierarchy already; choose others"
                if clash
                else "hold one name twice; give it once"
            )
        )
