from __future__ import annotations

import dataclasses
from collections import Counter

import numpy as np
import pytest

from hassenet.datasets import Dataset, load_cirrhosis
from hassenet.hierarchy import Hierarchy


@pytest.fixture(scope="module")
def data() -> Dataset:
    return load_cirrhosis()


def test_every_person_has_a_class_and_every_microbe_a_name(data: Dataset) -> None:
    assert data.X.shape == (len(data.y), len(data.feature_names)) == (232, 542)
    assert data.X.dtype == np.float64
    assert Counter(data.y.tolist()) == {"cirrhosis": 118, "healthy": 114}
    assert data.target_names == tuple(np.unique(data.y))


def test_abundances_are_shares_in_per_cent(data: Dataset) -> None:
    total = data.X.sum(axis=1)
    assert (data.X >= 0).all()
    assert (total > 50).all()
    assert (total < 100.1).all()


def test_no_microbe_stands_twice_and_none_is_absent_from_all(data: Dataset) -> None:
    assert len(set(data.feature_names)) == 542
    assert data.X.any(axis=0).all()


def test_the_names_are_lineages_of_one_taxonomy(data: Dataset) -> None:
    H = Hierarchy.from_lineages(data.feature_names)
    assert H.is_graded
    assert H.ranks[0] == data.feature_names
    assert H.shape[-1] == 3


def test_origin_and_licence_come_with_the_data(data: Dataset) -> None:
    assert "Nature 513 (2014)" in data.description
    assert "MIT" in data.licence


def test_a_dataset_cannot_be_changed_but_its_arrays_are_ones_own(data: Dataset) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        data.name = "other"  # type: ignore[misc]
    mine = load_cirrhosis()
    mine.X[:] = 0
    assert load_cirrhosis().X.any()
