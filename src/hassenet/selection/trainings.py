"""The trainings of a search: each leaves networks, and their predictions for the rows that they have not seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import DivergedError
from hassenet.network import Network
from hassenet.network.initialisation import initial_theta
from hassenet.optimizers import Adam
from hassenet.penalties import L2
from hassenet.schedules import OneCycle
from hassenet.selection.effort import Effort
from hassenet.selection.linear import Basis, linear_networks
from hassenet.selection.problem import Problem
from hassenet.selection.setting import Setting
from hassenet.training import TrainingOptions, fit_with

Array = NDArray[Any]
Stop = Callable[[], bool]
_PEAK_RATE = 0.01


@final
class Outcome(NamedTuple):
    """A network trained without a fold, and its predictions for that fold, (m_f, k)."""

    setting: Setting
    fold: int
    network: Network
    prediction: Array


@final
@dataclass(frozen=True, eq=False)
class Trainings:
    """All that the trainings of a search have in common: one copy of the data, one network a width to start from."""

    problem: Problem
    fold: Array
    effort: Effort
    seed: int
    basis: Basis
    starts: Mapping[Setting, Network]

    @staticmethod
    def of(problem: Problem, fold: Array, effort: Effort, seed: int) -> Trainings:
        """Make what is needed once."""
        return Trainings(problem, fold, effort, seed, Basis.of(problem.X), problem.networks(effort.settings))

    def linear(self, fold: int, stop: Stop) -> list[Outcome]:
        """Return the linear models of a fold, of all penalties."""
        settings = sorted((s for s in self.effort.settings if s.is_linear), key=lambda s: -s.penalty)
        networks = linear_networks(
            self.problem, self.basis, self._seen(fold), [s.penalty for s in settings], stop
        )
        return list(self._outcomes(zip(settings, networks, strict=True), fold, stop))

    def network(self, setting: Setting, fold: int, repeat: int, stop: Stop) -> list[Outcome]:
        """Return the network of a setting, fold and repeat; nothing where its cost did not stay finite."""
        try:
            trained = self._trained(setting, fold, repeat, stop)
        except DivergedError:
            return []
        return list(self._outcomes([(setting, trained)], fold, stop))

    def _trained(self, setting: Setting, fold: int, repeat: int, stop: Stop) -> Network:
        seed = int(np.random.SeedSequence([self.seed, fold, repeat]).generate_state(1)[0])
        start, problem, rows = self.starts[setting], self.problem, self._seen(fold)
        net = start.with_theta(initial_theta(start.plan, seed, start.dtype))
        options = self._options(setting, len(rows), seed, stop)
        return fit_with(
            options, net, problem.X[rows], problem.Y[rows], sample_weight=problem.weights_of(rows)
        ).network

    def _options(self, setting: Setting, m: int, seed: int, stop: Stop) -> TrainingOptions:
        batch_size = min(self.effort.batch_size, m)
        return TrainingOptions(
            loss=self.problem.loss,
            penalty=L2(setting.penalty),
            optimizer=Adam(OneCycle(_PEAK_RATE)),
            batch_size=batch_size,
            epochs=max(1, round(self.effort.steps * batch_size / m)),
            input_dropout=setting.input_dropout,
            seed=seed,
            callbacks=[lambda *_: stop()],
        )

    def _outcomes(self, trained: Any, fold: int, stop: Stop) -> Iterator[Outcome]:
        held_out = self.problem.X[self.fold == fold]
        for setting, network in trained:
            if stop():  # then this training was cut short
                return
            yield Outcome(setting, fold, network, np.asarray(network(held_out), np.float64))

    def _seen(self, fold: int) -> Array:
        return np.flatnonzero(self.fold != fold)


def of_setting(outcomes: Sequence[Outcome], setting: Setting) -> list[Outcome]:
    """Return the outcomes of one setting."""
    return [o for o in outcomes if o.setting == setting]
