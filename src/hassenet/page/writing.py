"""A page to a file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from hassenet.errors import DataError, OutputExistsError
from hassenet.model import Model
from hassenet.page.building import page_data
from hassenet.page.rendering import render


def write_report(
    model: Model,
    table: Any,
    path: str | PathLike[str],
    force: bool = False,
    *,
    outputs: Sequence[Any] = (),
    title: str = "",
    history: Iterable[Any] = (),
) -> None:
    """Write the interactive page of a model and the rows of a table, whole or not at all.

    The page is one file that needs no network: search an element, see what it covers and what covers it, its weights,
    its relevance and the distribution of its feature.

    Parameters
    ----------
    model : Model
    table : table with ``columns``
        Raw features by name, as for ``Model.predict``; with the target of a classification, features are shown class
        by class.
    path : path-like
        The file to make.
    force : bool
        Whether to replace a file that is there.
    outputs : sequence of classes or targets, optional
        What to explain; by default each class of a classification (of two, the one whose probability is the
        output), each target of a regression.
    title : str, optional
        By default what is predicted.
    history : iterable of Epoch, optional
        ``fit.history``, for the course of training.

    Raises
    ------
    OutputExistsError
        If there is a file, and no ``force``.
    DataError, FeatureError, NotFiniteError
        If there is no folder that may be written, or the table has no rows or does not fit the model.
    ParameterError
        If there is no such class or target.

    Examples
    --------
    >>> import pandas as pd
    >>> from tempfile import mkdtemp
    >>> from hassenet import Hierarchy, Network
    >>> net = Network(Hierarchy.complete(2, 3, 1), output="sigmoid")
    >>> model = Model(net, ("age", "height"), "classification", ("health",), classes=("healthy", "ill"))
    >>> table = pd.DataFrame({"age": [31.0, 64.0], "height": [1.7, 1.8], "health": ["healthy", "ill"]})
    >>> path = Path(mkdtemp()) / "report.html"
    >>> write_report(model, table, path)
    >>> path.read_text("utf-8")[:15]
    '<!doctype html>'
    """
    path = Path(path)
    check_writable(path, force)
    page = render(page_data(model, table, outputs=outputs, title=title, history=history))
    _write(path, page.encode("utf-8"))


def check_writable(path: Path, force: bool) -> None:
    """Refuse a path whose file would be lost, or that has no folder.

    Raises
    ------
    OutputExistsError, DataError
        As said.
    """
    if path.is_dir() or (path.exists() and not force):
        raise OutputExistsError(
            f"an existing file is kept; {path} is there; choose another name, or replace it with force=True (--force)"
        )
    if not os.access(path.parent, os.W_OK | os.X_OK):
        what = "may not be written" if path.parent.is_dir() else "is no folder"
        raise DataError(f"a page is written into a folder; {path.parent} {what}; choose another for {path}")


def _write(path: Path, data: bytes) -> None:
    """Write beside the path, then give the file its name."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            _give_usual_permissions(file.name)
            os.replace(file.name, path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _give_usual_permissions(name: str) -> None:
    """Temporary files are private; a result has the permissions of any new file."""
    mask = os.umask(0)
    os.umask(mask)
    os.chmod(name, 0o666 & ~mask)
