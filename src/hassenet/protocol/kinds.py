"""The kinds of targets on which models are compared."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

Compared = Literal["classification", "regression", "ordinal", "count", "survival", "quantiles", "several"]
"""What a target is; quantiles are those of a number, several are numbers."""

Asked = Literal["auto", "classification", "regression", "ordinal", "count", "survival"]
"""What may be asked for as the task."""

ASKED: tuple[str, ...] = get_args(Asked)

CLASSES: frozenset[Compared] = frozenset({"classification", "ordinal"})
"""Kinds of which each row has a class."""

MEASURES: Mapping[Compared, tuple[str, str]] = MappingProxyType(
    {
        "classification": ("ROC AUC", "log loss"),
        "regression": ("R²", "r"),
        "ordinal": ("concordance", "log loss"),
        "count": ("D²", "r"),
        "survival": ("Harrell's C", "Uno's C"),
        "quantiles": ("D²", "share off"),
        "several": ("R²", "r"),
    }
)
"""What is measured of each kind: what models are compared by first, greater is better."""

CHANCE: Mapping[Compared, float] = MappingProxyType(
    {
        "classification": 0.5,
        "regression": 0.0,
        "ordinal": 0.5,
        "count": 0.0,
        "survival": 0.5,
        "quantiles": 0.0,
        "several": 0.0,
    }
)
"""What guessing reaches of the first measure."""

ALONE: Mapping[Compared, str] = MappingProxyType(
    {
        "survival": "scikit-learn has neither a forest nor boosting of times until an event: a linear Cox model alone "
        "stands beside",
        "quantiles": "scikit-learn has no forest of quantiles: a linear model and boosting stand beside",
    }
)
"""Of which kinds some of the usual models are missing."""
