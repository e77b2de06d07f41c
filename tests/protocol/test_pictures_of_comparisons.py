"""What the picture of a comparison says is what the comparison says."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import same_color

from hassenet.plots import plot_comparison
from hassenet.plots.style import ACCENT, MUTED, SECOND
from hassenet.protocol import Comparison

WOBBLE = np.resize([0.004, -0.004], 10)
MODELS = {"network": 0.8, "complete twin": 0.7, "rewired twin": 0.8, "linear model": 0.9}
VALUES = np.array([[0.002 * np.arange(10) + at + (at != 0.8) * WOBBLE for at in MODELS.values()]] * 2)
FOUND = Comparison(tuple(MODELS), ("ROC AUC", "log loss"), VALUES, np.ones((4, 10)), 5, 2, "classification")


def test_intervals_above_0_below_it_and_around_it_have_colours_of_their_own():
    intervals = [line for line in plot_comparison(FOUND).axes[1].lines if line.get_gid() == "interval"]
    for line, name, colour in zip(intervals, FOUND.models[1:], (ACCENT, MUTED, SECOND), strict=False):
        d = FOUND.difference(name)
        assert tuple(line.get_xdata()) == pytest.approx((d.low, d.high))
        assert same_color(line.get_color(), colour)
    assert len(intervals) == 3


def test_the_verdict_stands_on_top_and_a_single_split_has_no_interval():
    assert plot_comparison(FOUND).get_suptitle().replace("\n", " ") == str(FOUND.verdict)
    one = Comparison(FOUND.models, FOUND.measures, VALUES[:, :, :1], np.ones((4, 1)), 5, 2, "classification")
    assert not [line for line in plot_comparison(one).axes[1].lines if line.get_gid() == "interval"]
