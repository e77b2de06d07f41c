"""``hassenet evaluate`` scores a model beside guessing and the usual models; labels match however they are spelled."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss, r2_score

from hassenet.storage import load
from hassenet.task.label import codes_of

from .conftest import CLASS


@pytest.fixture
def model(fit, data):
    assert fit(data, *CLASS, "--quiet", "--epochs", 30).exit_code == 0
    return load("model")


def scores(path: str = "s.csv") -> pd.DataFrame:
    return pd.read_csv(path).set_index("model")


def test_scores_are_those_of_the_predictions_beside_guessing(run, model, data, frame):
    result = run("evaluate", "model", data, "--out", "s.csv")
    assert result.exit_code == 0, result.output
    found = scores()
    right = (model.predict(frame) == frame["health"]).mean()
    assert found.loc["network", "accuracy"] == pytest.approx(right)
    p = model.predict_proba(frame)
    assert found.loc["network", "log loss"] == pytest.approx(log_loss(frame["health"], p))
    share = (frame["health"] == "ill").mean()
    guess = found.loc["guessing by the shares of classes"]
    assert guess["log loss"] == pytest.approx(-share * np.log(share) - (1 - share) * np.log(1 - share))
    assert "when the model was made:\non 12 rows held out" in result.stdout


def test_usual_models_learn_from_the_table_that_is_given(run, model, data):
    result = run("evaluate", "model", data, "--train", data, "--out", "s.csv", "--quiet")
    assert result.output == ""
    assert list(scores().index) == [
        "network",
        "guessing by the shares of classes",
        "logistic regression",
        "gradient boosting",
    ]


def test_a_regression_is_scored_on_the_rows_that_have_a_target(run, fit, data, tmp_path, frame):
    fit(data, "--drop", "health,sample", target="weight")
    frame.loc[:9, "weight"] = np.nan
    frame.to_csv(tmp_path / "new.csv", index=False)
    result = run("evaluate", "model", "new.csv", "--out", "s.csv")
    assert "60 rows, 10 rows without a target left out" in result.stdout
    found = r2_score(frame["weight"][10:], load("model").predict(frame[10:]))
    assert scores().loc["network", "R²"] == pytest.approx(found)
    assert scores().loc["guessing the mean", "R²"] == 0


def test_predict_knows_the_target_and_scores_it(run, model, data, frame, tmp_path):
    result = run("predict", "model", data, "--out", "p.csv")
    right = (model.predict(frame) == frame["health"]).mean()
    assert f"the target 'health' is known in 60 rows: accuracy {right:.4g}" in result.stdout
    assert "ignored, as the model does not know them: 'sample', 'weight'" in result.stdout
    frame.drop(columns="health").to_csv(tmp_path / "new.csv", index=False)
    assert "target" not in run("predict", "model", "new.csv", "--out", "q.csv").output


CODES = {"healthy": "n", "ill": "0"}


@pytest.fixture
def coded(frame, tmp_path):
    frame.assign(health=frame["health"].map(CODES)).to_csv(tmp_path / "codes.csv", index=False)
    return "codes.csv"


def test_labels_of_another_name_are_refused_with_both_and_can_be_given(run, model, data, coded):
    refused = run("evaluate", "model", coded)
    assert refused.exit_code == 1
    assert (
        "'healthy', 'ill'; the table also has '0', 'n'; if these are other names, say so: "
        "--label 0=healthy --label n=ill" in refused.stderr
    )
    assert "note: the predictions are not scored" in run("predict", "model", coded, "--out", "p.csv").stderr
    run("evaluate", "model", data, "--out", "s.csv", "--quiet")
    given = run(
        "evaluate", "model", coded, "--label", "n=healthy", "--label", "0=ill", "--out", "t.csv", "--quiet"
    )
    assert given.output == ""
    pd.testing.assert_frame_equal(scores("s.csv"), scores("t.csv"))


def test_a_page_shows_rows_by_the_classes_that_are_meant(run, model, coded, tmp_path):
    assert "holds none of them" in run("report", "model", coded, "--out", "r.html").stderr
    labels = ("--label", "n=healthy", "--label", "0=ill")
    assert run("report", "model", coded, *labels, "--out", "r.html").exit_code == 0
    page = (tmp_path / "r.html").read_text("utf-8")
    found = re.search(r'id="data">(.*?)</script>', page, re.DOTALL)
    assert json.loads(found[1])["groups"] == ["healthy", "ill"]
    half = run("report", "model", coded, *labels[:2], "--out", "r.html", "--force")
    assert "'health' also holds '0', and such rows are in no class" in half.stderr


@pytest.mark.parametrize(
    ("label", "code", "message"),
    [("n", 2, "CELL=CLASS"), ("n=well", 1, "a class of the model, of 'healthy', 'ill'; got 'well'")],
)
def test_a_label_that_names_no_class_of_the_model_is_refused(run, model, data, label, code, message):
    result = run("evaluate", "model", data, "--label", label)
    assert result.exit_code == code
    assert message in result.stderr


def test_a_table_without_a_target_cannot_be_scored(run, model, frame, tmp_path):
    frame.drop(columns="health").to_csv(tmp_path / "new.csv", index=False)
    assert "there is no 'health'" in run("evaluate", "model", "new.csv").stderr
    frame.assign(health=None).to_csv(tmp_path / "new.csv", index=False)
    assert "'health' is empty in every row" in run("evaluate", "model", "new.csv").stderr


@pytest.mark.parametrize(
    ("values", "classes", "codes"),
    [
        (["01", "1", "2"], ("01", "1", "2"), [0, 1, 2]),
        (["1.0", 0.0, True, "0"], (0, 1), [1, 0, 1, 0]),
        (["True", "false", 1], (False, True), [1, 0, 1]),
        (["1", "01"], ("01", "02"), [0, 0]),
        (["1.0"], ("1", "01"), [-1]),
        (["n", None, np.nan], ("healthy",), [-1, -1, -1]),
    ],
)
def test_a_cell_is_the_class_that_is_spelled_so_or_the_only_one_that_is_that_number(values, classes, codes):
    assert codes_of(values, classes).tolist() == codes
