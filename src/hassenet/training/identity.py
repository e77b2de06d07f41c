"""What determines each bit of a training: by which a folder of checkpoints knows whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import numpy as np
import scipy

from hassenet import __version__
from hassenet.checkpoints import Identity, described, digest
from hassenet.data.examples import Examples
from hassenet.data.stream import is_stream
from hassenet.engines import WithFallback
from hassenet.engines.level import level_of
from hassenet.engines.plan import Layer
from hassenet.likelihoods import Loss
from hassenet.network import Network
from hassenet.training import blas
from hassenet.training.fingerprints import of_stream
from hassenet.training.history import TrainingState
from hassenet.training.options import TrainingOptions

_WITHOUT_A_PART = {"loss", "progress", "n_threads", "engine", "callbacks"}
"""Options that change no bit, those that have a part of their own, and callbacks, which only their author knows."""


def of_training(
    options: TrainingOptions,
    net: Network,
    loss: Loss,
    data: Examples,
    held: Examples | None,
    engine: WithFallback,
) -> Identity:
    """Return the identity of a training, whatever it starts from."""
    own = {"network": of_network(net)}
    return Identity({**own, **of_examples(data, held), **of_options(options, loss), **of_machine(engine)})


def of_start(net: Network, before: TrainingState) -> Identity:
    """Return the identity of what a training starts from."""
    return Identity({"parameters to start from": digest(net.theta), "state": of_state(before)})


def of_network(net: Network) -> str:
    """Return a digest of a network without its parameters: its covers, activations and type, but not its names.

    >>> from hassenet import Hierarchy
    >>> H = Hierarchy.complete(2, 3, 1)
    >>> of_network(Network(H, seed=0)) == of_network(Network(H, seed=1)) != of_network(Network(H, "tanh"))
    True
    """
    plan = net.plan
    activations = [layer.G.portable for layer in plan.layers]
    layers = [part for layer in plan.layers for part in _parts(layer)]
    return digest(plan.starts, plan.elements, plan.covariates, *layers, activations, net.dtype.name)


def _parts(layer: Layer) -> tuple[Any, ...]:
    """Return what a layer is made of; of one that is complete no pairs are made."""
    shape = (layer.covers.shape, layer.free, layer.signs)
    return shape if layer.is_complete else (*shape, *layer.pairs)


def of_examples(data: Examples, held: Examples | None) -> dict[str, str]:
    """Return digests of the examples to learn from and of those held out: of all their numbers, of a stream of some.

    A file that a stream reads has one of its own, by its name.
    """
    return _digests("data", data) | ({} if held is None else _digests("validation data", held))


def _digests(name: str, data: Examples) -> dict[str, str]:
    files = data.X.source.contents if is_stream(data.X) else {}
    return {
        name: digest(*_known(data)),
        **{f"{name} in {file}": digest(seen) for file, seen in files.items()},
    }


def _known(data: Examples) -> Iterator[Any]:
    """Yield what is known of examples without its rows: of a stream blocks, their order and some rows."""
    for part in data:
        yield from of_stream(part) if is_stream(part) else (part,)


def of_options(options: TrainingOptions, loss: Loss) -> dict[str, str]:
    """Return how the options are written that change what is learned."""
    own = {
        f.name: described(getattr(options, f.name)) for f in fields(options) if f.name not in _WITHOUT_A_PART
    }
    return {"loss": described(loss), **own}


def of_machine(engine: WithFallback) -> dict[str, str]:
    """Return what else has a part in the bits: versions, the engine, and what the processor is asked for."""
    return {
        "hassenet": __version__,
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "engine": engine.name,
        "instruction level": level_of(engine.name),
        "BLAS kernel": blas.kernel(),
    }


def of_state(state: TrainingState) -> str:
    """Return a digest of the state that a training goes on from."""
    arrays: list[Any] = [state.theta, state.folded, *(state.moments or ())]
    best = state.best and [state.best.value, state.best.epoch, state.best.theta]
    others = (state.epoch, state.part, state.rule, state.monitored, best, state.seen, state.size, state.data)
    return digest(*arrays, others)
