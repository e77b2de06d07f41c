"""A Model predicts from raw tables and arrays as its network does from prepared ones."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import polars as pl
import pytest

from hassenet.errors import FeatureError, NotFiniteError, ParameterError, ShapeError
from hassenet.hierarchy import Hierarchy
from hassenet.model import Model
from hassenet.network import Network
from hassenet.tables import Table
from hassenet.training.history import Epoch

X = np.array([[0.5, 0.0, 3.0], [2.0, 1.0, 0.25]])


def test_a_prediction_is_the_network_at_scaled_logarithms(two_classes):
    scaling = two_classes.scaling
    Z = (np.log10(X + 1e-4) - scaling.mean) / scaling.scale
    p = two_classes.predict_proba(X)
    np.testing.assert_array_equal(p[:, 1:], two_classes.network(Z))
    np.testing.assert_allclose(p.sum(1), 1)
    assert two_classes.predict(X).tolist() == [("ill", "well")[k] for k in p.argmax(1)]


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, Table])
def test_columns_are_matched_by_name_and_further_ones_ignored(model: Model, kind):
    columns = {name: X[:, k] for k, name in enumerate(model.features)}
    shuffled = kind({"other": np.array(["a", "b"], object), **dict(reversed(columns.items()))})
    np.testing.assert_array_equal(model.predict(shuffled), model.predict(X))


def test_a_regression_gives_its_targets_and_no_probabilities(regression):
    assert regression.predict(X).shape == (2, 2)
    np.testing.assert_array_equal(regression.predict(X), regression.network(X))
    with pytest.raises(ParameterError, match="no probabilities"):
        regression.predict_proba(X)


def test_data_that_do_not_fit_are_named(two_classes):
    frame = pd.DataFrame(X, columns=list(two_classes.features))
    with pytest.raises(FeatureError, match=r"1 of 3.*A\|b"):
        two_classes.predict(frame.drop(columns="A|b"))
    with pytest.raises(FeatureError, match=r"'A\|a'.*encode"):
        two_classes.predict(frame.assign(**{"A|a": ["x", "y"]}))
    with pytest.raises(NotFiniteError, match=r"A\|b"):
        two_classes.predict(frame.assign(**{"A|b": [1.0, np.nan]}))
    with pytest.raises(NotFiniteError, match=r"log10.*B\|c.*greater offset"):
        two_classes.predict(frame.assign(**{"B|c": [-1.0, 0.0]}))
    for wrong in (X[:, :2], X[0]):
        with pytest.raises(ShapeError, match="3 columns"):
            two_classes.predict(wrong)


FAULTS = {
    "features": (ShapeError, {"features": ("a", "b")}),
    "a feature twice": (ShapeError, {"features": ("a", "a", "b")}),
    "scaling": (ShapeError, {"network": None}),
    "one class": (ParameterError, {"classes": ("ill",)}),
    "a class twice": (ParameterError, {"classes": ("ill", "ill")}),
    "three classes at one output": (ShapeError, {"classes": ("a", "b", "c")}),
    "two targets": (ParameterError, {"targets": ("a", "b")}),
    "classes missing": (ParameterError, {"classes": None}),
    "unknown task": (ParameterError, {"task": "guess"}),
    "a feature that is not text": (ParameterError, {"features": ("a", "b", 3)}),
    "a class that is not a number": (ParameterError, {"classes": (1.0, float("nan"))}),
    "a class of another kind": (ParameterError, {"classes": ("a", None)}),
    "a metric that is not a number": (ParameterError, {"metrics": {"a": {"b": float("inf")}}}),
    "offset": (ParameterError, {"log10": float("nan")}),
    "a history of bare numbers": (ParameterError, {"history": (0.5, 0.25)}),
    "a history that is not a sequence": (ParameterError, {"history": 5}),
    "a cost that is not a number": (ParameterError, {"history": (Epoch(0, *[float("nan")] * 5),)}),
    "a cost that is text": (ParameterError, {"history": (Epoch(0, "x", 1, 1, 1, 1),)}),
    "an epoch that is text": (ParameterError, {"history": (Epoch("a", 1, 1, 1, 1, 1),)}),
    "nothing where NaN stands": (ParameterError, {"history": (Epoch(0, 1, None, None, None, None),)}),
    "half an epoch": (ParameterError, {"history": (Epoch(0.5, 1, 1, 1, 1, 1),)}),
    "an epoch twice": (ParameterError, {"history": (Epoch(1, 1, 1, 1, 1, 1), Epoch(1, 1, 1, 1, 1, 1))}),
    "an infinite cost": (ParameterError, {"history": (Epoch(0, 1, float("inf"), 1, 1, 1),)}),
    "a time below 0": (ParameterError, {"history": (Epoch(0, 1, 1, 1, 1, -4),)}),
    "classes that are written alike": (ParameterError, {"classes": (1, "1")}),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_parts_that_do_not_fit_together_are_refused(two_classes, regression, fault):
    error, changes = FAULTS[fault]
    if fault == "scaling":
        changes = {"scaling": type(two_classes.scaling)(np.zeros(2), np.ones(2))}
    with pytest.raises(error):
        replace(two_classes, **changes)


@pytest.mark.parametrize("output", ["sigmoid", "identity", "relu", "softmax/2"])
def test_outputs_of_several_classes_are_those_of_one_softmax(output):
    net = Network(Hierarchy.complete(2, 4), output=output)
    with pytest.raises(
        ParameterError, match="add up to 1; .* gives none; give the network the output 'softmax'"
    ):
        Model(net, ("a", "b"), "classification", ("y",), (1, 2, 3, 4))


@pytest.mark.parametrize("output", ["softmax", "identity", "tanh"])
def test_the_one_output_of_two_classes_is_a_sigmoid(output):
    net = Network(Hierarchy.complete(2, 1), output=output)
    with pytest.raises(
        ParameterError, match="one of the second class .* give the network the output 'sigmoid'"
    ):
        Model(net, ("a", "b"), "classification", ("y",), ("ill", "well"))


def test_classes_that_are_written_alike_are_named(two_classes):
    with pytest.raises(ParameterError, match="told apart as they are written; two are written 1; rename one"):
        replace(two_classes, classes=(1, "1"))


def test_a_column_that_stands_twice_is_named(two_classes):
    frame = pd.DataFrame(X, columns=list(two_classes.features))
    with pytest.raises(FeatureError, match=r"a feature is one column; there are several 'A\|b'; keep one"):
        two_classes.predict(pd.concat([frame, frame[["A|b"]]], axis=1))
    twice = pd.concat([frame.assign(other=1), frame.assign(other=2)[["other"]]], axis=1)
    np.testing.assert_array_equal(two_classes.predict(twice), two_classes.predict(X))


def test_a_history_becomes_a_tuple_so_that_a_model_can_be_a_key(regression):
    kept = replace(regression, history=list(regression.history))
    assert kept.history == regression.history
    assert isinstance(kept.history, tuple)
    assert isinstance(hash(kept), int)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_model_of_an_estimator_predicts_as_the_estimator_does(tmp_path):
    from sklearn.datasets import load_iris
    from sklearn.preprocessing import StandardScaler

    from hassenet import NetworkClassifier, NetworkRegressor

    frame, y = load_iris(return_X_y=True, as_frame=True)
    for scaler in (None, StandardScaler().fit(frame), StandardScaler(with_mean=False).fit(frame)):
        X = frame if scaler is None else scaler.set_output(transform="pandas").transform(frame)
        for labels in (y, y.map({0: "a", 1: "b", 2: "c"}), y == 1):
            few = {"hidden_layer_sizes": (5,), "max_iter": 3, "random_state": 0}
            classifier = NetworkClassifier(**few).fit(X, labels)
            model = Model.of(classifier, scaler)
            assert model.features == tuple(frame)
            assert model.history == classifier.history_
            assert len(model.history) == 3
            np.testing.assert_allclose(model.predict_proba(frame), classifier.predict_proba(X), rtol=1e-4)
            assert model.predict(frame).tolist() == classifier.predict(X).tolist()
        regressor = NetworkRegressor(**few).fit(X, np.c_[y, -y])
        model = Model.of(regressor, scaler, target="kind")
        assert model.targets == ("kind0", "kind1")
        assert model.history == regressor.history_
        np.testing.assert_allclose(model.predict(frame), regressor.predict(X), rtol=1e-4)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_model_has_one_label_a_row():
    from hassenet import NetworkClassifier

    several = np.array([[0, 1], [1, 1], [1, 0], [0, 0]] * 5)
    classifier = NetworkClassifier((2,), max_iter=2, random_state=0)
    with pytest.raises(ParameterError, match="network_"):
        Model.of(classifier.fit(np.eye(20), several))


def test_loading_and_predicting_import_no_scikit_learn(tmp_path, two_classes):
    from hassenet.storage import save

    save(two_classes, tmp_path / "model")
    code = (
        "import sys; from hassenet.storage import load; "
        f"load({str(tmp_path / 'model')!r}).predict([[1, 2, 3]]); "
        "print([m for m in ('sklearn', 'matplotlib', 'pandas', 'pyarrow', 'pickle5') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
