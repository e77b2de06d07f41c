"""What the steps refuse, and in which words."""

from __future__ import annotations

import json

import pytest

from hassenet import shaping
from hassenet.errors import DataError, FeatureError, HierarchyError, ParameterError, UnknownElementError
from hassenet.hierarchy import Hierarchy, Relay

H = Hierarchy.subsets(3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "give fewest=…, most=… or both"),
        ({"fewest": -1}, "fewest is a whole number ≥ 0; got -1"),
        ({"most": 2.5}, "most is a whole number ≥ 0; got 2.5"),
        ({"fewest": 3, "most": 2}, "got fewest=3, most=2; exchange them"),
    ],
)
def test_prune_refuses_invalid_bounds(arguments, message):
    with pytest.raises(ParameterError, match=message):
        shaping.prune(H, **arguments)


@pytest.mark.parametrize("odd", ["root", 3, None])
def test_an_object_that_is_not_a_list_of_names_is_refused_by_every_step(odd):
    with pytest.raises(ParameterError, match=f"elements to keep are given in a list; got {odd!r}"):
        shaping.prune(H, 2, keep=odd)
    with pytest.raises(ParameterError, match=f"features are a sequence of names, as a list; got {odd!r}"):
        shaping.restrict(H, odd)
    for heads in (shaping.head_per_rank, shaping.head_per_element):
        with pytest.raises(
            ParameterError, match=f"outputs are a sequence of at least one name, .*; got {odd!r}"
        ):
            heads(H, odd)


@pytest.mark.parametrize("odd", ["1", 1])
def test_ranks_to_widen_are_given_in_a_list(odd):
    with pytest.raises(ParameterError, match=f"ranks to widen are given in a list; got {odd!r}"):
        shaping.widen(H, 2, odd)


def test_a_name_that_is_not_hashable_is_refused():
    with pytest.raises(HierarchyError, match=r"is hashable, as a string or a tuple; got \['x'\]"):
        shaping.prune(H, 2, keep=[["x"]])
    with pytest.raises(HierarchyError, match=r"a feature's name is hashable, .*; got \[1\]"):
        shaping.restrict(H, [[1]])


def test_to_prune_all_that_there_is_above_the_features_is_a_fault():
    after, report = shaping.prune(H, 9)
    assert after.shape == (3,)
    with pytest.raises(
        DataError, match=r"all there were above rank 0 \(with 2 to 3 features below; give other bounds\): 4"
    ):
        report.check()
    assert not shaping.prune(H, 9, keep=[(1, 2, 3)]).report.faults
    assert not shaping.prune(after, 9).report.faults


def test_prune_refuses_to_keep_what_is_not_there():
    with pytest.raises(
        UnknownElementError, match="keep names elements of the hierarchy; 'root' is not an element"
    ):
        shaping.prune(H, 2, keep=["root"])


@pytest.mark.parametrize(("low", "high"), [(0, 1), (1, 1.0), (2, 1), (3, 3)])
def test_between_refuses_invalid_ranks(low, high):
    with pytest.raises(ParameterError, match=r"is a whole number ≥ 1|low ≤ 2, the depth; got low="):
        shaping.between(H, low, high)


def test_a_relay_that_hands_on_two_values_is_refused_by_every_step():
    odd = Hierarchy.from_covers([("a", Relay("a", 1)), ("b", Relay("a", 1))])
    for step in (shaping.thin, shaping.collapse, shaping.rankings, shaping.features_below):
        with pytest.raises(HierarchyError, match=r"a relay hands on one value: Relay\(source='a', rank=1\)"):
            step(odd)


def test_restrict_reports_what_the_method_reports():
    after, report = shaping.restrict(H, [(3,), (2,), (1, 2), "age"])
    same, what = H.restrict([(3,), (2,), (1, 2), "age"])
    assert after == same
    assert (report.dropped, report.faults) == (what.report.dropped, what.report.faults)
    assert report.made[0] == what.report.made[0]
    named = {count.what: count.names for count in report.dropped}
    assert named == {
        "features given that are no element": what.unknown,
        "features given that are elements above rank 0": what.above,
        "features of the hierarchy that were not given": what.left_out,
    }
    with pytest.raises(FeatureError, match="none of the 1 features"):
        shaping.restrict(H, ["age"])


def test_a_report_is_a_dictionary_that_json_can_hold():
    report = shaping.prune(H, 3).report
    told = json.loads(json.dumps(report.to_dict()))
    assert told["changed"][2] == {"what": "shape", "before": [3, 3, 1], "after": [3, 1]}
    assert told["dropped"][0]["names"] == ["(1, 2)", "(1, 3)", "(2, 3)"]
