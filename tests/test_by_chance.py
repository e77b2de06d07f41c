"""A test that draws without a seed fails, whatever it finds, but where it says that it is about that."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
TESTS = """
import numpy as np
import pytest
from sklearn.utils import check_random_state

def drawn(random_state=None): return check_random_state(random_state).normal()

def test_with_a_seed(): drawn(random_state=0)
def test_without_one(): drawn()
def test_of_numpy(): np.random.normal()

@pytest.fixture
def prepared(): return drawn()

def test_of_what_was_prepared(prepared): pass

@pytest.mark.unseeded
def test_about_drawing_without_one(): drawn()
"""


def test_a_test_that_draws_without_a_seed_fails(tmp_path: Path) -> None:
    (tmp_path / "test_some.py").write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "conftest", "-c", ROOT / "pyproject.toml"]
    run = [*command, "--rootdir", tmp_path, "-p", "no:cacheprovider", tmp_path / "test_some.py"]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "2 passed" in done.stdout
    assert "2 failed" in done.stdout
    assert "1 error" in done.stdout
    for name in ("test_without_one", "test_of_numpy", "test_of_what_was_prepared"):
        assert f"{name} drew numbers without a seed" in done.stdout
