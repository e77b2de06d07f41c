"""A mistake gives one message: the rule, the culprit, the remedy. Nothing is written."""

from __future__ import annotations

import gzip
from pathlib import Path

import click
import numpy as np
import pandas as pd
import pytest

from hassenet import storage
from hassenet.cli import main
from hassenet.errors import ParameterError

from .conftest import CLASS


@pytest.fixture
def fails(fit, refuses, tmp_path):
    """Fit a frame and check the message."""

    def check(frame: pd.DataFrame, *parts: str, more: tuple[object, ...] = CLASS, **others: str) -> None:
        frame.to_csv(tmp_path / "bad.csv", index=False)
        refuses(fit(tmp_path / "bad.csv", *more, **others), *parts, made=(tmp_path / "bad.csv",))

    return check


# ---------------------------------------------------------------- columns


def test_text_among_numbers_is_named_with_the_options_that_leave_it_out(fails, frame):
    odd = frame.assign(crp=["<5", *map(str, range(59))], ldl=[*map(str, range(59)), "high"])
    fails(
        odd,
        "2 columns",
        "'crp', 'ldl'",
        "'<5' in row 1 of 'crp', 'high' in row 60 of 'ldl'",
        "--drop crp --drop ldl",
    )


@pytest.mark.parametrize(
    ("cells", "parts"),
    [
        (["12 mg", "3.5 mg"], ["'mg' beside each", "'12 mg'", "--drop odd"]),
        (["$1,200", "$80"], ["'$' beside each"]),
        (["03/04/2019", "05/06/2019"], ["day and month", "'odd'", "2019-01-31"]),
        (["12 mg", "3 g", "5 mg"], ["'mg', 'g' beside some", "one unit", "--drop odd"]),
        (["2019-01-31", "2019-02-01", "soon"], ["dates", "'odd'", "'soon' in row 3", "--drop odd"]),
    ],
)
def test_text_that_may_mean_several_things_is_refused_by_name(fails, frame, cells, parts):
    fails(frame.assign(odd=(cells * 30)[:60]), *parts)


def test_infinite_values_are_counted(fails, frame):
    frame.loc[:1, "age"] = np.inf
    fails(frame, "finite", "'age 2'")


def test_an_unknown_target_brings_up_near_names(fails, frame):
    fails(frame, "no 'helth'", "did you mean 'health'?", target="helth")
    fails(frame, "no 'zzz'", "there are 'A|a'", target="zzz")


def test_an_unknown_column_to_drop_brings_up_near_names(fails, frame):
    fails(frame, "no 'sampel'", "'sample'", more=("--drop", "sampel"))


def test_a_target_that_never_varies_is_refused(fails, frame):
    fails(frame.assign(health="ill"), "varies", "'health' is 'ill'")
    fails(
        frame.assign(weight=1.5),
        "varies",
        "1.5",
        target="weight",
        more=("--drop", "health", "--drop", "sample"),
    )


def test_a_count_that_never_varies_is_refused(fails, frame):
    fails(frame.assign(n=0), "varies", "'n' is 0 in every row", target="n", more=("--task", "count"))


def test_a_target_whose_gaps_leave_one_class_is_refused_with_their_number(fails, frame):
    frame["health"] = frame["health"].replace("ill", None)
    fails(frame, "varies", "rows it is missing", "spellings NA")


def test_a_class_with_one_row_is_refused(fails, frame):
    frame.loc[0, "health"] = "dead"
    fails(frame, "two rows", "'dead'")


def test_a_task_that_does_not_suit_the_target_is_refused(fails, frame):
    fails(frame, "numbers", "'health'", more=(*CLASS, "--task", "regression"))
    both = ("--drop", "sample", "--target", "weight", "--task", "classification")
    fails(frame, "every class of 'weight'", "--task regression", more=both)


@pytest.mark.parametrize(
    "more",
    [
        (),
        ("--target", "age", "--drop", "health"),
        ("--target", "health"),
        ("--quantiles", "0.1,0.9", "--drop", "health"),
        ("--likelihood", "laplace", "--drop", "health"),
        ("--kind", "weight=count", "--drop", "health"),
    ],
)
def test_targets_without_a_mean_or_a_deviation_are_refused_by_their_row_or_size(fails, frame, more):
    more = ("--drop", "sample", *(more or ("--drop", "health")))
    frame["weight"] = frame["weight"].round()
    frame.loc[[3, 5], "weight"] = np.nan
    for number, says in ((np.inf, "'weight' is infinite in row 12"), (1e200, "too large in 'weight', up to")):
        frame.loc[11, "weight"] = number
        fails(frame, "finite", says, target="weight", more=more)


def test_a_table_without_features_is_refused(fails, frame):
    fails(frame[["health"]], "needs features", more=())


def test_a_column_without_a_name_is_refused(fails, frame):
    fails(frame.rename(columns={"age": ""}), "has a name", '--drop ""')


def test_too_few_rows_are_refused(fails, frame):
    fails(frame[:9], "at least 10 rows", "has 9")


def test_a_split_that_cannot_hold_every_class_is_refused(fails, frame):
    frame["health"] = [f"c{k % 30}" for k in range(60)]
    fails(frame, "split by class", "--test-size")


def test_logarithms_of_what_is_not_positive_are_refused(fails, frame):
    fails(frame, "log10(x + 0.0001)", "'age'", more=(*CLASS, "--log10", "1e-4"))


def test_a_cost_that_is_not_finite_names_the_epoch(fails, frame):
    fails(
        frame.assign(age=1e30 * (1 + frame["age"])),
        "epoch",
        more=(*CLASS, "--no-standardize", "--learning-rate", "1e30"),
    )


# ---------------------------------------------------------------- hierarchies


def test_a_separator_that_no_column_holds_is_refused(fails, frame):
    fails(frame, "';'", "--lineage-sep", more=(*CLASS, "--lineage-sep", ";"))


@pytest.mark.parametrize(
    ("edges", "parts"),
    [
        ("a\tb\nb\tc\nc\ta\n", ["cycle"]),
        ("x\ty\n", ["none of the", "'x'"]),
        ("a\tb\tc\n", ["column"]),
        ("", ["empty"]),
    ],
)
def test_an_invalid_edge_list_is_refused(fit, refuses, data, tmp_path, edges, parts):
    (tmp_path / "edges.tsv").write_text(edges)
    refuses(fit(data, *CLASS, "--hierarchy", tmp_path / "edges.tsv"), *parts)


# ---------------------------------------------------------------- files

BYTES = {
    "empty.csv": (b"", "empty"),
    "blank.csv": (b"\n \n", "empty"),
    "header.csv": (b"age,health\n", "no rows"),
    "ragged.csv": (b"age,health\n1,ill\n1,2,3\n", "Row #2 below the header"),
    "twice.csv": (b"age,age,health\n1,2,ill\n", "repeats 'age'"),
    "damaged.csv": ("größe,health\n1,ill\n".encode() + b"\xe4", "UTF-8"),
    "latin.csv": ("größe,health\n1,ill\n".encode("latin1"), "at least 10 rows"),
    "zeros.csv": (b"age,health\n\0\0,ill\n", "zero bytes"),
    "picture.csv": (b"\x89PNG\r\n\x1a\n\xff\xfe", "UTF-8"),
    "semicolons.csv": (b"age;health\n1;ill\n", "at least 10 rows"),
    "comma.tsv": (b"age,health\n1,ill\n", "at least 10 rows"),
    "table.xlsx": (b"PK", ".csv, .csv.gz"),
    "table": (b"age,health\n1,ill\n", ".csv, .csv.gz"),
    "not.csv.gz": (b"age,health\n1,ill\n", "gzip"),
    "cut.csv.gz": (gzip.compress(b"age,health\n1,ill\n" * 99, mtime=0)[:-20], "gzip"),
    "bad.csv.gz": (gzip.compress(b"age,health\n1,ill\n", mtime=0)[:12] + b"\xff" * 30, "gzip"),
    "empty.csv.gz": (gzip.compress(b"", mtime=0), "empty"),
    "none.parquet": (b"age,health\n1,ill\n", "Parquet"),
    "cut.parquet": (b"PAR1" + b"\0" * 40, "Parquet"),
    "none.feather": (b"age,health\n1,ill\n", "Arrow"),
    "cut.feather": (b"ARROW1\0\0" + b"\0" * 40, "Arrow"),
    "first.feather": (b"FEA1" + b"\0" * 40, "first version of Feather"),
}


@pytest.mark.parametrize("name", BYTES)
def test_a_file_that_is_not_a_table_is_refused(fit, refuses, tmp_path, name):
    data, part = BYTES[name]
    (tmp_path / name).write_bytes(data)
    refuses(fit(tmp_path / name), name, part, made=(tmp_path / name,))


def test_a_parquet_file_with_lists_is_refused(fit, refuses, tmp_path):
    path = tmp_path / "lists.parquet"
    pd.DataFrame({"health": ["a", "b"] * 10, "list": [[1, 2]] * 20}).to_parquet(path)
    refuses(fit(path), "'list'", "numbers or text", made=(path,))


@pytest.mark.parametrize("out", ["thesis", "people.csv", "people.csv/model"])
def test_an_output_that_would_destroy_something_is_refused_before_training(run, data, tmp_path, out):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "thesis.tex").write_text("years")
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    result = run("fit", data, "--target", "health", "--out", out, "--force")
    assert result.exit_code == 1
    assert "rows" not in result.stdout
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize(
    "wrong",
    [
        ["--epochs", "0"],
        ["--learning-rate", "0"],
        ["--learning-rate", "fast"],
        ["--test-size", "1"],
        ["--hidden-layer-sizes", "10,x"],
        ["--hidden-layer-sizes", "0"],
        ["--activation", "magic"],
        ["--task", "guess"],
        ["--hierarchy", "nowhere.tsv"],
        ["--hierarchy", "people.csv", "--lineage-sep", "|"],
    ],
)
def test_an_option_outside_its_domain_is_a_mistake_of_usage(fit, refuses, data, wrong):
    refuses(fit(data, *wrong), "fit --help", code=2)


def test_a_missing_file_is_a_mistake_of_usage(fit, refuses):
    refuses(fit(Path("nowhere.csv")), "nowhere.csv", "does not exist", code=2)


ADDRESS = "s3://bucket/people.csv"


@pytest.mark.parametrize("command", main.commands)
def test_an_address_is_refused_as_one_wherever_a_command_takes_a_path(command):
    places = [param.type for param in main.commands[command].params if isinstance(param.type, click.Path)]
    assert places
    for place in places:
        remedy = "download it first" if place.exists else "give a path"
        with pytest.raises(click.BadParameter) as caught:
            place.convert(ADDRESS, None, None)
        assert caught.value.message == f"a file is on this machine; {ADDRESS!r} is an address; {remedy}"


def test_an_address_makes_no_folder(fit, refuses, data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refuses(fit(ADDRESS), "'DATA'", "is an address; download it first", code=2)
    refuses(fit(data, *CLASS, "--out", ADDRESS), "'--out'", "is an address; give a path", code=2)
    with pytest.raises(
        ParameterError, match="the folder of a model is on this machine; 's3://.* is an address"
    ):
        storage.load(ADDRESS)
    assert not (tmp_path / "s3:").exists()


def test_without_pyarrow_the_message_says_how_to_install_it(fit, refuses, data, monkeypatch):
    import sys

    for name in [m for m in sys.modules if m.split(".")[0] == "pyarrow"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    refuses(fit(data, *CLASS), 'pip install "hassenet[tables]"')


def test_text_among_the_numbers_of_a_target_is_named_with_its_row(fails, frame):
    frame["weight"] = frame["weight"].astype(object)
    frame.loc[16, "weight"] = "<40"
    drop = ("--drop", "sample,health")
    fails(frame, "text among numbers, as '<40' in row 17", target="weight", more=drop)
    regression = (*drop, "--task", "regression")
    fails(frame, "there is text in 'weight' (for instance '<40' in row 17)", target="weight", more=regression)
