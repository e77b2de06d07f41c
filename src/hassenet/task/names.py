"""Names for what an estimator adds to a hierarchy: features without names, outputs, hidden elements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Hashable, Iterable, Sequence
from itertools import count, islice
from typing import Any

from hassenet.data.table import columns_of, is_table


def distinct(names: Iterable[str], taken: Container[Hashable] = ()) -> tuple[str, ...]:
    """Return the names, each with as many ``*`` behind it as it needs to be the only one.

    Parameters
    ----------
    names : iterable of str
        The names wished for.
    taken : container
        Names that belong to others.

    Examples
    --------
    >>> distinct(["ill", "ill", "age"], taken={"age"})
    ('ill', 'ill*', 'age*')
    """
    chosen: dict[str, None] = {}
    tried: Counter[str] = Counter()  # so that of many that are alike each is not compared with all before it
    for name in names:
        tries = ((k, name + "*" * k) for k in count(tried[name]))
        tried[name], own = next((k, t) for k, t in tries if t not in taken and t not in chosen)
        chosen[own] = None
    return tuple(chosen)


def numbered(letter: str, n: int) -> tuple[str, ...]:
    """Return n names: the letter and a number from 0.

    Examples
    --------
    >>> numbered("x", 3)
    ('x0', 'x1', 'x2')
    """
    return tuple(islice((f"{letter}{k}" for k in count()), n))


def spelled(number: float) -> str:
    """Return a number as text, with all its digits: one may be a date, or a time in seconds.

    Examples
    --------
    >>> spelled(20190131.0), spelled(0.1)
    ('20190131', '0.1')
    """
    return str(int(number)) if float(number).is_integer() else repr(float(number))


def of_columns(y: Any) -> Sequence[str] | None:
    """Return the column names of a table of targets, or the name of a series; None without names."""
    names = columns_of(y).names if is_table(y) else [getattr(y, "name", None)]
    return [str(name) for name in names] if names and all(isinstance(name, str) for name in names) else None
