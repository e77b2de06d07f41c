"""A text that is made when it is first needed, which may be never."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import final


@final
@dataclass(frozen=True, eq=False)
class Later:
    """What a function returns, once it is asked for.

    >>> str(Later(lambda: "name"))
    'name'
    """

    make: Callable[[], str]

    @cached_property
    def _text(self) -> str:
        return self.make()

    def __str__(self) -> str:
        return self._text
