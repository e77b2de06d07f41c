"""Which features were taken, and what about them is worth a look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.cli.text import short
from hassenet.data.columns_found import Recognised
from hassenet.data.compact import extremes, is_compact
from hassenet.data.found_numbers import NAME_OF_AN_IDENTIFIER
from hassenet.data.variable import Variable
from hassenet.errors import listing

_SHOWN = 8
_WIDTH = 80

Array = NDArray[Any]

_TITLES = {
    "categories": "categories, an element over the levels of each",
    "dates": "dates",
    "numbers": "numbers, as they are spelled",
}
"""Of columns that are more than numbers, by what these are."""


@final
class Looks(NamedTuple):
    """Which features are constant, and which are like identifiers, (n,) each."""

    constant: Array
    identifiers: Array

    @staticmethod
    def of(X: Any, names: Sequence[str]) -> Looks:
        """Return what the values of features, (m, n), look like in all rows.

        >>> Looks.of(np.array([[1, 5, 3.5], [2, 5, 0.1], [3, 5, 0.7]]), ["row", "site", "dose"])
        Looks(constant=array([False,  True, False]), identifiers=array([ True, False, False]))
        """
        if is_compact(X):
            low, high = extremes(X)
            return Looks(np.asarray(low >= high), np.zeros(len(names), bool))
        called = np.array([NAME_OF_AN_IDENTIFIER.fullmatch(name) is not None for name in names], bool)
        identifiers = [
            k for k in np.flatnonzero(_may_count(X) | called).tolist() if _is_identifier(X[:, k], called[k])
        ]
        return Looks(_are_constant(X), np.isin(np.arange(len(names)), identifiers))

    @staticmethod
    def may_be(first: Array, some: Array, names: Sequence[str]) -> Array:
        """Return which features may be one of these, by the first rows and by some of all, (n,)."""
        called = np.array([NAME_OF_AN_IDENTIFIER.fullmatch(name) is not None for name in names], bool)
        return np.asarray(_are_constant(some) | _may_count(first) | called)


def taken(looks: Looks, names: Sequence[str], numbers: Sequence[str]) -> str:
    """Return how many features there are, the first of them, those that are constant, and those like identifiers.

    ``numbers`` are the features that are columns as they stand.

    Examples
    --------
    >>> looks = Looks.of(np.array([[1, 5, 3.5], [2, 5, 0.1], [3, 5, 0.7]]), ["row", "site", "dose"])
    >>> print(taken(looks, *[["row", "site", "dose"]] * 2))
    features: 3 ('row', 'site', 'dose')
    constant, so without any effect: 'site'
    like identifiers, another whole number in each row: 'row'; leave them out with --drop if they are
    """
    lines = [f"features: {len(names):,} ({_listed(names)})", *_of_constant(_named(names, looks.constant))]
    own = set(numbers)
    identifiers = [name for name in np.array(names, object)[looks.identifiers].tolist() if name in own]
    if identifiers:
        lines.append(
            "like identifiers, another whole number in each row: "
            f"{listing(map(short, identifiers), _SHOWN)}; leave them out with --drop if they are"
        )
    return "\n".join(lines)


def _of_constant(names: Sequence[str]) -> list[str]:
    return [f"constant, so without any effect: {listing(names, _SHOWN)}"] if names else []


def _listed(names: Sequence[str]) -> str:
    """Return the first names, as many as a line holds."""
    first = [short(name) for name in names[:_SHOWN]]
    reach = accumulate(len(name) + 4 for name in first)
    return listing(map(short, names), max(sum(end <= _WIDTH for end in reach), 1))


def _named(names: Sequence[str], marked: Array) -> list[str]:
    return [short(names[k]) for k in np.flatnonzero(marked).tolist()]


def _are_constant(X: Array) -> Array:
    """Return which columns have one value, where there is any."""
    constant = (X == X[:1]).all(axis=0)
    for k in np.flatnonzero(np.isnan(X[:1]).ravel() | np.isnan(X[-1:]).ravel()).tolist():
        known = X[:, k][~np.isnan(X[:, k])]
        constant[k] = not len(known) or bool((known == known[0]).all())
    return np.asarray(constant)


def _may_count(X: Array) -> NDArray[np.bool_]:
    """Return which columns rise or fall by equal steps in the first rows."""
    begin = np.diff(X[:3], axis=0)
    return np.asarray((begin == begin[:1]).all(axis=0) & (X[:1] != X[-1:]).all(axis=0))


def _is_identifier(values: Array, is_called: bool) -> bool:
    """Return whether these are whole numbers, none twice, that count rows or are called so."""
    return _counts(values) or (is_called and _are_distinct(values))


def _counts(values: Array) -> bool:
    steps = np.diff(values)
    return bool((steps == steps[:1]).all() and (values == np.round(values)).all())


def _are_distinct(values: Array) -> bool:
    return bool((values == np.round(values)).all()) and len(np.unique(values)) == len(values)


# ---------------------------------------------------------------- what became of columns


def account(found: Recognised) -> list[str]:
    r"""Return a line for each kind of columns that are not numbers in each row, and for each reason to leave one out.

    Examples
    --------
    >>> from hassenet.data.recognition import recognised
    >>> from hassenet.tables import Table
    >>> sex = np.array(["m", "f", None, "f", "m"], object)
    >>> print(*account(recognised(Table({"sex": sex, "site": np.ones(5)}), ["sex", "site"])), sep="\n")
    categories, an element over the levels of each: 'sex' (2 levels)
    with gaps, and the share of rows: 'sex' (0.2); filled by the median or the most frequent level, and beside each
    stands '… is missing'
    left out, constant: 'site'
    """
    of_kind = [f"{title}: {_shown(texts)}" for title, texts in _kinds(found.encoding.variables).items()]
    return [*of_kind, *_of_asked(found), *_of_gaps(found), *_of_left_out(found)]


def _of_asked(found: Recognised) -> list[str]:
    each = [f"{short(name)!r} ({kind})" for name, kind in found.asked.items()]
    return [f"as asked: {_shown(each)}"] if each else []


def _kinds(variables: Sequence[Variable]) -> dict[str, list[str]]:
    """Return what is known of each column, by the title of its kind."""
    found: dict[str, list[str]] = defaultdict(list)
    for variable in variables:
        if variable.details:
            found[_TITLES[variable.words]].append(f"{short(variable.name)!r} ({variable.details})")
    return found


def _of_gaps(found: Recognised) -> list[str]:
    if not found.gaps:
        return []
    shares = [f"{short(name)!r} ({share:.2g})" for name, share in found.gaps.items()]
    return [
        f"with gaps, and the share of rows: {_shown(shares)}; filled by the median or the most frequent level, and "
        "beside each stands '… is missing'"
    ]


def _of_left_out(found: Recognised) -> list[str]:
    reasons: dict[str, list[str]] = defaultdict(list)
    for name, why in found.left_out:
        reasons[why].append(short(name))
    return [f"left out, {why}: {listing(names, _SHOWN)}" for why, names in reasons.items()]


def _shown(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - _SHOWN:,} more" if len(texts) > _SHOWN else ""
    return ", ".join(texts[:_SHOWN]) + more
