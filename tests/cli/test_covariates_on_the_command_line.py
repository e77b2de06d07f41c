"""``--covariate``: columns outside the hierarchy, in fit, predict, explain and stability."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from hassenet.hierarchy import Covariate
from hassenet.protocol import comparing, contender
from hassenet.selection import Setting, effort
from hassenet.storage import load

QUICK = ("--epochs", 3, "--no-plots", "--test-size", 0)
FIT = ("fit", "people.csv", "--target", "state", "--hierarchy", "sets.tsv", "--out", "model")


@pytest.fixture
def people(tmp_path):
    rng = np.random.default_rng(0)
    G = rng.standard_normal((60, 4))
    age, sex = rng.normal(50, 10, 60).round(), np.where(rng.random(60) < 0.5, "f", "m")
    state = np.where((age - 50) / 5 + 2 * (sex == "m") + rng.standard_normal(60) > 1, "ill", "well")
    frame = pd.DataFrame({"sex": sex, **{f"g{k}": G[:, k] for k in range(4)}, "age": age, "state": state})
    frame.to_csv(tmp_path / "people.csv", index=False)
    (tmp_path / "sets.tsv").write_text("g0\tp\ng1\tp\ng2\tq\ng3\tq\n")
    return frame


def test_a_covariate_stands_beside_the_hierarchy_and_every_head_looks_at_it(run, people):
    result = run(*FIT, "--covariate", "age,sex", "--auxiliary", "rank", *QUICK)
    assert result.exit_code == 0, result.output
    assert "features: 4 ('g0', 'g1', 'g2', 'g3')" in result.stdout
    assert "covariates, at which every output looks: 'age', 'sex=f', 'sex=m'" in result.stdout
    model = load("model")
    assert model.columns == ("g0", "g1", "g2", "g3", "age", "sex")
    assert model.network.hierarchy.covariates == (Covariate("age"), Covariate("sex=f"), Covariate("sex=m"))
    assert "sex" not in model.network.hierarchy


@pytest.mark.usefixtures("people")
def test_a_covariate_that_the_hierarchy_names_too_is_taken_out_of_it(run, tmp_path):
    options = ("--covariate", "age,sex", "--single", *QUICK)
    run(*FIT, *options)
    beside = load("model").network.hierarchy
    (tmp_path / "sets.tsv").write_text("g0\tp\ng1\tp\ng2\tq\ng3\tq\nage\tq\nsex\ts\n")
    assert run(*FIT, *options, "--force").exit_code == 0
    assert load("model").network.hierarchy == beside


def test_columns_may_be_named_one_by_one_and_without_a_hierarchy_too(run, people):
    run(*FIT, "--covariate", "age", "--covariate", "sex", *QUICK)
    run("predict", "model", "people.csv", "--out", "p.csv", "--quiet")
    turned = people[people.columns[::-1]].assign(town="x").drop(columns="state")
    turned.to_csv("turned.csv", index=False)
    assert run("predict", "model", "turned.csv", "--out", "q.csv", "--quiet").exit_code == 0
    of_both = [pd.read_csv(name).filter(like="ill").to_numpy(float) for name in ("p.csv", "q.csv")]
    np.testing.assert_allclose(*of_both)
    people.drop(columns="age").to_csv("without.csv", index=False)
    assert "'age'; add them" in run("predict", "model", "without.csv", "--out", "r.csv").stderr
    alone = ("fit", "people.csv", "--target", "state", "--covariate", "age", "--out", "alone", *QUICK)
    assert run(*alone, "--hidden-layer-sizes", 2).exit_code == 0
    assert load("alone").network.hierarchy.covariates == (Covariate("age"),)


def test_explanations_list_covariates_after_the_elements(run, people):
    run(*FIT, "--covariate", "age,sex", *QUICK)
    lines = run("explain", "model", "people.csv", "--out", "scores.csv").stdout.split("\n\n")[1].splitlines()
    kinds = [line.split()[1] for line in lines[1:]]
    assert kinds[-4:] == ["covariate"] * 4
    assert "covariate" not in kinds[:-4]
    scores = pd.read_csv("scores.csv")
    scores = scores[scores["covariate"]].set_index("element")
    assert [*scores.index] == ["age", "sex=f", "sex=m", "sex"]
    assert scores["score"]["sex"] == pytest.approx(scores["score"][["sex=f", "sex=m"]].sum(), abs=1e-6)
    shown = run("show", "model").stdout
    assert "categories: 'sex' (2 levels)" in shown
    assert "covariates: 'age', 'sex'" in shown


@pytest.fixture
def short(monkeypatch):
    """Let a search be short."""
    monkeypatch.setattr(effort, "_STEPS", (15, 15))
    monkeypatch.setattr(
        effort, "_networks", lambda m: (Setting(0.1), Setting(0.01, neurons=2, input_dropout=0.5))
    )
    monkeypatch.setattr(effort, "_LINEAR", (0.1, 1.0))


@pytest.mark.usefixtures("short")
def test_settings_are_chosen_with_covariates_as_the_estimator_does_it(run, people):
    result = run(
        *FIT, "--covariate", "age,sex", "--covariate-l2", 0.01, "--members", 5, "--log10", 9, "--no-plots"
    )
    assert result.exit_code == 0, result.output
    model = load("model")
    names = tuple(map(str, model.network.hierarchy.covariates))
    assert names == ("age", "sex=f", "sex=m")
    assert model.predict(people[people.columns[::-1]]).shape == (60,)
    logarithm = next(step for step in model.steps if hasattr(step, "places"))
    assert logarithm.places == (0, 1, 2, 3)


def test_a_stability_study_takes_covariates(run, people):
    study = (
        "stability",
        "people.csv",
        "--target",
        "state",
        "--hierarchy",
        "sets.tsv",
        "--covariate",
        "age,sex",
    )
    result = run(*study, "--out", "s", "--runs", 2, "--nulls", 2, "--epochs", 2)
    assert result.exit_code == 0, result.output
    elements = pd.read_csv("s/elements.csv").set_index("element")
    apart = elements[elements["covariate"]]
    assert set(apart.index) == {"age", "sex=f", "sex=m"}
    assert (
        apart[["top", "excess_permuted", "p_permuted", "fdr_permuted", "pooled_fdr_permuted"]]
        .isna()
        .all(axis=None)
    )
    features = elements[(elements["rank"] == 0) & ~elements["covariate"]]
    assert features["mean"].sum() == pytest.approx(1)
    assert features["p_permuted"].notna().all()
    assert "covariates stand apart, without p: 'age', 'sex=f', 'sex=m'" in result.output
    verdict = result.output.split("verdict:")[1]
    assert "age" not in verdict
    assert "sex=" not in verdict


@pytest.fixture
def few(monkeypatch):
    """Let one model alone stand beside the network and its twins."""
    usual = {"linear model": LogisticRegression()}
    monkeypatch.setattr(comparing, "usual", lambda kind, inside: contender.given(usual))


@pytest.mark.usefixtures("short", "few")
def test_models_are_compared_with_covariates_and_power_is_beyond_them(run, people):
    of_table = ("people.csv", "--target", "state", "--hierarchy", "sets.tsv", "--covariate", "age,sex")
    compared = run("compare", *of_table, "--folds", 2, "--repeats", 1, "--out", "c")
    assert compared.exit_code == 0, compared.output
    assert json.loads(Path("c/comparison.json").read_text())["covariates"] == ["age", "sex"]
    losses = pd.read_csv("c/comparison.csv").set_index("model")["log loss"]
    assert losses["network"] < 1
    discovered = run("discover", *of_table, "--draws", 0, "--out", "d")
    assert discovered.exit_code == 0, discovered.output
    assert (pd.read_csv("d/power.csv")["power"] < 0.05).all()


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--covariate", "height"), "a covariate is a column of the table; there is no 'height'"),
        (("--covariate", "state"), "beside the target and those left out; 'state' is one of these"),
        (
            ("--covariate", "age", "--drop", "age"),
            "beside the target and those left out; 'age' is one of these",
        ),
        (
            ("--covariate-l2", 1),
            "--covariate-l2 is the penalty of covariates; there are none; give --covariate",
        ),
        (("--covariate", "sex,age,g0,g1,g2,g3"), "every column is a covariate"),
    ],
)
def test_covariates_that_cannot_be_are_refused_before_any_training(run, people, options, why):
    result = run(*FIT, *options, *QUICK)
    assert result.exit_code != 0
    assert why in " ".join(result.stderr.split())


def test_covariates_may_stand_in_the_second_table_beside_the_target(run, people):
    examples = people.assign(sample=[f"s{k}" for k in range(len(people))])
    examples[["sample", "g0", "g1", "g2", "g3"]].to_csv("genes.csv", index=False)
    examples[["sample", "age", "sex", "state"]].to_csv("examples.csv", index=False)
    source = ("genes.csv", "--targets", "examples.csv", "--target", "state", "--hierarchy", "sets.tsv")
    result = run("fit", *source, "--covariate", "age", "--out", "model", *QUICK)
    assert result.exit_code == 0, result.output
    model = load("model")
    assert model.columns == ("g0", "g1", "g2", "g3", "age")
    assert model.network.hierarchy.covariates == (Covariate("age"),)
    refused = run("fit", *source, "--covariate", "age", "--drop", "age", "--out", "other", *QUICK)
    assert "'age' is one of these" in refused.stderr
