"""Tables with a clade a row: abundances as MetaPhlAn, Kraken and QIIME2 write them, known and turned."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from hassenet.data.objects import is_spelled_like_a_number
from hassenet.errors import DataError, HassenetWarning, listing
from hassenet.readers.clades import is_of_taxa
from hassenet.readers.headers import heads_lineages
from hassenet.readers.lineage_cells import separator_of
from hassenet.tables.limits import USUAL, Limits
from hassenet.tables.stored import Stored, is_text
from hassenet.tables.transposing import transposed

_MANY = 200


def turned_if_of_clades(
    path: Path, columns: Mapping[str, Stored], limits: Limits = USUAL
) -> Mapping[str, Stored]:
    """Return a table whose rows are clades turned, with a warning that says so; another one as it is.

    Rows are clades where lineages stand in the first column, or in the last one under a head that says so, and numbers
    in the others. Columns of something else, as the numbers that a data base has given to taxa, are left out.

    Raises
    ------
    DataError
        If there are no names of samples above such rows.
    """
    of_lineages = _of_lineages(columns)
    if of_lineages is None:
        return columns
    first, *others = columns
    samples = [name for name in others if name != of_lineages and not is_of_taxa(name)]
    samples = [name for name in samples if _are_numbers(columns[name])]
    if not samples or (of_lineages != first and len(samples) < len(others) - 1):
        return columns
    _check_headed(path, first, samples)
    _check_each_once(path, columns[first])
    _say(path, samples, [name for name in others if name not in samples])
    return transposed(path, {name: columns[name] for name in (first, *samples)}, limits)


def may_be_of_clades(columns: Mapping[str, Stored], unread: Sequence[str]) -> bool:
    """Return whether the first columns, of a table that has more, may be those of one whose rows are clades."""
    return bool(unread) and (_are_lineages(next(iter(columns.values()))) or heads_lineages(unread[-1]))


def _of_lineages(columns: Mapping[str, Stored]) -> str | None:
    """Return the column of lineages."""
    first, *_, last = [*columns] * 2
    if _are_lineages(columns[first]):
        return first
    return last if heads_lineages(last) and _are_lineages(columns[last]) else None


def _are_lineages(column: Stored) -> bool:
    return is_text(column) and separator_of(_first(column).cells.to_pylist()) is not None


def _are_numbers(column: Stored) -> bool:
    """Return whether most of the first cells are numbers: in old profiles the first is a word."""
    values = _first(column).values
    return values.dtype.kind in "iuf" or 2 * sum(map(is_spelled_like_a_number, values)) > len(values)


def _first(column: Stored) -> Stored:
    return column.take(np.arange(min(len(column), _MANY)))


def _check_headed(path: Path, first: str, samples: list[str]) -> None:
    if separator_of([first, first]) is not None or all(map(is_spelled_like_a_number, samples)):
        raise DataError(
            f"the first row of a table names its columns: that of {path.name} begins with {first!r} and "
            f"{samples[0]!r}, a clade and its number; write a row with the names of samples above it"
        )


def _check_each_once(path: Path, clades: Stored) -> None:
    """Refuse clades that stand there twice: either rows are to be merged, or they are examples."""
    counts = Counter(str(name or "").strip() for name in clades.cells.cast("string").to_pylist())
    twice = [name for name, n in counts.items() if n > 1]
    if twice:
        raise DataError(
            f"rows of clades have each its own; {path.name} repeats {listing(twice, 3)}; merge these rows, or, if each "
            "row is an example and its lineage a value, give --no-transpose (transpose=False)"
        )


def _say(path: Path, samples: list[str], left_out: list[str]) -> None:
    beside = f", without {listing(left_out, 3)}" if left_out else ""
    warnings.warn(
        f"the rows of {path.name} are clades or features with lineages, and its columns are samples "
        f"({len(samples):,}): it is turned{beside}; if that is wrong, give --no-transpose (transpose=False)",
        HassenetWarning,
        stacklevel=5,
    )
