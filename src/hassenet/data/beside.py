"""Columns that stand beside those of a sparse array, as covariates beside genes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from hassenet.data.columns_found import Recognised
from hassenet.data.encoding import Encoding
from hassenet.data.found import Indices
from hassenet.data.recognition import recognised


def recognised_beside(
    table: Any,
    columns: Sequence[str],
    others: Sequence[str],
    rows: Indices | None = None,
    kept: Collection[str] = (),
) -> Recognised:
    """Return what columns of a table are, those of its sparse array first.

    They are numbers as they are held, whose gaps become 0, as most of the values are. The others are recognised as
    those of any table.

    Parameters
    ----------
    table : table
    columns : sequence of str
        Of the sparse array.
    others : sequence of str
        Those that stand beside it, one or more.
    rows : array of int, optional
        The rows to learn from; by default all.
    kept : collection of str
        Columns of numbers that are features whatever they hold.

    Examples
    --------
    >>> from hassenet.tables import Table
    >>> recognised_beside(Table({"age": np.array([31, 64])}), ["TP53"], ["age"]).encoding.features
    ('TP53', 'age')
    """
    found = recognised(table, others, rows, kept=kept)
    features, values = (*columns, *found.encoding.features), (np.zeros(len(columns)), found.encoding.values)
    encoding = Encoding(features, found.encoding.variables, np.concatenate(values))
    return found._replace(encoding=encoding, amounts=None)
