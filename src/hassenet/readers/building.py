"""From pairs to a hierarchy, with a report of all that was dropped on the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice, pairwise
from typing import Any

import numpy as np

from hassenet.errors import (
    CycleError,
    DataError,
    DuplicateElementError,
    FeatureError,
    HierarchyError,
    listing,
)
from hassenet.hierarchy import Hierarchy, Ranking
from hassenet.hierarchy.relation import Pair
from hassenet.hierarchy.report import Count, Report
from hassenet.hierarchy.restriction import FEW
from hassenet.readers.direction import check_direction
from hassenet.readers.reading import Reading
from hassenet.readers.relation import Relation, of_features
from hassenet.readers.signed import counted

Constructor = Callable[..., Hierarchy]


def hierarchy_of(
    relation: Relation, rank: Ranking, constructor: Constructor = Hierarchy.from_relation
) -> Reading:
    """Return the hierarchy of a relation; the report also counts elements, covers and the pairs that are not covers.

    Raises
    ------
    HierarchyError
        If there is none, with the file, and for a cycle with its lines.
    """
    try:
        signs = {"signs": relation.signs} if relation.signs else {}
        H = constructor(relation.pairs, rank=rank, elements=relation.elements, **signs)
    except CycleError as error:
        raise CycleError(f"{error}{_lines_of_cycle(error.cycle, relation)}", error.cycle) from None
    except HierarchyError as error:
        raise type(error)(f"{error} (in {relation.source})") from None
    if not H.n_elements:
        raise DataError(f"a hierarchy has elements: {relation.source} holds none; was the file cut off?")
    distinct = len(set(relation.pairs))
    of_covers = H.signs
    with_signs = counted(of_covers, len(relation.signs), H.n_covers)
    made = Count("elements", H.n_elements), Count("covers", H.n_covers), *with_signs, *uncovered(H)
    dropped = (
        Count("pairs given twice", len(relation) - distinct),
        Count("pairs that others imply", distinct - H.n_covers),
        Count("signs of pairs that others imply", len(relation.signs) - len(of_covers)),
    )
    return Reading(H, relation.report + Report("", made, dropped, faults=(_unreached(H),)))


def closed(ranks: Mapping[Any, int]) -> tuple[dict[Any, int], Count]:
    """Return ranks that follow each other from 0 in the order of those given, and how many in between held nothing.

    Examples
    --------
    >>> ranks, empty = closed({"gene": 0, "pathway": 4})
    >>> ranks
    {'gene': 0, 'pathway': 1}
    >>> print(empty)
    ranks without elements (closed): 3
    """
    place = {rank: k for k, rank in enumerate(sorted(set(ranks.values())))}
    empty = max(place, default=-1) + 1 - len(place)
    return {name: place[rank] for name, rank in ranks.items()}, Count(
        "ranks without elements (closed)", empty
    )


def uncovered(H: Hierarchy) -> tuple[Count, ...]:
    """Return the count of the features that have no path to anything above; nothing if all have."""
    lower, _ = H.pairs()
    alone = np.setdiff1d(np.arange(H.shape[0]), lower)
    names = (H.ranks[0][k] for k in alone)
    return (Count.of("features that nothing covers", names),) if len(alone) else ()


def _unreached(H: Hierarchy) -> Count:
    """Return the fault of the elements above rank 0 that cover nothing; only ranks that were given leave some."""
    _, upper = H.pairs()
    alone = np.setdiff1d(np.arange(H.shape[0], H.n_elements), upper)
    names = [element for rank in H.ranks[1:] for element in rank] if len(alone) else []
    return Count.of(
        "elements above rank 0 that cover nothing (cut off?)", (names[k - H.shape[0]] for k in alone)
    )


def _lines_of_cycle(cycle: Sequence[Hashable], relation: Relation) -> str:
    if not relation.lines:
        return f" (in {relation.source})"
    line = dict(zip(reversed(relation.pairs), reversed(relation.lines), strict=True))
    lines = sorted({line[pair] for pair in pairwise([*cycle, cycle[0]])})
    return f" (line{'s' * (len(lines) > 1)} {listing(lines, 10)} of {relation.source})"


def joined(relation: Relation, features: Relation) -> Relation:
    """Return the pairs of features with elements of a relation, then what these elements lie below.

    Parameters
    ----------
    relation : Relation
        Between elements.
    features : Relation
        Pairs (feature, element). Where the element is not one of the relation, the pair is left out, and a fault.

    Raises
    ------
    DuplicateElementError
        If a feature has the name of an element above.
    FeatureError
        If no pair fits.
    """
    known = relation.names
    _check_not_swapped(known, features)
    _check_apart(relation, features)
    fitting = [k for k, (_, element) in enumerate(features) if element in known]
    if not fitting:
        raise FeatureError(_no_match(known, features))
    pairs = tuple(features.pairs[k] for k in fitting)
    reach = reached(relation, (element for _, element in pairs))
    above = tuple(pair for pair in relation if pair[0] in reach)
    lost = Count("pairs with elements that no feature reaches", len(relation) - len(above))
    joining = _of_joining(known, reach, features, pairs) + Report("", dropped=(lost,))
    report = relation.report + of_another(of_features(features.report)) + joining
    lines = _lines(relation, fitting, reach)
    left = {*pairs, *above}
    signs = {pair: sign for pair, sign in {**relation.signs, **features.signs}.items() if pair in left}
    return Relation((*pairs, *above), report, lines=lines, source=relation.source, signs=signs)


_DIRECTIONS = (
    "head its columns upper,lower (or, if it is right, lower,upper), or choose them: lower=1, upper=0 (--lower 1 "
    "--upper 0)"
)


def check_order(order: Relation, features: Relation | None) -> None:
    """Refuse an order that looks upside down, of a table that does not say which column is which.

    Raises
    ------
    HierarchyError
        As :func:`check_direction`.
    """
    if not order.directed:
        elements = None if features is None else (element for _, element in features)
        check_direction(order.pairs, order.source, _DIRECTIONS, elements)


def of_order(
    order: Relation,
    features: Relation | None,
    given: Mapping[Any, int],
    rank: Ranking | None,
    constructor: Constructor = Hierarchy.from_relation,
) -> Reading:
    """Return the hierarchy of elements that may have ranks already, with features below them or without.

    Ranks that are asked for are taken; else, over features, those of the elements, lifted by one; else "below".
    """
    whole = order if features is None else joined(order, features)
    if rank is not None or features is None or not given:
        return hierarchy_of(whole, "below" if rank is None else rank, constructor)
    lifted = {element: phi + 1 for element, phi in given.items()} | {feature: 0 for feature, _ in features}
    ranks, empty = closed({name: lifted[name] for name in whole.names})
    return hierarchy_of(whole.reported(Report("", dropped=(empty,))), ranks, constructor)


def _lines(relation: Relation, fitting: Iterable[int], reach: set[Hashable]) -> tuple[int, ...]:
    """Return the lines of the joined pairs; cycles are of the relation, so those of features are not looked up."""
    if not relation.lines:
        return ()
    above = (line for line, pair in zip(relation.lines, relation, strict=True) if pair[0] in reach)
    return (*(0 for _ in fitting), *above)


def _check_not_swapped(known: Mapping[Hashable, None], features: Relation) -> None:
    there = [(feature in known, element in known) for feature, element in features]
    if any(feature for feature, _ in there) and not any(element for _, element in there):
        raise FeatureError(
            f"features belong to elements: in {features.source} the features are elements of the hierarchy, "
            "and the elements are not; choose the two columns the other way round"
        )


def _check_apart(relation: Relation, features: Relation) -> None:
    upper = {pair[1] for pair in relation} | {pair[1] for pair in features}
    clash = dict.fromkeys(feature for feature, _ in features if feature in upper)
    if clash:
        raise DuplicateElementError(
            f"a feature has a name of its own: {listing(clash)} in {features.source} name(s) an element above "
            f"features too (in {relation.source}); rename one of the two"
        )


def _no_match(known: Iterable[Hashable], features: Relation) -> str:
    if not len(features):
        left = "; ".join(map(str, features.report.dropped))
        why = f", all that there was being left out ({left}); choose others" if left else "; give some"
        return f"features belong to elements: there is none in {features.source}{why}"
    elements = dict.fromkeys(element for _, element in features)
    return (
        f"features belong to elements: none of the {len(elements):,} elements named in {features.source} is one of "
        f"the hierarchy: there, for instance, {listing(elements, 3)}; in the hierarchy {listing(known, 3)}; "
        "give the same names to both"
    )


def of_another(report: Report, what: str = "features") -> Report:
    """Return the report with the name of its file (or of what it is) in each count, to be added to that of another."""
    name = what if report.step in ("", "pairs") else report.step
    made, dropped, faults = (
        tuple(replace(count, what=f"{count.what} ({name})") for count in counts)
        for counts in (report.made, report.dropped, report.faults)
    )
    return Report(report.step, made, dropped, report.changed, faults)


def _of_joining(
    known: Iterable[Hashable], reach: set[Hashable], features: Relation, pairs: Sequence[Pair]
) -> Report:
    unknown = dict.fromkeys(element for _, element in features if element not in reach)
    kept = dict.fromkeys(feature for feature, _ in pairs)
    lost = dict.fromkeys(feature for feature, _ in features if feature not in kept)
    return Report(
        "",
        (Count("features", len(kept)),),
        (Count.of("elements that no feature reaches", (e for e in known if e not in reach)),),
        faults=(
            Count(
                "pairs of features with elements that are not there", len(features) - len(pairs), (*unknown,)
            ),
            Count.of("features without an element that is there", lost),
            _doubt(known, features, pairs),
        ),
    )


def _doubt(known: Iterable[Hashable], features: Relation, pairs: Sequence[Pair]) -> Count:
    """Return the fault of features whose elements are hardly any of the hierarchy: they have two kinds of names."""
    matched = {element for _, element in pairs}
    named = dict.fromkeys(element for _, element in features)
    if len(matched) >= FEW * len(named):
        return Count("", 0)
    others = (element for element in named if element not in matched)
    return Count(
        f"only {len(matched):,} of {len(named):,} names matched: elements in {features.source} are, for instance, "
        f"{listing(islice(others, 3))}; those of the hierarchy {listing(known, 3)}; give both the same kind of names",
        len(matched),
    )


def reached(pairs: Iterable[Pair], start: Iterable[Hashable]) -> set[Hashable]:
    """Return the elements that some of ``start`` lie below, these included."""
    above: dict[Hashable, list[Hashable]] = defaultdict(list)
    for low, up in pairs:
        above[low].append(up)
    seen = set(start)
    waiting = list(seen)
    while waiting:
        new = [up for up in above.get(waiting.pop(), ()) if up not in seen]
        seen.update(new)
        waiting.extend(new)
    return seen
