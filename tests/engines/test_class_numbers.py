"""Class numbers are one-hot rows that nobody makes."""

import numpy as np
import pytest

from hassenet import Hierarchy, Network
from hassenet.data.class_numbers import ClassNumbers
from hassenet.errors import DataError, HassenetWarning, ShapeError
from hassenet.estimators import NetworkClassifier
from hassenet.estimators.calibration import best_temperature
from hassenet.likelihoods import CrossEntropy, Heads
from hassenet.optimizers import LBFGS, Adam
from hassenet.training import EarlyStopping, cost, fit, gradient, refit_output
from memory import holds_less

RNG = np.random.default_rng(0)
M, K = 90, 5
X = RNG.normal(size=(M, 3))
Y = RNG.integers(0, K, M)
ONE_HOT = np.eye(K)[Y]
WEIGHT = RNG.uniform(0, 2, M)
TYPES = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]


def net(dtype="float64", heads=1):
    output = "softmax" if heads == 1 else f"softmax/{heads}"
    return Network(Hierarchy.complete(3, 4, K * heads), hidden="tanh", output=output, dtype=dtype, seed=1)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_class_numbers_of_any_type_have_the_gradient_of_one_hot_rows(dtype, kind, engine):
    numbers = gradient(net(dtype), X, Y.astype(kind), sample_weight=WEIGHT, engine=engine)
    rows = gradient(net(dtype), X, ONE_HOT, sample_weight=WEIGHT, engine=engine)
    assert numbers.cost == rows.cost == pytest.approx(cost(net(dtype), X, Y, sample_weight=WEIGHT))
    np.testing.assert_array_equal(numbers.gradient.vector, rows.gradient.vector)


@pytest.mark.parametrize("options", [
    {"optimizer": Adam(0.01), "batch_size": 7, "dropout": 0.2},
    {"optimizer": LBFGS(5)},
    {"batch_size": 8, "normalise": True},
    {"validation_fraction": 0.3, "early_stopping": EarlyStopping("cost")},
], ids=str)  # fmt: skip
@pytest.mark.parametrize("heads", [1, 3])
def test_training_on_class_numbers_is_training_on_one_hot_rows(options, heads, engine):
    loss = CrossEntropy() if heads == 1 else Heads(CrossEntropy(), (0.3, 0.3, 1.0))
    numbers, rows = (
        fit(net(heads=heads), X, y, loss, epochs=3, engine=engine, sample_weight=WEIGHT, **options)
        for y in (Y, ONE_HOT)
    )
    np.testing.assert_array_equal(numbers.network.theta, rows.network.theta)
    assert numbers.history[-1][:4] == pytest.approx(rows.history[-1][:4], nan_ok=True)


def test_a_score_is_given_the_rows_of_the_classes():
    seen = []
    fit(net(), X, Y, epochs=1, validation_data=(X, Y), score=lambda y, p: seen.append(y) or 0.0)
    np.testing.assert_array_equal(seen[0], ONE_HOT)


def test_whole_class_numbers_are_taken_whatever_their_type_with_gaps_or_without():
    gaps = np.where(np.arange(len(Y)) == 0, np.nan, Y)
    whole, floats = (fit(net(), X, y, epochs=1).network.theta for y in (Y, Y.astype(float)))
    np.testing.assert_array_equal(whole, floats)
    with pytest.warns(HassenetWarning, match="1 of 90"):
        of_rest = fit(net(), X, gaps, epochs=1).network.theta
    np.testing.assert_array_equal(of_rest, fit(net(), X[1:], Y[1:], epochs=1).network.theta)


def test_the_output_is_refitted_on_class_numbers_as_on_rows():
    numbers, rows = (refit_output(net(), X, y).theta for y in (Y, ONE_HOT))
    np.testing.assert_array_equal(numbers, rows)


@pytest.mark.parametrize("bad", [Y + 1, Y - 1, Y + 0.5], ids=["too high", "too low", "no numbers"])
def test_what_numbers_no_class_is_refused_before_training(bad, engine):
    with pytest.raises(DataError, match="class numbers are whole numbers"):
        fit(net(), X, bad, engine=engine)
    with pytest.raises(ShapeError, match="a row for each of the 90 examples"):
        fit(net(), X, Y[:-1], engine=engine)


def test_some_rows_of_class_numbers_are_those_of_the_one_hot_rows():
    numbers = ClassNumbers(Y, K)
    for rows in (slice(3, 9), np.array([5, 0, 5]), Y > 2):
        np.testing.assert_array_equal(np.asarray(numbers[rows]), ONE_HOT[rows])
    np.testing.assert_array_equal(numbers.T, ONE_HOT.T)


MANY, CLASSES = 4_000, 1_000  # one-hot rows of bytes would be 4 MB


@pytest.mark.parametrize("how", ["hn.fit", "estimator", "gradient", "temperature"])
def test_many_classes_need_no_memory_for_rows_of_0_and_1(how, recwarn):
    x, y = RNG.normal(size=(MANY, 2)).astype("f4"), np.arange(MANY) % CLASSES
    start = Network(Hierarchy.complete(2, 1, CLASSES), output="softmax")
    p = np.full((MANY, CLASSES), 1 / CLASSES, "f4")
    calls = {
        "hn.fit": lambda: fit(start, x, y, epochs=1, batch_size=100),
        "gradient": lambda: gradient(start, x, y),
        "estimator": lambda: NetworkClassifier((1,), max_iter=1, batch_size=100, random_state=0).fit(x, y),
        "temperature": lambda: best_temperature(p[:2000], y[:2000]),
    }
    most = {"temperature": 30_000_000}.get(how, MANY * CLASSES)
    assert holds_less(most, calls[how])
