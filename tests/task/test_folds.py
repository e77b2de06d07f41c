"""Targets that could not be learned from and judged on folds are refused, with the culprit and the remedy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet.errors import NotFiniteError, ParameterError, ShapeError, TargetError
from hassenet.task.folds import check_amounts, check_classes
from hassenet.task.kind import kind_of


@pytest.mark.parametrize(
    ("labels", "folds", "part"),
    [
        (["a"] * 6, 2, "every row is 'a'; choose another"),
        (["a", "b"], 3, "2 rows for 3 folds; give fewer folds"),
        (["a", "b", "a", None], 2, "rows without one"),
        (np.array([0.0, 1.0, np.nan, 1.0, 0.0]), 2, "rows without one"),
        (["a"] * 9 + ["b"] * 3, 5, "for 5 folds 'b' has only 3 rows; merge or leave out such classes, or take 3 folds"),
        ([*"aaabbcdefgh"], 3, "'f' has only 1 row and 2 more; merge"),
        (["a"] * 9 + ["b"], 5, "'b' has only 1 row; merge or leave out such classes, or take more rows of them"),
    ],
)  # fmt: skip
def test_classes_that_folds_cannot_hold_are_refused_by_name(labels, folds, part):
    with pytest.raises(TargetError, match=part):
        check_classes(labels, folds)


@pytest.mark.parametrize(
    ("values", "error", "part"),
    [
        ([1.5] * 6, TargetError, "it is 1.5 in every row"),
        ([[1, 2], [3, 2], [4, 2]], TargetError, "column 1 is 2 in every row"),
        ([1.0], TargetError, "1 row for 2 folds"),
        ([1.0, np.inf, 2.0], NotFiniteError, "targets are finite"),
        (["1", "2"], ShapeError, "give an array of numbers"),
    ],
)
def test_amounts_that_folds_cannot_hold_are_refused(values, error, part):
    with pytest.raises(error, match=part):
        check_amounts(values, 2)


def test_folds_are_two_at_least_and_classes_one_column():
    for check in (check_classes, check_amounts):
        with pytest.raises(ParameterError, match="folds is a whole number ≥ 2; got 1"):
            check([0, 1, 2], 1)
    with pytest.raises(ShapeError, match="one label a row"):
        check_classes([["a"], ["b"]], 2)


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=30), st.integers(2, 5))
def test_classes_are_taken_exactly_where_each_of_several_has_a_row_for_every_fold(labels, folds):
    counts = [labels.count(c) for c in set(labels)]
    good = len(counts) > 1 and min(counts) >= folds
    try:
        check_classes(labels, folds)
    except TargetError:
        assert not good
    else:
        assert good


def test_text_truth_values_and_few_whole_numbers_are_classes():
    classes = [["a", "b"], [True, False], [0, 1, 2], [0.0, 3.0], np.array(["a", None], object)]
    assert {kind_of(np.asarray(y)) for y in classes} == {"classification"}
    assert {kind_of(np.asarray(y)) for y in ([0.5, 1], range(11), [np.nan, 1.0])} == {"regression"}
