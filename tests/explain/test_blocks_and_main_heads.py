"""What is explained where outputs fall into heads."""

from __future__ import annotations

import numpy as np
import pytest

from hassenet import Hierarchy, Network
from hassenet.errors import DataError, ParameterError
from hassenet.explain import ablation, difference, explained, gradient_times_feature, of_class


def test_of_a_softmax_in_blocks_a_signal_less_the_mean_of_its_block_is_explained():
    net = Network(Hierarchy.complete(3, 6), output="softmax/2", seed=0)
    assert explained(net, 1).weights == pytest.approx((-1 / 3, 2 / 3, -1 / 3, 0, 0, 0))
    assert explained(net, 5).weights == pytest.approx((0, 0, 0, -1 / 3, -1 / 3, 2 / 3))


def test_a_class_is_that_of_the_main_head():
    two = Network(Hierarchy.complete(3, 2), output="sigmoid", seed=0)
    assert of_class(two, ["healthy", "ill"], "healthy").weights == (0.0, -1.0)
    blocks = Network(Hierarchy.complete(3, 6), output="softmax/2", seed=0)
    assert of_class(blocks, ["a", "b", "c"], "a").weights == pytest.approx((0, 0, 0, 2 / 3, -1 / 3, -1 / 3))
    with pytest.raises(
        ParameterError, match="4 classes need as many outputs.*network has 6; pass the Explained"
    ):
        of_class(blocks, ["a", "b", "c", "d"], "a")


def test_the_mean_over_one_example_is_not_a_background():
    net = Network(Hierarchy.complete(3, 1), seed=0)
    with pytest.raises(DataError, match="the mean over one example is that example.*give background="):
        ablation(net, np.ones((1, 3)))


def test_a_group_of_one_example_tells_no_error():
    net = Network(Hierarchy.complete(3, 1), seed=0)
    one, two = gradient_times_feature(net, np.ones((1, 3))), gradient_times_feature(net, np.eye(3)[:2])
    assert np.isnan(difference(one, two)["error"]).all()
    assert np.isfinite(difference(two, two)["error"]).all()
