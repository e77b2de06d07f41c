"""The commands take a model of several networks as they take one of a single network."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hassenet import Ensemble, Hierarchy, Model, Network, load, save
from hassenet.explain import deeplift
from hassenet.model import Fill, Scaling
from hassenet.shaping import widen

H = Hierarchy.from_covers([("A|a", "A"), ("A|b", "A"), ("B|c", "B")]).crown(["y"], over="maximal")
NAMES = ("A|a", "A|b", "B|c")
NETS = [Network(G, "tanh", seed=seed) for seed, G in enumerate((H, widen(H, 2).hierarchy, H))]
MODEL = Model(
    Ensemble(NETS, [1, 1, 2]),
    NAMES,
    "regression",
    ("weight",),
    steps=(Fill([0.0] * 3), Scaling([0.0] * 3, [2.0] * 3)),
    target_scaling=Scaling([70.0], [10.0]),
    residuals=np.arange(1.0, 20.0),
    settings={"members": 3, "neurons": (1, 2)},
)


@pytest.fixture
def model(run, data):
    save(MODEL, "model")
    return MODEL


@pytest.fixture
def gaps(model, frame):
    """The table with a gap, and where it is."""
    frame.loc[3, "A|b"] = np.nan
    frame.to_csv("gaps.csv", index=False)
    return frame


def test_an_interval_has_a_column_for_each_end(run, gaps):
    assert run("predict", "model", "gaps.csv", "--interval", 0.9, "--out", "p.parquet").exit_code == 0
    written, found = pd.read_parquet("p.parquet"), MODEL.predict(gaps, interval=0.9)
    assert list(written) == ["predicted_weight", "low_weight", "high_weight"]
    for column, expected in zip(written, found, strict=True):
        np.testing.assert_array_equal(written[column], expected)


def test_an_interval_that_cannot_be_had_is_refused(run, model, data):
    result = run("predict", "model", data, "--interval", 0.99, "--out", "p.csv")
    assert result.exit_code == 1
    assert "level 0.99 needs 99 residuals; the model has 19" in result.stderr


def test_explain_prints_and_writes_the_spread_over_the_networks(run, gaps):
    result = run("explain", "model", "gaps.csv", "--out", "scores.csv")
    assert "over 60 rows, 3 networks" in result.stdout
    assert "over networks" in result.stdout
    written, found = pd.read_csv("scores.csv"), deeplift(MODEL.in_units, MODEL.prepare(gaps))
    assert written["element"].tolist() == list(found.elements)
    np.testing.assert_allclose(written["member_spread"], found.member_spread)


def test_ranks_that_can_be_explained_are_those_of_the_members(run, model, data):
    assert run("explain", "model", data, "--rank", 1).exit_code == 0
    assert "scores stand at the ranks [0, 1]; got 2" in run("explain", "model", data, "--rank", 2).stderr


def test_an_ensemble_is_shown_with_what_was_chosen(run, model):
    shown = run("show", "model").stdout
    for part in ("gaps filled, standardised", "3 networks, whose outputs are averaged, of 2 shapes", "members: 3",
                 "neurons: 1, 2", "intervals: from 19 rows held out"):  # fmt: skip
        assert part in shown
    save(MODEL.network, "bare")
    assert run("show", "bare").stdout.startswith("bare: ensemble\n")


def test_a_temperature_is_shown(run, model):
    net = Network(H, "tanh", "sigmoid")
    save(Model(net, NAMES, "classification", ("health",), ("ill", "well"), temperature=1.25), "calibrated")
    assert "temperature: 1.25" in run("show", "calibrated").stdout


def test_figures_of_a_model_that_fit_did_not_make_are_shown(run, model):
    save(replace(MODEL, metrics={"rows": {"training": 9.0}, "ours": {"R²": 0.5}}), "ours")
    assert ["ours", "0.5"] in [line.split() for line in run("show", "ours").stdout.splitlines()]


def test_a_page_is_written_of_an_ensemble(run, gaps):
    result = run("report", "model", "gaps.csv", "--out", "page.html")
    assert result.exit_code == 0, result.output
    assert "60 rows shown" in result.stdout


def test_a_saved_ensemble_predicts_what_it_did(run, model, frame):
    np.testing.assert_array_equal(load("model").predict(frame), MODEL.predict(frame))
