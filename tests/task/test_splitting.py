"""What is rare stays on both sides of a split."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet import testing as ht
from hassenet.task.splitting import of_classes, of_labels, set_aside

SHARES = st.floats(0.02, 0.98)


@given(counts=st.lists(st.integers(1, 30), min_size=1, max_size=12), share=SHARES, seed=ht.seeds())
def test_of_each_class_its_share_is_set_aside_one_row_at_least_and_never_all(counts, share, seed):
    random = np.random.default_rng(seed)
    codes = random.permutation(np.repeat(np.arange(len(counts)), counts))
    aside = set_aside(of_classes(codes), len(codes), share, random)
    for k, n in enumerate(counts):
        held = aside[codes == k].sum()
        assert held == (0 if n == 1 else np.clip(round(share * n), 1, n - 1))


@given(m=st.integers(1, 30), k=st.integers(1, 5), share=SHARES, seed=ht.seeds())
def test_each_label_that_comes_with_others_keeps_rows_to_learn_from(m, k, share, seed):
    random = np.random.default_rng(seed)
    has = random.random((m, k)) < random.random(k)
    strata = of_labels(has)
    aside = set_aside(strata, m, share, random)
    assert all((~aside[rows]).any() for rows in strata)
    assert sorted(set(np.concatenate(strata).tolist())) == list(range(m))


def test_a_split_is_a_function_of_its_seed():
    strata = of_classes(np.arange(40) % 3)
    one, again, other = (set_aside(strata, 40, 0.3, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()


@pytest.mark.parametrize("kind", [np.random.default_rng, np.random.RandomState])
def test_a_split_takes_the_generators_of_numpy_old_and_new(kind):
    assert set_aside([np.arange(10)], 10, 0.3, kind(0)).sum() == 3
