"""A preparation is its steps, one after the other; each refuses what it cannot take."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from hassenet.data.complete import Complete
from hassenet.data.logarithm import Logarithm
from hassenet.data.preparation import Preparation
from hassenet.data.scaling import Scaling
from hassenet.errors import DataError, FeatureError, NotFiniteError, ParameterError, ShapeError
from hassenet.hierarchy import Hierarchy
from hassenet.model import Model
from hassenet.network import Network

NAMES = ("a", "b")
X = np.array([[1.0, 3.0], [9.0, 99.0], [0.0, 0.5]])
STEPS = (Complete(), Logarithm(1.0), Scaling(np.array([0.5, -1.0]), np.array([2.0, 0.25])))


@pytest.mark.parametrize("n", range(4))
def test_a_preparation_of_more_steps_goes_on_where_one_of_fewer_ends(n):
    first, rest = Preparation(NAMES, STEPS[:n]), Preparation(NAMES, STEPS[n:])
    np.testing.assert_array_equal(rest(first(X)), Preparation(NAMES, STEPS)(X))


def test_without_steps_features_are_read_as_they_are():
    np.testing.assert_array_equal(Preparation(NAMES)([[1, None], [True, 2.5]]), [[1, np.nan], [1, 2.5]])
    np.testing.assert_array_equal(Preparation(NAMES)(sp.csr_array(X)).toarray(), X)
    assert Preparation(NAMES)(np.eye(2, dtype=np.int8)).dtype == np.int8


def test_a_model_says_what_it_does_to_features():
    net = Network(Hierarchy.complete(2, 1), output="sigmoid")
    model = Model(net, NAMES, "classification", ("y",), (0, 1), STEPS[2], 1.0)
    assert model.preparation == Preparation(NAMES, STEPS)
    assert replace(model, log10=None).preparation == Preparation(NAMES, (STEPS[0], STEPS[2]))
    assert replace(model, log10=None, scaling=None).preparation == Preparation(NAMES, STEPS[:1])
    np.testing.assert_array_equal(model.prepare(X), model.preparation(X))


def test_a_scaling_is_for_as_many_features_as_it_has_entries():
    with pytest.raises(ShapeError, match="a scaling has one entry a feature, 3; got 2; fit it on them"):
        Preparation(("a", "b", "c"), STEPS)


def test_the_offset_of_a_logarithm_is_finite():
    for offset in (np.nan, np.inf):
        with pytest.raises(ParameterError, match="the offset of the logarithm is finite; got"):
            Logarithm(offset)


def test_each_step_names_the_features_that_it_cannot_take():
    with pytest.raises(NotFiniteError, match=r"log10\(x \+ 1\) needs x \+ 1 > 0; not so in 'b' .*; choose"):
        Preparation(NAMES, STEPS)([[1.0, -1.0]])
    with pytest.raises(NotFiniteError, match="none is missing; not so in 'a' .*; fill in"):
        Preparation(NAMES, STEPS)([[np.nan, -1.0]])
    with pytest.raises(NotFiniteError, match="not so in 1 .*; choose"):
        Logarithm(1.0)(np.array([[1.0, -1.0]]))


@pytest.mark.parametrize("bad", [[["x", 1]], [["1", "2"]], [[1j, 2]]])
def test_arrays_of_others_than_numbers_are_refused(bad):
    with pytest.raises(FeatureError, match="features are numbers; the array holds others .*encode"):
        Preparation(NAMES)(bad)


def test_masked_values_are_refused():
    with pytest.raises(DataError, match="masked values.*fill or drop"):
        Preparation(NAMES)(np.ma.masked_equal(X, 9.0))


def test_what_is_neither_a_table_nor_an_array_is_refused_by_its_type():
    with pytest.raises(ShapeError, match="got a dict; make it one of them"):
        Preparation(("a",))({"a": [1.0, 2.0]})
