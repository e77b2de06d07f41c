"""L-BFGS on the whole of J, by scipy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds as ScipyBounds
from scipy.optimize import OptimizeResult, minimize

from hassenet.data.examples import Examples
from hassenet.errors import CheckpointError, DataError, DivergedError
from hassenet.optimizers import LBFGS
from hassenet.training.checkpoints import Checkpoints
from hassenet.training.descent import progress_bar
from hassenet.training.evaluations import Evaluations
from hassenet.training.history import Fit, Stopped, TrainingState
from hassenet.training.interrupt import Interrupt
from hassenet.training.journal import Journal
from hassenet.training.kept import Kept
from hassenet.training.parts import Parts
from hassenet.training.unreadable import unreadable

Array = NDArray[Any]
Bounds = tuple[Array, Array] | None
"""The least and the largest z, component by component."""


@final
class _Smooth:
    """J as a smooth function of z ∈ ℝᵖ (and bounds).

    Without an L1 penalty z = θ. With one, z = (θ with u in place of w, v): w = u − v, u, v ≥ 0, λ‖w‖₁ = λΣ(u + v).
    A weight that keeps its sign has a bound at 0, or u = 0 or v = 0.
    """

    def __init__(self, journal: Journal, data: Examples, evaluations: Evaluations) -> None:
        self.journal, self.plan, self.evaluations = journal, journal.net.plan, evaluations
        self.data = Parts(journal.engine, data)
        self.data.check(journal.objective)
        self.l1 = journal.objective.penalty.shrinkage
        n = self.plan.n_parameters
        self.n = n
        shrunk = [w for w, R in journal.objective.parts(self.plan.weights) if R.shrinkage]
        self.w = np.concatenate([np.arange(n)[w] for w in shrunk]) if shrunk else np.zeros(0, int)

    def start(self, theta: Array) -> Array:
        z = np.concatenate([theta, np.maximum(-theta[self.w], 0)]).astype(float)
        z[self.w] = np.maximum(z[self.w], 0)
        return z if (bounds := self.bounds()) is None else np.clip(z, *bounds)

    def bounds(self) -> Bounds:
        signs = self.journal.objective.signs
        if not self.l1 and signs is None:
            return None
        of = np.zeros(self.n, np.int8) if signs is None else signs
        low, high = np.where(of > 0, 0.0, -np.inf), np.where(of < 0, 0.0, np.inf)
        low[self.w] = 0.0
        return np.append(low, np.zeros(len(self.w))), np.append(high, np.where(of[self.w] > 0, 0.0, np.inf))

    def theta(self, z: Array) -> Array:
        theta = z[: self.n].copy()
        theta[self.w] -= z[self.n :]
        return theta.astype(self.journal.net.dtype)

    def __call__(self, z: Array) -> tuple[float, Array]:
        theta = self.theta(z)
        cost, g = self.evaluations(theta, self._evaluated)
        g = np.concatenate([g.astype(float), -g[self.w].astype(float)])
        g[self.w] += self.l1
        g[self.n :] += self.l1
        both = z[self.w] + z[self.n :]
        return cost + self.l1 * float(np.sum(both - abs(theta[self.w]))), g

    def _evaluated(self, theta: Array) -> tuple[float, Array]:
        return self.data.gradient(self.plan, self.journal.objective, theta)


def minimise(
    journal: Journal,
    data: Examples,
    before: TrainingState,
    optimizer: LBFGS,
    epochs: int,
    checkpoints: Checkpoints,
    *,
    progress: bool,
) -> Fit:
    """Run L-BFGS from the journal's network; an iteration is an epoch."""
    before.check_rule(LBFGS.__name__)
    kept = checkpoints.found()
    if kept is not None:
        journal.go_on(kept.books)
    if kept is not None and kept.stopped is not None:
        return journal.finish(_state(journal, kept.theta), kept.costs.tolist(), kept.stopped)
    J = _Smooth(journal, data, Evaluations(checkpoints.folder))
    z = J.start(before.start(journal.net.theta))
    _check_start(journal, J(z)[0])
    most = epochs if optimizer.max_iter is None else optimizer.max_iter
    run = _Run(journal, J, z, checkpoints, kept)
    with Interrupt() as run.interrupt, progress_bar(most, "iteration", shown=progress) as run.bar:
        try:
            reason = _descend(J, z, optimizer, most, run.after_iteration)
        except KeyboardInterrupt:  # from a handler that is not ours, or pressed twice
            run.stopped = reason = "interrupted"
            run.is_whole = False
        except DataError as error:
            if not J.data.reads:
                raise
            run.keep_the_end("interrupted")
            raise unreadable(error, lambda: run.finished("interrupted")) from error
    run.keep_the_end(run.stopped or reason)
    return run.finished(run.stopped or reason)


def _descend(
    J: _Smooth, z: Array, optimizer: LBFGS, most: int, after_iteration: Callable[..., None]
) -> Stopped:
    """Run SciPy's L-BFGS-B from z, and return why it ended."""
    options = {
        "maxiter": most,
        "maxfun": optimizer.max_fun,
        "gtol": optimizer.tol,
        "ftol": optimizer.cost_tol,
        "maxcor": optimizer.memory,
    }
    bounds = _of_scipy(J.bounds())
    ended = minimize(
        J, z, jac=True, method="L-BFGS-B", bounds=bounds, callback=after_iteration, options=options
    )
    return _reason(ended, J.bounds(), optimizer.tol)


def _state(journal: Journal, theta: Array) -> TrainingState:
    return TrainingState(journal.epoch, theta=theta, moments=(), rule=LBFGS.__name__)


@final
class _Run:
    """What is known after each iteration."""

    def __init__(
        self, journal: Journal, J: _Smooth, z: Array, checkpoints: Checkpoints, kept: Kept | None
    ) -> None:
        self.journal, self.J, self.z, self.checkpoints = journal, J, z, checkpoints
        self.known = [] if kept is None else kept.costs.tolist()
        self.costs: list[float] = []
        self.is_whole = True
        self.stopped: Stopped | None = None
        self.ended: Stopped | None = None  # the same without Ctrl-C
        self.interrupt = Interrupt()
        self.bar: Any = None

    def after_iteration(self, intermediate_result: OptimizeResult) -> None:
        """Write the iteration down; end the minimisation where something asks for it."""
        self.z = intermediate_result.x.copy()
        self.costs.append(float(intermediate_result.fun))
        self.bar.update()
        if len(self.costs) <= len(self.known):
            self._check_known()
        else:
            self.stopped = self.ended = self.journal.record(self.J.theta(self.z), self.costs[-1], np.nan)
        if self.interrupt.requested:
            self.stopped = "interrupted"
        if self.stopped:
            raise StopIteration
        if self.checkpoints.are_due and len(self.costs) >= len(self.known):
            self._keep()

    def _check_known(self) -> None:
        """Refuse to go another way than the run that was killed."""
        k = len(self.costs) - 1
        if self.costs[k] != self.known[k]:
            raise CheckpointError(
                f"L-BFGS goes the same way again; J of iteration {k} was {self.known[k]!r} and is {self.costs[k]!r}; "
                "go on with the machine and the versions of before, or begin anew in another folder"
            )

    def keep_the_end(self, reason: Stopped) -> None:
        """Keep how the run ended; what it was gone through for is not needed once it is over."""
        if not (self.is_whole and self.checkpoints.are_kept):
            return
        ended = self.ended if reason == "interrupted" else reason
        if len(self.costs) < len(self.known) or not self.checkpoints.end_is_kept:
            return
        if ended is None:
            self._keep_evaluations()
        is_kept = self.checkpoints.keep_the_end(self._kept(ended))
        if is_kept and ended is not None and not self.checkpoints.end_with_a_job:
            self.J.evaluations.remove()

    def _keep(self) -> None:
        self._keep_evaluations()
        self.checkpoints.keep(self.checkpoints.record(self._kept(None)))

    def _keep_evaluations(self) -> None:
        with self.checkpoints.pace.counted():
            self.J.evaluations.keep()

    def _kept(self, reason: Stopped | None) -> Kept:
        costs, books = np.array(self.costs, np.float64), self.journal.books()
        return Kept(self.J.theta(self.z), (), (), costs, books, reason)

    def finished(self, reason: Stopped) -> Fit:
        """Return what was learned."""
        return self.journal.finish(_state(self.journal, self.J.theta(self.z)), self.costs, reason)


def _reason(ended: OptimizeResult, bounds: Bounds, tol: float) -> Stopped:
    """Return "converged" where the tolerance is met, whatever ended the run: to scipy a flat cost is enough."""
    if _largest_slope(ended.x, ended.jac, bounds) <= tol:
        return "converged"
    return "epochs" if ended.status == 1 else "stalled"


def _largest_slope(z: Array, g: Array, bounds: Bounds) -> float:
    """Return max |z − P(z − g)|, P the projection into the bounds; without them, max |g|."""
    if bounds is not None:
        low, high = bounds
        g = np.clip(g, z - high, z - low)
    return float(np.abs(g).max(initial=0))


def _of_scipy(bounds: Bounds) -> ScipyBounds | None:
    return None if bounds is None else ScipyBounds(*bounds)


def _check_start(journal: Journal, cost: float) -> None:
    if not np.isfinite(cost):
        raise DivergedError(
            f"a cost must be finite: at the start of L-BFGS it is {cost}; scale the data or start from smaller weights",
            epoch=journal.epoch,
            step=0,
            layer=journal.net.plan.depth - 1,
            network=journal.net,
        )
