"""Processes that share each batch by MPI train the network of one process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hassenet.distributed import rows_of_rank

SCRIPT = Path(__file__).parent / "ranks.py"


def of_mpich(name: str) -> Path:
    """Return a file of the MPI that is installed beside the tests."""
    return next(Path(str(file.locate())).resolve() for file in files("mpich") or () if file.name == name)


def run(what: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the script with two ranks."""
    pytest.importorskip("mpi4py")
    environment = {**os.environ, "MPI4PY_LIBMPI": str(of_mpich("libmpi.so.12")), "OMP_NUM_THREADS": "1"}
    command = [of_mpich("mpiexec"), "-n", "2", sys.executable, SCRIPT, what, folder]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ranks") / "run"


def test_a_rank_that_is_killed_ends_all_and_the_same_command_goes_on_to_the_same_bits(folder: Path) -> None:
    done = run("killed", folder)
    assert done.returncode != 0
    assert "came back" not in done.stdout
    assert list(folder.glob("*.record"))
    agree(run("agree", folder))


def agree(done: subprocess.CompletedProcess[str]) -> None:
    """Check that two ranks train the network of one process to rounding, and that both have the same bits."""
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    (here, diverged), (there, diverged_there) = found.pop("messages")
    assert found["gone on"][0] == 0
    assert {name: are_same for name, (_, are_same) in found.items()} == dict.fromkeys(found, True)
    assert max(difference for difference, _ in found.values()) < 1e-12
    assert here.startswith("the rows of every rank fit; those of rank 1 do not: X")
    assert there in here
    assert diverged == diverged_there
    assert diverged.startswith("a cost must be finite: at epoch")


def test_an_error_on_one_rank_ends_all_with_a_message(folder: Path) -> None:
    done = run("failing", folder)
    assert done.returncode != 0
    assert "rank 1 of 2 failed, and all end" in done.stderr
    assert "a disk that is gone" in done.stderr


def test_shares_of_rows_are_all_rows_each_once() -> None:
    class Comm:
        size = 3

        def __init__(self, rank: int) -> None:
            self.rank = rank

    every = [np.arange(10)[rows_of_rank(10, Comm(rank))].tolist() for rank in range(3)]
    assert [row for share in every for row in share] == list(range(10))
