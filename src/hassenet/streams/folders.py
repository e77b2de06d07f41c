"""Files of typed columns in a folder, and the columns that stand in the names of the folders inside."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from hassenet.errors import DataError, HassenetWarning, listing
from hassenet.files.optional import pyarrow
from hassenet.streams.columnar import File, begins_as
from hassenet.tables.formats import TEXT, TYPED

_MISSING = "__HIVE_DEFAULT_PARTITION__"
_WHOLE_NUMBER = re.compile(r"0|-?[1-9]\d{0,17}")

Keys = Mapping[str, str | None]
"""The columns that stand in the names of folders, and what each says; None where it is missing."""


def files_in(folder: Path) -> list[Path]:
    """Return the files of Parquet, or of Arrow, in a folder and those inside.

    What programs leave beside data is left out, and told.
    Names of such files and folders begin with a point or a bar below: what is not finished, or not for readers. Links
    are followed, each folder once: by a name of its own rather than by that of a link.

    Raises
    ------
    DataError
        If a folder cannot be read, or has files of both.
    """
    found = sorted(path for path in _all_in(folder) if path.suffix.lower() in TYPED)
    beside = [part for part in found if _is_beside(part.relative_to(folder))]
    if beside:
        warnings.warn(
            f"files and folders whose names begin with . or _ are not read, as programs call what is not finished so; "
            f"left out of {folder.name} are {listing([str(part.relative_to(folder)) for part in beside], 3)}",
            HassenetWarning,
            stacklevel=6,
        )
    files = [part for part in found if not _is_beside(part.relative_to(folder))]
    _check_one_kind(files, folder)
    _tell_of_others(folder, set(found))
    return files


def _tell_of_others(folder: Path, found: Collection[Path]) -> None:
    """Say of files that look like rows, by what they begin with or are called, that they are not read."""
    others = sorted(
        path.relative_to(folder)
        for path in _all_in(folder)
        if path not in found and not _is_beside(path.relative_to(folder)) and _looks_like_rows(path)
    )
    if others and found:
        warnings.warn(
            f"of a folder the files are read that are called {', '.join(TYPED)}; left out of {folder.name} are "
            f"{listing([str(path) for path in others], 3)}, which look like rows too; call them so, or move them away",
            HassenetWarning,
            stacklevel=7,
        )


def _looks_like_rows(path: Path) -> bool:
    if path.suffix.lower() in TEXT:
        return path.suffix.lower() != ".txt"  # a note to the reader, more often than not
    return path.is_file() and bool(begins_as(path))


def _check_one_kind(files: Sequence[Path], folder: Path) -> None:
    """Refuse files of two kinds, which may be the same rows twice."""
    of_kinds = {TYPED[file.suffix.lower()]: file.relative_to(folder) for file in reversed(files)}
    if len(of_kinds) > 1:
        raise DataError(
            f"the files of a folder are of one kind, as others may be the same rows again; {folder.name} has "
            f"{listing([str(file) for file in of_kinds.values()])}; move some away, or give those to read in a list"
        )


def _is_beside(path: Path) -> bool:
    return any(name[0] in "._" for name in path.parts)


def _all_in(folder: Path) -> Iterator[Path]:
    seen: set[str] = set()
    for place, folders, names in os.walk(folder, onerror=_refuse, followlinks=True):
        real = os.path.realpath(place)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders.sort(key=lambda name: (os.path.islink(os.path.join(place, name)), name))
        yield from (Path(place, name) for name in names)


def _refuse(error: OSError) -> None:
    raise DataError(
        f"all files of a folder are read; {error.filename}: {error.strerror}; change its permissions, or name the "
        "files to read"
    )


def keys_of(path: Path, folder: Path) -> dict[str, str | None]:
    """Return the columns that stand in the names of the folders between a file and the one that holds all.

    Examples
    --------
    >>> keys_of(Path("people/site=Bonn/year=2020/0.parquet"), Path("people"))
    {'site': 'Bonn', 'year': '2020'}
    """
    pairs = (part.split("=", 1) for part in path.relative_to(folder).parts[:-1] if part.find("=") > 0)
    return {unquote(name): None if value == _MISSING else unquote(value) for name, value in pairs}


def with_keys(files: Sequence[File], folder: Path) -> tuple[File, ...]:
    """Return files whose rows have what the names of their folders say as further columns: whole numbers, or text.

    A column that stands in the file as well is that of the file.
    """
    keys = [keys_of(file.path, folder) for file in files]
    names = {name for own in keys for name in own}
    kinds = {name: _kind({own[name] for own in keys if own.get(name) is not None}) for name in names}
    return tuple(_keyed(file, own, kinds) for file, own in zip(files, keys, strict=True))


def _kind(values: Collection[str | None]) -> Any:
    """Return the type of a column; zeros before a number are part of a code."""
    arrow = pyarrow()
    are_numbers = all(_WHOLE_NUMBER.fullmatch(str(value)) for value in values)
    return arrow.int64() if values and are_numbers else arrow.string()


def _keyed(file: File, keys: Keys, kinds: Mapping[str, Any]) -> File:
    own = {name: value for name, value in keys.items() if name not in file.schema.names}
    schema = file.schema
    for name in own:
        schema = schema.append(pyarrow().field(name, kinds[name]))
    scalars = {name: pyarrow().scalar(value).cast(kinds[name]) for name, value in own.items()}
    return replace(file, schema=schema, keys=scalars)
