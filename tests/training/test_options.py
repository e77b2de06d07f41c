"""The options of a training are one object for all that train with them."""

from __future__ import annotations

from dataclasses import fields, replace
from inspect import signature

import numpy as np
import pytest

from hassenet import testing as ht
from hassenet.errors import ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.optimizers import LBFGS, Adam
from hassenet.penalties import L2
from hassenet.stability import Recipe
from hassenet.training import EarlyStopping, TrainingOptions, fit, fit_with

H = Hierarchy.complete(3, 4, 2)
NET = Network(H, hidden="tanh", dtype="float64", seed=0)
X, Y = ht.random_array(30, 3, seed=0), ht.random_array(30, 2, seed=1)
OF_THE_EXAMPLES = {
    "net",
    "X",
    "Y",
    "sample_weight",
    "offset",
    "validation_data",
    "state",
    "checkpoint",
    "every",
}
OPTIONS = [
    {"optimizer": Adam(0.01), "batch_size": 8, "epochs": 3, "penalty": L2(0.1), "dropout": 0.2},
    {"loss": "absolute_error", "shuffle": False, "epochs": 2},
    {"validation_fraction": 0.2, "early_stopping": EarlyStopping(patience=1), "epochs": 9},
    {"optimizer": LBFGS(), "epochs": 5},
]


def test_the_options_are_the_parameters_of_fit_with_the_same_defaults():
    of_fit = {p.name: p.default for p in signature(fit).parameters.values()}
    assert {f.name: f.default for f in fields(TrainingOptions)} == {
        name: default for name, default in of_fit.items() if name not in OF_THE_EXAMPLES
    }


@pytest.mark.parametrize("options", OPTIONS)
def test_a_fit_with_an_options_object_is_the_fit_that_is_given_each_option(options):
    one = fit(NET, X, Y, **options, seed=5)
    other = fit_with(replace(TrainingOptions(**options), seed=5), NET, X, Y)
    np.testing.assert_array_equal(one.network.theta, other.network.theta)
    np.testing.assert_array_equal(one.costs, other.costs)


@pytest.mark.parametrize("options", OPTIONS)
def test_a_recipe_takes_options_by_name_or_as_an_object_and_each_training_its_own_seed(options):
    by_name, as_they_are = Recipe(options=options), Recipe(options=TrainingOptions(**options, seed=1))
    for seed in (0, 7):
        np.testing.assert_array_equal(by_name(H, X, Y, seed).theta, as_they_are(H, X, Y, seed).theta)
    expected = fit(Network(H, hidden="tanh", seed=7), X, Y, seed=7, **options)
    np.testing.assert_array_equal(by_name(H, X, Y, 7).theta, expected.network.theta)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"optimizer": 0.1}, r"optimizer is one of hassenet's, as SGD\(0.1\) or LBFGS\(\); got 0.1"),
        ({"penalty": 0.1}, r"penalty is L2\(…\)"),
        ({"batch_size": 0}, "batch_size is a whole number ≥ 1; got 0"),
        ({"epochs": 2.5}, "epochs is a whole number ≥ 0; got 2.5"),
        ({"seed": -1}, "seed"),
        ({"validation_fraction": 1.0}, r"validation_fraction lies in \[0, 1\)"),
        ({"early_stopping": 3}, r"early_stopping is EarlyStopping\(…\) or None; got 3"),
        ({"score": 0.5}, r"score is a function of \(Y, prediction\), or None; got 0.5"),
        ({"callbacks": print}, "callbacks is a list of functions"),
        ({"loss": "nothing"}, "nothing"),
        ({"engine": "nothing"}, "no engine 'nothing'; choose one of"),
        ({"n_threads": 0}, "the number of threads is a whole number from 1 to 1024; got 0"),
        ({"dropout": 2}, r"dropout is a probability in \[0, 1\), 0 for none; got 2"),
        ({"dropout": (0.5, "a")}, r"dropout is a probability in \[0, 1\), 0 for none; got 'a'"),
        ({"input_dropout": -1}, r"input_dropout is a probability in \[0, 1\), 0 for none; got -1"),
    ],
)
def test_an_option_outside_its_domain_is_refused_when_the_object_is_made(options, message):
    with pytest.raises(ParameterError, match=message):
        TrainingOptions(**options)
    if "seed" not in options:
        with pytest.raises(ParameterError, match=message):
            Recipe(options=options)


def test_l_bfgs_refuses_dropout_and_takes_rates_of_0():
    assert TrainingOptions(optimizer=LBFGS()).masks(3) is None
    with pytest.raises(ParameterError, match="L-BFGS minimises one function, and dropout changes it"):
        TrainingOptions(optimizer=LBFGS(), input_dropout=0.5).masks(3)


def test_a_recipe_refuses_unknown_options_and_a_state():
    with pytest.raises(ParameterError, match=r"options are those of fit\(\); 'epoch' is not one of them"):
        Recipe(options={"epoch": 3})
    state = fit(NET, X, Y, epochs=1).state
    with pytest.raises(ParameterError, match="cannot share 'state'; it is that of one training"):
        Recipe(options={"state": state})
