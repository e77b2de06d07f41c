"""A model of an estimator whose targets were scaled around it predicts the targets themselves."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.compose import TransformedTargetRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

import hassenet as hn
from hassenet.errors import ParameterError
from hassenet.plots.curves import curve_of

RNG = np.random.default_rng(0)
X = 5 + 3 * RNG.normal(size=(60, 3))
Y = 1000 + 50 * X[:, :2] @ [[1, 0.5], [0, 2]]
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def inner():
    network = hn.NetworkRegressor(hidden_layer_sizes=(3,), max_iter=5, random_state=0)
    return make_pipeline(StandardScaler(), network)


@pytest.mark.parametrize("scaler", [StandardScaler(), MinMaxScaler(), make_pipeline(StandardScaler()), None])
@pytest.mark.parametrize("y", [Y[:, 0], Y], ids=["one", "two"])
def test_the_model_predicts_what_the_estimator_does(scaler, y, tmp_path):
    fitted = TransformedTargetRegressor(inner(), transformer=scaler).fit(X, y)
    np.testing.assert_allclose(hn.Model.of(fitted).predict(X), fitted.predict(X), rtol=1e-6)
    hn.save(fitted, tmp_path / "m")
    np.testing.assert_allclose(hn.load(tmp_path / "m").predict(X), fitted.predict(X), rtol=1e-6)
    assert len(curve_of(fitted)) == 5


def test_scalings_of_targets_inside_and_outside_are_one_and_residuals_are_in_the_outer_unit():
    model = hn.Model.of(inner().fit(X, Y[:, 0]))
    scaled = hn.model.Scaling([2.0], [4.0])
    own = hn.Model(
        model.network,
        model.features,
        "regression",
        ("y",),
        scaling=model.scaling,
        target_scaling=scaled,
        residuals=[1, 3],
    )
    estimator = type("Made", (), {"as_model": lambda self, scaler=None: own})()
    outer = StandardScaler().fit(Y[:, :1])
    around = type("Around", (), {"regressor_": estimator, "transformer_": outer})()
    found = hn.Model.of(around)
    expected = outer.inverse_transform(own.predict(X)[:, None])[:, 0]
    np.testing.assert_allclose(found.predict(X), expected)
    np.testing.assert_allclose(found.residuals.values, outer.scale_ * [[1], [3]])


def test_a_transformation_that_is_not_affine_is_refused_as_one_of_targets():
    fitted = TransformedTargetRegressor(inner(), func=np.log, inverse_func=np.exp).fit(X, Y[:, 0])
    with pytest.raises(
        ParameterError, match="the scaling of targets.*this FunctionTransformer does something else"
    ):
        hn.Model.of(fitted)
