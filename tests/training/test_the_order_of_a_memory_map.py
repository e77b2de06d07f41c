"""A large memory map is shuffled in blocks: a permutation, a function of seed and epoch, that reads each page once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.training import fit, order
from hassenet.training.order import in_blocks, is_mapped, shuffled


@given(m=st.integers(1, 700), size=st.integers(1, 50), seed=st.integers(0, 9))
def test_every_example_comes_once(m, size, seed):
    rows = in_blocks(m, size, np.random.default_rng(seed))
    assert np.array_equal(np.sort(rows), np.arange(m))


@given(size=st.integers(1, 4), seed=st.integers(0, 9))
def test_a_window_reads_no_more_blocks_than_it_holds(size, seed):
    rows = in_blocks(1000 * size, size, np.random.default_rng(seed))
    windows = [
        set((part // size).tolist()) for part in np.split(rows, range(256 * size, len(rows), 256 * size))
    ]
    assert max(map(len, windows)) == 256
    assert sum(map(len, windows)) == 1000, "no block is read in two windows"


@pytest.fixture
def mapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> np.memmap:
    """A map that counts as a large one: blocks of two rows, windows of two blocks."""
    monkeypatch.setattr(order, "_BLOCK", 32)
    monkeypatch.setattr(order, "_WINDOW", 2)
    X = np.memmap(tmp_path / "X", np.float64, "w+", shape=(20, 2))
    X[:] = np.random.default_rng(0).normal(size=X.shape)
    return X


def test_a_map_is_known_through_its_views_and_a_copy_is_none(mapped):
    for view in (mapped, mapped[3:], np.asarray(mapped), mapped[:, :1], mapped.T):
        assert is_mapped(view)
    for other in (mapped.copy(), np.array(mapped), mapped + 1, np.eye(2)):
        assert not is_mapped(np.asarray(other).copy())


def test_what_fits_into_memory_and_arrays_are_shuffled_as_ever(mapped, monkeypatch):
    usual = np.random.default_rng([3, 1]).permutation(20)
    assert np.array_equal(shuffled(np.array(mapped), 3, 1), usual)
    assert not np.array_equal(shuffled(mapped, 3, 1), usual)
    monkeypatch.setattr(order, "_BLOCK", 1 << 20)
    assert np.array_equal(shuffled(mapped, 3, 1), usual)


def test_a_training_on_a_large_map_takes_that_order_in_every_engine(mapped, engine):
    net, Y = Network(Hierarchy.complete(2, 3, 1), dtype="float64"), np.array(mapped[:, :1])
    options = {"batch_size": 4, "epochs": 1, "engine": engine}
    rows = shuffled(mapped, 5, 0)
    found = fit(net, mapped, Y, seed=5, **options)
    expected = fit(net, np.array(mapped)[rows], Y[rows], shuffle=False, **options)
    np.testing.assert_allclose(found.network.theta, expected.network.theta, rtol=1e-12)
