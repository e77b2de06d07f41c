"""Targets that are numbers and stand in a table as text."""

from __future__ import annotations

import warnings
from collections.abc import Iterable

from hassenet.data.amounts import Amounts, amounts_in
from hassenet.data.table import columns_of
from hassenet.errors import HassenetWarning
from hassenet.tables import Table
from hassenet.task.kind import kind_of


def with_numbers(table: Table, names: Iterable[str]) -> Table:
    """Return a table whose columns of these names are numbers where they are text that spells some.

    A warning says how the numbers of each are spelled, and which words among them stand for nothing.

    Examples
    --------
    >>> import numpy as np
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     with_numbers(Table({"paid": np.array(["1,5", "0,25"], object)}), ["paid"])["paid"]
    array([1.5 , 0.25])
    """
    return _with(table, _spelled(table, names))


def with_amounts(table: Table, names: Iterable[str]) -> Table:
    """Return the same, but for columns that are classes as numbers too: a few whole ones."""
    found = _spelled(table, names)
    amounts = {name: one for name, one in found.items() if kind_of(one.known) == "regression"}
    return _with(table, amounts)


def _spelled(table: Table, names: Iterable[str]) -> dict[str, Amounts]:
    there = [name for name in names if name in table.values]
    each = {name: amounts_in(columns_of(table), name) for name in there}
    return {name: one for name, one in each.items() if one is not None}


def _with(table: Table, amounts: dict[str, Amounts]) -> Table:
    for note in (note for name, one in amounts.items() for note in one.notes(name)):
        warnings.warn(note, HassenetWarning, stacklevel=4)
    return table.with_columns({name: one.numbers for name, one in amounts.items()}) if amounts else table
