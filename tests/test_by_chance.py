"""What a test draws is the same in every run: one that draws without a seed fails, but where it is about that."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


def drawn() -> str:
    """Return what hypothesis draws of the kinds of values of which it knows special ones."""
    found = []

    @settings(max_examples=300)
    @given(st.floats(), st.integers(), st.text())
    def draw(number: float, whole: int, text: str) -> None:
        found.append((number, whole, text))

    draw()
    return repr(found)


def test_hypothesis_draws_the_same_examples_whatever_was_imported_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = drawn()
    file = tmp_path / "with_constants.py"
    file.write_text("".join(f"c{k} = {k + 1000.5}, {k + 1000}, 'word {k}'\n" for k in range(300)))
    spec = spec_from_file_location(file.stem, file)
    assert spec is not None
    monkeypatch.setitem(sys.modules, file.stem, module_from_spec(spec))
    assert drawn() == before
