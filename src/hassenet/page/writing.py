"""A page to a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from hassenet.files.atomic import check_free, write_atomically
from hassenet.model import Model
from hassenet.page.building import page_data
from hassenet.page.rendering import render
from hassenet.page.rows import MOST_ROWS
from hassenet.stability.by_element import Powers


def write_report(
    model: Model,
    table: Any,
    path: str | PathLike[str],
    force: bool = False,
    *,
    outputs: Sequence[Any] = (),
    title: str = "",
    history: Sequence[Any] = (),
    power: Powers | None = None,
    stability: Mapping[str, Any] | None = None,
    max_rows: int = MOST_ROWS,
) -> None:
    """Write the interactive page of a model and the rows of a table, whole or not at all.

    The page is one file that needs no network: search an element, see what it covers and what covers it, its weights,
    its relevance and the distribution of its feature.

    Parameters
    ----------
    model : Model
    table : table with ``columns``, or (m, n) array
        Raw features by name, as for ``Model.predict``, or in their order; with the target of a classification,
        features are shown class by class.
    path : path-like
        The file to make.
    force : bool
        Whether to replace a file that is there.
    outputs : sequence of classes or targets, optional
        What to explain; by default each class of a classification (of two, the one whose probability is the
        output), each target of a regression.
    title : str, optional
        By default what is predicted.
    history : sequence of Epoch, optional
        The course of training; by default that of the model.
    power : ElementPower, or mapping from element to number, optional
        What elements are coloured by, as :func:`hassenet.stability.element_power` finds it.
    stability : mapping from column to values, optional
        What many trainings said of elements: :meth:`hassenet.stability.Stability.table`, with p and fdr of
        :meth:`hassenet.stability.NullScores.table` if they are there, or the table that ``hassenet stability`` writes.
    max_rows : int
        Of a table with more rows so many are shown, drawn at random, always the same ones.

    Raises
    ------
    OutputExistsError
        If there is a file, and no ``force``.
    DataError, FeatureError, NotFiniteError
        If there is no folder that may be written, or the table has no rows or does not fit the model.
    ParameterError
        If there is no such class or target, a power is infinite, ``max_rows`` is not 1 or more, or a study has no
        columns of elements.
    UnknownElementError
        If what is not an element of the model has a power, or is in the study.

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
    check_free(path, force, "a page")
    data = page_data(
        model,
        table,
        outputs=outputs,
        title=title,
        history=history,
        power=power,
        stability=stability,
        max_rows=max_rows,
    )
    page = render(data)
    write_atomically(path, page.encode("utf-8"))
