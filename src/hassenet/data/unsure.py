"""Text of which nobody can be sure what it is: numbers with units, dates among other text, durations."""

from __future__ import annotations

from collections.abc import Sequence

from hassenet.data.dates import are_durations, are_of_a_day, other_than_dates
from hassenet.data.levels import Levels
from hassenet.data.marks import units_of
from hassenet.data.not_numbers import quoted
from hassenet.data.objects import instance
from hassenet.errors import FeatureError, listing


def check_no_unit(name: str, levels: Levels) -> None:
    """Refuse numbers with units: whether they are amounts or, as 1 bedroom, categories is for the user to say."""
    texts = levels.values
    units = units_of(texts)
    if units:
        beside = (
            f"{units[0]!r} beside each" if len(units) == 1 else f"{listing(filter(None, units))} beside some"
        )
        raise FeatureError(
            f"numbers stand without a unit; {name!r} has {beside} (for instance {str(texts[0])!r}); {_remedy(units)}"
            f"write the unit into the column's name and not into the cells, say that these are categories: "
            f"--categorical {quoted(name)}, or leave out the column: --drop {quoted(name)}"
        )


def _remedy(units: Sequence[str]) -> str:
    return "" if len(units) == 1 else "convert all to one unit, "


def check_no_dates(name: str, levels: Levels) -> None:
    """Refuse text of which most, but not all, is dates, and dates of a form that is not known."""
    place = other_than_dates(levels.values, levels.counts())
    if place is not None:
        raise FeatureError(
            f"dates are spelled in one form, with years of four digits, and nothing else stands among them; not so in "
            f"{name!r}{instance(levels.example(place))}; write them as 2019-01-31, make missing what is not a date, or "
            f"leave out the column: --drop {quoted(name)}"
        )


def check_no_durations(name: str, levels: Levels) -> None:
    """Refuse durations, as those of a type are; times of the day were read before."""
    if not are_durations(levels.values):
        return
    if are_of_a_day(levels.values):
        raise FeatureError(
            f"a time of day is before 24:00; the end of a day stands in {name!r} ('24:00:00'); write 00:00:00 of the "
            f"next, or leave out the column: --drop {quoted(name)}"
        )
    raise FeatureError(
        f"a duration is a number of one unit; {name!r} has minutes or seconds behind colons"
        f"{instance(levels.example(0))}; write them as numbers, say that these are categories: --categorical "
        f"{quoted(name)}, or leave out the column: --drop {quoted(name)}"
    )
