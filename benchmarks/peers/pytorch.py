"""PyTorch, eager: full matrices, masked ones, gather with index_add, and the layers of SparseProp."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from workloads import RATE, Run, Workload, full

Layers = tuple[list[Callable[[Any], Any]], list[Any]]  # x ↦ s of each layer, and the parameters


def training(work: Workload, layers: Layers, threads: int) -> Run:
    """Return steps of plain SGD on some layers, ReLU between them."""
    import torch

    X, Y = map(torch.from_numpy, work.data())
    signals, parameters = layers
    optimizer = torch.optim.SGD(parameters, lr=RATE)
    functions = torch.nn.functional
    losses = {
        "squared_error": lambda s, y: functions.mse_loss(s, y, reduction="sum") / len(y),
        "cross_entropy": functions.cross_entropy,
        "binary_cross_entropy": functions.binary_cross_entropy_with_logits,
    }

    def run(order: np.ndarray) -> None:
        torch.set_num_threads(threads)
        for batch in torch.from_numpy(order).split(work.batch):
            x = X[batch]
            for i, signal in enumerate(signals):
                x = signal(x) if i == len(signals) - 1 else torch.relu(signal(x))
            optimizer.zero_grad()
            losses[work.loss](x, Y[batch]).backward()
            optimizer.step()

    return run


def matrices(work: Workload, threads: int) -> Run:
    """A sparse layer is a full one whose weight is multiplied by its mask."""
    import torch

    H, net = work.hierarchy, work.network()
    W = [torch.tensor(full(w), requires_grad=True) for w in net.weights]
    b = [torch.tensor(v, requires_grad=True) for v in net.biases]

    def layer(i: int) -> Callable[[Any], Any]:
        if H.is_complete(i):
            return lambda x: torch.nn.functional.linear(x, W[i], b[i])
        mask = torch.tensor(H.covers(i).toarray(), dtype=torch.float32)
        return lambda x: torch.nn.functional.linear(x, W[i] * mask, b[i])

    return training(work, ([layer(i) for i in range(H.depth)], [*W, *b]), threads)


def gather(work: Workload, threads: int) -> Run:
    """A sparse layer gathers the lower ends of its covers and adds their products to the upper ends."""
    import torch

    H, net = work.hierarchy, work.network()
    pairs = [H.covers(i).tocoo() for i in range(H.depth)]
    W = [torch.tensor(full_at(w, p), requires_grad=True) for w, p in zip(net.weights, pairs, strict=True)]
    b = [torch.tensor(v, requires_grad=True) for v in net.biases]

    def layer(i: int) -> Callable[[Any], Any]:
        upper, lower = (torch.from_numpy(a.astype(np.int64)) for a in (pairs[i].row, pairs[i].col))
        return lambda x: b[i] + x.new_zeros(len(x), len(b[i])).index_add(1, upper, x[:, lower] * W[i])

    return training(work, ([layer(i) for i in range(H.depth)], [*W, *b]), threads)


def full_at(W: Any, pairs: Any) -> np.ndarray:
    """Return the entries of W on the covers, in the order of ``pairs``."""
    W = W.tocsr() if hasattr(W, "tocsr") else W
    return np.asarray(W[pairs.row, pairs.col], np.float32).ravel()


def sparseprop(work: Workload, threads: int) -> Run:
    """SparseProp's linear layers; it takes the number of threads when it is imported."""
    import torch
    from sparseprop.modules import SparseLinear

    H, net = work.hierarchy, work.network()
    torch.set_num_threads(threads)
    modules = [
        SparseLinear(torch.tensor(full(w)), torch.nn.Parameter(torch.tensor(c)))
        for w, c in zip(net.weights, net.biases, strict=True)
    ]
    assert len(modules) == H.depth
    return training(work, (modules, [p for module in modules for p in module.parameters()]), threads)
