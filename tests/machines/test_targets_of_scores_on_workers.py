"""Scores on workers take the targets that scores here take, and refuse the others."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from divided_rows import NETWORK, SEARCH, M, X, array

import hassenet as hn
from hassenet.distributed import DaskHierarchyRegressor, DaskNetworkClassifier
from hassenet.errors import DataError

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

LABELS = np.where(X[:, 0] > 0, "ill", "well")
OF_CLASSES = ("NetworkClassifier", "HierarchyClassifier", "HierarchyOrdinalClassifier")
OF_NUMBERS = ("NetworkRegressor", "HierarchyRegressor")
DATES = np.datetime64("2020-01-01") + np.arange(M) % 2
NO_LABELS = {
    "dates": DATES,
    "durations": DATES - DATES[0],
    "a gap": np.array([*LABELS[:-1], None], object),
    "text and a number": np.array([*LABELS[:-1], 1], object),
    "bytes": LABELS.astype("S").astype(object),
}
NO_NUMBERS = {
    "dates": DATES,
    "durations": DATES - DATES[0],
    "a decimal comma": np.array(["0,25"] * M, object),
}
FEW = {"HierarchyOrdinalClassifier": {**SEARCH, "order": ("ill", "well")}}


@pytest.fixture(scope="module")
def learned(client: Any) -> dict[str, Any]:
    """Estimators on Dask that were fitted, by their names."""
    return {
        name: getattr(hn.distributed, f"Dask{name}")(
            **FEW.get(name, NETWORK if name.startswith("Network") else SEARCH)
        ).fit(array(X), array(LABELS if name in OF_CLASSES else X[:, 0]))
        for name in OF_CLASSES + OF_NUMBERS
    }


@pytest.mark.parametrize(
    ("name", "y"),
    [
        pytest.param(name, y, id=f"{name} {of}")
        for names, each in ((OF_CLASSES, NO_LABELS), (OF_NUMBERS, NO_NUMBERS))
        for name in names
        for of, y in each.items()
    ],
)
def test_a_score_on_workers_refuses_the_targets_that_a_score_here_refuses(
    learned: Any, name: str, y: Any
) -> None:
    there = learned[name]
    with pytest.raises(DataError) as here:
        there.to_local().score(X, y)
    for given in (array(y), y):
        with pytest.raises(DataError, match=re.escape(str(here.value))):
            there.score(array(X), given)


def test_quantiles_on_workers_are_scored_by_numbers_alone(client: Any) -> None:
    there = DaskHierarchyRegressor(quantiles=(0.1, 0.9), **SEARCH).fit(array(X), array(X[:, 0]))
    for y in NO_NUMBERS.values():
        with pytest.raises(DataError):
            there.score(array(X), array(y))


@pytest.mark.parametrize(
    "y", [X[:, 0] > 0, (X[:, 0] > 0).astype(int), LABELS], ids=["truths", "whole", "text"]
)
def test_labels_that_are_held_as_objects_are_scored_on_workers_as_those_of_numpy(client: Any, y: Any) -> None:
    there = DaskNetworkClassifier(**NETWORK).fit(array(X), array(y.astype(object)))
    assert there.score(array(X), array(y.astype(object))) == there.to_local().score(X, y)


def test_amounts_that_spell_numbers_are_scored_on_workers_as_these_numbers(learned: Any) -> None:
    for name in OF_NUMBERS:
        expected = learned[name].to_local().score(X, X[:, 0])
        text = np.array([repr(float(x)) for x in X[:, 0]], object)
        assert learned[name].score(array(X), array(text)) == pytest.approx(expected)


def test_labels_with_gaps_are_scored_on_workers_as_here(client: Any) -> None:
    Y = np.where(X < -1, np.nan, X > 0)
    there = DaskNetworkClassifier(**NETWORK).fit(array(X), array(Y))
    assert there.score(array(X), array(Y)) == there.to_local().score(X, Y)


def test_numbers_that_are_missing_are_counted_in_scores_on_workers(learned: Any) -> None:
    for name in OF_NUMBERS:
        with pytest.raises(DataError, match="y has none in 1 row of 60, first in row 59; leave them out: X"):
            learned[name].score(array(X), array(np.r_[X[1:, 0], np.nan]))
