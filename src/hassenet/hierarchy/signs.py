"""Signs of covers: whether the lower element activates or inhibits the upper one, in the words that say so."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import HierarchyError, ParameterError, UnknownElementError, listing

Indices = NDArray[np.int64]
Signs = NDArray[np.int8]
Pair = tuple[Hashable, Hashable]
Given = Mapping[Any, Any] | Iterable[Any]
"""A sign for each of some pairs, or one for every pair, in their order."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ACTIVATES = _words(
    """+ +1 1 1.0 -> --> => activates activate activated activating activation activator stimulates stimulate
    stimulation stimulator induces induce induction inducer increases increase promotes enhances
    positive positively up upregulates upregulation"""
)
_INHIBITS = _words(
    """- − -1 −1 -1.0 -| --| ⊣ =| inhibits inhibit inhibited inhibiting inhibition inhibitor represses repress
    repressed repression repressor suppresses suppress suppression suppressor decreases decrease reduces blocks
    negative negatively down downregulates downregulation"""
)
_FREE = _words(
    """0 0.0 ? +- -+ ± free unknown undefined none na nan n/a null . dual both regulates regulation binds binding
    complex mode-of-regulation unspecified"""
) | {"", "form complex", "not available"}


def sign_of(word: Any) -> int:
    """Return 1 for what activates, −1 for what inhibits, and 0 for a free one: the sign that a weight is to keep.

    Known are 1, −1 and 0, "+" and "-", the words activates, stimulates, induces, up-regulates and inhibits, represses,
    suppresses, down-regulates with their nouns, in capitals or not and with what follows them in SIGNOR ("up-regulates
    quantity by expression"); missing, "unknown", "dual" and "binding" are free.

    Raises
    ------
    ParameterError
        If it is none of these.

    Examples
    --------
    >>> [
    ...     sign_of(word)
    ...     for word in ("activates", "Repression", "+", -1, "down-regulates activity", "unknown", None)
    ... ]
    [1, -1, 1, -1, -1, 0, 0]
    """
    found = known_sign(word)
    if found is None:
        raise ParameterError(
            f"the sign of a cover is 1 or 'activates', -1 or 'inhibits', 0 or nothing; got {word!r}; give one of these"
        )
    return found


def known_sign(word: Any) -> int | None:
    """Return the sign that a word stands for, or None where it is not known.

    >>> known_sign("activation"), known_sign("phosphorylates")
    (1, None)
    """
    if word is None or word != word or str(word) == "<NA>":
        return 0
    text = " ".join(str(word).lower().split())
    first = text.partition(" ")[0].replace("-", "")  # of "up-regulates quantity by expression"
    for sign, words in ((1, _ACTIVATES), (-1, _INHIBITS), (0, _FREE)):
        if text in words or (first in words and first.endswith("regulates")):
            return sign
    return None


def of_pairs(signs: Given, pairs: Sequence[Pair]) -> list[int]:
    """Return the sign of each pair, as it is given for some of the pairs or for all in their order.

    Raises
    ------
    ParameterError
        If there are not as many signs as pairs, or one is not a sign.
    UnknownElementError
        If a mapping has a pair that is not there.
    """
    if isinstance(signs, Mapping):
        there = set(map(tuple, pairs))
        unknown = [pair for pair in signs if pair not in there]
        if unknown:
            raise UnknownElementError(
                f"signs are those of covers: {listing(unknown, 3)} is not one of the pairs (lower, upper); drop it"
            )
        return [sign_of(signs.get(tuple(pair))) for pair in pairs]
    found = [sign_of(word) for word in signs]
    if len(found) != len(pairs):
        raise ParameterError(
            f"signs have one entry a pair, {len(pairs):,} of them; got {len(found):,}; give as many, or a mapping"
        )
    return found


def joined(
    names: Sequence[Hashable], lower: Indices, upper: Indices, pairs: Sequence[Pair], given: Sequence[int]
) -> Signs:
    """Return the sign of each distinct pair (lower[k], upper[k]): where a pair came twice, the one that is not 0.

    Raises
    ------
    HierarchyError
        If a pair came with both.
    """
    found: dict[Pair, int] = {}
    for (low, up), sign in zip(pairs, given, strict=True):
        if sign and found.setdefault((low, up), sign) != sign:
            raise HierarchyError(
                f"a cover has one sign: {low!r} both activates and inhibits {up!r}; leave one out, or give 0"
            )
    ends = zip(lower.tolist(), upper.tolist(), strict=True)
    return np.fromiter((found.get((names[p], names[q]), 0) for p, q in ends), np.int8, len(lower))


def through(
    n: int,
    lower: Indices,
    upper: Indices,
    signs: Signs,
    kept: NDArray[np.bool_],
    pairs: tuple[Indices, Indices],
) -> Signs:
    """Return the signs of pairs of kept elements: the product of the signs on the ways between them.

    A way leads through elements that are not kept. Where two ways differ, or one has a free cover, the pair is free.
    """
    from scipy.sparse import csr_array

    if not signs.any():
        return np.zeros(len(pairs[0]), np.int8)

    def links(which: NDArray[np.bool_]) -> Any:
        ends = (upper[which], lower[which])
        return csr_array((np.ones(np.count_nonzero(which), bool), ends), shape=(n, n))

    first = [links((signs == s) & kept[lower]) for s in (1, -1, 0)]
    plus, minus, free = (links((signs == s) & ~kept[lower]) for s in (1, -1, 0))
    found = way = first
    while any(part.nnz for part in way):
        up, down, unknown = way
        way = [
            (plus @ up + minus @ down).astype(bool),
            (plus @ down + minus @ up).astype(bool),
            (free @ (up + down) + (plus + minus + free) @ unknown).astype(bool),
        ]
        found = [(old + new).astype(bool) for old, new in zip(found, way, strict=True)]
    at = pairs[1], pairs[0]
    activates, inhibits, open_ = (np.asarray(part[at]).ravel().astype(bool) for part in found)
    return (activates & ~inhibits & ~open_).astype(np.int8) - (inhibits & ~activates & ~open_).astype(np.int8)
