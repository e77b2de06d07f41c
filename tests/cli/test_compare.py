"""``hassenet compare`` says what hn.compare finds, and writes it as tables, JSON and a picture."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline

import hassenet as hn
from hassenet.cli.compare.run import _FILES
from hassenet.estimators import NetworkClassifier, NetworkRegressor
from hassenet.protocol import comparing
from hassenet.protocol.contender import given

TREE = ("--lineage-sep", "|", "--folds", 3)
MADE: list[hn.Hierarchy] = []


def quick(kind, H, folds, n_jobs, covariates, shares, likelihood, **more):
    """Return networks of a few epochs."""

    def made(H, seed):
        MADE.append(H)
        network = NetworkClassifier if kind == "classification" else NetworkRegressor
        return make_pipeline(SimpleImputer(), network(hierarchy=H, max_iter=3, random_state=seed))

    return made


def linear(kind, rows):
    model = LogisticRegression() if kind == "classification" else Ridge()
    return given({"linear model": make_pipeline(SimpleImputer(), model)})


@pytest.fixture
def compare(run, data, monkeypatch):
    monkeypatch.setattr(comparing, "as_it_comes", quick)
    monkeypatch.setattr(comparing, "usual", linear)
    MADE.clear()

    def call(*more, target="health", table=data):
        dropped = (
            option for name in ("sample", "age", "weight") if name != target for option in ("--drop", name)
        )
        return run("compare", table, "--target", target, *TREE, *dropped, *more)

    return call


def test_tables_json_and_picture_say_what_is_printed(compare, tmp_path):
    result = compare("--out", "found")
    assert result.exit_code == 0, result.output
    folder = tmp_path / "found"
    assert sorted(path.name for path in folder.iterdir()) == sorted(_FILES)
    table, folds = pd.read_csv(folder / "comparison.csv"), pd.read_csv(folder / "folds.csv")
    assert table["model"].tolist() == ["network", "complete twin", "rewired twin", "linear model"]
    assert len(folds) == 4 * 3 * 2
    content = json.loads((folder / "comparison.json").read_text("utf-8"))
    assert content["verdict"] in result.stdout
    assert content["finding"] in {
        "a linear model is enough",
        "the hierarchy helps",
        "does not show that it helps",
    }
    assert [row["mean"] for row in content["models"]] == pytest.approx(table["mean"].tolist())
    assert (content["rows"], content["features"], content["task"]) == (60, 3, "classification")
    assert (folder / "comparison.png").read_bytes().startswith(b"\x89PNG")


def test_without_a_folder_nothing_is_written(compare, tmp_path):
    before = set(tmp_path.rglob("*"))
    result = compare("--repeats", 1)
    assert result.exit_code == 0, result.output
    assert "ROC AUC on rows not learned from; 3 folds, the same for all" in result.stdout
    assert set(tmp_path.rglob("*")) == before


def test_gaps_are_filled_inside_the_folds_and_amounts_compared_by_their_variance(compare, frame, tmp_path):
    frame.loc[3, "A|a"] = None
    frame.to_csv(tmp_path / "gaps.csv", index=False)
    command = ("--drop", "health", "--task", "regression", "--repeats", 1, "--log10", 10)
    result = compare(*command, target="age", table="gaps.csv")
    assert result.exit_code == 0, result.output
    assert "missing values: 0.0056 of all; filled inside the folds" in result.stdout
    assert "R² on rows not learned from" in result.stdout


def test_files_are_kept_unless_they_are_to_be_replaced(compare, refuses, tmp_path):
    assert compare("--out", "found", "--repeats", 1, "--quiet").output == ""
    before = (tmp_path / "found/folds.csv").read_bytes()
    refuses(compare("--out", "found"), "an existing file is kept")
    assert (tmp_path / "found/folds.csv").read_bytes() == before
    assert compare("--out", "found", "--force", "--seed", 1).exit_code == 0
    assert (tmp_path / "found/folds.csv").read_bytes() != before


def test_after_ctrl_c_what_is_done_is_printed_and_written(compare, monkeypatch, tmp_path):
    measured, calls = comparing.measured, []

    def interrupted(*arguments):
        calls.append(1)
        if len(calls) > 4:
            raise KeyboardInterrupt
        return measured(*arguments)

    monkeypatch.setattr(comparing, "measured", interrupted)
    result = compare("--out", "found")
    assert result.exit_code == 130, result.output
    assert "interrupted: 1 of 6 splits were done by all models" in result.stdout
    content = json.loads((tmp_path / "found/comparison.json").read_text("utf-8"))
    assert (content["stopped"], content["splits"], content["models"][1]["low"]) == ("interrupted", 1, None)
    assert compare("--out", "other").exit_code == 130
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    ("options", "code", "part"),
    [
        (["--folds", 40], 1, "for 40 folds"),
        (["--folds", 90], 1, "60 rows for 90 folds"),
        (["--drop", "nothing"], 1, "there is no 'nothing'"),
        (["--target", "A|a"], 1, "several targets are plain numbers in a comparison; got 'health'"),
        (["--jobs", 0], 2, "--jobs is a number of processes"),
        (["--hierarchy", "people.csv"], 2, "give one of the two"),
        (["--lineage-sep", "/"], 1, "give the right --lineage-sep"),
    ],
)
def test_a_comparison_that_cannot_be_made_is_refused_by_the_command(
    compare, refuses, tmp_path, options, code, part
):
    refuses(compare("--out", "found", *options), part, code=code)
    assert not MADE
    assert not (tmp_path / "found").exists()


def test_a_rare_class_is_named_as_the_table_does(compare, refuses, frame, tmp_path):
    frame.loc[:1, "health"] = "odd"
    frame.to_csv(tmp_path / "rare.csv", index=False)
    refuses(compare(table="rare.csv"), "for 3 folds 'odd' has only 2 rows", made=(tmp_path / "rare.csv",))
    assert not MADE


def test_a_comparison_needs_a_hierarchy(run, refuses, data):
    refuses(run("compare", data, "--target", "health"), "compare needs a hierarchy", code=2)
