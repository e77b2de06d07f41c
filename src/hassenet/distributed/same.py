"""What ranks are asked for: one network, by the same options, which would be several, or wait for ever, else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hassenet import __version__
from hassenet.checkpoints import Identity, described, digest
from hassenet.engines import get_engine
from hassenet.engines.level import level_of
from hassenet.errors import ParameterError
from hassenet.network import Network
from hassenet.training.identity import of_network


def check_same(comm: Any, net: Network, asked: Mapping[str, Any]) -> None:
    """Refuse on all ranks that one trains another network than rank 0, or otherwise.

    Parameters
    ----------
    comm : mpi4py.MPI.Comm
    net : Network
    asked : mapping
        What each rank is asked for, by names.

    Raises
    ------
    ParameterError
        Naming the rank, and what differs: a step at another rate, or of other examples, would be another network on
        each rank, and another number of steps has the others wait for ever.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> import hassenet as hn
    >>> net = hn.Network(hn.Hierarchy.complete(2, 1), seed=0)
    >>> other = SimpleNamespace(allgather=lambda own: [{**own, "seed": "0"}, own])
    >>> check_same(other, net, {"seed": 1})
    Traceback (most recent call last):
    hassenet.errors.ParameterError: ranks train one network, ... differ: seed: 0 there, 1 here; give both the same
    """
    every = [Identity(parts) for parts in comm.allgather(_parts(net, asked))]
    for rank, own in enumerate(every):
        if different := every[0].differences(own):
            raise ParameterError(
                f"ranks train one network, each by the same options; between rank 0 (there) and rank {rank} (here) "
                f"differ: {'; '.join(different)}; give both the same"
            )


def _parts(net: Network, asked: Mapping[str, Any]) -> dict[str, str]:
    engine = asked.get("engine") or get_engine().name
    return {
        "network": of_network(net),
        "parameters to start from": digest(net.theta),
        **{name: described(value) for name, value in asked.items()},
        "hassenet": __version__,
        "instruction level": level_of(engine),
    }
