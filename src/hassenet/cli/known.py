"""The target where a table holds it, as a model knows it."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hassenet.data.arrow import is_text
from hassenet.data.part_of_all import a_part_of_all
from hassenet.data.truths import as_truths
from hassenet.errors import DataError, HassenetWarning, listing
from hassenet.outcomes.reading import amounts_in
from hassenet.outcomes.target import OutcomeTarget
from hassenet.task.label import codes_of
from hassenet.task.target import Target

if TYPE_CHECKING:
    from hassenet.data.stream import Stream
    from hassenet.model import Model
    from hassenet.tables import Table


class Known(NamedTuple):
    """The rows whose target is known, of several one at least, and their target."""

    rows: NDArray[np.int64]
    target: Target | OutcomeTarget

    @property
    def plain(self) -> Target:
        """The target, of a model of one class or plain numbers."""
        assert isinstance(self.target, Target)
        return self.target

    @property
    def of_outcomes(self) -> OutcomeTarget:
        """The target, of a model with outcomes."""
        assert isinstance(self.target, OutcomeTarget)
        return self.target


def has_target(model: Model, table: Table | Stream) -> bool:
    """Return whether a table or stream has the columns that a model predicts."""
    return set(model.target_columns) <= set(table.columns)


def known_target(model: Model, table: Table) -> Known:
    """Return the target in a table, of the rows that have one.

    Raises
    ------
    FeatureError
        If the table lacks a column of the target.
    DataError
        If no row has a target, or one is not a class or a number.
    """
    table.require_columns(model.target_columns, "the target")
    known = _read(model, table)
    if not len(known.rows):
        raise DataError(
            f"scores are of rows with a target; {listing(model.targets)} is empty in every row; fill it in"
        )
    return known


def known_in_part(model: Model, table: Table) -> Known | None:
    """Return the target in some rows of a table; None where all rows have to be seen to know what it is.

    That is so where a cell is at fault, of which a message has the row among all, and where something about the rows
    would be noted, as a word that stands for nothing, or a mark between thousands.
    """
    with warnings.catch_warnings(), a_part_of_all():
        warnings.simplefilter("error", HassenetWarning)
        try:
            return None if _has_truths(model, table) else _read(model, table)
        except (DataError, HassenetWarning):
            return None


def _read(model: Model, table: Table) -> Known:
    if model.outcomes is not None:
        return _known(OutcomeTarget.of(model.outcomes, table))
    return (_numbers if model.classes is None else _classes)(model, table)


def _has_truths(model: Model, table: Table) -> bool:
    """Return whether a number is a truth value in these rows: in others it may be a number, and these are text then."""
    of_numbers = model.targets if model.classes is None else ()
    names = of_numbers if model.outcomes is None else model.outcomes.amounts
    return any(_are_truths(table, name) for name in names)


def _are_truths(table: Table, name: str) -> bool:
    numbers = table.numbers_in(name)
    if numbers is not None:
        return numbers.dtype.kind == "b"
    return is_text(table.kind_of(name)) and as_truths(table.cells(name)) is not None


def _known(target: OutcomeTarget) -> Known:
    rows = np.flatnonzero(target.is_known)
    return Known(rows, target.take(rows))


def _numbers(model: Model, table: Table) -> Known:
    Y = np.hstack([amounts_in(table, name) for name in model.targets])
    rows = np.flatnonzero(~np.isnan(Y).all(axis=1))
    return Known(rows, Target("regression", model.targets, Y[rows]))


def _classes(model: Model, table: Table) -> Known:
    assert model.classes is not None
    (name,) = model.targets
    texts = np.array(table.texts(name), object)
    rows = np.flatnonzero(texts != None)  # noqa: E711 - element by element
    codes = codes_of(texts[rows], model.classes)
    strange = sorted(set(texts[rows][codes < 0]))
    if strange:
        raise DataError(
            f"the classes of {name!r} are {listing(map(str, model.classes))}; the table also has {listing(strange)}; "
            f"{_meant(strange, texts[rows], model.classes)}"
        )
    return Known(rows, Target("classification", model.targets, codes, model.classes))


def _none(n: int) -> str:
    return "which is not a class" if n == 1 else "which are not classes"


def _meant(strange: Sequence[str], texts: NDArray[Any], classes: Sequence[object]) -> str:
    """Return how to say what other names mean: a class that is spelled alike, else one that no cell names."""
    alike = {str(c).casefold(): str(c) for c in classes}
    named = {str(c) for c in classes} & set(texts)
    free = [str(c) for c in classes if str(c) not in named]
    meant = {cell: alike.get(cell.strip().casefold()) for cell in strange}
    others = [cell for cell, name in meant.items() if name is None]
    meant |= zip(others, free, strict=False) if len(others) <= len(free) else ()
    known = [f"--label {cell}={name}" for cell, name in meant.items() if name is not None]
    unknown = [cell for cell, name in meant.items() if name is None]
    parts = [f"if these are other names, say so: {' '.join(known[:5])}"] if known else []
    parts += (
        [f"leave out the rows of {listing(unknown, 3)}, {_none(len(unknown))} of the model"]
        if unknown
        else []
    )
    return "; ".join(parts)
