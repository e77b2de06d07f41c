"""hassenet fit takes times, counts, ordered classes, quantiles and several of them; every command opens the model."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.outcomes import Amount, Outcomes
from hassenet.storage import load, save
from hassenet.survival import SurvivalModel, concordance, survival_targets
from hassenet.tables import read_table

QUICK = (
    "--epochs",
    "40",
    "--learning-rate",
    "0.05",
    "--no-plots",
    "--out",
    "model",
    "--hidden-layer-sizes",
    "4",
)
STAGES = "mild,severe,critical"


@pytest.fixture
def patients(tmp_path) -> pd.DataFrame:
    """Two features and what follows from them: a time, a class, a number, a count and a stage; some are missing."""
    rng = np.random.default_rng(0)
    m = 120
    X = rng.normal(size=(m, 2))
    eta, years = X[:, 0] - X[:, 1], rng.uniform(0.5, 3, m)
    time, lost = rng.exponential(10 * np.exp(-eta)), rng.exponential(15, m)
    frame = pd.DataFrame(
        {
            "a": X[:, 0],
            "b": X[:, 1],
            "months": np.minimum(time, lost).round(1),
            "status": np.where(time <= lost, "dead", "alive"),
            "centre": np.where(np.arange(m) % 2, "north", "south"),
            "died": np.where(eta + rng.logistic(size=m) > 0, "yes", "no"),
            "weight": 70 + 10 * eta + 3 * rng.normal(size=m),
            "visits": rng.poisson(np.exp(0.5 * eta) * years),
            "stage": np.array(STAGES.split(","))[np.digitize(eta + rng.normal(size=m) / 2, [-1, 1])],
            "years": years,
        }
    )
    frame.loc[:5, "weight"] = np.nan
    frame.loc[4:9, "months"] = np.nan
    frame.to_csv(tmp_path / "patients.csv", index=False)
    return frame


@pytest.fixture
def learned(run, patients):
    """Fit some targets, the other columns of targets left out; return what was printed."""

    def call(*options: str) -> str:
        text = " ".join(options)
        others = [name for name in patients.columns[2:] if not re.search(rf"\b{name}\b", text)]
        drop = ("--drop", ",".join(others)) if others else ()
        result = run("fit", "patients.csv", *options, *drop, *QUICK)
        assert result.exit_code == 0, result.output
        return result.output

    return call


def test_a_time_until_an_event_has_its_scores_curves_and_explanation_in_every_command(
    run, patients, learned, tmp_path
):
    output = learned("--time", "months", "--event", "status=dead", "--strata", "centre")
    assert "6 rows without a target left out" in output
    n = int((patients["status"][patients["months"].notna()] == "dead").sum())
    assert f"'status' was seen in {n} of 114 rows; the others ('alive') are observed until then" in output
    for name in ("Harrell's C", "Uno's C", "integrated Brier", "network", "linear Cox"):
        assert name in output
    model = load("model")
    table = read_table("patients.csv")

    assert run("predict", "model", "patients.csv", "--times", "5,10", "--out", "new.csv").exit_code == 0
    found = read_table("new.csv")
    assert found.columns == ("risk_months", "median_months", "survival_5", "survival_10")
    np.testing.assert_allclose(found["risk_months"], model.predict(table), rtol=1e-12)
    curves = model.survival(table)
    np.testing.assert_allclose(
        np.column_stack([found["survival_5"], found["survival_10"]]), curves.at([5, 10]), rtol=1e-12
    )
    # of an array the strata are given, by their names
    X = patients[["a", "b"]].to_numpy()
    by_name = model.survival(X, patients["centre"].to_numpy(object))
    np.testing.assert_array_equal(by_name.values, curves.values)

    assert run("evaluate", "model", "patients.csv", "--out", "scores.csv").exit_code == 0
    known = patients["months"].notna().to_numpy()
    there = patients[known]
    Y = survival_targets(there["months"], there["status"] == "dead", there["centre"] == "south")
    scores = read_table("scores.csv")
    assert scores["Harrell's C"][0] == pytest.approx(concordance(Y, model.predict(table)[known]))
    direction = "of 'months' the risk is explained: + speaks for an earlier event, − for a later one"
    assert direction in run("explain", "model", "patients.csv").output
    assert "(until 'status', strata 'centre')" in run("show", "model").output
    assert run("report", "model", "patients.csv", "--out", "page.html").exit_code == 0
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "<title>Prediction of months" in page
    assert page.count(direction) == 1
    assert "larger months" not in page  # a short time may be censored


def test_the_linear_cox_beside_a_network_is_that_of_cox_regression(learned, patients):
    learned("--time", "months", "--event", "status=dead", "--test-size", "0.3")
    linear = load("model").metrics["linear Cox"]["Harrell's C"]
    assert linear > 0.6
    assert load("model").metrics["network"]["Harrell's C"] == pytest.approx(linear, abs=0.15)


def test_cells_that_may_be_the_event_and_strata_that_may_be_one_are_noted(run, learned, patients, tmp_path):
    spelled = patients.assign(
        status=np.where(np.arange(len(patients)) % 3, "dead", "Dead"),
        centre=np.resize(["Bonn", "bonn"], len(patients)),
    )
    spelled.loc[::2, "status"] = "alive"
    spelled.to_csv(tmp_path / "patients.csv", index=False)
    told = " ".join(learned("--time", "months", "--event", "status=dead", "--strata", "centre").split())
    assert (
        "cells of an event are told apart as they are spelled, and some differ in capitals alone: 'Dead'"
        in told
    )
    assert (
        "strata are told apart as they are spelled, and some differ in capitals alone: 'Bonn' and 'bonn'"
        in told
    )


def test_a_single_event_does_not_keep_rows_from_being_divided(learned, patients, tmp_path):
    patients.assign(died=np.arange(len(patients)) == 3).to_csv(tmp_path / "patients.csv", index=False)
    for kind in ("cox", "discrete"):
        learned("--time", "months", "--event", "died", "--survival", kind, "--test-size", "0.02", "--force")


def test_hazards_in_intervals_give_falling_curves(run, learned):
    output = learned(
        "--time", "months", "--event", "status=dead", "--survival", "discrete", "--intervals", "4"
    )
    lost, of = map(int, re.search(r"(\d+) of (\d+) rows were lost before", " ".join(output.split())).groups())
    assert f"trained on {of - lost} rows" in output
    model, table = load("model"), read_table("patients.csv")
    values = model.survival(table).values
    assert values.shape[1] == len(model.outcomes.parts[0].cuts) == 4
    assert (np.diff(values, axis=1) <= 0).all()
    assert concordance([[1, 1], [2, 1]], model.predict(table)[:2]) in (0, 0.5, 1)
    ends = [0, *model.outcomes.parts[0].cuts]
    assert not np.isin(model.answers(table)["median_months"], ends).any()  # a median lies within its interval
    assert run("report", "model", "patients.csv", "--out", "page.html").exit_code == 0
    learned_from = (
        f"{of - lost} learned from, {120 - 6 - of} held out, 6 without a target, {lost} lost before"
    )
    assert learned_from in Path("page.html").read_text("utf-8")


def test_targets_of_all_kinds_are_learned_at_once_and_each_has_its_columns_and_scores(run, learned):
    output = learned(
        "--time", "months", "--event", "status=dead", "--target", "died,weight,visits,stage",
        "--kind", "visits=count", "--kind", "stage=ordinal", "--order", STAGES, "--exposure", "years",
    )  # fmt: skip
    assert "'months' in 6, 'weight' in 6 of 120 rows" in output
    assert run("predict", "model", "patients.csv", "--out", "new.csv").exit_code == 0
    found = read_table("new.csv")
    directions = run("explain", "model", "patients.csv").output
    assert "of 'visits' the logarithm of the mean is explained: + speaks for more" in " ".join(
        directions.split()
    )
    assert "of 'stage' + speaks for 'critical', − for 'mild'" in " ".join(directions.split())
    assert {"risk_months", "median_months", "predicted_died", "probability_died=yes", "predicted_weight",
            "predicted_visits", "predicted_stage", "probability_stage=severe"} <= set(found.columns)  # fmt: skip
    p = np.column_stack([found[f"probability_stage={stage}"] for stage in STAGES.split(",")])
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-9)
    assert load("model").predict(read_table("patients.csv")).keys() == {
        "months", "died", "weight", "visits", "stage"
    }  # fmt: skip
    run("evaluate", "model", "patients.csv", "--train", "patients.csv", "--out", "scores.csv")
    scores = read_table("scores.csv")
    rows = dict(zip(scores["model"], scores["R²"], strict=True))
    assert {"network, weight", "guessing, weight", "linear model, weight"} <= rows.keys()
    assert rows["linear model, weight"] > 0.8 > rows["network, months"] or np.isnan(rows["network, months"])


def test_twice_the_exposure_is_twice_the_count(learned, patients, tmp_path):
    learned("--target", "visits", "--task", "count", "--exposure", "years")
    model = load("model")
    table = read_table("patients.csv")
    once = model.predict(table)
    patients.assign(years=2 * patients["years"]).to_csv(tmp_path / "twice.csv", index=False)
    np.testing.assert_allclose(model.predict(read_table("twice.csv")), 2 * once, rtol=1e-5)
    X = patients[["a", "b"]].to_numpy()
    np.testing.assert_allclose(model.predict(X, offset=patients["years"]), once, rtol=1e-5)


def test_the_unit_of_an_exposure_does_not_matter(learned, patients, tmp_path):
    learned("--target", "visits", "--task", "count", "--exposure", "years")
    before = load("model").predict(read_table("patients.csv"))
    patients.assign(years=1e6 * patients["years"]).to_csv(tmp_path / "patients.csv", index=False)
    learned("--target", "visits", "--task", "count", "--exposure", "years", "--force")
    np.testing.assert_allclose(load("model").predict(read_table("patients.csv")), before, rtol=1e-2)


@pytest.mark.parametrize(
    "likelihood", ["poisson", "zero_inflated_poisson", "zero_inflated_negative_binomial"]
)
def test_each_likelihood_of_counts_says_more_than_guessing(run, learned, likelihood):
    learned("--target", "visits", "--task", "count", "--likelihood", likelihood)
    run("evaluate", "model", "patients.csv", "--out", "scores.csv")
    own, guess = read_table("scores.csv")["log p"]
    assert own > guess


def test_quantiles_are_in_order_and_shares_lie_below(learned):
    learned("--target", "weight", "--quantiles", ".1,.5,.9")
    found = load("model").predict(read_table("patients.csv"))
    assert found.shape == (120, 3)
    assert (np.diff(found, axis=1) >= 0).all()


def test_noise_with_far_tails_is_in_the_units_of_the_target(learned, patients):
    learned("--target", "weight", "--likelihood", "student_t")
    found = load("model").predict(read_table("patients.csv"))
    known = patients["weight"].notna()
    assert np.corrcoef(found[known], patients["weight"][known])[0, 1] > 0.8


def test_the_kind_of_a_single_target_is_that_of_the_option(learned):
    plain = learned("--target", "visits", "--task", "count", "--kind", "visits=regression")
    assert "regression of 'visits'" in plain


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--time", "months"), "--time and --event"),
        (("--time", "months", "--event", "status"), "the event when the model is made: hassenet fit --event"),
        (("--time", "months", "--event", "status=gone"), "the event of 'status' is the cell 'gone'"),
        (("--target", "stage", "--task", "ordinal"), "--order LOWEST,…,HIGHEST"),
        (("--target", "stage", "--task", "ordinal", "--order", "mild,severe"), "an order names each class once"),
        (("--target", "weight", "--task", "count"), "a count is a whole number"),
        (("--target", "weight", "--exposure", "years"), "an exposure is of counts"),
        (("--target", "weight,died", "--offset", "years"), "an offset is added to the signal of one target"),
        (("--time", "months", "--event", "status=dead", "--target", "weight", "--strata", "centre"), "has no strata"),
        (("--target", "died", "--quantiles", ".5"), "quantiles are of a target of the kind 'regression'"),
        (("--target", "weight", "--quantiles", "2"), "lie between 0 and 1"),
        (("--target", "weight", "--kind", "weight=guess"), "COLUMN=KIND"),
        (("--target", "weight", "--kind", "visits=count"), "a kind is that of a target; 'visits' is not one"),
        (("--target", "visits", "--kind", "visits=classification"), "every class of 'visits' has two rows or more"),
        (("--target", "weight", "--strata", "centre"), "are about --time"),
        ((), "--target"),
        (("--target", "weight", "--quantiles", ".5", "--likelihood", "laplace"), "give --quantiles or --likelihood"),
    ],
)  # fmt: skip
def test_what_no_target_can_be_is_refused_before_any_training(run, patients, refuses, options, message):
    result = run("fit", "patients.csv", *options, *QUICK)
    refuses(result, message, code=result.exit_code or 1)


def test_a_survival_model_made_in_python_is_opened_by_every_command(run, tmp_path):
    X = np.random.default_rng(0).normal(size=(30, 2))
    Y = survival_targets(np.arange(1.0, 31), np.ones(30), np.arange(30) % 2)
    net = Network(Hierarchy.complete(2, 1, names=[["a", "b"], ["risk"]]), dtype="float64")
    save(SurvivalModel.of(net, X, Y), tmp_path / "cox")
    frame = pd.DataFrame(X, columns=["a", "b"]).assign(time=Y[:, 0], event=1, stratum=Y[:, 2].astype(int))
    frame.to_csv(tmp_path / "rows.csv", index=False)
    assert run("predict", "cox", "rows.csv", "--times", "10", "--out", "new.csv").exit_code == 0
    expected = load("cox").survival(X, Y[:, 2]).at([10])[:, 0]
    np.testing.assert_allclose(read_table("new.csv")["survival_10"], expected, rtol=1e-12)
    for command in (("evaluate", "cox", "rows.csv"), ("explain", "cox", "rows.csv"), ("show", "cox")):
        assert run(*command).exit_code == 0


def test_a_folder_of_outcomes_holds_the_same_bits(learned, tmp_path):
    learned("--time", "months", "--event", "status=dead", "--target", "weight")
    model, table = load("model"), read_table("patients.csv")
    save(model, tmp_path / "again")
    assert (tmp_path / "again" / "model.json").read_bytes() == (
        tmp_path / "model" / "model.json"
    ).read_bytes()
    again = load(tmp_path / "again")
    for name, column in model.answers(table, times=[5]).items():
        np.testing.assert_array_equal(again.answers(table, times=[5])[name], column)


def test_outcomes_have_names_of_their_own_and_one_target_at_least():
    for parts in ((), (Amount("a"), Amount("a"))):
        with pytest.raises(ValueError, match=r"give one or more|leave one out"):
            Outcomes(parts)


def test_what_curves_lack_is_named_as_the_table_has_it(run, patients, learned):
    learned("--time", "months", "--event", "status=dead", "--strata", "centre")
    patients.drop(columns="centre").to_csv("less.csv", index=False)
    result = run("predict", "model", "less.csv", "--out", "risks.csv")
    assert result.exit_code == 0
    assert "risks are known there, curves and medians are not" in " ".join(result.stderr.split())
    learned("--target", "died", "--force")
    result = run("predict", "model", "patients.csv", "--times", "5", "--out", "new.csv")
    assert result.exit_code == 1
    assert "--times are those of a time until an event; this model predicts" in result.stderr
