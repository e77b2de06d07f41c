"""Which outputs are the main ones, what all heads cost, and what is left when the auxiliary ones are left out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet import testing as ht
from hassenet.errors import ParameterError, ShapeError
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import BinaryCrossEntropy, CrossEntropy, Heads, SquaredError
from hassenet.shaping import head_per_element, head_per_rank
from hassenet.task.architecture import Architecture
from hassenet.task.heads import OutputHeads
from hassenet.task.task import Task

H = Hierarchy.random((6, 4, 3), covers=(14, 8), seed=0)
TASKS = [Task(("ill",), BinaryCrossEntropy()), Task(("a", "b", "c"), CrossEntropy(), 0.5)]
WITH_HEADS = pytest.mark.parametrize("per", [head_per_rank, head_per_element])


@WITH_HEADS
@pytest.mark.parametrize("task", TASKS)
def test_the_main_network_predicts_what_the_main_head_of_the_whole_one_does(per, task):
    top, X = per(H, task.outputs).hierarchy, ht.random_array(9, 6, seed=1)
    net = task.network(top, "tanh", seed=3, dtype="float64")
    main = task.main(net)
    assert main.hierarchy.ranks[-1] == task.outputs
    np.testing.assert_allclose(main(X), task.heads(top).main(net(X)), rtol=1e-13)
    np.testing.assert_array_equal(main.activations[-1].uniform, task.loss.canonical)


@WITH_HEADS
@pytest.mark.parametrize("task", TASKS)
def test_the_loss_of_all_heads_is_the_weighted_sum_of_theirs(per, task):
    top, k = per(H, task.outputs).hierarchy, len(task.outputs)
    p = task.network(top, "tanh", seed=3, dtype="float64")(ht.random_array(9, 6, seed=1))
    y = np.eye(k)[np.arange(9) % k] if k > 1 else (np.arange(9) % 2)[:, None].astype(float)
    by_head = [task.loss.cost(p[:, i : i + k], y) for i in range(0, p.shape[1], k)]
    expected = task.auxiliary_weight * np.sum(by_head[:-1], axis=0) + by_head[-1]
    np.testing.assert_allclose(task.loss_on(top).cost(p, y), expected, rtol=1e-12)


@pytest.mark.parametrize("task", TASKS)
def test_without_auxiliary_heads_nothing_is_added(task):
    top = H.crown(task.outputs)
    net = task.network(top, "tanh")
    assert task.loss_on(top) is task.loss
    assert task.main(net) is net


@given(number=st.integers(1, 5), size=st.integers(1, 4))
def test_the_heads_of_outputs_are_found_by_their_size_and_by_their_loss(number, size):
    heads = OutputHeads.of_size(size, number * size)
    assert heads == OutputHeads(number, size)
    loss = Heads(SquaredError(), heads.weights(0.3))
    assert OutputHeads.of_loss(loss, number * size) == heads
    names = tuple(range(number * size))
    assert heads.names(names) == names[-size:]
    one = heads.of_all([1.0] * size)
    assert one == (0.0,) * (number - 1) * size + (1.0,) * size


@pytest.mark.parametrize("size", [0, 2, 4])
def test_outputs_that_make_no_heads_of_a_size_are_refused(size):
    with pytest.raises(ShapeError, match="3 outputs do not make heads of"):
        OutputHeads.of_size(size, 3)


@pytest.mark.parametrize("options", [{"hierarchy": None}, {"heads": "maximal"}])
def test_an_architecture_has_auxiliary_heads_on_a_hierarchy_that_the_main_ones_see_whole(options):
    with pytest.raises(ParameterError, match="auxiliary='rank' puts heads on a hierarchy"):
        Architecture(**{"hierarchy": H, "auxiliary": "rank", **options})


def test_an_architecture_is_the_same_with_the_columns_in_any_order():
    built = Architecture(H, auxiliary="element").built(H.ranks[0], 6, ["ill"])
    turned = Architecture(H, auxiliary="element").built(H.ranks[0][::-1], 6, ["ill"])
    assert turned.reorder(0, H.ranks[0]) == built
