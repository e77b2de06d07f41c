"""A model folder that a table can be given to."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from hassenet.cli.reading import TableOptions, check_not_turned
from hassenet.errors import StorageError

if TYPE_CHECKING:
    from hassenet.model import Model
    from hassenet.tables import Table


def model_at(path: Path, command: str) -> Model:
    """Return the model in a folder.

    Raises
    ------
    StorageError
        If there is none, or a network alone, which does not know what its features are called.
    """
    from hassenet.model import Model
    from hassenet.storage import load
    from hassenet.survival import SurvivalModel

    model = load(path)
    if isinstance(model, SurvivalModel):
        return Model.of(model)
    if not isinstance(model, Model):
        raise StorageError(
            f"{command} needs a model made by hassenet fit; {path} holds a bare network; "
            "use hassenet.load in Python, or save a hassenet.Model"
        )
    return model


def columns_known(model: Model) -> tuple[str, ...]:
    """Return the columns of a table that a model knows: those of its features and what it predicts."""
    return (*model.columns, *model.target_columns)


def table_for(model: Model, path: Path, reading: TableOptions, also: Iterable[str] = ()) -> Table:
    """Return the table in a file as far as a model knows its columns, and others that are asked for.

    Raises
    ------
    FeatureError
        If the rows are called as the columns should be.
    """
    table = reading.of(model, path).read(path, {*columns_known(model), *also})
    check_not_turned(table, model.columns)
    return table
