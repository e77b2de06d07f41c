"""The same columns as a table of every library."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

from hassenet.tables import Table

Columns = Mapping[str, Any]

FORMS: dict[str, Callable[[Columns], Any]] = {
    "pandas": lambda columns: pd.DataFrame(dict(columns)),
    "pandas, nullable": lambda columns: pd.DataFrame(dict(columns)).convert_dtypes(),
    "polars": lambda columns: pl.DataFrame(dict(columns)),
    "polars, lazy": lambda columns: pl.LazyFrame(dict(columns)),
    "pyarrow": lambda columns: pa.table(dict(columns)),
    "pyarrow, in pieces": lambda columns: pa.concat_tables(
        [pa.table(dict(columns))[:2], pa.table(dict(columns))[2:]]
    ),
    "pyarrow, a batch": lambda columns: pa.RecordBatch.from_pydict(dict(columns)),
    "ours": lambda columns: Table({name: np.asarray(c) for name, c in columns.items()}),
}
