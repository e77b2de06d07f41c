"""Names of elements, short enough for a picture."""

from __future__ import annotations

import re
from collections.abc import Hashable

_LEVEL = re.compile(r"^[a-z]__(?=.)")


def short_label(element: Hashable, width: int = 30) -> str:
    """Return a readable name of at most ``width`` characters, elided in the middle.

    Of a lineage the last component is taken, without its level's letter; a set of numbers is written as one.

    >>> short_label("k__Bacteria|p__Firmicutes|g__Veillonella")
    'Veillonella'
    >>> short_label((1, 2))
    '{1,2}'
    >>> short_label("f__X|s__Peptostreptococcaceae_noname_unclassified")
    'Peptostreptococ…e unclassified'
    """
    text = (
        "{" + ",".join(map(str, element)) + "}"
        if isinstance(element, tuple)
        else _last_component(str(element))
    )
    return elided(text, width)


def elided(text: str, width: int) -> str:
    """Return the text, its middle replaced by … where it is longer than ``width``."""
    tail = (width - 1) // 2
    return text if len(text) <= width else f"{text[: width - 1 - tail].rstrip()}…{text[-tail:].lstrip()}"


def two_lines(label: str, longest: int = 13) -> str:
    """Return the label, broken at the space nearest its middle where it is longer than ``longest``."""
    spaces = [k for k, letter in enumerate(label) if letter == " "]
    if len(label) <= longest or not spaces:
        return label
    k = min(spaces, key=lambda k: abs(2 * k - len(label)))
    return f"{label[:k]}\n{label[k + 1 :]}"


def _last_component(name: str) -> str:
    parts = [part for part in re.split(r"[|;]", name) if part.strip() not in ("", "*")]
    last = parts[-1].strip() if parts else name
    return _LEVEL.sub("", last).replace("_", " ") if len(parts) > 1 or _LEVEL.match(last) else last
