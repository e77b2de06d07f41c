"""Names of columns and of elements are compared as text; by position only where a table has no names at all."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

import hassenet as hn
from hassenet.data.match import Match
from hassenet.errors import FeatureError

IDS = [11200, 472, 4193, 7157]
COVERS = [("7157", "A"), ("4193", "A"), ("472", "A"), ("472", "B"), ("11200", "B")]
LABELS = {
    "text": [str(k) for k in IDS],
    "integers": IDS,
    "objects": pd.Index(IDS, dtype=object),
    "floats": [float(k) for k in IDS],
    "bytes": [str(k).encode() for k in IDS],
    "categories": pd.CategoricalIndex([str(k) for k in IDS]),
    "text and numbers": [11200, "472", 4193, b"7157"],
}
KINDS = {"text": str, "integers": int}
X = np.random.default_rng(0).normal(size=(40, 4))
y = (X[:, 0] > 0).astype(int)


@pytest.fixture(params=KINDS)
def hierarchy(request):
    """The hierarchy of gene sets, its genes named by text or by integers."""
    kind = KINDS[request.param]
    return hn.Hierarchy.from_covers([(kind(gene), above) for gene, above in COVERS])


def fitted(hierarchy, table):
    estimator = hn.NetworkClassifier(
        hierarchy=hierarchy, max_iter=2, n_iter_no_change=2, tol=1e9, random_state=0
    )
    return estimator.fit(table, y)


@pytest.mark.filterwarnings("ignore:Stochastic")
@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
def test_columns_are_matched_with_elements_by_what_is_written(hierarchy, labels):
    table = pd.DataFrame(X, columns=labels)
    estimator = fitted(hierarchy, table)
    assert [str(gene) for gene in estimator.hierarchy_.ranks[0]] == LABELS["text"]
    P = estimator.predict_proba(table)[:, 1]
    np.testing.assert_allclose(estimator.network_(table)[:, 0], P)
    shuffled = table.iloc[:, [2, 0, 3, 1]]
    np.testing.assert_allclose(estimator.network_(shuffled)[:, 0], P)
    np.testing.assert_allclose(estimator.as_model().predict_proba(shuffled)[:, -1], P, rtol=1e-6)


@pytest.mark.parametrize("engine", ["reference", "native"])
def test_a_fit_takes_columns_by_what_is_written(hierarchy, engine):
    net = hn.Network(hierarchy.crown(["y"]), seed=0)
    in_order = X[:, [LABELS["text"].index(str(gene)) for gene in hierarchy.ranks[0]]]
    by_name = hn.fit(net, pd.DataFrame(X, columns=IDS), y, epochs=1, engine=engine)
    by_place = hn.fit(net, in_order, y, epochs=1, engine=engine)
    np.testing.assert_allclose(by_name.network.theta, by_place.network.theta, rtol=1e-5)
    of_polars = hn.fit(net, pl.DataFrame(X, schema=LABELS["text"]), y, epochs=1, engine=engine)
    np.testing.assert_allclose(of_polars.network.theta, by_place.network.theta, rtol=1e-5)


def test_a_restriction_takes_labels_by_what_is_written(hierarchy):
    for labels in ([472, 7157], ["472", "7157"], [472.0, b"7157"]):
        H, restriction = hierarchy.restrict(labels)
        assert list(map(str, map(int, H.ranks[0]))) == ["472", "7157"]
        assert not restriction.unknown


@pytest.mark.parametrize(
    "labels",
    [
        pd.MultiIndex.from_product([LABELS["text"], ["tpm"]]),
        [1, 2, 3, 4],
        pd.RangeIndex(1, 5),
        pd.RangeIndex(0, 8, 2),
    ],
)
def test_labels_that_name_no_element_are_refused_and_not_taken_by_position(hierarchy, labels):
    table = pd.DataFrame(X, columns=labels)
    with pytest.raises(FeatureError, match="0 of 4 columns matched"):
        fitted(hierarchy, table)
    with pytest.raises(FeatureError, match="the table lacks 4"):
        hn.Network(hierarchy.crown(["y"]), seed=0)(table)


@pytest.mark.filterwarnings("ignore:Stochastic")
def test_columns_without_names_stand_in_order(hierarchy):
    table = pd.DataFrame(X)
    estimator = fitted(hierarchy, table)
    assert estimator.hierarchy_.ranks[0] == hierarchy.ranks[0]
    np.testing.assert_array_equal(estimator.predict_proba(table), estimator.predict_proba(X))
    with pytest.raises(FeatureError, match="the table lacks 4"):
        estimator.network_(table)


@pytest.mark.filterwarnings("ignore:Stochastic")
def test_columns_that_are_counted_are_names_where_the_elements_are_the_same_numbers():
    H = hn.Hierarchy.from_covers([(k, "A") for k in (2, 0, 3, 1)])
    table = pd.DataFrame(X)
    estimator = fitted(H, table)
    assert estimator.hierarchy_.ranks[0] == (0, 1, 2, 3)
    np.testing.assert_allclose(estimator.network_(table)[:, 0], estimator.predict_proba(table)[:, 1])


def test_two_columns_that_are_written_alike_are_refused(hierarchy):
    table = pd.DataFrame(np.c_[X, X[:, :1]], columns=[*map(float, IDS), b"11200"])
    with pytest.raises(FeatureError, match="a feature is one column|leaves out 1 of"):
        hn.Network(hierarchy.crown(["y"]), seed=0)(table)


def test_a_column_that_equals_a_name_goes_before_one_that_is_written_alike():
    found = Match.of(["1", 1], [1, "1", 2])
    assert found.column == {"1": "1", 1: 1}
    assert (found.missing, found.left_out, found.doubled) == ((), (2,), ())
    assert Match.of(["1"], [1, "1"]).left_out == (1,)


def test_targets_in_a_table_are_matched_by_what_is_written():
    net = hn.Network(hn.Hierarchy.complete(4, 2, names=[list("abcd"), ["1", "2"]]), seed=0)
    Y = np.c_[y, 1 - y].astype(float)
    swapped = pd.DataFrame(Y[:, ::-1], columns=[2, 1])
    found, expected = (hn.fit(net, X, targets, epochs=1).network.theta for targets in (swapped, Y))
    np.testing.assert_array_equal(found, expected)


def test_columns_that_are_elements_above_rank_0_say_that_the_hierarchy_stands_upside_down():
    H = hn.Hierarchy.from_covers(
        [("Hypoxia", "VEGFA"), ("Hypoxia", "CA9"), ("TNFa", "NFKB1"), ("TNFa", "CA9")]
    )
    with pytest.raises(FeatureError, match="'VEGFA', 'CA9', 'NFKB1' are elements above rank 0.*upside down"):
        fitted(H, pd.DataFrame(X[:, :3], columns=["VEGFA", "CA9", "NFKB1"]))
