"""What is to be predicted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.amounts import CORRECT, why_no_amounts
from hassenet.data.objects import is_spelled_like_a_number
from hassenet.data.table import columns_of
from hassenet.data.target_notes import note_classes, note_numbers
from hassenet.errors import TargetError, listing
from hassenet.likelihoods import canonical_loss
from hassenet.tables import Table
from hassenet.task.amounts import check_amounts
from hassenet.task.kind import Kind, kind_of
from hassenet.task.label import Label
from hassenet.task.task import Task

Array = NDArray[Any]

_CODE = re.compile(r"[+-]?0\d+")
SPELLINGS = (
    "empty fields and the spellings NA, N/A, n/a, #N/A, NaN, nan, NULL, null and ? count as missing: a class called so "
    "needs another name"
)
"""What counts as missing."""


@final
@dataclass(frozen=True, eq=False)
class Target:
    """The target of each row.

    Parameters
    ----------
    task : "classification" or "regression"
    names : tuple of str
        The target columns.
    values : array
        (m,) positions in ``classes``, or (m, k) numbers, NaN where one of several is missing.
    classes : tuple, optional
        The classes as the table spells them, sorted, but of two the positive one is the second.
    """

    task: Kind
    names: tuple[str, ...]
    values: NDArray[Any]
    classes: tuple[Label, ...] | None = None

    @staticmethod
    def of(
        table: Table, names: tuple[str, ...], task: Literal["auto"] | Kind, rows: Array | None = None
    ) -> Target:
        """Read the target columns of a table, which may be some rows of a larger one: these.

        Raises
        ------
        FeatureError
            If a column is not there.
        TargetError
            If values of one target are missing, all the same, or do not suit the task.
        NotFiniteError
            If a number is infinite, or so large that squares have no finite sum.
        """
        table.require_columns(names, "the target")
        if len(names) == 1:
            _check_complete(table, names)
        if task == "auto":
            task = kind_in(table, names[0]) if len(names) == 1 else "regression"
        return _classification(table, names) if task == "classification" else _regression(table, names, rows)

    def with_positive(self, label: str) -> Target:
        """Return the target whose output is the probability of this class, one of two.

        Raises
        ------
        TargetError
            If it is not one of two classes.
        """
        classes = self.classes or ()
        if len(classes) != 2 or label not in map(str, classes):
            has = f"has {listing(classes)}" if classes else "has numbers"
            raise TargetError(
                f"--positive names one of two classes; {listing(self.names)} {has}; got {label!r}; give one of two"
            )
        if str(classes[1]) == label:
            return self
        return replace(self, values=1 - self.values, classes=classes[::-1])

    def take(self, rows: Any) -> Target:
        """Return that of some rows."""
        return replace(self, values=self.values[rows])

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names for the output elements; two classes share one, the probability of the second."""
        if self.classes is None:
            return self.names
        shown = self.classes[1:] if len(self.classes) == 2 else self.classes
        return tuple(f"{self.names[0]}={c}" for c in shown)

    @property
    def activation(self) -> str:
        """The output activation that is canonical for the task."""
        if self.classes is None:
            return "identity"
        return "sigmoid" if len(self.classes) == 2 else "softmax"

    def predicted(self, auxiliary_weight: float) -> Task:
        """Return what a network for this target is to predict, with auxiliary heads of that weight."""
        return Task(self.outputs, canonical_loss(self.activation), auxiliary_weight)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the table that hold it."""
        return self.names

    @property
    def strata(self) -> NDArray[Any] | None:
        """What is to be on both sides of a split: the classes."""
        return None if self.classes is None else self.values

    def __str__(self) -> str:
        what = f"{self.task} of {listing(self.names)}"
        if self.classes is None:
            return what
        output = f"; the output is the probability of {self.classes[1]!r}" if len(self.classes) == 2 else ""
        return f"{what}: {listing(self.classes)}{output}"


def _check_complete(table: Table, names: tuple[str, ...]) -> None:
    missing = table.missing(names)
    if missing:
        raise TargetError(
            f"every row has its target; missing in {', '.join(f'{c:,} of {n!r}' for n, c in missing.items())}; fill "
            f"them in or leave out these rows; {SPELLINGS}"
        )


def check_varies(name: str, values: NDArray[Any]) -> None:
    """Refuse a target without a value, or with the same one in every row that has any.

    Raises
    ------
    TargetError
    """
    values = values[values == values] if values.dtype.kind == "f" else values  # NaN alone is not itself
    if not len(values):
        raise TargetError(f"a target has values; {name!r} is empty in every row; choose another column")
    if all(value == values[0] for value in values):
        raise TargetError(
            f"a target varies; {name!r} is {values.tolist()[0]!r} in every row; choose another column"
        )


def kind_in(table: Table, name: str) -> Kind:
    """Return what a column holds; whole numbers with zeros before them are codes."""
    spelled = table.spelled(name)
    are_codes = spelled is not None and any(map(_CODE.fullmatch, spelled.tolist()))
    return "classification" if are_codes else kind_of(table[name])


def _classification(table: Table, names: tuple[str, ...]) -> Target:
    if len(names) > 1:
        raise TargetError(
            f"a classification has one target; got {listing(names)}; give one, or --task regression"
        )
    labels = table.labels(names[0])
    check_varies(names[0], labels)
    classes, codes, counts = _in_order(labels, table[names[0]])
    note_classes(names[0], classes.tolist(), table[names[0]])
    rare = [str(c) for c, count in zip(classes, counts, strict=True) if count < 2]
    if rare:
        raise TargetError(
            f"every class of {names[0]!r} has two rows or more; there is only one of {listing(rare)}"
            f"{_but_for(table[names[0]])}; {_of_classes(table, names[0])}"
        )
    return Target("classification", names, codes, tuple(classes.tolist()))


def _of_classes(table: Table, name: str) -> str:
    """Return what to do about classes that are too many: they may be something else."""
    remedy = why_no_amounts(columns_of(table), name)
    if remedy == CORRECT:
        return "merge or leave out such classes, or give --task regression if the target is an amount"
    return f"{remedy}, or merge or leave out such classes"


def _but_for(values: Array) -> str:
    """Return what text there is among numbers, where most values are that."""
    others = [row for row, value in enumerate(values) if not is_spelled_like_a_number(value)]
    if values.dtype != object or not 0 < 2 * len(others) < len(values):
        return ""
    return f", for there is text among numbers, as {values[others[0]]!r} in row {others[0] + 1:,}"


def _in_order(labels: Array, values: Array) -> tuple[Array, Array, Array]:
    """Return the classes, the place of each label among them, and how many there are of each.

    Numbers are in the order of numbers, also where they are spelled as +1 and -1 are.
    """
    classes, first, codes, counts = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    if values.dtype == object:
        return classes, codes, counts
    order = np.argsort(values[first], kind="stable")
    return classes[order], np.argsort(order)[codes], counts[order]


def remedies(table: Table, names: Sequence[str]) -> str:
    """Return what to do about columns of text where numbers are meant."""
    columns = columns_of(table)
    return ", ".join(dict.fromkeys(why_no_amounts(columns, name) for name in table.text(names)))


def _regression(table: Table, names: tuple[str, ...], rows: Array | None) -> Target:
    text = table.not_numbers(names)
    if text:
        raise TargetError(
            f"a regression has numbers as targets; there is text in {text}; {remedies(table, names)}, or give --task "
            "classification"
        )
    for name in names:
        check_varies(name, table[name])
        note_numbers(name, table[name])
    values = np.stack([table[name].astype(np.float64) for name in names], 1)
    check_amounts(values, names, rows)
    return Target("regression", names, values)
