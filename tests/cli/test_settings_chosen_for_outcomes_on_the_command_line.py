"""hassenet fit chooses settings for times, counts, ordered classes, quantiles and several targets at once."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hassenet.hierarchy import Constant
from hassenet.network import Ensemble, Network
from hassenet.outcomes import HazardRatio
from hassenet.selection import Setting, effort
from hassenet.storage import load
from hassenet.survival import Baseline
from hassenet.tables import read_table

M = 90
PAIRS = "lower,upper\na,p\nb,p\nc,q\n"
FEATURES = ("a", "b", "c", "age")
TIME = ("--time", "months", "--event", "status=dead")


def people() -> pd.DataFrame:
    """Three features and a covariate, and what follows from them; some is missing."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(M, 3))
    time, lost, years = rng.exponential(np.exp(-X[:, 0])), rng.exponential(3, M), rng.uniform(0.5, 2, M)
    frame = pd.DataFrame(X, columns=["a", "b", "c"]).assign(
        age=rng.uniform(20, 80, M).round(),
        months=np.minimum(time, lost).round(3),
        status=np.where(time <= lost, "dead", "alive"),
        centre=np.where(np.arange(M) % 2, "north", "south"),
        stage=np.array(["I", "II", "III"])[np.digitize(X[:, 0], [-0.5, 0.5])],
        visits=rng.poisson(20 * years * np.exp(X[:, 0])),
        years=years,
        weight=70 + 5 * X[:, 0],
    )
    frame.loc[:4, "years"] = np.nan
    frame["visits"] = (
        frame["visits"].astype(float).mask(np.arange(M) < 5)
    )  # a row without a count needs no exposure
    frame.loc[5:9, "weight"] = np.nan
    return frame


FRAME = people()


@pytest.fixture
def fit(run, monkeypatch, tmp_path):
    """Fit with settings chosen, in few and short trainings; return what was printed."""
    monkeypatch.setattr(effort, "_STEPS", (10, 10))
    monkeypatch.setattr(effort, "_LINEAR", (0.1, 0.01))
    monkeypatch.setattr(effort, "_networks", lambda _: (Setting(0.01, 1, activation="tanh"),))
    FRAME.to_csv("people.csv", index=False)
    Path("pairs.csv").write_text(PAIRS, "utf-8")

    def call(*options: str) -> str:
        text = " ".join(options).replace(",", " ").replace("=", " ").split()
        drop = ",".join(name for name in FRAME.columns if name not in (*FEATURES, *text))
        result = run(
            "fit", "people.csv", *options, "--drop", drop, "--no-plots", "--members", "1", "--out", "model"
        )
        assert result.exit_code == 0, result.output
        return result.output

    return call


def test_rows_lost_before_the_first_interval_ends_are_not_among_those_trained_on(fit):
    frame = FRAME.assign(months=FRAME["months"] + 1, status="dead")
    frame.loc[:17, ["months", "status"]] = 0.5, "alive"
    frame.to_csv("people.csv", index=False)
    output = " ".join(fit(*TIME, "--survival", "discrete", "--intervals", "3").split())
    lost = int(re.search(r"(\d+) of 72 rows were lost before, say nothing", output)[1])
    assert lost > 0
    assert "NaN" not in output
    assert f"trained on {72 - lost} rows" in output
    assert "on 18 rows held out" in output


@pytest.mark.parametrize(
    ("options", "rows"),
    [
        ((*TIME, "--strata", "centre", "--hierarchy", "pairs.csv"), {"ensemble", "linear Cox"}),
        ((*TIME, "--survival", "discrete", "--intervals", "3"), {"ensemble", "linear model"}),
        (("--target", "stage", "--task", "ordinal", "--order", "I,II,III"), {"ensemble", "linear model"}),
        (
            (
                "--target",
                "visits",
                "--task",
                "count",
                "--exposure",
                "years",
                "--hierarchy",
                "pairs.csv",
                "--covariate",
                "age",
            ),
            {"ensemble", "linear model"},
        ),
        (("--target", "weight", "--quantiles", ".1,.9"), {"ensemble", "linear model"}),
        ((*TIME, "--target", "stage,weight"), {"ensemble, months", "linear model, weight"}),
    ],
    ids=["time", "intervals", "ordinal", "count", "quantiles", "several"],
)
def test_settings_are_chosen_for_every_kind_of_target_and_every_command_opens_the_model(
    fit, run, options, rows
):
    assert "setting 1: " in fit(*options)
    model = load("model")
    assert isinstance(model.network, Ensemble)
    assert rows <= model.metrics.keys()
    assert [str(output) for output in model.network.hierarchy.ranks[-1] if isinstance(output, Constant)] == [
        str(output) for output in model.outcomes.outputs if isinstance(output, Constant)
    ]
    assert run("predict", "model", "people.csv", "--out", "new.csv").exit_code == ("--exposure" in options)
    known = FRAME[FRAME["years"].notna()]
    known.to_csv("known.csv", index=False)
    assert run("predict", "model", "known.csv", "--out", "new.csv", "--force").exit_code == 0
    assert len(read_table("new.csv")) == len(known)
    assert run("evaluate", "model", "people.csv").exit_code == 0
    assert run("explain", "model", "known.csv").exit_code == 0


def test_one_network_is_trained_where_folds_would_lack_what_is_rare(fit, run):
    few = FRAME.assign(status=np.where(np.arange(M) < 4, "dead", "alive"))
    few.to_csv("people.csv", index=False)
    result = run("fit", "people.csv", *TIME, "--drop", "stage,visits,years,weight,centre", "--no-plots", "--out",
                 "rare", "--test-size", "0", "--hierarchy", "pairs.csv")  # fmt: skip
    assert (
        "one network is trained: some of 5 folds to choose settings by would lack 4 rows in which"
        in result.output
    )
    assert isinstance(load("rare").network, Network)
    assert "setting 1" not in result.output


def test_a_row_without_a_count_needs_no_exposure_and_a_page_counts_it_apart(fit, run):
    fit("--target", "visits", "--task", "count", "--exposure", "years")
    message = run("predict", "model", "people.csv", "--out", "new.csv").stderr
    assert "'years' is missing in row 1, the first of 5 such rows" in message
    assert run("evaluate", "model", "people.csv").exit_code == 0
    FRAME.assign(years=FRAME["years"].fillna(1.0)).to_csv("filled.csv", index=False)
    assert run("report", "model", "filled.csv", "--out", "page.html").exit_code == 0
    assert "68 learned from, 17 held out, 5 without a target" in Path("page.html").read_text("utf-8")
    FRAME.assign(years=np.where(np.arange(M) == 7, -1.0, 1.0)).to_csv("people.csv", index=False)
    refused = run(
        "fit", "people.csv", "--target", "visits", "--task", "count", "--exposure", "years", "--out", "m"
    )
    assert "an exposure is a finite number above 0 in each row; 'years' is -1 in row 8" in refused.stderr


@pytest.mark.parametrize(
    ("target", "column"),
    [(TIME, "status"), (("--target", "weight"), "weight"), (("--target", "stage"), "stage")],
)
def test_a_column_of_the_target_is_not_dropped(run, target, column):
    FRAME.to_csv("people.csv", index=False)
    result = run("fit", "people.csv", *target, "--drop", column, "--out", "model")
    assert result.exit_code == 1
    assert f"'{column}' belongs to the target; leave it out of --drop" in result.stderr


def test_rows_of_another_stratum_or_none_have_risks_and_no_curves(fit, run):
    fit(*TIME, "--strata", "centre", "--hierarchy", "pairs.csv")
    strange = FRAME.head(6).copy()
    strange.loc[1, "centre"], strange.loc[2, "centre"] = "east", None
    strange.to_csv("new.csv", index=False)
    result = run("predict", "model", "new.csv", "--times", "0.5,1e9", "--out", "out.csv")
    assert result.exit_code == 0
    assert "another or none is that of 2 rows of 6 ('east', None): risks are known there" in result.stderr
    assert "after it curves are level: at 1e+09 they say how many are left then" in result.stderr
    assert run("evaluate", "model", "new.csv").stdout.startswith(
        "new.csv: 6 rows, 2 rows without a target left out"
    )
    found = read_table("out.csv")
    assert np.isfinite(found["risk_months"]).all()
    for name in ("survival_0.5", "median_months"):
        assert np.isnan(found[name]).tolist() == [False, True, True, False, False, False]


def test_a_chosen_ensemble_has_the_baseline_of_all_rows_and_no_command_asks_for_options_it_has_not(fit, run):
    fit(*TIME, "--hierarchy", "pairs.csv", "--test-size", "0")
    model, table = load("model"), read_table("people.csv")
    (one,) = model.outcomes.parts
    assert isinstance(one, HazardRatio)
    other = Baseline.of(one.read(table), model.predict(table))
    np.testing.assert_allclose(one.baseline.hazard, other.hazard, rtol=1e-9)
    FRAME.assign(status="alive").to_csv("alive.csv", index=False)
    for command in (
        ("evaluate", "model", "alive.csv"),
        ("predict", "model", "alive.csv", "--out", "new.csv"),
    ):
        result = run(*command)
        assert " --event" not in result.stderr.replace("hassenet fit --event", "")
        assert "the event of 'status' is the cell 'dead'; there is none" in result.stderr
