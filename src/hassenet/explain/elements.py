"""The scores of elements of several neurons."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from hassenet.explain.methods import rule_of
from hassenet.explain.outputs import Output, explained
from hassenet.explain.passes import Array, Method, Scored
from hassenet.explain.relevance import Relevance
from hassenet.explain.summary import ElementRows, summed
from hassenet.network import Network
from hassenet.network.elements import real_elements
from hassenet.shaping import Unit


def of_elements(
    method: Callable[..., Relevance], net: Network, X: Any, output: Output = None, **options: Any
) -> Relevance:
    """Score each element of a network that :func:`hassenet.shaping.widen` gave several neurons by the sum over these.

        score_p(x) = Σⱼ score of Unit(p, j) at x

    The sum is taken for each example, before absolute values and means: neurons of one element that work against each
    other count as little as they do together. Which of an element's neurons does what is left to the initial weights;
    what they do together is not, so that these are the scores to compare from training to training. Each rank adds up
    to what it added up to before.

    Parameters
    ----------
    method : gradient_times_feature, integrated_gradients, layerwise_relevance or deeplift
    net : Network
    X : (m, n₀) array, sparse array or table
    output : Hashable or Explained, optional
    **options
        Those of the method.

    Raises
    ------
    ParameterError
        If the method is none of these, or has no such option; ablation sets neurons to their means one at a time, which
        does not add up.
    DataError, UnknownElementError
        As in the method.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> from hassenet.explain import deeplift
    >>> from hassenet.shaping import widen
    >>> H = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "q")]).crown(["ill"], over="maximal")
    >>> net = Network(widen(H, 3).hierarchy, "tanh", seed=0)
    >>> of_elements(deeplift, net, [[1.0, 0.0, -1.0]]).elements
    ('a', 'b', 'c', 'p', 'q')
    """
    target, rule = explained(net, output), rule_of(method)
    rows = ElementRows.of(net, real_elements(net.plan)[:-1])
    merged, together = _merged(rows)
    adding = _adding(rule.bound(net, target, options), together)
    return summed(rule.kind, net, X, target, adding, merged, rule.against(net, options))


def _merged(units: ElementRows) -> tuple[ElementRows, csr_array]:
    """Return the elements in the order of their first units, and the matrix that adds rows up to them."""
    names = list(zip(units.ranks.tolist(), map(_element, units.elements), strict=True))
    number = {name: k for k, name in enumerate(dict.fromkeys(names))}
    ranks, elements = zip(*number, strict=True)
    of_unit = np.array([number[name] for name in names])
    pattern = (of_unit, np.arange(len(names)))
    together = csr_array((np.ones(len(names)), pattern), shape=(len(number), len(names)))
    return ElementRows(elements, np.array(ranks)), together


def _element(unit: Hashable) -> Hashable:
    """Return what a neuron is one of, or what stands there alone."""
    while isinstance(unit, Unit):
        unit = unit.element
    return unit


def _adding(method: Method, together: csr_array) -> Method:
    """Return the method with rows added up."""

    def scores(x: Array) -> Scored:
        found = method(x)
        return found._replace(shares=found.shares._replace(scores=together @ found.shares.scores))

    return scores
