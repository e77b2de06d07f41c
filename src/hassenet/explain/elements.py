"""The scores of elements of several neurons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hassenet.explain.methods import rule_of
from hassenet.explain.outputs import Output, explained
from hassenet.explain.relevance import Relevance
from hassenet.explain.summary import real_rows, summed
from hassenet.explain.units import Merged, added
from hassenet.network import Ensemble, Network


def of_elements(
    method: Callable[..., Relevance], net: Network | Ensemble, X: Any, output: Output = None, **options: Any
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
    net : Network or Ensemble
        The scores of an ensemble are those of its elements in any case.
    X : (m, n₀) array, sparse array, table or stream
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
    if isinstance(net, Ensemble):
        rule.check(options)
        return method(net, X, target, **options)
    merged = Merged.of([real_rows(net)])
    adding = added(rule.bound(net, target, options), merged.together[0])
    return summed(rule.kind, net, X, target, adding, merged.rows, rule.against(net, options))
