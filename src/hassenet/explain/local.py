"""The exact contributions of the affine map that a network is near an example."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hassenet.data.features import as_example
from hassenet.errors import ParameterError
from hassenet.explain.gradient import gradient_times_feature
from hassenet.explain.outputs import Output
from hassenet.explain.relevance import Relevance
from hassenet.network import Ensemble, Network


def local_affine(net: Network | Ensemble, x: Any, output: Output = None) -> Relevance:
    """Return the contributions W_p x_p to t(x) = Wx + b, the affine map that t is near x, at every rank.

    They are exact, also for small changes of x; b is the ``remainder``. At rank 0, W and b are those of
    ``net.affine(at=x)`` where the outputs have the identity.

    Parameters
    ----------
    net : Network or Ensemble
        Its hidden activations are piecewise linear: identity, relu, leaky_relu.
    x : (n₀,) array, pandas Series or table of one row
        One example.
    output : Hashable or Explained, optional
        What is explained, see :func:`explained`; it may be left out where there is one output.

    Raises
    ------
    ParameterError
        If a hidden activation is curved, or there is no such output.
    DataError
        If x does not fit.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> theta = [1, -1, 2, 3, -2, -3, 1, 1, 1, 1, -2, 1, 0]
    >>> net = Network(Hierarchy.subsets(3), output="sigmoid", dtype="float64", theta=theta)
    >>> contributions = local_affine(net, [1.0, 1.0, 1.0])
    >>> contributions.table(rank=0)["score"], contributions.remainder[0]
    (array([-3., -1., -6.]), np.float64(-1.0))
    """
    layers = [layer for member in Ensemble.of(net).networks for layer in member.plan.layers[:-1]]
    curved = [layer.G for layer in layers if not layer.G.piecewise_linear]
    if curved:
        raise ParameterError(
            f"a network is affine near x if its hidden activations are identity, relu or leaky_relu; a rank has "
            f"{curved[0]}; take deeplift or integrated_gradients"
        )
    relevance = gradient_times_feature(net, as_example("x", x, net.hierarchy.ranks[0], net.dtype), output)
    return replace(relevance, method="local affine map")
