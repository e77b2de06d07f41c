"""The methods that score examples one by one: what they are called, and the rule of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from hassenet.errors import ParameterError
from hassenet.explain import gradient, integrated, layerwise, rescale
from hassenet.explain._passes import Method
from hassenet.explain.relevance import Relevance


class Rule(NamedTuple):
    """What a method is called in tables, and (network, Explained, options) ↦ its rule."""

    name: str
    of: Callable[..., Method]


_RULES: dict[Callable[..., Relevance], Rule] = {
    gradient.gradient_times_feature: Rule(gradient.NAME, gradient.rule),
    integrated.integrated_gradients: Rule(integrated.NAME, integrated.rule),
    layerwise.layerwise_relevance: Rule(layerwise.NAME, layerwise.rule),
    rescale.deeplift: Rule(rescale.NAME, rescale.rule),
}


def known(method: Callable[..., Relevance]) -> Rule:
    """Return the rule of a method.

    Raises
    ------
    ParameterError
        If it has none, as ablation, which follows elements one at a time.
    """
    try:
        return _RULES[method]
    except (KeyError, TypeError):
        raise ParameterError(
            f"scores of single examples come from {', '.join(f.__name__ for f in _RULES)}; got {method!r}; give one of "
            "these"
        ) from None
