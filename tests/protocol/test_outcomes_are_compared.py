"""Times, counts, ordered classes and quantiles are compared beside the models that there are for each kind."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from sklearn.base import BaseEstimator
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import Ridge

import hassenet as hn
from hassenet import survival
from hassenet.cli import main
from hassenet.cli.compare import run as command
from hassenet.errors import ParameterError, ShapeError, TargetError
from hassenet.likelihoods import CoxLoss
from hassenet.optimizers import LBFGS
from hassenet.protocol.kinds import ALONE, CHANCE, MEASURES
from hassenet.protocol.measures import measured
from hassenet.protocol.models import USUAL, Rows
from hassenet.protocol.network import as_it_comes
from hassenet.protocol.problem import Problem
from hassenet.protocol.splits import splits

M = 60
RNG = np.random.default_rng(0)
X = RNG.standard_normal((M, 4))
ETA = X[:, 0] + X[:, 1]
H = hn.Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "q"), ("d", "q")])
TIMES = np.column_stack([RNG.exponential(np.exp(-ETA)), RNG.random(M) < 0.7])
STRATA = np.column_stack([TIMES, np.arange(M) % 2])
COUNTS = RNG.poisson(np.exp(ETA / 2))
STAGES = np.digitize(ETA + RNG.logistic(size=M) / 2, [-1, 1])
AMOUNTS = ETA + RNG.standard_normal(M) / 2
SHARES = (0.1, 0.9)
ASKED = {
    "survival": (TIMES, {"task": "survival"}),
    "count": (COUNTS, {"task": "count"}),
    "ordinal": (STAGES, {"task": "ordinal"}),
    "quantiles": (AMOUNTS, {"quantiles": SHARES}),
}


class Known(BaseEstimator):
    """A model that gives what it was made with, whatever it sees."""

    def __init__(self, found):
        self.found = found

    def fit(self, X, y):
        return self

    def predict(self, X):
        return self.found

    predict_proba = predict


class Risk(BaseEstimator):
    """Of times: the sum of the first two features."""

    def fit(self, X, y):
        return self

    def predict(self, X):
        return X[:, 0] + X[:, 1]


def test_ordered_classes_are_judged_by_the_pairs_that_expected_classes_put_in_order():
    p = RNG.dirichlet(np.ones(3), M)
    expected = p @ np.arange(3)
    pairs = [(i, j) for i, j in combinations(range(M), 2) if STAGES[i] != STAGES[j]]
    right = [(expected[i] < expected[j]) == (STAGES[i] < STAGES[j]) for i, j in pairs]
    found, loss = measured("ordinal", Known(p), X, STAGES)
    assert found == pytest.approx(np.mean(right))
    assert loss == pytest.approx(-np.log(p[np.arange(M), STAGES]).mean())


def test_counts_are_judged_by_the_share_of_poissons_deviance_and_times_by_concordance():
    mean, y = np.exp(ETA / 2), COUNTS.astype(float)

    def deviance(mu):
        return 2 * np.sum(np.where(y > 0, y * np.log(np.maximum(y, 1) / mu), 0) - y + mu)

    found, r = measured("count", Known(mean), X, y)
    assert found == pytest.approx(1 - deviance(mean) / deviance(y.mean()))
    assert r == pytest.approx(np.corrcoef(mean, y)[0, 1])
    for times in (TIMES, STRATA):
        assert measured("survival", Known(ETA), X, times)[0] == survival.concordance(times, ETA)


def test_quantiles_are_judged_by_their_check_loss_and_by_the_shares_below():
    found = np.column_stack([AMOUNTS - 1, AMOUNTS + 1])
    explained, off = measured("quantiles", Known(found), X, AMOUNTS, SHARES)
    best = [np.quantile(AMOUNTS, share, method="inverted_cdf") for share in SHARES]
    losses = [
        np.mean(np.where(AMOUNTS > q, s * (AMOUNTS - q), (1 - s) * (q - AMOUNTS)))
        for q, s in zip(best, SHARES, strict=True)
    ]
    assert explained == pytest.approx(np.mean([1 - 0.1 / losses[0], 1 - 0.1 / losses[1]]), rel=0.02)
    assert off == pytest.approx(0.1)


def quick(kind):
    """A model of a kind that is fitted in no time."""
    if kind == "ordinal":
        return DummyClassifier()
    return {"survival": Risk(), "quantiles": Known(np.zeros((M // 3, 2)))}.get(kind, DummyRegressor())


@pytest.mark.parametrize("kind", ASKED)
def test_every_kind_has_its_measure_its_verdict_and_its_lines(kind):
    y, asked = ASKED[kind]
    model = quick(kind)
    found = hn.compare(
        H, X, y, **asked, network=lambda H, seed: model, others={"linear model": model}, folds=3
    )
    assert (found.kind, found.measures) == (kind, MEASURES[kind])
    assert found.values.shape == (2, 4, 6)
    assert (ALONE.get(kind, "nothing") in str(found)) == (kind in ALONE)
    at = found.scores["linear model"].mean()
    assert at > 0.6 if kind == "survival" else at <= CHANCE[kind]
    assert list(found.table())[1] == "mean"
    assert hn.plots.plot_comparison(found).axes[0].get_xlabel().startswith(MEASURES[kind][0])


def test_folds_hold_events_and_ordered_classes_in_equal_shares():
    of_times = Problem.of(H, X, STRATA, "survival", 3)
    events = [STRATA[split.test, 1].sum() for split in splits(of_times, 3, 1, 0)]
    assert max(events) - min(events) <= 1
    of_order = Problem.of(H, X, STAGES, "ordinal", 3)
    counts = np.array([np.bincount(STAGES[split.test]) for split in splits(of_order, 3, 1, 0)])
    assert (np.ptp(counts, axis=0) <= 1).all()


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("survival", "linear model"),
        ("count", "linear model"),
        ("quantiles", "linear model"),
    ],
)
def test_the_usual_models_of_a_kind_are_ahead_of_guessing(kind, name):
    y = ASKED[kind][0]
    gaps = np.where(RNG.random(X.shape) < 0.03, np.nan, X)
    shares = SHARES[:1] if kind == "quantiles" else ()
    model = USUAL[kind][name](Rows(M, 2, shares), 0).fit(gaps, y)
    assert measured(kind, model, gaps, y, shares)[0] > CHANCE[kind] + 0.1


def test_the_linear_cox_model_is_that_of_a_network_without_hidden_ranks():
    model = USUAL["survival"]["linear model"](Rows(M, 2), 0)
    last = model.steps[-1][1].set_params(param_grid={"alpha": [1e-9]})
    fitted = model.fit(X, TIMES)
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    net = hn.Network(hn.Hierarchy.complete(4, 1), dtype="float64", theta=np.zeros(5))
    cox = hn.fit(net, Z, TIMES, loss=CoxLoss(), optimizer=LBFGS(200), epochs=200).network
    assert last.estimator.hidden_layer_sizes == ()
    assert np.corrcoef(fitted.predict(X), cox(Z)[:, 0])[0, 1] > 0.9999


def test_the_network_of_each_kind_is_the_estimator_of_that_kind():
    made = {
        kind: as_it_comes(kind, H, 3, 2, shares=SHARES if kind == "quantiles" else ())(H, 7) for kind in ASKED
    }
    assert {kind: type(one) for kind, one in made.items()} == {
        "survival": hn.HierarchySurvival,
        "count": hn.HierarchyRegressor,
        "ordinal": hn.HierarchyOrdinalClassifier,
        "quantiles": hn.HierarchyRegressor,
    }
    assert made["count"].likelihood == "negative_binomial"
    assert tuple(made["quantiles"].quantiles) == SHARES
    assert {one.folds for one in made.values()} == {3}


@pytest.fixture
def patients(tmp_path):
    frame = pd.DataFrame(X, columns=["A|a", "A|b", "B|c", "B|d"])
    frame["months"], frame["died"] = TIMES[:, 0], np.where(TIMES[:, 1] == 1, "yes", "no")
    frame["centre"] = np.where(np.arange(M) % 2, "y", "x")
    frame["visits"], frame["stage"], frame["weight"] = COUNTS, STAGES, AMOUNTS
    frame.loc[3, ["months", "weight"]] = np.nan
    frame.to_csv(tmp_path / "patients.csv", index=False)
    return tmp_path / "patients.csv"


BY_COMMAND = {
    "survival": (
        "--time",
        "months",
        "--event",
        "died",
        "--strata",
        "centre",
        "--drop",
        "visits,stage,weight",
    ),
    "count": ("--target", "visits", "--task", "count", "--drop", "months,died,centre,stage,weight"),
    "ordinal": ("--target", "stage", "--task", "ordinal", "--drop", "months,died,centre,visits,weight"),
    "quantiles": ("--target", "weight", "--quantiles", ".9,.1", "--drop", "months,died,centre,visits,stage"),
}


@pytest.mark.parametrize("kind", BY_COMMAND)
def test_the_command_compares_on_the_kinds_that_python_takes(kind, patients, monkeypatch):
    given = []
    monkeypatch.setattr(command, "compare", lambda *problem, **more: given.append((problem, more)) or 1 / 0)
    result = CliRunner().invoke(
        main, ["compare", str(patients), "--lineage-sep", "|", "--quiet", *BY_COMMAND[kind]]
    )
    assert given, result.output
    (H, X, y), more = given[0]
    rows = np.arange(M) != 3 if kind in ("survival", "quantiles") else np.ones(M, bool)
    np.testing.assert_allclose(y, (STRATA if kind == "survival" else ASKED[kind][0])[rows])
    problem = Problem.of(H, X, y, more["task"], 3, quantiles=more["quantiles"])
    assert (problem.kind, problem.shares) == (kind, SHARES if kind == "quantiles" else ())


@pytest.mark.parametrize(
    ("y", "asked", "error", "part"),
    [
        (TIMES[:9], {"task": "survival"}, ShapeError, "each of the 60 rows has a time"),
        (TIMES * [1, 0], {"task": "survival"}, TargetError, "there are 0 for 3 folds"),
        (
            np.where(np.arange(M)[:, None] == 2, np.nan, TIMES),
            {"task": "survival"},
            TargetError,
            "leave these",
        ),
        (AMOUNTS, {"task": "count"}, TargetError, "a count is a whole number"),
        (
            np.where(ETA > 0, "high", "low"),
            {"task": "ordinal"},
            TargetError,
            "; give numbers, or a column of",
        ),
        (
            AMOUNTS,
            {"quantiles": [0.5], "task": "count"},
            ParameterError,
            "quantiles are those of a regression",
        ),
        (AMOUNTS, {"quantiles": [0.0]}, ParameterError, "quantile"),
        (np.column_stack([AMOUNTS, AMOUNTS]), {"quantiles": [0.5]}, ShapeError, "one target"),
        (AMOUNTS, {"task": "ranking"}, ParameterError, "got 'ranking'"),
    ],
)
def test_targets_that_do_not_suit_their_kind_are_refused_before_any_training(y, asked, error, part):
    with pytest.raises(error, match=part):
        hn.compare(H, X, y, **asked, network=lambda H, seed: 1 / 0, others={}, folds=3)


def test_classes_of_text_are_in_the_order_of_their_column():
    text = pd.Categorical(np.where(ETA > 0, "high", "low"), ["low", "high"], ordered=True)
    np.testing.assert_array_equal(Problem.of(H, X, text, "ordinal", 3).y, ETA > 0)


SEVERAL = np.column_stack([AMOUNTS, np.where(np.arange(M) % 7, ETA - X[:, 2], np.nan)])


class Ridges(BaseEstimator):
    """Several numbers by ridge regressions: a network for those who wait."""

    def fit(self, X, y):
        self.each = [Ridge().fit(X[rows], own[rows]) for rows, own in zip(~np.isnan(y.T), y.T, strict=True)]
        return self

    def predict(self, X):
        return np.column_stack([one.predict(X) for one in self.each])


def test_several_numbers_are_compared_by_their_mean_each_where_it_is_known():
    options = {"network": lambda H, seed: Ridges(), "others": {"linear model": Ridge()}, "folds": 3}
    found = hn.compare(H, X, pd.DataFrame(SEVERAL, columns=["a", "b"]), repeats=1, **options)
    assert (found.kind, found.measures) == ("several", ("R²", "r"))
    np.testing.assert_allclose(found.values[:, 3], found.values[:, 0])  # a copy of the model for each number
    known = ~np.isnan(SEVERAL[:, 1])
    both = measured("several", Known(SEVERAL * 0.9), X, SEVERAL)
    pairs = ((AMOUNTS, known | True), (SEVERAL[:, 1], known))
    alone = [measured("regression", Known(0.9 * y[rows]), X, y[rows]) for y, rows in pairs]
    np.testing.assert_allclose(both, np.mean(alone, axis=0))
    assert type(as_it_comes("several", H, 3, 2)(H, 7)) is hn.HierarchyRegressor
    assert set(USUAL["several"]) == set(USUAL["regression"])


@pytest.mark.parametrize(
    ("y", "asked", "part"),
    [
        (np.array([["a", "b"]] * M), {}, "several targets are numbers"),
        (np.where(np.arange(M)[:, None] == 3, np.nan, SEVERAL), {}, "there are rows without one"),
        (np.column_stack([AMOUNTS, np.ones(M)]), {}, "a target varies"),
        (SEVERAL, {"task": "count"}, "compare each target by itself"),
        (SEVERAL, {"offset": ETA}, "make a covariate of it"),
    ],
)
def test_several_targets_of_other_kinds_are_refused_before_any_training(y, asked, part):
    with pytest.raises((TargetError, ShapeError, ParameterError), match=part):
        hn.compare(H, X, y, **asked, network=lambda H, seed: 1 / 0, others={}, folds=3)


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (
            (
                *("compare", "--target", "visits", "--target", "weight"),
                *("--likelihood", "laplace", "--task", "regression"),
            ),
            "several targets are plain",
        ),
        (
            ("discover", "--target", "weight", "--quantiles", ".5"),
            "leave --quantiles out and ask of the number",
        ),
        (
            ("compare", "--time", "months", "--event", "died", "--target", "weight"),
            "take one after the other",
        ),
    ],
)
def test_targets_of_which_there_is_no_such_study_are_refused_by_the_command(arguments, part, patients):
    study, *others = arguments
    others += ["--lineage-sep", "|", "--drop", "months,died,centre,stage"]
    result = CliRunner().invoke(main, [study, str(patients), *others], terminal_width=200)
    assert result.exit_code in (1, 2)
    assert part in " ".join(result.output.split())


def test_the_command_compares_several_numbers(patients, monkeypatch):
    given = []
    monkeypatch.setattr(command, "compare", lambda *problem, **more: given.append((problem, more)) or 1 / 0)
    options = ["--target", "visits", "--target", "weight", "--task", "regression"]
    options += ["--drop", "months,died,centre,stage"]
    CliRunner().invoke(main, ["compare", str(patients), "--lineage-sep", "|", "--quiet", *options])
    (_, _, y), more = given[0]
    np.testing.assert_allclose(y, np.column_stack([COUNTS, np.where(np.arange(M) == 3, np.nan, AMOUNTS)]))
    assert more["task"] == "regression"
