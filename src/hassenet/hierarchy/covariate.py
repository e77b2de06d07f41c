"""The name of a covariate: an element of rank 0 that stands outside the order and at which only outputs look."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True, slots=True)
class Covariate:
    """What is known of an example beside its features, as age, sex or a batch: an element that outputs alone cover.

    A table's column is matched with it by its name.

    Parameters
    ----------
    name : Hashable
        What it is called.

    Examples
    --------
    >>> print(Covariate("age"))
    age
    """

    name: Hashable

    def __str__(self) -> str:
        return str(self.name)
