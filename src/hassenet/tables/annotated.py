"""AnnData, in memory or in a file (.h5ad), as a table: a row a cell, a column a gene, beside what is known of cells."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from os import PathLike
from typing import Any

from hassenet.data.checks import check_numbers
from hassenet.errors import DataError, FeatureError, HassenetWarning, ShapeError, counted, listing
from hassenet.files.optional import pyarrow
from hassenet.tables.annotated_file import H5ad, opened
from hassenet.tables.annotated_object import InMemory
from hassenet.tables.block import Block
from hassenet.tables.cells import Cells
from hassenet.tables.stored import Typed
from hassenet.tables.table import Table

EXAMPLE = "obs_names"
"""What the column of the cells' names is called, where AnnData gives it no other."""


def read_anndata(source: Any, *, layer: str | None = None, names: str | None = None) -> Table:
    """Return the table of an AnnData: the columns of ``obs``, and beside them the matrix as one block.

    ``table.variables`` are the names of the matrix's columns. The matrix stays as it is held: a sparse one is a
    csr_array, and a network, an estimator and a model take it without making it dense.

    Parameters
    ----------
    source : path-like or AnnData
        A .h5ad file, of which only what is needed is read, or an object with ``X``, ``obs`` and ``var``, backed by a
        file or not.
    layer : str, optional
        The layer to take in place of ``X``; where no layer is called so, ``"raw"`` for the raw matrix and its own
        variables, and ``"X"`` for X.
    names : str, optional
        The column of ``var`` that names the variables, as ``"gene_symbols"``; by default, or by its own name or
        ``"_index"``, their index.

    Raises
    ------
    DataError
        If there is no such file, it is not AnnData, has no cells, or its matrix does not hold numbers.
    FeatureError
        If there is no such layer or column, a variable has no name, or two have the same.
    HassenetError
        If h5py is not installed.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> import pandas as pd
    >>> from scipy.sparse import csr_array
    >>> obs = pd.DataFrame({"cell_type": ["T", "B"]}, index=["AAAC", "AAAG"])
    >>> var = pd.DataFrame(index=["CD3E", "CD19"])
    >>> cells = read_anndata(SimpleNamespace(X=csr_array([[3.0, 0], [0, 5]]), obs=obs, var=var, layers={}))
    >>> cells.columns, cells.variables
    (('obs_names', 'cell_type', 'CD3E', 'CD19'), ('CD3E', 'CD19'))
    >>> cells["cell_type"].tolist(), cells.held(["CD19"]).toarray().ravel().tolist()
    (['T', 'B'], [0.0, 5.0])
    """
    with _opened(source) as parts:
        X = _checked(parts, parts.matrix(layer))
        found = names_of(parts, layer, names)
        check_shape(parts.name, X.shape, found, cells := beside(parts, found))
        if not cells.n_rows:
            raise DataError(f"a table has columns and rows; {parts.name} has no cells; give one with data")
        return Table(Block(X, found, cells))


def check_shape(name: str, shape: Sequence[int], variables: Sequence[str], cells: Cells) -> None:
    """Refuse a matrix that has not a column for each variable and a row for each cell.

    Raises
    ------
    ShapeError
        If it has not.
    """
    if shape[1] != len(variables):
        raise ShapeError(
            f"each column of a matrix has its variable; {name} has {shape[1]:,} columns and "
            f"{counted(len(variables), 'variable')}; write it anew"
        )
    known = cells.n_rows
    if shape[0] != known:
        raise ShapeError(
            f"each row of a matrix has its cell; {name} has {shape[0]:,} rows and {counted(known, 'cell')} in obs; "
            "write it anew"
        )


def _opened(source: Any) -> AbstractContextManager[H5ad | InMemory]:
    return opened(source) if isinstance(source, str | PathLike) else nullcontext(InMemory(source))


def _checked(parts: H5ad | InMemory, X: Any) -> Any:
    check_matrix(parts.name, X.shape)
    check_numbers(f"the matrix of {parts.name}", X)
    return X


def check_matrix(name: str, shape: Sequence[int]) -> None:
    """Refuse what has not rows and columns."""
    if len(shape) != 2:
        raise DataError(f"a matrix has rows and columns; that of {name} has the shape {shape}; write it anew")


def names_of(parts: H5ad | InMemory, layer: str | None, names: str | None) -> tuple[str, ...]:
    """Return the names of the variables, of which each has one of its own."""
    found = parts.variables(layer, names)
    missing = sum(name is None or not str(name).strip() for name in found)
    if missing:
        raise FeatureError(
            f"each variable has a name; {missing:,} of {len(found):,} in {parts.name} have none in "
            f"{'their index' if names is None else repr(names)}; {_others(parts, names)}name them"
        )
    texts = tuple(map(str, found))
    twice = [name for name, n in Counter(texts).items() if n > 1]
    if twice:
        raise FeatureError(
            f"each variable has a name of its own; in {parts.name} there are several {listing(twice, 3)}; "
            f"{_others(parts, names)}make them unique, as by var_names_make_unique()"
        )
    return texts


def _others(parts: H5ad | InMemory, names: str | None) -> str:
    """Return the part of a remedy that shows the other columns of var."""
    others = [column for column in parts.of_variables if column != names]
    return (
        f"name them by another column of var (--var-names): there is {listing(others)}, or " if others else ""
    )


def beside(parts: H5ad | InMemory, variables: Sequence[str]) -> Cells:
    """Return what is known of the cells; a column called like a variable is called obs.…, with a warning."""
    index, columns = parts.observations()
    taken = set(variables)
    renamed = {name: f"obs.{name}" for name in columns if name in taken}
    if renamed:
        warnings.warn(
            f"columns of obs that are called like variables of {parts.name} are called {listing(renamed.values(), 3)}",
            HassenetWarning,
            stacklevel=3,
        )
    named = {renamed.get(name, name): cells for name, cells in columns.items()}
    key = EXAMPLE if index.name in ("", "_index", "index") else index.name
    first = {} if key in named else {key: index.cells}
    return Cells(
        {name: Typed(name, pyarrow().chunked_array([cells])) for name, cells in (first | named).items()}
    )


def is_annotated(path: Any) -> bool:
    """Return whether a path is one of AnnData's files.

    >>> is_annotated("cells.h5ad"), is_annotated("cells.csv")
    (True, False)
    """
    return str(path).lower().endswith(".h5ad")
