"""Training several networks that differ in their random numbers alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any, Literal, final

import numpy as np

from hassenet._checks import require_whole_number
from hassenet.checkpoints import CheckpointFolder, Identity, Interval, Place, together
from hassenet.data.examples import Examples
from hassenet.data.noting import told_once
from hassenet.engines import get_engine
from hassenet.engines.threads import usable
from hassenet.errors import ParameterError, counted, listing
from hassenet.likelihoods import Loss
from hassenet.network import Ensemble, Network
from hassenet.network.initialisation import initial_theta
from hassenet.optimizers import LBFGS
from hassenet.training import identity
from hassenet.training.callback_states import check_without_states
from hassenet.training.checkpoints import folder_at
from hassenet.training.fitting import fit_examples, validation_examples
from hassenet.training.history import Fit, TrainingState
from hassenet.training.memory import require_memory
from hassenet.training.objective import AnyLoss, chosen_loss, training_examples
from hassenet.training.options import TrainingOptions
from hassenet.training.seeds import seeds
from hassenet.training.side_by_side import check_threads_of, in_threads

_OF_ANOTHER_PLACE = {
    "n_threads": "each member is trained with one thread; give n_jobs=…",
    "state": "it is that of one training, and each member begins anew; leave it out",
}


@final
@dataclass(frozen=True, eq=False, repr=False)
class EnsembleFit:
    """The result of training an ensemble.

    Attributes
    ----------
    ensemble : Ensemble
        The trained members, all with the same weight.
    fits : tuple of Fit
        How the training of each of them went.
    stopped : str
        "members" (all are done) or "interrupted" (Ctrl-C: those that were done by then are kept).
    asked : int
        How many members were to be trained.
    """

    ensemble: Ensemble
    fits: tuple[Fit, ...]
    stopped: Literal["members", "interrupted"]
    asked: int

    def __repr__(self) -> str:
        costs = [fit.history[-1].cost for fit in self.fits if fit.history]
        cost = f", mean cost {np.mean(costs):.4g}" if costs else ""
        return (
            f"EnsembleFit({len(self.fits)} of {counted(self.asked, 'member')}{cost}, stopped: {self.stopped})"
        )


@told_once()
def fit_ensemble(
    net: Network,
    X: Any,
    Y: Any = None,
    loss: AnyLoss = None,
    *,
    members: int = 10,
    seed: int = 0,
    n_jobs: int | None = None,
    progress: bool = False,
    sample_weight: Any = None,
    offset: Any = None,
    validation_data: Sequence[Any] | None = None,
    checkpoint: Place | None = None,
    every: float | None = None,
    **options: Any,
) -> EnsembleFit:
    """Train several networks on the same hierarchy and examples, and average what they give.

    Members differ in their initial weights, in the order of the examples and in the neurons that are dropped. They are
    trained side by side in threads, a member a core, on one copy of the data; the bits of each are the same however
    many are trained at a time, and the first of many members are those of an ensemble of few.

    Parameters
    ----------
    net : Network
        What all members are like: hierarchy, activations and dtype. Its parameters have no part in it.
    X, Y, loss, sample_weight, offset, validation_data
        As in :func:`hassenet.fit`.
    members : int
        How many networks.
    seed : int
        From which the seed of each member comes.
    n_jobs : int, optional
        How many members at a time, −1 for one a processor; by default as many as threads may be used (see ``n_threads``
        of :func:`hassenet.fit`).
    progress : bool
        Whether to show a bar of members on standard error.
    checkpoint, every
        As in :func:`hassenet.fit`: members that are done are kept, and those under way as far as they are. How many
        there are to be may change from call to call, and how many at a time.
    **options
        Those of :func:`hassenet.fit`. Callbacks and scores are called from several threads.

    Returns
    -------
    EnsembleFit
        Also after Ctrl-C, with the members that were done by then and ``stopped == "interrupted"``.

    Raises
    ------
    KeyboardInterrupt
        After Ctrl-C before any member was done.
    DivergedError
        If a cost of one member is not finite.
    DataError, ParameterError
        If the data do not fit, an option is outside its domain or none of a fit's, or the members do not fit into
        memory.
    CheckpointError
        As :func:`hassenet.fit`.

    Source: B. Lakshminarayanan, A. Pritzel and C. Blundell, "Simple and scalable predictive uncertainty estimation
    using deep ensembles", NeurIPS 2017, algorithm 1 without its adversarial examples.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> X, y = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1])
    >>> found = fit_ensemble(
    ...     Network(Hierarchy.complete(2, 3, 1), output="sigmoid"), X, y, members=3, epochs=5
    ... )
    >>> found
    EnsembleFit(3 of 3 members, mean cost ..., stopped: members)
    >>> found.ensemble(X).shape
    (3, 1)
    """
    chosen = _checked_options(loss, options)
    check_threads_of(n_jobs)
    _check_memory(net, chosen, require_whole_number("members", members, 1), n_jobs)
    if checkpoint is not None:
        check_without_states("members", chosen.callbacks)
    seeds_of_members = seeds("members", seed, members)
    of_loss = chosen_loss(net, loss)
    data = training_examples("training", net, X, Y, sample_weight, of_loss, offset)
    with (
        folder_at(
            checkpoint, every, lambda: _identity(net, chosen, of_loss, data, validation_data, seed)
        ) as place,
        _members_in(place, every) as folder,
    ):
        train = partial(_member, net, chosen, of_loss, data, validation_data, folder)
        done = in_threads(
            train, list(enumerate(seeds_of_members)), n_jobs, progress=progress, unit=" members"
        )
    return _kept([fit for fit in done if fit is not None and fit.stopped != "interrupted"], members)


def _member(
    net: Network,
    options: TrainingOptions,
    loss: Loss,
    data: Examples,
    validation_data: Sequence[Any] | None,
    folder: CheckpointFolder | None,
    number: int,
    seed: int,
) -> Fit:
    """Train one network from its own seed."""
    start = net.with_theta(initial_theta(net.plan, seed, net.dtype))
    options = replace(options, seed=seed)
    place = _place_of_member(folder, number)
    return fit_examples(options, start, loss, data, validation_data, TrainingState(), place)


def _place_of_member(folder: CheckpointFolder | None, number: int) -> CheckpointFolder | None:
    """Return where a member is kept; nowhere in a process that does not see the folder, as on another machine."""
    if folder is None or (folder.waiting is None and not folder.is_there):
        return None
    return folder.of_job(f"member {number}")


@contextmanager
def _members_in(folder: CheckpointFolder | None, every: float | None) -> Iterator[CheckpointFolder | None]:
    """Let members that are done wait to be written together, in the end and where they are ended at the latest."""
    if folder is None:
        yield None
        return
    interval = folder.interval if every is None else Interval.of(every)
    with together(replace(folder, interval=interval)) as begun:
        yield begun


def _identity(
    net: Network,
    options: TrainingOptions,
    loss: Loss,
    data: Examples,
    validation_data: Sequence[Any] | None,
    seed: int,
) -> Identity:
    """Return the identity of all members: what is held out of the examples follows from them and the options."""
    held = None if validation_data is None else validation_examples(net, validation_data, loss)
    return identity.of_training(
        replace(options, seed=seed), net, loss, data, held, get_engine(options.engine)
    )


def _kept(fits: Sequence[Fit], asked: int) -> EnsembleFit:
    if not fits:
        raise KeyboardInterrupt(f"0 of {counted(asked, 'member')} are done")
    stopped: Literal["members", "interrupted"] = "members" if len(fits) == asked else "interrupted"
    return EnsembleFit(Ensemble([fit.network for fit in fits]), tuple(fits), stopped, asked)


def _checked_options(loss: AnyLoss, given: Mapping[str, Any]) -> TrainingOptions:
    for name, remedy in _OF_ANOTHER_PLACE.items():
        if name in given:
            raise ParameterError(f"members of an ensemble cannot share {name!r}; {remedy}")
    known = {field.name for field in fields(TrainingOptions)}
    unknown = [name for name in given if name not in known]
    if unknown:
        raise ParameterError(
            f"options are those of fit(); {listing(unknown)} is not one of them; choose among "
            f"{listing(sorted(known - _OF_ANOTHER_PLACE.keys()), len(known))}"
        )
    return TrainingOptions(loss=loss, **given)


def _check_memory(net: Network, options: TrainingOptions, members: int, n_jobs: int | None) -> None:
    """Refuse members that cannot be held, each with its parameters and the state of its optimiser."""
    at_once = min(members, n_jobs if n_jobs is not None and n_jobs > 0 else usable())
    kept, working = _vectors(options)
    needed = net.n_parameters * net.dtype.itemsize * (members * kept + at_once * working)
    what = f"{counted(members, 'member')} of {counted(net.n_parameters, 'parameter')} each"
    require_memory(what, needed, "take fewer members, or a smaller network")


def _vectors(options: TrainingOptions) -> tuple[int, int]:
    """Return how many vectors as long as θ a member keeps, and how many more it has while it is trained."""
    best = 1 if options.early_stopping is not None and options.early_stopping.restores else 0
    if isinstance(options.optimizer, LBFGS):
        return 2 + best, 4 * options.optimizer.memory  # pairs of vectors in double precision
    moments = len(options.optimizer.init(np.zeros(1)))
    return 2 + moments + best, 2 * (1 + moments) + 1  # the beginnings of two epochs, and a gradient
