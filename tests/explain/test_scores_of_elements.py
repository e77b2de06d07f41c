"""An element of several neurons has the sum of their scores, example by example."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet import Hierarchy, Network, explain, shaping, stability
from hassenet import testing as ht
from hassenet.errors import ParameterError
from hassenet.shaping import Unit

METHODS = {
    explain.gradient_times_feature: {},
    explain.integrated_gradients: {"steps": 5},
    explain.layerwise_relevance: {"epsilon": 0.01},
    explain.deeplift: {},
}
methods = pytest.mark.parametrize("method", METHODS)
TREE = Hierarchy.from_covers([(f"x{k}", f"p{k // 3}") for k in range(12)])


def widened(H, k, seed=0):
    return Network(shaping.widen(H, k).hierarchy, "tanh", seed=seed, dtype="float64")


@methods
@given(H=ht.relayed_hierarchies().filter(lambda H: H.depth > 1), k=st.integers(1, 3), seed=ht.seeds())
def test_scores_of_single_examples_add_up_over_the_units(method, H, k, seed):
    net = widened(H, k, seed)
    X, y, options = ht.random_array(4, H.shape[0], seed=seed), H.ranks[-1][0], METHODS[method]
    found = explain.of_elements(method, net, X, y, **options)
    for i in range(H.depth):
        single = explain.per_example(method, net, X, i, y, **options)
        units = method(net, X, y, **options).table(i)["element"]
        elements = [unit.element if isinstance(unit, Unit) else unit for unit in units]
        table = found.table(i)
        assert table["element"] == list(dict.fromkeys(elements))
        for element, score, absolute, spread in zip(
            *(table[name] for name in ("element", "score", "absolute", "spread")), strict=True
        ):
            of_one = single[:, [e == element for e in elements]].sum(axis=1)
            np.testing.assert_allclose(
                [score, absolute, spread], [of_one.mean(), np.abs(of_one).mean(), of_one.std()], atol=1e-9
            )


@methods
@given(net=ht.networks(), seed=ht.seeds())
def test_without_units_scores_of_elements_are_those_of_neurons(method, net, seed):
    net = net.with_activations(output="identity")
    X, y, options = (
        ht.random_array(3, net.plan.n_inputs, seed=seed),
        net.hierarchy.ranks[-1][0],
        METHODS[method],
    )
    try:
        one = method(net, X, y, **options)
    except ParameterError:  # a hidden softmax has no rule
        return
    other = explain.of_elements(method, net, X, y, **options)
    assert (one.elements, one.method, one.output) == (other.elements, other.method, other.output)
    for name in ("ranks", "score", "absolute", "spread", "totals", "remainder"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name))


@methods
def test_ranks_add_up_to_the_same_with_units_as_without(method):
    net, X = widened(TREE.crown(["y"]), 3), ht.random_array(5, 12, seed=0)
    units, elements = (
        method(net, X, **METHODS[method]),
        explain.of_elements(method, net, X, **METHODS[method]),
    )
    np.testing.assert_allclose(elements.totals, units.totals)
    np.testing.assert_allclose(elements.remainder, units.remainder)
    for i in range(2):
        assert elements.table(i)["score"].sum() == pytest.approx(units.table(i)["score"].sum())


def test_units_of_units_are_of_one_element():
    H = shaping.widen(shaping.widen(TREE.crown(["y"]), 2).hierarchy, 2).hierarchy
    found = explain.of_elements(explain.deeplift, Network(H, seed=0), ht.random_array(2, 12, seed=0))
    assert found.elements == (*TREE.ranks[0], *TREE.ranks[1])


def test_what_neurons_do_together_is_stable_where_no_single_one_is():
    H, X = TREE.crown(["y"]), ht.random_array(200, 12, seed=0)
    y = np.tanh(X[:, :3].sum(axis=1)) + 0.5 * np.tanh(X[:, 3:6].sum(axis=1))
    recipe = stability.Recipe("tanh", options={"epochs": 30, "batch_size": 16})

    def train(H, X, Y, seed):
        return recipe(shaping.widen(H, 3).hierarchy, X, Y, seed)

    together = partial(explain.of_elements, explain.deeplift)
    found = stability.stability(train, H, X, y, explain=together, runs=4)
    assert found.elements == (*H.ranks[0], "p0", "p1", "p2", "p3")
    assert found.agreement(1) > stability.stability(train, H, X, y, runs=4).agreement(1)
    assert found.table(top=1)["top"][found.elements.index("p0")] == 1
    drawn = stability.null_scores(train, H, X, y, stability.rewired_covers, explain=together, draws=3)
    assert (drawn.elements, drawn.null.shape) == (found.elements, (3, 16))


@pytest.mark.parametrize("method", [explain.ablation, "deeplift", []])
def test_a_method_that_scores_no_single_examples_is_refused(method):
    with pytest.raises(
        ParameterError, match="single examples come from gradient_times_feature, .*give one of these"
    ):
        explain.of_elements(method, widened(TREE.crown(["y"]), 2), np.ones((2, 12)))
