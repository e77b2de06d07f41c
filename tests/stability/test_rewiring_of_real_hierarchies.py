"""Rewiring mixes what is hard to mix: sets of very different sizes, and ranks that are mostly relays."""

from __future__ import annotations

import numpy as np
import pytest

from hassenet import Hierarchy
from hassenet.datasets import load_reactome
from hassenet.stability import rewired


def kept(H, R, i):
    """Return the share of the covers of layer i, relays' own left out, that are where they were."""
    free = ~H.relays(i + 1)
    before, after = H.covers(i)[free], R.covers(i)[free]
    return before.multiply(after).sum() / before.sum()


def test_a_great_set_among_small_ones_loses_its_elements_as_chance_has_it():
    pairs = [(f"x{k}", "great") for k in range(200)] + [(f"x{k}", f"small{k}") for k in range(1200)]
    H = Hierarchy.from_covers(pairs)
    before = set(H.below("great"))
    share = np.mean([len(before & set(rewired(H, seed).below("great"))) / 200 for seed in range(5)])
    assert share == pytest.approx(2 / 7, abs=0.06)  # of 1,400 ends of covers below, 400 are its old elements'


def test_ranks_that_are_mostly_relays_are_rewired_and_numbers_stay():
    H = load_reactome().hierarchy.crown(["ill"]).graded()
    R = rewired(H, 0)
    for i in range(4):
        assert kept(H, R, i) < 0.1
        for axis in (0, 1):
            assert (H.covers(i).sum(axis=axis) == R.covers(i).sum(axis=axis)).all()


def test_a_rank_of_relays_alone_stays():
    H = Hierarchy.from_covers([("a", "z"), ("b", "z")], rank={"a": 0, "b": 0, "z": 2}).graded()
    assert rewired(H, 0) == H
