"""The methods that score examples one by one: what they are called, and the rule of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any, NamedTuple

from hassenet.errors import ParameterError, listing
from hassenet.explain import gradient, integrated, layerwise, rescale
from hassenet.explain.baseline import baseline_column
from hassenet.explain.kind import Kind
from hassenet.explain.outputs import Explained
from hassenet.explain.passes import Array, Method
from hassenet.explain.relevance import Relevance
from hassenet.network import Network


class Rule(NamedTuple):
    """What a method is called, and (network, Explained, options) ↦ its rule."""

    kind: Kind
    of: Callable[..., Method]

    @property
    def options(self) -> tuple[str, ...]:
        """What may be given beside the network and what is explained."""
        return tuple(signature(self.of).parameters)[2:]

    def bound(self, net: Network, target: Explained, options: Mapping[str, Any]) -> Method:
        """Return the method for a network and what is explained.

        Raises
        ------
        ParameterError
            If there is no such option.
        """
        self.check(options)
        return self.of(net, target, **options)

    def check(self, options: Mapping[str, Any]) -> None:
        """Raise ParameterError if there is no such option."""
        unknown = [name for name in options if name not in self.options]
        if unknown:
            has = f"the options {listing(self.options)}" if self.options else "no option"
            raise ParameterError(f"{self.kind.name} has {has}; got {listing(unknown)}; leave it out")

    def against(self, net: Network, options: Mapping[str, Any]) -> Array | None:
        """Return the baseline, where the method has one."""
        return baseline_column(net, options.get("baseline"))[:, 0] if "baseline" in self.options else None


_RULES: dict[Callable[..., Relevance], Rule] = {
    gradient.gradient_times_feature: Rule(gradient.KIND, gradient.rule),
    integrated.integrated_gradients: Rule(integrated.KIND, integrated.rule),
    layerwise.layerwise_relevance: Rule(layerwise.KIND, layerwise.rule),
    rescale.deeplift: Rule(rescale.KIND, rescale.rule),
}


def rule_of(method: Callable[..., Relevance]) -> Rule:
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
