"""A cluster of threads in this process, and what it holds."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from hassenet import distributed as on_workers
from hassenet.selection import some_rows

distributed = pytest.importorskip("distributed")
sys.path.insert(0, str(Path(__file__).parent))  # divided_rows.py, whatever pytest's import mode

collect_ignore = ["ranks.py"]  # run by mpiexec, not by pytest


@pytest.fixture(scope="session")
def client() -> Iterator[Any]:
    """A client of two workers that are threads of this process."""
    with warnings.catch_warnings():
        # Sockets that distributed closes late are no concern of these tests.
        warnings.simplefilter("ignore", ResourceWarning)
        with (
            distributed.LocalCluster(
                n_workers=2, threads_per_worker=1, processes=False, dashboard_address=":0"
            ) as cluster,
            distributed.Client(cluster) as client,
        ):
            yield client


@pytest.fixture
def targets_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let targets of any number of rows stay where they are."""
    for kind in (getattr(on_workers, name) for name in on_workers.__all__):
        if "_most_here" in vars(kind):
            monkeypatch.setattr(kind, "_most_here", 0)


@pytest.fixture
def many(targets_stay: None, monkeypatch: pytest.MonkeyPatch) -> int:
    """Let targets stay, and settings be chosen on 40 rows."""
    monkeypatch.setattr(some_rows, "_MOST_ROWS", 40)
    monkeypatch.setattr(some_rows, "_FEWEST_ROWS", 1)
    return 40


@pytest.fixture(autouse=True)
def environment_as_before() -> Iterator[None]:
    """Local workers that are processes leave OMP_NUM_THREADS=1 behind in the process that starts them."""
    with mock.patch.dict(os.environ):
        yield
