"""From a path, a table or an array to a stream."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from contextlib import nullcontext
from functools import partial
from os import PathLike, fspath
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import issparse

from hassenet._checks import is_whole_number
from hassenet.data.compressed import check_sparse
from hassenet.data.libraries import library_frame
from hassenet.data.match import check_own_names
from hassenet.data.row_labels import row_labels_of
from hassenet.data.source import Source
from hassenet.data.stream import Stream
from hassenet.data.table import check_is_of_rows, is_table
from hassenet.errors import DataError, FeatureError, ParameterError, ShapeError, listing
from hassenet.files.optional import pyarrow
from hassenet.files.paths import path_of_file, require_path
from hassenet.files.state import FileState
from hassenet.streams.annotated import annotated
from hassenet.streams.cache import Cache
from hassenet.streams.chunked import chunked, is_chunked
from hassenet.streams.columnar import Columnar, files_at
from hassenet.streams.delimited import delimited
from hassenet.streams.folders import files_in, with_keys
from hassenet.streams.genotypes import genotypes
from hassenet.streams.reading import Reading
from hassenet.streams.rowwise import Rowwise, check_kind, rows_of_a_block
from hassenet.streams.stored import members, opened, opened_sparse, stored, whole_array
from hassenet.streams.tabular import Tabular
from hassenet.tables.cells import Cells
from hassenet.tables.dialect import Dialect
from hassenet.tables.formats import TEXT, TYPED
from hassenet.tables.table import Table

_WHOLE_NUMBERS = ("indices", "indptr", "shape")
_TEXT = (*TEXT, ".gz")
_OTHERS = (*_TEXT, ".npy", ".npz", ".h5ad", ".bed", ".zarr")


def open(
    data: Any,
    target: Any = None,
    *,
    features: Sequence[Hashable] | None = None,
    weight: Any = None,
    offset: Any = None,
    window: float = 256,
    ahead: int = 1,
    threads: int | None = None,
    cache: str | PathLike[str] | None = None,
    block: int | None = None,
    layer: str | None = None,
    names: str | None = None,
    sep: str | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
    transpose: bool | None = None,
) -> Stream:
    """Return examples that are read a block at a time, for data that are larger than memory.

    A stream stands where X does: ``hn.fit(net, stream)`` takes Y, weights and offsets from it. Each epoch reads every
    block once: blocks in random order, the rows of a window of blocks shuffled, a function of seed and epoch. The next
    window is decoded on a thread meanwhile. Targets, weights and offsets are read once and stay in memory.

    Parameters
    ----------
    data : path-like, sequence of these, table or array
        A file of Parquet or Arrow (.feather, .arrow), several, or a folder of them; a .csv or .tsv file; a .npy file; a
        .npz file of ``scipy.sparse.save_npz`` with ``compressed=False``; an array of zarr, a folder; X or a layer of a
        .h5ad file, dense or csr; genotypes of PLINK, a .bed file. A table or an array in memory serves where a stream
        is asked for.
    target : str, sequence of str, int, path-like or array, optional
        The column, or columns, to predict; the number of a column of an array, a .npy file, or the target itself, a
        row an example.
    features : sequence, optional
        The columns that are features, in their order; by default all that are not the target, weight or offset.
    weight, offset : str, int or array, optional
        The column of sample weights, and of what is added to the signals of the outputs, or these themselves.
    window : float
        How many megabytes are shuffled together. About three windows are in memory at a time.
    ahead : int
        How many windows wait, decoded; 0 decodes without a thread. The results do not depend on it.
    threads : int, optional
        How many threads decode blocks, each with one block that waits; by default one for each processor that may be
        used (HASSENET_NUM_THREADS), 4 at most, and none where ``ahead`` is 0. The results do not depend on it.
    cache : path-like, optional
        A folder of its own, on a disk with room for all features as a network takes them (rows times features times
        four bytes, or eight): what the first epoch decodes is kept there, and read by the later ones and by the next
        runs, to the same bits. It is made anew where a file, a column, a row or the preparation is another; what
        belongs to files that were changed is removed. The folder may be removed when nothing learns from it.
    block : int, optional
        How many rows are read together at most; by default about a megabyte, of Parquet, Arrow and text 16, of .bed
        32.
    layer, names : str, optional
        Of a .h5ad file, as for :func:`hassenet.tables.read_anndata`: the layer to take in place of X, and the column of
        ``var`` that names the variables.
    sep, decimal, encoding : str, optional
        Of a text file, as for :func:`hassenet.tables.read_table`; by default as the file shows.
    transpose : bool, optional
        Of a text file whose first column holds lineages: False says that its rows are examples all the same; by default
        they are taken for clades, and refused.

    Returns
    -------
    Stream

    Raises
    ------
    DataError, FeatureError, ShapeError
        If there is no such file, it is of another format, cut off or without rows, files have other columns or types
        than the first, or there is no such column or layer.
    ParameterError
        If an option is outside its domain, or about files of another format.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> import hassenet as hn
    >>> folder = Path(mkdtemp())
    >>> np.save(folder / "X.npy", np.eye(4))
    >>> stream = hn.data.open(folder / "X.npy", target=[0.0, 1.0, 2.0, 3.0])
    >>> stream
    Stream(4 rows, 4 features, 1 block)
    >>> hn.fit(hn.Network(hn.Hierarchy.complete(4, 1)), stream, epochs=2)
    Fit(2 epochs, 2 steps, cost ..., stopped: epochs)
    """
    source = _source(data, Reading(block, layer, names, Dialect(sep, decimal, encoding), transpose))
    beside = [_column(source, given) for given in (target, weight, offset)]
    named = {name for given in beside for name in (given if isinstance(given, tuple) else ())}
    if features is None:
        own = [name for name in source.variables if name not in named]
    else:
        own = [features] if isinstance(features, str) else list(features)
    _check_any_feature(source, own)
    of_target, of_weight, of_offset = beside
    return Stream(
        source,
        tuple(own),
        of_target,
        _single("weight", of_weight),
        _single("offset", of_offset),
        window,
        ahead,
        threads=threads,
        cache=None if cache is None else _cache(cache, data, source),
    )


def _check_any_feature(source: Source, features: Sequence[Hashable]) -> None:
    if not features:
        others = f" beside {listing(source.columns, 3)}, which are left out or named as something else"
        raise FeatureError(
            f"a stream has features; {source.name} has none{others if source.columns else ''}; name a column"
        )


def _cache(path: str | PathLike[str], data: Any, source: Source) -> Cache:
    """Return the folder for decoded blocks of files."""
    is_of_files = isinstance(data, str | PathLike | list | tuple) and not source.is_compact
    if not is_of_files:
        raise ParameterError(
            f"a cache keeps what is decoded of files; {source.name} is "
            f"{'of bytes that are taken as they lie' if source.is_compact else 'in memory'}; leave out cache"
        )
    return Cache.at(require_path("the folder of a cache", path))


def _column(source: Source, given: Any) -> Any:
    """Return the names of columns, or an array, of what was given for the target, weights or offsets."""
    if given is None:
        return None
    if isinstance(given, str | PathLike) and fspath(given).endswith(".npy") and given not in source.columns:
        return whole_array(Path(given))
    if isinstance(given, str) or (is_whole_number(given) and not source.has_names):
        return (given,)
    if isinstance(given, list | tuple) and given and all(isinstance(name, str) for name in given):
        return np.array(given) if _are_labels(source, given) else tuple(given)
    found = np.asarray(given)
    if not found.ndim:
        raise ParameterError(
            "what belongs to the rows of a stream is a column, by its name (of an array its number), a .npy file, or "
            f"an array with an entry a row; got {given!r}; give one of these"
        )
    return found


def _are_labels(source: Source, given: Sequence[str]) -> bool:
    """Return whether text is what the rows are, one each, rather than what columns are called."""
    return not source.has_names or (len(given) == source.sizes.sum() and not set(given) & set(source.columns))


def _single(what: str, given: Any) -> Any:
    if not isinstance(given, tuple):
        return given
    if len(given) > 1:
        raise ParameterError(f"{what} is one column; got {given}; name one")
    return given[0]


def _source(data: Any, reading: Reading) -> Source:
    if isinstance(data, str | PathLike):
        return _of_path(path_of_file(data), reading)
    if isinstance(data, list | tuple) and data and all(isinstance(part, str | PathLike) for part in data):
        return _columnar(f"{len(data)} files", [path_of_file(part) for part in data], reading)
    reading.check_plain("what is in memory")
    if isinstance(data, Source):
        return data
    if isinstance(data, dict):
        columns = {name: np.asarray(column) for name, column in data.items()}
        return Tabular("the table", Table(columns), reading.block)
    check_is_of_rows(data)
    return (
        Tabular("the table", _table(data), reading.block) if is_table(data) else _array(data, reading.block)
    )


def _table(data: Any) -> Table:
    if isinstance(data, Table):
        return data
    import narwhals.stable.v2 as nw

    found: Any = library_frame(data)
    if found is None:  # of another kind, which gives its columns by name
        return Table({str(name): np.asarray(data[name]) for name in data.columns})
    check_own_names("the table", getattr(found, "column_names", found.columns))
    frame = nw.from_native(found, eager_only=True).to_arrow()
    labels = row_labels_of(frame.schema)  # the index of a frame of pandas is not a column of it
    return Table(Cells.typed({name: frame.column(name) for name in frame.column_names if name not in labels}))


def _array(X: Any, block: int | None) -> Source:
    check_sparse("X", X)
    X = X.tocsr() if issparse(X) else np.asarray(X)
    _check_matrix("X", X.shape)
    size = (X.data.nbytes + X.indices.nbytes) / max(X.shape[0], 1) if issparse(X) else X[:1].nbytes
    return Rowwise("X", X.shape, size, partial(nullcontext, X), block or rows_of_a_block(size))


def _check_matrix(name: str, shape: tuple[int, ...]) -> None:
    if len(shape) != 2 or not shape[0]:
        raise ShapeError(
            f"a stream has rows and columns; {name} has the shape {shape}; give a path, a table, or an array with a "
            "row an example"
        )


# ---------------------------------------------------------------- paths


def _of_path(path: Path, reading: Reading) -> Source:
    if path.is_dir():
        return _folder(path, reading)
    if not path.is_file():
        raise DataError(f"a stream is a file or a folder; there is none at {path}; check the path")
    suffix = path.suffix.lower()
    if suffix in TYPED:
        return _columnar(path.name, [path], reading)
    if suffix in _TEXT:
        reading.check_of_text(path.name)
        return delimited(path, reading.block, reading.dialect, are_examples=reading.transpose is False)
    if suffix == ".h5ad":
        reading.check_annotated(path.name)
        return annotated(path, reading.block, reading.layer, reading.names)
    return _of_numbers(path, suffix, reading)


def _of_numbers(path: Path, suffix: str, reading: Reading) -> Source:
    readers = {".npy": _npy, ".npz": _npz, ".bed": genotypes}
    if suffix not in readers:
        raise DataError(
            "a stream is read from .parquet, .feather, .arrow, .csv, .tsv, .npy, .npz, .h5ad, .bed or a folder of "
            f"zarr; {path.name!r} ends otherwise; save it in one of these formats"
        )
    reading.check_plain(path.name)
    return readers[suffix](path, reading.block)


def _folder(path: Path, reading: Reading) -> Source:
    if is_chunked(path):
        reading.check_plain(path.name)
        return chunked(path, reading.block)
    files = files_in(path)
    if not files:
        raise DataError(
            f"a folder of a stream holds .parquet or .feather files; there are none in {path}{_others_in(path)}; check "
            "the path, or give the files of Parquet or Arrow in a list, whatever they are called"
        )
    pyarrow()
    reading.check_plain(path.name)
    return Columnar(path.name, with_keys(files_at(files, path), path), reading.block)


def _others_in(folder: Path) -> str:
    """Return what else there is, in words."""
    others = sorted(part.name for part in folder.iterdir() if part.name[0] not in "._")
    return f", where others are, as {others[0]!r}" if others else ""


def _columnar(name: str, files: Sequence[Path], reading: Reading) -> Source:
    reading.check_plain(name)
    for path in files:
        if path.is_dir() or path.suffix.lower() in _OTHERS:
            raise DataError(
                f"several files of a stream are of Parquet or Arrow; {path.name} is {_what(path)}; open it alone, or "
                "write all as Parquet"
            )
    pyarrow()
    return Columnar(name, files_at(files), reading.block)


def _what(path: Path) -> str:
    return "a folder" if path.is_dir() else f"a {path.suffix.lower()} file"


def _npy(path: Path, block: int | None) -> Source:
    array = stored(path)
    _check_matrix(path.name, array.shape)
    check_kind(path.name, array.dtype)
    size = array.row_bytes
    m, n = array.shape
    rows = block or rows_of_a_block(size)
    return Rowwise(path.name, (m, n), size, partial(opened, array), rows, (FileState.of(path),))


def _npz(path: Path, block: int | None) -> Source:
    parts = members(path)
    kind, shape = _kind_and_shape(path, parts)
    if kind not in ("csr", ""):
        raise DataError(f"rows are read, and {path.name} is {kind}; write X.tocsr() anew")
    for name in ("data", "indices", "indptr", "shape", "format"):
        if name not in parts or (name in _WHOLE_NUMBERS and parts[name].dtype.kind not in "iu"):
            what = f"{name!r} of {parts[name].dtype}" if name in parts else f"no {name!r}"
            raise DataError(
                f"a .npz file of a stream is one of scipy.sparse.save_npz; {path.name} has {what}; write it so"
            )
    _check_matrix(path.name, shape)
    check_kind(path.name, parts["data"].dtype)
    m, n = shape
    if parts["indptr"].shape != (m + 1,):
        raise DataError(
            f"{path.name} has {m:,} rows, and its indptr the shape {parts['indptr'].shape}; write it anew"
        )
    entry = parts["data"].dtype.itemsize + parts["indices"].dtype.itemsize
    size = parts["data"].shape[0] * entry / m
    rows = block or rows_of_a_block(size)
    return Rowwise(path.name, (m, n), size, partial(opened_sparse, parts, n), rows, (FileState.of(path),))


def _kind_and_shape(path: Path, parts: Collection[str]) -> tuple[str, tuple[int, ...]]:
    """Return what a file says of its array: nothing where it is not one of scipy."""
    if not {"format", "shape"}.issubset(parts):
        return "", ()
    with np.load(path) as whole:
        kind, shape = whole["format"].reshape(-1)[0], tuple(whole["shape"].reshape(-1).tolist())
    return kind.decode(errors="replace") if isinstance(kind, bytes) else str(kind), shape
