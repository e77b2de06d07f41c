"""Frames without names to match, scalers and pipelines of scikit-learn, and what is taken in place of a network."""

from functools import partial

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from estimator_tools import fitted
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler

import hassenet as hn
from hassenet import Hierarchy, Model, Network, explain, load, save
from hassenet.errors import FeatureError, ParameterError, ShapeError, StorageError
from hassenet.estimators import NetworkClassifier, NetworkRegressor
from hassenet.plots import plot_costs

RNG = np.random.default_rng(0)
COLUMNS = ["age", "bmi", "dose"]
X = RNG.normal(size=(40, 3)) * [1, 10, 100] + [5, 0, 1000]
FRAME = pd.DataFrame(X, columns=COLUMNS)
Y = FRAME["age"] - 5
SCALERS = [
    StandardScaler(), StandardScaler(with_mean=False), StandardScaler(with_std=False), MinMaxScaler((-1, 3)),
    MaxAbsScaler(), RobustScaler(), RobustScaler(with_centering=False), RobustScaler(with_scaling=False),
    make_pipeline(RobustScaler(), "passthrough", MinMaxScaler(), StandardScaler()),
]  # fmt: skip
EVERY_SCALER = pytest.mark.parametrize("scaler", SCALERS, ids=lambda s: repr(s)[:50])


def regressor(**options):
    return NetworkRegressor(hidden_layer_sizes=(4,), solver="lbfgs", max_iter=20, random_state=0, **options)


# -------------------------------------------------------------------- frames and hierarchies without names


@pytest.mark.parametrize(
    "frame", [FRAME, pl.DataFrame(FRAME), pa.table(FRAME)], ids=lambda f: type(f).__module__
)
def test_a_network_without_names_takes_the_columns_of_a_frame_in_their_order(frame):
    net = Network(Hierarchy.complete(3, 4, 1), dtype="float64")
    np.testing.assert_array_equal(net(frame), net(X))
    by_frame, by_array = (hn.fit(net, x, Y, epochs=2).network.theta for x in (frame, X))
    np.testing.assert_array_equal(by_frame, by_array)


def test_a_frame_of_another_width_is_refused_by_a_network_without_names():
    net = Network(Hierarchy.complete(4, 1))
    with pytest.raises(
        FeatureError, match="the columns in their order; it has 4, X has 3 columns: 'age', 'bmi', 'dose'"
    ):
        net(FRAME)


def test_where_some_columns_have_the_names_of_features_all_have_to():
    with pytest.raises(FeatureError, match="the table lacks 2"):
        Network(Hierarchy.complete(3, 1))(FRAME.rename(columns={"age": "x1"}))


def test_an_estimator_gives_the_features_of_a_hierarchy_without_names_those_of_the_columns():
    model = fitted(regressor(hierarchy=Hierarchy.complete(3, 2)), FRAME, Y)
    assert model.hierarchy_.ranks[0] == tuple(COLUMNS)


def test_names_may_be_given_for_some_ranks():
    H = Hierarchy.complete(3, 2, 1, names=[COLUMNS, None, ["ill"]])
    assert H.ranks == (tuple(COLUMNS), ("h1_0", "h1_1"), ("ill",))
    with pytest.raises(ParameterError, match="names has an entry a rank, of which there are 3; got 2"):
        Hierarchy.complete(3, 2, 1, names=[COLUMNS, None])


# -------------------------------------------------------------------- scalers, pipelines


@EVERY_SCALER
def test_a_model_scales_as_any_affine_scaler_does_and_has_the_names_of_its_columns(scaler):
    Z = scaler.fit_transform(FRAME)
    estimator = fitted(regressor(), np.asarray(Z), Y)
    for model in (Model.of(estimator, scaler), Model.of(estimator.network_, scaler, "age")):
        assert model.features == tuple(COLUMNS)
        np.testing.assert_allclose(
            model.predict(FRAME[COLUMNS[::-1]]), estimator.predict(np.asarray(Z)), rtol=1e-9
        )


@EVERY_SCALER
def test_a_pipeline_of_scalers_is_a_model_and_is_saved_as_one(scaler, tmp_path):
    pipeline = fitted(make_pipeline(scaler, regressor()), FRAME, Y)
    save(pipeline, tmp_path / "model")
    for model in (Model.of(pipeline), load(tmp_path / "model")):
        np.testing.assert_allclose(model.predict(FRAME), pipeline.predict(FRAME), rtol=1e-9)


def test_a_pipeline_of_one_estimator_alone_is_a_model():
    pipeline = fitted(make_pipeline(regressor()), FRAME, Y)
    np.testing.assert_array_equal(Model.of(pipeline).predict(FRAME), pipeline.predict(FRAME))


def test_a_step_that_mixes_or_clips_features_is_refused_by_name():
    for step in (PCA(3), MinMaxScaler(clip=True)):
        pipeline = fitted(make_pipeline(step, regressor()), FRAME, Y)
        with pytest.raises(ParameterError, match=f"this {type(step).__name__} (is not|clips)"):
            Model.of(pipeline)
    with pytest.raises(ParameterError, match="this StandardScaler is not fitted"):
        Model.of(fitted(regressor(), X, Y), StandardScaler())
    with pytest.raises(ShapeError, match="of which there are 3; it has 2"):
        Model.of(fitted(regressor(), X, Y), StandardScaler().fit(X[:, :2]))


def test_a_bare_network_is_a_model_of_what_its_outputs_are():
    names = [COLUMNS, None, ["well", "ill"]]
    net = Network(Hierarchy.complete(3, 2, 2, names=names), output="softmax")
    assert Model.of(net).classes == ("well", "ill")
    one = Network(Hierarchy.complete(3, 2, 1), output="sigmoid")
    assert Model.of(one, classes=["well", "ill"], target="health").classes == ("well", "ill")
    with pytest.raises(ParameterError, match="two classes, the second the one whose probability"):
        Model.of(one)
    with pytest.raises(ParameterError, match="an estimator knows its classes"):
        Model.of(fitted(regressor(), X, Y), classes=["a", "b"])
    assert Model.of(Network(Hierarchy.complete(3, 2))).targets == ("y0", "y1")
    assert Model.of(Network(Hierarchy.complete(3, 2)), target="t").targets == ("t0", "t1")


# -------------------------------------------------------------------- in place of a network, a history


def others():
    estimator = fitted(regressor(), X, Y)
    return {
        "pipeline": (
            fitted(make_pipeline(StandardScaler(), regressor()), X, Y),
            r"pipeline\[-1\].network_, and X as",
        ),
        "estimator": (estimator, "give its network_"),
        "not fitted": (regressor(), "fit it, and give its network_"),
        "model": (Model.of(estimator), r"give its network, and X as model.prepare\(X\)"),
        "fit": (hn.fit(Network(Hierarchy.complete(3, 1)), X / 1000, Y), "give its network"),
        "text": ("model.hsn", "give a Network"),
    }


@pytest.mark.parametrize("kind", others())
def test_where_something_else_than_a_network_is_given_the_error_names_what_to_give(kind):
    given, remedy = others()[kind]
    methods = (explain.deeplift, explain.ablation, explain.relevance_flow)
    calls = [
        *(partial(method, given, X) for method in methods),
        partial(explain.of_elements, explain.deeplift, given, X),
        partial(hn.fit, given, X, Y),
        partial(hn.gradient, given, X, Y),
    ]
    for call in calls:
        with pytest.raises(ParameterError, match=remedy):
            call()


def test_what_cannot_be_saved_is_refused_with_what_to_give(tmp_path):
    with pytest.raises(StorageError, match="got a Fit; give its network"):
        save(hn.fit(Network(Hierarchy.complete(3, 1)), X / 1000, Y), tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_an_estimator_is_saved_as_its_model(tmp_path):
    estimator = fitted(
        NetworkClassifier((3,), max_iter=3, random_state=0), FRAME, np.where(Y > 0, "ill", "well")
    )
    save(estimator, tmp_path / "model")
    assert (load(tmp_path / "model").predict(FRAME) == estimator.predict(FRAME)).all()


def test_costs_are_drawn_of_whatever_has_a_history_and_of_numbers():
    estimator = fitted(NetworkRegressor(max_iter=4, random_state=0), X / 1000, Y)
    pipeline = fitted(make_pipeline(StandardScaler(), NetworkRegressor(max_iter=4, random_state=0)), X, Y)
    run = hn.fit(Network(Hierarchy.complete(3, 1)), X / 1000, Y, epochs=4, validation_fraction=0.2)
    for given in (run, run.history, estimator, pipeline, Model.of(estimator), estimator.loss_curve_):
        lines = {line.get_gid(): line.get_ydata() for line in plot_costs(given).axes[0].lines}
        assert len(lines["epochs"]) == 4
    np.testing.assert_array_equal(lines["epochs"], estimator.loss_curve_)
    for odd in ("costs", 3, Network(Hierarchy.complete(2, 1)), [None]):
        with pytest.raises(
            ParameterError, match="costs are drawn of a history, fit.history or estimator.history_"
        ):
            plot_costs(odd)
