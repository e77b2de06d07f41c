"""Pipelines, searches, clones, other processes, files of joblib and pickle."""

import pickle

import joblib
import numpy as np
import pandas as pd
import pytest
from estimator_tools import fitted, iris_like, numbers, pairs_of_neighbours
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import StandardScaler

from hassenet import likelihoods
from hassenet.estimators import NetworkClassifier, NetworkRegressor

COLUMNS = ["a", "b", "c", "d"]
H = pairs_of_neighbours(COLUMNS)
QUICK = {"solver": "lbfgs", "max_iter": 30, "random_state": 0}

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def table():
    X, y = iris_like()
    return pd.DataFrame(X, columns=COLUMNS), np.array(["ill", "well", "old"])[y]


def test_names_go_through_a_pipeline_to_the_hierarchy():
    X, y = table()
    pipeline = make_pipeline(StandardScaler(), NetworkClassifier(hierarchy=H, activation="tanh", **QUICK))
    pipeline.set_output(transform="pandas")
    assert pipeline.fit(X[["d", "a", "c", "b"]], y).score(X[["d", "a", "c", "b"]], y) > 0.9
    assert pipeline[-1].hierarchy_.ranks[0] == ("d", "a", "c", "b")


def test_hidden_features_feed_another_estimator():
    X, y = table()
    network = NetworkClassifier(hierarchy=H, activation="tanh", transform_rank=1, **QUICK)
    pipeline = make_pipeline(network, LogisticRegression(max_iter=1000)).fit(X, y)
    assert pipeline.score(X, y) > 0.9
    assert "a&b/0" in pipeline[:-1].get_feature_names_out()
    union = FeatureUnion([("network", network), ("scaled", StandardScaler())]).fit(X, y)
    assert union.transform(X).shape == (60, 12 + 4)


def test_a_grid_search_finds_parameters_in_two_processes():
    X, y = table()
    grid = {"hierarchy": [None, H], "alpha": [0.1, 100.0]}
    search = GridSearchCV(NetworkClassifier((4,), **QUICK), grid, cv=2, n_jobs=2).fit(X, y)
    assert search.best_params_["alpha"] == 0.1
    assert search.score(X, y) > 0.9
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_cross_validation_and_meta_estimators():
    X, y = table()
    assert cross_val_score(NetworkClassifier(hierarchy=H, **QUICK), X, y, cv=3).mean() > 0.7
    assert cross_val_predict(NetworkClassifier((4,), **QUICK), X, y, cv=2, method="predict_proba").shape == (
        60,
        3,
    )
    X, y = numbers()
    wrapped = TransformedTargetRegressor(
        NetworkRegressor(hidden_layer_sizes=(), **QUICK), transformer=StandardScaler()
    )
    assert wrapped.fit(X, 1000 * y).score(X, 1000 * y) > 0.9
    X, y = iris_like()
    both = MultiOutputClassifier(NetworkClassifier((4,), **QUICK)).fit(X, np.stack([y, y], axis=1))
    assert both.predict(X).shape == (60, 2)


@pytest.mark.parametrize(
    "estimator",
    [
        NetworkClassifier(hierarchy=H, callbacks=[print], validation_data=([[0.0] * 4], ["ill"])),
        NetworkRegressor(likelihoods.Gaussian([[2.0, 1.0], [1.0, 3.0]]), hierarchy=pairs_of_neighbours),
    ],
)
def test_a_clone_has_the_same_parameters_and_no_network(estimator):
    copy = clone(estimator)
    assert copy.get_params().keys() == estimator.get_params().keys()
    assert copy.hierarchy == estimator.hierarchy
    assert not hasattr(copy, "network_")
    assert is_classifier(copy) != is_regressor(copy)


@pytest.mark.parametrize("way", ["pickle", "joblib"])
def test_an_estimator_read_from_a_file_predicts_the_same_bits(way, tmp_path):
    X, y = table()
    clf = NetworkClassifier(hierarchy=H, max_iter=5, warm_start=True, random_state=0).fit(X, y)
    path = tmp_path / "model"
    if way == "pickle":
        path.write_bytes(pickle.dumps(clf))
        copy = pickle.loads(path.read_bytes())
    else:
        joblib.dump(clf, path)
        copy = joblib.load(path)
    np.testing.assert_array_equal(copy.predict_proba(X), clf.predict_proba(X))
    assert copy.hierarchy_ == clf.hierarchy_
    np.testing.assert_array_equal(copy.fit(X, y).network_.theta, clf.fit(X, y).network_.theta)


@pytest.mark.unseeded
def test_the_same_seed_gives_the_same_network_and_others_do_not():
    X, y = iris_like()
    nets = [
        fitted(NetworkClassifier((4,), max_iter=3, random_state=seed), X, y).network_
        for seed in (0, 0, 1, None)
    ]
    np.testing.assert_array_equal(nets[0].theta, nets[1].theta)
    assert not np.array_equal(nets[0].theta, nets[2].theta)
    assert not np.array_equal(nets[0].theta, nets[3].theta)
    shared = np.random.RandomState(0)
    one, other = (
        fitted(NetworkClassifier((4,), max_iter=1, random_state=shared), X, y).network_ for _ in range(2)
    )
    assert not np.array_equal(one.theta, other.theta)
