"""hassenet stability and discover take the targets of fit; each draw and fold learns what fills and scales."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hassenet.cli.discover import run as discovering
from hassenet.cli.stability import run as studies
from hassenet.data.examples import Examples
from hassenet.likelihoods import CoxLoss, LearnedDispersionLoss, OrdinalLoss
from hassenet.stability.preparing import prepared

M = 60
QUICK = ("--lineage-sep", "|", "--epochs", 1, "--runs", 2, "--nulls", 1, "--out", "found")


@pytest.fixture
def patients(tmp_path) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((M, 4))
    eta = X[:, 0] + X[:, 1]
    frame = pd.DataFrame(X, columns=["A|a", "A|b", "B|c", "B|d"])
    frame.loc[::7, "A|a"] = np.nan
    frame["A|b"] = np.where(frame["A|b"] > 0, "much", "little")
    frame["months"] = np.where(np.arange(M) % 9, rng.exponential(np.exp(-eta)) + 0.01, np.nan)
    frame["died"] = np.where(rng.random(M) < 0.7, "yes", "no")
    frame["centre"] = np.where(rng.random(M) < 0.5, "x", "y")
    frame["visits"] = rng.poisson(np.exp(eta / 2))
    frame["stage"] = np.digitize(eta, [-1, 1])
    frame["weight"] = np.where(np.arange(M) % 5, eta, np.nan)
    frame["years"] = rng.random(M) + 0.5
    frame.to_csv(tmp_path / "patients.csv", index=False)
    return frame


def options(*used):
    """The columns that are not features."""
    others = {"months", "died", "centre", "visits", "stage", "weight", "years"} - set(used)
    return ("--drop", ",".join(sorted(others)), *QUICK)


def of_times(*more):
    return ("--time", "months", "--event", "died", *more, *options("months", "died", *more[1::2]))


KINDS = {
    "times": (of_times(), "held out: Harrell's C of rows not learned from; guessing has 0.5"),
    "strata": (of_times("--strata", "centre"), "guessing has 0.5"),
    "intervals": (of_times("--survival", "discrete", "--intervals", "2"), "guessing has 0.5"),
    "count": (("--target", "visits", "--task", "count", *options("visits")), "the mean log-likelihood of"),
    "ordinal": (("--target", "stage", "--task", "ordinal", *options("stage")), "guessing has -1.0"),
    "quantiles": (
        (
            *("--target", "weight", "--quantiles", ".1,.9", "--explain-target", "weight 0.9"),
            *("--offset", "years", *options("weight", "years")),
        ),
        "what is explained: weight 0.9",
    ),
    "several": (
        (
            *("--target", "weight", "--target", "visits", "--kind", "visits=count"),
            *("--exposure", "years", "--explain-target", "visits", *options("weight", "visits", "years")),
        ),
        "what is explained: visits",
    ),
}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("times", "count")])
def test_every_kind_of_target_is_studied(kind, patients, run, tmp_path):
    arguments, said = KINDS[kind]
    result = run("stability", "patients.csv", *arguments)
    assert result.exit_code == 0, result.output
    summary = (tmp_path / "found/summary.txt").read_text()
    assert said in summary
    elements = pd.read_csv(tmp_path / "found/elements.csv")
    assert {"A", "B"} <= set(elements["element"])
    assert np.isfinite(elements["mean"]).all()
    assert np.isfinite(pd.read_csv(tmp_path / "found/networks.csv")["mean"]).all()


@pytest.mark.parametrize("kind", ["times", "quantiles", "several"])
def test_what_rows_outside_a_draw_hold_changes_no_bit_of_what_it_learns(kind, patients, run, monkeypatch):
    given = []
    monkeypatch.setattr(studies, "stability", lambda *problem, **more: given.append((problem, more)) or 1 / 0)
    with pytest.raises(AssertionError):  # nothing is studied here
        run("stability", "patients.csv", *KINDS[kind][0])
    (_, _, X, Y), more = given[0]
    rows = np.arange(len(X)) % 3 > 0
    others = np.random.default_rng(1).permutation(np.flatnonzero(~rows))
    changed, o = (X.copy(), Y.copy()), more["offset"]
    changed[0][~rows], changed[1][~rows] = X[others] + 5, Y[others]
    one, other = (
        prepared(more["prepare"], Examples(*pair, offset=o), np.flatnonzero(rows))
        for pair in ((X, Y), changed)
    )
    assert np.isnan(X).any()
    assert (o is None) == (kind == "times")
    if kind == "quantiles":  # an offset is divided by what the numbers are divided by
        scale = np.ptp(Y) / np.ptp(np.asarray(one.Y)[:, 0])
        np.testing.assert_allclose(one.offset, o / scale)
        np.testing.assert_array_equal(o[:, 0], patients["years"][patients["weight"].notna()])
    if kind == "several":  # the number, the count and its dispersion
        np.testing.assert_array_equal(one.offset != 0, np.tile([False, True, False], (len(X), 1)))
        np.testing.assert_allclose(one.offset[:, 1], np.log(patients["years"]))
    assert one.X[rows].tobytes() == other.X[rows].tobytes()
    assert np.asarray(one.Y)[rows].tobytes() == np.asarray(other.Y)[rows].tobytes()
    np.testing.assert_allclose(one.X[rows].mean(axis=0), 0, atol=1e-12)


TO_DISCOVER = {
    "times": (
        "--time",
        "months",
        "--event",
        "died=yes",
        "--covariate",
        "weight",
        "--drop",
        "centre,visits,stage,years",
    ),
    "strata": (
        "--time",
        "months",
        "--event",
        "died",
        "--strata",
        "centre",
        "--drop",
        "visits,stage,weight,years",
    ),
    "count": (
        *("--target", "visits", "--task", "count", "--exposure", "years"),
        *("--drop", "centre,died,months,stage,weight"),
    ),
    "ordinal": ("--target", "stage", "--task", "ordinal", "--drop", "centre,died,months,visits,weight,years"),
}
LOSSES = {
    "times": CoxLoss(),
    "strata": CoxLoss(),
    "count": LearnedDispersionLoss(),
    "ordinal": OrdinalLoss(3),
}


@pytest.mark.parametrize("kind", TO_DISCOVER)
def test_power_is_asked_of_the_kinds_of_targets_that_python_takes(kind, patients, run, monkeypatch):
    given = []
    monkeypatch.setattr(
        discovering, "element_power", lambda *problem, **more: given.append((problem, more)) or 1 / 0
    )
    with pytest.raises(AssertionError):  # nothing is trained here
        run("discover", "patients.csv", "--lineage-sep", "|", *TO_DISCOVER[kind])
    (_, X, y), more = given[0]
    assert more["loss"] == LOSSES[kind]
    assert (more["offset"] is None) == (kind != "count")
    assert np.isnan(X).any()
    assert np.isnan(more["covariates"]).any() if kind == "times" else more["covariates"] is None
    expected = {
        "times": patients[["months"]].assign(died=patients["died"] == "yes").dropna(),
        "count": patients[["visits"]],
        "ordinal": patients[["stage"]],
    }
    if kind == "strata":
        assert y.shape == (patients["months"].notna().sum(), 3)
        return
    np.testing.assert_array_equal(y, expected[kind].to_numpy(float))
    if kind == "count":
        np.testing.assert_allclose(more["offset"], np.log(patients["years"]))


def test_power_of_times_is_written(patients, run, tmp_path):
    options = ("--lineage-sep", "|", "--draws", "1", "--folds", "3", "--out", "found")
    result = run("discover", "patients.csv", *TO_DISCOVER["strata"], *options)
    assert result.exit_code == 0, result.output
    assert set(pd.read_csv(tmp_path / "found/power.csv")["element"]) == {"A", "A|b", "B"}


def test_power_of_times_beside_a_number_and_a_count_is_a_row_for_each(patients, run, tmp_path):
    asked = ("--time", "months", "--event", "died", "--target", "weight,visits", "--kind", "visits=count")
    more = ("--exposure", "years", "--drop", "centre,stage", "--draws", "0", "--folds", "3", "--out", "found")
    result = run("discover", "patients.csv", "--lineage-sep", "|", *asked, *more)
    assert result.exit_code == 0, result.output
    found = pd.read_csv(tmp_path / "found/power.csv")
    rows = set(zip(found["target"], found["element"], strict=True))
    assert rows == {(target, p) for target in ("months", "weight", "visits") for p in ("A", "A|b", "B")}


def test_a_likelihood_that_has_no_power_is_refused(patients, run):
    others = ("--drop", "centre,died,months,visits,stage,years")
    result = run(
        "discover",
        "patients.csv",
        "--lineage-sep",
        "|",
        "--target",
        "weight",
        "--likelihood",
        "laplace",
        *others,
    )
    assert result.exit_code == 1
    assert "powers are those of classes and numbers" in result.output
