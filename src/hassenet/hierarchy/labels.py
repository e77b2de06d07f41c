"""Labels of columns and names of elements as text, by which they are compared: a frame has Entrez numbers as such."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable

import numpy as np


def as_text(label: Hashable) -> str:
    """Return a label as it is written: a whole number without its decimals, bytes decoded.

    Examples
    --------
    >>> import numpy as np
    >>> [as_text(label) for label in (7157, np.int64(7157), 7157.0, b"7157", "7157", 0.5)]
    ['7157', '7157', '7157', '7157', '7157', '0.5']
    """
    if isinstance(label, bytes):
        return label.decode(errors="backslashreplace")
    if isinstance(label, float | np.floating) and float(label).is_integer():
        return str(int(label))
    return str(label)


def by_text(labels: Iterable[Hashable]) -> dict[str, tuple[Hashable, ...]]:
    """Return the labels by their text, those that are written alike together.

    Examples
    --------
    >>> by_text([7157, "7157", "TP53"])
    {'7157': (7157, '7157'), 'TP53': ('TP53',)}
    """
    found: dict[str, tuple[Hashable, ...]] = defaultdict(tuple)
    for label in labels:
        found[as_text(label)] += (label,)
    return dict(found)
