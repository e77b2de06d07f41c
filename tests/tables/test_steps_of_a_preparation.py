"""Gaps are filled, heavy tails are bounded, and what has been scaled comes back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hassenet.data.fill import Fill
from hassenet.data.preparation import Preparation
from hassenet.data.scaling import Scaling
from hassenet.data.soft_clip import SoftClip
from hassenet.errors import NotFiniteError, ParameterError, ShapeError

NAN = np.nan
numbers = arrays(np.float64, (5, 3), elements=st.floats(-1e6, 1e6) | st.just(NAN))


@given(numbers)
def test_gaps_become_medians_and_values_stay(X):
    filled = Fill.of(X)(X)
    present = ~np.isnan(X)
    np.testing.assert_array_equal(filled[present], X[present])
    for j in range(3):
        values = X[present[:, j], j]
        median = np.median(values) if values.size else 0.0
        np.testing.assert_array_equal(filled[~present[:, j], j], median)


@given(numbers)
def test_what_is_filled_is_filled_once(X):
    fill = Fill.of(X)
    np.testing.assert_array_equal(fill(fill(X)), fill(X))


def test_a_column_without_any_value_and_a_table_without_rows_are_filled_with_zero():
    np.testing.assert_array_equal(Fill.of([[NAN, 1.0], [NAN, 3.0]]).values, [0.0, 2.0])
    np.testing.assert_array_equal(Fill.of(np.zeros((0, 2))).values, [0.0, 0.0])


@pytest.mark.parametrize("bad", [np.inf, -np.inf])
def test_infinity_is_not_a_gap(bad):
    X = [[1.0, bad], [2.0, 0.0]]
    with pytest.raises(NotFiniteError, match="infinite ones in 'height'; correct them"):
        Fill.of(X, ["age", "height"])
    with pytest.raises(NotFiniteError, match="infinite ones in 1; correct them"):
        Fill([0.0, 0.0])(X)


@pytest.mark.parametrize("values", [[1.0, NAN], [[1.0, 2.0]], [np.inf]])
def test_what_fills_gaps_is_a_vector_of_finite_numbers(values):
    with pytest.raises(ParameterError, match="vector of finite numbers"):
        Fill(values)


def test_a_preparation_refuses_what_fills_other_features():
    with pytest.raises(ShapeError, match="one value a feature, 3; got 2"):
        Preparation(("a", "b", "c"), (Fill([0.0, 1.0]),))


@given(
    arrays(np.float64, 20, elements=st.floats(allow_nan=False, allow_infinity=False)), st.floats(1e-3, 1e3)
)
def test_a_soft_clip_is_odd_rises_and_stays_within_its_limit(z, c):
    z = np.sort(z)[None]
    clipped = SoftClip(c)(z)
    assert (np.abs(clipped) <= c * (1 + 1e-15)).all()
    assert (np.diff(clipped) >= 0).all()
    np.testing.assert_array_equal(SoftClip(c)(-z), -clipped)


@given(st.floats(-1e3, 1e3), st.floats(1e-2, 1e2))
def test_a_soft_clip_is_its_formula(z, c):
    np.testing.assert_allclose(SoftClip(c)([[z]])[0, 0], z / np.sqrt(1 + (z / c) ** 2), rtol=1e-12)


@pytest.mark.parametrize("limit", [0, -1, NAN, np.inf, "3", True])
def test_the_limit_of_a_soft_clip_is_above_zero(limit):
    with pytest.raises(ParameterError, match="limit of a soft clip"):
        SoftClip(limit)


def test_a_constant_column_becomes_zero():
    X = np.array([[3.0, 0.1], [3.0, 0.1], [3.0, 0.1]])
    np.testing.assert_allclose(SoftClip(3.0)(Scaling.of(X)(X)), 0, atol=1e-15)


@given(arrays(np.float64, (4, 2), elements=st.floats(-1e3, 1e3)))
def test_scaling_and_its_inverse_are_the_identity(X):
    scaling = Scaling.of(X)
    np.testing.assert_allclose(scaling.inverse(scaling(X)), X, atol=1e-9)


def test_steps_say_what_they_do():
    steps = (Fill([0.0]), Scaling([0.0], [1.0]), SoftClip(3.0))
    assert Preparation(("a",), steps).words == ", gaps filled, standardised, softly clipped at ±3"
