"""A flow of relevance without some of its ranks: what they hand on goes from their sources to their readers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from hassenet.explain.flow import Flow
from hassenet.network.elements import Elements, Links

Indices = NDArray[np.int64]
Floats = NDArray[np.float64]

_HANDS_ON = 0.05  # what the elements of a rank have of the whole, where all else passes them


def ranks_that_hand_on(flow: Flow) -> tuple[int, ...]:
    """Return the hidden ranks that nearly everything passes, so that their own elements have next to no share."""
    own = np.add.reduceat(np.append(flow.of_elements, 0.0), flow.elements.starts[:-1])
    own[np.diff(flow.elements.starts) == 0] = 0
    return tuple(i for i in range(1, len(own) - 1) if own[i] < _HANDS_ON)


def contracted(flow: Flow, ranks: Iterable[int]) -> tuple[Flow, Indices]:
    """Return the flow without the elements of some hidden ranks, and the numbers that those left had before.

    What j hands to an element q that is left out goes to the readers of q in proportion to what q hands to each,
    f_kj ← f_kj + f_kq f_qj / Σ_l f_lq. A link has the sign that all it stands for have, else none.

    Examples
    --------
    >>> from hassenet import Hierarchy, Network
    >>> from hassenet.explain import relevance_flow
    >>> H = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("p", "y")])
    >>> net = Network(H, dtype="float64", theta=[3.0, -1.0, 0.0, -2.0, 0.0])
    >>> short, kept = contracted(relevance_flow(net, [[1.0, 1.0]]), [1])
    >>> short.elements.names, short.of_links.tolist(), short.elements.links.weight.tolist()
    (('a', 'b', 'y'), [0.75, 0.25], [-1.0, 1.0])
    """
    ranks, of_rank = sorted(ranks), flow.elements.ranks
    share, signed = _matrices(flow)
    for i in ranks:
        here = np.flatnonzero(of_rank == i)
        handed = np.asarray(share[:, here].sum(axis=0)).ravel()
        part = diags_array(np.divide(1.0, handed, out=np.zeros(len(here)), where=handed > 0))
        share, signed = (csr_array(F + F[:, here] @ part @ F[here]) for F in (share, signed))
    kept = np.flatnonzero(~np.isin(of_rank, ranks))
    return _among(flow, share[kept][:, kept].tocoo(), signed[kept][:, kept], kept), kept


def _matrices(flow: Flow) -> tuple[csr_array, csr_array]:
    """Return the share of each link, and that with the sign of its weight, (readers, sources)."""
    upper, lower, weight = flow.elements.links
    shape = (len(flow.elements), len(flow.elements))
    share = csr_array((flow.of_links, (upper, lower)), shape=shape)
    return share, csr_array((flow.of_links * np.sign(weight), (upper, lower)), shape=shape)


def _among(flow: Flow, share: csr_array, signed: csr_array, kept: Indices) -> Flow:
    upper, lower = (np.asarray(k, np.int64) for k in share.coords)
    with_sign = np.asarray(signed[upper, lower]).ravel() if len(upper) else np.zeros(0)
    agreed = np.abs(with_sign) >= share.data * (1 - 1e-9)
    names = tuple(flow.elements.names[k] for k in kept)
    sizes = np.bincount(flow.elements.ranks[kept], minlength=len(flow.elements.starts) - 1)
    starts = np.concatenate([[0], np.cumsum(sizes[sizes > 0])])
    elements = Elements(names, starts, (), Links(upper, lower, np.where(agreed, np.sign(with_sign), 0.0)))
    return replace(flow, elements=elements, of_elements=flow.of_elements[kept], of_links=share.data)
