"""Dropout: while training, x⁽ⁱ⁾ becomes x⁽ⁱ⁾ ⊙ M / (1 − p), where each entry of M is 0 with probability p, else 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet._checks import SHARE, Domain, require_number
from hassenet.engines.philox import philox
from hassenet.errors import ParameterError

Array = NDArray[Any]
Rows = NDArray[np.int64]
Rate = float | Sequence[float]


@final
@dataclass(frozen=True)
class Dropout:
    """The masks of a training: functions of seed, step, neuron and example, and of nothing else.

    Attributes
    ----------
    rates : tuple of float
        p of ranks 0, …, D − 1.
    key : int
        What the seed became, 64 bits.
    step : int
        The number of a call's first step, counted through all epochs.
    """

    rates: tuple[float, ...]
    key: int
    step: int = 0

    @staticmethod
    def of(hidden: Rate, inputs: float, depth: int, seed: int) -> Dropout | None:
        """Return dropout for a network, or None where every rate is 0.

        Raises
        ------
        ParameterError
            If a rate is not in [0, 1), or there is not one a hidden rank.
        """
        rates = (_rate("input_dropout", inputs), *_hidden_rates(hidden, depth - 1))
        key = int(np.random.SeedSequence([seed, depth]).generate_state(1, np.uint64)[0])
        return Dropout(rates, key) if any(rates) else None

    def at(self, step: int) -> Dropout:
        """Return the same from a later step on."""
        return replace(self, step=step)

    def factor(self, rank: int, neurons: NDArray[np.int64], examples: NDArray[np.int64], k: int) -> Array:
        """Return M/(1 − p), (neurons, examples), in the k-th step of the call.

        Neurons are counted through all ranks, features first, relays left out; examples are rows of the data. Four
        neurons share a counter.
        """
        p, step = self.rates[rank], self.step + k
        groups, places = np.unique(neurons // 4, return_inverse=True)
        words = np.stack(philox((examples, groups[:, None], step & 0xFFFFFFFF, step >> 32), self.key))
        is_dropped = words[neurons % 4, places] < np.uint64(int(p * 2**32))
        return np.where(is_dropped, 0.0, 1 / (1 - p))


@final
class Masks(NamedTuple):
    """The masks of one step.

    Attributes
    ----------
    dropout : Dropout
        At this step.
    examples : (m,) array of int
        The numbers of the examples that the step is taken on, in the data's order.
    """

    dropout: Dropout
    examples: Rows

    def of(self, rows: slice) -> Masks:
        """Return the masks of some of the examples."""
        return self._replace(examples=self.examples[rows])

    def factor(self, rank: int, neurons: NDArray[np.int64]) -> Array:
        """Return M/(1 − p), (neurons, examples)."""
        return self.dropout.factor(rank, neurons, self.examples, 0)


_PROBABILITY = Domain("is a probability in [0, 1)", SHARE.holds)


def check_rates(hidden: Rate, inputs: float) -> None:
    """Raise ParameterError unless all rates are probabilities, however many hidden ranks a network will have."""
    several = isinstance(hidden, Sequence) and not isinstance(hidden, str)
    _hidden_rates(hidden, len(hidden) if several else 1)  # type: ignore[arg-type]
    _rate("input_dropout", inputs)


def _hidden_rates(hidden: Rate, n: int) -> tuple[float, ...]:
    if not isinstance(hidden, Sequence) or isinstance(hidden, str):
        return (_rate("dropout", hidden),) * n
    if len(hidden) != n:
        raise ParameterError(
            f"dropout is one rate, or one a hidden rank: the network has {n} of them; got {len(hidden)} rates"
        )
    return tuple(_rate("dropout", p) for p in hidden)


def _rate(name: str, p: Any) -> float:
    return require_number(name, p, _PROBABILITY, ", 0 for none")
