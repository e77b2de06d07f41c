"""Names of elements, short enough for a picture."""

from __future__ import annotations

import re
from collections.abc import Hashable

_LEVEL = re.compile(r"^[a-z]__(?=.)")
_WORD = re.compile(r"\S+\s*")


def short_label(element: Hashable, width: int = 30) -> str:
    """Return a readable name of at most ``width`` characters, elided between words.

    Of a lineage the last component is taken, without its level's letter; a set of numbers is written as one.

    >>> short_label("k__Bacteria|p__Firmicutes|g__Veillonella")
    'Veillonella'
    >>> short_label((1, 2))
    '{1,2}'
    >>> short_label("f__X|s__Peptostreptococcaceae_noname_unclassified")
    'P. noname unclassified'
    """
    text = (
        "{" + ",".join(map(str, element)) + "}"
        if isinstance(element, tuple)
        else _last_component(str(element))
    )
    return elided(text, width)


def elided(text: str, width: int) -> str:
    """Return the text, or where it is longer than ``width`` whole words of its beginning and end with … between.

    Where the last word, which tells most, has no room beside the first, this one is its initial, as in "V. dispar". A
    word that alone is too long is elided in its middle.

    >>> elided("activation of the mitochondrial apoptotic pathway by BH3", 30)
    'activation of … pathway by BH3'
    >>> elided("ENSG00000141510.17_TP53", 12)
    'ENSG00…_TP53'
    """
    if len(text) <= width:
        return text
    first, *rest = _WORD.findall(text)
    return _of_words([first, *rest], width) if rest and len(first) + 2 <= width else _of_letters(text, width)


def _of_letters(text: str, width: int) -> str:
    tail = (width - 1) // 2
    return f"{text[: width - 1 - tail].rstrip()}…{text[len(text) - tail :].lstrip()}"


def _of_words(words: list[str], width: int) -> str:
    """Return as many words as there is room for, in turn from the end and from the beginning, the first before all."""
    head, tail, waiting = words[0], "", words[1:]
    while waiting:
        longer = (head, waiting[-1] + tail) if len(tail) <= len(head) else (head + waiting[0], tail)
        if len(longer[0].rstrip()) + len(longer[1].rstrip()) + 3 > width:
            break
        waiting = waiting[:-1] if longer[0] == head else waiting[1:]
        head, tail = longer
    if tail:
        return f"{head.rstrip()} … {tail}"
    initial = f"{words[0][0]}."
    shorter = (f"{initial} {''.join(words[1:])}", f"{initial} … {words[-1]}", f"{words[0].rstrip()} …")
    return next((text for text in shorter if len(text) <= width), shorter[-1])


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
