"""``hassenet fit --increasing`` and ``--decreasing``."""

from __future__ import annotations

import hassenet as hn
from hassenet.hierarchy import Covariate
from hassenet.network import Ensemble, directions
from hassenet.page.building import page_data
from hassenet.selection import effort


def directions_of(folder):
    return [directions(net) for net in Ensemble.of(hn.load(folder).network)]


def test_features_that_are_named_are_monotone_in_the_model_that_is_kept(fit, run, data, frame):
    result = fit(
        data,
        "--drop",
        "sample,weight",
        "--activation",
        "tanh",
        "--increasing",
        "A|a, age",
        "--decreasing",
        "B|c",
    )
    assert result.exit_code == 0, result.output
    assert "the output never falls with 'A|a', 'age', never rises with 'B|c'" in result.output
    assert directions_of("model") == [{"A|a": 1, "B|c": -1, "age": 1}]
    facts = dict(page_data(hn.load("model"), frame).facts)
    assert facts["directions"] == "never falls with 'A|a', 'age'; never rises with 'B|c'"
    assert f"covers with a sign: {facts['covers with a sign']}\n" in run("show", "model").stdout


def test_directions_hold_where_settings_are_chosen(run, data, tmp_path, monkeypatch):
    monkeypatch.setattr(effort, "_STEPS", (15, 15))
    monkeypatch.setattr(effort, "_LINEAR", (0.1, 1.0))
    (tmp_path / "H.csv").write_text("lower,upper\nA|a,A\nA|b,A\nB|c,B\n")
    options = (
        "--drop",
        "sample,weight,age",
        "--hierarchy",
        "H.csv",
        "--members",
        2,
        "--no-plots",
        "--out",
        "model",
    )
    result = run("fit", data, "--target", "health", *options, "--decreasing", "A|a")
    assert result.exit_code == 0, result.output
    assert all(found["A|a"] == -1 for found in directions_of("model"))


def test_covariates_may_be_named_where_settings_are_chosen(run, data, tmp_path, monkeypatch):
    monkeypatch.setattr(effort, "_STEPS", (15, 15))
    monkeypatch.setattr(effort, "_LINEAR", (0.1, 1.0))
    (tmp_path / "H.csv").write_text("lower,upper\nA|a,A\nA|b,A\nB|c,B\n")
    options = (
        "--drop",
        "sample,weight",
        "--hierarchy",
        "H.csv",
        "--covariate",
        "age",
        "--members",
        2,
        "--no-plots",
    )
    result = run("fit", data, "--target", "health", *options, "--out", "model", "--increasing", "age")
    assert result.exit_code == 0, result.output
    assert all(found[Covariate("age")] == 1 for found in directions_of("model"))


def test_names_that_contradict_or_are_not_there_are_refused(fit, data):
    both = fit(data, "--drop", "sample,weight", "--increasing", "age", "--decreasing", "age")
    assert (both.exit_code, "both name 'age'" in both.output) == (2, True)
    unknown = fit(data, "--drop", "sample,weight", "--increasing", "height")
    assert (unknown.exit_code, "'height' is not among" in unknown.output) == (1, True)
