"""The digest over all that ``model.json`` says: its last field, of whatever stands before it."""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from typing import Any

from hassenet.errors import StorageError


def sealed(document: bytes) -> bytes:
    r"""Return a JSON object with one field more, ``seal``, the SHA-256 of the bytes before it.

    Examples
    --------
    >>> (
    ...     sealed(b'{"a":1}')[:15],
    ...     is_sealed(sealed(b'{"a":1}')),
    ...     is_sealed(sealed(b'{"a":1}').replace(b"1", b"0")),
    ... )
    (b'{"a":1,"seal":"', True, False)
    """
    body = document.removesuffix(b"}")
    return body + _tail(body)


def is_sealed(document: bytes) -> bool:
    """Return whether not a bit of a sealed object was changed, nor any added or lost."""
    length = len(_tail(b""))
    return len(document) > length and _tail(document[:-length]) == document[-length:]


def _tail(body: bytes) -> bytes:
    return b',"seal":"' + sha256(body).hexdigest().encode() + b'"}'


def check_keys(document: bytes) -> None:
    """Refuse JSON in which an object has one key twice: which of the two is meant nobody can tell.

    Raises
    ------
    StorageError
        Naming the key.
    """
    json.loads(document, object_pairs_hook=_distinct)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        (twice, _), *_ = Counter(key for key, _ in pairs).most_common(1)
        raise StorageError(f"a key stands once in an object; {twice[:60]!r} stands twice")
    return found
