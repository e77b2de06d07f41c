"""What the cells of a target's column are called, where a model calls its classes otherwise."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from hassenet.errors import DataError, listing

if TYPE_CHECKING:
    from hassenet.model import Model
    from hassenet.tables import Table
    from hassenet.task.label import Label

C = TypeVar("C", bound=Callable[..., Any])

_OPTION = click.option(
    "--label",
    "labels",
    multiple=True,
    metavar="CELL=CLASS",
    help="What DATA calls a class of the model, as 0=healthy; may be repeated. Needed where it is called otherwise.",
)


def labels_option(command: C) -> C:
    """Give a command the option for other names of classes."""
    return _OPTION(command)


def relabelled(table: Table, model: Model, labels: Sequence[str]) -> Table:
    """Return the table with the classes in the column of the target as the model calls them.

    Raises
    ------
    UsageError
        If a label is not CELL=CLASS, or the model has no target of classes, or several.
    DataError
        If there is no such class, or the table lacks the column.
    """
    if not labels:
        return table
    name, _ = target_of_classes(model)
    table.require_columns([name], "the target")
    check_apart(labels, model, set(table.texts(name)))
    called = _called(labels, model)
    import numpy as np

    return table.with_columns({name: np.array([called.get(v, v) for v in table.texts(name)], object)})


def target_of_classes(model: Model) -> tuple[str, tuple[Label, ...]]:
    """Return the target that is one of some classes, with an order or without one, and its classes.

    Raises
    ------
    UsageError
        If there is none, or there are several.
    """
    from hassenet.outcomes.one_of_classes import OneOfClasses

    parts = () if model.outcomes is None else model.outcomes.parts
    found = [(part.name, part.classes) for part in parts if isinstance(part, OneOfClasses)]
    found += [] if model.classes is None else [(model.targets[0], model.classes)]
    if not found:
        raise click.UsageError(f"--label is for classes; this model predicts {model.what}; leave it out")
    if len(found) > 1:
        names = listing(name for name, _ in found)
        raise click.UsageError(
            f"--label is about one target of classes; this model predicts {len(found)}, {names}; rename cells in the "
            "table"
        )
    return found[0]


def _called(labels: Sequence[str], model: Model) -> dict[str | None, str | None]:
    return dict(_pair(label, model) for label in labels)


def check_apart(labels: Sequence[str], model: Model, there: Collection[str | None]) -> None:
    """Refuse a class that cells of all rows are called by already, unless they are named as well."""
    called = _called(labels, model)
    joined = [f"{cell}={name}" for cell, name in called.items() if name in there and name not in called]
    if joined:
        name = joined[0].partition("=")[2]
        raise DataError(
            f"cells of two names are one class only if that is meant; --label {joined[0]} joins some with those called "
            f"{name!r}; give another class, or both: --label {joined[0]} --label {name}={name}"
        )


def _pair(label: str, model: Model) -> tuple[str, str]:
    cell, equals, name = label.partition("=")
    if not equals:
        raise click.UsageError(f"--label is CELL=CLASS, as 0=healthy; got {label!r}")
    _, classes = target_of_classes(model)
    if name not in map(str, classes):
        raise DataError(
            f"--label gives a class of the model, of {listing(map(str, classes))}; got {name!r}; give one of these"
        )
    return cell, name
