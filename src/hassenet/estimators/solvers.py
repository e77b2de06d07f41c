"""scikit-learn's names for solvers, rates and penalties, in terms of ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from hassenet._checks import is_whole_number
from hassenet.activations import Activation
from hassenet.errors import ParameterError
from hassenet.optimizers import LBFGS, SGD, Adam, AdamW, Momentum, Nesterov, Optimizer
from hassenet.penalties import L2, ElasticNet, Penalty, Separate
from hassenet.schedules import Adaptive, Cosine, InverseScaling, OneCycle, Schedule

Rate = float | Schedule

# "invscaling" and "adaptive" belong to sgd alone; the other solvers pass them over, as scikit-learn's Adam does.
_RATES: Mapping[str, Callable[[Any], Rate]] = MappingProxyType(
    {
        "constant": lambda e: e.learning_rate_init,
        "invscaling": lambda e: InverseScaling(e.learning_rate_init, power=e.power_t),
        "adaptive": lambda e: Adaptive(e.learning_rate_init, patience=e.n_iter_no_change, tol=e.tol),
        "cosine": lambda e: Cosine(e.learning_rate_init, epochs=e.max_iter),
        "one_cycle": lambda e: OneCycle(e.learning_rate_init, epochs=e.max_iter),
    }
)


def _sgd(e: Any) -> Optimizer:
    rate = _RATES[e.learning_rate](e)
    if e.momentum == 0:
        return SGD(rate)
    return (Nesterov if e.nesterovs_momentum else Momentum)(rate, e.momentum)


def _moments(e: Any) -> dict[str, Any]:
    rate = _RATES["constant" if e.learning_rate in ("invscaling", "adaptive") else e.learning_rate](e)
    return {"rate": rate, "beta1": e.beta_1, "beta2": e.beta_2, "epsilon": e.epsilon}


_SOLVERS: Mapping[str, Callable[[Any], Optimizer | LBFGS]] = MappingProxyType(
    {
        "sgd": _sgd,
        "adam": lambda e: Adam(**_moments(e)),
        "adamw": lambda e: AdamW(**_moments(e), decay=e.weight_decay),
        "lbfgs": lambda e: LBFGS(e.max_iter, tol=e.tol, max_fun=e.max_fun),
    }
)


def optimizer(estimator: Any) -> Optimizer | LBFGS:
    """Return the optimiser that the estimator's parameters name."""
    return _SOLVERS[estimator.solver](estimator)


def is_adaptive(estimator: Any) -> bool:
    """Return whether a plateau lowers the rate instead of ending the training."""
    return bool(estimator.solver == "sgd" and estimator.learning_rate == "adaptive")


def penalty(estimator: Any, examples: float) -> Penalty:
    """Return the penalty with all strengths divided by the number (or the whole weight) of the examples of a batch."""
    l1, l2 = estimator.l1 / examples, estimator.alpha / examples
    rest = ElasticNet(l1, l2) if l1 else L2(l2)
    return Separate(rest, estimator.covariate_alpha / examples) if estimator.covariates is not None else rest


def sizes(hidden_layer_sizes: Any) -> list[int]:
    """Return the hidden sizes as a list.

    >>> sizes(5), sizes((3, 2))
    ([5], [3, 2])
    """
    listed = list(hidden_layer_sizes) if hasattr(hidden_layer_sizes, "__iter__") else [hidden_layer_sizes]
    if not all(is_whole_number(n) for n in listed):
        raise ParameterError(
            f"hidden_layer_sizes are whole numbers, one a hidden rank, as (100, 50); got "
            f"{hidden_layer_sizes!r}; give such"
        )
    if any(n <= 0 for n in listed):
        raise ParameterError(f"hidden_layer_sizes must be > 0, got {listed}.")
    return [int(n) for n in listed]


def hidden_activation(activation: Any) -> Any:
    """Return the activations with our name for scikit-learn's "logistic".

    >>> hidden_activation(["logistic", ["tanh", "relu"]])
    ['sigmoid', ['tanh', 'relu']]
    """
    if isinstance(activation, Activation):
        return activation
    if isinstance(activation, str):
        return "sigmoid" if activation == "logistic" else activation
    if isinstance(activation, Mapping):
        return {element: hidden_activation(name) for element, name in activation.items()}
    return [hidden_activation(name) for name in activation]
