"""The network that is trained on all people, and the course of its training on one fold."""

from __future__ import annotations

from typing import Any

from sklearn.base import clone
from sklearn.pipeline import Pipeline

from hassenet.data.scaling import Scaling
from hassenet.demo.contenders import NETWORK, contenders
from hassenet.demo.data import OFFSET, Microbes
from hassenet.demo.settings import Settings
from hassenet.demo.validation import splits, trained
from hassenet.model import Model
from hassenet.network import Network, oriented

OUTPUT = "cirrhosis"


def final_pipeline(data: Microbes, settings: Settings) -> Pipeline:
    """Return the network's pipeline, trained on all people."""
    return trained(contenders(data.hierarchy, settings, settings.seed)[NETWORK], data.X, data.ill)


def as_model(fitted: Pipeline, data: Microbes) -> Model:
    """Return the model that predicts from raw abundances in per cent; its output bears the name of the disease."""
    scaler, net = fitted[0], fitted[-1].network_
    return Model(
        _with_output(oriented(net), OUTPUT),
        features=data.lineages,
        task="classification",
        targets=("disease",),
        classes=("healthy", OUTPUT),
        scaling=Scaling(scaler.mean_, scaler.scale_),
        log10=OFFSET,
        history=fitted[-1].history_,
    )


def _with_output(net: Network, name: str) -> Network:
    H = net.hierarchy.rename({net.hierarchy.ranks[-1][0]: name})
    names = [G.names for G in net.activations]
    return Network(H, names[:-1], names[-1], dtype=net.dtype, theta=net.theta)


def course(data: Microbes, settings: Settings) -> tuple[Any, ...]:
    """Return the history of training on the first fold, with the cost on the people held out in each epoch.

    They are looked at for the picture alone: no epoch is chosen by them.
    """
    train, test = next(splits(data, settings))
    scaler, classifier = contenders(data.hierarchy, settings, settings.seed)[NETWORK]
    scaler = clone(scaler).fit(data.X[train])
    held_out = (scaler.transform(data.X[test]), data.ill[test])
    watched = clone(classifier).set_params(validation_data=held_out)
    return tuple(trained(watched, scaler.transform(data.X[train]), data.ill[train]).history_)
