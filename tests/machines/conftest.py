"""A cluster of threads in this process, and what it holds."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest

distributed = pytest.importorskip("distributed")

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


@pytest.fixture(autouse=True)
def environment_as_before() -> Iterator[None]:
    """Local workers that are processes leave OMP_NUM_THREADS=1 behind in the process that starts them."""
    with mock.patch.dict(os.environ):
        yield
