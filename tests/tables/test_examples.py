"""Examples are taken row by row, weights along with them."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from hassenet import objective
from hassenet.data.examples import Examples, require_examples
from hassenet.errors import DataError, ShapeError
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network

X, Y = np.arange(8.0).reshape(4, 2), np.arange(4.0)[:, None]
W, OF_CLASS = np.array([1.0, 0.0, 2.0, 3.0]), np.array([2.0, 2.0, 0.5, 1.0])


@pytest.mark.parametrize("form", [np.asarray, sp.csr_array])
@pytest.mark.parametrize("rows", [[2, 0, 2], [True, False, True, True], []])
def test_the_weights_of_rows_are_taken_along(form, rows):
    rows = np.array(rows, None if rows else int)
    part = Examples(form(X), Y, W, OF_CLASS).take(rows)
    found = part.X.toarray() if sp.issparse(part.X) else part.X
    for taken, whole in ((found, X), (part.Y, Y), (part.weight, W), (part.class_weight, OF_CLASS)):
        np.testing.assert_array_equal(taken, whole[rows])


@pytest.mark.parametrize(
    ("weight", "class_weight", "expected"),
    [(None, None, None), (W, None, W), (None, OF_CLASS, OF_CLASS), (W, OF_CLASS, W * OF_CLASS)],
)
def test_the_weight_in_training_is_the_product_of_those_there_are(weight, class_weight, expected):
    data = Examples(X, Y, weight, class_weight)
    features, targets, found = data
    assert features is X
    assert targets is Y
    np.testing.assert_array_equal(found, expected)
    assert data.mean_weight == (1.0 if expected is None else expected.mean())


def test_examples_of_weight_0_are_left_out_and_some_are_left():
    assert len(Examples(X, Y, W, OF_CLASS).with_weight()) == 3
    assert len(Examples(X, Y).with_weight()) == 4
    with pytest.raises(DataError, match="no example that counts"):
        Examples(X, Y, np.zeros(4)).with_weight()


def test_there_is_one_class_of_examples_and_it_leaves_out_those_of_weight_0():
    assert objective.Examples is Examples
    net = Network(Hierarchy.complete(2, 1))
    data = objective.examples(net, X, Y[:, 0], [1, 0, 2, 3], objective.chosen_loss(net, None))
    assert isinstance(data, Examples)
    for found, expected in zip(data, (X[W > 0], Y[W > 0], W[W > 0]), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_learning_from_no_examples_is_refused():
    some = Examples(X, Y)
    assert require_examples("training", some) is some
    with pytest.raises(ShapeError, match="training needs at least one example; X has no rows; give some"):
        require_examples("training", some.take(np.arange(0)))
