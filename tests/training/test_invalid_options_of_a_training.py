"""An option of another kind is refused before anything happens, with what it should be."""

from __future__ import annotations

import numpy as np
import pytest

from hassenet import testing as ht
from hassenet.errors import ParameterError, ShapeError
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.optimizers import LBFGS, SGD
from hassenet.training import fit
from hassenet.training.early_stopping import EarlyStopping

NET = Network(Hierarchy.complete(3, 2), dtype="float64", seed=0)
X, Y = ht.random_array(9, 3, seed=0), ht.random_array(9, 2, seed=1)


@pytest.mark.parametrize(
    "options",
    [{"memory": 0}, {"memory": -1}, {"memory": 2.5}, {"max_iter": -3}, {"max_iter": 1.5}, {"max_fun": 0}],
)
def test_lbfgs_refuses_numbers_that_count_nothing(options):
    with pytest.raises(ParameterError, match="is a whole number ≥ .; got"):
        LBFGS(**options)


@pytest.mark.parametrize("optimizer", [SGD(0.1), LBFGS()])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"early_stopping": True}, r"early_stopping is EarlyStopping\(…\) or None; got True"),
        ({"early_stopping": 10}, r"early_stopping is EarlyStopping\(…\) or None; got 10"),
        ({"state": 3}, "state is that of an earlier fit.*got 3"),
        ({"penalty": 0.1}, r"penalty is L2\(…\).*got 0.1"),
        (
            {"validation_data": (X,)},
            r"validation_data is \(X, Y\), \(X, Y, weights\) or \(X, Y, weights, offset\)",
        ),
        (
            {"validation_data": (X, Y, None, None, None)},
            r"validation_data is \(X, Y\), \(X, Y, weights\) or \(X, Y, weights, offset\)",
        ),
        (
            {"validation_data": 5},
            r"validation_data is \(X, Y\), \(X, Y, weights\) or \(X, Y, weights, offset\)",
        ),
        ({"early_stopping": EarlyStopping("score"), "validation_data": (X, Y), "score": 0.5}, "score"),
    ],
)
def test_an_option_of_another_kind_is_refused_before_the_first_epoch(optimizer, options, message):
    seen = []
    with pytest.raises(ParameterError, match=message):
        fit(NET, X, Y, optimizer=optimizer, callbacks=[lambda row, net: seen.append(row)], **options)
    assert seen == []


@pytest.mark.parametrize("callbacks", [print, [print, 3], 3, "print", None])
def test_callbacks_that_are_not_a_list_of_functions_are_refused(callbacks, capsys):
    with pytest.raises(ParameterError, match=r"callbacks is a list of functions of \(epoch, network\); got"):
        fit(NET, X, Y, callbacks=callbacks)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("optimizer", [SGD(0.1), LBFGS()])
def test_no_examples_to_train_on_or_to_validate_with_are_refused(optimizer):
    nothing = np.zeros((0, 3)), np.zeros((0, 2))
    with pytest.raises(ShapeError, match="training needs at least one example"):
        fit(NET, *nothing, optimizer=optimizer)
    with pytest.raises(ShapeError, match="validation needs at least one example"):
        fit(NET, X, Y, optimizer=optimizer, validation_data=nothing)
