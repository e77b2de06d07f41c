"""hassenet stability takes the targets of hassenet fit, and learns of each draw what fills and scales."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hassenet.cli.stability import run as studies
from hassenet.data.examples import Examples
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
    frame.to_csv(tmp_path / "patients.csv", index=False)
    return frame


def options(*used):
    """The columns that are not features."""
    others = {"months", "died", "centre", "visits", "stage", "weight"} - set(used)
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
            *options("weight"),
        ),
        "what is explained: weight 0.9",
    ),
    "several": (
        (
            *("--target", "weight", "--target", "visits", "--kind", "visits=count"),
            *("--explain-target", "visits", *options("weight", "visits")),
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
    changed = X.copy(), Y.copy()
    changed[0][~rows], changed[1][~rows] = X[others] + 5, Y[others]
    one, other = (
        prepared(more["prepare"], Examples(*pair), np.flatnonzero(rows)) for pair in ((X, Y), changed)
    )
    assert np.isnan(X).any()
    assert one.X[rows].tobytes() == other.X[rows].tobytes()
    assert np.asarray(one.Y)[rows].tobytes() == np.asarray(other.Y)[rows].tobytes()
    np.testing.assert_allclose(one.X[rows].mean(axis=0), 0, atol=1e-12)


def test_an_exposure_is_not_an_option_of_a_study(patients, run):
    result = run("stability", "patients.csv", "--target", "visits", "--task", "count", "--exposure", "months")
    assert result.exit_code == 2
    assert "No such option" in result.output
