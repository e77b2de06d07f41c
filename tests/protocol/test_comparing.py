"""A network beside its twins and other models: the same folds for all, checked before any training."""

from __future__ import annotations

import signal
from functools import partial

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss, r2_score, roc_auc_score
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.pipeline import make_pipeline

import hassenet as hn
from hassenet.errors import (
    DataError,
    FeatureError,
    HierarchyError,
    NotFiniteError,
    ParameterError,
    ShapeError,
    TargetError,
    UnknownElementError,
)
from hassenet.estimators import NetworkClassifier, NetworkRegressor
from hassenet.protocol import comparing
from hassenet.protocol.contender import complete_of
from hassenet.protocol.models import USUAL, Rows
from hassenet.protocol.network import as_it_comes

H = hn.Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "q"), ("d", "q"), ("p", "top"), ("q", "top")])
M = 60
X = np.random.default_rng(0).standard_normal((M, 4))
LABELS = np.where(X[:, 0] + X[:, 1] > 0, "ill", "well")
AMOUNTS = X[:, 0] + 0.1 * X[:, 3]
MADE: list[tuple[hn.Hierarchy, int]] = []


def classifier(H: hn.Hierarchy, seed: int) -> object:
    MADE.append((H, seed))
    return make_pipeline(SimpleImputer(), NetworkClassifier(hierarchy=H, max_iter=5, random_state=seed))


def regressor(H: hn.Hierarchy, seed: int) -> object:
    return NetworkRegressor(hierarchy=H, max_iter=5, random_state=seed)


LOGISTIC = {"linear model": make_pipeline(SimpleImputer(), LogisticRegression())}
compared = partial(hn.compare, H, network=classifier, others=LOGISTIC, folds=3, repeats=2)


def test_every_model_is_judged_on_the_same_folds_by_what_it_has_not_seen():
    found = compared(X, LABELS)
    y = (LABELS == "well").astype(int)
    for k, (train, test) in enumerate(
        RepeatedStratifiedKFold(n_splits=3, n_repeats=2, random_state=0).split(X, y)
    ):
        p = LogisticRegression().fit(X[train], y[train]).predict_proba(X[test])
        assert found.scores["linear model"][k] == pytest.approx(roc_auc_score(y[test], p[:, 1]), abs=1e-12)
        assert found.values[1, 3, k] == pytest.approx(log_loss(y[test], p), abs=1e-12)
    assert found.models == ("network", "complete twin", "rewired twin", "linear model")
    assert found.values.shape == (2, 4, 6)
    assert found.n_splits == 6
    assert (found.seconds > 0).all()


def test_twins_have_the_elements_and_the_seeds_of_the_network_and_other_covers():
    MADE.clear()
    compared(X, LABELS)
    of_split = [MADE[k : k + 3] for k in range(0, len(MADE), 3)]
    assert len(of_split) == 6
    for network, complete, rewired in of_split:
        assert network[1] == complete[1] == rewired[1]
        assert network[0] == H
        assert complete[0].shape == rewired[0].shape == H.shape
        assert complete[0].n_covers == 4 * 2 + 2
        assert rewired[0].covers(0).sum(axis=1).tolist() == H.covers(0).sum(axis=1).tolist()
    assert len({seed for _, seed in MADE}) == 6
    assert len({rewired[0] for *_, rewired in of_split}) > 1


def test_relays_have_no_place_in_the_complete_twin():
    skipping = hn.Hierarchy.from_covers([("a", "p"), ("b", "p"), ("p", "top"), ("c", "top")])
    assert skipping.graded().shape == (3, 2, 1)
    assert complete_of(skipping.graded()).shape == (3, 1, 1)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_scores_depend_on_the_seed_and_not_on_the_number_of_processes():
    alone, other = compared(X, LABELS), compared(X, LABELS, seed=1)
    with joblib.parallel_config(backend="threading", n_jobs=2):
        together = compared(X, LABELS)
    assert (alone.values == together.values).all()
    assert not (alone.values == other.values).all()


def test_a_table_is_matched_by_name_and_an_array_by_position():
    table = pd.DataFrame(X, columns=list("abcd"))
    by_name = compared(table[list("dbca")], LABELS)
    np.testing.assert_allclose(
        by_name.scores["linear model"], compared(X, LABELS).scores["linear model"], atol=1e-9
    )
    made = hn.compare(lambda names: H, table, LABELS, network=classifier, others=LOGISTIC, folds=3, repeats=1)
    assert made.n_splits == 3


def test_gaps_are_handed_on_to_what_fills_them_inside_the_fold():
    gaps = X.copy()
    gaps[::7, 1] = np.nan
    assert np.isfinite(compared(gaps, LABELS).values).all()


def test_several_classes_are_judged_each_against_the_rest():
    found = compared(X, np.digitize(X[:, 0], [-0.5, 0.5]), repeats=1)
    assert found.measures == ("ROC AUC", "log loss")
    assert (found.scores["linear model"] > 0.7).all()


def test_amounts_are_judged_by_their_share_of_variance_and_their_correlation():
    found = hn.compare(H, X, AMOUNTS, network=regressor, others={"linear model": Ridge(1e-9)}, folds=3)
    assert (found.kind, found.measures) == ("regression", ("R²", "r"))
    np.testing.assert_allclose(found.values[:, 3], 1, rtol=1e-9)
    assert found.verdict.finding == "a linear model is enough"


@pytest.mark.parametrize("name", ["linear model", "random forest", "gradient boosting"])
@pytest.mark.parametrize("kind", ["classification", "regression"])
def test_the_usual_models_take_gaps_and_columns_without_a_value(kind, name):
    gaps = np.column_stack([X, np.full(M, np.nan)])
    gaps[::7, 1] = np.nan
    y = (X[:, 0] > 0).astype(int) if kind == "classification" else X[:, 0]
    model = USUAL[kind][name](Rows(M, 3), 0)
    if name == "random forest":
        model.set_params(**{f"{model.steps[-1][0]}__n_estimators": 10})
    fitted = model.fit(gaps, y)
    reached = (
        roc_auc_score(y, fitted.predict_proba(gaps)[:, 1])
        if kind == "classification"
        else r2_score(y, fitted.predict(gaps))
    )
    assert reached > 0.7


def test_ctrl_c_keeps_the_splits_that_all_models_had_done(monkeypatch):
    measured, calls = comparing.measured, []

    def interrupted(*arguments):
        calls.append(1)
        if len(calls) > 9:  # of four models
            raise KeyboardInterrupt
        return measured(*arguments)

    monkeypatch.setattr(comparing, "measured", interrupted)
    found = compared(X, LABELS)
    assert (found.stopped, found.n_splits) == ("interrupted", 2)
    assert "interrupted: 2 of 6 splits were done by all models, and count" in str(found)
    with pytest.raises(KeyboardInterrupt):
        compared(X, LABELS)


def test_a_network_that_was_interrupted_has_no_place_beside_others():
    calls = []

    def halfway(H, seed):
        calls.append(seed)
        stop = [lambda *_: signal.raise_signal(signal.SIGINT)] if len(calls) == 5 else []
        return NetworkClassifier(hierarchy=H, max_iter=3, random_state=seed, callbacks=stop)

    found = compared(X, LABELS, network=halfway)
    assert (found.stopped, found.n_splits, len(calls)) == ("interrupted", 1, 5)


def test_the_network_is_the_estimator_as_it_comes_with_folds_that_rare_classes_can_fill():
    one = as_it_comes("classification", H, 3, None)(H, 7)
    assert isinstance(one, hn.HierarchyClassifier)
    assert one.get_params() == hn.HierarchyClassifier(H, folds=3, random_state=7).get_params()
    beside = as_it_comes("regression", H, 5, 2)(H, 7)
    assert beside.get_params() == hn.HierarchyRegressor(H, random_state=7, n_jobs=1).get_params()


def test_a_table_a_text_and_a_row_a_split_say_the_same():
    found = compared(X, LABELS)
    table, each = found.table(), pd.DataFrame(found.of_splits())
    assert list(table) == ["model", "mean", "sd", "network_minus", "low", "high", "log loss", "seconds"]
    assert (table["network_minus"][0], table["low"][0], table["high"][0]) == (0, 0, 0)
    d = found.difference("linear model")
    assert (d.mean, d.low, d.high) == tuple(table[c][3] for c in ("network_minus", "low", "high"))
    assert str(d) in str(found)
    np.testing.assert_allclose(each.groupby("model", sort=False)["ROC AUC"].mean(), table["mean"])
    assert each[["repeat", "fold"]].drop_duplicates().to_numpy().tolist() == [
        [r, f] for r in (1, 2) for f in (1, 2, 3)
    ]
    assert found.to_pandas()["model"].tolist() == list(found.models)
    assert str(found).endswith(str(found.verdict))
    with pytest.raises(UnknownElementError, match="got 'forest'; choose one"):
        found.difference("forest")


@pytest.mark.parametrize(
    ("changed", "error", "part"),
    [
        ({"y": np.r_[["ill"] * 58, ["well"] * 2]}, TargetError, "for 3 folds 'well' has only 2 rows"),
        ({"y": ["ill"] * M}, TargetError, "every row is 'ill'"),
        ({"y": LABELS[:9]}, ShapeError, "each of the 60 rows"),
        ({"y": np.ones(M), "task": "regression"}, TargetError, "1 in every row"),
        ({"y": np.r_[np.zeros(59), 1.5]}, TargetError, "R² is that of targets that vary"),
        ({"y": np.full(M, np.nan)}, NotFiniteError, "targets are finite"),
        ({"y": np.r_[["ill"] * 57, ["well"] * 3], "folds": 3}, None, ""),
        ({"y": np.r_[["ill"] * 58, ["well"] * 2], "folds": 2}, TargetError, "leaves one class a single row"),
        ({"X": X[:, :3]}, FeatureError, "X has 3 columns"),
        ({"X": pd.DataFrame(X, columns=list("abcx"))}, FeatureError, "'x'"),
        (
            {"X": pd.DataFrame(X, columns=list("abcd")).assign(a="x"), "categories": [["b", "c"]]},
            FeatureError,
            "encode or drop",
        ),
        ({"X": np.where(X == X[0, 0], np.inf, X)}, NotFiniteError, "infinite values in 0"),
        ({"X": X[0]}, ShapeError, "row an example"),
        ({"task": "ranking"}, ParameterError, "got 'ranking'"),
        ({"folds": 1}, ParameterError, "folds is a whole number ≥ 2"),
        ({"repeats": 0}, ParameterError, "repeats is a whole number ≥ 1"),
        ({"n_jobs": 0}, ParameterError, "n_jobs"),
        ({"others": {"forest": 3}}, ParameterError, "others are scikit-learn's estimators"),
        ({"others": {"network": Ridge()}}, ParameterError, "'network' is there already"),
        ({"hierarchy": hn.Hierarchy.complete(4, 2)}, HierarchyError, "every cover that there can be"),
        ({"hierarchy": hn.Hierarchy.complete(4)}, HierarchyError, "its features alone"),
        ({"X": X * [1, 1, 1e200, 1]}, NotFiniteError, "too large in column 2, up to"),
        (
            {"X": pd.DataFrame(X * 1e200, columns=list("abcd"))},
            NotFiniteError,
            "too large in 'a', up to .* of 4 such columns",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused_before_any_training(changed, error, part):
    MADE.clear()
    options = {"hierarchy": H, "X": X, "y": LABELS, "network": classifier, "others": LOGISTIC} | changed
    options = {"folds": 3} | options
    if error is None:
        hn.compare(**options)
        return
    with pytest.raises(error, match=part):
        hn.compare(**options)
    assert not MADE


def test_a_complete_twin_that_could_not_be_held_is_refused_before_any_training(monkeypatch):
    monkeypatch.setattr("hassenet.training.memory.memory_of_the_machine", lambda: 199)
    with pytest.raises(ParameterError, match="the networks of the complete twin need about 200 B"):
        as_it_comes("classification", H, 5, None)


def test_sparse_features_are_refused():
    from scipy.sparse import csr_array

    with pytest.raises(DataError, match="give X.toarray"):
        compared(csr_array(X), LABELS)
