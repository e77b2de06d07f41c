"""Covariates stand outside the hierarchy: outputs alone look at them, and all else is as it was."""

from __future__ import annotations

import pytest

from hassenet import Hierarchy, Network
from hassenet.errors import DuplicateElementError, HierarchyError, ParameterError
from hassenet.hierarchy import Covariate, Relay, with_constants
from hassenet.readers import write_json
from hassenet.shaping import covariates, head_per_element, head_per_rank, widen

H0 = Hierarchy.subsets(3)
HEADS = {
    "all": H0.crown(["ill", "well"]),
    "maximal": H0.crown(["ill"], over="maximal"),
    "a rank": head_per_rank(H0, ["ill"]).hierarchy,
    "an element": head_per_element(H0, ["ill"], "features").hierarchy,
    "several neurons": widen(H0.crown(["ill"]), 3).hierarchy,
    "complete": Hierarchy.complete(3, 2, 1),
    "flat": Hierarchy.complete(3, 2),
    "not graded": Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")]),
}


@pytest.fixture(params=HEADS.values(), ids=HEADS.keys())
def crowned(request):
    return request.param


def test_constants_look_at_no_covariate_whichever_comes_first():
    H = Hierarchy.complete(2, 3, 1)
    first, last = (
        covariates(with_constants(H, ["log dispersion"]), ["age"]).hierarchy,
        with_constants(covariates(H, ["age"]).hierarchy, ["log dispersion"]),
    )
    assert first.ranks[-1] == last.ranks[-1]
    assert [layer.n for layer in first.layers] == [layer.n for layer in last.layers]
    assert first.layers[-1].below_counts.tolist() == [4, 0]


def test_restricted_to_the_features_it_is_the_hierarchy_that_it_was(crowned):
    assert covariates(crowned, ["age", "sex"]).hierarchy.restrict(crowned.ranks[0])[0] == crowned


def test_every_output_looks_at_every_covariate_and_nothing_else_does(crowned):
    H = covariates(crowned, ["age", 7]).hierarchy.graded()
    assert H.covariates == (Covariate("age"), Covariate(7))
    for name in H.covariates:
        carrier = name if H.depth == 1 else Relay(name, H.depth - 1)
        assert set(H.above(carrier)) == set(H.ranks[-1])
        assert all(isinstance(e, Relay) for i in range(1, H.depth) for e in H.above(_at(name, i - 1)))


def _at(name, rank):
    return name if rank == 0 else Relay(name, rank)


def test_a_covariate_costs_a_weight_an_output(crowned):
    before, after = (Network(H.graded()) for H in (crowned, covariates(crowned, ["age", "sex"]).hierarchy))
    assert after.n_parameters - before.n_parameters == 2 * crowned.shape[-1]


def test_widened_elements_leave_them_as_they_are(crowned):
    H = widen(covariates(crowned, ["age"]).hierarchy, 2).hierarchy
    assert H.covariates == (Covariate("age"),)
    assert H == covariates(widen(crowned, 2).hierarchy, ["age"]).hierarchy


def test_a_covariate_that_is_renamed_stays_one():
    H = covariates(HEADS["maximal"], ["age"]).hierarchy
    assert H.rename({"age": "years"}).covariates == (Covariate("years"),)
    assert H.rename(str).covariates == (Covariate("age"),)


def test_names_that_a_table_could_not_tell_apart_are_refused():
    one = HEADS["not graded"]
    for names, why in (
        (["a"], "'a' are in the hierarchy already"),
        ([7, "7"], "'7', '7' hold one name twice"),
    ):
        with pytest.raises(DuplicateElementError, match=why):
            covariates(one, names)
    with pytest.raises(ParameterError, match="covariates are given in a list; got 'age'"):
        covariates(one, "age")
    with pytest.raises(ParameterError, match="this hierarchy has one rank"):
        covariates(Hierarchy.complete(3), ["age"])


def test_a_file_of_an_order_has_no_place_for_covariates(tmp_path):
    with pytest.raises(HierarchyError, match="outside of which covariates stand; age is one; write restrict"):
        write_json(covariates(HEADS["maximal"].rename(str), ["age"]).hierarchy, tmp_path / "H.json")
