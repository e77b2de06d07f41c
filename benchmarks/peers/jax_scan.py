"""JAX: jit of a scan over the steps, with full matrices, masked ones, or gather with segment sums."""

from __future__ import annotations

import numpy as np
from workloads import RATE, Run, Workload, full

from peers.pytorch import full_at


def jax_scan(work: Workload, layer: str) -> Run:
    """jit of a scan over the steps; sparse layers by a mask, or by gather and segment sum."""
    import jax
    import jax.numpy as jnp

    X, Y = map(jnp.asarray, work.data())
    net, H = work.network(), work.hierarchy
    pairs = [H.covers(i).tocoo() for i in range(H.depth)] if layer == "gather" else []
    upper = [jnp.asarray(p.row) for p in pairs]
    lower = [jnp.asarray(p.col) for p in pairs]
    masks = (
        [jnp.asarray(H.covers(i).toarray(), jnp.float32) for i in range(H.depth)] if layer == "masked" else []
    )
    weights = [
        jnp.asarray(full_at(w, p) if layer == "gather" else full(w))
        for w, p in zip(net.weights, pairs or [None] * H.depth, strict=True)
    ]
    theta = (weights, [jnp.asarray(c) for c in net.biases])
    k = H.shape[-1]

    def signal(i, w, c, x):
        if layer == "gather":
            return jax.ops.segment_sum(w[:, None] * x.T[lower[i]], upper[i], num_segments=len(c)).T + c
        return x @ (w * masks[i] if layer == "masked" else w).T + c

    def cost(theta, x, y):
        for i, (w, c) in enumerate(zip(*theta, strict=True)):
            s = signal(i, w, c, x)
            x = jax.nn.relu(s)
        if work.loss == "cross_entropy":
            return -jnp.mean(jnp.sum(y * jax.nn.log_softmax(s), axis=1))
        if work.loss == "squared_error":
            return jnp.mean(jnp.sum((s - y) ** 2, axis=1))
        return jnp.mean(jnp.sum(jax.nn.softplus(s) - y * s, axis=1)) / k

    @jax.jit
    def epoch(theta, batches):
        def step(theta, batch):
            value, g = jax.value_and_grad(cost)(theta, X[batch], Y[batch])
            return jax.tree.map(lambda t, d: t - RATE * d, theta, g), value

        return jax.lax.scan(step, theta, batches)

    def run(order: np.ndarray) -> None:
        nonlocal theta
        theta, costs = epoch(theta, order[: len(order) // work.batch * work.batch].reshape(-1, work.batch))
        costs.block_until_ready()

    return run
