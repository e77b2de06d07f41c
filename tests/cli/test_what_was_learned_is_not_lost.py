"""What cannot be written is kept elsewhere and the message says where; places are tried before any training."""

from __future__ import annotations

import os
import signal
import tempfile
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from hassenet.cli.fit import run as fit_run
from hassenet.cli.folder import fill, folder_for
from hassenet.cli.guard import INTERRUPTED, guarded
from hassenet.errors import HassenetError, OutputExistsError
from hassenet.storage import load
from hassenet.training.interrupt import Interrupt

from .conftest import CLASS

ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def full(*_: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "tmp").mkdir()

    def of_one_name(prefix: str, dir: Path) -> str:  # messages are recorded, and compared
        (Path(dir) / f"{prefix}1").mkdir()
        return f"{dir}/{prefix}1"

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "mkdtemp", of_one_name)
    return tmp_path / "tmp"


def test_a_model_that_the_disk_has_no_room_for_is_kept_in_the_temporary_folder(
    fit, data, elsewhere, monkeypatch
):
    genuine = fit_run.save

    def save(model: object, path: Path, **options: object) -> None:
        full() if path == Path("model") else genuine(model, path, **options)

    monkeypatch.setattr(fit_run, "save", save)
    result = fit(data, *CLASS)
    assert result.exit_code == 1
    (kept,) = elsewhere.glob("hassenet-*/model")
    assert "No space left on device" in result.stderr
    assert f"kept in {kept}" in result.stderr
    assert load(kept).metrics["training"]["epochs"] == 3


def test_where_nothing_can_be_written_the_message_names_the_path(fit, data, elsewhere, monkeypatch):
    write = os.fsync
    monkeypatch.setattr(fit_run, "check_replaceable", lambda *_: None)
    monkeypatch.setattr(os, "fsync", full)
    monkeypatch.setenv("HOME", str(elsewhere))
    result = fit(data, *CLASS)
    monkeypatch.setattr(os, "fsync", write)
    assert result.exit_code == 1
    assert "No space left on device" in result.stderr
    assert "/model'" in result.stderr
    assert not list(elsewhere.iterdir())


def test_results_that_cannot_be_written_are_kept_in_the_temporary_folder(tmp_path, elsewhere):
    def write(path: Path) -> None:
        full() if elsewhere not in path.parents else path.write_text("a,b\n")

    with pytest.raises(HassenetError, match=r"No space left on device: .*results.*kept in .*results"):
        fill(tmp_path / "results", ("table.csv",), {"table.csv": write})
    (kept,) = elsewhere.glob("hassenet-*/results/table.csv")
    assert kept.read_text() == "a,b\n"


@pytest.mark.parametrize("failing", ["fsync", "mkdir"])
def test_a_place_that_takes_nothing_is_found_out_before_training(fit, data, tmp_path, monkeypatch, failing):
    monkeypatch.setattr(fit_run, "fit_with", None)  # training would be an error
    monkeypatch.setattr(os, failing, full)
    result = fit(data, *CLASS)
    assert result.exit_code == 1
    assert "No space left on device: 'model'" in result.stderr
    monkeypatch.undo()
    assert [p.name for p in tmp_path.iterdir()] == ["people.csv"]


@pytest.mark.parametrize("name", ["x" * 300, "people.csv/model"])
def test_a_name_that_no_folder_can_have_is_found_out_before_training(fit, data, monkeypatch, name):
    monkeypatch.setattr(fit_run, "fit_with", None)
    assert fit(data, *CLASS, "--out", name).exit_code == 1


def test_a_folder_of_results_is_tried_before_the_work(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", full)
    with (
        pytest.raises(OSError, match=r"No space left on device: .*results"),
        folder_for((), tmp_path / "results", False),
    ):
        pytest.fail("the work began")
    assert not list(tmp_path.iterdir())


def test_a_folder_called_like_a_result_is_kept(tmp_path):
    (tmp_path / "table.csv").mkdir()
    with pytest.raises(OutputExistsError, match=r"table\.csv"), folder_for(("table.csv",), tmp_path, True):
        pytest.fail("the work began")
    assert (tmp_path / "table.csv").is_dir()


@pytest.fixture(params=ENDING, ids=lambda number: number.name)
def number(request: pytest.FixtureRequest):
    usual = signal.default_int_handler if request.param == signal.SIGINT else signal.SIG_DFL
    before = signal.signal(request.param, usual)
    yield request.param
    signal.signal(request.param, before)


@pytest.mark.parametrize("step", ["start", "pictures"])
def test_a_signal_before_or_after_training_ends_a_command_as_ctrl_c_does(
    fit, data, tmp_path, monkeypatch, number, step
):
    monkeypatch.setattr(fit_run, step, lambda *_: signal.raise_signal(number))
    before = signal.getsignal(number)
    result = fit(data, *CLASS, "--plots")
    assert result.exit_code == 128 + number
    assert (tmp_path / "model").exists() == (step == "pictures")
    assert signal.getsignal(number) is before


def test_the_exit_code_is_that_of_the_signal_which_a_training_saw(number):
    @click.command()
    @guarded
    def command() -> None:
        with Interrupt() as interrupt:
            signal.raise_signal(number)
            assert interrupt.requested
        click.get_current_context().exit(INTERRUPTED)

    assert CliRunner().invoke(command).exit_code == 128 + number


def test_other_exit_codes_of_a_command_stay():
    command = click.command()(guarded(lambda: click.get_current_context().exit(3)))
    assert CliRunner().invoke(command).exit_code == 3


def test_writing_is_not_ended_by_a_signal(fit, data, monkeypatch, number):
    genuine = fit_run.save

    def save(*arguments: object, **options: object) -> None:
        signal.raise_signal(number)
        genuine(*arguments, **options)

    monkeypatch.setattr(fit_run, "save", save)
    assert fit(data, *CLASS).exit_code == 0
    assert load("model").stopped == "epochs"


MEMORY = {
    "an array": MemoryError("Unable to allocate 8 GiB"),
    "a library": ImportError("x.so: failed to map segment from shared object"),
    "a thread": RuntimeError("can't start new thread"),
    "a reader": HassenetError(
        "a.csv is not a table: Failed to launch worker thread: Resource temporarily unavailable"
    ),
    "a file": OSError(12, "Cannot allocate memory"),
}


@pytest.mark.parametrize("what", MEMORY)
def test_where_memory_ends_the_command_says_so_in_one_line(fit, data, monkeypatch, what):
    def start(*_: object) -> None:
        raise MEMORY[what]

    monkeypatch.setattr(fit_run, "start", start)
    result = fit(data, *CLASS)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: out of memory; use fewer rows or features")
    assert result.stderr.count("\n") == 1
