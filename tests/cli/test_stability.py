"""``hassenet stability`` writes what hassenet.stability finds with the training of ``hassenet fit``."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hassenet.cli import main
from hassenet.cli._stability import _FILES

from .conftest import CLASS, people

QUICK = ("--epochs", 3, "--runs", 3, "--nulls", 4)
TREE = (*CLASS, "--drop", "age", "--lineage-sep", "|")


@pytest.fixture
def study(run, data):
    def call(*more, target="health"):
        return run("stability", data, "--target", target, *QUICK, "--out", "found", *more)

    return call


def test_elements_stand_beside_null_models_and_networks_beside_their_twins(study, tmp_path):
    result = study(*TREE)
    assert result.exit_code == 0, result.output
    elements = pd.read_csv(tmp_path / "found/elements.csv")
    assert elements["element"].tolist() == ["A|a", "A|b", "B|c", "A", "B"]
    of_null = [f"{what}_{null}" for null in ("permuted", "rewired") for what in ("p", "fdr")]
    assert list(elements) == ["element", "rank", "mean", "sd", "low", "high", "top", *of_null]
    np.testing.assert_allclose(elements.groupby("rank")["mean"].sum(), 1, rtol=1e-6)
    assert set((elements["p_permuted"] * 5).round(9)) <= {1, 2, 3, 4, 5}
    networks = pd.read_csv(tmp_path / "found/networks.csv")
    assert networks["network"].tolist() == ["hierarchy", "rewired", "complete"]
    summary = (tmp_path / "found/summary.txt").read_text()
    assert summary.strip() in result.stdout
    assert "3 runs of 5 elements" in summary
    assert "the least p there is is 0.2" in summary


def test_the_same_seed_writes_the_same_tables_with_any_number_of_processes(study, run, data, tmp_path):
    study(*TREE, "--quiet")
    again = run(
        "stability", data, "--target", "health", *QUICK, *TREE, "--out", "again", "--jobs", 2, "--quiet"
    )
    assert again.output == ""
    for name in _FILES:
        assert (tmp_path / "found" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_without_a_hierarchy_there_is_nothing_to_rewire(study, tmp_path):
    result = study(*CLASS, "--hidden-layer-sizes", "3", "--nulls", 0)
    assert result.exit_code == 0, result.output
    assert list(pd.read_csv(tmp_path / "found/elements.csv"))[-1] == "top"
    assert not (tmp_path / "found/networks.csv").exists()


def test_a_regression_is_studied(study, tmp_path):
    result = study(
        "--drop",
        "health",
        "--drop",
        "sample",
        "--hidden-layer-sizes",
        "3",
        "--method",
        "ablation",
        target="weight",
    )
    assert result.exit_code == 0, result.output
    assert "permuted" in (tmp_path / "found/summary.txt").read_text()


def test_the_training_has_the_options_of_fit():
    of_fit = {p.name for p in main.commands["fit"].params}
    of_study = {p.name for p in main.commands["stability"].params}
    assert of_fit - of_study == {"test_size", "plots"}
    assert of_study - of_fit == {"runs", "nulls", "method", "label", "jobs"}


def test_what_does_not_fit_leaves_nothing_behind(study, refuses, data, tmp_path):
    refuses(study(*TREE, "--class", "well"), "--class is one of 'healthy', 'ill'; got 'well'")
    refuses(study(*TREE, target="helth"), "there is no 'helth'; did you mean 'health'?")
    refuses(study(*TREE, "--jobs", 0), "--jobs is a number of processes", code=2)
    refuses(study(*CLASS, "--heads", "all"), "give --hierarchy or --lineage-sep", code=2)
    assert not (tmp_path / "found").exists()


def test_of_many_classes_one_is_chosen(run, refuses, tmp_path):
    frame = people()[["A|a", "A|b"]].assign(kind=np.arange(60) % 3)
    frame.to_csv(tmp_path / "kinds.csv", index=False)
    command = ("stability", "kinds.csv", "--target", "kind", *QUICK, "--nulls", 1, "--out", "found")
    refuses(
        run(*command),
        "one class is explained at a time, of '0', '1', '2'; choose one with --class",
        made=(tmp_path / "kinds.csv",),
    )
    assert run(*command, "--class", 1).exit_code == 0


def test_tables_that_are_there_are_kept_unless_forced(study, refuses, tmp_path):
    (tmp_path / "found").mkdir()
    mine = tmp_path / "found/elements.csv"
    mine.write_text("mine")
    refuses(study(*TREE), "an existing file is kept", "elements.csv", "--force", made=(mine.parent, mine))
    assert mine.read_text() == "mine"
    (tmp_path / "found/networks.csv").write_text("of an earlier run")
    assert study(*CLASS, "--hidden-layer-sizes", "3", "--force").exit_code == 0
    assert mine.read_text() != "mine"
    assert not (tmp_path / "found/networks.csv").exists()
    (tmp_path / "found2").write_text("a file")
    refuses(
        study(*TREE, "--force", "--out", "found2"),
        "an existing file is kept",
        made=tuple(tmp_path.rglob("*")),
    )
