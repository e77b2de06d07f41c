"""A command that was killed goes on from its folder, ends with the same model, and takes the folder away."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from hassenet.checkpoints import Pace
from hassenet.model import Model
from hassenet.selection import Setting
from hassenet.selection.effort import Effort
from hassenet.selection.search import Search
from hassenet.selection.trainings import Trainings
from hassenet.training.journal import Journal

FIT = ("--hidden-layer-sizes", "4", "--epochs", 6, "--drop", "sample,weight")


@pytest.fixture
def killed(monkeypatch):
    """Let each run end without a word after its second epoch, as by a kill, while the list is empty."""
    monkeypatch.setattr(Pace, "is_due", True)
    spared: list[bool] = []
    genuine = Journal.record
    epochs = iter(range(1000))

    def record(journal, *arguments):
        if not spared and next(epochs) % 3 == 2:
            raise SystemExit(137)
        return genuine(journal, *arguments)

    monkeypatch.setattr(Journal, "record", record)
    return spared


def files(folder: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def test_a_fit_that_is_killed_goes_on_to_the_same_model(fit, data, killed):
    options = ("--early-stopping", "--dropout", 0.2)
    command = (data, *FIT, *options, "--checkpoint", "kept", "--every", "0")
    codes = [fit(*command).exit_code]
    while codes[-1] == 137:
        assert not Path("model").exists()
        codes.append(fit(*command, "--resume").exit_code)
    assert codes[-1] == 0
    assert len(codes) > 2
    assert not Path("kept").exists()
    killed.append(True)
    assert fit(data, *FIT, *options, "--out", "whole").exit_code == 0
    assert files("model") == files("whole")
    assert sorted(path.name for path in Path().iterdir()) == ["model", "people.csv", "whole"]


def test_a_fit_of_something_else_is_refused(fit, data, killed, frame):
    command = (data, *FIT, "--checkpoint", "kept")
    assert fit(*command).exit_code == 137
    killed.append(True)
    before = files("kept")
    for changed, words in [
        (("--batch-size", 16), "batch_size: 32 there, 16 here"),
        (("--seed", 1), "seed: 0 there, 1 here"),
        (("--l2", 0), "penalty: L2(strength=0.001) there, None here"),
    ]:
        result = fit(*command, *changed)
        assert result.exit_code == 1
        assert words in result.stderr
    frame.assign(age=frame.age + 1e-3 * (frame.index < 20)).to_csv(data, index=False)
    assert "other data" in fit(*command).stderr
    assert {name: content for name, content in files("kept").items() if name != "lock"} == {
        name: content for name, content in before.items() if name != "lock"
    }
    assert not Path("model").exists()


def test_to_resume_there_has_to_be_a_run(fit, data):
    for options, words in [
        (("--resume",), "give --checkpoint"),
        (("--resume", "--checkpoint", "kept"), "kept holds none"),
        (("--checkpoint", "model"), "two places"),
        (("--checkpoint", "model/kept"), "two places"),
        (("--checkpoint", "."), "two places"),
        (("--cache", "model"), "--out and --cache are two places"),
        (("--cache", "kept/blocks", "--checkpoint", "kept"), "--checkpoint and --cache are two places"),
        (("--every", "5"), "no folder for them; give --checkpoint"),
        (("--every", "-1", "--checkpoint", "kept"), "-1.0 is not in the range x>=0"),
        (("--every", "nan", "--checkpoint", "kept"), "a finite number of seconds; got nan"),
    ]:
        result = fit(data, *FIT, *options)
        assert result.exit_code == 2
        assert words in " ".join(result.stderr.split())
    assert sorted(path.name for path in Path().iterdir()) == ["people.csv"]


def test_a_fit_that_is_interrupted_writes_no_model_and_goes_on(fit, data, monkeypatch):
    genuine = Journal.record
    asked: list[int] = []

    def record(journal, *arguments):
        asked.append(1)
        if len(asked) == 3:
            signal.raise_signal(signal.SIGINT)
        return genuine(journal, *arguments)

    monkeypatch.setattr(Journal, "record", record)
    first = fit(data, *FIT, "--checkpoint", "kept")
    assert first.exit_code == 130
    assert "the same command goes on" in first.stderr
    assert not Path("model").exists()
    assert fit(data, *FIT, "--checkpoint", "kept").exit_code == 0
    assert len(asked) == 6
    assert fit(data, *FIT, "--out", "whole").exit_code == 0
    assert files("model") == files("whole")
    assert not Path("kept").exists()


def test_a_fit_that_chooses_settings_goes_on_to_the_same_model(run, data, monkeypatch):
    trained: list[int] = []
    genuine = Trainings._trained

    def train(trainings, *which):
        trained.append(1)
        if len(trained) == 3:
            raise SystemExit(137)
        return genuine(trainings, *which)

    monkeypatch.setattr(Trainings, "_trained", train)
    monkeypatch.setenv("HASSENET_NUM_THREADS", "1")
    effort = Effort((Setting(0.1, neurons=1),), repeats=1, batch_size=16, steps=20)
    monkeypatch.setattr(Search, "effort", lambda search, problem: effort)
    options = ("--lineage-sep", "|", "--drop", "sample,weight,age", "--members", 5, "--checkpoint", "kept")
    command = ("fit", data, "--target", "health", "--out", "model", "--no-plots", *options)
    assert run(*command).exit_code == 137
    assert run(*command, "--resume").exit_code == 0
    assert len(trained) == 6
    assert not Path("kept").exists()


def test_a_fit_that_is_interrupted_says_so_once_and_judges_nothing(run, data, monkeypatch):
    trained: list[int] = []
    genuine = Trainings._trained

    def train(trainings, *which):
        trained.append(1)
        if len(trained) == 8:
            signal.raise_signal(signal.SIGINT)
        return genuine(trainings, *which)

    def judge(*arguments):
        raise AssertionError("a model that is not saved is not judged")

    monkeypatch.setattr(Trainings, "_trained", train)
    monkeypatch.setattr(Model, "predict_proba", judge)
    monkeypatch.setenv("HASSENET_NUM_THREADS", "1")
    effort = Effort((Setting(0.1, neurons=1), Setting(1.0, neurons=1)), repeats=1, batch_size=16, steps=20)
    monkeypatch.setattr(Search, "effort", lambda search, problem: effort)
    options = ("--lineage-sep", "|", "--drop", "sample,weight,age", "--checkpoint", "kept")
    result = run("fit", data, "--target", "health", "--out", "model", "--no-plots", *options)
    assert result.exit_code == 130
    assert result.stderr.count("interrupted") == 1
    assert "the same command goes on" in result.stderr
    assert Path("kept").exists()
    assert not Path("model").exists()
