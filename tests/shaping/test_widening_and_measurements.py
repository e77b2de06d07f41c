"""widen, with_measurements, dense_on_top: more elements, and functions that contain those of before."""

from __future__ import annotations

import sys
from math import ceil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import calls
from hassenet import load, save, shaping
from hassenet import testing as ht
from hassenet.errors import (
    DuplicateElementError,
    HassenetWarning,
    HierarchyError,
    ParameterError,
    UnknownElementError,
)
from hassenet.estimators import NetworkRegressor
from hassenet.hierarchy import Hierarchy, Relay
from hassenet.network import Network
from hassenet.shaping import Unit

sys.path.insert(0, str(Path(__file__).parent))  # whatever pytest's import mode
from shaping_tools import ANY, ORDERS, activations, elements, looks, n_relays, network, parameters

KINDS = ["mutation", "amplification", "deletion"]


def single(element):
    return element.element if isinstance(element, Unit) else element


def value(engine, net, X):
    return calls.value(engine, net, X)


# ------------------------------------------------------------------ widen


@given(H=ANY, k=st.integers(1, 3))
def test_an_element_becomes_k_units_and_a_cover_k_times_k(H, k):
    wide = shaping.widen(H, k).hierarchy
    inside = {e for e in elements(H) if 0 < H.rank(e) < H.depth}
    units = {e: [Unit(e, j) for j in range(1, k + 1)] if e in inside else [e] for e in elements(H)}
    assert elements(wide) == [unit for e in elements(H) for unit in units[e]]
    assert looks(wide) == {(a, b) for p, q in looks(H) for a in units[p] for b in units[q]}
    assert wide.is_graded == H.is_graded
    assert n_relays(wide) == sum(len(units[e.source]) for r in H.ranks for e in r if isinstance(e, Relay))


@given(H=ORDERS)
def test_one_unit_an_element_is_the_hierarchy_up_to_names(H):
    assert shaping.widen(H, 1).hierarchy.rename(single) == H


@given(net=ht.networks(output=["identity"]), data=st.data())
def test_units_that_share_the_weights_compute_what_the_element_did(engine, net, data):
    H = net.hierarchy
    widths = {e: data.draw(st.integers(1, 3)) for e in elements(H)}
    wide = shaping.widen(H, widths.get).hierarchy
    weights, biases = parameters(net)
    G = activations(net)

    def shared(p, q):
        return weights[single(p), single(q)] / (widths[p.element] if isinstance(p, Unit) else 1)

    twin = network(wide, shared, lambda q: biases[single(q)], lambda e: G[single(e)])
    X = ht.random_array(3, H.shape[0], seed=2)
    np.testing.assert_allclose(value(engine, twin, X), value(engine, net, X), rtol=1e-9, atol=1e-9)


def test_widths_come_from_a_mapping_or_a_rule_and_ranks_can_be_chosen():
    H = Hierarchy.subsets(3)
    assert shaping.widen(H, {(1, 2): 2}).hierarchy.ranks[1] == (
        Unit((1, 2), 1),
        Unit((1, 2), 2),
        (1, 3),
        (2, 3),
    )
    n = shaping.features_below(H)
    by_rule = shaping.widen(H, lambda e: ceil(1.5 * n[e]), ranks=[1, 2])
    assert by_rule.hierarchy.shape == (3, 9, 5)
    assert by_rule.report.made[0].n == 4
    assert shaping.widen(H, 2, ranks=[]).hierarchy == H


def test_a_saved_network_keeps_the_names_of_its_units(tmp_path):
    H = shaping.widen(Hierarchy.from_covers([("a", "p"), ("p", "q"), ("b", "q")]).crown(["ill"]), 2).hierarchy
    assert Relay(Unit("p", 1), 2) in H
    save(Network(H), tmp_path / "model")
    assert load(tmp_path / "model").hierarchy == H


@pytest.mark.parametrize("wrong", [0, 2.0, True, {"p": 0}, lambda e: None])
def test_a_number_of_neurons_is_a_whole_number(wrong):
    H = Hierarchy.from_covers([("a", "p"), ("p", "q")])
    with pytest.raises(ParameterError, match="a number of neurons is a whole number ≥ 1; got"):
        shaping.widen(H, wrong)


def test_widening_an_unknown_element_or_rank_is_refused():
    H = Hierarchy.from_covers([("a", "p"), ("p", "q")])
    with pytest.raises(UnknownElementError, match="k names elements of the hierarchy; 'z' is not an element"):
        shaping.widen(H, {"z": 2})
    with pytest.raises(ParameterError, match="the ranks to widen are 1 to 2; got 3"):
        shaping.widen(H, 2, ranks=[3])
    with pytest.raises(ParameterError, match="a rank to widen is a whole number ≥ 1; got 0"):
        shaping.widen(H, 2, ranks=[0])


# ------------------------------------------------------------------ measurements


@given(H=ANY)
def test_each_leaf_covers_its_measurements_and_all_else_is_as_it_was(H):
    after, report = shaping.with_measurements(H, KINDS, lambda e, kind: (e, kind))
    features = [(e, kind) for e in H.ranks[0] for kind in KINDS]
    assert after.ranks[0] == tuple(features)
    assert after.ranks[1][: H.shape[0]] == H.ranks[0]
    assert looks(after) == looks(H) | {((e, kind), e) for e, kind in features}
    assert after.shape[1:] == H.shape
    assert report.made[0].n == len(features)
    assert after.is_graded == H.is_graded


@given(net=ht.networks(output=["identity"]), seed=ht.seeds())
def test_with_weight_1_for_one_kind_the_network_computes_what_it_did(engine, net, seed):
    H = net.hierarchy
    after = shaping.with_measurements(H, KINDS, lambda e, kind: (kind, e)).hierarchy
    weights, biases = parameters(net)
    G = activations(net)

    def weight(p, q):
        return weights[p, q] if (p, q) in weights else float(p[0] == "amplification")

    twin = network(after, weight, lambda q: biases.get(q, 0.0), lambda e: G.get(e, "identity"))
    X = ht.random_array(3, after.shape[0], seed=seed)
    np.testing.assert_allclose(value(engine, twin, X), value(engine, net, X[:, 1::3]), rtol=1e-12, atol=1e-12)


def test_measurements_are_matched_with_the_columns_of_a_table_and_those_that_lack_are_dropped():
    H = Hierarchy.from_covers([("TP53", "apoptosis"), ("ATM", "apoptosis"), ("XPA", "repair")])
    H = shaping.with_measurements(H, ["mutation", "deletion"]).hierarchy
    table = pd.DataFrame(np.ones((2, 3)), columns=["ATM deletion", "TP53 mutation", "ATM mutation"])
    smaller, report = shaping.restrict(H, table.columns)
    assert smaller.below("ATM") == ("ATM deletion", "ATM mutation")
    assert smaller.below("TP53") == ("TP53 mutation",)
    assert "elements that no feature reaches: 2 ('XPA', 'repair')" in str(report)
    assert Network(smaller)(table).shape == (2, 1)


def test_invalid_kinds_and_names_that_are_taken_are_refused():
    H = Hierarchy.from_covers([("a", "a b"), ("a c", "a b")])
    for odd in ("mutation", 3, None):
        with pytest.raises(ParameterError, match=f"kinds are given in a list; got {odd!r}; put it into one"):
            shaping.with_measurements(H, odd)
    with pytest.raises(HierarchyError, match="got None, a missing value"):
        shaping.with_measurements(H, ["mutation", None])
    with pytest.raises(ParameterError, match=r"name is a function of \(element, kind\); got 'x'"):
        shaping.with_measurements(H, ["mutation"], name="x")
    with pytest.raises(ParameterError, match="at least one name"):
        shaping.with_measurements(H, [])
    with pytest.raises(DuplicateElementError, match="'a b' is taken"):
        shaping.with_measurements(H, ["b"])
    with pytest.raises(DuplicateElementError, match="'a d' is taken"):
        shaping.with_measurements(H, ["d", "d"])
    with pytest.raises(HierarchyError, match="hashable"):
        shaping.with_measurements(H, ["d"], lambda e, kind: [e, kind])


# ------------------------------------------------------------------ dense layers


@given(H=ANY, sizes=st.lists(st.integers(1, 4), min_size=1, max_size=3))
def test_dense_layers_look_at_what_nothing_covers_and_then_at_each_other(H, sizes):
    after = shaping.dense_on_top(H, *sizes).hierarchy
    assert after.shape[-len(sizes) :] == tuple(sizes)
    crowned = H.crown(["y"], over="maximal")
    for new in after.ranks[H.depth + 1]:
        assert {p for p, q in looks(after) if q == new} == {p for p, q in looks(crowned) if q == "y"}
    assert all(after.is_complete(i) for i in range(H.depth + 1, after.depth))
    Network(after.crown(["y"], over="maximal"))


def test_dense_layers_can_look_at_all_ranks():
    H = Hierarchy.subsets(3)
    after = shaping.dense_on_top(H, 2, over="all").hierarchy
    assert {p for p, q in looks(after) if q == "dense3_0"} == {*H.ranks[1], *H.ranks[2]}


def test_dense_layers_have_sizes_and_names_of_their_own():
    H = Hierarchy.from_covers([("a", "dense2_0")])
    with pytest.raises(ParameterError, match="dense layers have sizes"):
        shaping.dense_on_top(H)
    with pytest.raises(ParameterError, match="a size is a whole number ≥ 1; got 0"):
        shaping.dense_on_top(H, 0)
    with pytest.raises(DuplicateElementError, match="'dense2_0' are in the hierarchy already"):
        shaping.dense_on_top(H, 2)
    with pytest.raises(DuplicateElementError, match="'dense3_0'"):
        shaping.dense_on_top(H.rename({"dense2_0": "dense3_0"}), 2, 2)
    with pytest.raises(ParameterError, match="over must be 'all', 'features' or 'maximal'"):
        shaping.dense_on_top(H.rename(str.upper), 2, over="top")


# ------------------------------------------------------------------ the highest rank

BARE = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "q"), ("p", "root"), ("q", "root")])


def test_the_report_says_which_elements_of_the_highest_rank_stay_as_they_are():
    wide, report = shaping.widen(BARE, 3)
    assert wide.shape == (3, 6, 1)
    assert "elements of the highest rank, 2, left as they are, as outputs: 1 ('root')" in str(report)
    assert "left as they are" not in str(shaping.widen(BARE, 3, ranks=[1, 2]).report)


@pytest.mark.parametrize("put", [
    lambda H: H.crown(["ill"]), lambda H: H.crown(["ill"], over="maximal"), lambda H: shaping.crown(H, ["ill"]),
    lambda H: shaping.head_per_rank(H, ["ill"]), lambda H: shaping.head_per_element(H, ["ill"]),
])  # fmt: skip
def test_outputs_on_a_highest_rank_that_stayed_narrow_give_a_warning(put):
    with pytest.warns(
        HassenetWarning, match=r"outputs are put on elements of one neuron, 'root', above others of"
    ):
        put(shaping.widen(BARE, 3).hierarchy)
    for quiet in (BARE, shaping.widen(BARE, 3, ranks=range(1, BARE.depth + 1)).hierarchy):
        put(quiet)  # a warning would be an error here


def test_an_estimator_says_that_the_highest_rank_of_its_hierarchy_is_narrow():
    X, y = ht.random_array(20, 3, seed=0), np.arange(20.0)
    with pytest.warns(HassenetWarning, match="'root'"):
        NetworkRegressor(
            hierarchy=shaping.widen(BARE, 3).hierarchy,
            max_iter=20,
            tol=1e9,
            n_iter_no_change=1,
            random_state=0,
        ).fit(X, y)


def test_a_mapping_widens_elements_of_the_highest_rank_too():
    assert shaping.widen(BARE, {"p": 2, "root": 3}).hierarchy.ranks[2] == tuple(
        Unit("root", j) for j in (1, 2, 3)
    )


def test_the_head_of_an_element_sees_all_of_its_neurons():
    wide = shaping.widen(BARE, 2, ranks=[1, 2]).hierarchy
    H = shaping.head_per_element(wide, ["ill"]).hierarchy
    heads = [shaping.ElementHead("ill", e) for e in ("p", "q", "root")]
    assert H.ranks[-1] == (*heads, "ill")
    for head in heads:
        below = {getattr(e, "source", e) for e in H.below(head)}
        assert below == {Unit(head.element, 1), Unit(head.element, 2)}
