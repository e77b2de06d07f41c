"""Targets and weights of a score are those of a fit, of rows in memory and of those of a stream."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone

import hassenet as hn
from hassenet.errors import DataError, HassenetWarning, ShapeError
from hassenet.estimators import HierarchyOrdinalClassifier
from hassenet.likelihoods import QuantileLoss
from hassenet.selection import Setting

M = 40
X = np.random.default_rng(0).normal(size=(M, 3))
NUMBERS = 2 * X[:, 0] + X[:, 1]
LABELS = np.where(X[:, 0] > 0, "ill", "well")
TIMES = np.column_stack([np.exp(X[:, 0]), np.arange(M) % 2])
PLAIN = {"max_iter": 2, "hidden_layer_sizes": (2,), "random_state": 0}
CHOSEN = {"folds": 2, "members": 1, "settings": [Setting(1e-2)], "steps": 5, "random_state": 0}
OF_NUMBERS = {
    "numbers": hn.NetworkRegressor(**PLAIN),
    "quantiles": hn.NetworkRegressor(loss=QuantileLoss((0.2, 0.8)), **PLAIN),
    "chosen for numbers": hn.HierarchyRegressor(**CHOSEN),
    "chosen for quantiles": hn.HierarchyRegressor(quantiles=(0.2, 0.8), **CHOSEN),
}
OF_CLASSES = {
    "classes": hn.NetworkClassifier(**PLAIN),
    "chosen for classes": hn.HierarchyClassifier(**CHOSEN),
    "chosen for classes in order": HierarchyOrdinalClassifier(order=("well", "ill"), **CHOSEN),
}
OF_TIMES = {"times": hn.NetworkSurvival(**PLAIN), "chosen for times": hn.HierarchySurvival(**CHOSEN)}
ESTIMATORS = OF_NUMBERS | OF_CLASSES | OF_TIMES
R2 = ["numbers", "chosen for numbers"]
QUIET = pytest.mark.filterwarnings("ignore")


def target_of(kind):
    return NUMBERS if kind in OF_NUMBERS else TIMES if kind in OF_TIMES else LABELS


@pytest.fixture(scope="module")
def fitted():
    """Return each estimator, fitted once."""
    known = {}

    def of(kind):
        if kind not in known:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                known[kind] = ESTIMATORS[kind].fit(X, target_of(kind))
        return known[kind]

    return of


@pytest.fixture(params=["in memory", "a stream"])
def rows(request):
    """Return features, of which a window at a time is scored or all."""
    return X if request.param == "in memory" else hn.data.open(X, block=8, window=1e-5)


@QUIET
@pytest.mark.parametrize(
    "weights",
    [
        np.zeros(M),
        -np.ones(M),
        np.full(M, np.nan),
        np.ones(M - 1),
        np.ones((M, 2)),
        np.ones(M).astype("m8[s]"),
        np.full(M, "heavy"),
    ],
    ids=["of 0", "below 0", "missing", "too few", "in columns", "durations", "words"],
)
@pytest.mark.parametrize("kind", ESTIMATORS)
def test_weights_that_a_fit_refuses_a_score_refuses_in_the_same_words(fitted, rows, kind, weights):
    estimator, y = fitted(kind), target_of(kind)
    with pytest.raises(ValueError) as of_a_fit:
        ESTIMATORS[kind].fit(X, y, weights)
    with pytest.raises(type(of_a_fit.value)) as of_a_score:
        estimator.score(rows, y, weights)
    assert str(of_a_score.value) == str(of_a_fit.value)


@QUIET
@pytest.mark.parametrize("kind", OF_NUMBERS | OF_CLASSES)
def test_a_row_of_weight_0_has_no_part_in_a_score(fitted, rows, kind):
    estimator, y = fitted(kind), target_of(kind)
    w = np.where(np.arange(M) % 3, np.linspace(0.5, 2, M), 0)
    some = np.flatnonzero(w)
    expected = estimator.score(X[some], y[some], w[some])
    assert estimator.score(rows, y, w) == pytest.approx(expected, rel=1e-12)
    assert estimator.score(rows, y, w.tolist()) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("kind", R2)
def test_r2_of_one_row_of_a_weight_above_0_is_nan_with_a_warning(fitted, rows, kind):
    with pytest.warns(UserWarning, match="two rows or more|two samples"):
        assert np.isnan(fitted(kind).score(rows, NUMBERS, 1.0 * (np.arange(M) == 3)))


@pytest.mark.parametrize(
    ("spelled", "words"),
    [
        (np.full(M, "0,31"), "row 0 has '0,31'; write numbers with a decimal point"),
        (np.full(M, "2020-01-01", "M8[D]"), "dates"),
        (np.full(M, 3, "m8[D]"), "durations"),
        (np.where(np.arange(M) == 5, np.nan, NUMBERS), "y has none in 1 row of 40, first in row 5"),
        (
            pd.Series(NUMBERS, dtype="Float64").mask(np.arange(M) == 5),
            "y has none in 1 row of 40, first in row 5",
        ),
        (iter(NUMBERS), "y has a target for each example, in their order"),
        (set(NUMBERS), "y has a target for each example, in their order"),
        (3, "y has a target for each example, in their order; got 3; give a list or an array"),
    ],
)
@pytest.mark.parametrize("kind", OF_NUMBERS)
def test_targets_other_than_numbers_in_their_order_are_refused_in_a_score(fitted, rows, kind, spelled, words):
    with pytest.raises(DataError, match=words):
        fitted(kind).score(rows, spelled)


@pytest.mark.parametrize(
    "spelled", [iter(LABELS), set(LABELS), 3, "ill"], ids=["iterator", "set", "number", "word"]
)
@pytest.mark.parametrize("kind", OF_CLASSES)
def test_labels_in_no_order_are_refused_in_a_score(fitted, rows, kind, spelled):
    with pytest.raises(DataError, match="y has a target for each example, in their order; got "):
        fitted(kind).score(rows, spelled)


@QUIET
@pytest.mark.parametrize(("learned", "given"), [(1, 2), (2, 1), (2, 3)])
@pytest.mark.parametrize("kind", OF_NUMBERS)
def test_targets_of_other_columns_than_were_learned_are_refused_in_a_score(rows, kind, learned, given):
    columns = np.column_stack([NUMBERS, X[:, 0], X[:, 2]])
    estimator = clone(ESTIMATORS[kind]).fit(X, columns[:, :learned].squeeze())
    with pytest.raises(ShapeError, match=f"{learned}.*{given}|{given}.*{learned}"):
        estimator.score(rows, columns[:, :given].squeeze())


@QUIET
@pytest.mark.parametrize(
    ("estimator", "Y"),
    [(hn.NetworkRegressor(**PLAIN), np.round(X[:, :2])), (hn.NetworkClassifier(**PLAIN), 1 * (X[:, :2] > 0))],
    ids=["numbers", "labels"],
)
def test_targets_that_are_sparse_have_the_score_of_those_that_are_not(rows, estimator, Y):
    estimator = clone(estimator).fit(X, Y)
    w = np.arange(M) % 2
    assert estimator.score(rows, csr_array(Y), w) == pytest.approx(estimator.score(X, Y, w), rel=1e-12)


@pytest.mark.parametrize("kind", R2)
def test_a_warning_says_why_the_r2_of_a_stream_is_nan(fitted, kind):
    stream, estimator = hn.data.open(X, block=8, window=1e-5), fitted(kind)
    with pytest.warns(HassenetWarning, match="squares are finite; those of the stream are too large"):
        assert np.isnan(estimator.score(stream, NUMBERS * 1e200))
    with pytest.warns(HassenetWarning, match="the stream has fewer"):
        assert np.isnan(estimator.score(stream[:1], NUMBERS[:1]))


@QUIET
def test_a_row_without_any_target_has_no_part_in_the_loss_of_quantiles(rows):
    Y = np.column_stack([NUMBERS, X[:, 2]])
    Y[::4, 0] = np.nan
    estimator = hn.HierarchyRegressor(quantiles=(0.2, 0.8), **CHOSEN).fit(X, Y)
    Y[::8] = np.nan
    some = np.flatnonzero(np.arange(M) % 8)
    assert estimator.score(rows, Y) == pytest.approx(estimator.score(X[some], Y[some]), rel=1e-12)
