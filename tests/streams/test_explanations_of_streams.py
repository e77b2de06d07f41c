"""What elements contribute over a stream is what they contribute over its rows, to rounding."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

import hassenet as hn
from hassenet.explain import (
    ablation,
    deeplift,
    gradient_times_feature,
    integrated_gradients,
    layerwise_relevance,
    per_example,
    relevance_flow,
    with_covariate_columns,
)
from hassenet.hierarchy import Covariate
from hassenet.network import Ensemble
from hassenet.shaping import covariates

X = np.random.default_rng(0).normal(size=(50, 3))
H = covariates(hn.Hierarchy.complete(2, 3, 1), ["sex"]).hierarchy
NET = hn.Network(H, "tanh", "sigmoid", dtype="float64", seed=0)
BOTH = Ensemble([NET, hn.Network(H, "tanh", "sigmoid", dtype="float64", seed=1)])
METHODS = [deeplift, integrated_gradients, gradient_times_feature, layerwise_relevance, ablation]


def same(one, other):
    assert one.elements == other.elements
    assert one.n_examples == other.n_examples
    for name in ("score", "absolute", "spread", "value", "reference"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("net", [NET, BOTH], ids=["network", "ensemble"])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("given", [np.asarray, csr_array])
def test_scores_over_a_stream_are_those_of_all_its_rows(net, method, given):
    same(method(net, hn.data.open(given(X), block=7)), method(net, X))


def test_rows_of_a_stream_that_are_left_out_do_not_count():
    rows = np.arange(50) % 3 > 0
    same(deeplift(NET, hn.data.open(X, block=7)[rows]), deeplift(NET, X[rows]))


def test_what_is_made_of_scores_takes_a_stream():
    stream, of = hn.data.open(X, block=7), {"sexes": ["sex"]}
    found = with_covariate_columns(deeplift(NET, stream), NET, stream, of)
    same(found, with_covariate_columns(deeplift(NET, X), NET, X, of))
    assert found[Covariate("sexes")].absolute > 0
    np.testing.assert_allclose(per_example(deeplift, NET, stream, 1), per_example(deeplift, NET, X, 1))
    flows = [relevance_flow(NET, given) for given in (stream, X)]
    np.testing.assert_allclose(*[flow.of_links for flow in flows])
