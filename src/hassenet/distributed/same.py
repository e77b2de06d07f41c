"""What ranks are asked for: one network, by the same options, which would be several, or wait for ever, else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from hassenet import __version__
from hassenet.checkpoints import Identity, described, digest
from hassenet.distributed.agreed import by_all
from hassenet.engines import get_engine
from hassenet.engines.level import level_of
from hassenet.errors import ParameterError
from hassenet.network import Network
from hassenet.training.identity import of_network, of_options
from hassenet.training.objective import chosen_loss
from hassenet.training.options import TrainingOptions


def check_same(comm: Any, net: Network, asked: Mapping[str, Any]) -> None:
    """Refuse on all ranks that one trains another network than rank 0, or otherwise.

    Parameters
    ----------
    comm : mpi4py.MPI.Comm
    net : Network
    asked : mapping
        What each rank is asked for, by names: options of :func:`hassenet.fit`, by what they mean, and others.

    Raises
    ------
    ParameterError
        Naming the rank, and what differs: a step at another rate, or of other examples, would be another network on
        each rank, and another number of steps has the others wait for ever. Also if an option is outside its domain.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> import hassenet as hn
    >>> net = hn.Network(hn.Hierarchy.complete(2, 1), seed=0)
    >>> other = SimpleNamespace(allgather=lambda own: [own and {**own, "seed": "0"}, own])
    >>> check_same(other, net, {"seed": 1})
    Traceback (most recent call last):
    hassenet.errors.ParameterError: ranks train one network, ... differ: seed: 0 there, 1 here; give both the same
    """
    own = by_all(comm, lambda: _parts(net, asked), "options", ParameterError)
    every = [Identity(parts) for parts in comm.allgather(own)]
    for rank, here in enumerate(every):
        if different := every[0].differences(here):
            raise ParameterError(
                f"ranks train one network, each by the same options; between rank 0 (there) and rank {rank} (here) "
                f"differ: {'; '.join(different)}; give both the same"
            )


def _parts(net: Network, asked: Mapping[str, Any]) -> dict[str, str]:
    names = {f.name for f in fields(TrainingOptions)}
    options = TrainingOptions(**{name: value for name, value in asked.items() if name in names})
    loss, engine = chosen_loss(net, options.loss), get_engine(options.engine).name
    others = {name: value for name, value in asked.items() if name not in names and value is not None}
    return {
        "network": of_network(net),
        "parameters to start from": digest(net.theta),
        **of_options(options, loss),
        **{name: described(value) for name, value in others.items()},
        "callbacks": str(len(options.callbacks)),
        "engine": engine,
        "hassenet": __version__,
        "instruction level": level_of(engine),
    }
