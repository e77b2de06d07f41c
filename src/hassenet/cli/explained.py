"""Which method explains which output of a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hassenet.explain import Explained, Relevance
    from hassenet.model import Model
    from hassenet.outcomes import Outcomes

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
    if model.outcomes is not None:
        return _outcome(model.outcomes, label, target, option)
    explained = _target if model.classes is None else _class
    return explained(model, label, target, option)


def all_explained(model: Model, labels: Sequence[str], targets: Sequence[str]) -> list[Explained]:
    """Return what the options --class or --target choose; without them all, of two classes the second.

    Raises
    ------
    ParameterError
        If the model has no such class or target, or one is given twice.
    """
    _check_once("--class", labels)
    _check_once("--target", targets)
    if labels or targets:
        pairs = [(label, None) for label in labels] + [(None, target) for target in targets]
        return [explained_by(model, *pair) for pair in pairs]
    if model.outcomes is not None:
        return [_outcome(model.outcomes, None, name, "--target") for name in model.outcomes.signals]
    if model.classes is None:
        return [explained_by(model, None, target) for target in model.targets]
    names = [str(c) for c in model.classes]
    return [explained_by(model, name, None) for name in (names[1:] if len(names) == 2 else names)]


def _check_once(option: str, names: Sequence[str]) -> None:
    from hassenet.errors import ParameterError, listing

    doubled = [name for name, n in Counter(names).items() if n > 1]
    if doubled:
        raise ParameterError(
            f"{option} names each once; {listing(doubled)} is given several times; leave it out"
        )


def _outcome(outcomes: Outcomes, label: str | None, target: str | None, option: str) -> Explained:
    from hassenet.errors import ParameterError, listing
    from hassenet.explain import Explained

    signals, wished = outcomes.signals, target if label is None else label
    found = [
        name for name in signals if wished in (None, name, name.partition("=")[0], name.rpartition("=")[2])
    ]
    if len(found) != 1:
        raise ParameterError(
            f"what is explained is one of {listing(signals, 10)}; got {'none' if wished is None else repr(wished)}; "
            f"choose one with {option}"
        )
    return Explained(found[0], signals[found[0]])


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
