"""``hassenet explain`` gives what hassenet.explain gives for the model's features, and refuses what does not fit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hassenet import explain
from hassenet.storage import load, save

from .conftest import CLASS

METHODS = {
    "deeplift": explain.deeplift,
    "integrated": explain.integrated_gradients,
    "gradient": explain.gradient_times_feature,
    "layerwise": explain.layerwise_relevance,
    "ablation": explain.ablation,
}


@pytest.fixture
def model(fit, data):
    assert fit(data, *CLASS, "--drop", "age", "--lineage-sep", "|", "--quiet").exit_code == 0
    return load("model")


@pytest.mark.parametrize("method", METHODS)
def test_the_table_holds_the_scores_of_the_method(run, model, data, frame, method):
    result = run("explain", "model", data, "--method", method, "--out", "r.csv", "--top", 2)
    assert result.exit_code == 0, result.output
    expected = METHODS[method](model.network, model.prepare(frame))
    written = pd.read_csv("r.csv")
    assert list(written) == ["element", "rank", "score", "absolute", "spread"]
    assert written["element"].tolist() == ["A|a", "A|b", "B|c", "A", "B"]
    np.testing.assert_allclose(written["score"], expected.score, rtol=1e-12)
    assert expected.top(1)[0].element in result.stdout
    assert result.stdout.rstrip().endswith("written: r.csv")


def test_a_class_is_chosen_and_a_rank(run, model, data):
    for label in ("ill", "healthy"):
        run("explain", "model", data, "--class", label, "--rank", 1, "--out", f"{label}.csv", "--quiet")
    ill, healthy = pd.read_csv("ill.csv"), pd.read_csv("healthy.csv")
    assert ill["element"].tolist() == ["A", "B"]
    np.testing.assert_allclose(ill["score"], -healthy["score"])


def test_nothing_is_said_when_told_to_be_quiet(run, model, data):
    assert run("explain", "model", data, "--quiet").output == ""


def test_a_target_of_a_regression_is_chosen(run, fit, data, frame):
    fit(data, "--drop", "health", "--drop", "sample", "--target", "age", target="weight")
    assert run("explain", "model", data, "--target", "age", "--out", "r.csv").exit_code == 0
    model = load("model")
    expected = explain.deeplift(model.network, model.prepare(frame), "age")
    np.testing.assert_allclose(pd.read_csv("r.csv")["score"], expected.score, rtol=1e-12)


def test_bad_input_is_one_message(run, refuses, model, data, tmp_path):
    made = tuple(tmp_path.rglob("model*"))

    def check(*arguments, parts):
        refuses(run("explain", *arguments), *parts, made=made)

    check("model", data, "--class", "well", parts=["--class is one of 'healthy', 'ill'; got 'well'"])
    check("model", data, "--target", "health", parts=["--target is for regressions", "give --class"])
    check("model", data, "--rank", 2, parts=["scores stand at the ranks [0, 1]; got 2"])
    check("model", data, "--out", "r.docx", parts=["r.docx"])
    (tmp_path / "r.csv").write_text("mine")
    check("model", data, "--out", "r.csv", parts=["r.csv"])
    assert (tmp_path / "r.csv").read_text() == "mine"
    pd.DataFrame({"A|a": [1.0]}).to_csv("few.csv")
    check("model", "few.csv", parts=["2 of 3", "'A|b', 'B|c'"])
    save(model.network, "bare")
    check("bare", data, parts=["explain needs a model made by hassenet fit"])


def test_a_regression_has_no_classes_and_several_targets_need_a_choice(run, refuses, fit, data, tmp_path):
    fit(data, "--drop", "health", "--drop", "sample", "--target", "age", target="weight")
    made = tuple(tmp_path.rglob("model*"))
    refuses(run("explain", "model", data), "--target is one of 'weight', 'age'; got None", made=made)
    refuses(run("explain", "model", data, "--class", "x"), "--class is for classifications", made=made)
