"""What every test shares: the engines that are there, and signals, messages and times that are those of every run."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from math import inf
from pathlib import Path

import pytest

from hassenet.engines import available

sys.path.insert(0, str(Path(__file__).parent))  # messages.py, whatever pytest's import mode
from messages import COLLECTED, Messages


@pytest.fixture(params=available(), scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    """The name of an engine; another engine joins every law as soon as it is there."""
    return str(request.param)


@pytest.fixture(autouse=True, scope="session")
def signals_as_in_a_terminal() -> Iterator[None]:
    """Shells let what runs in their background ignore Ctrl-C, `nohup` a hangup; tests that press it must not."""
    ignored = [
        s for s in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM) if signal.getsignal(s) is signal.SIG_IGN
    ]
    for s in ignored:
        signal.signal(s, signal.default_int_handler if s is signal.SIGINT else signal.SIG_DFL)
    yield
    for s in ignored:
        signal.signal(s, signal.SIG_IGN)


@pytest.fixture
def no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a machine that is slow write no more than a fast one: no checkpoint is due, no training takes a while."""
    monkeypatch.setattr("hassenet.checkpoints.Pace.is_due", False)
    monkeypatch.setattr("hassenet.training.checkpoints._A_WHILE", inf)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept-messages", action="store_true", help="record the messages of errors anew (messages.py)"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Messages(accept=config.getoption("accept_messages")))


# Coverage makes a test half as long again. What draws is not of the core; what these rooms run of it, in very many
# cases, others run too.
NOT_TRACED = [Path(__file__).parent / room for room in ("demo", "docs", "engines", "laws", "plots")]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    config.stash[COLLECTED] = list(items)
    for item in items:
        if any(item.path.is_relative_to(room) for room in NOT_TRACED):
            item.add_marker("no_cover")
