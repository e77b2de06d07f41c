"""Lineages: names that spell the whole path from the root of a taxonomy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from itertools import pairwise

from hassenet.errors import DuplicateElementError, HierarchyError, listing
from hassenet.hierarchy.placeholders import is_placeholder

Pairs = list[tuple[Hashable, Hashable]]


def taxa(lineages: Iterable[str], sep: str) -> tuple[Pairs, dict[Hashable, int]]:
    """Return the covers (lower, upper) of a taxonomy and the rank of each of its elements, features first."""
    features = _checked(lineages, sep)
    levels = max(len(levels_of(feature, sep)) for feature in features)
    taken = {sep.join(levels_of(feature, sep)) for feature in features}
    ranks: dict[Hashable, int] = dict.fromkeys(features, 0)
    pairs: dict[tuple[Hashable, Hashable], None] = {}
    for feature in features:
        path: list[Hashable] = [feature]
        for level, prefix in _prefixes(feature, sep):
            name = f"{prefix}{sep}*" if prefix in taken else prefix
            ranks.setdefault(name, levels - level)
            path.append(name)
        pairs.update(dict.fromkeys(pairwise(path)))
    return list(pairs), ranks


def levels_of(lineage: str, sep: str) -> list[str]:
    """Return the names in a lineage from the root, without blanks around them.

    A semicolon ends a name with a blank behind it or without; of other separators the blanks tell them from names, as
    in ``Escherichia-Shigella`` between `` - ``.

    >>> levels_of("d__Bacteria; p__Firmicutes;", "; "), levels_of("Bacteria - Escherichia-Shigella", " - ")
    (['d__Bacteria', 'p__Firmicutes', ''], ['Bacteria', 'Escherichia-Shigella'])
    """
    return [level.strip() for level in lineage.split(";" if sep.strip() == ";" else sep)]


def _prefixes(lineage: str, sep: str) -> list[tuple[int, str]]:
    """Return (number of levels, prefix) of the taxa above a lineage, the nearest first; nameless levels left out."""
    parts = levels_of(lineage, sep)
    inner = range(len(parts) - 1, 0, -1)
    return [(level, sep.join(parts[:level])) for level in inner if not is_placeholder(parts[level - 1])]


def _checked(lineages: Iterable[str], sep: str) -> list[str]:
    features = [lineages] if isinstance(lineages, str) else list(lineages)
    if not sep:
        raise HierarchyError("levels are told apart by a separator; sep is empty: give sep='|', for instance")
    bad = [f for f in features if not isinstance(f, str) or not f.replace(sep, "").strip()]
    if bad or not features:
        raise HierarchyError(
            f"a lineage is a string that names at least one level; got {listing(bad) or 'none at all'}"
        )
    if len(set(features)) != len(features):
        twice = [f for f, times in Counter(features).items() if times > 1]
        raise DuplicateElementError(f"a lineage names one feature: {listing(twice)} came twice; merge them")
    return features
