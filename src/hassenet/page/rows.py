"""The rows of a table that a page shows, and their classes."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.amounts import amounts_in
from hassenet.data.libraries import library_frame
from hassenet.data.table import columns_of, is_table
from hassenet.errors import DataError, FeatureError, HassenetError, HassenetWarning, listing
from hassenet.model import Model
from hassenet.outcomes.given import as_own_table
from hassenet.outcomes.target import OutcomeTarget
from hassenet.page.distributions import Groups
from hassenet.protocol.holding_out import rows_held_out
from hassenet.tables import Table
from hassenet.task.label import codes_of
from hassenet.task.spelled import with_numbers

Array = NDArray[Any]
Indices = NDArray[np.int64]

MOST_ROWS = 10_000
_MISSING = {
    "",
    "None",
    "nan",
    "NaT",
    "<NA>",
}  # what a missing value of Python, NumPy and pandas is spelled as


def count_rows(table: Any) -> int:
    """Return how many rows a table or an array has."""
    return len(columns_of(table)) if is_table(table) else np.shape(table)[0]


def drawn_rows(table: Any, m: int, most: int) -> Any:
    """Return the rows of a table, or of more than ``most`` so many, drawn at random but always the same, in order.

    A mean over 10,000 rows is off by a hundredth of the deviation, and a picture cannot show more.
    """
    if m <= most:
        return table
    return _taken(table, np.sort(np.random.default_rng(0).choice(m, most, replace=False)))


def _taken(table: Any, rows: Indices) -> Any:
    if not is_table(table):
        return table[rows] if hasattr(table, "shape") else [table[k] for k in rows.tolist()]
    if isinstance(table, Table):
        return table.take(rows)
    frame = library_frame(table)
    if frame is None:
        return Table({name: np.asarray(table[name])[rows] for name in table.columns})
    if hasattr(frame, "iloc"):
        return frame.iloc[rows]
    return _taken_from(frame, rows)


def _taken_from(frame: Any, rows: Indices) -> Any:
    import narwhals.stable.v2 as nw

    return nw.from_native(frame, eager_only=True)[rows].to_native()


def groups_of(model: Model, table: Any, m: int) -> Groups:
    """Return the class of each row, where the table holds the target of a classification.

    Raises
    ------
    DataError, FeatureError
        If the column of the target stands there twice, or holds something and never a class of the model.
    """
    names = columns_of(table).names if is_table(table) else ()
    if model.classes is None or model.targets[0] not in names:
        return Groups((), np.zeros(m, np.int64))
    if names.count(model.targets[0]) > 1:
        raise FeatureError(f"the target is one column; there are several {model.targets[0]!r}; keep one")
    values = np.array(_texts(table, model.targets[0]), object)
    codes = codes_of(values, model.classes)
    if (codes >= 0).any():
        _note_strange(values[codes < 0], model)
        return Groups(tuple(map(str, model.classes)), codes)
    _check_empty(values, model)
    return Groups((), np.zeros(m, np.int64))


def parts_of(model: Model, table: Any, m: int) -> str:
    """Return how many rows of a table the model learned from and how many were held out, as far as that is known."""
    figures = model.metrics.get("split", {})
    if not figures:
        return ""
    rows, says = np.arange(m), np.ones(m, bool)
    try:
        rows, strata, says = _divided(model, table, m)
        columns = model.preparation.read(table)[rows].T
        mask = rows_held_out(figures, strata, columns, len(rows))
    except (
        KeyError,
        TypeError,
        ValueError,
        IndexError,
        HassenetError,
    ):  # another table, whose columns or classes do not fit
        mask = None
    if mask is None:
        return (
            "none is known to be learned from or held out: this is not the table that the model was made from"
        )
    without = f", {m - len(rows):,} without a target" if len(rows) < m else ""
    lost = int((~mask & ~says).sum())
    without += f", {lost:,} lost before the end of the first interval" if lost else ""
    return f"{int((~mask & says).sum()):,} learned from, {int(mask.sum()):,} held out{without}"


@final
class _Divided(NamedTuple):
    """The rows that have a target, the classes that they were divided by, and which of them can be learned from."""

    rows: Indices
    strata: Array | None
    says: NDArray[np.bool_]


def _divided(model: Model, table: Any, m: int) -> _Divided:
    """Return which rows were divided; all where the table does not have the target of a regression."""
    if model.outcomes is not None:
        target = OutcomeTarget(model.outcomes, model.outcomes.read(_own(table)))
        rows = np.flatnonzero(target.is_known)
        return _Divided(rows, target.take(rows).strata, target.take(rows).is_learnable)
    rows = _with_target(model, table, m)
    if model.classes is None:
        return _Divided(rows, None, np.ones(len(rows), bool))
    strata = codes_of(_texts(table, model.targets[0]), model.classes)[rows]
    return _Divided(rows, strata, np.ones(len(rows), bool))


def _with_target(model: Model, table: Any, m: int) -> Indices:
    if not is_table(table) or not set(model.target_columns) <= set(columns_of(table).names):
        return np.arange(m)
    targets = _own(table).select(model.targets)
    targets = targets if model.classes is not None else with_numbers(targets, model.targets)
    return np.flatnonzero(~targets.rows_without(model.targets))


def _own(table: Any) -> Table:
    return table if isinstance(table, Table) else as_own_table(table)


def _texts(table: Any, name: str) -> Sequence[Any]:
    """Return a column, of a file as it is spelled there."""
    return table.texts(name) if isinstance(table, Table) else list(np.asarray(table[name], object))


def _note_strange(values: Array, model: Model) -> None:
    """Note what the column of the target holds beside the classes of the model."""
    strange = sorted(set(map(str, values)) - _MISSING)
    if strange:
        warnings.warn(
            f"rows are shown by the classes {listing(map(str, model.classes or ()))}; {model.targets[0]!r} also holds "
            f"{listing(strange, 3)}, and such rows are in no class; say what is meant (--label {strange[0]}=…)",
            HassenetWarning,
            stacklevel=4,
        )


def _check_empty(values: Array, model: Model) -> None:
    """Raise DataError where the column of the target holds something, and never a class of the model."""
    strange = set(map(str, values)) - _MISSING
    if strange:
        raise DataError(
            f"rows are shown by the classes {listing(map(str, model.classes or ()))}; the column {model.targets[0]!r} "
            f"holds none of them, but {listing(sorted(strange), 3)}; correct that column, leave it "
            "out, or say what its cells are called (--label)"
        )


@final
class Sides(NamedTuple):
    """The rows of a class, and the others.

    Attributes
    ----------
    names : (str, str)
    rows : (array of int, array of int)
    """

    names: tuple[str, str]
    rows: tuple[Indices, Indices]


def sides_of(groups: Groups, name: str) -> Sides | None:
    """Return the rows of a class and those of the others; None where there are none of one kind.

    Examples
    --------
    >>> sides_of(Groups(("healthy", "ill"), np.array([0, 1, 0, -1])), "ill").names
    ('ill', 'healthy')
    """
    if name not in groups.names:
        return None
    own = groups.names.index(name)
    inside, outside = (
        np.flatnonzero(groups.codes == own),
        np.flatnonzero((groups.codes >= 0) & (groups.codes != own)),
    )
    if not (len(inside) and len(outside)):
        return None
    other = groups.names[1 - own] if len(groups.names) == 2 else "others"
    return Sides((name, other), (inside, outside))


def halves_of(model: Model, table: Any, name: str) -> Sides | None:
    """Return the rows with the larger and those with the smaller values of a regression's target.

    None where the table does not hold it, as numbers, or all are the same; and of times until an event, as a short one
    may be censored, and what is explained is the risk.
    """
    if model.outcomes is not None and any(part.name == name for part in model.outcomes.times):
        return None
    names = columns_of(table).names if is_table(table) else ()
    if model.classes is not None or names.count(name) != 1:
        return None
    spelled = amounts_in(columns_of(table), name)
    values = columns_of(table).column(name) if spelled is None else spelled.numbers
    if values.dtype.kind not in "iuf" or not np.isfinite(values).any():
        return None
    middle = np.nanmedian(values)
    rows = np.flatnonzero(values > middle), np.flatnonzero(values <= middle)
    return Sides((f"larger {name}", f"smaller {name}"), rows) if len(rows[0]) else None
