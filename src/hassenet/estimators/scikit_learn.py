"""What is taken from scikit-learn's private modules, all of it: where a version changes one, only this file does.

Domains of parameters and their check stand behind every ``fit`` of scikit-learn, and have no public name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sklearn.base import _fit_context
from sklearn.utils._param_validation import Interval, Options, StrOptions

__all__ = ["Interval", "Options", "StrOptions", "checks_parameters"]

Method = TypeVar("Method", bound=Callable[..., Any])


def checks_parameters(method: Method) -> Method:
    """Let a method begin by looking at the estimator's parameters."""
    checked: Method = _fit_context(prefer_skip_nested_validation=True)(method)
    return checked
