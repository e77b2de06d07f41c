"""Outcomes of one target are given by it, without a tuple."""

from __future__ import annotations

import pytest

from hassenet.errors import ParameterError
from hassenet.outcomes import Amount, Outcomes


def test_one_target_is_the_tuple_of_it():
    assert Outcomes(Amount("t")) == Outcomes((Amount("t"),))


@pytest.mark.parametrize("given", [5, None, "t", ()])
def test_what_is_not_a_target_is_refused_by_a_sentence(given):
    with pytest.raises(ParameterError, match="outcomes are those of hassenet.outcomes"):
        Outcomes(given)
