"""Tables as people have them are read, or refused with the value and what to do."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from hassenet.storage import load

from .conftest import CLASS


@pytest.fixture
def model(fit, data):
    assert fit(data, *CLASS, "--quiet").exit_code == 0
    return load("model")


def test_columns_that_are_kept_are_copied_byte_for_byte(run, model, data, tmp_path, frame):
    codes = np.resize(["007", "1.0", "NA", "True", "12:30", "12345678901234567890", "=1+1"], 60)
    frame.assign(code=codes, flag=codes[::-1]).to_csv(tmp_path / "new.csv", index=False)
    assert (
        run("predict", "model", "new.csv", "--keep", "code, flag", "--out", "p.csv", "--quiet").exit_code == 0
    )
    rows = [line.split(",")[:2] for line in (tmp_path / "p.csv").read_text().splitlines()]
    assert rows == [["code", "flag"], *map(list, zip(codes, codes[::-1], strict=True))]


def test_typed_columns_that_are_kept_keep_their_type(run, model, tmp_path, frame):
    extra = {
        "blob": pa.array([b"\xff"] * 60),
        "long": pa.array(range(60), pa.uint64()),
        "tags": pa.array([["a"]] * 60),
    }
    table = pa.table({**{name: frame[name] for name in frame}, **extra})
    pa.parquet.write_table(table, tmp_path / "new.parquet")
    kept = ("--keep", "blob,long", "--keep", "tags")
    assert run("predict", "model", "new.parquet", *kept, "--out", "p.parquet").exit_code == 0
    written = pa.parquet.read_table(tmp_path / "p.parquet")
    for name, column in extra.items():
        assert written.column(name).type == column.type
        assert written.column(name).to_pylist() == column.to_pylist()
    refused = run("predict", "model", "new.parquet", *kept, "--out", "p.csv")
    assert "'blob' holds binary; write Parquet" in refused.stderr


def test_the_index_of_a_frame_in_parquet_is_left_out_of_the_features_and_can_be_kept(
    fit, run, tmp_path, frame
):
    frame.set_index("sample").to_parquet(tmp_path / "x.parquet")
    result = fit("x.parquet", "--drop", "weight")
    assert "labels of rows, the index of a frame of pandas" in result.stderr
    assert load("model").features == ("A|a", "A|b", "B|c", "age")
    assert run("predict", "model", "x.parquet", "--keep", "sample", "--out", "p.csv").exit_code == 0
    assert pd.read_csv("p.csv")["sample"].tolist() == frame["sample"].tolist()


def test_columns_that_are_dropped_or_unknown_may_hold_anything(fit, run, tmp_path, frame):
    odd = {
        "image": pa.array([b"\xff"] * 60),
        "a,b": pa.array([["p"]] * 60),
        "deep": pa.array([{"a": 1}] * 60),
    }
    table = pa.table({**{name: frame[name] for name in frame}, **odd})
    pa.parquet.write_table(table, tmp_path / "more.parquet")
    dropped = ("--drop", "sample,weight, image", "--drop", "a,b", "--drop", "deep")
    assert fit("more.parquet", *dropped).exit_code == 0
    assert load("model").features == ("A|a", "A|b", "B|c", "age")
    assert run("predict", "model", "more.parquet", "--out", "p.csv").exit_code == 0


@pytest.mark.parametrize(
    "codes", [["01", "1", "2"], ["01", "1"], ["True", "true"], ["1.0", "1e0"], ["a", "A"]]
)
def test_classes_are_told_apart_as_they_are_spelled(fit, run, tmp_path, frame, codes):
    frame[["A|a", "age"]].assign(y=np.resize(codes, 60)).to_csv(tmp_path / "x.csv", index=False)
    assert fit("x.csv", "--task", "classification", target="y").exit_code == 0
    assert sorted(map(str, load("model").classes)) == sorted(codes)
    run("predict", "model", "x.csv", "--out", "p.csv", "--quiet")
    assert set(pd.read_csv("p.csv", dtype=str)["predicted_y"]) <= set(codes)


def test_codes_with_zeros_before_them_are_classes_however_many_there_are(fit, tmp_path, frame):
    frame[["A|a"]].assign(y=np.resize([f"{k:03}" for k in range(12)], 60)).to_csv(
        tmp_path / "x.csv", index=False
    )
    assert "classification of 'y'" in fit("x.csv", target="y").stdout


def test_one_cell_that_is_not_a_number_is_named_with_its_row(fit, run, model, tmp_path, frame):
    frame["age"] = frame["age"].astype(object)
    frame.loc[16, "age"] = "<0.5"
    frame.to_csv(tmp_path / "new.csv", index=False)
    assert "'age' (for instance '<0.5' in row 17)" in fit("new.csv", *CLASS, "--force").stderr
    assert (
        "'age' (for instance '<0.5' in row 17)" in run("predict", "model", "new.csv", "--out", "p.csv").stderr
    )


def test_decimal_commas_are_recognised_in_a_message_too(fit, tmp_path, frame):
    frame["age"] = frame["age"].astype(object)
    frame.loc[30, "age"] = "1,5"
    frame.to_csv(tmp_path / "new.csv", index=False)
    assert "'1,5' in row 31); read numbers with decimal commas (--decimal ,)" in fit("new.csv", *CLASS).stderr


def test_constants_and_identifiers_are_left_out_and_what_counts_rows_is_noted(fit, tmp_path, frame):
    odd = frame.assign(site=5, patient_id=np.random.default_rng(0).permutation(60), place=range(60))
    odd.to_csv(tmp_path / "odd.csv", index=False)
    told = fit("odd.csv", "--drop", "weight").stdout
    assert "features: 5 ('A|a', 'A|b', 'B|c', 'age', 'place')" in told
    assert "left out, constant: 'site'" in told
    assert "left out, identifiers, another value in each row: 'sample', 'patient_id'" in told
    assert "like identifiers, another whole number in each row: 'place'; leave them out" in told


def test_a_model_is_the_same_from_every_dialect(fit, data, tmp_path, frame):
    fit(data, *CLASS)
    theta = load("model").network.theta
    frame.to_csv(tmp_path / "euro.csv", index=False, sep=";", decimal=",", encoding="latin-1")
    assert "';' between columns, decimal commas" in fit("euro.csv", *CLASS, "--force").stderr
    np.testing.assert_array_equal(load("model").network.theta, theta)
    asked = ("--sep", ";", "--decimal", ",", "--encoding", "latin-1")
    assert "note" not in fit("euro.csv", *CLASS, "--force", *asked, "--quiet").stderr
    np.testing.assert_array_equal(load("model").network.theta, theta)


@pytest.mark.parametrize("sep", ["tab", "\\t", "\t"])
def test_a_tab_can_be_given_as_people_write_it(run, model, data, tmp_path, frame, sep):
    frame.to_csv(tmp_path / "t.csv", index=False, sep="\t")
    result = run("predict", "model", "t.csv", "--sep", sep, "--out", "p.csv", "--quiet")
    assert (result.exit_code, result.output) == (0, "")


# ---------------------------------------------------------------- genes in rows


@pytest.fixture
def turned(frame, tmp_path):
    genes = frame[["A|a", "A|b", "B|c", "age"]].T
    genes.columns = frame["sample"]
    genes.rename_axis("gene").to_csv(tmp_path / "genes.csv")
    frame[["sample", "weight", "health"]][::-1].to_csv(tmp_path / "people2.csv", index=False)
    return "genes.csv", "--transpose", "--targets", "people2.csv"


def test_genes_in_rows_and_phenotypes_beside_them_give_the_same_model(fit, run, data, turned):
    fit(data, *CLASS)
    theta = load("model").network.theta
    assert fit(*turned, "--force").exit_code == 0
    np.testing.assert_array_equal(load("model").network.theta, theta)
    assert run("evaluate", "model", *turned).exit_code == 0
    assert run("explain", "model", "genes.csv", "--transpose").exit_code == 0
    assert run("report", "model", *turned, "--out", "r.html").exit_code == 0
    assert (
        run("predict", "model", "genes.csv", "--transpose", "--keep", "sample", "--out", "p.csv").exit_code
        == 0
    )
    assert pd.read_csv("p.csv")["sample"].tolist() == pd.read_csv(data)["sample"].tolist()


def test_genes_in_rows_are_recognised(fit, run, model, turned):
    told = run("predict", "model", "genes.csv", "--out", "p.csv").stderr
    assert "are rows of this one; turn it: --transpose" in told
    assert "turn it with --transpose" in fit("genes.csv", "--targets", "people2.csv", "--out", "other").stderr


def test_a_target_in_a_row_is_recognised(fit, frame, tmp_path):
    frame.T.rename_axis("what").to_csv(tmp_path / "t.csv")
    frame.T.to_csv(tmp_path / "t.csv")
    pd.concat([pd.read_csv(tmp_path / "t.csv", dtype=str)] * 3).iloc[:10].to_csv(
        tmp_path / "t.csv", index=False
    )
    assert "'health' are rows of this one; turn it: --transpose" in fit("t.csv").stderr


@pytest.mark.parametrize("command", ["compare", "discover", "stability"])
def test_every_command_with_a_table_has_the_options_about_it(run, command):
    shown = run(command, "--help").stdout
    assert all(option in shown for option in ("--sep", "--decimal", "--encoding", "--transpose", "--targets"))


# ---------------------------------------------------------------- standard streams


def test_a_pipe_gives_what_a_file_gives(run, model, data, tmp_path, monkeypatch):
    run("predict", "model", data, "--keep", "sample", "--out", "p.csv")
    from click.testing import CliRunner

    from hassenet.cli import main

    piped = ["predict", "model", "-", "--keep", "sample", "--out", "-"]
    result = CliRunner().invoke(main, piped, input=data.read_bytes())
    assert result.exit_code == 0, result.output
    assert result.stdout == (tmp_path / "p.csv").read_text()
    assert "60 rows predicted: standard output" in result.stderr


def test_a_fit_reads_a_pipe(data, tmp_path, monkeypatch):
    from click.testing import CliRunner

    from hassenet.cli import main

    monkeypatch.chdir(tmp_path)
    command = ["fit", "-", "--target", "health", *CLASS, "--epochs", "2", "--no-plots", "--out", "m"]
    result = CliRunner().invoke(main, command, input=io.BytesIO(data.read_bytes()))
    assert "standard input: 60 rows" in result.stdout, result.output
    assert load("m").features == ("A|a", "A|b", "B|c", "age")


@pytest.mark.parametrize("command", ["predict", "explain", "evaluate"])
def test_a_table_that_is_read_is_never_replaced(run, model, data, command):
    before = Path(data).read_bytes()
    result = run(command, "model", data, "--out", data, "--force")
    assert result.exit_code == 1
    assert "a table that is read is not replaced" in result.stderr
    assert Path(data).read_bytes() == before


def test_codes_with_zeros_before_are_not_the_number_of_a_class(run, fit, frame, tmp_path):
    numbers = frame.assign(health=(frame["health"] == "ill").astype(int))
    numbers.to_csv(tmp_path / "numbers.csv", index=False)
    assert fit("numbers.csv", *CLASS, "--quiet").exit_code == 0
    numbers.assign(health=numbers["health"].map({0: "0", 1: "01"})).to_csv(
        tmp_path / "codes.csv", index=False
    )
    assert "the table also has '01'" in run("evaluate", "model", "codes.csv").stderr


def test_genes_in_rows_are_recognised_without_the_option(fit, tmp_path):
    names = [f"S{k}" for k in range(30)]
    table = pd.DataFrame(np.random.default_rng(0).standard_normal((4, 30)), columns=names)
    table.insert(0, "gene", list("abcd"))
    table.to_csv(tmp_path / "genes.csv", index=False)
    assert "--transpose --targets FILE" in fit("genes.csv", "--target", "ill").stderr


def test_two_kinds_of_cells_are_one_class_only_where_both_are_named(run, model, frame, tmp_path):
    frame.assign(health=frame["health"].replace("healthy", "n")).to_csv(tmp_path / "mixed.csv", index=False)
    assert "--label n=healthy" in run("evaluate", "model", "mixed.csv").stderr
    assert (
        "cells of two names are one class only"
        in run("evaluate", "model", "mixed.csv", "--label", "n=ill").stderr
    )
    both = run("evaluate", "model", "mixed.csv", "--label", "n=ill", "--label", "ill=ill")
    assert both.exit_code == 0, both.output


def test_of_a_table_with_many_columns_those_of_the_model_are_read(run, model, tmp_path, frame):
    others = pd.DataFrame(np.zeros((60, 30), int)).add_prefix("g").assign(weight="heavy")
    pd.concat([frame.drop(columns="weight"), others], axis=1).to_csv(tmp_path / "wide.csv", index=False)
    few = ("wide.csv", "--max-columns", 7, "--out")
    found = run("predict", "model", *few, "p.csv", "--keep", "sample,g7")
    assert "the model does not know them: 'g0', 'g1', 'g2', 'g3', 'g4' and 25 more" in found.stdout
    assert "the target 'health' is known in 60 rows" in found.stdout
    assert pd.read_csv("p.csv")[["sample", "g7"]].equals(
        pd.DataFrame({"sample": frame["sample"], "g7": others["g7"]})
    )
    for command in (("evaluate", "s.csv"), ("explain", "e.csv"), ("report", "r.html")):
        assert run(command[0], "model", *few, command[1]).exit_code == 0
    assert "7 columns at most; wide.csv has 37" in run("fit", *few, "m", "--target", "health").stderr
    pd.DataFrame(np.zeros((3, 30))).to_csv(tmp_path / "others.csv", index=False)
    assert (
        "4 of 4 are not" in run("predict", "model", "others.csv", "--max-columns", 6, "--out", "o.csv").stderr
    )


def test_the_limit_of_what_unfolds_is_raised_by_an_option(run, model, tmp_path, frame, monkeypatch):
    monkeypatch.setattr("hassenet.files.unfolding._LEAST", 1000)
    monkeypatch.setattr("hassenet.files.unfolding._TIMES", 1)
    frame.to_csv(tmp_path / "new.csv.gz", index=False)
    refused = run("predict", "model", "new.csv.gz", "--out", "p.csv")
    assert "new.csv.gz would become more; if it should, allow more: max_unfolded=" in refused.stderr
    assert run("predict", "model", "new.csv.gz", "--max-unfolded", 1, "--out", "p.csv").exit_code == 0
