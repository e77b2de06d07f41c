"""Classes are spelled as in the data; of two, one is the output."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hassenet.storage import load

SPELLINGS = {
    "leading zeros": ["000", "001", "002"],
    "points": ["0.0", "1.0"],
    "truth": ["False", "True"],
    "truth in small letters": ["false", "true"],
    "plain": ["0", "1"],
    "halves": ["0.5", "1.5"],
}


@pytest.mark.parametrize("labels", SPELLINGS.values(), ids=SPELLINGS)
def test_labels_and_headers_are_spelled_as_in_the_file(fit, run, tmp_path, frame, labels):
    table = frame[["A|a", "A|b"]].assign(y=np.resize(labels, 60))
    table.to_csv(tmp_path / "x.csv", index=False)
    fitted = fit(tmp_path / "x.csv", "--task", "classification", target="y")
    assert fitted.exit_code == 0, fitted.output
    run("predict", "model", tmp_path / "x.csv", "--out", "p.csv")
    written = pd.read_csv("p.csv", dtype=str)
    assert set(written["predicted_y"]) <= set(labels)
    assert list(written)[1:] == [f"probability_{label}" for label in labels]


def test_a_number_spelled_in_two_ways_is_two_classes_and_a_note(fit, tmp_path, frame):
    frame[["A|a"]].assign(y=np.resize(["0", "1", "0.0"], 60)).to_csv(tmp_path / "x.csv", index=False)
    assert (
        "note: classes are told apart as they are spelled, and some are one number: '0' and '0.0' of 'y'"
        in fit(tmp_path / "x.csv", target="y").stderr
    )
    assert load("model").classes == ("0", "0.0", "1")


@pytest.mark.parametrize("labels", [("-1", "+1"), ("2.0", "10.0", "100.0"), ("9", "010", "11")])
def test_classes_that_are_numbers_stand_in_the_order_of_numbers(fit, tmp_path, frame, labels):
    frame[["A|a"]].assign(y=np.resize(labels[::-1], 60)).to_csv(tmp_path / "x.csv", index=False)
    fit(tmp_path / "x.csv", target="y")
    assert tuple(map(str, load("model").classes)) == labels


def test_the_classes_of_a_parquet_file_keep_their_type(fit, tmp_path, frame):
    frame[["A|a"]].assign(y=np.resize([0, 1], 60)).to_parquet(tmp_path / "x.parquet")
    fit(tmp_path / "x.parquet", target="y")
    assert load("model").classes == (0, 1)


def test_the_output_is_the_probability_of_the_positive_class_and_fit_says_so(fit, data, frame):
    drop = ("--drop", "sample", "--drop", "weight")
    told = "the output is the probability of "
    assert f"{told}'ill'" in fit(data, *drop, "--test-size", 0.3).stdout
    by_default = load("model")
    assert by_default.classes == ("healthy", "ill")
    result = fit(data, *drop, "--positive", "healthy", "--epochs", 100, "--force")
    assert f"{told}'healthy'" in result.stdout
    model = load("model")
    assert model.classes == ("ill", "healthy")
    assert model.network.hierarchy.ranks[-1] == ("health=healthy",)
    assert (model.predict(frame) == frame["health"]).mean() > 0.8
    assert model.metrics["network"]["ROC AUC"] > 0.8


@pytest.mark.parametrize(
    ("target", "label", "part"),
    [("health", "dead", "has 'healthy', 'ill'; got 'dead'"), ("weight", "70", "has numbers; got '70'")],
)
def test_a_positive_class_that_the_target_does_not_have_is_refused(fit, refuses, data, target, label, part):
    others = {"health", "weight", "sample"} - {target}
    drop = [part for name in others for part in ("--drop", name)]
    refuses(fit(data, *drop, "--positive", label, target=target), "one of two classes", part)
