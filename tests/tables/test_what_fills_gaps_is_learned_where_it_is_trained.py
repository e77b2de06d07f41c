"""What fills gaps is learned from the rows that are trained on: others may hold anything, and change no bit of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hassenet as hn
from hassenet.data.fill import Fill
from hassenet.data.recognition import recognised
from hassenet.errors import FeatureError
from hassenet.estimators import NetworkClassifier, NetworkRegressor, estimator
from hassenet.optimizers import Adam
from hassenet.stability import Recipe, element_power
from hassenet.stability.covariates import Known
from hassenet.stability.heads import Part
from hassenet.stability.response import Response
from witness import FITTED, Witness

M = 40
NAMES = ["age", "city"]


def frame(seed=0):
    rng = np.random.default_rng(seed)
    age, city = rng.integers(20, 80, M).astype(float), rng.choice(["Bonn", "Rome"], M).astype(object)
    age[::5], city[::4] = np.nan, None
    return pd.DataFrame({"age": age, "city": city})


ASIDE = np.arange(M) % 3 == 0
Y = np.arange(M) % 2


def test_an_encoding_filled_from_rows_is_the_one_that_is_learned_from_them():
    table, rows = frame(), np.flatnonzero(~ASIDE)
    encoding = recognised(table, NAMES).encoding
    assert encoding.filled_from(encoding.read(table)[rows]) == recognised(table, NAMES, rows).encoding
    assert encoding.categories == ((2, 3),)


def with_others_aside():
    """The same rows to train on, and others set aside."""
    table, others = frame(), frame(1).assign(city="Rome", age=lambda t: t.age + 500)
    table.loc[ASIDE] = others.loc[ASIDE]
    return table


@pytest.mark.parametrize("make", [NetworkClassifier, NetworkRegressor])
@pytest.mark.parametrize("weighted", [False, True])
def test_what_is_set_aside_for_early_stopping_changes_no_bit_of_what_is_trained(make, weighted, monkeypatch):
    present = np.arange(M) > 2 if weighted else np.ones(M, bool)
    monkeypatch.setattr(estimator, "set_aside", lambda *_: ASIDE[present])
    found = []
    for other in (frame(), with_others_aside()):
        model = make(early_stopping=True, max_iter=1, random_state=0)
        with pytest.warns(match="Maximum iterations"):
            model.fit(other, Y, sample_weight=present.astype(float) if weighted else None)
        found.append((model.network_.theta.tobytes(), model.encoding_))
    assert found[0] == found[1]
    rows = np.flatnonzero(~ASIDE & present)
    np.testing.assert_array_equal(found[0][1].values, recognised(frame(), NAMES, rows).encoding.values)


# ---------------------------------------------------------------- folds

H = hn.Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "q"), ("d", "q")])
X = np.random.default_rng(0).standard_normal((M, 4))
X[:, 2], X[:, 3] = np.arange(M) % 4 == 0, np.arange(M) % 4 > 0
X[::5, 2:] = np.nan


def compared(X, categories=((2, 3),)):
    FITTED.clear()
    hn.compare(
        H,
        X,
        Y,
        categories=categories,
        network=lambda H, seed: Witness(),
        others={"linear model": Witness()},
        folds=2,
        repeats=1,
    )
    return FITTED[::4]


def test_models_are_compared_on_the_most_frequent_level_of_the_rows_that_they_learn_from():
    for given in compared(X):
        assert not np.isnan(given).any()
        assert (given[:, 2] + given[:, 3] == 1).all()
    assert np.isnan(compared(X, ())[0]).any()
    named = pd.DataFrame(X, columns=list("abcd"))
    np.testing.assert_array_equal(compared(named, [("c", "d")])[0], compared(X)[0])
    with pytest.raises(FeatureError, match="'e' is not there"):
        compared(named, [("c", "e")])


def test_a_fold_held_out_changes_no_bit_of_what_a_part_of_the_rows_makes_of_features():
    learned = np.arange(M) % 3 > 0
    other = X.copy()
    other[~learned, 2], other[~learned, 3] = 1.0, 0.0
    other[~learned, 0] = np.nan
    part = Part.of(Known.of(None, M), Response.of(Y, M, "auto"), learned, ((2, 3),))
    assert part.features(X)[learned].tobytes() == part.features(other)[learned].tobytes()
    filled = Fill.of(X[learned], (), ((2, 3),)).values
    np.testing.assert_array_equal(filled[2:], [0.0, 1.0])


def test_covariates_of_a_fold_held_out_change_no_bit_of_those_learned_from():
    learned = np.arange(M) % 3 > 0
    C = np.column_stack([np.arange(M) ** 1.5, X[:, 2], X[:, 3]])
    C[1::4, 0] = np.nan
    other = C.copy()
    other[~learned] = np.column_stack(
        [np.full((~learned).sum(), 1e3), *np.eye(2)[1][:, None].repeat((~learned).sum(), 1)]
    )
    one, two = (Known(c, ((1, 2),)).beside(learned) for c in (C, other))
    assert one.shape == (M, 3)  # of two levels the second follows from the first
    assert one[learned].tobytes() == two[learned].tobytes()


def test_power_takes_gaps_and_is_that_of_features_without_any_where_there_are_none():
    quick = Recipe(options={"optimizer": Adam(0.02), "epochs": 1, "batch_size": 32})
    whole = np.where(np.isnan(X), 0.0, X)
    power = [
        element_power(H, x, Y, recipe=quick, folds=3, categories=c).power
        for x, c in ((whole, ()), (whole, ((2, 3),)))
    ]
    np.testing.assert_array_equal(*power)
    C = np.column_stack([X[:, 2:], np.where(np.arange(M) % 4, np.arange(M), np.nan)])
    assert np.isfinite(
        element_power(
            H, X, Y, recipe=quick, folds=3, covariates=C, categories=((2, 3), (4, 5)), draws=1
        ).power
    ).all()
