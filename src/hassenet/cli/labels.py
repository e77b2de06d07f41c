"""What the cells of a target's column are called, where a model calls its classes otherwise."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from hassenet.errors import DataError, listing

if TYPE_CHECKING:
    from hassenet.model import Model
    from hassenet.tables import Table

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
        If a label is not CELL=CLASS, or the model has no classes.
    DataError
        If there is no such class, or the table lacks the column.
    """
    if not labels:
        return table
    if model.classes is None:
        raise click.UsageError("--label is for classes; this model predicts numbers; leave it out")
    (name,) = model.targets
    table.require_columns([name], "the target")
    check_apart(labels, model, set(table.texts(name)))
    called = _called(labels, model)
    import numpy as np

    return table.with_columns({name: np.array([called.get(v, v) for v in table.texts(name)], object)})


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
    if name not in map(str, model.classes or ()):
        raise DataError(
            f"--label gives a class of the model, of {listing(map(str, model.classes or ()))}; got {name!r}; "
            "give one of these"
        )
    return cell, name
