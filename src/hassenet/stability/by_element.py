"""The power of each element, as what draws it takes it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from hassenet.stability.power import ElementPower

Powers = ElementPower | Mapping[Hashable, float]
"""What :func:`element_power` found, or a number for some elements."""


def by_element(powers: Powers) -> Mapping[Hashable, float]:
    """Return the power of each element by its name."""
    if isinstance(powers, ElementPower):
        return dict(zip(powers.elements, powers.power.tolist(), strict=True))
    return powers
