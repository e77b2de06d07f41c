"""Cells that a spreadsheet would take for formulas."""

from __future__ import annotations

import re
from typing import Any

from hassenet.files.optional import pyarrow

_BEGINS = r"[=+\-@\t\r＝＋－＠]"
_FORMULA = rf"^\s*{_BEGINS}"
_NUMBER = r"^[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?$"
_GUARDED = rf"^'(\s*{_BEGINS})"
_GUARD = "'"


def guarded_cells(column: Any) -> Any:
    """Return a column of text with an apostrophe before each cell that begins as a formula does; others as they are.

    A signed number is not a formula. Source: OWASP, "CSV Injection".
    """
    column = _as_text(column)
    if not pyarrow("types").is_string(column.type):
        return column
    compute = pyarrow("compute")
    formulas = compute.match_substring_regex(column, _FORMULA)
    numbers = compute.match_substring_regex(column, _NUMBER)
    guarded = compute.binary_join_element_wise(_GUARD, column, "")
    return compute.if_else(compute.and_not(formulas, numbers), guarded, column)


def _as_text(column: Any) -> Any:
    """Return text of any type of Arrow as the usual one, other columns as they are."""
    types = pyarrow("types")
    kind = column.type.value_type if types.is_dictionary(column.type) else column.type
    is_text = types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)
    return column.cast("string") if is_text else column


def guarded_text(text: str) -> str:
    """Return a text as :func:`guarded_cells` makes it.

    Examples
    --------
    >>> guarded_text("=1+1"), guarded_text("-1.5")
    ("'=1+1", '-1.5')
    """
    is_formula = re.search(_FORMULA, text) and not re.fullmatch(_NUMBER, text)
    return f"{_GUARD}{text}" if is_formula else text


def unguarded(text: str) -> str:
    """Return a text as it was before :func:`guarded_cells`.

    Examples
    --------
    >>> unguarded("'=1+1"), unguarded("'n Ander")
    ('=1+1', "'n Ander")
    """
    return re.sub(_GUARDED, r"\1", text)
