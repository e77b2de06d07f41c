"""Cells that a spreadsheet would take for formulas."""

from __future__ import annotations

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
    if not pyarrow("types").is_string(column.type):
        return column
    compute = pyarrow("compute")
    formulas = compute.match_substring_regex(column, _FORMULA)
    numbers = compute.match_substring_regex(column, _NUMBER)
    guarded = compute.binary_join_element_wise(_GUARD, column, "")
    return compute.if_else(compute.and_not(formulas, numbers), guarded, column)


def unguarded(text: str) -> str:
    """Return a text as it was before :func:`guarded_cells`.

    Examples
    --------
    >>> unguarded("'=1+1"), unguarded("'n Ander")
    ('=1+1', "'n Ander")
    """
    import re

    return re.sub(_GUARDED, r"\1", text)
