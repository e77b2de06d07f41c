"""Options that contradict each other or would do nothing are refused; so is what cannot be computed."""

from __future__ import annotations

import pytest

from .conftest import CLASS


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (["--target", "health"], "'health' came twice"),
        (
            ["--lineage-sep", "|", "--hidden-layer-sizes", "4"],
            "--hidden-layer-sizes is for networks without one",
        ),
        (["--heads", "all"], "give --hierarchy or --lineage-sep"),
        (["--hidden-layer-sizes", "100000000"], "at most 10,000,000"),
        (["--hidden-layer-sizes", "9000000,2000000"], "got 11,000,000"),
    ],
)
def test_options_that_do_not_go_together_are_refused_by_name(fit, refuses, data, options, part):
    refuses(fit(data, *CLASS, *options), part, code=2)


def test_the_rule_of_auto_stands_in_the_help(run):
    shown = " ".join(run("fit", "--help").stdout.split())
    assert "at most 10 different whole numbers" in shown


def test_a_class_that_is_spelled_like_a_missing_value_is_refused(fit, refuses, tmp_path, frame):
    path = tmp_path / "x.csv"
    frame.replace({"health": {"ill": "NA"}}).to_csv(path, index=False)
    refuses(fit(path, *CLASS), "spellings NA, N/A", "needs another name", made=(path,))


@pytest.mark.parametrize("more", [(), ("--no-standardize",)])
def test_numbers_that_overflow_are_refused_with_their_column_and_no_other_note(
    fit, refuses, tmp_path, frame, more
):
    path = tmp_path / "x.csv"
    frame.loc[3, "age"] = 1e300
    frame.to_csv(path, index=False)
    result = fit(path, *CLASS, *more)
    refuses(result, "too large", "'age'", made=(path,))
    assert "note" not in result.stderr


def test_targets_that_overflow_are_refused_with_their_column(fit, refuses, tmp_path, frame):
    path = tmp_path / "x.csv"
    frame.loc[3, "weight"] = 1e300
    frame.to_csv(path, index=False)
    refuses(
        fit(path, "--drop", "health", "--drop", "sample", target="weight"),
        "too large",
        "'weight'",
        made=(path,),
    )


def test_a_new_table_whose_numbers_overflow_is_refused(run, fit, data, tmp_path, frame):
    fit(data, *CLASS)
    frame.assign(age=1e300).to_csv(tmp_path / "new.csv", index=False)
    result = run("predict", "model", tmp_path / "new.csv", "--out", "p.csv")
    assert result.exit_code == 1
    assert "'age'" in result.stderr
