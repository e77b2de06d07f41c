"""``hassenet predict`` gives what the model gives, by name, and refuses what does not fit."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.storage import load, save
from hassenet.tables import Table

from .conftest import CLASS

PROBABILITIES = ["probability_healthy", "probability_ill"]


@pytest.fixture
def model(fit, data):
    assert fit(data, *CLASS, "--quiet").exit_code == 0
    return load("model")


READ = {
    ".csv": pd.read_csv,
    ".csv.gz": pd.read_csv,
    ".tsv": lambda path: pd.read_csv(path, sep="\t"),
    ".tsv.gz": lambda path: pd.read_csv(path, sep="\t"),
    ".parquet": pd.read_parquet,
}


@pytest.mark.parametrize("suffix", READ)
def test_predictions_are_those_of_the_model_in_every_format(run, model, data, frame, suffix):
    result = run("predict", "model", data, "--out", f"p{suffix}", "--keep", "sample")
    assert result.exit_code == 0, result.output
    written = READ[suffix](f"p{suffix}")
    assert list(written) == ["sample", "predicted_health", *PROBABILITIES]
    assert written["predicted_health"].tolist() == model.predict(frame).tolist()
    np.testing.assert_array_equal(written[PROBABILITIES], model.predict_proba(frame))
    assert "'sample'" not in result.stdout
    assert "does not know them: 'weight'\n" in result.stdout


def test_columns_are_matched_by_name(run, model, tmp_path, frame):
    frame[list(frame)[::-1]].to_parquet(tmp_path / "turned.parquet")
    run("predict", "model", tmp_path / "turned.parquet", "--out", "p.csv")
    assert pd.read_csv("p.csv")["predicted_health"].tolist() == model.predict(frame).tolist()


def test_a_regression_gives_its_targets(run, fit, data, frame):
    fit(data, "--drop", "health", "--drop", "sample", "--target", "age", target="weight")
    assert run("predict", "model", data, "--out", "p.parquet", "--quiet").output == ""
    written = pd.read_parquet("p.parquet")
    assert list(written) == ["predicted_weight", "predicted_age"]
    np.testing.assert_array_equal(written, load("model").predict(frame))


def test_an_output_that_exists_is_kept_without_force(run, model, data, tmp_path):
    (tmp_path / "p.csv").write_text("precious")
    refused = run("predict", "model", data, "--out", "p.csv")
    assert refused.exit_code == 1
    assert "--force" in refused.stderr
    assert (tmp_path / "p.csv").read_text() == "precious"
    assert run("predict", "model", data, "--out", "p.csv", "--force").exit_code == 0
    assert len(pd.read_csv("p.csv")) == 60


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        (lambda f: f.drop(columns=["age", "A|b"]), ["2 of 4", "'A|b', 'age'"]),
        (lambda f: f.assign(age="old"), ["numbers", "'age'"]),
        (lambda f: f.assign(age=np.inf), ["finite", "'age'"]),
    ],
)
def test_a_table_that_does_not_fit_the_model_is_refused(run, model, tmp_path, frame, change, parts):
    change(frame).to_csv(tmp_path / "new.csv", index=False)
    result = run("predict", "model", tmp_path / "new.csv", "--out", "p.csv")
    assert result.exit_code == 1
    assert all(part in result.stderr for part in parts), result.stderr
    assert not (tmp_path / "p.csv").exists()


def test_a_column_to_keep_has_to_be_there_and_free(run, model, data, tmp_path, frame):
    assert "'sample'" in run("predict", "model", data, "--out", "p.csv", "--keep", "sampl").stderr
    frame.assign(predicted_health=1).to_csv(tmp_path / "new.csv", index=False)
    clash = run("predict", "model", tmp_path / "new.csv", "--out", "p.csv", "--keep", "predicted_health")
    assert "rename" in clash.stderr
    assert not (tmp_path / "p.csv").exists()


def test_a_folder_without_a_model_is_refused(run, data, tmp_path):
    (tmp_path / "nothing").mkdir()
    save(Network(Hierarchy.complete(2, 1)), tmp_path / "bare")
    for name, part in (("nothing", "model.json"), ("bare", "bare network")):
        result = run("predict", name, data, "--out", "p.csv")
        assert result.exit_code == 1
        assert part in result.stderr


def test_a_suffix_without_a_format_is_refused(run, model, data):
    assert ".csv, .csv.gz" in run("predict", "model", data, "--out", "p.docx").stderr
    assert run("predict", "model", data, "--out", "no/such/folder/p.csv").exit_code == 1


def test_the_work_for_each_ignored_column_does_not_grow_with_the_features(tmp_path):
    """As many looks at the features for a hundred ignored columns as for one."""
    from hassenet.cli.predict import _tell

    def looks(columns: int) -> int:
        seen: list[str] = []

        class Counting(tuple):
            def __iter__(self):
                seen.append("once")
                return super().__iter__()

        table = Table({f"x{k}": np.zeros(1) for k in range(columns)})
        _tell(
            SimpleNamespace(columns=Counting(["x0"]), target_columns=("y",), targets=("y",)),
            table,
            (),
            table,
            tmp_path,
        )
        return len(seen)

    assert looks(100) == looks(1) == 1


@pytest.mark.parametrize("out", ["no/such/folder/p.csv", "people.csv/p.csv"])
def test_an_output_without_a_folder_is_refused_before_anything_is_read(run, fit, data, monkeypatch, out):
    assert fit(data, *CLASS, "--quiet").exit_code == 0
    monkeypatch.setattr("hassenet.tables.read_table", lambda _: pytest.fail("the table was read"))
    result = run("predict", "model", data, "--out", out)
    assert result.exit_code == 1
    assert f"choose another for {out}" in result.stderr
