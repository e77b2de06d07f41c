"""A folder of checkpoints is of one run, each record is whole, and nothing else is ever touched."""

from __future__ import annotations

import errno
import os
import pickle
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hassenet import Hierarchy, Network, activations
from hassenet.checkpoints import (
    CheckpointFolder,
    Codec,
    Identity,
    Interval,
    Later,
    Latest,
    Pace,
    Record,
    beginning,
    described,
    digest,
    discard,
    opened,
    together,
)
from hassenet.errors import CheckpointError, HassenetWarning, ParameterError
from hassenet.files import atomic
from hassenet.optimizers import Adam
from hassenet.schedules import Cosine
from hassenet.training.identity import of_network

RUN = Identity({"hassenet": "0.1.0", "data": digest(np.arange(3)), "seed": "0", "epochs": "5"})
NUMBERS = Codec(lambda x: Record(None, {"x": np.asarray(x)}), lambda record: record.arrays["x"].tolist())


def expected(is_warned: bool, words: str) -> Any:
    return pytest.warns(HassenetWarning, match=words) if is_warned else nullcontext()


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_record_comes_back_bit_by_bit_whatever_its_numbers_are(tmp_path):
    arrays = {
        "nan": np.array([np.nan, -0.0, np.inf, 5e-324]),
        "of one": np.float32(1.5),
        "nothing": np.zeros((0, 3), np.int8),
        "columns": np.arange(6.0).reshape(2, 3).T,
        "truth": np.array([True, False]),
    }
    value = {"costs": [0.1, float("inf"), float("nan")], "text": "å\n\ud800", "deep": [[None, True]]}
    with opened(tmp_path / "run", RUN) as folder:
        folder.write("a/b c", Record(value, arrays))
        found = folder.read("a/b c")
    assert repr(found.value) == repr(value)
    assert {name: (a.dtype, a.shape, a.tobytes()) for name, a in found.arrays.items()} == {
        name: (np.asarray(a).dtype, np.shape(a), np.asarray(a).tobytes()) for name, a in arrays.items()
    }


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"seed": "1"}, "seed: 0 there, 1 here"),
        ({"data": digest(np.arange(4))}, "other data"),
        ({"hassenet": "9"}, "hassenet: 0.1.0 there, 9 here"),
        ({"epochs": "6", "seed": "2"}, "seed: 0 there, 2 here; epochs: 5 there, 6 here"),
        ({"command": "fit"}, "command: none there, fit here"),
    ],
)
def test_the_folder_of_another_run_is_refused_with_what_is_different(tmp_path, changed, words):
    with opened(tmp_path, RUN) as folder:
        folder.write("state", Record(1))
    before = {name: (tmp_path / name).read_bytes() for name in names(tmp_path)}
    with pytest.raises(CheckpointError, match=words), opened(tmp_path, Identity({**RUN.parts, **changed})):
        pass
    assert {name: (tmp_path / name).read_bytes() for name in names(tmp_path)} == before
    with opened(tmp_path, RUN) as folder:
        assert folder.read("state").value == 1


def test_a_folder_serves_one_run_at_a_time(tmp_path):
    with (
        opened(tmp_path, RUN),
        pytest.raises(CheckpointError, match="another is at work"),
        opened(tmp_path, RUN),
    ):
        pass
    with opened(tmp_path, RUN):
        pass


@pytest.mark.parametrize("name", ["thesis.tex", "model.json", ".hidden", "a/b", "lock", "voice.record"])
def test_a_folder_with_anything_else_in_it_is_refused_and_left_as_it_is(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("years of work")
    with pytest.raises(CheckpointError, match="holds nothing else"), opened(tmp_path, RUN):
        pass
    assert names(tmp_path) == [name.split("/")[0]]


def test_a_link_in_place_of_the_lock_makes_no_file_elsewhere(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CheckpointError, match="holds nothing else"), opened(tmp_path / "run", RUN):
        pass
    assert names(tmp_path) == ["run"]


def test_what_came_into_a_folder_since_hinders_no_run_and_outlives_it(tmp_path):
    with opened(tmp_path, RUN) as folder:
        folder.write("state", Record(1))
    for name in (".DS_Store", "notes.txt", "voice.record"):
        (tmp_path / name).write_text("of somebody")
    with opened(tmp_path, RUN) as folder:
        assert folder.read("state").value == 1
    discard(tmp_path)
    assert names(tmp_path) == [".DS_Store", "notes.txt", "voice.record"]


def test_a_folder_that_cannot_be_read_now_keeps_its_records(tmp_path, monkeypatch):
    with opened(tmp_path, RUN) as folder:
        folder.write("state", Record(1))

    def broken(_: Path) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as disk:
        disk.setattr(Path, "read_bytes", broken)
        with pytest.raises(OSError, match=os.strerror(errno.EIO)), opened(tmp_path, RUN):
            pass
    with opened(tmp_path, RUN) as folder:
        assert folder.read("state").value == 1


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CheckpointError, match="is a file"), opened(tmp_path / "file", RUN):
        pass


class OfBytes:
    def __fspath__(self):
        return b"run"


@pytest.mark.parametrize("place", [3, "", b"run", True, OfBytes(), "a\0b", "\ud800"])
def test_what_is_not_a_path_is_not_a_folder_of_checkpoints(place):
    with pytest.raises(ParameterError, match="path of a folder"), opened(place, RUN):
        pass


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_place_that_may_not_be_written_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError, match="run"), opened(tmp_path / "run", RUN):
        pass


def test_a_place_below_a_file_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError, match="file/run"), opened(tmp_path / "file" / "run", RUN):
        pass


def test_records_without_what_says_whose_they_are_are_refused(tmp_path):
    with opened(tmp_path, RUN) as folder:
        folder.write("state", Record(1))
    head = next(tmp_path.glob("checkpoints-*"))
    genuine = head.read_bytes()
    head.write_bytes(genuine[:-1])
    with pytest.raises(CheckpointError, match="says whose they are"), opened(tmp_path, RUN):
        pass
    head.unlink()
    with pytest.raises(CheckpointError, match="says whose they are"), opened(tmp_path, RUN):
        pass


@pytest.mark.parametrize(
    "damaged",
    [
        lambda data: b"",
        lambda data: data[:40],
        lambda data: data[:-1],
        lambda data: data[:100] + bytes([data[100] ^ 1]) + data[101:],
        lambda data: data + b"\0",
    ],
)
def test_a_broken_record_is_left_out_with_a_warning_and_the_one_before_it_serves(tmp_path, damaged):
    with opened(tmp_path, RUN) as folder:
        states = Latest(folder)
        for epoch in range(3):
            states.keep(Record(epoch, {"x": np.arange(3.0)}))
        last = folder._file("state 0")
        last.write_bytes(damaged(last.read_bytes()))
        again = Latest(folder)
        with pytest.warns(HassenetWarning, match="left out"):
            assert again.found(Codec(Record, lambda record: record.value)) == 1
        again.keep(Record(7))
        assert Latest(folder).found(Codec(Record, lambda record: record.value)) == 7


def another(path: Path, kind: str) -> None:
    """Put something else than a file in the place of one."""
    path.unlink()
    {"folder": path.mkdir, "pipe": lambda: os.mkfifo(path), "link": lambda: path.symlink_to("nowhere")}[
        kind
    ]()


@pytest.mark.skipif(os.name == "nt", reason="there are no pipes with names")
@pytest.mark.parametrize("kind", ["folder", "pipe", "link"])
def test_what_has_the_name_of_a_record_and_is_not_a_file_is_never_read(tmp_path, kind):
    with opened(tmp_path, RUN) as folder:
        folder.write("state", Record(1))
        another(folder._file("state"), kind)
        with expected(kind != "link", "left out"):
            assert folder.read("state") is None
    another(folder._file("checkpoints"), kind)
    with pytest.raises(CheckpointError, match="whose they are|holds nothing else"), opened(tmp_path, RUN):
        pass


@pytest.mark.skipif(os.name == "nt", reason="there are no pipes with names")
@pytest.mark.parametrize("kind", ["folder", "link"])
def test_what_has_the_name_of_the_lock_and_is_not_a_file_is_refused(tmp_path, kind):
    with opened(tmp_path, RUN):
        another(tmp_path / "lock", kind)
    with pytest.raises(CheckpointError, match="lock is something else"), opened(tmp_path, RUN):
        pass


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "make room on the disk"),
        (errno.EROFS, "allow the folder to be written"),
        (errno.EFBIG, "allow larger files"),
        (errno.ENOENT, "see that the folder is there"),
    ],
)
def test_what_may_be_done_where_a_checkpoint_cannot_be_written_depends_on_why(
    tmp_path, monkeypatch, number, remedy
):
    def broken(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    with opened(tmp_path, RUN) as folder, monkeypatch.context() as disk:
        disk.setattr("os.replace", broken)
        with pytest.warns(HassenetWarning, match=f"{os.strerror(number)}.*{remedy}"):
            assert not folder.keep("state", Record(1))


def test_a_folder_goes_to_another_process_without_what_waits_here(tmp_path):
    with opened(tmp_path, RUN) as whole, together(whole) as folder:
        folder.put("here", Record(1))
        there = pickle.loads(pickle.dumps(folder.of_job("a")))
        there.put("there", Record(2))
        assert folder.of_job("a").read("there").value == 2
    with together(CheckpointFolder(tmp_path)) as folder:
        assert folder.taken("here", Codec(Record, lambda record: record.value)) == 1


def test_a_record_under_the_name_of_another_is_left_out(tmp_path):
    with opened(tmp_path, RUN) as folder:
        folder.write("a", Record(1))
        folder._file("b").write_bytes(folder._file("a").read_bytes())
        with pytest.warns(HassenetWarning, match="left out"):
            assert folder.read("b") is None


def test_a_job_is_done_once_and_again_only_where_its_record_is_not_understood(tmp_path):
    done: list[str] = []

    def job(name: str) -> list[float]:
        done.append(name)
        return [0.5, float(len(done))]

    for _ in range(2):
        with opened(tmp_path, RUN) as folder:
            assert folder.kept("one", lambda: job("one"), NUMBERS) == [0.5, 1.0]
            assert folder.part("one").kept("one", lambda: job("of a part"), NUMBERS) == [0.5, 2.0]
    assert done == ["one", "of a part"]
    with opened(tmp_path, RUN) as folder:
        folder.write("one", Record({"another": "form"}))
        with pytest.warns(HassenetWarning, match="computed again"):
            assert folder.kept("one", lambda: job("one"), NUMBERS) == [0.5, 3.0]


@pytest.mark.parametrize("step", ["write", "fsync", "chmod", "replace"])
def test_a_checkpoint_that_cannot_be_written_leaves_the_one_before_and_no_rubbish(
    tmp_path, monkeypatch, step
):
    with opened(tmp_path, RUN) as folder:
        folder.write("state", Record("before"))
        there = names(tmp_path)

        def full(*_: object, **__: object) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with monkeypatch.context() as broken:
            target = {"write": "hassenet.files.atomic._fill", "chmod": "hassenet.files.atomic.Path.chmod"}
            broken.setattr(target.get(step, f"os.{step}"), full)
            with pytest.warns(HassenetWarning, match="No space left"):
                assert not folder.keep("state", Record("after"))
        assert names(tmp_path) == there
        assert folder.read("state").value == "before"
        assert folder.keep("state", Record("after"))
        assert folder.read("state").value == "after"


def test_a_folder_that_cannot_be_begun_is_not_left_behind(tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space left"), opened(tmp_path / "run", RUN):
        pass
    assert names(tmp_path) == []


def test_the_names_of_folders_that_are_made_reach_the_disk(tmp_path, monkeypatch):
    written: list[Path] = []
    monkeypatch.setattr(atomic, "write_through_names", written.append)
    with opened(tmp_path / "studies" / "run", RUN):
        assert {tmp_path, tmp_path / "studies", tmp_path / "studies" / "run"} == set(written)


def test_what_a_killed_run_was_writing_is_swept_and_a_finished_run_takes_all_away(tmp_path):
    with opened(tmp_path / "run", RUN) as folder:
        folder.write("state", Record(1))
        before = names(folder.path)
    (tmp_path / "run" / ".state-0123.record.hassenet-01234567-abc.part").write_bytes(b"half")
    with opened(tmp_path / "run", RUN):
        assert names(tmp_path / "run") == before
    discard(tmp_path / "run")
    assert names(tmp_path) == []


def test_a_description_is_of_what_a_value_is_made_of():
    assert described(Adam(Cosine(0.1))) == described(Adam(Cosine(0.1))) != described(Adam(Cosine(0.2)))
    big = np.zeros(10_000)
    other = big.copy()
    other[5000] = 1e-12
    assert described({"a": [big]}) != described({"a": [other]})
    assert described(object()) == described(object())
    assert described({"b", "a"}) == described({"a", "b"})


SOURCES = [
    "f = lambda x: x + 1",
    "f = lambda x: x + 2",
    "f = lambda x: x - 1",
    "f = lambda x, by=1: x + by",
    "f = lambda x: x in {1, 'a'}",
    "def f(x):\n    return [x + one for one in (1, 2)]",
    "f = (lambda by: lambda x: x + by)(1)",
    "f = (lambda by: lambda x: x + by)(2)",
    "f = (lambda by: lambda x: x + by)([1, 2])",
    "f = (lambda by: lambda x: x + by)({1, 2})",
    "import numpy as np\nf = (lambda by: lambda x: x + by)(np.float32(1))",
    "import numpy as np\nf = (lambda by: lambda x: x + by)(np.zeros((2, 3)))",
    "import numpy as np\nf = (lambda by: lambda x: x + by)(np.zeros((3, 2)))",
    "import numpy as np\nf = (lambda by: lambda x: x + by)([np.arange(5_000)])",
    "import numpy as np\nf = (lambda by: lambda x: x + by)([np.arange(5_000) - (np.arange(5_000) == 2_500)])",
    "import numpy as np\ndef f(x, by=np.arange(5_000)):\n    return x + by",
    "import numpy as np\ndef f(x, by=np.arange(5_000) - (np.arange(5_000) == 2_500)):\n    return x + by",
    "from functools import partial\nf = (lambda by: lambda x: by(x))(partial(pow, 2))",
    "from functools import partial\nf = (lambda by: lambda x: by(x))(partial(pow, 3))",
    "class f:\n    def __call__(self, x):\n        return x + 1",
    "class f:\n    def __call__(self, x):\n        return x + 2",
    "class f:\n    @property\n    def rate(self):\n        return 1",
    "class f:\n    rate = 1",
    "class f:\n    rate = 2",
    *(
        source.format(rate)
        for rate in (1, 2)
        for source in (
            "from hassenet import SGD\nf = (lambda by: lambda x: by)(SGD({}))",
            "from hassenet import SGD\nf = SGD({}).step",
            "from hassenet import SGD\nf = (lambda by: lambda x: by(x))(SGD({}).step)",
            "f = dict(a={}).get",
            "from functools import cache\n@cache\ndef f(x):\n    return x + {}",
            "from functools import wraps\n@wraps(lambda x: x + {})\ndef f(x):\n    return x",
            "from numpy import vectorize\nf = vectorize(lambda x: x + {})",
            "from sklearn.metrics import make_scorer\nf = make_scorer(lambda x, y: x + {})",
            "from enum import Enum\nf = (lambda by: lambda x: by)(Enum('Way', 'one two')({}))",
            "from functools import cached_property as of\nclass f:\n    @of\n    def a(self):\n        return {}",
        )
    ),
]


def of_source(source):
    """Return what a user's module of one name makes of a source."""
    namespace = {"__name__": "mine"}
    exec(source, namespace)
    return namespace["f"]


def test_functions_and_classes_of_one_name_are_told_apart_by_what_they_do():
    found = {described(of_source(source)) for source in SOURCES}
    assert len(found) == len(SOURCES)
    assert found == {described(of_source("\n\n" + source)) for source in SOURCES}  # wherever they stand
    instances = [described(of_source(source)()) for source in SOURCES if source.startswith("class")]
    assert len(set(instances)) == len(instances) == 5


def test_a_function_that_closes_over_itself_has_a_description():
    assert described(of_source("def made():\n    def f():\n        return f\n    return f\nf = made()"))
    assert described(of_source("class f:\n    a = []\n    a.append(a)"))
    assert described(of_source("def made():\n    a = []\n    a.append(a)\n    return lambda: a\nf = made()"))


def test_an_activation_of_a_user_is_known_by_its_code():
    def network(source):
        hidden = activations.own("bump", of_source(source), lambda s, x: np.ones_like(s))
        return Network(Hierarchy.complete(2, 3, 1), hidden=hidden)

    one, other = (of_network(network(f"f = lambda s: s + {k}")) for k in (1, 2))
    assert one != other


def test_a_digest_does_not_depend_on_how_an_array_lies():
    from scipy.sparse import csr_array

    x = np.arange(12.0).reshape(3, 4)
    assert digest(x) == digest(np.asfortranarray(x)) == digest(np.repeat(x, 2, 0)[::2])
    different = [x, x.T, x.astype("f4"), x.ravel(), csr_array(x), np.float64(1)]
    assert len({digest(one) for one in different}) == len(different)
    assert digest(np.array(["a", "b"])) != digest(np.array(["a", "c"]))


class Clock:
    """A time that goes on only by what is done in it."""

    def __init__(self, monkeypatch):
        self.now = 0.0
        monkeypatch.setattr("hassenet.checkpoints.pace.perf_counter", lambda: self.now)

    def share_of_writing(self, pace, work, took):
        """Return which share of a run takes writing, and the longest time in it without a checkpoint."""
        pace.since, written, last, longest = self.now, 0.0, self.now, 0.0
        began = self.now
        for _ in range(6000):
            if pace.is_due:
                longest = max(longest, self.now - last)
                with pace.counted():
                    self.now += took
                pace.begin()
                written, last = written + took, self.now
            self.now += work
        return written / (self.now - began), longest


@pytest.mark.parametrize("every", [0.0, 0.001, 1.0, None])
@pytest.mark.parametrize("took", [0.001, 0.05, 2.0])
def test_writing_takes_a_hundredth_of_the_time_and_where_an_interval_is_asked_for_a_fifth_of_it(
    monkeypatch, every, took
):
    share, longest = Clock(monkeypatch).share_of_writing(
        Pace(Interval.of(every).sparing), 0.01 + took / 9, took
    )
    assert share <= (0.01 if every is None else 0.2)
    least = 10.0 if every is None else every
    assert longest <= max(least, took * (99 if every is None else 4), 0.08) + 0.01 + took / 9 + 1e-9


@pytest.mark.parametrize("took", [0.001, 0.05, 2.0])
def test_a_training_alone_keeps_to_its_interval_whatever_that_costs(monkeypatch, took):
    _, longest = Clock(monkeypatch).share_of_writing(Pace(Interval.of(0.1)), 0.01, took)
    assert longest <= 0.11 + 1e-9


def test_results_that_wait_and_jobs_under_way_share_an_interval():
    for every in (None, 3.0):
        whole = Interval.of(every)
        assert whole.of_results.seconds + whole.of_jobs.seconds == whole.seconds
        inner = whole.of_jobs
        parts = [whole.of_results.seconds, inner.of_results.seconds, inner.of_jobs.seconds]
        assert sum(parts) == whole.seconds


def test_what_waits_takes_a_limited_amount_of_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("hassenet.checkpoints.waiting._MOST_BYTES", 100)
    Clock(monkeypatch)
    with opened(tmp_path, RUN) as folder, together(folder) as begun:
        for k in range(3):
            begun.put(f"run {k}", Record(k, {"x": np.zeros(8)}))
        assert [one.record.value for one in begun.waiting.ones] == [2]
        assert len(list(tmp_path.glob("together-*"))) == 1


def test_a_name_is_made_only_where_there_is_something_to_find_or_to_write(tmp_path):
    made = []
    name = Later(lambda: made.append("digest") or "digest")
    with opened(tmp_path, RUN) as folder:
        job = beginning(folder.of_job("job")).part(name)
        assert Latest(job).found(NUMBERS) is None
        assert job.taken("end", NUMBERS) is None
        assert not job.holds("anything")
        assert not made
        job.write("state 0", Record(None))
        assert made == ["digest"]
        assert beginning(folder.of_job("job")).part("digest").holds("state 0")
