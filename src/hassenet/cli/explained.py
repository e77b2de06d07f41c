"""Which method explains which output of a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hassenet.explain import Explained, Relevance
    from hassenet.model import Model

METHODS = {
    "deeplift": "deeplift",
    "integrated": "integrated_gradients",
    "gradient": "gradient_times_feature",
    "layerwise": "layerwise_relevance",
    "ablation": "ablation",
}
"""The names on the command line, and those in hassenet.explain."""


def method_of(name: str) -> Callable[..., Relevance]:
    """Return the function of that name on the command line."""
    import hassenet.explain

    found: Callable[..., Relevance] = getattr(hassenet.explain, METHODS[name])
    return found


def explained_by(model: Model, label: str | None, target: str | None, option: str = "--target") -> Explained:
    """Return what the option --class, or the one for the target, chooses.

    Raises
    ------
    ParameterError
        If the model has no such class or target, or has several and none is chosen.
    """
    explained = _target if model.classes is None else _class
    return explained(model, label, target, option)


def _class(model: Model, label: str | None, target: str | None, option: str) -> Explained:
    from hassenet.errors import ParameterError, listing
    from hassenet.explain import of_class

    classes = {str(c): c for c in model.classes or ()}
    if target is not None:
        raise ParameterError(
            f"{option} is for regressions; this model has classes {listing(classes)}; give --class"
        )
    if label is None and len(classes) == 2:
        label = list(classes)[1]
    if label is None:
        raise ParameterError(
            f"one class is explained at a time, of {listing(classes, 10)}; choose one with --class"
        )
    if label not in classes:
        raise ParameterError(f"--class is one of {listing(classes, 10)}; got {label!r}; choose one")
    return of_class(model.network, model.classes or (), classes[label])


def _target(model: Model, label: str | None, target: str | None, option: str) -> Explained:
    from hassenet.errors import ParameterError, listing
    from hassenet.explain import explained

    if label is not None:
        raise ParameterError(f"--class is for classifications; this model predicts {listing(model.targets)}")
    if target is None and len(model.targets) == 1:
        target = model.targets[0]
    if target is None:
        raise ParameterError(
            f"one target is explained at a time, of {listing(model.targets, 10)}; choose one with {option}"
        )
    if target not in model.targets:
        raise ParameterError(f"{option} is one of {listing(model.targets, 10)}; got {target!r}; choose one")
    return explained(model.in_units, model.network.hierarchy.ranks[-1][model.targets.index(target)])
