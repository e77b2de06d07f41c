"""What is added to the signals of examples, before it is known what an exposure moves."""

from __future__ import annotations

from typing import Any, NamedTuple, final


@final
class Added(NamedTuple):
    """What was given: an offset, or an exposure, or neither.

    Attributes
    ----------
    offset, exposure : (m,) or (m, k) array, or None
    """

    offset: Any
    exposure: Any
