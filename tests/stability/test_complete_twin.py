"""A complete twin has the parameters of a hierarchy, its proportions, and no bottleneck of single neurons."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet import stability
from hassenet import testing as ht
from hassenet.datasets import load_reactome
from hassenet.errors import HierarchyError, NotGradedError
from hassenet.hierarchy import Constant, Hierarchy, Relay
from hassenet.hierarchy.constants import with_constants, with_constants_among
from hassenet.likelihoods import LearnedDispersionLoss, OrdinalLoss
from hassenet.network import Network
from hassenet.shaping import covariates

HIERARCHIES = st.one_of(ht.hierarchies(), ht.relayed_hierarchies()).filter(lambda H: H.depth > 1)


def cost_of_a_neuron(shape):
    """Return how many parameters a neuron of each hidden rank has: what it covers, what covers it, and its bias."""
    return [below + 1 + above for below, above in zip(shape, shape[2:], strict=False)]


def sparse(*shape):
    return Hierarchy.random(shape, covers=[min(2 * max(a, b), a * b) for a, b in pairwise(shape)], seed=0)


def has_hidden_elements(H):
    return any(not isinstance(e, Relay) for rank in H.ranks[1:-1] for e in rank)


@given(H=HIERARCHIES.filter(has_hidden_elements))
def test_the_number_of_parameters_of_a_twin_is_that_of_the_hierarchy_but_for_one_neuron(H):
    T = stability.complete_twin(H)
    assert (T.ranks[0], T.ranks[-1]) == (H.ranks[0], H.ranks[-1])
    assert all(T.is_complete(i) for i in range(T.depth))
    assert 2 <= T.depth <= H.depth
    away = Network(T).n_parameters - Network(H).n_parameters
    assert abs(away) <= max(cost_of_a_neuron(T.shape))
    assert T.depth == 2 or min(T.shape[1:-1]) >= 2


@given(
    n=st.integers(20, 400), widths=st.lists(st.integers(2, 60), min_size=1, max_size=5), k=st.integers(1, 3)
)
def test_half_a_neuron_is_all_that_is_left_over_where_the_budget_is_more_than_the_least(n, widths, k):
    H = sparse(n, *widths, k)
    T = stability.complete_twin(H)
    away = abs(Network(T).n_parameters - Network(H).n_parameters)
    assert away <= max(cost_of_a_neuron(T.shape)) / 2 or T.shape[1:-1] == (1,)


@given(shape=ht.shapes().filter(lambda shape: min(shape[1:-1], default=2) >= 2))
def test_a_complete_hierarchy_without_bottlenecks_is_its_own_twin_but_for_names(shape):
    assert stability.complete_twin(Hierarchy.complete(*shape)).shape == shape


@given(factor=st.integers(5, 20))
def test_the_ranks_of_a_twin_keep_the_proportions_of_the_hierarchy(factor):
    H = sparse(300, 12 * factor, 6 * factor, 3 * factor, 1)
    _, *hidden, _ = stability.complete_twin(H).shape
    widest = hidden[0]
    np.testing.assert_array_less(np.abs(np.array(hidden) - widest / np.array([1, 2, 4])[: len(hidden)]), 2)


def test_a_rank_that_would_have_one_neuron_is_left_out_and_the_others_have_its_parameters():
    H = sparse(200, 40, 4, 1)
    assert stability.complete_twin(H).shape == (200, 3, 1)
    assert stability.complete_twin(Hierarchy.complete(5, 1, 4, 1)).shape == (5, 3, 1)


def test_the_twin_of_reactome_has_one_hidden_rank_of_several_neurons():
    H = load_reactome().hierarchy.crown(["ill"]).graded()
    T = stability.complete_twin(H)
    assert T.depth < H.depth
    assert min(T.shape[1:-1]) >= 2
    away = Network(T).n_parameters - Network(H).n_parameters
    assert abs(away) <= cost_of_a_neuron(T.shape)[0] / 2


def test_without_hidden_elements_there_are_none_in_the_twin():
    assert stability.complete_twin(sparse(9, 3)).shape == (9, 3)
    relays = Hierarchy.from_covers([("a", "z"), ("b", "z")], rank={"a": 0, "b": 0, "z": 2}).graded()
    assert stability.complete_twin(relays).shape == (2, 1)


def test_a_hierarchy_that_is_not_graded_or_has_one_rank_is_refused():
    skipping = Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")])
    with pytest.raises(NotGradedError, match="call graded"):
        stability.complete_twin(skipping)
    with pytest.raises(HierarchyError, match="one rank"):
        stability.complete_twin(Hierarchy.complete(3))


@pytest.mark.parametrize("known", [[], ["age"]], ids=["alone", "covariates"])
@pytest.mark.parametrize("place", [0, 1])
def test_constants_look_at_nothing_in_the_twin_too_and_stand_where_they_stood(known, place):
    outputs = ["visits"]
    outputs.insert(place, Constant("log dispersion", "visits"))
    bare = sparse(9, 6).crown(["y", "z"])
    H = with_constants_among(bare.rename(dict(zip(["y", "z"], ["visits", "visits*"], strict=True))), outputs)
    H = covariates(H, known).hierarchy if known else H
    T = stability.complete_twin(H)
    assert (T.ranks[0], T.ranks[-1]) == (H.ranks[0], H.ranks[-1])
    assert T.layers[-1].below_counts[T.ranks[-1].index(Constant("log dispersion", "visits"))] == 0
    away = Network(T).n_parameters - Network(H).n_parameters
    assert abs(away) <= max(cost_of_a_neuron(T.shape))


@pytest.mark.parametrize("known", [[], ["age"]], ids=["alone", "covariates"])
def test_counts_of_a_learned_dispersion_and_ordered_classes_have_twins(known):
    rng = np.random.default_rng(0)
    X, counts = rng.normal(size=(30, 4 + len(known))), rng.poisson(3, 30)
    for loss, y in ((LearnedDispersionLoss(), counts), (OrdinalLoss(3), counts % 3)):
        H = with_constants(
            Hierarchy.from_covers([(f"x{k}", f"p{k // 2}") for k in range(4)]).crown(["y"]), ["c"]
        )
        H = covariates(H, known).hierarchy if known else H
        found = stability.twins(stability.Recipe(options={"loss": loss, "epochs": 1}), H, X, y, runs=1)
        assert np.isfinite(found.complete).all()
