"""What scores on the same splits say: by tables made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet.errors import ParameterError, ShapeError
from hassenet.protocol import paired_difference, verdict
from hassenet.protocol.verdict import MARGIN

K = 10
WOBBLE = np.resize([0.004, -0.004], K)  # of a difference over folds; its interval reaches 0.005 to each side


def table(at: float = 0.8, **ahead: float) -> dict[str, np.ndarray]:
    """Return the scores of a network that is so far ahead of each other model."""
    names = {"complete": "complete twin", "rewired": "rewired twin", "linear": "linear model"}
    network = at + np.linspace(-0.05, 0.05, K)
    return {"network": network} | {names[n]: network - d + WOBBLE for n, d in ahead.items()}


@pytest.mark.parametrize(
    ("ahead", "finding"),
    [
        ({"complete": 0.05, "rewired": 0.05, "linear": 0.05}, "the hierarchy helps"),
        ({"complete": 0.05, "rewired": 0.05}, "the hierarchy helps"),
        ({"complete": 0.05, "rewired": 0.001, "linear": 0.05}, "does not show that it helps"),
        ({"complete": 0.001, "rewired": 0.05, "linear": 0.05}, "does not show that it helps"),
        ({"complete": -0.05, "rewired": -0.05, "linear": 0.05}, "does not show that it helps"),
        ({"complete": 0.05, "rewired": 0.05, "linear": 0.001}, "a linear model is enough"),
        ({"complete": 0.05, "rewired": 0.05, "linear": -0.05}, "a linear model is enough"),
        ({"complete": -0.05, "rewired": 0.0, "linear": 0.0}, "a linear model is enough"),
    ],
)
def test_the_finding_follows_from_who_is_shown_to_be_ahead_of_whom(ahead, finding):
    assert verdict(table(**ahead), folds=5).finding == finding


def test_a_linear_model_that_is_further_behind_than_the_margin_is_not_enough_however_wide_the_interval():
    scores = table(complete=0.05, rewired=0.05) | {
        "linear model": table()["network"] - 0.03 + np.resize([0.05, -0.05], K)
    }
    assert paired_difference(scores["network"], scores["linear model"], 5).low < 0
    assert verdict(scores, folds=5).finding == "the hierarchy helps"
    assert verdict(scores, folds=5, margin=0.031).finding == "a linear model is enough"
    assert MARGIN < 0.03


def test_the_sentence_names_the_twins_and_the_differences_that_it_rests_on():
    helps = str(verdict(table(complete=0.05, rewired=0.07), folds=5))
    assert helps.startswith(
        "The hierarchy helps: the network predicts better on it than on its complete twin (+0.050, "
    )
    assert "rewired twin (+0.070, " in helps
    shown = str(verdict(table(complete=0.05, rewired=0.001, linear=0.05), folds=5))
    assert "does not show that the hierarchy helps" in shown
    assert "complete twin" not in shown  # the network is shown to be ahead of that one


def test_one_split_shows_nothing():
    one = {name: values[:1] for name, values in table(complete=0.5, rewired=0.5, linear=-0.5).items()}
    found = verdict(one, folds=5)
    assert found.finding == "does not show that it helps"
    assert "without an interval" in found.sentence


def test_no_model_that_is_not_shown_to_be_ahead_of_chance_decides_a_verdict():
    useless = table(at=0.5, complete=0.2, rewired=0.2, linear=0.0)
    assert verdict(useless, folds=5).finding == "does not show that it helps"
    assert str(verdict(useless, folds=5)).endswith("is not shown to predict better than chance.")
    assert verdict(useless, folds=5, chance=0).finding == "a linear model is enough"
    alone = table(complete=0.2, rewired=0.2, linear=0.3)  # the linear model is at 0.5
    assert verdict(alone, folds=5).finding == "the hierarchy helps"


@given(st.floats(-0.1, 0.1), st.floats(-0.1, 0.1), st.floats(-0.1, 0.1), st.floats(-5, 5))
def test_a_verdict_depends_on_differences_alone(complete, rewired, linear, offset):
    scores = table(complete=round(complete, 2), rewired=round(rewired, 2), linear=round(linear, 2) + 0.003)
    moved = {name: values + round(offset, 1) for name, values in scores.items()}
    found = verdict(moved, folds=5, chance=0.5 + round(offset, 1)).finding
    assert verdict(scores, folds=5).finding == found


def test_a_verdict_needs_both_twins():
    with pytest.raises(ParameterError, match="'rewired twin' has no scores; add them"):
        verdict(table(complete=0.1), folds=5)
    with pytest.raises(ParameterError, match="margin"):
        verdict(table(complete=0.1, rewired=0.1), folds=5, margin=-1)


def test_the_paired_difference_allows_for_overlapping_folds() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.random(20), rng.random(20)
    d = paired_difference(a, b, folds=5)
    naive = 2.093 * (a - b).std(ddof=1) / np.sqrt(20)
    assert d.mean == pytest.approx((a - b).mean())
    assert d.high - d.mean == pytest.approx(naive * np.sqrt(1 + 20 / 4), rel=1e-3)
    assert d.mean - d.low == pytest.approx(d.high - d.mean)


def test_a_paired_difference_is_of_as_many_scores_of_both():
    for a, b in (([1.0], [1.0, 2.0]), ([], []), ([[1.0]], [[1.0]])):
        with pytest.raises(ShapeError, match="two scores a split"):
            paired_difference(a, b, folds=5)
