"""The two columns of a table that hold the lower and the upper names of pairs, and those of their signs."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from hassenet._checks import is_whole_number
from hassenet.errors import DataError, ParameterError
from hassenet.hierarchy.signs import known_sign
from hassenet.readers.annotation_lines import kind_of_line
from hassenet.readers.headers import is_directed, is_header
from hassenet.readers.sheet import Column, Sheet, Where
from hassenet.readers.signed import SignColumn, is_sign, place_of_signs, places_of


class EdgeColumns(NamedTuple):
    """The numbers of the columns of the lower and the upper name, whether their heads say so, and those of signs."""

    lower: int
    upper: int
    start: int  # the first row that is a pair
    directed: bool = True
    signs: tuple[int, ...] = ()  # one column, or two


def edge_columns(
    sheet: Sheet, lower: Column | None, upper: Column | None, where: Where, sign: SignColumn | None
) -> EdgeColumns:
    """Return the columns that are chosen, or else those that a header or the number of columns shows.

    Raises
    ------
    DataError
        If none are chosen and there are not two, or they look like annotations or relations of Reactome.
    ParameterError
        If one alone is chosen, or there is none of a name.
    """
    if lower is None and upper is None and sign is None:
        return _usual_columns(sheet)
    if lower is None or upper is None or lower == upper:
        raise ParameterError(
            f"lower and upper are two columns: got {lower!r}, {upper!r}; give both, or neither"
            + (", and both beside sign" if sign is not None else "")
        )
    of_signs = sign if isinstance(sign, tuple | list) else () if sign is None else (sign,)
    chosen = (lower, upper, *where, *of_signs)
    named = sheet.headed or any(not is_whole_number(column) for column in chosen)
    names = sheet.header() if named else sheet.first
    places = sheet.column(lower, names), sheet.column(upper, names)
    return EdgeColumns(*places, start=int(named), signs=places_of(sheet, sign, names))


def _usual_columns(sheet: Sheet) -> EdgeColumns:
    first = sheet.first
    _check_not_annotations(first, sheet)
    at = place_of_signs(sheet.rows) if len(first) == 3 else None
    if at is not None:
        return _with_signs(sheet, at)
    if sheet.ends is not None:
        return EdgeColumns(*sheet.ends, start=0)
    if len(first) != 2 and sheet.unit == "row":
        raise DataError(
            f"an edge list has two columns, lower and upper: {sheet.place} has {len(first)}; "
            "choose two by lower=…, upper=…"
        )
    if len(first) != 2:
        semicolons = len(first) == 1 and ";" in str(first[0])
        remedy = "put commas or tabs in place of ';'" if semicolons else "leave out the others"
        raise DataError(
            f"an edge list has two columns, lower and upper: {sheet.at(sheet.rows[0][0])} has "
            f"{len(first)}, set apart by tabs or else by commas; {remedy} "
            "(in Python, lower=… and upper=… choose two; on the command line, --lower and --upper or --feature-columns)"
        )
    left, right = first
    _check_not_of_reactome(first, sheet)
    if is_header(right, left):
        return EdgeColumns(1, 0, start=1, directed=is_directed(right))
    headed = is_header(left, right)
    return EdgeColumns(0, 1, start=int(sheet.headed or headed), directed=headed and is_directed(left))


def _with_signs(sheet: Sheet, at: int) -> EdgeColumns:
    """Return the columns of three, one of which holds signs; in the first row, a header does not."""
    left, right = (k for k in range(3) if k != at)
    names = sheet.first[left], sheet.first[right]
    if is_header(*reversed(names)):
        left, right = right, left
    has_header = (
        sheet.headed or is_header(*names) or is_header(*reversed(names)) or not _is_one(sheet.first[at])
    )
    return EdgeColumns(left, right, start=int(has_header), signs=(at,))


def _is_one(cell: Any) -> bool:
    return is_sign(cell) or known_sign(cell) == 0


def _check_not_annotations(first: tuple[Any, ...], sheet: Sheet) -> None:
    if kind_of_line(first) is not None:
        raise DataError(
            f"an edge list has two columns, lower and upper: {sheet.place} looks like annotations (GAF or GPAD), "
            "some of which may say NOT; read them by read_annotations (on the command line, without --feature-columns)"
        )


_PATHWAY = re.compile(r"R-[A-Z]{3}-\d+")


def _check_not_of_reactome(first: tuple[Any, ...], sheet: Sheet) -> None:
    """Refuse to guess where no header says which column is which, and the usual order would be the wrong one."""
    if all(isinstance(name, str) and _PATHWAY.fullmatch(name) for name in first):
        raise DataError(
            f"relations of Reactome have the parent first: {sheet.place} holds such relations; read them with its "
            "gene sets, by read_reactome, or alone, by lower=1, upper=0 (on the command line, ReactomePathways.gmt "
            "before it, or --lower 1 --upper 0)"
        )
