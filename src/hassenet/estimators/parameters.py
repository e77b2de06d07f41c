"""The parameters that both estimators have: their domains, and how a constructor keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from numbers import Integral, Real
from os import PathLike
from types import MappingProxyType
from typing import Any, final

import numpy as np

from hassenet.activations import ACTIVATIONS, Activation
from hassenet.activations.rank import RankActivation
from hassenet.activations.table import known_own
from hassenet.estimators.scikit_learn import Interval, Options, StrOptions
from hassenet.hierarchy import Hierarchy

_AT_LEAST_ONE = Interval(Integral, 1, None, closed="left")
_NOT_NEGATIVE = Interval(Real, 0, None, closed="left")
_POSITIVE = Interval(Real, 0, None, closed="neither")
_BELOW_ONE = Interval(Real, 0, 1, closed="left")


@final
class Known(Set[str]):
    """The names of hidden activations: scikit-learn's, the library's, and those that were made known until now."""

    def __contains__(self, name: object) -> bool:
        return name in self._names()

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._names()))

    def __len__(self) -> int:
        return len(self._names())

    @classmethod
    def _from_iterable(cls, names: Iterable[Any]) -> Set[Any]:
        return frozenset(names)

    @staticmethod
    def _names() -> set[str]:
        return {"logistic", *ACTIVATIONS, *known_own()} - {"softmax", "exp"}


DOMAINS: Mapping[str, Any] = MappingProxyType(
    {
        # scikit-learn's, some of them with more to choose from
        "hidden_layer_sizes": ["array-like", _AT_LEAST_ONE],
        "activation": [StrOptions(Known()), Activation, RankActivation, dict, "array-like", callable],
        "solver": [StrOptions({"lbfgs", "sgd", "adam", "adamw"})],
        "alpha": [_NOT_NEGATIVE],
        "batch_size": [StrOptions({"auto"}), _AT_LEAST_ONE],
        "learning_rate": [StrOptions({"constant", "invscaling", "adaptive", "cosine", "one_cycle"})],
        "learning_rate_init": [_POSITIVE],
        "power_t": [_NOT_NEGATIVE],
        "max_iter": [_AT_LEAST_ONE],
        "shuffle": ["boolean"],
        "random_state": ["random_state"],
        "tol": [_NOT_NEGATIVE],
        "verbose": ["verbose"],
        "warm_start": ["boolean"],
        "momentum": [Interval(Real, 0, 1, closed="both")],
        "nesterovs_momentum": ["boolean"],
        "early_stopping": ["boolean"],
        "validation_fraction": [_BELOW_ONE],
        "beta_1": [_BELOW_ONE],
        "beta_2": [_BELOW_ONE],
        "epsilon": [_POSITIVE],
        "n_iter_no_change": [_AT_LEAST_ONE, Options(Real, {np.inf})],
        "max_fun": [_AT_LEAST_ONE],
        # hassenet's
        "hierarchy": [Hierarchy, callable, None],
        "heads": [StrOptions({"all", "features", "maximal"})],
        "auxiliary": [StrOptions({"rank", "element"}), None],
        "auxiliary_weight": [_NOT_NEGATIVE],
        "monotonic_cst": [dict, "array-like", None],
        "covariates": ["array-like", None],
        "column_kinds": [dict, None],
        "covariate_alpha": [_NOT_NEGATIVE],
        "l1": [_NOT_NEGATIVE],
        "weight_decay": [_NOT_NEGATIVE],
        "validation_data": [tuple, list, None],
        "transform_rank": [Integral],
        "dropout": [_BELOW_ONE, tuple, list],
        "input_dropout": [_BELOW_ONE],
        "engine": [str, None],
        "n_threads": [_AT_LEAST_ONE, None],
        "dtype": "no_validation",
        "callbacks": [tuple, list],
        "progress": ["boolean"],
        "checkpoint": [str, PathLike, None],
        "every": [Interval(Real, 0, None, closed="left"), None],
    }
)
"""What each parameter may be, in the words of scikit-learn's own checks."""


def keep(estimator: object, arguments: Mapping[str, Any]) -> None:
    """Store a constructor's arguments under their own names, untouched: scikit-learn's rule for constructors."""
    for name, value in arguments.items():
        if name != "self":
            setattr(estimator, name, value)
