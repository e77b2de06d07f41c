"""What is given beside X, by itself or with a stream."""

from __future__ import annotations

from typing import Any, NamedTuple, final

from hassenet.data.stream import Stream, is_stream
from hassenet.errors import ParameterError


@final
class Beside(NamedTuple):
    """Targets, sample weights and offsets of examples."""

    Y: Any
    weight: Any
    offset: Any


def taken_apart(X: Any, Y: Any, weight: Any = None, offset: Any = None) -> Beside:
    """Return what belongs to X: what was given, else what a stream has.

    Raises
    ------
    ParameterError
        If something is given twice.
    DataError
        If a stream has no target.

    Examples
    --------
    >>> taken_apart([[1.0], [2.0]], [0, 1]).Y
    [0, 1]
    """
    if not is_stream(X):
        return Beside(Y, weight, offset)
    check_each_once(X, Beside(Y, weight, offset))
    return Beside(
        X.Y if Y is None else Y,
        X.weights if weight is None else weight,
        X.offsets if offset is None else offset,
    )


def check_each_once(stream: Stream, given: Beside) -> None:
    """Refuse what is given beside a stream that has it.

    Raises
    ------
    ParameterError
    """
    own = (stream.target, stream.weight, stream.offset)
    each = zip(("a target", "sample weights", "offsets"), given, own, strict=True)
    twice = [name for name, beside, mine in each if beside is not None and mine is not None]
    if twice:
        raise ParameterError(f"a stream has {twice[0]} of its own; got others beside it; leave one out")
