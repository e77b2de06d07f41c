"""hassenet fit takes several targets of which some cells are empty, and scores each on the rows that have it."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import r2_score

from hassenet.storage import load
from hassenet.tables import read_table

SHORT = ("--single", "--epochs", "30", "--no-plots", "--out", "model", "--drop", "sample,health")


@pytest.fixture
def with_gaps(frame, tmp_path):
    """Two amounts with holes; rows 4 and 7 have neither."""
    frame["height"] = frame["A|a"] - frame["age"]
    frame.loc[::3, "weight"] = np.nan
    frame.loc[[4, 7, 11], "height"] = np.nan
    frame.loc[[4, 7], "weight"] = np.nan
    frame.to_csv(tmp_path / "gaps.csv", index=False)
    return frame


def test_rows_without_any_target_are_left_out_and_gaps_are_counted(run, with_gaps):
    result = run("fit", "gaps.csv", "--target", "weight", "--target", "height", *SHORT)
    assert result.exit_code == 0, result.output
    assert "2 rows without a target left out" in result.output
    missing = with_gaps[["weight", "height"]].drop([4, 7]).isna().sum()
    assert f"'weight' in {missing['weight']}, 'height' in 1 of 58 rows" in result.output
    assert {"R²", "MAE", "RMSE"} <= load("model").metrics["network"].keys()
    assert load("model").metrics["network minus gradient boosting"].keys() == {"squared error", "low", "high"}

    scored = run("evaluate", "model", "gaps.csv", "--out", "scores.csv")
    assert "2 rows without a target left out" in scored.output
    predicted = load("model").predict(read_table("gaps.csv").numbers(load("model").features))
    known = with_gaps[["weight", "height"]].to_numpy()
    of_each = [r2_score(y[~np.isnan(y)], p[~np.isnan(y)]) for y, p in zip(known.T, predicted.T, strict=True)]
    assert read_table("scores.csv")["R²"][0] == pytest.approx(np.mean(of_each))
    assert "R² " in run("predict", "model", "gaps.csv", "--out", "new.csv").output


def test_of_one_target_rows_without_it_are_left_out(run, with_gaps):
    result = run("fit", "gaps.csv", "--target", "height", *SHORT)
    assert result.exit_code == 0, result.output
    assert "3 rows without a target left out" in result.output


def test_a_target_that_is_empty_in_every_row_is_named(run, with_gaps, refuses, tmp_path):
    with_gaps.assign(height=np.nan).to_csv(tmp_path / "empty.csv", index=False)
    refuses(run("fit", "empty.csv", "--target", "weight", "--target", "height", *SHORT), "'height'")
