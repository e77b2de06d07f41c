"""What is trained in a study: when, with which seeds, and what the progress bar shows."""

from __future__ import annotations

import sys
from io import StringIO
from pathlib import Path

import numpy as np

from hassenet import stability
from hassenet import testing as ht
from hassenet.hierarchy import Hierarchy
from hassenet.stability.jobs import seeds

sys.path.insert(0, str(Path(__file__).parent))

from problems import RECIPE, groups, least_squares

H, X = Hierarchy.complete(3, 1), ht.random_array(30, 3, seed=0)
Y = X @ [1.0, -2.0, 0.0]
STUDIES = [stability.stability, stability.null_scores, stability.twins]


def test_null_models_are_drawn_where_networks_are_trained_one_at_a_time():
    events = []

    def null(H, Y, seed):
        events.append("drawn")
        return H, Y

    def train(*arguments):
        events.append("trained")
        return least_squares(*arguments)

    stability.null_scores(train, H, X, Y, null, draws=3)
    assert events == ["drawn", "trained"] * 3 + ["trained"]


def test_the_progress_bar_is_there_before_anything_is_drawn(monkeypatch):
    said = StringIO()
    monkeypatch.setattr("sys.stderr", said)
    before = []

    def null(H, Y, seed):
        before.append(said.getvalue())
        return H, Y

    stability.null_scores(least_squares, H, X, Y, null, draws=2, progress=True)
    assert "0/3" in before[0]
    assert "3/3" not in before[-1]
    assert "3/3" in said.getvalue()


def test_studies_with_one_seed_have_nothing_in_common():
    used = {}
    for study in STUDIES:
        used[study] = []

        def train(H, X, Y, seed, of=used[study]):
            of.append((seed, H))
            return RECIPE(H, X, Y, seed)

        more = {"null": stability.rewired_covers} if study is stability.null_scores else {}
        study(train, groups(4, 5), ht.random_array(40, 20, seed=0), np.arange(40) % 2, **more)
    numbers = [{seed for seed, _ in trainings} for trainings in used.values()]
    assert len(set.union(*numbers)) == sum(map(len, numbers))
    *_, null, twins = ([H for _, H in trainings if H != groups(4, 5)] for trainings in used.values())
    assert len(null) == 99
    assert not set(null) & set(twins)
    assert seeds("a", 0, 3) == seeds("a", 0, 5)[:3]
