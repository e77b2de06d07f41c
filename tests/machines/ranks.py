"""What the ranks of the tests of MPI do."""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

import numpy as np
from mpi4py import MPI

import hassenet as hn
from hassenet.distributed import fit_on_ranks, rows_of_rank
from hassenet.errors import DataError, DivergedError

COMM = MPI.COMM_WORLD
X = np.random.default_rng(0).normal(size=(61, 3))
Y = (X[:, 0] * X[:, 1] > 0).astype(int)
NET = hn.Network(hn.Hierarchy.subsets(3), hidden="tanh", output="sigmoid", dtype="float64", seed=1)
MINE = rows_of_rank(len(X))


def same(one: hn.Network, other: hn.Network) -> tuple[float, bool]:
    """Return how far the network of one process is, and whether all ranks have the same bits."""
    every = COMM.allgather(other.theta)
    return float(abs(one.theta - other.theta).max()), all((theta == every[0]).all() for theta in every)


def compared(**options: Any) -> tuple[float, bool]:
    """Return how far training on both ranks is from that of one process."""
    own = (
        {**options, "sample_weight": options["sample_weight"][MINE]}
        if "sample_weight" in options
        else options
    )
    return same(hn.fit(NET, X, Y, **options).network, fit_on_ranks(NET, X[MINE], Y[MINE], **own).network)


def agree() -> None:
    weight = np.where(np.arange(len(X)) % 7, 1.5, 0.0)
    masks = {"dropout": 0.2, "batch_size": 16, "validation_fraction": 0.2}
    found: dict[str, Any] = {
        "adam": compared(optimizer=hn.Adam(0.01), epochs=2, sample_weight=weight, **masks),
        "sgd": compared(optimizer=hn.SGD(0.1), epochs=2, batch_size=61, engine="reference"),
        "gone on": same(long(), long(checkpoint=sys.argv[2], every=0, callbacks=[nothing])),
        "lbfgs": compared(optimizer=hn.LBFGS(3), penalty=hn.L1(0.01)),
    }
    messages = COMM.allgather((refused(), diverged()))
    if COMM.rank == 0:
        print(json.dumps({**found, "messages": messages}))


def nothing(_epoch: Any, _network: Any) -> None:
    """Stand for the callback of the training that was killed."""


def refused() -> str:
    """Return the message where a gap is on rank 1."""
    gaps = X[MINE].copy()
    gaps[0, 0] = np.nan if COMM.rank else 0.0
    try:
        fit_on_ranks(NET, gaps, Y[MINE])
    except DataError as error:
        return str(error)
    return ""


def diverged() -> str:
    """Return the message where a cost is not finite."""
    net = hn.Network(hn.Hierarchy.complete(3, 1), output="exp", dtype="float64")
    try:
        fit_on_ranks(net, X[MINE], Y[MINE], optimizer=hn.SGD(1e6), epochs=9, batch_size=20)
    except DivergedError as error:
        return str(error)
    return ""


def long(**options: Any) -> hn.Network:
    """Return the network of a training on both ranks that is killed once."""
    return fit_on_ranks(
        NET, X[MINE], Y[MINE], optimizer=hn.Adam(0.01), epochs=4, batch_size=20, **options
    ).network


def killed() -> None:
    def kill(epoch: Any, _network: Any) -> None:
        if epoch.epoch == 2:
            os.kill(os.getpid(), signal.SIGKILL)

    long(checkpoint=sys.argv[2], every=0, callbacks=[kill])
    print("came back")


def failing() -> None:
    fit_on_ranks(NET, X[MINE], Y[MINE], epochs=1)
    if COMM.rank == 1:
        raise OSError("a disk that is gone")
    fit_on_ranks(NET, X[MINE], Y[MINE], epochs=1)


{"agree": agree, "killed": killed, "failing": failing}[sys.argv[1]]()
