"""An engine that is one file: whole matrices with zeros off the covers, in NumPy and float64."""

from __future__ import annotations

import numpy as np
from scipy.sparse import issparse

from hassenet.engines import Engine
from hassenet.engines.formulas import take_step
from hassenet.engines.steps import take


class Matrices(Engine):
    name = "matrices"

    def description(self):
        return "matrices: NumPy, with zeros off the covers"

    def supports(self, request):
        data, J = request.data, request.objective
        is_whole = data is None or not (issparse(data.X) or issparse(data.Y))
        is_plain = request.dropout is request.normalisation is None and (
            J is None or (J.heads == 1 and J.groups is J.apart is None)
        )
        return is_whole and is_plain and request.dtype == float

    def lay_out(self, plan):
        return plan

    def put(self, X, Y=None, weight=None):
        w = np.ones(len(X)) if weight is None else weight
        return np.array(X, float).T, None if Y is None else np.array(Y, float).T, w / (w.sum() or 1)

    def forward(self, layout, theta, data, rank=None):
        return ([data[0]] + [x for _, _, x in sweep(layout.layers[:rank], theta, data[0])])[-1].T

    def cost(self, layout, objective, theta, data):
        return self.gradient(layout, objective, theta, data)[0]

    def gradient(self, layout, objective, theta, data, masks=None):
        (_, y, w), top, R, g = data, objective.top, objective.penalty, np.zeros_like(theta)
        passed = list(sweep(layout.layers, theta, data[0]))
        delta = top.delta(passed[-1][1], y) * w
        for layer, (x, s, above) in reversed(list(zip(layout.layers, passed, strict=True))):
            delta = delta if layer is layout.layers[-1] else layer.G.pullback(s, above, delta)
            g[layer.weight] = (delta @ x.T)[layer.pairs] + R.slope(theta[layer.weight])
            g[layer.bias] = delta[layer.free].sum(axis=1)
            delta = whole(layer.W(theta)).T @ delta
        return float(top.value(passed[-1][1], y) @ w) + sum(R.value(theta[a]) for a in layout.weights), g

    def step(self, layout, objective, theta, state, gradient, optimizer, rate):
        take_step(layout.weights, objective, theta, state, gradient, optimizer, rate)

    def train(self, layout, objective, theta, state, data, steps):
        def gradient(rows, masks):
            batch = self.put(*(part.T[rows] for part in data))
            return self.gradient(layout, objective, theta, batch)

        def step(g, rate):
            self.step(layout, objective, theta, state, g, steps.optimizer, rate)

        return take(steps, gradient, step)


def sweep(layers, theta, x):
    """Yield x below, s and x above of each layer."""
    for layer in layers:
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is found by its cost
            s = whole(layer.W(theta)) @ x + layer.b(theta)[:, None]
            above = layer.G.value(s)
        yield x, s, above
        x = above


def whole(W):
    return W.toarray() if issparse(W) else W
