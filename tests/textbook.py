"""The textbook's dense network, written with HIPS autograd and nothing of hassenet: the laws are checked against it.

Examples are rows. A layer is a full matrix; a hierarchy is only a mask of zeros on it.
"""

from __future__ import annotations

import autograd.numpy as np
import numpy
from autograd import grad
from autograd.scipy.special import erf
from autograd.scipy.special import logsumexp as log_sum_exp


def sigmoid(s):
    return (1 + np.tanh(s / 2)) / 2


def softmax(s):
    return np.exp(s - log_sum_exp(s, axis=1, keepdims=True))


ACTIVATIONS = {
    "identity": lambda s: s,
    "relu": lambda s: np.where(s > 0, s, 0.0),
    "leaky_relu": lambda s: np.where(s > 0, s, 0.01 * s),
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "softplus": lambda s: np.logaddexp(0.0, s),
    "elu": lambda s: np.where(s > 0, s, np.exp(np.where(s > 0, 0.0, s)) - 1),
    "gelu": lambda s: s * (1 + erf(s / np.sqrt(2.0))) / 2,
    "silu": lambda s: s * sigmoid(s),
    "exp": np.exp,
    "softmax": softmax,
}
KINKED = {
    "relu",
    "leaky_relu",
}  # elu is once differentiable at 0, which a difference of four points notices too
BENT = KINKED | {"elu"}


def activate(names, s):
    """Apply one activation to all columns, or a list of them, one a column."""
    if isinstance(names, str):
        return ACTIVATIONS[names](s)
    return np.concatenate([ACTIVATIONS[g](s[:, k : k + 1]) for k, g in enumerate(names)], axis=1)


def signals(weights, biases, activations, X):
    found, x = [], X
    for W, b, g in zip(weights, biases, activations, strict=True):
        found.append(np.dot(x, W.T) + b)
        x = activate(g, found[-1])
    return found


def predict(weights, biases, activations, X):
    return activate(activations[-1], signals(weights, biases, activations, X)[-1])


def gaussian(covariance):
    inverse = numpy.linalg.inv(covariance)
    return lambda p, y: np.sum(np.dot(y - p, inverse) * (y - p), axis=1) / 2


def negative_binomial(a):
    return lambda p, y: np.sum((y + 1 / a) * np.log(1 + a * p) - y * np.log(p), axis=1)


def quantile(q):
    return lambda p, y: np.sum(np.where(y > p, q * (y - p), (1 - q) * (p - y)), axis=1)


def student_t(df, scale):
    return lambda p, y: np.sum((df + 1) / 2 * np.log(1 + ((y - p) / scale) ** 2 / df), axis=1)


LOSSES = {
    "squared_error": lambda p, y: np.sum((p - y) ** 2, axis=1),
    "binary_cross_entropy": lambda p, y: np.sum(-y * np.log(p) - (1 - y) * np.log(1 - p), axis=1),
    "cross_entropy": lambda p, y: -np.sum(y * np.log(p), axis=1),
    "poisson": lambda p, y: np.sum(p - y * np.log(p), axis=1),
    "absolute_error": lambda p, y: np.sum(np.abs(p - y), axis=1),
    "negative_binomial": negative_binomial(1.0),
    "quantile": quantile(0.5),
    "student_t": student_t(4.0, 1.0),
}
CANONICAL = {
    "squared_error": "identity",
    "gaussian": "identity",
    "binary_cross_entropy": "sigmoid",
    "cross_entropy": "softmax",
    "poisson": "exp",
    "absolute_error": "identity",
    "negative_binomial": "exp",
    "quantile": "identity",
    "student_t": "identity",
}


def cost(loss, activations, parameters, X, Y, sample_weight=None, l2=0.0, free=None):
    """J: the weighted mean of the losses, and half of l2 times the squares of the free weights."""
    weights, biases = parameters
    w = numpy.ones(len(X)) if sample_weight is None else sample_weight
    mean = np.sum(w * loss(predict(weights, biases, activations, X), Y)) / np.sum(w)
    if not l2:
        return mean
    return mean + l2 / 2 * sum(np.sum((W * m) ** 2) for W, m in zip(weights, free, strict=True))


def cost_gradient(loss, activations, parameters, X, Y, sample_weight=None, l2=0.0, free=None):
    """Return the derivatives with respect to every entry of the full matrices and to the biases."""
    return grad(lambda P: cost(loss, activations, P, X, Y, sample_weight, l2, free))(parameters)


# ------------------------------------------------------------------ hassenet's network as full matrices


def dense(W):
    return W.toarray() if hasattr(W, "toarray") else numpy.asarray(W)


def full(net):
    """Return the network's parameters as ([W⁽⁰⁾, …], [b⁽⁰⁾, …]) with zeros off the covers."""
    return [dense(W).astype(float) for W in net.weights], [numpy.asarray(b, float) for b in net.biases]


def masks(H):
    """Return for each layer where a weight is a parameter: on covers, and not below a relay."""
    return [H.covers(i).toarray().astype(bool) & ~H.relays(i + 1)[:, None] for i in range(H.depth)]


def activation_names(H, hidden, output):
    """Return what each layer applies: ``hidden`` maps an element or is a name; relays are the identity."""

    def of(element, relay):
        return "identity" if relay else hidden if isinstance(hidden, str) else hidden.get(element, "relu")

    inner = [[of(e, r) for e, r in zip(H.ranks[i], H.relays(i), strict=True)] for i in range(1, H.depth)]
    return [*inner, output]
