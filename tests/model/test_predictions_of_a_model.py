"""A model prepares features in steps, averages members, scales targets back, and says how sure it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hassenet import Ensemble, Hierarchy, Model, Network
from hassenet.errors import NotFiniteError, ParameterError, ShapeError
from hassenet.hierarchy import with_constants
from hassenet.model import Fill, Logarithm, Residuals, Scaling, SoftClip
from hassenet.model.temperature import tempered

NAN = np.nan
RNG = np.random.default_rng(0)
X = RNG.normal(size=(7, 3))
H = Hierarchy.complete(3, 2, 1)
NET = Network(H, "tanh", dtype="float64")
MODEL = Model(NET, ("a", "b", "c"), "regression", ("y",))
SURE = replace(
    MODEL, network=Network(H, output="sigmoid"), task="classification", classes=("no", "yes"), residuals=None
)
SOFTMAX = replace(
    SURE, network=Network(Hierarchy.complete(3, 3), output="softmax", dtype="float64"), classes=(1, 2, 3)
)


# ---------------------------------------------------------------- preparation


def test_the_network_sees_the_features_after_every_step_in_order():
    steps = (Fill([1.0, 2.0, 3.0]), Logarithm(9.0), Scaling([0.0, 0.1, 0.2], [1.0, 2.0, 3.0]), SoftClip(0.5))
    gaps = np.where(X > 0.5, NAN, X)
    z = gaps
    for step in steps:
        z = step(z)
    model = replace(MODEL, steps=steps)
    np.testing.assert_array_equal(model.predict(gaps), NET(z)[:, 0])
    shuffled = pd.DataFrame(gaps, columns=list("abc"))[["c", "a", "b"]]
    np.testing.assert_array_equal(model.predict(shuffled), model.predict(gaps))


def test_scaling_and_logarithm_are_short_for_their_steps():
    scaling = Scaling([0.0, 0.1, 0.2], [1.0, 2.0, 3.0])
    short, long = (
        replace(MODEL, log10=9.0, scaling=scaling),
        replace(MODEL, steps=[Logarithm(9.0), scaling]),
    )
    np.testing.assert_array_equal(short.predict(X), long.predict(X))
    assert short.preparation == long.preparation


@pytest.mark.parametrize("steps", [(), (Scaling([0.0] * 3, [1.0] * 3),), (SoftClip(3.0), Fill([0.0] * 3))])
def test_a_gap_is_refused_where_the_first_step_does_not_fill_it(steps):
    with pytest.raises(NotFiniteError, match="none is missing; not so in 'b'"):
        replace(MODEL, steps=steps).predict([[0.0, NAN, 0.0]])


def test_steps_and_their_short_form_are_not_given_both():
    with pytest.raises(ParameterError, match=r"got both; give all as steps=\(…\)"):
        replace(MODEL, steps=(), log10=1.0)


@pytest.mark.parametrize("steps", [3, (3,), (Logarithm,)])
def test_steps_are_steps(steps):
    with pytest.raises(ParameterError, match=r"steps are those of hassenet\.model"):
        replace(MODEL, steps=steps)


def test_steps_of_other_features_are_refused():
    with pytest.raises(ShapeError, match="one value a feature, 3; got 2"):
        replace(MODEL, steps=(Fill([0.0, 1.0]),))


# ---------------------------------------------------------------- members


def test_a_model_of_an_ensemble_predicts_the_mean_of_the_models_of_its_members():
    nets = [Network(H, "tanh", dtype="float64", seed=seed) for seed in range(3)]
    each = [replace(MODEL, network=net).predict(X) for net in nets]
    np.testing.assert_allclose(
        replace(MODEL, network=Ensemble(nets)).predict(X), np.mean(each, 0), rtol=1e-14
    )


def test_the_outputs_of_an_ensemble_are_checked_as_those_of_a_network():
    with pytest.raises(ParameterError, match="gives none; give the network the output 'sigmoid'"):
        replace(SURE, network=Ensemble([NET, NET]))


# ---------------------------------------------------------------- targets


def test_scaled_targets_are_scaled_back():
    model = replace(MODEL, target_scaling=Scaling([5.0], [0.5]))
    np.testing.assert_allclose(model.predict(X), 5 + 0.5 * MODEL.predict(X), rtol=1e-14)


def test_targets_are_scaled_back_in_double_precision():
    single = replace(MODEL, network=Network(H, "tanh"), target_scaling=Scaling([1e9], [1.0]))
    np.testing.assert_allclose(
        single.predict(X) - 1e9, replace(single, target_scaling=None).predict(X), atol=1e-6
    )


BELONGS = {
    "scaling of two targets": (MODEL, {"target_scaling": Scaling([0.0, 0.0], [1.0, 1.0])}, ShapeError),
    "residuals of two targets": (MODEL, {"residuals": np.ones((5, 2))}, ShapeError),
    "residuals that are not numbers": (MODEL, {"residuals": [1.0, NAN]}, ParameterError),
    "residuals of no row": (MODEL, {"residuals": []}, ParameterError),
    "temperature of a regression": (MODEL, {"temperature": 2.0}, ParameterError),
    "temperature of zero": (SURE, {"temperature": 0.0}, ParameterError),
    "scaled classes": (SURE, {"target_scaling": Scaling([0.0], [1.0])}, ParameterError),
    "residuals of classes": (SURE, {"residuals": [1.0]}, ParameterError),
    "a setting that is an object": (MODEL, {"settings": {"net": NET}}, ParameterError),
    "a setting that is infinite": (MODEL, {"settings": {"a": [1.0, np.inf]}}, ParameterError),
    "a setting without a name": (MODEL, {"settings": {3: 1}}, ParameterError),
    "settings that are a list": (MODEL, {"settings": [1]}, ParameterError),
}


@pytest.mark.parametrize("fault", BELONGS)
def test_what_does_not_belong_to_a_model_is_refused_when_it_is_made(fault):
    model, changes, error = BELONGS[fault]
    with pytest.raises(error):
        replace(model, **changes)


# ---------------------------------------------------------------- probabilities


@given(arrays(np.float64, (4, 3), elements=st.floats(1e-300, 1)), st.floats(1e-3, 1e3))
def test_a_temperature_keeps_the_order_of_classes_and_the_sum(raw, T):
    p = raw / raw.sum(axis=1, keepdims=True)
    warm = tempered(p, T)
    np.testing.assert_allclose(warm.sum(axis=1), 1, rtol=1e-12)
    order = np.argsort(p, axis=1)
    assert (np.diff(np.take_along_axis(warm, order, axis=1), axis=1) >= 0).all()


def test_of_two_classes_a_temperature_divides_the_log_odds():
    cold, warm = SURE.predict_proba(X), replace(SURE, temperature=2.5).predict_proba(X)
    logit = np.log(cold[:, 1] / cold[:, 0])
    np.testing.assert_allclose(np.log(warm[:, 1] / warm[:, 0]), logit / 2.5, rtol=1e-9)


def test_of_several_classes_a_temperature_divides_the_signals():
    warm = replace(SOFTMAX, temperature=3.0).predict_proba(X)
    powers = np.exp(SOFTMAX.network.signals(X)[-1] / 3.0)
    np.testing.assert_allclose(warm, powers / powers.sum(axis=1, keepdims=True), rtol=1e-12)
    assert replace(SOFTMAX, temperature=3.0).predict(X).tolist() == SOFTMAX.predict(X).tolist()


def test_probabilities_of_zero_and_one_stay_so_at_any_temperature():
    for T in (1e-3, 0.5, 1e3):
        np.testing.assert_array_equal(tempered(np.array([[0.0, 1.0, 0.0]]), T), [[0.0, 1.0, 0.0]])


# ---------------------------------------------------------------- intervals


def test_an_interval_reaches_the_residual_of_its_rank_to_both_sides():
    model = replace(MODEL, residuals=np.arange(1.0, 20.0)[::-1])  # 19 residuals
    for level, radius in ((0.9, 18.0), (0.5, 10.0), (0.55, 11.0), (0.95, 19.0), (0.01, 1.0)):
        prediction, low, high = model.predict(X, interval=level)
        np.testing.assert_array_equal(prediction, MODEL.predict(X))
        np.testing.assert_allclose(high - prediction, radius, rtol=1e-12)
        np.testing.assert_allclose(prediction - low, radius, rtol=1e-12)


def test_each_target_has_an_interval_of_its_own():
    two = Model(
        Network(Hierarchy.complete(3, 2), dtype="float64"),
        ("a", "b", "c"),
        "regression",
        ("y", "z"),
        residuals=[[1.0, -10.0]] * 9,
    )
    found = two.predict(X, interval=0.9)
    assert found.low.shape == (7, 2)
    np.testing.assert_allclose(found.high - found.low, [[2.0, 20.0]] * 7)


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.5, 0.8, 0.9]))
def test_the_share_of_exchangeable_residuals_within_is_at_least_the_level(seed, level):
    values = np.random.default_rng(seed).exponential(size=40)
    inside = [abs(v) <= Residuals(np.delete(values, i)).radius(level)[0] for i, v in enumerate(values)]
    assert np.mean(inside) >= level


def test_too_few_residuals_are_refused_with_their_number():
    with pytest.raises(ParameterError, match="level 0.9 needs 9 residuals; the model has 8 residuals"):
        replace(MODEL, residuals=np.ones(8)).predict(X, interval=0.9)
    assert replace(MODEL, residuals=np.ones(9)).predict(X, interval=0.9).high.shape == (7,)


@pytest.mark.parametrize("level", [0, 1, 1.5, "0.9", True])
def test_a_level_lies_between_zero_and_one(level):
    with pytest.raises(ParameterError, match="the level of an interval lies between 0 and 1"):
        replace(MODEL, residuals=np.ones(9)).predict(X, interval=level)


def test_an_interval_needs_a_regression_with_residuals():
    with pytest.raises(ParameterError, match="the model has none"):
        MODEL.predict(X, interval=0.9)
    with pytest.raises(ParameterError, match="use predict_proba"):
        SURE.predict(X, interval=0.9)


def test_settings_are_plain_values():
    model = replace(
        MODEL, settings={"penalty": np.float32(0.5), "neurons": [1, np.int64(4)], "more": {"a": None}}
    )
    assert model.settings == {"penalty": 0.5, "neurons": (1, 4), "more": {"a": None}}
    assert isinstance(hash(model), int)


def test_numbers_of_a_loss_are_not_targets():
    net = Network(with_constants(Hierarchy.complete(3, 1, names=[None, ["cells"]]), ["log dispersion"]))
    with pytest.raises(ParameterError, match="'log dispersion of cells' is a number of its loss"):
        Model.of(net)
