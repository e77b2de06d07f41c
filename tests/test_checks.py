"""Numbers that are given: what is one, which are in a domain, and how a message says so."""

from fractions import Fraction

import numpy as np
import pytest

import hassenet as hn
from hassenet import _checks
from hassenet._checks import (
    Domain,
    is_real,
    is_whole_number,
    require_number,
    require_seed,
    require_whole_number,
    require_whole_number_between,
)
from hassenet.errors import ParameterError

WHOLE = [0, 5, 10**400, np.int8(5), np.uint64(2**63), np.int64(5)]
FRACTIONS = [5.0, 5.7, np.float32(5.0), Fraction(1, 3), float("inf"), float("nan")]
NO_NUMBERS = [True, False, np.True_, "5", "", None, [5], np.array(5), np.array([5]), 5j, (), object]
DOMAINS = [value for value in vars(_checks).values() if isinstance(value, Domain)]


def test_whole_numbers_of_python_and_numpy_are_whole_and_truth_values_texts_and_fractions_are_not():
    assert all(map(is_whole_number, WHOLE))
    assert not any(map(is_whole_number, FRACTIONS + NO_NUMBERS))


def test_real_numbers_are_whole_ones_and_fractions():
    assert all(map(is_real, WHOLE + FRACTIONS))
    assert not any(map(is_real, NO_NUMBERS))


@pytest.mark.parametrize("value", WHOLE)
def test_a_whole_number_comes_back_as_one_of_python(value):
    assert require_whole_number("n", value, 0) == value
    assert type(require_whole_number("n", value, 0)) is int
    assert type(require_whole_number_between("n", value, 0, 10**400)) is int


@pytest.mark.parametrize("value", [*FRACTIONS, *NO_NUMBERS, -1, -(10**400)])
def test_a_message_names_the_parameter_its_domain_and_what_was_given(value):
    with pytest.raises(ParameterError) as caught:
        require_whole_number("epochs", value, 0)
    assert str(caught.value) == f"epochs is a whole number ≥ 0; got {value!r}"
    with pytest.raises(ParameterError, match="^threads is a whole number from 1 to 8; got "):
        require_whole_number_between("threads", value, 1, 8)
    with pytest.raises(ParameterError, match="^a seed is a whole number ≥ 0; got "):
        require_seed(value)


def test_the_ends_of_a_range_belong_to_it_and_what_is_beyond_them_does_not():
    assert [require_whole_number_between("n", n, 1, 3) for n in (1, 2, 3)] == [1, 2, 3]
    for n in (0, 4):
        with pytest.raises(ParameterError, match="from 1 to 3"):
            require_whole_number_between("n", n, 1, 3)


def test_every_seed_that_is_taken_is_one_for_numpy():
    for seed in WHOLE:
        np.random.default_rng(require_seed(seed))


def test_each_domain_has_the_ends_that_its_words_say():
    ends = [-np.inf, -1, 0, 0.5, 1, 2, np.inf]
    inside = {domain.words: [x for x in ends if x in domain] for domain in DOMAINS}
    assert inside == {
        "is a finite number": [-1, 0, 0.5, 1, 2],
        "is a finite number ≥ 0": [0, 0.5, 1, 2],
        "is a finite number above 0": [0.5, 1, 2],
        "is a finite number above 1": [2],
        "is a number ≥ 0, or infinity": [0, 0.5, 1, 2, np.inf],
        "lies in [0, 1)": [0, 0.5],
        "lies in [0, 1]": [0, 0.5, 1],
        "lies in (0, 1]": [0.5, 1],
        "lies between 0 and 1": [0.5],
    }


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.words)
@pytest.mark.parametrize("value", [*NO_NUMBERS, float("nan"), 10**400], ids=lambda value: repr(value)[:12])
def test_no_domain_holds_what_is_not_a_number_or_too_large_to_compute_with(domain, value):
    assert value not in domain
    with pytest.raises(ParameterError) as caught:
        require_number("a share", value, domain, ", as 0.5")
    assert str(caught.value) == f"a share {domain.words}, as 0.5; got {value!r}"


def test_a_number_comes_back_as_a_float():
    assert [require_number("x", x, _checks.FINITE) for x in (1, np.float32(0.5), Fraction(1, 4))] == [
        1.0,
        0.5,
        0.25,
    ]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda v: hn.L2(v), "the strength of a penalty is a finite number ≥ 0"),
        (lambda v: hn.Momentum(0.1, v), r"momentum lies in \[0, 1\]"),
        (lambda v: hn.Adam(beta1=v), r"beta1 lies in \[0, 1\)"),
        (lambda v: hn.Adam(v), "a rate is a finite number above 0, or a schedule"),
        (lambda v: hn.LBFGS(memory=v), "memory is a whole number ≥ 1"),
        (lambda v: hn.EarlyStopping(patience=v), "patience is a number ≥ 0, or infinity"),
        (lambda v: hn.Hierarchy.random((2, 1), density=0.5, seed=v), "a seed is a whole number ≥ 0"),
        (lambda v: hn.Hierarchy.random((2, 1), density=v), r"a density lies in \(0, 1\]"),
        (lambda v: hn.Network(hn.Hierarchy.complete(2, 1), seed=v), "a seed is a whole number ≥ 0"),
        (lambda v: hn.Hierarchy.complete(2, 1).relays(v), "the ranks are counted from 0"),
    ],
)
@pytest.mark.parametrize("value", [True, "0.5", -1, [0.5]])
def test_wherever_a_number_is_asked_for_the_same_is_refused(make, message, value):
    with pytest.raises(ParameterError, match=f"{message}.*; got"):
        make(value)
