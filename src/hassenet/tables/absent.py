"""Clades that a table of clades leaves out: there are none of them."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from hassenet.data.match import Match
from hassenet.data.table import columns_of, is_table
from hassenet.errors import HassenetWarning, listing
from hassenet.readers.lineage_cells import separator_of


def with_absent_clades(table: Any, names: Sequence[Hashable]) -> Any:
    """Return a table with the clades among the names that it leaves out, 0 everywhere; anything else as it is.

    Tables of abundances list the clades that were found in one of their samples. So a table whose columns are lineages
    says of another lineage that there is none of it. That holds where all that is missing are lineages, and not all of
    the names are.

    Parameters
    ----------
    table : table of hassenet, or of a library that narwhals knows; array
    names : sequence of Hashable
        The columns that are asked for.

    Warns
    -----
    HassenetWarning
        If clades are put in, with how many.

    Examples
    --------
    >>> from hassenet.tables import Table
    >>> table = Table({"k__B|p__F": np.array([3.0, 1.0]), "k__B|p__P": np.array([0.0, 2.0])})
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     found = with_absent_clades(table, ["k__B|p__F", "k__B|p__A"])
    >>> found["k__B|p__A"]
    array([0., 0.])
    """
    columns = columns_of(table).names if is_table(table) else ()
    found = Match.of(names, columns)
    if not found.missing or not found.column or not _are_clades(found.missing, columns):
        return table
    warnings.warn(
        "a clade that a table of clades leaves out is 0 in all of its samples; so are "
        f"{len(found.missing):,} of {len(found.names):,}: {listing(found.missing, 3)}",
        HassenetWarning,
        stacklevel=4,
    )
    return _with_zeros(table, found.missing)


def _are_clades(names: Sequence[Hashable], columns: Sequence[Hashable]) -> bool:
    """Return whether names are lineages, as most of the columns are."""
    sep = separator_of(map(str, columns))
    return sep is not None and all(sep in str(name) for name in names)


def _with_zeros(table: Any, names: Sequence[Hashable]) -> Any:
    import narwhals.stable.v2 as nw  # slow to import

    from hassenet.data.libraries import library_frame

    frame = library_frame(table)
    if frame is None:
        return table.with_columns(dict.fromkeys(map(str, names), np.zeros(len(table))))
    return (
        nw.from_native(frame, eager_only=True)
        .with_columns(nw.lit(0.0).alias(str(n)) for n in names)
        .to_native()
    )
