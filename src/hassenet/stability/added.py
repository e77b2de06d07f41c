"""What is known to be added to the signals of outputs: the offset of each example, or that of its exposure."""

from __future__ import annotations

from dataclasses import replace
from inspect import Parameter, signature
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.examples import Examples
from hassenet.data.exposures import offset_of_exposure
from hassenet.data.offsets import offset_of
from hassenet.errors import ParameterError, ShapeError
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import Loss
from hassenet.stability.recipe import Recipe, Train, loss_of

Array = NDArray[Any]


def added_of(train: Train, H: Hierarchy, offset: Any, exposure: Any) -> Any:
    """Return what is added to the signals of the outputs: one number an example, or one for each output; or None.

    Of several outputs an exposure is that of the means of counts; a recipe says which these are.

    Raises
    ------
    ParameterError, NotFiniteError, DataError
        If there are both, or an exposure is not above 0, or is that of something else than counts.

    Examples
    --------
    >>> from hassenet.likelihoods import LearnedDispersionLoss
    >>> from hassenet.stability import Recipe
    >>> counts = Recipe(options={"loss": LearnedDispersionLoss()})
    >>> added_of(counts, Hierarchy.complete(3, 2), None, [1.0, 2.0]).round(3)
    array([[0.   , 0.   ],
           [0.693, 0.   ]])
    """
    found, loss = offset_of(offset, exposure), loss_of(train)
    if exposure is None or loss is None:
        return found
    k = len(H.ranks[-1])
    assert isinstance(train, Recipe)  # whose loss is known
    _check_output(train.output, loss, k)
    return offset_of_exposure(exposure, loss.exposed(k))


def _check_output(output: Any, loss: Loss, k: int) -> None:
    """Refuse an output of which log e, added to its signal, does not make e times as much."""
    if loss.exposed(k).any() and output not in (loss.canonical, (loss.canonical,) * k):
        raise ParameterError(
            f"an exposure e makes the mean e times as large where the output is {loss.canonical!r}; the recipe has "
            f"{output!r}; give output={loss.canonical!r}, or offset=… for what is added to a signal"
        )


def require_offset_taken(**functions: Any) -> None:
    """Raise ParameterError unless functions take ``offset=`` beside what they are given.

    >>> from hassenet.stability import Recipe
    >>> require_offset_taken(train=Recipe())
    """
    for name, function in functions.items():
        if function is not None and not _takes_offset(function):
            raise ParameterError(
                f"where there is an offset or an exposure it goes with its rows, as {name}(…, offset=…); {function!r} "
                f"takes none; let it take offset=, as {_EXAMPLES[name]}"
            )


_EXAMPLES = {"train": "a Recipe does", "judge": "accuracy does"}


def _takes_offset(function: Any) -> bool:
    try:
        parameters = signature(function).parameters.values()
    except (TypeError, ValueError):  # a builtin that does not say what it takes
        return True
    return any(p.name == "offset" or p.kind is Parameter.VAR_KEYWORD for p in parameters)


def with_added(data: Examples) -> Any:
    """Return the targets, and behind them, as further columns, what is added to the signals.

    >>> with_added(Examples(np.eye(2), np.array([3, 4]), offset=np.array([[0.5], [1.0]])))
    array([[3. , 0.5],
           [4. , 1. ]])
    """
    return data.Y if data.offset is None else np.column_stack([np.asarray(data.Y), data.offset])


def apart(data: Examples, Y: Any) -> Examples:
    """Return the examples with other targets; where there are offsets these are the last columns of Y.

    Raises
    ------
    ShapeError
        If these columns are not there.
    """
    if data.offset is None:
        return replace(data, Y=Y)
    k, shape = data.offset.shape[1], np.shape(Y)
    if len(shape) != 2 or shape[1] <= k:
        raise ShapeError(
            f"where there are offsets they are the last {k} columns of Y, for null models and for prepare=, and stay "
            f"there; what came back has the shape {shape}; return them behind the targets"
        )
    own = Y[:, :-k]
    is_flat = np.ndim(data.Y) == 1 and own.shape[1] == 1
    return replace(data, Y=own[:, 0] if is_flat else own, offset=np.asarray(Y[:, -k:], float))
