"""Columns of text, of dates and with gaps in studies: each becomes features under its element, as in the estimators."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from hassenet import Hierarchy, shaping
from hassenet.data.encoding import Encoding
from hassenet.errors import FeatureError
from hassenet.stability import Recipe, element_power, null_scores, stability, standardise, twins
from hassenet.stability.preparing import prepared
from hassenet.stability.subject import Subject
from hassenet.task.columns import with_levels
from hassenet.task.table_columns import encoding_below

M = 60
RNG = np.random.default_rng(0)
BARE = Hierarchy.from_covers([("age", "who"), ("sex", "who"), ("since", "when"), ("dose", "when")])
H = BARE.crown(["ill"])
FRAME = pd.DataFrame(
    {
        "age": RNG.normal(50, 10, M),
        "sex": RNG.choice(["f", "m", "other"], M),
        "since": pd.to_datetime("2020-01-01") + pd.to_timedelta(RNG.integers(0, 900, M), unit="D"),
        "dose": np.where(np.arange(M) % 7, RNG.random(M), np.nan),
    }
)
ILL = (FRAME["sex"] == "m").to_numpy(int)
RECIPE = Recipe("tanh", "sigmoid", options={"epochs": 2})
AS_GIVEN = {
    "polars": pl.from_pandas(FRAME),
    "arrow": pl.from_pandas(FRAME).to_arrow(),
    "another order": FRAME[["dose", "since", "age", "sex"]],
    "categories": FRAME.astype({"sex": "category"}),
}


@pytest.fixture(scope="module")
def usual():
    return stability(RECIPE, H, FRAME, ILL, runs=2, prepare=standardise)


def test_elements_are_columns_and_below_them_their_levels_and_parts(usual):
    assert {"age", "sex", "since", "dose", "dose is missing", "who", "when"} <= set(usual.elements)
    assert {"sex=f", "sex=m", "sex=other"} <= set(usual.elements)
    ranks = dict(zip(usual.elements, usual.ranks.tolist(), strict=True))
    assert (ranks["sex=m"], ranks["sex"], ranks["who"]) == (0, 1, 2)


@pytest.mark.parametrize("given", AS_GIVEN)
def test_tables_of_all_libraries_give_the_same_study(given, usual):
    found = stability(RECIPE, H, AS_GIVEN[given], ILL, runs=2, prepare=standardise)
    order = [found.elements.index(e) for e in usual.elements]
    if given == "another order":
        assert found.scores.shape == usual.scores.shape
        return
    np.testing.assert_array_equal(found.scores[:, order], usual.scores)


def test_an_array_of_objects_is_taken_by_the_places_of_its_columns():
    X = FRAME[["age", "sex"]].to_numpy(object)
    G = Hierarchy.from_covers([("age", "who"), ("sex", "who")]).crown(["ill"])
    found = Subject.of(RECIPE, G, X, ILL)
    assert found.hierarchy.ranks[0] == ("age", "sex=f", "sex=m", "sex=other")
    assert found.categories == ((1, 2, 3),)


def test_null_models_and_twins_take_the_same_columns(usual):
    chance = null_scores(RECIPE, H, FRAME, ILL, draws=1, prepare=standardise)
    assert chance.elements == usual.elements
    assert twins(RECIPE, H, FRAME, ILL, runs=1, prepare=standardise).sizes[0].shape[:2] == (9, 2)


def test_what_fills_gaps_the_rows_of_a_training_say():
    subject = Subject.of(RECIPE, H, FRAME.assign(sex=FRAME["sex"].where(np.arange(M) % 5 > 0)), ILL)
    rows = np.arange(M) % 3 > 0
    changed = subject.data.X.copy()
    changed[~rows] = RNG.permutation(changed[~rows]) + 1
    found = [
        prepared(subject.prepare(prepare), data, np.flatnonzero(rows)).X[rows]
        for prepare in (None, standardise)
        for data in (subject.data, subject.data.__class__(changed, subject.data.Y))
    ]
    assert np.isnan(subject.data.X).any()
    assert found[0].tobytes() == found[1].tobytes()
    assert found[2].tobytes() == found[3].tobytes()
    levels = found[0][:, list(subject.categories[0])]
    assert set(levels.sum(axis=1)) == {1.0}


def test_power_is_asked_of_columns_beyond_covariates_of_all_kinds():
    beside = pd.DataFrame({"site": RNG.choice(["a", "b"], M), "height": np.where(ILL, np.nan, RNG.random(M))})
    found = element_power(BARE, FRAME, ILL, folds=3)
    assert found.power[found.elements.index("sex")] > 0.3
    assert {"since", "who", "when"} <= set(found.elements)
    beyond = element_power(BARE, FRAME, ILL, folds=3, covariates=beside)
    assert beyond.power.max() < found.power.max() / 3  # the gaps of the height say it all


def test_covariates_of_text_are_covariates_for_each_level():
    G = shaping.covariates(BARE.crown(["ill"], over="all"), ["site", "height"]).hierarchy
    X = FRAME.assign(site=RNG.choice(["a", "b"], M), height=np.where(np.arange(M) % 9, 1.5, np.nan))
    made = Subject.of(RECIPE, G, X, ILL).hierarchy
    assert {str(one) for one in made.covariates} == {"site=a", "site=b", "height", "height is missing"}
    assert "site" not in made


def test_outputs_stand_above_the_columns_as_they_stood():
    encoding = encoding_below(BARE, FRAME)
    assert isinstance(encoding, Encoding)
    assert with_levels(H, encoding) == with_levels(BARE, encoding).crown(["ill"], over="maximal")


def test_columns_that_the_hierarchy_does_not_have_are_refused_by_their_names():
    with pytest.raises(FeatureError, match="town"):
        stability(RECIPE, H, FRAME.assign(town="x"), ILL, runs=2)
    with pytest.raises(FeatureError, match="dose"):
        element_power(BARE, FRAME.drop(columns="dose"), ILL)
