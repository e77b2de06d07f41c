"""What is tried for a task of a size, so that a fit stays near a minute on two cores."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate
from math import log2, sqrt
from typing import final

from hassenet.activations import activation
from hassenet.selection.setting import Setting
from hassenet.selection.size import Size

_BUDGET = 120.0  # seconds of one core, as Size estimates them
_STEPS = (600, 10_000)
_BATCH = (32, 256)
_WIDE_FROM = 1000
_LARGER, _FEWER = 16, 8
_PARTS = 2
# After two of five folds about half of the candidates are given up.
_GONE_ON_WITH = 0.7


@final
@dataclass(frozen=True)
class Effort:
    """The settings to try and how each network is trained.

    Attributes
    ----------
    settings : tuple of Setting
    repeats : int
        Networks a setting and fold; a linear model is one, since it does not depend on chance.
    batch_size, steps : int
        Of one training.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> effort = Effort.of(Size.of(Hierarchy.subsets(4), 1), rows=200, folds=5, members=10)
    >>> effort.repeats, effort.batch_size, effort.steps, len(effort.settings)
    (2, 32, 632, 25)
    >>> print(effort.settings[0])
    1 tanh neuron an element, λ = 0.0099, input dropout 0.5
    """

    settings: tuple[Setting, ...]
    repeats: int
    batch_size: int
    steps: int

    @staticmethod
    def of(size: Size, rows: int, folds: int, members: int) -> Effort:
        """Return the effort for so many rows: all settings for a small task, fewer and smaller ones for a large one."""
        trained_on = rows * (1 - 1 / folds)
        batch_size, steps = _batch_size(trained_on), _steps(trained_on)
        repeats = max(1, members // folds)
        settings = _narrowed(_networks(rows), size, folds, batch_size, steps)
        whole = Effort(settings, repeats, batch_size, steps)
        fitting = whole._within(size, folds)
        return replace(fitting, settings=(*fitting.settings, *_linear(size, rows, folds)))

    def of_rising(self) -> Effort:
        """Return the same with tanh where activations fall somewhere, for outputs that are monotone in a feature."""
        settings = (
            s if activation(s.activation).rising else replace(s, activation="tanh") for s in self.settings
        )
        return replace(self, settings=tuple(dict.fromkeys(settings)))

    def in_large_batches(self) -> Effort:
        """Return the same with fewer steps of larger batches, for rows elsewhere, where a step is a message to each."""
        steps = min(self.steps, max(_STEPS[0] // 2, self.steps // _FEWER))
        return replace(self, batch_size=self.batch_size * _LARGER, steps=steps)

    def in_risk_sets(self, rows: int) -> Effort:
        """Return the same in batches of half the rows, 256 at most, where examples are compared within a batch."""
        least = min(rows // _PARTS, _BATCH[1])
        return replace(self, batch_size=max(self.batch_size, least))

    def _within(self, size: Size, folds: int) -> Effort:
        """Return the largest part of the effort that is within the budget: first fewer repeats, then fewer settings."""
        costs = [folds * _GONE_ON_WITH * size.seconds(s, self.batch_size, self.steps) for s in self.settings]
        if sum(costs) * self.repeats <= _BUDGET:
            return self
        n = sum(cost <= _BUDGET for cost in accumulate(costs))
        first = replace(self, settings=self.settings[: max(n, 1)], repeats=1)
        return first if n else replace(first, steps=_fewer(self.steps, costs[0]))


def _fewer(steps: int, seconds: float) -> int:
    """Return as many steps as the budget has time for, but not fewer than a small task has."""
    return max(_STEPS[0], int(steps * _BUDGET / seconds))


def _batch_size(m: float) -> int:
    """Return about √m, a power of two: the noise of a gradient then falls as the rows become more."""
    return int(_between(2 ** round(log2(sqrt(max(m, 1)))), _BATCH))


def _steps(m: float) -> int:
    """Return 50 √m: ever more steps for more rows, and ever fewer passes over them."""
    return int(_between(50 * sqrt(m), _STEPS))


def _between(x: float, bounds: tuple[int, int]) -> float:
    return min(max(x, bounds[0]), bounds[1])


def _networks(m: int) -> tuple[Setting, ...]:
    """Return the settings of networks in the order of their worth, for a λ that falls with the rows as noise does.

    One tanh neuron an element whose features drop out is for few rows and effects that add up; several neurons are for
    effects inside an element that do not.
    """
    strength, wide = 0.14 / sqrt(m), 4 if m < _WIDE_FROM else 8
    rows = (
        (1, 1, 0.5), (wide, 1, 0.0), (wide, 1 / 2, 0.0), (1, 3, 0.5), (wide, 3, 0.0), (wide, 1, 0.5), (1, 1, 0.7),
        (wide, 1 / 6, 0.0), (1, 1 / 3, 0.5), (wide, 3, 0.5), (wide, 10, 0.0), (1, 3, 0.7), (1, 10, 0.5),
        (1, 1 / 3, 0.7),
    )  # fmt: skip
    return tuple(Setting(strength * f, k, drop, "tanh" if k == 1 else "silu") for k, f, drop in rows)


def _narrowed(
    settings: tuple[Setting, ...], size: Size, folds: int, batch_size: int, steps: int
) -> tuple[Setting, ...]:
    """Return the settings with fewer neurons an element where a training would take too much of the budget."""
    most = _BUDGET / (2 * folds)

    def narrow(setting: Setting) -> Setting:
        while setting.neurons > 1 and size.seconds(setting, batch_size, steps) > most:
            setting = replace(setting, neurons=setting.neurons // 2)
        return setting

    return tuple(dict.fromkeys(narrow(setting) for setting in settings))


def _linear(size: Size, rows: int, folds: int) -> tuple[Setting, ...]:
    """Return linear models in the order of their worth, as many as a third of the budget has time for."""
    most = int(_BUDGET / 3 / (folds * size.linear_seconds(rows)))
    return tuple(Setting(x) for x in _LINEAR[: max(most, 2)])


_LINEAR = (0.1, 1.0, 0.01, 10.0, 0.3, 0.03, 3.0, 0.003, 30.0, 0.001, 0.0001)
