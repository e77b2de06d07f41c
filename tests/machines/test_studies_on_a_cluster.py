"""Studies, comparisons, ensembles and searches are the same wherever joblib sends their trainings."""

from __future__ import annotations

from typing import Any

import joblib
import numpy as np
import pytest

import hassenet as hn

X = np.random.default_rng(0).normal(size=(40, 3))
Y = np.where(X[:, 0] * X[:, 1] > 0, "ill", "well")
H = hn.Hierarchy.subsets(3)


@pytest.fixture(params=["loky", "dask"], scope="module")
def elsewhere(request: pytest.FixtureRequest, client: Any) -> Any:
    """Two of joblib's backends; that of Dask has the client that was made last."""
    return joblib.parallel_config(backend=request.param, n_jobs=2)
