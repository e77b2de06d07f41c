"""The states of callbacks, which go on with a training that was killed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
from safetensors import SafetensorError

from hassenet.checkpoints import Record
from hassenet.checkpoints.record import to_bytes
from hassenet.errors import CheckpointError, ParameterError

_UNWRITTEN = (TypeError, ValueError, RecursionError)

States = Sequence[Mapping[str, Any]]
"""Of callbacks."""


@runtime_checkable
class Resumable(Protocol):
    """A callback with a state of its own, that goes on with it."""

    def state_dict(self) -> Mapping[str, Any]:
        """Return the state: arrays, and what JSON holds."""

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a state."""


def states_of(callbacks: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the states of those callbacks that have one.

    Raises
    ------
    ParameterError
        If one holds what would not come back as it is.
    """
    return [state_of(callback) for callback in _resumable(callbacks)]


def state_of(callback: Resumable) -> dict[str, Any]:
    """Return the state of a callback, checked as :func:`states_of` says."""
    state = callback.state_dict()
    try:
        _check(state)
    except _UNWRITTEN as error:
        raise ParameterError(
            f"the state_dict of a callback holds arrays and what JSON does; that of {callback!r} does not: "
            f"{error}; give numbers, text, lists and mappings"
        ) from None
    return dict(state)


def _check(state: Any) -> None:
    if not isinstance(state, Mapping):
        raise TypeError(f"it is a {type(state).__name__}, not a mapping")
    values = {name: value for name, value in state.items() if not _is_array(value)}
    if others := [name for name in (*state, *_names(list(values.values()))) if not isinstance(name, str)]:
        raise TypeError(f"names are text; {others[0]!r} is not")
    json.dumps(values)
    for value in filter(_is_array, state.values()):
        _check_type(value.dtype)


def _check_type(dtype: np.dtype[Any]) -> None:
    try:
        to_bytes("", Record(None, {"": np.empty(0, dtype)}))
    except SafetensorError:
        raise TypeError(f"arrays are of real numbers or truth values; one is of {dtype}") from None


def _is_array(value: Any) -> bool:
    """Return whether a value is an array, and nothing beside it: a mask would not come back."""
    return type(value) is np.ndarray


def _names(value: Any) -> Iterator[Any]:
    """Yield the names in mappings, however deep they are."""
    if isinstance(value, dict):
        yield from value
        yield from _names(list(value.values()))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _names(one)


def give_back(callbacks: Sequence[Any], states: States) -> None:
    """Let callbacks go on from their states.

    Raises
    ------
    CheckpointError
        If there are more of them, or fewer, or one cannot go on from what it is given.
    """
    some = _resumable(callbacks)
    if len(some) != len(states):
        raise CheckpointError(
            f"callbacks with a state are those of before; {len(states)} had one there, {len(some)} here; give "
            "the same callbacks"
        )
    for callback, state in zip(some, states, strict=True):
        _give_back(callback, state)


def _give_back(callback: Resumable, state: Mapping[str, Any]) -> None:
    try:
        callback.load_state_dict(state)
    except Exception as error:  # of a user's own, whatever it is
        raise CheckpointError(
            f"a callback goes on with the state that it gave; {callback!r} does not: {type(error).__name__}: {error}; "
            "give the callback of before, or begin anew in another folder"
        ) from error


def check_without_states(what: str, callbacks: Sequence[Any]) -> None:
    """Refuse callbacks with a state where several trainings, side by side, would share it."""
    if states := _resumable(callbacks):
        raise ParameterError(
            f"a callback with a state goes on with one training; {what} would share that of {states[0]!r}; leave out "
            "checkpoint, or the callback"
        )


def _resumable(callbacks: Sequence[Any]) -> list[Resumable]:
    return [callback for callback in callbacks if isinstance(callback, Resumable)]
