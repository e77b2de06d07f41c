"""What every example and every test shares.

Where the compiled engine was not built, its face cannot be imported, so its examples are not collected. And what
trains or draws has a seed, so that what passes once passes every time: estimators, and much of NumPy, SciPy and
scikit-learn, draw from NumPy's global state where they have none. Hypothesis draws the same examples in every run.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from zlib import crc32

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

collect_ignore = [] if find_spec("hassenet.engines._native") else ["src/hassenet/engines/native.py"]

settings.register_profile(
    "law", deadline=None, derandomize=True, max_examples=25, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("brief", settings.get_profile("law"), max_examples=10)  # again, on another build
settings.register_profile(
    "glance", settings.get_profile("law"), max_examples=3
)  # of what computes nothing itself
settings.register_profile("search", settings.get_profile("law"), derandomize=False, max_examples=1000)
settings.load_profile("law")

# Hypothesis draws some values from the constants of the modules that are imported: which are, the tests decide that
# happened to run before in the same process. It has no setting for that; test_by_chance.py sees whether this one holds.
providers._get_local_constants = Constants

_BY_CHANCE = """{name} drew numbers without a seed, so it may pass now and fail another time, for no fault of the code.
Give what draws a seed (`random_state=0`, `default_rng(0)`); where a test is about drawing without one, mark it with
@pytest.mark.unseeded."""


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line("markers", "unseeded: draws without a seed, and passes whatever is drawn")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Fail what a test prepares without a seed."""
    with _with_a_seed(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fail what it does without one."""
    with _with_a_seed(item):
        return (yield)


@contextmanager
def _with_a_seed(item: pytest.Item) -> Iterator[None]:
    """What draws without a seed draws from NumPy's global state: it starts at the same place and must not move."""
    np.random.seed(crc32(item.nodeid.encode()))  # noqa: NPY002  (the legacy state is what must not move)
    before = _state()
    yield
    if _state() != before and item.get_closest_marker("unseeded") is None:
        pytest.fail(_BY_CHANCE.format(name=item.nodeid), pytrace=False)


def _state() -> tuple[bytes, int]:
    _, key, place, *_ = np.random.get_state()  # noqa: NPY002
    return key.tobytes(), place
