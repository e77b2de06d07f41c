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
from hassenet.checkpoints import CheckpointFolder, Identity, opened
from hassenet.errors import CheckpointError, HassenetWarning, ParameterError
from hassenet.estimators import NetworkClassifier
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import BinaryCrossEntropy
from hassenet.selection import Problem, Search, Setting
from hassenet.stability.jobs import seeds
from hassenet.task.task import Task

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
pytestmark = pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
every_study = pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.__name__)
of_processes = pytest.mark.parametrize(
    "study", [s for s in STUDIES if s is not settings], ids=lambda s: s.__name__
)


@pytest.fixture(scope="module")
def whole():
    """What each study finds without checkpoints, computed once."""
    return {study: study() for study in STUDIES}


@pytest.fixture
def written(monkeypatch):
    """The names of the records that were written; the one of the number in ``last`` is the last before the end."""
    found, as_ever = Written(), CheckpointFolder.write

    def write(folder, name, record):
        as_ever(folder, name, record)
        found.append(name)
        if len(found) == found.last:
            raise Killed

    monkeypatch.setattr(CheckpointFolder, "write", write)
    return found


class Written(list):
    last = None


class Killed(BaseException):
    """What nothing on the way waits for."""


def same(one, other):
    return len(one) == len(other) and all(a.tobytes() == b.tobytes() for a, b in zip(one, other, strict=True))


@every_study
def test_a_study_that_was_ended_computes_what_is_missing_and_ends_with_the_same_bits(
    study, whole, written, tmp_path
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


@of_processes
def test_a_study_begun_with_one_job_goes_on_with_several_and_ends_with_the_same_bits(
    study, whole, written, tmp_path
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


def test_what_is_done_first_is_kept_first(written, tmp_path):
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


def test_more_of_the_same_goes_on_from_what_there_is(written, tmp_path):
    fewer = partial(stability.element_power, BARE, X, y, folds=3, checkpoint=tmp_path / "powers")
    fewer(draws=1)
    written.clear()
    more = fewer(draws=2)
    assert len(written) == 1
    assert same([more.power, more.null], [powers()[0], powers()[3]])
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


def test_a_record_with_a_bit_that_changed_is_computed_again(whole, written, tmp_path):
    runs(checkpoint=tmp_path)
    record = next(tmp_path.glob("run-2*"))
    data = bytearray(record.read_bytes())
    data[-1] ^= 1
    record.write_bytes(data)
    written.clear()
    with pytest.warns(HassenetWarning, match="run 2, a record is whole"):
        assert same(runs(checkpoint=tmp_path), whole[runs])
    assert written == ["run 2"]


def test_a_full_disk_ends_nothing(whole, tmp_path, monkeypatch):
    as_ever = CheckpointFolder.write

    def full(folder, name, record):
        if name == "run 2":
            raise OSError(28, "No space left on device")
        as_ever(folder, name, record)

    monkeypatch.setattr(CheckpointFolder, "write", full)
    with pytest.warns(HassenetWarning, match="could not be written"):
        assert same(runs(checkpoint=tmp_path), whole[runs])
    monkeypatch.setattr(CheckpointFolder, "write", as_ever)
    assert same(runs(checkpoint=tmp_path), whole[runs])


def test_scores_of_elements_that_the_hierarchy_does_not_have_cannot_be_kept(tmp_path):
    def train(H, X, Y, seed):
        return least_squares(Hierarchy.complete(4, 1, names=[list("abcd"), ["y"]]), X, Y, seed)

    with pytest.raises(ParameterError, match="by the elements of the hierarchy; a network has 'a'"):
        stability.stability(train, FLAT, X, y, runs=2, checkpoint=tmp_path)


KILLED = """
import os, signal, sys
sys.path.insert(0, {tests!r})
from test_studies_go_on_where_they_were_killed import runs
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
