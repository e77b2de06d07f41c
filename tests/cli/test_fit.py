"""What ``hassenet fit`` learns, keeps and says."""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
import pytest

from hassenet.cli.fit.command import fit as fit_command
from hassenet.hierarchy.relay import Relay
from hassenet.model import Model
from hassenet.storage import load

from .conftest import CLASS

LINEAR = ("--activation", "identity", "--epochs", 300, "--learning-rate", 0.02)


def metrics(folder: str = "model") -> dict[str, dict[str, float]]:
    with open(f"{folder}/model.json") as file:
        return dict(json.load(file)["model"]["metrics"])


def test_a_classification_is_learned_and_compared_with_logistic_regression(fit, data):
    result = fit(data, *CLASS, "--epochs", 60)
    assert result.exit_code == 0, result.output
    found = metrics()
    assert found["network"]["ROC AUC"] > 0.9
    assert found["cost"]["last"] < found["cost"]["first"]
    assert found["rows"] == {"training": 48, "held out": 12}
    for part in ("logistic regression", "accuracy", "log loss", "12 rows held out", "'healthy', 'ill'"):
        assert part in result.stdout


def test_the_model_that_is_kept_is_the_one_that_was_judged(fit, data, frame):
    from sklearn.metrics import log_loss
    from sklearn.model_selection import train_test_split

    fit(data, *CLASS)
    model = load("model")
    assert isinstance(model, Model)
    held = train_test_split(np.arange(60), test_size=0.2, random_state=0, stratify=frame["health"])[1]
    judged = log_loss(frame["health"][held], model.predict_proba(frame.iloc[held]))
    assert judged == pytest.approx(metrics()["network"]["log loss"], rel=1e-6)


def test_scaling_is_that_of_the_training_rows_and_kept(fit, data, frame):
    from sklearn.model_selection import train_test_split

    fit(data, *CLASS)
    train = train_test_split(np.arange(60), test_size=0.2, random_state=0, stratify=frame["health"])[0]
    model = load("model")
    np.testing.assert_allclose(model.scaling.mean, frame.iloc[train][list(model.features)].mean())
    fit(data, *CLASS, "--no-standardize", "--force")
    assert load("model").scaling is None


def test_a_regression_is_learned_in_the_units_of_its_target(fit, data, frame):
    result = fit(data, "--drop", "health", "--drop", "sample", *LINEAR, target="weight")
    assert "ridge regression" in result.stdout
    assert metrics()["network"]["R²"] > 0.8
    prediction = load("model").predict(frame)
    assert abs(prediction.mean() - 70) < 5


def test_several_targets_are_a_regression(fit, data, frame):
    result = fit(data, "--drop", "health", "--drop", "sample", "--target", "age", target="weight")
    assert result.exit_code == 0, result.output
    assert load("model").predict(frame).shape == (60, 2)


def test_three_classes_have_probabilities_that_sum_to_one(fit, tmp_path, frame):
    frame.assign(health=np.arange(60) % 3).drop(columns=["sample", "weight"]).to_csv(tmp_path / "x.csv")
    result = fit(tmp_path / "x.csv", "--drop", "")
    assert result.exit_code == 0, result.output
    model = load("model")
    assert model.classes == (0, 1, 2)
    np.testing.assert_allclose(model.predict_proba(frame).sum(1), 1, rtol=1e-6)


def test_whole_numbers_are_classes_if_few_and_amounts_if_many(fit, tmp_path, frame):
    table = frame.drop(columns=["sample", "weight"])
    for values, task in ((np.arange(60) % 10, "classification"), (np.arange(60) % 20, "regression")):
        table.assign(health=values).to_csv(tmp_path / "x.csv", index=False)
        fit(tmp_path / "x.csv", "--force")
        assert load("model").task == task
    table.assign(health=np.arange(60) % 20).to_csv(tmp_path / "x.csv", index=False)
    fit(tmp_path / "x.csv", "--force", "--task", "classification", "--test-size", 0.5)
    assert load("model").task == "classification"


def test_lineages_make_the_hierarchy_and_other_columns_are_left_out(fit, data):
    result = fit(data, "--lineage-sep", "|", "--drop", "weight")
    assert "'age', 'sample'" in result.stdout
    model = load("model")
    assert model.features == ("A|a", "A|b", "B|c")
    assert model.network.hierarchy.ranks[1] == ("A", "B")
    assert str(model.network.activations[0]) == "tanh"


@pytest.mark.parametrize("per", ["rank", "element"])
def test_auxiliary_heads_are_trained_with_and_the_main_outputs_kept(fit, data, frame, per):
    heads = ("--lineage-sep", "|", "--epochs", 40, "--seed", 1)
    result = fit(data, *CLASS, *heads, "--auxiliary", per, "--auxiliary-weight", 0.5)
    assert result.exit_code == 0, result.output
    assisted = load("model")
    assert assisted.network.hierarchy.ranks[-1] == ("health=ill",)
    assert metrics()["network"]["log loss"] == pytest.approx(_held_out(assisted, frame, 1), rel=1e-6)
    fit(data, *CLASS, *heads, "--force")
    assert load("model").network.hierarchy == assisted.network.hierarchy
    assert not np.array_equal(load("model").network.theta, assisted.network.theta)


def test_of_a_regression_with_auxiliary_heads_the_main_outputs_are_scaled_back(fit, data, frame):
    regression = ("--lineage-sep", "|", "--drop", "health", "--epochs", 300, "--learning-rate", 0.02)
    fit(data, *regression, "--auxiliary", "rank", target="weight")
    off = load("model").predict(frame) - frame["weight"]
    assert np.abs(off).mean() < 0.5 * frame["weight"].std()


def _held_out(model, frame, seed):
    from sklearn.metrics import log_loss
    from sklearn.model_selection import train_test_split

    held = train_test_split(np.arange(60), test_size=0.2, random_state=seed, stratify=frame["health"])[1]
    return log_loss(frame["health"][held], model.predict_proba(frame.iloc[held]))


@pytest.mark.parametrize("heads", ["all", "maximal"])
def test_an_edge_list_makes_the_hierarchy_and_the_output_counts_what_was_dropped(fit, data, tmp_path, heads):
    edges = "A|a\tpath 1\nA|b\tpath 1\nA|b\tpath 2\npath 1\ttop\npath 2\ttop\nunmeasured\tpath 3\n"
    (tmp_path / "edges.tsv").write_text(edges)
    result = fit(data, "--hierarchy", tmp_path / "edges.tsv", "--drop", "weight", "--heads", heads)
    assert result.exit_code == 0, result.output
    for part in ("features kept, of 5 given: 2", "'unmeasured'", "'path 3'"):
        assert part in result.stdout
    H = load("model").network.hierarchy
    assert H.ranks[0] == ("A|a", "A|b")
    assert H.below("path 2") == ("A|b",)
    hands_on_hidden = any(
        H.rank(e.source) > 0 for i in range(H.depth) for e in H.ranks[i] if isinstance(e, Relay)
    )
    assert hands_on_hidden == (heads == "all")
    assert [e for e in H.below(H.ranks[-1][0]) if not isinstance(e, Relay)] == ["top"]


def test_logarithms_are_taken_and_kept(fit, tmp_path, frame):
    positive = frame.drop(columns=["sample", "weight"])
    positive.iloc[:, :4] = np.exp(positive.iloc[:, :4])
    positive.to_csv(tmp_path / "x.csv", index=False)
    fit(tmp_path / "x.csv", "--log10", "1e-4")
    model = load("model")
    assert model.log10 == 1e-4
    assert np.isfinite(model.predict_proba(positive)).all()


def test_the_same_seed_gives_the_same_bits_and_another_seed_others(fit, data, tmp_path):
    seeds = (0, 0, 1)
    for k, seed in enumerate(seeds):
        assert fit(data, *CLASS, "--seed", seed, "--out", f"m{k}").exit_code == 0
    first, again, other = (load(f"m{k}").network.theta.tobytes() for k in range(3))
    assert first == again != other
    whole = [(tmp_path / f"m{k}" / "model.safetensors").read_bytes() for k in range(3)]
    assert whole[0] == whole[1] != whole[2]


def test_nothing_is_held_out_if_not_asked_for(fit, data):
    result = fit(data, *CLASS, "--test-size", 0)
    assert result.exit_code == 0
    assert metrics()["rows"] == {"training": 60, "held out": 0}
    assert "held out" not in result.stdout


def test_the_output_says_that_early_stopping_ended_training(fit, data):
    result = fit(data, *CLASS, "--early-stopping", "--epochs", 2000, "--learning-rate", 0.05)
    assert "stopped early" in result.stdout
    assert load("model").stopped == "early"


def test_fit_prints_nothing_with_quiet(fit, data):
    result = fit(data, *CLASS, "--quiet")
    assert result.output == ""
    assert result.exit_code == 0


def test_pictures_are_part_of_the_folder(run, data, tmp_path):
    result = run("fit", data, "--target", "health", *CLASS, "--epochs", 2, "--out", "model")
    assert result.exit_code == 0, result.output
    for name in ("costs.png", "hierarchy.png"):
        assert (tmp_path / "model" / name).read_bytes().startswith(b"\x89PNG")


def test_without_matplotlib_there_are_no_pictures_but_a_note(run, data, tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, "hassenet.plots", raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for name in [m for m in sys.modules if m.startswith(("matplotlib.", "hassenet.plots."))]:
        monkeypatch.delitem(sys.modules, name)
    result = run("fit", data, "--target", "health", *CLASS, "--epochs", 2, "--out", "model")
    assert result.exit_code == 0, result.output
    assert 'pip install "hassenet[plot]"' in result.stderr
    assert sorted(p.name for p in (tmp_path / "model").iterdir()) == ["model.json", "model.safetensors"]


def test_a_picture_that_fails_costs_a_note_and_never_the_model(run, data, tmp_path, monkeypatch):
    from hassenet import plots

    def fails(*_, **__):
        raise ValueError("no room for it")

    monkeypatch.setattr(plots, "plot_hierarchy", fails)
    result = run("fit", data, "--target", "health", *CLASS, "--epochs", 2, "--out", "model")
    assert result.exit_code == 0, result.output
    assert "note: hierarchy.png could not be drawn, and is left out: no room for it" in result.stderr
    assert "costs.png" in {p.name for p in (tmp_path / "model").iterdir()}
    assert load("model").stopped == "epochs"


def test_a_name_that_begins_a_formula_is_a_name(run, frame, tmp_path):
    frame.rename(columns={"age": "$a^$"}).to_csv(tmp_path / "odd.csv", index=False)
    result = run("fit", "odd.csv", "--target", "health", *CLASS, "--epochs", 2, "--out", "model")
    assert result.exit_code == 0, result.output
    assert "note" not in result.stderr
    assert {"hierarchy.png", "costs.png"} <= {p.name for p in (tmp_path / "model").iterdir()}


def test_a_model_is_replaced_only_with_force(fit, data, refuses):
    assert fit(data, *CLASS).exit_code == 0
    theta = load("model").network.theta.tobytes()
    refused = fit(data, *CLASS, "--seed", 1)
    assert refused.exit_code == 1
    assert "--force" in refused.stderr
    assert load("model").network.theta.tobytes() == theta
    assert fit(data, *CLASS, "--seed", 1, "--force").exit_code == 0
    assert load("model").network.theta.tobytes() != theta


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".tsv", ".tsv.gz", ".parquet"])
def test_every_format_gives_the_same_model(fit, tmp_path, frame, suffix):
    table, path = frame.drop(columns=["sample", "weight"]), tmp_path / f"people{suffix}"
    frame_to(table, path)
    frame_to(table, tmp_path / "reference.csv")
    for name in (path.name, "reference.csv"):
        result = fit(tmp_path / name, "--out", f"of {name}", "--quiet")
        assert result.exit_code == 0, result.output
    one, other = (load(f"of {name}") for name in (path.name, "reference.csv"))
    np.testing.assert_allclose(one.network.theta, other.network.theta, rtol=1e-5)


def frame_to(table: pd.DataFrame, path) -> None:
    if path.suffix == ".parquet":
        table.to_parquet(path)
    else:
        table.to_csv(path, index=False, sep="\t" if ".tsv" in path.name else ",")


def test_every_option_has_its_field_or_is_one_of_training():
    from dataclasses import fields
    from inspect import signature

    from hassenet.cli.fit.options import FitOptions
    from hassenet.cli.fit.wishes import OPTIONS
    from hassenet.cli.reading import NAMES

    taken = {*signature(FitOptions.of).parameters, "resume"} | {f.name for f in fields(FitOptions)}
    assert {p.name for p in fit_command.params} == {*taken, *NAMES, *OPTIONS} - {
        "training",
        "others",
        "reading",
        "wish",
    }


def test_the_picture_of_a_dense_fit_is_chosen_by_relevance_and_names_features(
    fit, frame, tmp_path, monkeypatch
):
    """Sixty features, of which the last one alone says who is ill: it is shown, whatever the initial weights are."""
    rng = np.random.default_rng(0)
    wide = pd.DataFrame(rng.normal(size=(60, 60)), columns=[f"feature {k}" for k in range(60)])
    wide.assign(health=np.where(wide["feature 59"] > 0, "ill", "healthy")).to_csv(
        tmp_path / "w.csv", index=False
    )
    figures = []
    monkeypatch.setattr("hassenet.cli.fit.pictures._png", lambda figure: figures.append(figure) or b"")
    fit("w.csv", "--epochs", 40, "--plots", "--hidden-layer-sizes", "60")
    texts = [text.get_text() for text in figures[0].axes[0].texts]
    assert "feature 59" in texts
    assert not [text for text in texts if text.startswith("h1_")]
    assert "those with the largest score" in figures[0].axes[0].get_xlabel().replace("\n", " ")


@pytest.mark.parametrize("hidden", ["relu", "tanh"])
def test_what_a_class_of_several_weighs_is_part_of_the_picture(fit, frame, tmp_path, hidden, monkeypatch):
    frame.assign(health=["a", "b", "c"] * 20).to_csv(tmp_path / "three.csv", index=False)
    figures = []
    monkeypatch.setattr("hassenet.cli.fit.pictures._png", lambda figure: figures.append(figure) or b"")
    result = fit("three.csv", *CLASS, "--activation", hidden, "--plots")
    assert len(figures) == 2, result.output
