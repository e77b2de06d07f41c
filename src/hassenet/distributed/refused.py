"""What is refused of partitions, where they are, and told by their numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hassenet.errors import DataError


def made_or_refused(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what a function makes; what it refuses is an error that comes back.

    An error that is raised is one of the worker, which writes down a trace of it.

    >>> made_or_refused(float, "two")
    DataError("could not convert string to float: 'two'")
    """
    try:
        return function(*arguments)
    except DataError as error:
        return error
    except (TypeError, ValueError) as error:
        return DataError(" ".join(str(error).split()))  # of scikit-learn some have several lines


def refusal_of(refused: Mapping[int, DataError]) -> DataError:
    """Return one error of all partitions that were refused, by their numbers.

    >>> refusal_of({1: DataError("y has none"), 2: DataError("y has none")})
    DataError('the rows of every partition fit; those of partition 1 and 1 more do not: y has none')
    """
    part, error = next(iter(refused.items()))
    more = f" and {len(refused) - 1} more" if len(refused) > 1 else ""
    return type(error)(f"the rows of every partition fit; those of partition {part}{more} do not: {error}")
