"""Messages name the rule, the culprit and the remedy; their record (messages.py) is about the tests that there are."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from messages import COLLECTED, name_of, read

TESTS = Path(__file__).parent
RECORDED = read()
MESSAGES = {message for messages in RECORDED.values() for message in messages}

_SCIKIT_LEARN = "scikit-learn's own sentence, which its users know and its tests ask for"
_THE_RULE_SAYS_IT = "the rule itself says what to give"
WITHOUT_REMEDY = {
    r"ParameterError: The validation set is too small\.": _SCIKIT_LEARN,
    r"ParameterError: `classes=.*` is not the same as on last call to partial_fit": _SCIKIT_LEARN,
    r"ParameterError: classes must be passed on the first call to partial_fit\.": _SCIKIT_LEARN,
    r"ParameterError: hidden_layer_sizes must be > 0": _SCIKIT_LEARN,
    r"ParameterError: partial_fit does not support early_stopping=True": _SCIKIT_LEARN,
    r"TargetError: `y` has classes not in `self\.classes_`": _SCIKIT_LEARN,
    r"TargetError: warm_start can only be used where `y` has the same classes": _SCIKIT_LEARN,
    r"ShapeError: Sample weights must be 1D array or scalar": _SCIKIT_LEARN,
    r"ShapeError: sample_weight\.shape == ": _SCIKIT_LEARN,
    r"DataError: Sample weights must contain at least one non-zero number\.": _SCIKIT_LEARN,
    r"DuplicateElementError: an output needs a name of its own": _THE_RULE_SAYS_IT,
    r"ParameterError: costs need .*: at least one epoch of history, or costs=": _THE_RULE_SAYS_IT,
    r"ParameterError: dense layers have sizes: dense_on_top\(": _THE_RULE_SAYS_IT,
    r"ParameterError: give either density=… or covers=…": _THE_RULE_SAYS_IT,
    r"ParameterError: give validation_data or validation_fraction, not both": _THE_RULE_SAYS_IT,
    r"ParameterError: prune needs a number of features: give": _THE_RULE_SAYS_IT,
    r"ParameterError: scores need at least one model": _THE_RULE_SAYS_IT,
    r"DataError: something else went wrong$": "made by a test",
}
"""Messages that do not end in a remedy after a semicolon, and why they need not."""


@pytest.fixture
def collected(request: pytest.FixtureRequest) -> set[tuple[str, Path]]:
    """Name and file of every test, where all of them were collected."""
    tests = {(name_of(item), item.path) for item in request.config.stash[COLLECTED]}
    if not {path for _, path in tests}.issuperset(TESTS.rglob("test_*.py")):
        pytest.skip("only where all tests are collected it can be seen whether one is missing")
    return tests


def test_a_message_says_after_the_rule_and_the_culprit_what_to_do():
    allowed = re.compile("|".join(WITHOUT_REMEDY))
    assert [m for m in MESSAGES if not re.search(r"\w+: .+; .", m, re.DOTALL) and not allowed.match(m)] == []


def test_no_exception_is_kept_that_no_message_needs():
    assert [e for e in WITHOUT_REMEDY if not any(re.match(e, message) for message in MESSAGES)] == []


def test_a_test_with_messages_has_a_name_of_its_own(collected):
    names = Counter(name for name, _ in collected)
    assert [name for name in RECORDED if names[name] > 1] == [], "rename one of the tests"


def test_every_test_of_the_record_is_still_there(collected, request):
    gone = RECORDED.keys() - {name for name, _ in collected}
    if request.config.getoption("accept_messages"):  # as tests that were run and met no message
        request.node.user_properties.extend(("messages", [name, []]) for name in gone)
    else:
        assert sorted(gone) == [], "renamed or removed? pytest --accept-messages, with all tests, drops them"


# ---------------------------------------------------------------- the record itself

SMALL = """
import click, pytest
from hassenet.cli.hierarchy.bounds import kinds
from hassenet.errors import DataError, HierarchyError

@pytest.mark.parametrize("n", [1, 2])
def test_a(n, tmp_path):
    try:
        raise DataError(f"a file has rows: {tmp_path / 'x'} has {n}; give REMEDY")
    except DataError as error:
        HierarchyError(f"{error}, or none")
    try:
        int("no number")
    except ValueError as error:
        HierarchyError(f"rank: {error}; mend it")

def test_b():
    click.UsageError("a sentence of click")
    with pytest.raises(click.BadParameter):
        kinds(None, None, "a,,b")

def test_c():
    pytest.skip(str(DataError("what is not looked at")))
"""
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a folder of small tests, with this conftest.py and a record of its own."""
    (tmp_path / "tests/data").mkdir(parents=True)
    for name in ("conftest.py", "messages.py"):
        shutil.copy(TESTS / name, tmp_path / "tests")

    def call(remedy: str, *options: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "tests/test_small.py").write_text(SMALL.replace("REMEDY", remedy))
        plain = ("-p", "no:cacheprovider", f"--rootdir={tmp_path}", f"--basetemp={tmp_path / 'temporary'}")
        command = [sys.executable, "-m", "pytest", *plain, *options, str(tmp_path / "tests")]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)

    return call


def test_a_message_is_met_again_or_accepted(run, tmp_path):
    record = tmp_path / "tests/data/messages.json"
    assert run("some", "--accept-messages", "-n", "1").returncode == 0
    first = record.read_text("utf-8")
    assert first == (
        '{\n "test_a[1]": [\n'
        """  "HierarchyError: a file has rows: TMP/x has 1; give some, or none",\n"""
        """  "HierarchyError: rank: …; mend it"\n ],\n"""
        ' "test_a[2]": [\n'
        """  "HierarchyError: a file has rows: TMP/x has 2; give some, or none",\n"""
        """  "HierarchyError: rank: …; mend it"\n ],\n"""
        ' "test_b": [\n'
        """  "BadParameter: names stand between commas, such as mutation,deletion; got 'a,,b'"\n ]\n}\n"""
    )

    vague = run("none")
    assert vague.returncode == 1
    assert "2 failed, 1 passed, 1 skipped" in vague.stdout
    start = "    HierarchyError: a file has rows: TMP/x has 1; give"
    assert f"was not met again:\n{start} some, or none\n" in vague.stdout
    assert f"not in the record:\n{start} none, or none\n" in vague.stdout
    assert "pytest --accept-messages" in vague.stdout

    assert run("none", "--accept-messages", "-k", "1").returncode == 0
    assert record.read_text("utf-8") == first.replace("has 1; give some", "has 1; give none")
