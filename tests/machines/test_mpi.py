"""Processes that share each batch by MPI train the network of one process."""

from __future__ import annotations

import json
import multiprocessing
import os
import pickle
import shutil
import signal
import subprocess
import sys
from importlib.metadata import files
from io import StringIO
from pathlib import Path
from select import select
from threading import Timer
from time import sleep
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from hassenet import Hierarchy, Network
from hassenet.distributed import rows_of_rank
from hassenet.distributed.last_words import wait_until_read
from hassenet.distributed.mpi import _ending_all, _OnFirst, _records, _told
from hassenet.distributed.same import check_same
from hassenet.engines import get_engine
from hassenet.errors import ParameterError
from hassenet.likelihoods import BinaryCrossEntropy

SCRIPT = Path(__file__).parent / "ranks.py"


def of_mpich(name: str) -> Path:
    """Return a file of the MPI that is installed beside the tests."""
    return next(Path(str(file.locate())).resolve() for file in files("mpich") or () if file.name == name)


def run(what: str, folder: Path, ranks: int) -> subprocess.CompletedProcess[str]:
    """Run the script with some ranks."""
    pytest.importorskip("mpi4py")
    environment = {**os.environ, "MPI4PY_LIBMPI": str(of_mpich("libmpi.so.12")), "OMP_NUM_THREADS": "1"}
    command = [of_mpich("mpiexec"), "-n", str(ranks), sys.executable, SCRIPT, what, folder]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=600, check=False)


def test_ranks_that_are_killed_end_all_and_the_same_command_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    done = run("killed", folder, 2)
    assert done.returncode != 0
    assert "came back" not in done.stdout
    assert list(folder.glob("*.record"))
    for ranks in "13":
        shutil.copytree(folder, f"{folder}-{ranks}")
    what_is_not_a_file(folder)
    ended = run("going on", folder, 3)
    found: dict[str, Any] = json.loads(ended.stdout)
    others = found.pop("others")
    are_those_of_one_process(found)
    assert found["gone on"][0] == 0
    for ranks in "13":
        are_those_of_one_process_and_say_so(*others[ranks], ranks=int(ranks))
    assert ended.returncode != 0
    assert "rank 1 of 3 failed, and all end" in ended.stderr
    assert "a disk that is gone" in ended.stderr


def what_is_not_a_file(folder: Path) -> None:
    """Put into a folder what has the names of records, a pipe that nobody ends among it."""
    os.mkfifo(folder / "training-pipe.record")
    (folder / "training-folder.record").mkdir()
    (folder / "training-link.record").symlink_to("nowhere")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes with names")
def test_what_has_the_name_of_a_record_and_is_not_a_file_is_not_sent_to_other_ranks(tmp_path: Path) -> None:
    what_is_not_a_file(tmp_path)
    (tmp_path / "training.record").write_bytes(b"here")
    assert _records(tmp_path) == {"training.record": b"here"}


class UnsaidError(Exception):
    """What cannot be shown."""

    def __str__(self) -> str:
        """Fail."""
        raise ZeroDivisionError


class Stop(SystemExit):
    """What asks to end, and is made of two things."""

    def __init__(self, code: object, why: str) -> None:
        super().__init__(code)
        self.why = why


class Again(KeyboardInterrupt):
    """What asks to end as Ctrl-C does, and is made of two things."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(number, why)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (Stop(4, "enough"), SystemExit(4)),
        (Stop(None, "enough"), SystemExit(None)),
        (Stop("enough", "of it"), SystemExit("enough")),
        (Stop(UnsaidError(), "enough"), SystemExit("what it says cannot be shown")),
        (Again(2, "enough"), KeyboardInterrupt()),
    ],
)
def test_what_a_callback_raises_on_rank_0_reaches_the_others_whatever_it_is_made_of(
    error: BaseException, told: BaseException
) -> None:
    def fail(*_: object) -> None:
        raise error

    sent: list[bytes] = []
    first = SimpleNamespace(rank=0, bcast=lambda answer: sent.append(pickle.dumps(answer)))
    second = SimpleNamespace(rank=1, bcast=lambda _: pickle.loads(sent.pop()))
    net: Any = None
    with pytest.raises(type(error)):
        _OnFirst(first, fail)(None, net)
    with pytest.raises(type(told)) as there:
        _OnFirst(second, fail)(None, net)
    assert type(there.value) is type(told)
    assert there.value.args == told.args


def test_what_cannot_be_shown_reaches_the_others_too() -> None:
    told = pickle.loads(pickle.dumps(_told(UnsaidError())))
    assert "it failed: UnsaidError: what it says cannot be shown; correct it" in str(told)


def parts_of(**asked: Any) -> dict[str, str]:
    """Return what a rank says it was asked for."""
    said: list[Any] = []
    net = Network(Hierarchy.complete(2, 1), output="sigmoid", seed=0)
    check_same(SimpleNamespace(allgather=lambda own: said.append(own) or [own]), net, asked)
    return said[-1]  # type: ignore[no-any-return]  # the last that was said


@pytest.mark.parametrize(
    "asked",
    [
        {"seed": 0},
        {"loss": "binary_cross_entropy"},
        {"loss": BinaryCrossEntropy()},
        {"engine": get_engine().name},
        {"validation_data": None, "state": None, "callbacks": []},
        {"n_threads": 2, "progress": True},
    ],
)
def test_options_that_mean_the_same_are_the_same_on_all_ranks(asked: dict[str, Any]) -> None:
    assert parts_of(**asked) == parts_of()


@pytest.mark.parametrize(
    "asked", [{"seed": 1}, {"loss": "squared_error"}, {"validation_data": (1, 2)}, {"callbacks": [print]}]
)
def test_options_that_mean_something_else_are_others(asked: dict[str, Any]) -> None:
    (name,) = asked
    assert parts_of(**asked)[name] != parts_of().get(name)


@pytest.mark.parametrize("asked", [{"callbacks": iter([print])}, {"callbacks": print}, {"batch_size": 0}])
def test_an_option_outside_its_domain_is_refused_before_ranks_wait(asked: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match=next(iter(asked))):
        parts_of(**asked)


def are_those_of_one_process(found: dict[str, Any]) -> None:
    """Check that two ranks train the network of one process to rounding, and that both have the same bits."""
    (here, diverged), (there, diverged_there) = found.pop("messages")
    are_refused_on_all(found.pop("otherwise"))
    assert found.pop("alike") == ["", ""]
    for name, (other, own) in found.pop("outside").items():
        assert name in own
        assert other == f"the options of every rank fit; those of rank 1 do not: {own}"
    assert found.pop("callbacks") == [
        [
            "ZeroDivisionError: by a user",
            "HassenetError: a callback holds for all ranks; on rank 0 it failed: ZeroDivisionError: by a user; "
            "correct it",
        ],
        ["interrupted", "interrupted"],
        ["SystemExit: 3", "SystemExit: 3"],
        ["Stop: 4", "SystemExit: 4"],
    ]
    assert {name: are_same for name, (_, are_same) in found.items()} == dict.fromkeys(found, True)
    assert max(difference for difference, _ in found.values()) < 1e-12
    assert here.startswith("the rows of every rank fit; those of rank 1 do not: X")
    assert there in here
    assert diverged == diverged_there
    assert diverged.startswith("a cost must be finite: at epoch")


def are_refused_on_all(messages: dict[str, list[str]]) -> None:
    """Check that what one rank is asked for otherwise is refused on both, by its name."""
    names = {"net": "other parameters to start from", "checkpoint": "checkpoint: False there, True here"}
    for name, (here, there) in messages.items():
        assert here == there
        assert names.get(name, name) in here
        assert "rank 1" in here


def are_those_of_one_process_and_say_so(
    difference: float, are_same: bool, said: list[list[str]], ranks: int
) -> None:
    """Check that another number of ranks goes on from what two have kept, and that the first says what that means."""
    assert are_same
    assert difference < 1e-12
    assert [len(own) for own in said] == [1, *[0] * (ranks - 1)]
    assert f"a training of 2 ranks goes on with {ranks}" in said[0][0]


def test_shares_of_rows_are_all_rows_each_once() -> None:
    class Comm:
        size = 3

        def __init__(self, rank: int) -> None:
            self.rank = rank

    every = [np.arange(10)[rows_of_rank(10, Comm(rank))].tolist() for rank in range(3)]
    assert [row for share in every for row in share] == list(range(10))


class OfTwo:
    """What is asked of the ranks before they speak with each other."""

    size, rank = 2, 0


@pytest.mark.skipif(sys.platform == "win32", reason="no process is forked there")
def test_a_process_that_a_rank_forks_ends_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)  # put back in the end
    with _ending_all(OfTwo()):
        child = multiprocessing.get_context("fork").Process(target=sleep, args=(60,))
        child.start()
        child.terminate()
        child.join(30)
        child.kill()
    assert child.exitcode == -signal.SIGTERM


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe does not tell there what is left in it")
def test_what_a_rank_writes_is_read_before_it_ends_all() -> None:
    reading, writing = os.pipe()
    read: list[bytes] = []
    timer = Timer(0.3, lambda: read.append(os.read(reading, 100)))
    timer.start()
    with os.fdopen(writing, "w") as stream:
        stream.write("a disk that is gone")
        wait_until_read(stream, limit=60.0)
        assert not select([reading], [], [], 0.0)[0]  # nothing is left
    timer.join()
    assert read == [b"a disk that is gone"]
    os.close(reading)


class OfTwoThatEnds(OfTwo):
    """What ends all ranks, noted."""

    status: int | None = None

    def Abort(self, status: int) -> None:
        """Note the status."""
        self.status = status


class Broken(StringIO):
    """A stream that nobody reads any more."""

    def write(self, text: str) -> int:
        """Refuse as a pipe does whose reader is gone."""
        raise BrokenPipeError(f"nobody reads {text!r}")


def test_a_rank_that_can_write_nothing_ends_all(monkeypatch: pytest.MonkeyPatch) -> None:
    comm = OfTwoThatEnds()
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)  # put back in the end
    monkeypatch.setattr(sys, "stderr", Broken())
    with _ending_all(comm), pytest.raises(BrokenPipeError):
        sys.excepthook(OSError, OSError("a disk that is gone"), None)
    assert comm.status == 1
