"""A network is judged by its last head: by the share of right classes, or else by R²."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, r2_score

from hassenet import explain, shaping, stability
from hassenet import testing as ht
from hassenet.errors import ShapeError
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import BinaryCrossEntropy, CrossEntropy, Heads, SquaredError
from hassenet.network import Network
from hassenet.stability.jobs import seeds

HEADS = st.integers(1, 3)
X = ht.random_array(30, 4, seed=0)


def network(outputs: int, output: str) -> Network:
    return Network(Hierarchy.complete(4, 3, outputs), "tanh", output, seed=1, dtype="float64")


@given(heads=HEADS, k=st.integers(2, 4), seed=ht.seeds())
def test_of_softmax_heads_the_last_is_judged_however_the_classes_are_written(heads, k, seed):
    net = network(heads * k, f"softmax/{heads}")
    assert stability.scores.judge_of(net) is stability.accuracy
    classes = np.random.default_rng(seed).integers(k, size=30)
    expected = accuracy_score(classes, net(X)[:, -k:].argmax(axis=1))
    others = np.eye(k)[(classes + 1) % k]
    written = (
        classes,
        classes[:, None],
        np.eye(k)[classes],
        np.hstack([others] * (heads - 1) + [np.eye(k)[classes]]),
    )
    for y in written:
        assert stability.accuracy(net, X, y) == pytest.approx(expected)


@given(heads=HEADS, k=st.integers(1, 3), seed=ht.seeds())
def test_of_other_heads_the_last_is_judged_against_columns_of_one(heads, k, seed):
    Y = np.random.default_rng(seed).integers(2, size=(30, k))
    yes_or_no, numbers = network(heads * k, "sigmoid"), network(heads * k, "identity")
    assert stability.scores.judge_of(yes_or_no) is stability.accuracy
    assert stability.scores.judge_of(numbers) is stability.r_squared
    right = (yes_or_no(X)[:, -k:] >= 0.5) == Y
    assert stability.accuracy(yes_or_no, X, Y) == pytest.approx(right.mean())
    y = Y + ht.random_array(30, k, seed=seed)
    expected = r2_score(y, numbers(X)[:, -k:], multioutput="variance_weighted")
    assert stability.r_squared(numbers, X, y) == pytest.approx(expected)
    assert stability.r_squared(numbers, X, y[:, -1]) == pytest.approx(r2_score(y[:, -1], numbers(X)[:, -1]))


@pytest.mark.parametrize("of_heads", [shaping.head_per_rank, shaping.head_per_element])
@pytest.mark.parametrize(
    ("loss", "outputs", "output"),
    [
        (CrossEntropy(), ["no", "perhaps", "yes"], "softmax/{}"),
        (BinaryCrossEntropy(), ["yes"], "sigmoid"),
        (SquaredError(), ["amount"], "identity"),
    ],
)
def test_networks_with_auxiliary_heads_are_studied(of_heads, loss, outputs, output):
    H, _ = of_heads(Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "q"), ("d", "q")]), outputs)
    heads = H.shape[-1] // len(outputs)
    options = {"loss": Heads(loss, (0.3,) * (heads - 1) + (1.0,)), "epochs": 2}
    recipe = stability.Recipe("tanh", output.format(heads), options=options)
    y = np.arange(30) % max(2, len(outputs))
    of_main = partial(explain.deeplift, output=outputs[-1])
    found = stability.stability(recipe, H, X, y, explain=of_main, runs=2)
    beside = stability.twins(recipe, H, X, y, runs=2)
    for value in (found.held_out, beside.hierarchy, beside.rewired, beside.complete):
        assert np.isfinite(value).all()
    learned, rest = stability.Bootstrap().rows(30, 0, 0)
    (seed, _) = seeds("stability", 0, 2)
    net = recipe(H, X[learned], y[learned], seed)
    main = net(X[rest])[:, -len(outputs) :]
    expected = {
        "softmax/{}": lambda: accuracy_score(y[rest], main.argmax(axis=1)),
        "sigmoid": lambda: accuracy_score(y[rest], main >= 0.5),
        "identity": lambda: r2_score(y[rest], main),
    }
    assert found.held_out[0] == pytest.approx(expected[output](), rel=1e-6)


@pytest.mark.parametrize(
    ("output", "Y"),
    [
        ("softmax", np.zeros((30, 2))),
        ("softmax/2", np.zeros((30, 3))),
        ("sigmoid", np.zeros((30, 3))),
        ("identity", np.zeros((30, 8))),
        ("identity", np.zeros((29, 4))),
        ("identity", np.zeros((30, 0))),
        ("identity", np.zeros(())),
        ("identity", np.array(["a"] * 30)),
    ],
)
def test_targets_that_do_not_fit_the_last_head_are_refused_with_a_remedy(output, Y):
    net = network(4, output)
    for judge in (stability.accuracy, stability.r_squared):
        with pytest.raises(
            ShapeError, match=r"of the 30 examples.*it has 4 outputs, and Y the shape .* judge=…"
        ):
            judge(net, X, Y)


def test_of_targets_that_do_not_vary_there_is_no_r_squared():
    net = network(2, "identity")
    assert np.isnan(stability.r_squared(net, X, np.full((30, 2), 0.1)))
    assert np.isnan(stability.r_squared(net, X[:1], np.ones((1, 2))))
    assert np.isfinite(stability.r_squared(net, X, np.stack([np.ones(30), np.arange(30)], axis=1)))


def test_what_is_missing_of_a_target_is_not_judged():
    net = Network(Hierarchy.complete(2, 2), dtype="float64", theta=[1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
    X, Y = (
        np.array([[1.0, 2.0], [2.0, 3.0], [3.0, 5.0]]),
        np.array([[1.0, 2.0], [np.nan, 4.0], [3.5, np.nan]]),
    )
    squares = 0.0 + 0.5**2 + 1.0 + 0.0
    assert stability.r_squared(net, X, Y) == pytest.approx(1 - squares / (2 * 1.25**2 + 2 * 1.0))
    labels = net.with_activations(output="sigmoid")
    assert stability.accuracy(labels, X, [[1, 0], [np.nan, 1], [1, np.nan]]) == 0.75
    classes = net.with_activations(output="softmax")
    assert stability.accuracy(classes, X, [1.0, np.nan, 0.0]) == 0.5
