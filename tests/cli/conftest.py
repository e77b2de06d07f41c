from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from hassenet.cli import main

Run = Callable[..., Result]


def people(m: int = 60, seed: int = 0) -> pd.DataFrame:
    """Three features that are lineages, one that is not, an index, a class and an amount that depend on them."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(m, 4))
    frame = pd.DataFrame(X, columns=["A|a", "A|b", "B|c", "age"])
    health = np.where(X[:, 0] + X[:, 1] > 0, "ill", "healthy")
    return frame.assign(sample=[f"s{k}" for k in range(m)], health=health, weight=70 + 10 * X[:, 2])


@pytest.fixture
def frame() -> pd.DataFrame:
    return people()


@pytest.fixture
def data(tmp_path: Path, frame: pd.DataFrame) -> Path:
    frame.to_csv(tmp_path / "people.csv", index=False)
    return tmp_path / "people.csv"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in the test's own folder; whatever happens, there is no traceback."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> Result:
        result = CliRunner().invoke(main, [str(a) for a in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    return call


@pytest.fixture
def fit(run: Run) -> Run:
    """A quick fit of the class, to the folder ``model``; a later option takes the place of an earlier one."""

    def call(path: object, *more: object, target: str = "health") -> Result:
        quick = ("--out", "model", "--epochs", 3, "--no-plots")
        if not {"--hierarchy", "--lineage-sep"} & set(more):
            quick += ("--hidden-layer-sizes", "4")
        return run("fit", path, "--target", target, *quick, *more)

    return call


CLASS = ("--drop", "sample", "--drop", "weight")
"""What is not a feature of the class."""


@pytest.fixture
def refuses(tmp_path: Path) -> Callable[..., None]:
    """Check that a command ended with one message on standard error, and wrote nothing."""
    before = set(tmp_path.rglob("*"))

    def check(result: Result, *parts: str, code: int = 1, made: tuple[Path, ...] = ()) -> None:
        assert result.exit_code == code, result.output
        for part in parts:
            assert part in result.stderr, result.stderr
        assert result.stderr.count("Error:") == 1
        new = set(tmp_path.rglob("*")) - before - set(made)
        assert not [p for p in new if p.name == "model" or p.name.startswith(".")], new

    return check
