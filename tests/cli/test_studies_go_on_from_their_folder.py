"""``hassenet stability``, ``discover``, ``compare`` and ``fit`` with a hierarchy go on where they were ended."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline

from hassenet.checkpoints import CheckpointFolder
from hassenet.estimators import NetworkClassifier
from hassenet.protocol import comparing
from hassenet.selection import Search, Setting
from hassenet.training import side_by_side

TREE = ("--target", "health", "--drop", "sample,age,weight", "--lineage-sep", "|")
COMMANDS = {
    "stability": ("--epochs", 2, "--runs", 2, "--nulls", 2),
    "discover": ("--folds", 3, "--draws", 2),
    "compare": ("--folds", 2, "--repeats", 1),
    "fit": ("--no-plots", "--test-size", 0.1),
}
# After how many records the run ends: whose the folder is, and that of a part, come before the jobs.
FEW = {"stability": 6, "discover": 3, "compare": 3, "fit": 3}
WITH_TIMES = {"comparison.csv", "folds.csv", "comparison.json"}


@pytest.fixture
def call(run, data, monkeypatch):
    """Run a command of few and short trainings."""
    monkeypatch.setattr(comparing, "as_it_comes", lambda *arguments, **more: quick)
    monkeypatch.setattr(comparing, "usual", lambda kind, rows: [])
    monkeypatch.setattr(side_by_side, "usable", lambda: 1)
    for studied in COMMANDS.keys() - {"fit"}:
        monkeypatch.setattr(f"hassenet.cli.{studied}.run.drawn", lambda *arguments: {})
    settings = [Setting(0.01), Setting(0.1, 1)]
    monkeypatch.setattr(Search, "effort", few(Search.effort, settings))
    return lambda command, *more: run(command, data, *TREE, *COMMANDS[command], *more)


def few(effort, settings):
    def of(search, problem):
        return effort(replace(search, settings=settings, steps=2, members=2), problem)

    return of


def quick(H, seed):
    network = NetworkClassifier(hierarchy=H, max_iter=2, random_state=seed)
    return make_pipeline(SimpleImputer(), network)


@pytest.fixture
def written(monkeypatch, no_time_passes):
    """The records that were written, of results at once; Ctrl-C comes after as many as ``last`` says."""
    monkeypatch.setattr("hassenet.checkpoints.waiting._MOST_BYTES", -1)
    found, as_ever = Written(), CheckpointFolder.write

    def write(folder, name, record):
        as_ever(folder, name, record)
        whole = folder.prefix + name
        found.extend(
            [whole] if found[-1:] != [whole] else []
        )  # once more where Ctrl-C came while it was written
        if len(found) == found.last:
            found.last = -found.last
            raise KeyboardInterrupt

    monkeypatch.setattr(CheckpointFolder, "write", write)
    return found


class Written(list):
    last = None


def files(folder):
    return {path.name: path.read_bytes() for path in Path(folder).iterdir() if path.name not in WITH_TIMES}


@pytest.mark.parametrize("command", COMMANDS)
def test_an_interrupted_command_goes_on_to_the_same_files_and_refuses_to_be_another(
    call, written, data, command
):
    assert call(command, "--out", "whole").exit_code == 0
    goes_on, table = ("--out", "found", "--checkpoint", "kept"), data.read_text()
    written.last = FEW[command]
    first = call(command, *goes_on)
    assert first.exit_code == 130
    assert "kept in kept; the same command goes on from there" in " ".join(first.stderr.split())
    assert not Path("found").exists()
    assert "seed: " in call(command, *goes_on, "--seed", 7).stderr
    assert "of another: " in call(next(name for name in COMMANDS if name != command), *goes_on).stderr
    data.write_text(table.replace(",ill,", ",healthy,", 1))
    assert "other data" in call(command, *goes_on).stderr
    assert len(written) == FEW[command]
    data.write_text(table)
    second = call(command, *goes_on, "--resume")
    assert second.exit_code == 0, second.output
    assert len(written) == len(set(written))
    assert files("found") == files("whole")
    assert not Path("kept").exists()


@pytest.mark.parametrize("command", ["stability", "discover", "compare"])
def test_to_resume_a_study_there_has_to_be_one(call, command):
    for options, words in [
        (("--resume",), "give --checkpoint"),
        (("--resume", "--checkpoint", "kept"), "kept holds none"),
        (("--checkpoint", "found/kept"), "two places"),
    ]:
        result = call(command, "--out", "found", *options)
        assert result.exit_code == 2
        assert words in " ".join(result.stderr.split())
