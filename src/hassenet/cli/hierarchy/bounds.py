"""Options that are two numbers or several names."""

from __future__ import annotations

import click

Bounds = tuple[int | None, int | None]
"""The least and the greatest number, None where there is no bound."""


def bounds(_: click.Context, option: click.Parameter, value: str | None) -> Bounds | None:
    """Return the two numbers of ``"10:500"``; ``"10"`` and ``"10:"`` have no second, ``":500"`` no first."""
    if value is None:
        return None
    low, _colon, high = value.partition(":")
    if not (low or high) or not all(part.isdecimal() or not part for part in (low, high)):
        raise click.BadParameter(
            f"it is LOW:HIGH, LOW: or :HIGH, whole numbers, such as 10:500; got {value!r}", param=option
        )
    return int(low) if low else None, int(high) if high else None


def kinds(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Return the names in ``"mutation,deletion"``."""
    names = () if value is None else tuple(part.strip() for part in value.split(","))
    if not all(names):
        raise click.BadParameter(f"names stand between commas, such as mutation,deletion; got {value!r}")
    return names
