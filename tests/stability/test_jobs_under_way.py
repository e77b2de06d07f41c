"""A training of a study that was killed goes on from its last checkpoint, and not from its beginning."""

from __future__ import annotations

from dataclasses import replace
from errno import ENOSPC

import numpy as np
import pytest

from hassenet import protocol, stability
from hassenet.checkpoints import (
    CheckpointFolder,
    Codec,
    Identity,
    Interval,
    Record,
    flush,
    opened,
    together,
)
from hassenet.errors import CheckpointError, ParameterError
from hassenet.estimators import HierarchyClassifier, NetworkClassifier
from hassenet.hierarchy import Hierarchy
from hassenet.selection import Setting
from hassenet.training.descent import Descent
from hassenet.training.results import InFolder
from hassenet.training.under_way import kept_in

BARE = Hierarchy.from_covers([(f"x{j}", f"g{j // 2}") for j in range(4)])
X = np.random.default_rng(0).standard_normal((40, 4))
y = (X[:, 0] + X[:, 1] > 0).astype(int)
SETTINGS = (Setting(0.1), Setting(1.0))
pytestmark = pytest.mark.filterwarnings("ignore:Stochastic Optimizer")


def runs(**options):
    recipe = stability.Recipe("tanh", "sigmoid", options={"epochs": 6, "batch_size": 16})
    return stability.stability(recipe, BARE.crown(["y"]), X, y, runs=2, **options).scores


def one(H, seed):
    return NetworkClassifier(hierarchy=H, max_iter=4, random_state=seed)


def comparison(**options):
    return protocol.compare(BARE, X, y, network=one, others={}, folds=2, repeats=1, **options).values


def job_of(estimator):
    """Return a study of one job, in which an estimator is fitted."""

    def study(checkpoint=None, every=None):
        if checkpoint is None:
            return estimator.fit(X, y).predict_proba(X)
        with opened(checkpoint, Identity({})) as folder:
            job = replace(folder, interval=Interval.of(every)).of_job("job")
            with kept_in(job):
                found = estimator.fit(X, y).predict_proba(X)
            job.clear()
        return found

    return study


STUDIES = {
    "runs": runs,
    "comparison": comparison,
    "settings": job_of(
        HierarchyClassifier(BARE, folds=2, members=2, settings=SETTINGS, steps=6, random_state=0)
    ),
    "L-BFGS": job_of(NetworkClassifier(hierarchy=BARE, solver="lbfgs", tol=0.01, random_state=0)),
}


class Killed(BaseException):
    """What nothing on the way waits for."""


class Counted:
    """The epochs that are computed, and the records of jobs under way; the run ends when there are so many."""

    epochs, under_way, last = 0, 0, None

    def epoch(self, as_ever):
        def run(descent, *arguments):
            self.epochs += 1
            return as_ever(descent, *arguments)

        return run

    def write(self, as_ever):
        def run(folder, name, record):
            as_ever(folder, name, record)
            self.under_way += bool(folder.job)
            if self.under_way == self.last:
                raise Killed

        return run


@pytest.fixture
def at_once(monkeypatch):
    """Let every=0 be kept to, whatever it costs."""
    monkeypatch.setattr(Interval, "sparing", property(lambda interval: interval))


@pytest.fixture
def counted(monkeypatch):
    found = Counted()
    monkeypatch.setattr(Descent, "_epoch", found.epoch(Descent._epoch))
    monkeypatch.setattr(CheckpointFolder, "write", found.write(CheckpointFolder.write))
    return found


@pytest.mark.parametrize("name", STUDIES)
def test_a_job_that_was_ended_goes_on_from_its_last_checkpoint_to_the_same_bits(
    name, counted, at_once, tmp_path
):
    study = STUDIES[name]
    whole, epochs = study(), counted.epochs
    counted.epochs, counted.last = 0, 2
    with pytest.raises(Killed):
        study(checkpoint=tmp_path, every=0)
    assert list(tmp_path.glob("under-way-*"))
    counted.last = None
    assert study(checkpoint=tmp_path, every=0).tobytes() == whole.tobytes()
    assert counted.epochs <= epochs + 1  # one is begun twice
    assert not list(tmp_path.glob("under-way-*"))


def ends(*_):
    return True


@pytest.mark.parametrize(
    "another",
    [
        {"hierarchy": Hierarchy.from_covers([(f"x{j}", f"g{j % 2}") for j in range(4)])},
        {"callbacks": [ends]},
        {"engine": "reference"},
    ],
    ids=lambda one: next(iter(one)),
)
def test_trainings_of_one_job_that_differ_in_one_thing_do_not_go_on_from_one_another(tmp_path, another):
    class Both:
        def fit(self, X, y):
            options = {"hierarchy": BARE, "max_iter": 4, "random_state": 0, "engine": "native"}
            both = [NetworkClassifier(**one) for one in (options | another, options)]
            self.fitted = [one.fit(X, y) for one in both]
            return self

        def predict_proba(self, X):
            return np.stack([one.predict_proba(X) for one in self.fitted])

    study = job_of(Both())
    assert study(checkpoint=tmp_path, every=0).tobytes() == study().tobytes()


@pytest.mark.usefixtures("no_time_passes")
@pytest.mark.filterwarnings("ignore:a checkpoint could not be written:hassenet.errors.HassenetWarning")
def test_what_is_under_way_stays_where_the_result_of_its_job_could_not_be_written(tmp_path, monkeypatch):
    with opened(tmp_path, Identity({})) as folder, together(folder) as folder:
        results = InFolder(folder, ["job"], NUMBERS)
        results.place(0).write("state", Record("half"))
        results.put(0, np.ones(1))
        with monkeypatch.context() as full:
            full.setattr("hassenet.checkpoints.folder.write_atomically", no_room)
            flush(folder)
        assert results.place(0).read("state").value == "half"
        flush(folder)
        assert results.place(0).read("state") is None


def test_what_a_job_had_under_way_goes_also_where_a_kill_came_in_between(tmp_path):
    with opened(tmp_path, Identity({})) as folder:
        with together(folder) as run:
            InFolder(run, ["job", "other"], NUMBERS).put(0, np.ones(1))
        for name in ("job", "other"):
            folder.of_job(name).write("state", Record("half"))
        with together(folder) as run:
            assert InFolder(run, ["job", "other"], NUMBERS).get(0) == np.ones(1)
        assert folder.of_job("job").read("state") is None
        assert folder.of_job("other").read("state").value == "half"


NUMBERS = Codec(lambda x: Record(None, {"x": np.asarray(x)}), lambda record: record.arrays["x"])


def no_room(*_):
    raise OSError(ENOSPC, "No space left on device")


@pytest.mark.usefixtures("no_time_passes")
def test_where_none_is_due_jobs_under_way_write_nothing(counted, tmp_path):
    runs(checkpoint=tmp_path)
    assert not counted.under_way


def test_an_interval_of_a_study_is_one_and_has_a_folder(tmp_path):
    with pytest.raises(ParameterError, match="there is no folder for them; got 3"):
        runs(every=3)
    with pytest.raises(ParameterError, match="every"):
        runs(every=-1, checkpoint=tmp_path / "kept")
    assert not list(tmp_path.iterdir())


def test_a_study_goes_on_with_the_code_that_it_began_with(tmp_path):
    def began_with(rate):
        def train(H, X, Y, seed):
            return stability.Recipe("tanh", "sigmoid", options={"epochs": rate})(H, X, Y, seed)

        return stability.twins(train, BARE.crown(["y"]), X, y, runs=1, checkpoint=tmp_path)

    began_with(1)
    with pytest.raises(CheckpointError, match="train: .*train with other code"):
        began_with(2)
