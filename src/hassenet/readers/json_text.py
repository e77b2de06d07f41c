"""The JSON in a file, in which no key stands twice."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from hassenet.errors import DataError, DuplicateElementError, HassenetError
from hassenet.files.content import FilePath
from hassenet.files.text import text_of
from hassenet.readers.foreign import check_kind


def json_of(path: FilePath) -> Any:
    """Return what the JSON in a file means.

    Raises
    ------
    OSError
        If there is no such file, or it may not be read.
    DataError
        If the file is empty, no text, cut off, or no JSON.
    DuplicateElementError
        If a key stands twice in an object, so that one of its values would be lost.
    """
    text = text_of(path)
    check_kind(text, path, "JSON")
    try:
        return json.loads(text, object_pairs_hook=lambda pairs: _unique(pairs, path))
    except HassenetError:
        raise
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            raise DataError(
                f"a file of JSON holds one value: {str(path)!r} has more on line {error.lineno}; if it is JSON with a "
                "value a line, write them as one list, or records of pairs as CSV"
            ) from None
        raise DataError(
            f"a file must be whole JSON: line {error.lineno} of {str(path)!r}: {error.msg}; "
            "was the file cut off? write it again"
        ) from None
    except ValueError as error:
        raise DataError(
            f"numbers in JSON are not endless: {str(path)!r}: {error}; correct the file"
        ) from None
    except RecursionError:
        raise DataError(
            f"a tree in JSON has some hundred levels at most: {str(path)!r} has more; cut it"
        ) from None


def typed(value: Any, kind: type, what: str, path: FilePath) -> Any:
    """Return a value of JSON that is of a kind; None, which stands for nothing, as an empty one.

    Raises
    ------
    DataError
        If it is of another kind, as a number in place of a list.

    Examples
    --------
    >>> typed(None, list, '"edges"', "graph.json")
    []
    """
    if value is None:
        return kind()
    if not isinstance(value, kind):
        raise DataError(
            f"{what} is {_KINDS[kind]}: {str(path)!r} holds {str(value)[:60]!r} there; correct it"
        )
    return value


_KINDS: dict[type, str] = {list: "a list", dict: "an object", str: "text"}


def _unique(pairs: list[tuple[str, Any]], path: FilePath) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        (twice, _), *_ = Counter(key for key, _ in pairs).most_common(1)
        raise DuplicateElementError(
            f"a key stands once in an object: {twice!r} stands twice in one of {str(path)!r}; merge the two"
        )
    return found
