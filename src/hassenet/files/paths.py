"""Paths that are given, looked at before anything is done with them."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

from hassenet.errors import ParameterError


def path_of(given: object) -> Path | None:
    r"""Return what is given as a path; None for what is not one: bytes, an empty text, a name that no file can have.

    >>> [path_of(given) for given in ("", b"model", "a\0b", 3, None)]
    [None, None, None, None, None]
    """
    with suppress(TypeError, ValueError):
        path = os.fspath(given)  # type: ignore[call-overload]
        if isinstance(path, str) and path and b"\0" not in os.fsencode(path):
            return Path(path)
    return None


_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


def is_address(given: object) -> bool:
    """Return whether it is the address of something elsewhere, as ``s3://bucket/a.csv``.

    Examples
    --------
    >>> is_address("s3://bucket/a.csv"), is_address("C:/a.csv"), is_address(Path("a.csv"))
    (True, False, False)
    """
    return isinstance(given, str) and _ADDRESS.match(given) is not None


def path_of_file(given: object) -> Path:
    """Return the path of a file to read.

    Raises
    ------
    ParameterError
        If it is not a path, or the address of a file elsewhere.

    Examples
    --------
    >>> path_of_file("https://x.org/a")
    Traceback (most recent call last):
    hassenet.errors.ParameterError: a file is on this machine; 'https://x.org/a' is an address; download it first
    """
    path = path_of(given)
    if path is None:
        got = repr(given) if isinstance(given, str) else f"a {type(given).__name__}"
        raise ParameterError(
            f"a file is named by its path; got {got}; give the path of the file that holds it"
        )
    if is_address(given):
        raise ParameterError(f"a file is on this machine; {given!r} is an address; download it first")
    return path


def require_path(what: str, given: object) -> Path:
    """Return what is given as a path.

    >>> require_path("the folder of a model", 3)
    Traceback (most recent call last):
    hassenet.errors.ParameterError: the folder of a model is a path; got 3; give text or a pathlib.Path
    """
    path = path_of(given)
    if path is None:
        raise ParameterError(f"{what} is a path; got {given!r}; give text or a pathlib.Path")
    if is_address(given):
        raise ParameterError(f"{what} is on this machine; {given!r} is an address; give a path")
    return path
