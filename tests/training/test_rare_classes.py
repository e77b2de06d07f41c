"""A part held out of a training has its share of every class, rare ones too."""

from __future__ import annotations

import numpy as np
import pytest

import hassenet as hn
from hassenet.data.examples import Examples
from hassenet.likelihoods import Heads, as_loss
from hassenet.training.splitting import split

CODES = np.repeat([0, 1, 2, 3], [20, 10, 3, 2])
ONE_HOT = np.eye(4)[CODES]
X = np.arange(35.0)[:, None]


def held(Y, loss, outputs, seed=0, fraction=0.1):
    """Return the numbers of the rows held out."""
    train, validation = split(Examples(X, Y), fraction, seed, loss, outputs)
    assert len(train) + len(validation) == 35
    return validation.X.ravel().astype(int)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("loss", "repeats"), [(as_loss("cross_entropy"), 1), (Heads(as_loss("cross_entropy"), (0.3, 1.0)), 2)]
)
def test_every_class_of_a_softmax_is_on_both_sides(loss, repeats, seed):
    for Y in (ONE_HOT, np.tile(ONE_HOT, repeats)):
        rows = held(Y, loss, 4 * repeats, seed)
        assert np.bincount(CODES[rows], minlength=4).tolist() == [2, 1, 1, 1]


@pytest.mark.parametrize("seed", range(4))
def test_both_values_of_every_sigmoid_are_on_both_sides(seed):
    Y = np.c_[CODES == 3, CODES < 3, CODES == 2].astype(float)
    for columns in (slice(0, 1), slice(0, 3)):
        rows = held(Y[:, columns], as_loss("binary_cross_entropy"), Y[:, columns].shape[1], seed)
        rest = np.setdiff1d(np.arange(35), rows)
        for part in (rows, rest):
            assert all(set(Y[part, k]) == {0, 1} for k in range(Y[:, columns].shape[1]))


@pytest.mark.parametrize(
    ("name", "Y"),
    [
        ("cross_entropy", np.full((35, 4), 0.25)),
        ("binary_cross_entropy", np.full((35, 1), 0.5)),
        ("squared_error", ONE_HOT),
    ],
)
def test_shares_and_amounts_are_not_split_as_classes(name, Y):
    one, other = (held(Y, as_loss(name), Y.shape[1], seed, fraction=0.2) for seed in (0, 1))
    assert len(one) == len(other) == 7
    assert set(one) != set(other)


def test_a_class_of_one_example_is_learned_from():
    y = np.repeat([0, 1, 2], [20, 14, 1])
    rows = held(np.eye(3)[y], as_loss("cross_entropy"), 3, fraction=0.5)
    assert 34 not in rows


def test_class_numbers_and_one_hot_rows_are_split_alike(engine):
    net = hn.Network(hn.Hierarchy.complete(1, 4), output="softmax", seed=0)
    options = {"validation_fraction": 0.2, "epochs": 2, "engine": engine}
    one, other = (hn.fit(net, X / 35, Y, **options) for Y in (CODES, ONE_HOT))
    np.testing.assert_allclose(one.column("validation_cost"), other.column("validation_cost"), rtol=1e-6)
