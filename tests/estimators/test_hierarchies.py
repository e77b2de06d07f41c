"""A hierarchy given to an estimator: features found by name or place, outputs on top, names everywhere."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from estimator_tools import fitted, iris_like, numbers, pairs_of_neighbours
from scipy.sparse import issparse

from hassenet import Hierarchy
from hassenet.errors import FeatureError
from hassenet.estimators import NetworkClassifier, NetworkRegressor
from hassenet.task.architecture import crowned

COLUMNS = ["gene a", "gene b", "gene c", "gene d"]
H = pairs_of_neighbours(COLUMNS)


def classifier(**options):
    return NetworkClassifier(
        **{"hierarchy": H, "activation": "tanh", "random_state": 0, "max_iter": 30, **options}
    )


@pytest.mark.parametrize("table", [pd.DataFrame, lambda X, columns: pl.DataFrame(X, schema=columns)])
def test_columns_are_matched_by_name_whatever_their_order(table):
    X, y = iris_like()
    order = [2, 0, 3, 1]
    straight = fitted(classifier(solver="lbfgs"), table(X, columns=COLUMNS), y)
    mixed = fitted(classifier(solver="lbfgs"), table(X[:, order], columns=[COLUMNS[k] for k in order]), y)
    assert mixed.hierarchy_.ranks[0] == tuple(COLUMNS[k] for k in order)
    assert mixed.hierarchy_.ranks[1:] == straight.hierarchy_.ranks[1:]
    assert mixed.hierarchy_.below("gene a&gene b/0") == ("gene a", "gene b")
    assert list(mixed.feature_names_in_) == [COLUMNS[k] for k in order]
    assert mixed.score(table(X[:, order], columns=[COLUMNS[k] for k in order]), y) > 0.9


def test_the_order_of_columns_changes_nothing_but_the_order_of_weights():
    X, y = iris_like()
    order = [2, 0, 3, 1]
    options = {"shuffle": False, "warm_start": True, "max_iter": 1, "n_iter_no_change": np.inf}
    one = fitted(classifier(**options), pd.DataFrame(X, columns=COLUMNS), y)
    other = fitted(classifier(**options), pd.DataFrame(X, columns=COLUMNS)[[COLUMNS[k] for k in order]], y)
    other.coefs_ = [one.coefs_[0][order], *one.coefs_[1:]]
    other.intercepts_ = one.intercepts_
    for clf, columns in ((one, COLUMNS), (other, [COLUMNS[k] for k in order])):
        fitted(clf.set_params(max_iter=20), pd.DataFrame(X, columns=COLUMNS)[columns], y)
    np.testing.assert_allclose(other.coefs_[0].toarray(), one.coefs_[0][order].toarray(), atol=1e-9)


def test_arrays_are_matched_by_place():
    X, y = iris_like()
    assert fitted(classifier(), X, y).hierarchy_.ranks[0] == tuple(COLUMNS)
    with pytest.raises(
        FeatureError, match=r"X has 3 columns without names, rank 0 has 4 elements \('gene a'"
    ):
        classifier().fit(X[:, :3], y)


def test_features_that_are_missing_or_left_out_are_named():
    X, y = iris_like()
    wrong = pd.DataFrame(X, columns=["gene a", "gene b", "gene x", "gene y"])
    with pytest.raises(FeatureError) as error:
        classifier().fit(wrong, y)
    assert "2 columns of X are missing from rank 0: 'gene x', 'gene y'" in str(error.value)
    assert "2 elements of rank 0 are left out by X: 'gene c', 'gene d'" in str(error.value)
    assert "restrict()" in str(error.value)


def test_elements_that_are_not_strings_are_matched_by_how_they_print():
    X, y = numbers()
    table = pd.DataFrame(X[:, :3], columns=["(2,)", "(1,)", "(3,)"])
    reg = fitted(NetworkRegressor(hierarchy=Hierarchy.subsets(3), max_iter=2, random_state=0), table, y)
    assert reg.hierarchy_.ranks[0] == ((2,), (1,), (3,))


def test_elements_that_are_written_alike_cannot_be_told_apart_by_columns():
    alike = Hierarchy.from_covers([(1, "top"), ("1", "top"), ("a", "top")])
    with pytest.raises(FeatureError, match=r"as these are written; two of rank 0 are written 1; rename\(\)"):
        crowned(alike, ["a", "1", "b"], 3, ["y"], "all")


def test_a_feature_is_one_column():
    with pytest.raises(FeatureError, match="a feature is one column; there are several 'gene a'; keep one"):
        crowned(H, [*COLUMNS, "gene a"], 5, ["y"], "all")


def test_a_callable_makes_the_hierarchy_of_the_columns():
    X, y = iris_like()
    taxa = ["k|a|1", "k|a|2", "k|b|3", "k|b|4"]
    clf = fitted(
        NetworkClassifier(hierarchy=Hierarchy.from_lineages, max_iter=2, random_state=0),
        pd.DataFrame(X, columns=taxa),
        y,
    )
    assert clf.hierarchy_.below("k|a") == ("k|a|1", "k|a|2")
    plain = fitted(NetworkClassifier(hierarchy=pairs_of_neighbours, max_iter=2, random_state=0), X, y)
    assert plain.hierarchy_.ranks[0] == ("x0", "x1", "x2", "x3")


@pytest.mark.parametrize("heads", ["all", "maximal"])
def test_the_outputs_look_at_every_rank_or_at_the_top(heads):
    clf = fitted(classifier(heads=heads, max_iter=2), *iris_like())
    looked_at = {str(e) for e in clf.hierarchy_.below("0")}
    assert {"all", "all too"} <= looked_at
    assert ("gene a&gene b/0 ↑2" in looked_at) == (heads == "all")
    assert clf.n_outputs_ == 3
    assert clf.n_layers_ == 4


def test_outputs_are_named_after_classes_and_targets():
    X, y = iris_like()
    words = np.array(["ill", "well", "old"])[y]
    assert fitted(classifier(max_iter=2), X, words).hierarchy_.ranks[-1] == ("ill", "old", "well")
    assert fitted(classifier(max_iter=2), X, words == "ill").hierarchy_.ranks[-1] == ("True",)
    several = pd.DataFrame({"tall": (y == 0).astype(int), "old": (y > 0).astype(int)})
    assert fitted(classifier(max_iter=2), X, several).hierarchy_.ranks[-1] == ("tall", "old")
    reg = NetworkRegressor(max_iter=2, random_state=0)
    assert fitted(reg, X, pd.Series(y * 1.0, name="age")).hierarchy_.ranks[-1] == ("age",)
    assert fitted(reg, X, np.stack([y, y], 1)).hierarchy_.ranks[-1] == ("y0", "y1")


def test_a_name_that_is_taken_gets_a_star():
    X, y = iris_like()
    assert fitted(classifier(max_iter=2), X, np.where(y, "all", "gene a")).hierarchy_.ranks[-1] == (
        "gene a*",
    )
    table = pd.DataFrame(X, columns=["h1_0", "y0", "1", "x"])
    clf = fitted(NetworkClassifier((2,), max_iter=2, random_state=0), table, y)
    assert clf.hierarchy_.ranks == (("h1_0", "y0", "1", "x"), ("h1_0*", "h1_1"), ("0", "1*", "2"))


def test_no_hierarchy_means_the_complete_one_with_names():
    X, y = iris_like()
    clf = fitted(NetworkClassifier((5, 3), max_iter=2, random_state=0), pd.DataFrame(X, columns=COLUMNS), y)
    assert clf.hierarchy_.shape == (4, 5, 3, 3)
    assert clf.hierarchy_.density == 1
    assert clf.hierarchy_.ranks[0] == tuple(COLUMNS)
    assert [W.shape for W in clf.coefs_] == [(4, 5), (5, 3), (3, 3)]
    assert [b.shape for b in clf.intercepts_] == [(5,), (3,), (3,)]


def test_weights_of_sparse_layers_are_sparse_and_named():
    clf = fitted(classifier(max_iter=2), *iris_like())
    assert issparse(clf.coefs_[0])
    assert clf.coefs_[0].shape == (4, 12)
    weight = clf.coefs_[0][clf.hierarchy_.position("gene b"), clf.hierarchy_.position("gene a&gene b/0")]
    assert weight == clf.network_.weights[0][0, 1] != 0


def test_the_network_predicts_what_the_estimator_predicts():
    X, y = iris_like()
    clf = fitted(classifier(), X, y)
    np.testing.assert_array_equal(clf.network_(X), clf.predict_proba(X))


# -------------------------------------------------------------------- transform


@pytest.mark.parametrize(("rank", "means"), [(-1, 2), (-2, 1), (1, 1), (2, 2), (3, 3), (0, 0)])
def test_transform_gives_the_features_of_a_rank_with_the_names_of_its_elements(rank, means):
    X, y = iris_like()
    clf = fitted(classifier(max_iter=3, transform_rank=rank), X, y)
    np.testing.assert_array_equal(clf.transform(X), clf.network_.hidden_features(X, means))
    assert list(clf.get_feature_names_out()) == [str(e) for e in clf.hierarchy_.ranks[means]]


def test_a_rank_that_is_not_there_is_named():
    X, y = iris_like()
    for rank in (4, -4):
        clf = fitted(classifier(max_iter=2, transform_rank=rank), X, y)
        with pytest.raises(ValueError, match=f"the hidden ranks are 1 to 2 .*; got {rank}"):
            clf.transform(X)


@pytest.mark.parametrize(("output", "table"), [("pandas", pd.DataFrame), ("polars", pl.DataFrame)])
def test_transform_makes_tables_with_the_elements_as_columns(output, table):
    X, y = iris_like()
    clf = fitted(classifier(max_iter=2), pd.DataFrame(X, columns=COLUMNS), y).set_output(transform=output)
    features = clf.transform(pd.DataFrame(X, columns=COLUMNS))
    assert isinstance(features, table)
    assert "gene a&gene b/0 ↑2" in list(features.columns)


def test_columns_of_another_kind_are_refused_with_how_many_matched():
    H = Hierarchy.from_covers([("XPA", "repair"), ("BRCA2", "repair")])
    X = pd.DataFrame(np.zeros((4, 3)), columns=["XPA", "ENSG1", "ENSG2"])
    with pytest.raises(FeatureError, match=r"1 of 3 columns matched; 2 .*'ENSG1', 'ENSG2'; 1 .*'BRCA2'"):
        NetworkClassifier(hierarchy=H, random_state=0).fit(X, [0, 1, 0, 1])
