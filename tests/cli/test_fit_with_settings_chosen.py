"""``hassenet fit`` chooses settings, unless an option is about one network."""

from __future__ import annotations

import json
import signal
from itertools import count
from pathlib import Path
from threading import main_thread
from time import sleep

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from hassenet.cli.fit import choosable
from hassenet.model import Model
from hassenet.network import Ensemble, Network
from hassenet.selection import effort, trainings
from hassenet.shaping.widening import owner
from hassenet.storage import load
from hassenet.training.interrupt import Interrupt

from .conftest import CLASS

CHOSEN = ("--lineage-sep", "|", "--members", 2, "--out", "model", "--no-plots")


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """Let trainings be short."""
    monkeypatch.setattr(effort, "_STEPS", (15, 15))


def held_out(m=60, stratify=None):
    from sklearn.model_selection import train_test_split

    return train_test_split(np.arange(m), test_size=0.2, random_state=0, stratify=stratify)[1]


def test_an_ensemble_is_kept_as_it_was_judged_beside_two_usual_models(run, data, frame):
    result = run("fit", data, "--target", "health", *CLASS, *CHOSEN)
    assert result.exit_code == 0, result.output
    model = load("model")
    assert isinstance(model, Model)
    assert isinstance(model.network, Ensemble)
    assert model.classes == ("healthy", "ill")
    assert model.network.hierarchy.ranks[-1] == ("health=ill",)
    for part in ("setting 1: ", "ensemble ", "logistic regression", "gradient boosting", "95 % interval"):
        assert part in result.stdout
    held = held_out(stratify=frame["health"])
    p = model.predict_proba(frame.iloc[held])[np.arange(12), (frame["health"][held] == "ill").astype(int)]
    assert -np.log(p).mean() == pytest.approx(model.metrics["ensemble"]["log loss"])
    X, y = frame[list(model.features)].to_numpy(), frame["health"].to_numpy() == "ill"
    train = np.setdiff1d(np.arange(60), held)
    Z = (X - X[train].mean(axis=0)) / X[train].std(axis=0)  # and not clipped, as the ensemble's are
    usual = LogisticRegression(max_iter=1000).fit(Z[train], y[train]).predict_proba(Z[held])
    assert log_loss(y[held], usual) == pytest.approx(
        model.metrics["logistic regression"]["log loss"], rel=1e-4
    )


def test_gaps_are_filled_and_logarithms_taken_as_by_the_estimator(run, tmp_path, frame):
    frame[["A|a", "A|b", "B|c"]] = np.exp(frame[["A|a", "A|b", "B|c"]])
    frame.loc[::7, "A|a"] = np.nan
    frame.to_csv(tmp_path / "gaps.csv", index=False)
    drop = ("--drop", "sample", "--drop", "health", "--drop", "age")
    result = run("fit", "gaps.csv", "--target", "weight", *drop, *CHOSEN, "--log10", "0.01")
    assert "missing values: 0.05 of all" in result.stdout
    model = load("model")
    prediction = model.predict(frame)
    X, amounts = model.encoding(frame), list(model.steps[1].places)
    assert [model.features[k] for k in amounts] == ["A|a", "A|b", "B|c"]
    X[:, amounts] = np.log10(X[:, amounts] + 0.01)
    unlogged = Model(
        model.network,
        model.features,
        model.task,
        model.targets,
        steps=model.steps[2:],
        target_scaling=model.target_scaling,
    )
    np.testing.assert_allclose(prediction, unlogged.predict(X), rtol=1e-5)
    squared = (prediction - frame["weight"])[held_out()] ** 2
    assert np.sqrt(squared.mean()) == pytest.approx(model.metrics["ensemble"]["RMSE"])


def test_several_targets_and_a_positive_class_are_taken(run, data, frame):
    two = ("--target", "weight", "--target", "age", "--drop", "sample", "--drop", "health")
    assert run("fit", data, *two, *CHOSEN).exit_code == 0
    assert load("model").predict(frame).shape == (60, 2)
    other = ("--target", "health", *CLASS, "--positive", "healthy", "--force")
    assert run("fit", data, *other, *CHOSEN).exit_code == 0
    assert load("model").classes == ("ill", "healthy")
    assert load("model").metrics["ensemble"]["accuracy"] > 0.6


@pytest.mark.parametrize("option", [("--single",), ("--heads", "maximal")], ids=str)
def test_an_option_about_one_network_trains_one(run, data, option):
    result = run("fit", data, "--target", "health", *CLASS, *CHOSEN[:2], *CHOSEN[4:], *option)
    assert result.exit_code == 0, result.output
    assert isinstance(load("model").network, Network)
    assert "gradient boosting" in result.stdout


def test_members_without_a_choice_are_refused(run, refuses, data):
    result = run("fit", data, "--target", "health", *CLASS, "--out", "model", "--members", 3, "--single")
    refuses(result, "--members are networks of settings that are chosen", code=2)


ALONE = (*CLASS, *CHOSEN[2:])


def test_without_a_hierarchy_settings_are_chosen_on_complete_ranks_above_the_columns(run, tmp_path, frame):
    frame = frame.assign(sex=np.where(frame["age"] > 0, "f", "m"))
    frame.loc[::7, "A|a"] = np.nan
    frame.to_csv(tmp_path / "people.csv", index=False)
    result = run("fit", "people.csv", "--target", "health", *ALONE, "--covariate", "age")
    assert result.exit_code == 0, result.output
    model = load("model")
    assert isinstance(model.network, Ensemble)
    assert [str(e) for e in model.network.hierarchy.covariates] == ["age"]
    deep = [net.hierarchy for net in model.network if net.plan.depth > 1]
    assert all("sex" in map(owner, H.ranks[1]) for H in deep)
    assert "setting 1: " in result.stdout
    assert run("predict", "model", "people.csv", "--out", "p.csv").exit_code == 0


@pytest.mark.parametrize("reason", ["lack 'rare'", "would take long"])
def test_one_network_is_trained_where_settings_of_a_table_alone_cannot_be_chosen(
    run, tmp_path, frame, reason, monkeypatch
):
    if "rare" in reason:
        frame.loc[:1, "health"] = "rare"  # one to learn from, one held out
    else:
        monkeypatch.setattr(choosable, "_MOST_CELLS", 100)
    frame.to_csv(tmp_path / "people.csv", index=False)
    result = run("fit", "people.csv", "--target", "health", *ALONE)
    assert result.exit_code == 0, result.output
    assert "one network is trained: " in result.stdout
    assert reason in result.stdout
    assert isinstance(load("model").network, Network)


def test_a_class_with_one_row_to_learn_from_is_refused_by_name(run, refuses, tmp_path, frame):
    frame.loc[:1, "health"] = "rare"
    frame.to_csv(tmp_path / "rare.csv", index=False)
    result = run("fit", "rare.csv", "--target", "health", *CLASS, *CHOSEN)
    refuses(result, "there is one at most of 'rare'", "--single", made=(tmp_path / "rare.csv",))


def test_after_ctrl_c_an_ensemble_of_what_is_complete_is_kept(run, data, monkeypatch):
    usual, calls = trainings.Trainings.network, count()

    def pressed(*arguments):
        if next(calls) == 20:  # the linear models are done by then
            signal.pthread_kill(main_thread().ident, signal.SIGINT)
            while not Interrupt().requested:
                sleep(0.001)
        return usual(*arguments)

    monkeypatch.setattr(trainings.Trainings, "network", pressed)
    result = run("fit", data, "--target", "health", *CLASS, *CHOSEN)
    assert result.exit_code == 130, result.output
    assert "candidates were far enough to be compared" in result.stderr
    assert load("model").stopped == "interrupted"
    with open("model/model.json") as file:
        assert "gradient boosting" not in json.load(file)["model"]["metrics"]


def test_a_hierarchy_picture_is_drawn_of_what_counts_most(run, data):
    assert run("fit", data, "--target", "health", *CLASS, *CHOSEN[:-1]).exit_code == 0
    assert Path("model/hierarchy.png").exists()
    assert not Path("model/costs.png").exists()
