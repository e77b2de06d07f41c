"""head_per_rank and head_per_element: blocks of outputs that see a part each, the main ones last."""

from __future__ import annotations

import sys
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import calls
from hassenet import load, save, shaping
from hassenet import testing as ht
from hassenet.errors import DuplicateElementError, ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.shaping import ElementHead, RankHead

sys.path.insert(0, str(Path(__file__).parent))  # whatever pytest's import mode
from shaping_tools import ORDERS, activations, elements, looks, network, parameters

HEADS = {"rank": shaping.head_per_rank, "element": shaping.head_per_element}
each_kind = pytest.mark.parametrize("kind", HEADS)
names = st.sampled_from([["ill"], ["ill", "well"], ["u", "v", "w"]])


def seen(H, head):
    return {p for p, q in looks(H) if q == head}


@given(H=ORDERS, outputs=names)
def test_a_head_of_a_rank_sees_the_elements_of_this_rank(H, outputs):
    after = shaping.head_per_rank(H, outputs).hierarchy
    of = {i: {e for e in elements(H) if H.rank(e) == i} for i in range(1, H.depth + 1)}
    assert after.ranks[-1] == (*(RankHead(y, i) for i in of for y in outputs), *outputs)
    for head in after.ranks[-1][: -len(outputs)]:
        assert seen(after, head) == of[head.rank]


@given(H=ORDERS, outputs=names)
def test_a_head_of_an_element_sees_this_element(H, outputs):
    after = shaping.head_per_element(H, outputs).hierarchy
    above = [e for e in elements(H) if H.rank(e) > 0]
    assert after.ranks[-1] == (*(ElementHead(y, e) for e in above for y in outputs), *outputs)
    for head in after.ranks[-1][: -len(outputs)]:
        assert seen(after, head) == {head.element}


@each_kind
@given(H=ORDERS, outputs=names, over=st.sampled_from(["all", "features"]))
def test_the_main_head_is_that_of_crown_and_below_all_is_as_it_was(kind, H, outputs, over):
    after, crowned = HEADS[kind](H, outputs, over).hierarchy, H.crown(outputs, over)
    assert after.is_graded
    for output in outputs:
        assert seen(after, output) == seen(crowned, output)
    assert [set(rank) for rank in after.ranks[:-1]] == [set(rank) for rank in crowned.ranks[:-1]]
    inside = set(elements(H))
    assert {(p, q) for p, q in looks(after) if q in inside} == looks(H)


@each_kind
@given(H=ht.skipping_hierarchies(max_elements=7), outputs=names, data=st.data())
def test_each_head_computes_what_a_network_with_this_head_alone_computes(engine, kind, H, outputs, data):
    after = HEADS[kind](H, outputs).hierarchy
    net = data.draw(ht.networks(st.just(after), output=["identity"]))
    weights, biases = parameters(net)
    X, k = ht.random_array(3, after.shape[0], seed=1), len(outputs)
    together = calls.value(engine, net, X)
    for h in range(after.shape[-1] // k):
        block = slice(h * k, (h + 1) * k)
        alone = after._induced([*chain(*after.ranks[:-1]), *after.ranks[-1][block]])
        single = network(alone, lambda p, q: weights[p, q], biases.get, activations(net).get)
        found = calls.value(engine, single, X)
        np.testing.assert_allclose(together[:, block], found, rtol=1e-12, atol=1e-12)


@each_kind
def test_the_report_counts_the_heads(kind):
    report = HEADS[kind](Hierarchy.subsets(3), ["ill", "well"]).report
    assert str(report.made[0]) == f"heads of 2 outputs each: {3 if kind == 'rank' else 5}"


@each_kind
def test_a_hierarchy_of_features_alone_gets_the_main_head_alone(kind):
    assert HEADS[kind](Hierarchy.complete(3), ["ill"]).hierarchy.ranks[-1] == ("ill",)


@each_kind
def test_a_saved_network_keeps_the_names_of_its_heads(kind, tmp_path):
    H = HEADS[kind](Hierarchy.subsets(3), ["ill"]).hierarchy
    net = network(H, lambda p, q: 0.5, lambda q: 0.1, lambda e: "tanh")
    save(net, tmp_path / "model")
    assert load(tmp_path / "model").hierarchy == H


@each_kind
def test_invalid_outputs_and_names_that_are_taken_are_refused(kind):
    H = Hierarchy.subsets(2)
    with pytest.raises(ParameterError, match="outputs are a sequence of at least one name.*'ill'"):
        HEADS[kind](H, "ill")
    with pytest.raises(ParameterError, match="outputs are a sequence"):
        HEADS[kind](Hierarchy.complete(2), "ab")
    with pytest.raises(ParameterError, match="at least one name"):
        HEADS[kind](H, [])
    with pytest.raises(DuplicateElementError, match="are in the hierarchy already"):
        HEADS[kind](H, [(1,)])
    with pytest.raises(DuplicateElementError, match="hold one name twice"):
        HEADS[kind](H, ["ill", "ill"])
    with pytest.raises(ParameterError, match="'all' or 'features' beside auxiliary heads; got 'maximal'"):
        HEADS[kind](H, ["ill"], "maximal")
