"""What is noted of columns once all are known, and what is refused of several at once."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Mapping, Sequence

from hassenet.data.alike import notes_of_alike
from hassenet.data.categorical import Categorical
from hassenet.data.dates_of_digits import notes_of_features
from hassenet.data.ends_of_time import notes_of_ends
from hassenet.data.found import Found, LeftOut
from hassenet.data.negated import of_parentheses
from hassenet.data.not_numbers import quoted, text_among_numbers
from hassenet.data.objects import Other
from hassenet.data.sentinels import notes_of_sentinels
from hassenet.errors import HassenetWarning, NotFiniteError, listing

_TOLD = 5  # columns


def check_finite(counts: Mapping[str, int]) -> None:
    """Refuse all columns with infinite values at once, of which so many are."""
    infinite = [f"{name} {n}" for name, n in counts.items()]
    if infinite:
        there = "there is 1 column" if len(infinite) == 1 else f"there are {len(infinite):,} columns"
        raise NotFiniteError(
            f"features are finite; {there} with infinite values (and how many): {listing(infinite)}; correct the "
            "values, or leave out the columns with --drop"
        )


def check_text(others: Mapping[Hashable, Other]) -> None:
    """Refuse all columns of text among numbers at once."""
    if others:
        raise text_among_numbers(others)


def note_found(found: Sequence[Found | LeftOut]) -> None:
    """Warn of what may be meant otherwise."""
    _warn_of_stand_ins(found)
    _warn_of_parentheses(found)
    _warn_of_clocks([one.name for one in found if isinstance(one, Found) and one.of_clocks])
    categories = [
        one.variable for one in found if isinstance(one, Found) and isinstance(one.variable, Categorical)
    ]
    numbers = [(one.name, one.sentinels) for one in found if isinstance(one, Found)]
    levels: dict[Hashable, Sequence[str]] = {one.name: (*one.levels, *one.pooled) for one in categories}
    dates = notes_of_features([one.name for one in found if isinstance(one, Found) and one.of_dates])
    ends = notes_of_ends([(one.name, one.ends) for one in found if isinstance(one, Found)])
    for note in dates + notes_of_sentinels(numbers) + ends + notes_of_alike("levels", levels):
        warnings.warn(note, HassenetWarning, stacklevel=4)


def _warn_of_stand_ins(found: Sequence[Found | LeftOut]) -> None:
    each = [
        f"{one.name!r} {', '.join(one.stand_ins)}"
        for one in found
        if isinstance(one, Found) and one.stand_ins
    ]
    if each:
        more = f" and {len(each) - _TOLD:,} more" if len(each) > _TOLD else ""
        warnings.warn(
            f"words that stand for nothing count as missing among numbers and dates: {'; '.join(each[:_TOLD])}{more}",
            HassenetWarning,
            stacklevel=4,
        )


def _warn_of_parentheses(found: Sequence[Found | LeftOut]) -> None:
    each = [(one.name, one.negated) for one in found if isinstance(one, Found) and one.negated]
    if each:
        warnings.warn(of_parentheses(each), HassenetWarning, stacklevel=4)


def _warn_of_clocks(names: Sequence[str]) -> None:
    if names:
        warnings.warn(
            f"text is read as times of day, each as its hour: {listing(names)}; if these are categories, say so "
            f"(--categorical {quoted(names[0])})",
            HassenetWarning,
            stacklevel=4,
        )
