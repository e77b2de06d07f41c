"""The messages that errors have while a test runs, and whether they are still those of data/messages.json.

A message names the rule, the culprit and the remedy, and is easily made vaguer by a change that is about something
else. So the record holds, for every test, the messages of the errors that were made while it ran, and a test passes
only if it meets them again. `pytest --accept-messages` records anew what the tests that run have met: a message is
reworded on purpose, and the difference of the record is read with the change.

Not in the record is what differs from run to run (examples that hypothesis draws, errors of other processes), and what
is not hassenet's: the words of libraries that a message passes on, and the sentences of click.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click
import pytest

from hassenet.engines import available
from hassenet.errors import HassenetError

ROOT = Path(__file__).parents[1]
RECORD = Path(__file__).parent / "data" / "messages.json"

COLLECTED = pytest.StashKey[list[pytest.Item]]()
"""All tests that were found, before -k and the like chose some of them."""

_GONE = """a message of an error was not met again:
{gone}
met instead, and not in the record:
{new}
Does the new one name the rule, the culprit and the remedy as exactly as before? Then accept it:
    pytest --accept-messages …  (with this test) writes it to {record}; read the difference"""

_OF_THE_MACHINE_OR_THE_RUN = (
    (r"\b0x[0-9a-f]{6,}", "0x…"),  # an address
    (r"\.\w{8}\.part\b", ".….part"),  # a folder with a name of chance
    (r"\bhassenet-\w{8}/", "hassenet-…/"),  # another one
    (r"(remainder up to )[-.\de]+", r"\1…"),  # an error of rounding
    (r"(one of )(native|reference|avx\w+|baseline)(, \w+)*", r"\1…"),  # engines, levels
    (r"(TMPS/[a-z_]+)\d+", r"\1…"),  # how many fixtures have made such a folder
    (r"(\w)\1{40,}", r"\1…"),  # a number of thousands of digits, which nobody wants to read
)


def read() -> dict[str, list[str]]:
    """Return the messages of every test, ``"Class: text"``, by the name of the test."""
    return json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}


def write(record: dict[str, list[str]]) -> None:
    """Write what ``read`` returns, one message a line."""
    RECORD.write_text(json.dumps(record, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")


def name_of(item: pytest.Item) -> str:
    """Return the name of a test in the record: without its file, which may move, and one for all engines."""
    function, bracket, parameters = item.nodeid.partition("::")[2].partition("[")
    engine = item.callspec.params.get("engine") if hasattr(item, "callspec") else None
    of_all = parameters.replace(engine, "engine", 1) if engine in available() else parameters
    return function + bracket + of_all


class Messages:
    """The plugin that compares every test with the record, or records it anew."""

    def __init__(self, accept: bool) -> None:
        self._accept, self._record, self._accepted = accept, read(), {}

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Iterator[None]:
        with _watched() as made:
            result = yield
        if not getattr(pyfuncitem.obj, "is_hypothesis_test", False):
            self._see(pyfuncitem, made.settled(_folders(pyfuncitem.funcargs)))
        return result

    def _see(self, item: pytest.Function, errors: dict[str, str]) -> None:
        if self._accept:
            item.user_properties.append(("messages", [name_of(item), _whole(errors)]))
            return
        known, met = set(self._record.get(name_of(item), ())), {_message(*error) for error in errors.items()}
        if gone := known - met:
            pytest.fail(_complaint(gone, set(_whole(errors)) - known), pytrace=False)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in what a test met, here or in a worker; of a test on several engines, what all of them say."""
        for name, met in (value for kind, value in report.user_properties if kind == "messages"):
            self._accepted[name] = sorted(set(met).intersection(self._accepted.get(name, met)))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        reports = hasattr(session.config, "workerinput")  # a worker of xdist, to the process that writes
        if self._accept and not reports:
            write({name: met for name, met in (self._record | self._accepted).items() if met})


class _Made:
    """The errors that were made, their classes by their texts, and the words of others that these pass on."""

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}
        self.words: set[str] = set()

    def note(self, error: Exception) -> None:
        """Add an error; a text that another class had before, as the command line passes it on, is not added."""
        self.errors.setdefault(str(error), type(error).__name__)
        self.words |= _words(sys.exception())

    def settled(self, folders: dict[str, str]) -> dict[str, str]:
        """Return the errors as they would be in another run, on another machine, with other libraries."""
        names = dict.fromkeys(sorted(self.words, key=len, reverse=True), "…") | folders
        return {_settled(text, names): kind for text, kind in self.errors.items()}


@contextmanager
def _watched() -> Iterator[_Made]:
    """Give the errors of hassenet that are made meanwhile, in this process."""
    made, init_of_click = _Made(), click.ClickException.__init__

    def init(error: HassenetError, *args: object) -> None:
        super(HassenetError, error).__init__(*args)
        made.note(error)

    def click_init(error: click.ClickException, message: str) -> None:
        init_of_click(error, message)
        if _is_ours(sys._getframe(1)):
            made.note(error)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HassenetError, "__init__", init)
        patch.setattr(click.ClickException, "__init__", click_init)
        yield made


def _is_ours(frame: FrameType) -> bool:
    """Whether hassenet made the error: the first frame that is no ``__init__`` of a class in between."""
    while frame.f_code.co_name == "__init__":
        frame = frame.f_back
    return frame.f_globals["__name__"].startswith("hassenet.")


def _words(error: BaseException | None) -> set[str]:
    """Return the sentences of another library's error; that of a KeyError is a culprit, not a sentence."""
    foreign = not isinstance(error, HassenetError | LookupError | None)
    return {words for words in (str(error), str(getattr(error, "msg", ""))) if foreign and " " in words}


def _folders(fixtures: dict[str, object]) -> dict[str, str]:
    """Return what to call the folders whose names are of this run."""
    names = {str(ROOT): "ROOT"}
    if "tmp_path_factory" in fixtures:
        names = {str(fixtures["tmp_path_factory"].getbasetemp()): "TMPS"} | names
    return {str(fixtures["tmp_path"]): "TMP"} | names if "tmp_path" in fixtures else names


def _settled(text: str, names: dict[str, str]) -> str:
    for long, short in names.items():
        text = text.replace(long, short)
    for pattern, short in _OF_THE_MACHINE_OR_THE_RUN:
        text = re.sub(pattern, short, text)
    return re.sub(r"\{([^{}:]+)\}", _in_order, text)


def _in_order(match: re.Match[str]) -> str:
    """Return a set as it is written, in an order that is not of chance."""
    return f"{{{', '.join(sorted(match[1].split(', ')))}}}"


def _whole(errors: dict[str, str]) -> list[str]:
    """Return the messages that are no part of another one, which was worded where more was known."""
    whole = [text for text in errors if not any(text != other and text in other for other in errors)]
    return sorted(_message(text, errors[text]) for text in whole)


def _message(text: str, kind: str) -> str:
    return f"{kind}: {text}"


def _complaint(gone: set[str], new: set[str]) -> str:
    lines = {"gone": gone, "new": new or {"(none)"}}
    listed = {what: "\n".join(f"    {line}" for line in sorted(some)) for what, some in lines.items()}
    return _GONE.format(**listed, record=RECORD.relative_to(ROOT))
