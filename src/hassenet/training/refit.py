"""The best output layer on frozen hidden features."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse.linalg import LinearOperator, minres

from hassenet.data.stream import is_stream
from hassenet.engines import Objective, formulas, get_engine
from hassenet.engines.given import Given
from hassenet.engines.plan import Plan
from hassenet.errors import ParameterError
from hassenet.hierarchy import Covariate, Hierarchy, Relay
from hassenet.likelihoods import Loss
from hassenet.likelihoods.heads import of_a_head
from hassenet.likelihoods.top import is_canonical
from hassenet.network import Network
from hassenet.penalties import Elements, Penalty, check_penalty
from hassenet.training.objective import AnyLoss, chosen_loss, training_examples

Array = NDArray[Any]

_POLISHING_STEPS = 5


def refit_output(
    net: Network,
    X: Any,
    Y: Any = None,
    loss: AnyLoss = None,
    penalty: Penalty | None = None,
    sample_weight: Any = None,
    *,
    offset: Any = None,
) -> Network:
    """Return the network whose last layer minimises J with all others frozen.

    On the hidden features HF⁽ᴰ⁻¹⁾(x) this is a linear regression (identity), a logistic one (sigmoid), a multinomial
    one (softmax) or a Poisson one (exp): convex problems, solved to the precision of float64 by Newton's method with a
    trust region (scipy's "trust-ncg").

    Parameters
    ----------
    net, X, Y, loss, penalty, sample_weight, offset
        As for :func:`hassenet.fit`. Of a stream the features are read a block at a time, once; the hidden features, 8
        bytes each, are in memory.

    Raises
    ------
    ParameterError
        If the output activation is not the loss's canonical one, the loss has no curvature (absolute error), or the
        penalty is not smooth (L1): then there is no such closed problem, and ``fit`` is the way.

    Examples
    --------
    >>> X = np.arange(4.0)[:, None]
    >>> net = refit_output(Network(Hierarchy.complete(1, 1), dtype="float64"), X, 3 * X + 1)
    >>> net.affine()
    AffineMap(W=array([[3.]]), b=array([1.]))
    """
    check_penalty(penalty)
    chosen = chosen_loss(net, loss)
    _check_convex(net, chosen, penalty)
    data = training_examples("a refit", net, X, Y, sample_weight, chosen, offset)
    top, features = _top_layer(net), _hidden_features(net, data.X).astype(float)
    J, theta = Objective.of(top, chosen, penalty, data.offsets), net.theta.copy()
    output = theta[net.plan.layers[-1].weight.start :]
    output[:] = _refitted(top, J, Given(features, *list(data)[1:]), output)
    return net.with_theta(theta)


def _hidden_features(net: Network, X: Any) -> Array:
    """Return HF⁽ᴰ⁻¹⁾ of features that were checked."""
    if is_stream(X):
        return net.hidden_features(X, -2)
    engine = get_engine()
    return engine.forward(net.plan, net.theta, engine.put(X), net.plan.depth - 1)


def _refitted(plan: Plan, J: Objective, data: Given, theta: Array) -> Array:
    """Return the minimum, found where the features' mean is 0, and rounded to the type of θ."""
    mean = np.average(data.X, axis=0, weights=data.weight)
    minimum = _minimum(plan, J, data._replace(X=data.X - mean), _seen_from(plan, theta.astype(float), mean))
    # Weights are rounded first, so that the biases are those that go with them.
    layer = plan.layers[0]
    minimum[layer.weight] = minimum[layer.weight].astype(theta.dtype)
    return np.where(_is_free(plan, J, data, theta), theta, _seen_from(plan, minimum, -mean))


def _is_free(plan: Plan, J: Objective, data: Given, theta: Array) -> Array:
    """Return which parameters J does not look at, as those of a head of weight 0: they stay as they are."""
    slopes = [formulas.gradient(plan, J, place, data)[1] for place in (theta.astype(float), 0.0 * theta)]
    return np.logical_and(*(slope == 0 for slope in slopes))


def _top_layer(net: Network) -> Plan:
    """Return the plan of the last two ranks alone, relays below as plain features."""
    H = net.hierarchy
    names = tuple(_as_feature(i, e) for i, e in enumerate(H.ranks[-2]))
    return Plan.of(Hierarchy((names, H.ranks[-1]), H.layers[-1:]), net.activations[-1:])


def _as_feature(i: int, element: Hashable) -> Hashable:
    """Return a name for an element, or relay, as a feature: that of a covariate is one of a covariate."""
    source = element.source if isinstance(element, Relay) else element
    return Covariate((i, element)) if isinstance(source, Covariate) else (i, element)


def _seen_from(plan: Plan, theta: Array, origin: Array) -> Array:
    """Return θ of the same signals for features less the origin: b + W origin in place of b."""
    layer, moved = plan.layers[0], theta.copy()
    moved[layer.bias] += layer.W(theta) @ origin
    return moved


def _unit(plan: Plan, data: Given) -> Array:
    """Return the unit of each parameter: of a weight one over the size of its feature, so that all count alike."""
    layer, unit = plan.layers[0], np.ones(plan.n_parameters)
    size = np.sqrt(np.average(data.X**2, axis=0, weights=data.weight))
    unit[layer.weight] /= np.where(size > 0, size, 1.0)[layer.pairs[1]]
    return unit


def _minimum(plan: Plan, J: Objective, data: Given, start: Array) -> Array:
    """Return the θ at which J is least; from 0 where that is nearer, as J is flat or infinite far from it."""
    layer, unit = plan.layers[0], _unit(plan, data)
    x, y = data.X.T, data.Y.T
    w = np.ones(data.m) if data.weight is None else data.weight

    def hessian_times(z: Array, v: Array) -> Array:
        theta, v = unit * z, unit * v
        s = layer.W(theta) @ x + layer.b(theta)[:, None]
        ds = layer.W(v, relay=0) @ x + layer.b(v)[:, None]
        product = np.zeros_like(theta)
        formulas.add_gradient(layer, product, J.top.curvature(s, y, ds) * (w / w.sum()), x)
        product += formulas.penalty(plan, J, v)[1]  # R is a quadratic form: its Hessian is its slope
        return unit * product

    def cost_and_gradient(z: Array) -> tuple[float, Array]:
        cost, g = formulas.gradient(plan, J, unit * z, data)
        return cost, unit * g

    options = {"gtol": 1e-8, "maxiter": 1000}
    near = minimize(
        cost_and_gradient,
        _lesser(cost_and_gradient, start / unit),
        jac=True,
        hessp=hessian_times,
        method="trust-ncg",
        options=options,
    ).x
    z = _polished(near, lambda z: cost_and_gradient(z)[1], hessian_times)
    return np.where(z == start / unit, start, unit * z)  # where nothing moved, to the bit


def _lesser(J: Callable[[Array], tuple[float, Array]], start: Array) -> Array:
    """Return the start, or, where J is less there, 0 for all that J looks at, which heads of weight 0 are not."""
    with np.errstate(over="ignore", invalid="ignore"):
        cost, slope = J(start)
        zero = np.where(slope == 0, start, 0.0)
        return start if cost < J(zero)[0] else zero


def _polished(
    theta: Array, slope: Callable[[Array], Array], hessian_times: Callable[[Array, Array], Array]
) -> Array:
    """Return θ after Newton's steps without a look at the cost, whose rounding hides the last half of the digits."""
    g = slope(theta)
    for _ in range(_POLISHING_STEPS):
        H = LinearOperator((len(g), len(g)), matvec=partial(hessian_times, theta), dtype=float)
        new = theta - minres(H, g, rtol=1e-14)[0]
        if not np.linalg.norm(g_new := slope(new)) < np.linalg.norm(g):
            break
        theta, g = new, g_new
    return theta


def _check_convex(net: Network, loss: Loss, penalty: Penalty | None) -> None:
    output = net.activations[-1]
    if not is_canonical(loss, output):
        raise ParameterError(
            f"refit_output needs the canonical output of {loss.name}, {loss.canonical}; the network has {output}; "
            "use fit, or with_activations"
        )
    if not loss.is_curved:
        name = of_a_head(loss).name
        raise ParameterError(f"refit_output needs a loss with curvature; {name} has none; use fit")
    if penalty is not None and isinstance(penalty.of_features, Elements):
        raise ParameterError("refit_output needs a smooth penalty; Elements is not; use fit with SGD or Adam")
    if net.hierarchy.layers[-1].signs is not None:
        raise ParameterError(
            "refit_output knows no bounds; covers of the outputs have signs that weights keep; use fit with LBFGS()"
        )
    if penalty is not None and penalty.shrinkage > 0:
        raise ParameterError("refit_output needs a smooth penalty; an L1 part is not; use fit with LBFGS()")
