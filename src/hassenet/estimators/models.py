"""What a fitted estimator is as a model: its main outputs, the names of its features, the scaling before it."""

from __future__ import annotations

from typing import Any

import numpy as np

from hassenet.errors import ParameterError
from hassenet.likelihoods import Loss, QuantileLoss
from hassenet.model import Label, Model
from hassenet.model.scalers import scaling_of
from hassenet.network import Network
from hassenet.outcomes import Count, Outcomes, Quantiles
from hassenet.outcomes.count import LOSSES as OF_COUNTS
from hassenet.training.history import Epoch


def model_of_classes(
    net: Network,
    features: tuple[str, ...],
    classes: Any,
    scaler: Any,
    target: str,
    history: tuple[Epoch, ...],
) -> Model:
    """Return the model of a classifier.

    Raises
    ------
    ParameterError
        If a row has several labels, each with two classes.
    """
    labels, scaling = _labels(classes, net), scaling_of(scaler, len(features))
    return Model(net, features, "classification", (target,), labels, scaling, history=history)


def model_of_numbers(
    net: Network, features: tuple[str, ...], scaler: Any, target: str, history: tuple[Epoch, ...]
) -> Model:
    """Return the model of a regressor, several targets being called target0, target1, …."""
    k, scaling = net.plan.n_outputs, scaling_of(scaler, len(features))
    targets = (target,) if k == 1 else tuple(f"{target}{i}" for i in range(k))
    return Model(net, features, "regression", targets, scaling=scaling, history=history)


def model_of_outcomes(
    net: Network, features: tuple[str, ...], outcomes: Outcomes, scaler: Any, history: tuple[Epoch, ...]
) -> Model:
    """Return the model of an estimator whose outputs are more than classes or plain numbers."""
    scaling = scaling_of(scaler, len(features))
    return Model(
        net, features, "outcomes", outcomes.names, scaling=scaling, history=history, outcomes=outcomes
    )


def outcomes_of(loss: Loss, target: str, outputs: int) -> Outcomes:
    """Return the outcomes of a loss of one target with several parameters.

    Raises
    ------
    ParameterError
        If there are several targets, or the loss has no outcome.
    """
    if outputs == loss.heads:
        if isinstance(loss, QuantileLoss):
            return Outcomes((Quantiles(target, loss.quantiles),))  # type: ignore[arg-type]  # several
        for name, one in OF_COUNTS.items():
            if one == loss:
                return Outcomes((Count(target, name),))
    raise ParameterError(
        f"a model has one target of quantiles, or of counts with a dispersion that is learned; got {loss!r} of "
        f"{outputs} outputs; save the estimator's network_ instead"
    )


def _labels(classes: Any, net: Network) -> tuple[Label, ...]:
    if net.plan.n_outputs > 1 and net.activations[-1].uniform == "sigmoid":
        raise ParameterError(
            "a model has one label a row; this estimator gives several; save its network_ instead"
        )
    return tuple(np.asarray(classes).tolist())
