"""The trainings of a search: each leaves networks, and their predictions for the rows that they have not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import DivergedError
from hassenet.network import Network
from hassenet.network.initialisation import initial_theta
from hassenet.optimizers import Adam
from hassenet.schedules import OneCycle
from hassenet.selection.effort import Effort
from hassenet.selection.linear import Basis, bounded_fits, linear_fits
from hassenet.selection.problem import Problem
from hassenet.selection.setting import Setting
from hassenet.training import TrainingOptions, fit_with
from hassenet.training.history import Fit

Array = NDArray[Any]
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
        basis = Basis.of(problem.X, problem.of_covariates)
        return Trainings(problem, fold, effort, seed, basis, problem.networks(effort.settings))

    def linear(self, fold: int) -> list[Outcome] | None:
        """Return the linear models of a fold, of all penalties; None where Ctrl-C ended that."""
        settings = sorted((s for s in self.effort.settings if s.is_linear), key=lambda s: -s.penalty)
        penalties = [s.penalty for s in settings]
        if self.problem.task.directions:
            fits = bounded_fits(self.problem, self._seen(fold), penalties)
        else:
            fits = linear_fits(self.problem, self.basis, self._seen(fold), penalties)
        found = [self._outcome(s, fold, fit) for s, fit in zip(settings, fits, strict=True)]
        done = [o for o in found if o is not None]
        return done if len(done) == len(settings) else None

    def network(self, setting: Setting, fold: int, repeat: int) -> list[Outcome] | None:
        """Return the network of a setting, fold and repeat; nothing where its cost did not stay finite."""
        try:
            fit = self._trained(setting, fold, repeat)
        except DivergedError:
            return []
        done = self._outcome(setting, fold, fit)
        return None if done is None else [done]

    def _trained(self, setting: Setting, fold: int, repeat: int) -> Fit:
        seed = int(np.random.SeedSequence([self.seed, fold, repeat]).generate_state(1)[0])
        start, problem, rows = self.starts[setting], self.problem, self._seen(fold)
        net = problem.started(start.with_theta(initial_theta(start.plan, seed, start.dtype)))
        options, weight = self._options(setting, len(rows), seed), problem.weights_of(rows)
        offset = problem.offset_of(rows)
        return fit_with(options, net, problem.X[rows], problem.Y[rows], sample_weight=weight, offset=offset)

    def _options(self, setting: Setting, m: int, seed: int) -> TrainingOptions:
        batch_size = min(self.effort.batch_size, m)
        return TrainingOptions(
            loss=self.problem.loss,
            penalty=self.problem.penalty(setting.penalty),
            optimizer=Adam(OneCycle(_PEAK_RATE)),
            batch_size=batch_size,
            epochs=max(1, round(self.effort.steps * batch_size / m)),
            input_dropout=setting.input_dropout,
            seed=seed,
        )

    def _outcome(self, setting: Setting, fold: int, fit: Fit) -> Outcome | None:
        if fit.stopped == "interrupted":
            return None
        rows = np.flatnonzero(self.fold == fold)
        net, offset = self.problem.centred(fit.network, self._seen(fold)), self.problem.offset_of(rows)
        prediction = net(self.problem.X[rows], offset=offset, check_finite=False)  # its loss tells
        return Outcome(setting, fold, net, prediction)

    def _seen(self, fold: int) -> Array:
        return np.flatnonzero(self.fold != fold)


def of_setting(outcomes: Sequence[Outcome], setting: Setting) -> list[Outcome]:
    """Return the outcomes of one setting."""
    return [o for o in outcomes if o.setting == setting]
