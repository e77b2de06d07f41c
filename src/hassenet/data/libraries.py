"""Tables in the form that other libraries know."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from hassenet.files.optional import pyarrow


def library_frame(table: Any) -> Any | None:
    """Return a data frame as it is, a lazy one collected, other tables of Arrow as pyarrow's; None for other kinds."""
    if nw.dependencies.is_into_dataframe(table):
        return table
    frame = nw.from_native(table, pass_through=True)
    if isinstance(frame, nw.LazyFrame):
        return frame.collect().to_native()
    if hasattr(table, "__arrow_c_stream__") or hasattr(table, "__arrow_c_array__"):
        return pyarrow().table(table)
    return None


def as_frame(table: Any) -> Any:
    """Return a table as a data frame that narwhals knows, and scikit-learn with it.

    Examples
    --------
    >>> import numpy as np
    >>> from hassenet.tables import Table
    >>> as_frame(Table({"age": np.array([31, 64])})).column_names
    ['age']
    """
    frame = library_frame(table)
    return pyarrow().table({name: table[name] for name in table.columns}) if frame is None else frame
