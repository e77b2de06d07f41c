"""What every example and every test shares: what is collected, and that nothing is left to chance.

Where the compiled engine was not built, its face cannot be imported, so its examples are not collected.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any
from zlib import crc32

import numpy as np
import pytest

collect_ignore = [] if find_spec("hassenet.engines._native") else ["src/hassenet/engines/native.py"]

_BY_CHANCE = """{name} drew numbers without a seed, so it may pass now and fail another time, for no fault of the code.
Give what draws a seed (`random_state=0`, `default_rng(0)`); where a test is about drawing without one, mark it with
@pytest.mark.unseeded."""

_default_rng, _without_seed = np.random.default_rng, []


def _noted_rng(seed: Any = None) -> np.random.Generator:
    """Return what `np.random.default_rng` does, and note where it has no seed and takes one of the system's."""
    _without_seed.extend([None] * (seed is None))
    return _default_rng(seed)


def pytest_configure(config: pytest.Config) -> None:
    """Let generators without a seed be noted, and name the mark of tests that may have them."""
    np.random.default_rng = _noted_rng
    config.addinivalue_line("markers", "unseeded: draws without a seed, and passes whatever is drawn")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Fail what draws without a seed."""
    with _nothing_left_to_chance(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fail what draws without a seed."""
    with _nothing_left_to_chance(item):
        return (yield)


@contextmanager
def _nothing_left_to_chance(item: pytest.Item) -> Iterator[None]:
    """Fail what draws without a seed: from NumPy's global state, or a generator that was made without one.

    The global state starts at the same place for every test, and must not move.
    """
    np.random.seed(crc32(item.nodeid.encode()))  # noqa: NPY002  (the legacy state is what must not move)
    before = _state()
    yield
    if _state() != before and item.get_closest_marker("unseeded") is None:
        pytest.fail(_BY_CHANCE.format(name=item.nodeid), pytrace=False)


def _state() -> tuple[bytes, int, int]:
    _, key, place, *_ = np.random.get_state()  # noqa: NPY002
    return key.tobytes(), place, len(_without_seed)
