"""What the ends of Parquet files say of their columns, of which no row is read for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from numbers import Real
from typing import Any

Bounds = dict[str, tuple[float, float]]
"""The least and the largest number of columns, by name."""


def bounds_in(footer: Any, names: Sequence[str]) -> Bounds:
    """Return the least and the largest number of columns, as far as all row groups of a file that have some say it.

    Parameters
    ----------
    footer : pyarrow.parquet.FileMetaData
    names : sequence of str

    Examples
    --------
    >>> import io, pyarrow, pyarrow.parquet
    >>> file = io.BytesIO()
    >>> pyarrow.parquet.write_table(
    ...     pyarrow.table({"age": [31, 64, -9], "town": ["Bonn", "Rome", "Oslo"]}), file
    ... )
    >>> bounds_in(pyarrow.parquet.read_metadata(file), ["age", "town"])
    {'age': (-9.0, 64.0)}
    """
    place = {footer.schema.column(k).path: k for k in range(footer.num_columns)}
    groups = [footer.row_group(k) for k in range(footer.num_row_groups)]
    each = (
        (name, _bounds_of([group.column(place[name]) for group in groups])) for name in names if name in place
    )
    return {name: ends for name, ends in each if ends is not None}


def bounds_joined(some: Sequence[Bounds]) -> Bounds:
    """Return the ends of the rows of all, of columns that each knows.

    >>> bounds_joined([{"age": (31.0, 64.0), "dose": (0.0, 1.0)}, {"age": (-9.0, 50.0)}])
    {'age': (-9.0, 64.0)}
    """
    names = (name for name in some[0] if all(name in one for one in some))
    return {name: (min(one[name][0] for one in some), max(one[name][1] for one in some)) for name in names}


def _bounds_of(chunks: Sequence[Any]) -> tuple[float, float] | None:
    """Return the ends of one column; None where a row group does not say them, or of something else than numbers."""
    found = [ends for chunk in chunks for ends in _bounds_in(chunk)]
    if not found or any(not isinstance(one, Real) or one != one for one in found):  # NaN alone is not itself
        return None
    return float(min(found)), float(max(found))


def _bounds_in(chunk: Any) -> Iterator[Any]:
    """Yield both ends of a column of a row group, None where it does not say them, nothing where it has only gaps."""
    statistics = chunk.statistics
    if statistics is None or not statistics.has_min_max:
        is_empty = statistics is not None and statistics.has_null_count and not statistics.num_values
        yield from () if is_empty else (None,)
        return
    yield from (statistics.min, statistics.max)
