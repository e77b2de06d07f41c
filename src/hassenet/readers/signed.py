"""Signs in an edge list: the column that says of each pair whether the lower element activates or inhibits."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from hassenet.errors import DataError, ParameterError
from hassenet.hierarchy.relation import Pair
from hassenet.hierarchy.report import Count
from hassenet.hierarchy.signs import known_sign
from hassenet.readers.sheet import Column, Row, Sheet

SignColumn = Column | tuple[Column, Column]
"""A column of signs; or two of 0 and 1, the first of what activates, the second of what inhibits."""

_HEADS = {
    "sign", "effect", "interaction", "interaction type", "mor", "mode of regulation", "direction", "type", "regulation"
}  # fmt: skip
_TRUE, _FALSE = (
    {"1", "1.0", "true", "yes", "t", "y"},
    {"0", "0.0", "false", "no", "f", "n", "", "nan", "none", "<na>"},
)


def place_of_signs(rows: Sequence[Row]) -> int | None:
    """Return the place of the column of signs among three: the last one, or, as in SIF, that between the two names.

    Every cell but the first is a sign, and one at least is not free. Numbers alone are signs where one is −1 or the
    column is headed so: a column of ones may be anything.

    Examples
    --------
    >>> place_of_signs([(1, ("IL6", "activates", "CRP")), (2, ("IL10", "inhibits", "CRP"))])
    1
    >>> place_of_signs([(1, ("IL6", "CRP", "1")), (2, ("IL10", "CRP", "1"))]) is None
    True
    """
    return next(
        (k for k in (2, 1) if len(rows[0][1]) == 3 and _holds_signs([row[1][k] for row in rows])), None
    )


def is_sign(cell: object) -> bool:
    """Return whether a cell is a sign, not free."""
    return known_sign(cell) not in (None, 0)


def _holds_signs(cells: Sequence[Any]) -> bool:
    head, *below = cells
    body = below if known_sign(head) is None else cells
    named = " ".join(str(head).lower().replace("_", " ").split()) in _HEADS
    known = all(known_sign(cell) is not None for cell in body) and any(map(is_sign, body))
    texts = {str(cell).strip() for cell in body}
    numbers = texts <= {"1", "0", "-1", "1.0", "0.0", "-1.0", ""}
    return known and (named or not numbers or bool(texts & {"-1", "-1.0"}))


def places_of(sheet: Sheet, sign: Any, names: tuple[Any, ...]) -> tuple[int, ...]:
    """Return the places of a column of signs, or of two, that were chosen."""
    if sign is None:
        return ()
    chosen = sign if isinstance(sign, tuple | list) and sign not in names else [sign]
    if len(chosen) not in (1, 2):
        raise ParameterError(
            f"sign is a column, or two, of what activates and what inhibits; got {sign!r}; choose one or two"
        )
    return tuple(sheet.column(column, names) for column in chosen)


def signs_of(rows: Iterable[Row], places: tuple[int, ...], sheet: Sheet) -> list[int]:
    """Return the sign of each row.

    Raises
    ------
    DataError
        If a cell is not a sign, with its line.
    """
    if len(places) == 1:
        return [_sign(cells[places[0]], line, sheet) for line, cells in rows]
    plus, minus = places
    return [_flag(cells[plus], line, sheet) - _flag(cells[minus], line, sheet) for line, cells in rows]


def _sign(cell: Any, line: int, sheet: Sheet) -> int:
    sign = known_sign(cell)
    if sign is None:
        raise DataError(
            f"a sign is 1 or 'activates', -1 or 'inhibits', 0 or nothing: {sheet.at(line)} reads {cell!r}; choose "
            "another column, or leave such lines out by where (--where)"
        )
    return sign


def _flag(cell: Any, line: int, sheet: Sheet) -> int:
    text = str(cell).strip().lower()
    if text not in _TRUE | _FALSE:
        raise DataError(
            f"two columns of signs hold 1 and 0: {sheet.at(line)} reads {cell!r}; choose others, or one column of words"
        )
    return int(text in _TRUE)


def of_pairs(pairs: Sequence[Pair], signs: Sequence[int]) -> tuple[dict[Pair, int], Count]:
    """Return the signs by pair, and the fault of pairs that came with both: these are free.

    Examples
    --------
    >>> signs, both = of_pairs([("a", "b"), ("c", "b"), ("c", "b")], [1, -1, 1])
    >>> signs
    {('a', 'b'): 1}
    >>> print(both)
    pairs that both activate and inhibit (free): 1 (('c', 'b'))
    """
    found: dict[Pair, set[int]] = {}
    for pair, sign in zip(pairs, signs, strict=True):
        if sign:
            found.setdefault(pair, set()).add(sign)
    both = [pair for pair, of_pair in found.items() if len(of_pair) > 1]
    one = {pair: next(iter(of_pair)) for pair, of_pair in found.items() if len(of_pair) == 1}
    return one, Count.of("pairs that both activate and inhibit (free)", both)


def counted(signs: Mapping[tuple[Hashable, Hashable], int], given: int, covers: int) -> tuple[Count, ...]:
    """Return how many covers have a sign, of those given for pairs; nothing where none was given.

    >>> print(*counted({("a", "b"): 1}, 1, 3), sep="; ")
    covers that activate: 1; covers that inhibit: 0; covers free in sign: 2
    """
    if not given:
        return ()
    plus = sum(sign > 0 for sign in signs.values())
    return (
        Count("covers that activate", plus),
        Count("covers that inhibit", len(signs) - plus),
        Count("covers free in sign", covers - len(signs)),
    )
