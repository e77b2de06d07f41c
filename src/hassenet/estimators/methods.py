"""Decorators of an estimator's methods."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from sklearn.utils.metaestimators import available_if

Method = TypeVar("Method", bound=Callable[..., Any])


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
