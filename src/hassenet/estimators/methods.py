"""scikit-learn's decorators of methods, with types."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from sklearn.base import _fit_context
from sklearn.utils.metaestimators import available_if

Method = TypeVar("Method", bound=Callable[..., Any])


def checks_parameters(method: Method) -> Method:
    """Let a method begin by looking at the estimator's parameters."""
    checked: Method = _fit_context(prefer_skip_nested_validation=True)(method)
    return checked


def all_or_nothing(method: Method) -> Method:
    """Let a method that fails leave the estimator as it was."""

    @wraps(method)
    def careful(estimator: Any, *args: Any, **options: Any) -> Any:
        before = dict(estimator.__dict__)
        try:
            return method(estimator, *args, **options)
        except BaseException:
            estimator.__dict__.clear()
            estimator.__dict__.update(before)
            raise

    return careful  # type: ignore[return-value]


def for_solvers_with_steps(method: Method) -> Method:
    """Let a method exist only where the solver goes step by step, as scikit-learn does."""
    conditional: Method = available_if(_has_steps)(method)
    return conditional


def _has_steps(estimator: Any) -> bool:
    if estimator.solver == "lbfgs":
        raise AttributeError(
            "partial_fit is only available for stochastic optimizers. lbfgs is not stochastic."
        )
    return True
