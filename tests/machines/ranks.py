"""What the ranks of the tests of MPI do."""

from __future__ import annotations

import json
import os
import signal
import sys
import warnings
from typing import Any

import numpy as np
from mpi4py import MPI

import hassenet as hn
from hassenet.distributed import fit_on_ranks, rows_of_rank
from hassenet.engines import get_engine
from hassenet.errors import DataError, DivergedError, HassenetError, ParameterError
from hassenet.likelihoods import BinaryCrossEntropy, Joint

WORLD = MPI.COMM_WORLD
PAIR = WORLD.Split(int(WORLD.rank < 2), WORLD.rank)  # the first two ranks, and the third alone
X = np.random.default_rng(0).normal(size=(61, 3))
Y = (X[:, 0] * X[:, 1] > 0).astype(int)
NET = hn.Network(hn.Hierarchy.subsets(3), hidden="tanh", output="sigmoid", dtype="float64", seed=1)
MINE = rows_of_rank(len(X), PAIR)
LOG = np.random.default_rng(1).normal(size=len(X))
COUNTS = np.random.default_rng(2).poisson(np.exp(LOG)[:, None] * [[1.0, 2.0]]).astype(float)
JOINT = Joint(("squared_error", "poisson"))
COUNTED = hn.Network(hn.Hierarchy.subsets(3), hidden="tanh", output="exp", dtype="float64", seed=1)
BOTH = hn.Network(hn.Hierarchy.complete(3, 4, 2), output=JOINT.canonical, dtype="float64", seed=1)


OTHERS: dict[str, Any] = {
    "net": hn.Network(hn.Hierarchy.subsets(3), hidden="tanh", output="sigmoid", dtype="float64", seed=2),
    "loss": "squared_error",
    "batch_size": 8,
    "epochs": 2,
    "seed": 1,
    "optimizer": hn.Adam(0.01),
    "callbacks": [print],
    "checkpoint": "nowhere",
    "sample_weight": np.ones(len(X))[MINE],
    "Y": np.column_stack([Y, Y])[MINE],
}
ALIKE = {
    "loss": BinaryCrossEntropy(),
    "seed": 0,
    "dropout": 0.0,
    "optimizer": hn.SGD(0.1),
    "engine": get_engine().name,
    "validation_data": None,
}
OUTSIDE: dict[str, Any] = {"callbacks": iter([print]), "epochs": -1, "batch_size": 0}


class Stop(SystemExit):
    """What asks to end, and is made of two things."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(code)
        self.why = why


ENDS = (ZeroDivisionError("by a user"), KeyboardInterrupt(), SystemExit(3), Stop(4, "enough"))


def same(one: hn.Network, other: hn.Network, comm: Any = PAIR) -> tuple[float, bool]:
    """Return how far the network of one process is, and whether all ranks have the same bits."""
    every = comm.allgather(other.theta)
    return float(abs(one.theta - other.theta).max()), all((theta == every[0]).all() for theta in every)


def compared(net: hn.Network = NET, Y: Any = Y, **options: Any) -> tuple[float, bool]:
    """Return how far training on both ranks is from that of one process."""
    of_rows = {name: options[name][MINE] for name in ("sample_weight", "offset") if name in options}
    there = fit_on_ranks(net, X[MINE], Y[MINE], comm=PAIR, **{**options, **of_rows})
    return same(hn.fit(net, X, Y, **options).network, there.network)


def of_two(folder: str) -> dict[str, Any]:
    """Return what two ranks find."""
    weight = np.where(np.arange(len(X)) % 7, 1.5, 0.0)
    masks = {"dropout": 0.2, "batch_size": 16, "validation_fraction": 0.2}
    found: dict[str, Any] = {
        "adam": compared(optimizer=hn.Adam(0.01), epochs=2, sample_weight=weight, **masks),
        "sgd": compared(optimizer=hn.SGD(0.1), epochs=2, batch_size=61, engine="reference"),
        "gone on": same(long(PAIR), long(PAIR, checkpoint=folder, every=0, callbacks=[nothing])),
        "lbfgs": compared(optimizer=hn.LBFGS(3), penalty=hn.L1(0.01)),
    }
    by_output = np.column_stack([np.zeros(len(X)), LOG])
    exposed: dict[str, Any] = {"batch_size": 16, "epochs": 2, "validation_fraction": 0.2}
    found["an offset of counts"] = compared(
        COUNTED, COUNTS[:, 1], offset=LOG, sample_weight=weight, **exposed
    )
    found["offsets of outputs"] = compared(BOTH, COUNTS, loss=JOINT, offset=by_output, **exposed)
    found["in one step"] = compared(COUNTED, COUNTS[:, 1], offset=LOG, optimizer=hn.LBFGS(3))
    found["otherwise"] = {name: PAIR.allgather(otherwise(**{name: other})) for name, other in OTHERS.items()}
    found["alike"] = PAIR.allgather(otherwise(**ALIKE))
    found["outside"] = {name: PAIR.allgather(otherwise(**{name: bad})) for name, bad in OUTSIDE.items()}
    found["callbacks"] = [PAIR.allgather(failing(error)) for error in ENDS]
    return {**found, "messages": PAIR.allgather((refused(), diverged()))}


def of_others(comm: Any, folder: str) -> Any:
    """Return what another number of ranks makes of what two have kept, and what it says."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        found = same(long(comm), long(comm, checkpoint=folder, every=0, callbacks=[nothing]), comm)
    return [*found, comm.allgather([str(one.message) for one in said])]


def nothing(_epoch: Any, _network: Any) -> None:
    """Stand for the callback of the training that was killed."""


def refused() -> str:
    """Return the message where a gap is on rank 1."""
    gaps = X[MINE].copy()
    gaps[0, 0] = np.nan if PAIR.rank else 0.0
    try:
        fit_on_ranks(NET, gaps, Y[MINE], comm=PAIR)
    except DataError as error:
        return str(error)
    return ""


def otherwise(**others: Any) -> str:
    """Return the message where rank 1 is asked for something else than rank 0."""
    asked = {"net": NET, "Y": Y[MINE], "epochs": 1, "comm": PAIR} | (others if PAIR.rank else {})
    try:
        fit_on_ranks(X=X[MINE], **asked)
    except (ParameterError, DataError) as error:
        return str(error)
    return ""


def failing(error: BaseException) -> str:
    """Return what comes of a callback that fails on rank 0, or asks to end."""

    def fail(_epoch: Any, _network: Any) -> None:
        raise error

    try:
        return fit_on_ranks(NET, X[MINE], Y[MINE], epochs=2, callbacks=[fail], comm=PAIR).stopped
    except (ArithmeticError, HassenetError, SystemExit) as raised:
        return f"{type(raised).__name__}: {raised}"


def diverged() -> str:
    """Return the message where a cost is not finite."""
    net = hn.Network(hn.Hierarchy.complete(3, 1), output="exp", dtype="float64")
    try:
        fit_on_ranks(net, X[MINE], Y[MINE], optimizer=hn.SGD(1e6), epochs=9, batch_size=20, comm=PAIR)
    except DivergedError as error:
        return str(error)
    return ""


def long(comm: Any, **options: Any) -> hn.Network:
    """Return the network of a training that is killed once, on some ranks."""
    mine = rows_of_rank(len(X), comm)
    return fit_on_ranks(
        NET, X[mine], Y[mine], optimizer=hn.Adam(0.01), epochs=4, batch_size=20, comm=comm, **options
    ).network


def killed(folder: str) -> None:
    def kill(epoch: Any, _network: Any) -> None:
        if epoch.epoch == 2:
            os.kill(os.getpid(), signal.SIGKILL)

    long(WORLD, checkpoint=folder, every=0, callbacks=[kill])
    print("came back")


def going_on(folder: str) -> None:
    """Compare what two ranks, one and three find; at the end one of three fails."""
    found = of_two(folder) if WORLD.rank < 2 else {}
    alone = of_others(MPI.COMM_SELF, f"{folder}-1") if WORLD.rank == 0 else []
    three = of_others(WORLD, f"{folder}-3")
    if WORLD.rank == 0:
        print(json.dumps({**found, "others": {"1": alone, "3": three}}), flush=True)
    WORLD.Barrier()
    if WORLD.rank == 1:
        raise OSError("a disk that is gone")
    long(WORLD)


{"killed": killed, "going on": going_on}[sys.argv[1]](sys.argv[2])
