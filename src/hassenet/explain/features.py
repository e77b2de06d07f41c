"""The features of all ranks from one feed-forward."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.features import as_features
from hassenet.explain.passes import feed
from hassenet.explain.summary import columns
from hassenet.network import Network
from hassenet.network.direct import Direct
from hassenet.network.ensemble import one_network


def features_of_ranks(net: Network, X: Any) -> tuple[NDArray[Any], ...]:
    """Return the features x⁽⁰⁾,…,x⁽ᴰ⁾ of each example, relays left out, from one feed-forward.

    ``hidden_features`` gives one rank, and feeds forward through all below it.

    Parameters
    ----------
    net : Network
    X : (m, n₀) array, sparse array or table

    Returns
    -------
    tuple of D + 1 arrays
        Of shape (m, k), columns the elements of a rank that are not relays, in their order.

    Raises
    ------
    DataError
        If X does not fit.
    ParameterError
        If it is an ensemble: each of its members has hidden features of its own.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> H = Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")]).graded()
    >>> net = Network(H, dtype="float64", theta=[1.0, 0.0, 1.0, 1.0, 0.0])
    >>> [x.tolist() for x in features_of_ranks(net, [[2.0, 3.0]])]
    [[[2.0, 3.0]], [[2.0]], [[5.0]]]
    """
    net = one_network("what a rank holds", net)
    direct, rows = Direct.of(net), as_features(X, net.hierarchy.ranks[0], net.dtype)
    whole = np.empty((direct.n + net.plan.n_outputs, rows.shape[0]), net.dtype)
    done = 0
    with np.errstate(over="ignore", invalid="ignore"):
        for x in columns(rows, net.dtype, len(whole)):
            at, here = feed(direct, x), slice(done, done + x.shape[1])
            whole[: direct.n, here] = at.x
            whole[direct.n :, here] = direct.readers[-1].G.value(at.s[-1])
            done = here.stop
    return tuple(part.T for part in np.split(whole, direct.starts[1:].tolist()))
