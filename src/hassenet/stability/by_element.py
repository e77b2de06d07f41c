"""The power of each element, as what draws it takes it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

from hassenet.stability.power import ElementPower

Powers = ElementPower | Mapping[Hashable, float]
"""What :func:`element_power` found, or a number for some elements."""


def by_element(powers: Powers) -> Mapping[Hashable, float]:
    """Return the power of each element by its name; of several targets the highest."""
    if isinstance(powers, ElementPower):
        return highest(powers.elements, powers.power.tolist())
    return powers


def highest(elements: Iterable[Hashable], powers: Iterable[float]) -> dict[Hashable, float]:
    """Return the highest power of each element.

    >>> highest(["p", "q", "p"], [0.1, 0.2, 0.3])
    {'p': 0.3, 'q': 0.2}
    """
    found: dict[Hashable, float] = {}
    for element, power in zip(elements, powers, strict=True):
        found[element] = max(power, found.get(element, power))
    return found
