"""A model of a bare network: what it predicts is known by its outputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hassenet.data.scaling import Scaling
from hassenet.errors import ParameterError, listing
from hassenet.hierarchy import Constant
from hassenet.hierarchy.random import default_names
from hassenet.network import Network


def features_of(net: Network, columns: Sequence[str] | None) -> tuple[str, ...]:
    """Return the names of the features: those of rank 0, or where it was given none those of the columns."""
    rank = net.hierarchy.ranks[0]
    is_named = rank != default_names(net.hierarchy.shape)[0]
    return tuple(map(str, rank)) if is_named or columns is None else tuple(columns)


def parts_of(
    net: Network, scaling: Scaling | None, columns: Sequence[str] | None, target: str | None, classes: Any
) -> dict[str, Any]:
    """Return what a model of a network is made of.

    Raises
    ------
    ParameterError
        If the output is a probability, and the classes are not given; if outputs are numbers of a model.
    """
    constants = [str(e) for e in net.hierarchy.ranks[-1] if isinstance(e, Constant)]
    if constants:
        raise ParameterError(
            f"a model of a network predicts targets; {listing(constants)} is a number of its loss; keep the network, "
            "whose outputs the likelihood of the loss turns into means or probabilities"
        )
    outputs = tuple(map(str, net.hierarchy.ranks[-1]))
    common = {"network": net, "features": features_of(net, columns), "scaling": scaling}
    joint = not net.activations[-1].pointwise
    if net.activations[-1].uniform == "sigmoid" or joint:
        labels = outputs if classes is None and joint else classes
        if labels is None:
            raise ParameterError(
                "a model of one output with a sigmoid has two classes, the second the one whose probability it is; "
                "give them, as classes=('healthy', 'ill')"
            )
        return {**common, "task": "classification", "targets": (target or "y",), "classes": tuple(labels)}
    numbered = tuple(f"{target}{i}" for i in range(len(outputs)))
    named = outputs if target is None else (target,) if len(outputs) == 1 else numbered
    return {**common, "task": "regression", "targets": named}
