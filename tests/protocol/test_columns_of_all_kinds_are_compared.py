"""hn.compare takes text, dates, truth values and gaps as the command does: models get what columns are made into."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from click.testing import CliRunner

import hassenet as hn
from hassenet.cli import main
from hassenet.cli.compare import run as command
from hassenet.errors import FeatureError
from hassenet.protocol.problem import Problem
from witness import FITTED, Witness

M = 36
RNG = np.random.default_rng(0)
H = hn.Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "q"), ("d", "q")])
FRAME = pd.DataFrame(
    {
        "a": np.where(np.arange(M) % 5, RNG.standard_normal(M), np.nan),
        "b": RNG.choice(["x", "y", "z", None], M),
        "c": pd.date_range("2020-01-01", periods=M, freq="17D"),
        "d": RNG.random(M) > 0.5,
        "age": RNG.integers(20, 60, M),
        "sex": RNG.choice(["m", "f"], M),
    }
)
Y = np.where(RNG.random(M) > 0.5, "ill", "well")
BESIDE = ["age", "sex"]


def problem(X, covariates=BESIDE):
    return Problem.of(H, X, Y, "auto", 3, covariates)


def test_columns_are_made_into_what_the_hierarchy_has_above_levels_and_covariates_stand_behind():
    found = problem(FRAME)
    assert found.hierarchy.ranks[0] == (
        *("a", "a is missing", "b=x", "b=y", "b=z", "b is missing", "c: year", "c: month", "c: day", "d"),
    )
    assert {"b", "c"} < set(found.hierarchy.ranks[1])
    assert list(found.places) == [10, 11, 12]
    assert found.categories == ((2, 3, 4), (11, 12))
    made = Problem.of(lambda names: H.restrict(names)[0], FRAME, Y, "auto", 3, BESIDE)
    assert made.hierarchy == found.hierarchy


@pytest.mark.parametrize(
    "library", [pl.from_pandas, pa.Table.from_pandas, lambda frame: frame.to_numpy(object)]
)
def test_tables_of_every_library_and_arrays_of_objects_are_made_into_the_same(library):
    other = library(FRAME)
    found = problem(other, [4, 5] if isinstance(other, np.ndarray) else BESIDE)
    assert found.hierarchy == problem(FRAME).hierarchy
    np.testing.assert_array_equal(found.X, problem(FRAME).X)


def test_columns_of_numbers_alone_stay_as_they_are():
    X = RNG.standard_normal((M, 4))
    for other in (X.astype(object), pd.DataFrame(X, columns=list("abcd")), X.astype(np.float32)):
        found = problem(other, None)
        assert found.hierarchy == H.graded()
        np.testing.assert_allclose(found.X, X, rtol=1e-6)
    gaps = np.where(np.arange(M)[:, None] % 7, X.astype(object), None)
    np.testing.assert_array_equal(problem(gaps, None).X, gaps.astype(float))


def test_the_command_compares_on_the_same_features(tmp_path, monkeypatch):
    given = []
    monkeypatch.setattr(command, "compare", lambda *problem, **more: given.append((problem, more)) or 1 / 0)
    FRAME.assign(health=Y).to_csv(tmp_path / "people.csv", index=False)
    pd.DataFrame([("a", "p"), ("b", "p"), ("c", "q"), ("d", "q")]).to_csv(tmp_path / "h.csv", index=False)
    options = ("--target", "health", "--hierarchy", tmp_path / "h.csv", "--covariate", "age,sex", "--quiet")
    CliRunner().invoke(main, ["compare", str(tmp_path / "people.csv"), *map(str, options)])
    (hierarchy, X, _), more = given[0]
    assert hierarchy.ranks == problem(FRAME).hierarchy.ranks
    np.testing.assert_array_equal(X, problem(FRAME).X)
    assert tuple(map(tuple, more["categories"])) == problem(FRAME).categories


def test_what_rows_held_out_hold_changes_no_bit_of_what_a_model_learns_from():
    def fitted(frame):
        FITTED.clear()
        witnesses = {"linear model": Witness()}
        hn.compare(
            H, frame, Y, covariates=BESIDE, network=lambda H, seed: Witness(), others=witnesses, folds=2
        )
        return FITTED[::4]

    usual = fitted(FRAME)
    for k, mine in enumerate(usual):
        assert not np.isnan(mine[:, 2:5]).any()
        rows = np.flatnonzero((problem(FRAME).X[:, [10]] == mine[:, 10]).any(axis=1))
        assert len(rows) >= len(mine)
        others = np.setdiff1d(np.arange(M), rows)
        changed = FRAME.copy()
        changed.loc[others, "b"], changed.loc[others, "a"] = "x", 9.0
        assert fitted(changed)[k].tobytes() == mine.tobytes()


def test_a_covariate_that_says_nothing_is_refused():
    with pytest.raises(FeatureError, match="a covariate says something of each row"):
        problem(FRAME.assign(sex=[f"id{k}" for k in range(M)]))
