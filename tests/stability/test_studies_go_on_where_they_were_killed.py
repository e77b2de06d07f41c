"""A study that was ended at any moment goes on from its checkpoints, and ends with the bits of one that never was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from time import monotonic, sleep

import joblib
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from hassenet import explain, protocol, stability
from hassenet.checkpoints import CheckpointFolder, Identity, Record, opened
from hassenet.errors import CheckpointError, HassenetWarning, ParameterError
from hassenet.estimators import NetworkClassifier
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import BinaryCrossEntropy
from hassenet.selection import Problem, Search, Setting
from hassenet.stability.jobs import seeds
from hassenet.task.task import Task
from hassenet.training.results import InFolder

sys.path.insert(0, str(Path(__file__).parent))

from problems import least_squares

COVERS = [(f"x{j}", f"g{j // 2}") for j in range(4)]
BARE = Hierarchy.from_covers(COVERS)
H = BARE.crown(["y"])
X = np.random.default_rng(0).standard_normal((40, 4))
y = (X[:, 0] + X[:, 1] > 0).astype(int)
RECIPE = stability.Recipe("tanh", "sigmoid", options={"epochs": 2, "batch_size": 16})
TRIED = (Setting(0.01, 2), Setting(0.1), Setting(1.0))
FLAT = Hierarchy.complete(4, 1)


def of_network(H, seed):
    return NetworkClassifier(hierarchy=H, activation="tanh", max_iter=2, random_state=seed)


def runs(**options):
    found = stability.stability(RECIPE, H, X, y, runs=3, **options)
    return [found.scores, found.held_out]


def draws(**options):
    found = stability.null_scores(RECIPE, H, X, y, stability.rewired_covers, draws=2, **options)
    return [found.observed, found.null]


def twins(**options):
    found = stability.twins(RECIPE, H, X, y, runs=1, **options)
    return [
        found.hierarchy,
        found.rewired,
        found.complete,
        np.array([size.parameters for size in found.sizes]),
    ]


def powers(**options):
    found = stability.element_power(BARE, X, y, folds=3, draws=2, **options)
    return [found.power, found.low, found.local, found.null]


def comparison(**options):
    others = {"linear model": LogisticRegression()}
    found = protocol.compare(BARE, X, y, network=of_network, others=others, folds=2, repeats=1, **options)
    return [found.values]


def settings(n_jobs=1, settings=TRIED, **options):
    labels = y[:, None].astype("float32")
    problem = Problem(BARE, Task(("y",), BinaryCrossEntropy()), X.astype("float32"), labels, y)
    search = Search(settings=settings, folds=3, members=3, steps=3, n_jobs=n_jobs, **options)
    found = search.run(problem)
    return [*(net.theta for net in found.ensemble), found.ensemble.weights, found.out_of_fold]


# Each with the number of its jobs; of the settings one is given up after two of three folds.
STUDIES = {runs: 3, draws: 3, twins: 3, powers: 3, comparison: 8, settings: 5}
pytestmark = [
    pytest.mark.filterwarnings("ignore:Stochastic Optimizer"),
    pytest.mark.usefixtures("no_time_passes"),
]
every_study = pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.__name__)
of_processes = pytest.mark.parametrize(
    "study", [s for s in STUDIES if s is not settings], ids=lambda s: s.__name__
)


@pytest.fixture(scope="module")
def whole():
    """What each study finds without checkpoints, computed once."""
    return {study: study() for study in STUDIES}


@pytest.fixture
def at_once(monkeypatch):
    """Let no result wait for others."""
    monkeypatch.setattr("hassenet.checkpoints.waiting._MOST_BYTES", -1)


@pytest.fixture
def written(monkeypatch):
    """What the records are of that were written; at the number in ``last`` the run ends."""
    found, as_ever = Written(), CheckpointFolder.write

    def write(folder, name, record):
        as_ever(folder, name, record)
        jobs = [one.removesuffix("/result") for one, _ in record.value] if "together" in name else [name]
        found.extend(jobs)
        found.files += 1
        if found.last is not None and len(found) >= found.last:
            raise Killed

    monkeypatch.setattr(CheckpointFolder, "write", write)
    return found


class Written(list):
    last, files = None, 0


class Killed(BaseException):
    """What nothing on the way waits for."""


def same(one, other):
    return len(one) == len(other) and all(a.tobytes() == b.tobytes() for a, b in zip(one, other, strict=True))


@every_study
def test_a_study_that_was_ended_computes_what_is_missing_and_ends_with_the_same_bits(
    study, whole, written, at_once, tmp_path
):
    written.last = 3  # whose the folder is, and two jobs
    with pytest.raises(Killed):
        study(checkpoint=tmp_path / "kept")
    written.clear()
    written.last = None
    assert same(study(checkpoint=tmp_path / "kept"), whole[study])
    assert len(written) == STUDIES[study] - 2
    written.clear()
    assert same(study(checkpoint=tmp_path / "kept"), whole[study])
    assert not written
    assert {entry.suffix for entry in (tmp_path / "kept").iterdir()} == {"", ".record"}


@pytest.mark.parametrize("study", [runs, comparison, settings], ids=lambda study: study.__name__)
def test_results_wait_and_are_written_together_in_the_end(study, whole, written, tmp_path):
    assert same(study(checkpoint=tmp_path), whole[study])
    assert len(written) == 1 + STUDIES[study]
    assert written.files == 2  # whose the folder is, and all jobs


class EndedError(Exception):
    """What goes wrong in a job."""


def ends(how, done):
    """Return a training that ends its study in the third run, when the others are done."""
    seeds_of_runs = seeds("stability", 0, 3)

    def train(H, X, Y, seed):
        end = monotonic() + 20
        while seed == seeds_of_runs[2] and len(done) < 2 and monotonic() < end:
            sleep(0.001)
        if seed == seeds_of_runs[2]:
            how()
        return least_squares(H, X, Y, seed)

    return train


def fails():
    raise EndedError


def presses_ctrl_c():
    raise KeyboardInterrupt


def is_asked_to_end():
    os.kill(os.getpid(), signal.SIGTERM)
    sleep(5)


@pytest.mark.parametrize(
    ("how", "n_jobs"),
    [(fails, 1), (fails, 2), (presses_ctrl_c, 1), (presses_ctrl_c, 2), (is_asked_to_end, 1)],
)
def test_however_a_study_ends_but_by_a_kill_what_was_done_is_kept(
    how, n_jobs, written, tmp_path, monkeypatch
):
    done, as_ever = [], InFolder.put
    monkeypatch.setattr(InFolder, "put", lambda *arguments: done.append(as_ever(*arguments)))
    before = signal.getsignal(signal.SIGTERM)
    with joblib.parallel_config(backend="threading"), pytest.raises((EndedError, KeyboardInterrupt)):
        stability.stability(ends(how, done), FLAT, X, y, runs=3, n_jobs=n_jobs, checkpoint=tmp_path)
    assert signal.getsignal(signal.SIGTERM) is before
    assert sorted(written[1:]) == ["run 1", "run 2"]


@of_processes
def test_a_study_begun_with_one_job_goes_on_with_several_and_ends_with_the_same_bits(
    study, whole, written, at_once, tmp_path
):
    written.last = 2
    with pytest.raises(Killed):
        study(checkpoint=tmp_path)
    written.last = None
    with joblib.parallel_config(backend="threading", n_jobs=2):
        assert same(study(checkpoint=tmp_path, n_jobs=2), whole[study])


def test_processes_hand_what_they_did_to_the_one_that_keeps_it(whole, written, tmp_path):
    assert same(runs(checkpoint=tmp_path, n_jobs=2), whole[runs])
    assert sorted(written[1:]) == ["run 1", "run 2", "run 3"]


def test_a_backend_that_gives_all_at_the_end_is_handed_as_many_as_it_has_processes(whole, written, tmp_path):
    with joblib.parallel_config(backend="multiprocessing", n_jobs=2):
        assert same(runs(checkpoint=tmp_path, n_jobs=2), whole[runs])
    assert len(written) == 4


def test_what_is_done_first_is_kept_first(written, at_once, tmp_path):
    with joblib.parallel_config(backend="threading", n_jobs=2):
        found = stability.stability(Waiting(written), FLAT, X, y, runs=2, n_jobs=2, checkpoint=tmp_path)
    assert written[1:] == ["run 2", "run 1"]
    assert same([found.scores], [stability.stability(least_squares, FLAT, X, y, runs=2).scores])


class Waiting:
    """A training whose first run waits until the second one is kept."""

    def __init__(self, written):
        self.written, self.first = written, seeds("stability", 0, 1)[0]

    def __call__(self, H, X, Y, seed):
        end = monotonic() + 20 * (seed == self.first)
        while "run 2" not in self.written and monotonic() < end:
            sleep(0.001)
        return least_squares(H, X, Y, seed)


def test_the_progress_bar_begins_where_it_stood(written, tmp_path, capsys):
    stability.stability(least_squares, FLAT, X, y, runs=2, checkpoint=tmp_path)
    stability.stability(least_squares, FLAT, X, y, runs=3, checkpoint=tmp_path, progress=True)
    said = capsys.readouterr().err
    assert "2/3" in said
    assert "0/3" not in said


def test_more_of_the_same_goes_on_from_what_there_is(whole, written, tmp_path):
    fewer = partial(stability.element_power, BARE, X, y, folds=3, checkpoint=tmp_path / "powers")
    fewer(draws=1)
    written.clear()
    more = fewer(draws=2)
    assert len(written) == 1
    assert same([more.power, more.null], [whole[powers][0], whole[powers][3]])
    for study, wish, first, then in (
        (stability.stability, "runs", 2, 4),
        (stability.null_scores, "draws", 1, 3),
    ):
        kept = tmp_path / wish
        study(least_squares, FLAT, X, y, checkpoint=kept, **{wish: first})
        written.clear()
        study(least_squares, FLAT, X, y, checkpoint=kept, **{wish: then})
        assert len(written) == 2
    settings(settings=TRIED[1:], checkpoint=tmp_path / "settings")
    written.clear()
    settings(checkpoint=tmp_path / "settings")
    assert all("neurons=2" in name for name in written)


def test_another_run_than_that_of_the_folder_is_refused_with_what_differs(tmp_path):
    study = partial(stability.stability, runs=2, checkpoint=tmp_path)
    study(least_squares, FLAT, X, y)
    others = {
        "other data": lambda: study(least_squares, FLAT, X + 1, y),
        "data": lambda: study(least_squares, FLAT, X, y, sample_weight=np.arange(40) + 1.0),
        "other hierarchy": lambda: study(least_squares, Hierarchy.complete(4, 2), X, np.eye(2)[y]),
        "seed: 0 there, 1 here": lambda: study(least_squares, FLAT, X, y, seed=1),
        "statistic: .*share there, .*magnitude here": lambda: study(
            least_squares, FLAT, X, y, statistic=stability.magnitude
        ),
        r"resampling: Bootstrap\(\) there, Whole\(\) here": lambda: study(
            least_squares, FLAT, X, y, resampling=stability.Whole()
        ),
        "train: .*least_squares there, none here; hidden: none there, 'tanh' here": lambda: study(
            RECIPE, FLAT, X, y
        ),
        "study: stability there, twins here": lambda: twins(checkpoint=tmp_path),
        "study: stability there, element power here": lambda: powers(checkpoint=tmp_path),
        "study: stability there, comparison here": lambda: comparison(checkpoint=tmp_path),
        "study: stability there, choice of settings here": lambda: settings(checkpoint=tmp_path),
    }
    for what, call in others.items():
        with pytest.raises(CheckpointError, match=f"goes on from its own checkpoints; .*{what}"):
            call()


def test_another_version_or_engine_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("hassenet.training.identity.__version__", "9.8")
    stability.twins(least_squares, FLAT, X, y, runs=1, checkpoint=tmp_path)
    monkeypatch.setattr("hassenet.training.identity.__version__", "9.9")
    with pytest.raises(CheckpointError, match=r"hassenet: 9\.8 there, 9\.9 here"):
        stability.twins(least_squares, FLAT, X, y, runs=1, checkpoint=tmp_path)
    monkeypatch.undo()
    of_engine(None, tmp_path / "engines")
    with pytest.raises(CheckpointError, match="engine of the trainings: None there, 'reference' here"):
        of_engine("reference", tmp_path / "engines")


def of_engine(engine, folder):
    recipe = stability.Recipe("tanh", options={"epochs": 1, "engine": engine})
    stability.twins(recipe, FLAT, X, y, runs=1, checkpoint=folder)


def test_a_record_with_a_bit_that_changed_is_computed_again(whole, written, at_once, tmp_path):
    runs(checkpoint=tmp_path)
    record = next(tmp_path.glob("together-1*"))
    data = bytearray(record.read_bytes())
    data[-1] ^= 1
    record.write_bytes(data)
    written.clear()
    with pytest.warns(HassenetWarning, match="together 1, a record is whole"):
        assert same(runs(checkpoint=tmp_path), whole[runs])
    assert written == ["run 2"]
    assert same(runs(checkpoint=tmp_path), whole[runs])  # it was written in the place of the broken one


@every_study
def test_a_record_that_is_whole_and_of_something_else_is_computed_again(study, whole, written, tmp_path):
    study(checkpoint=tmp_path)
    with opened(tmp_path, Identity(identity_of(tmp_path))) as folder:
        of_jobs = folder.read("together 0")
        other = [[[0.1, 0, 0.0, "silu"], 1], "a"]
        arrays = {"0 elements": np.arange(3), "0 theta 0": np.ones(2)}
        kept = {name: array for name, array in of_jobs.arrays.items() if not name.startswith("0 ")}
        values = [[of_jobs.value[0][0], other], *of_jobs.value[1:]]
        folder.write("together 0", Record(values, kept | arrays))
    changed = written[1]
    written.clear()
    with pytest.warns(HassenetWarning, match="is left out, and what it held is computed again"):
        assert same(study(checkpoint=tmp_path), whole[study])
    assert written == [changed]


@pytest.mark.parametrize("other", [3, [], ["run 1/result"], [["run 1/result", 1], [[], {}]]], ids=repr)
def test_what_stands_in_place_of_records_together_is_left_out(other, whole, tmp_path):
    runs(checkpoint=tmp_path)
    with opened(tmp_path, Identity(identity_of(tmp_path))) as folder:
        folder.write("together 0", Record(other, {"7 x": np.ones(1), "x": np.ones(2)}))
    with pytest.warns(HassenetWarning, match="is left out, and what it held is computed again"):
        assert same(runs(checkpoint=tmp_path), whole[runs])


def identity_of(folder):
    return CheckpointFolder(folder).read("checkpoints").value


@pytest.mark.parametrize("until", [2, 10**6])
def test_a_full_disk_ends_nothing_and_what_could_not_be_written_waits(
    until, whole, written, at_once, tmp_path, monkeypatch
):
    as_now, tried = CheckpointFolder.write, []

    def full(folder, name, record):
        tried.append(name)
        if 1 < len(tried) <= 1 + until:
            raise OSError(28, "No space left on device")
        as_now(folder, name, record)

    monkeypatch.setattr(CheckpointFolder, "write", full)
    with pytest.warns(HassenetWarning, match="could not be written"):
        assert same(runs(checkpoint=tmp_path), whole[runs])
    assert written[1:] == (["run 1", "run 2", "run 3"] if until == 2 else [])
    monkeypatch.setattr(CheckpointFolder, "write", as_now)
    assert same(runs(checkpoint=tmp_path), whole[runs])


def test_scores_of_elements_that_the_hierarchy_does_not_have_cannot_be_kept(tmp_path):
    def train(H, X, Y, seed):
        return least_squares(Hierarchy.complete(4, 1, names=[list("abcd"), ["y"]]), X, Y, seed)

    with pytest.raises(ParameterError, match="by the elements of the hierarchy; a network has 'a'"):
        stability.stability(train, FLAT, X, y, runs=2, checkpoint=tmp_path)


KILLED = """
import os, signal, sys
sys.path.insert(0, {tests!r})
from hassenet.checkpoints import Pace, waiting
from hassenet.training import checkpoints
from test_studies_go_on_where_they_were_killed import runs
waiting._MOST_BYTES, Pace.is_due, checkpoints._A_WHILE = -1, False, 1e9
as_ever, calls = os.replace, []
def replace(*names):
    calls.append(names)
    if len(calls) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    as_ever(*names)
os.replace = replace
runs(checkpoint={folder!r})
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is SIGKILL where there are such signals")
def test_a_study_killed_while_it_writes_goes_on_and_leaves_nothing_behind(whole, written, tmp_path):
    code = KILLED.format(tests=str(Path(__file__).parent), folder=str(tmp_path))
    ended = subprocess.run([sys.executable, "-c", code], env=os.environ, check=False, capture_output=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert len(list(tmp_path.glob("*.record"))) == 2
    assert same(runs(checkpoint=tmp_path), whole[runs])
    assert len(written) == STUDIES[runs] - 1
    assert not list(tmp_path.glob(".*"))


FORKED = """
import os, signal, sys, time
from hassenet.checkpoints import Identity, opened
begun, tell = os.pipe()
with opened({folder!r}, Identity({{}})):
    if os.fork() == 0:
        os.write(tell, b"1")
        time.sleep(30)
    os.read(begun, 1)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked where there is fork")
def test_a_process_that_was_forked_does_not_hold_the_folder_of_one_that_was_killed(tmp_path):
    code = FORKED.format(folder=str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", code], start_new_session=True) as ended:
        try:
            assert ended.wait() == -signal.SIGKILL
            with opened(tmp_path, Identity({})) as folder:
                assert folder.read("anything") is None
        finally:
            os.killpg(ended.pid, signal.SIGKILL)


def test_explanations_of_neurons_side_by_side_are_kept_by_their_elements(tmp_path):
    from hassenet.shaping import widen

    wide = widen(H, 2).hierarchy
    study = partial(stability.stability, RECIPE, wide, X, y, explain=explain.gradient_times_feature, runs=2)
    assert study(checkpoint=tmp_path).elements == study(checkpoint=tmp_path).elements == study().elements
