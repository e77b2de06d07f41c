"""What the cells of a target's column are called, where a model calls its classes otherwise."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from hassenet.errors import DataError, HassenetWarning, listing

if TYPE_CHECKING:
    from hassenet.model import Model
    from hassenet.tables import Table

C = TypeVar("C", bound=Callable[..., Any])

_OPTION = click.option(
    "--label",
    "labels",
    multiple=True,
    metavar="CELL=CLASS",
    help="What DATA calls a class of the model, as 0=healthy; may be repeated. Needed where it is called otherwise. Of "
    "several targets it is about each that has the class.",
)


def labels_option(command: C) -> C:
    """Give a command the option for other names of classes."""
    return _OPTION(command)


def relabelled(table: Table, model: Model, labels: Sequence[str]) -> Table:
    """Return the table with the classes in the columns of the targets as the model calls them.

    Of several targets of classes a label is about each that has the class; where several have the cell, a note says so.

    Raises
    ------
    UsageError
        If a label is not CELL=CLASS, or the model has no target of classes.
    DataError
        If there is no such class, a cell is given two of one target, or the table lacks the columns.
    """
    if labels:
        check_cells(labels, model, cells_called(table, model, labels))
    return relabelled_in_part(table, model, labels)


def relabelled_in_part(table: Table, model: Model, labels: Sequence[str]) -> Table:
    """Return some rows of a table as :func:`relabelled` does; :func:`check_cells` is for those of all."""
    if not labels:
        return table
    called = _called(labels, model)
    import numpy as np

    columns = {
        name: np.array([called[name].get(v, v) for v in table.texts(name)], object)
        for name in _there(table, called)
    }
    return table.with_columns(columns)


def cells_called(table: Table, model: Model, labels: Sequence[str]) -> frozenset[tuple[str, str | None]]:
    """Return the cells of the targets that labels are about, each with its column; none without labels."""
    names = _there(table, _called(labels, model)) if labels else ()
    return frozenset((name, cell) for name in names for cell in table.texts(name))


def check_cells(labels: Sequence[str], model: Model, there: Collection[tuple[str, str | None]]) -> None:
    """Refuse a class that cells of all rows are called by already, unless they are named; tell what several have."""
    changed: dict[str, list[str]] = {}
    for target, called in _called(labels, model).items():
        for cell, name in called.items():
            if (target, cell) not in there:
                continue
            if (target, name) in there and name not in called:
                raise DataError(
                    f"cells of two names are one class only if that is meant; --label {cell}={name} joins some of "
                    f"{target!r} with those called {name!r}; give another class, or both: --label {cell}={name} "
                    f"--label {name}={name}"
                )
            if cell != name:
                changed.setdefault(f"{cell}={name}", []).append(target)
    several = [f"{label} of {listing(targets)}" for label, targets in changed.items() if len(targets) > 1]
    if several:
        warnings.warn(
            f"a label is about each target that has its class and its cell: {'; '.join(several)}; if the cells of one "
            "mean otherwise, rename them in the table",
            HassenetWarning,
            stacklevel=2,
        )


def _there(table: Table, called: Mapping[str, object]) -> list[str]:
    """Return which of the targets that labels are about the table has: one at least."""
    found = [name for name in called if name in table.columns]
    if not found:
        table.require_columns(list(called), "the target")
    return found


def _of_classes(model: Model) -> dict[str, tuple[str, ...]]:
    """Return the targets that are one of some classes, with an order or without one, and their classes as text."""
    from hassenet.outcomes.one_of_classes import OneOfClasses

    parts = () if model.outcomes is None else model.outcomes.parts
    found = {part.name: part.classes for part in parts if isinstance(part, OneOfClasses)}
    if model.classes is not None:
        found[model.targets[0]] = model.classes
    if not found:
        raise click.UsageError(f"--label is for classes; this model predicts {model.what}; leave it out")
    return {name: tuple(map(str, classes)) for name, classes in found.items()}


def _called(labels: Sequence[str], model: Model) -> dict[str, dict[str | None, str]]:
    """Return what cells are called in each target that labels are about."""
    classes = _of_classes(model)
    found: dict[str, dict[str | None, str]] = {}
    for label in labels:
        cell, name = _pair(label, classes)
        for target in (target for target, known in classes.items() if name in known):
            before = found.setdefault(target, {}).setdefault(cell, name)
            if before != name:
                raise DataError(
                    f"a cell is of one class; --label gives {cell!r} of {target!r} two, {before!r} and {name!r}; give "
                    "one of these"
                )
    return found


def _pair(label: str, classes: Mapping[str, tuple[str, ...]]) -> tuple[str, str]:
    cell, equals, name = label.partition("=")
    if not equals:
        raise click.UsageError(f"--label is CELL=CLASS, as 0=healthy; got {label!r}")
    known = list(dict.fromkeys(one for some in classes.values() for one in some))
    if name not in known:
        raise DataError(
            f"--label gives a class of the model, of {listing(known)}; got {name!r}; give one of these"
        )
    return cell, name
