"""Ctrl-C never costs what was learned, and the message about it is true."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from hassenet.__main__ import run as start
from hassenet.cli import guard
from hassenet.cli.fit import run
from hassenet.cli.folder import fill, folder_for
from hassenet.cli.guard import _ended_as_by_ctrl_c
from hassenet.storage import load

from .conftest import CLASS


def pressed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("step", "rows"),
    [
        ("scores_and_losses", []),
        ("baselines", ["network"]),
        ("pictures", ["network", "logistic regression", "gradient boosting"]),
    ],
)
def test_after_training_the_model_is_kept_with_what_was_made(fit, data, monkeypatch, step, rows):
    monkeypatch.setattr(run, step, pressed)
    result = fit(data, *CLASS, "--plots", "--epochs", 3)
    assert result.exit_code == 130, result.output
    assert "interrupted after training: the model is kept" in result.stdout
    assert "nothing was written" not in result.stderr
    model = load("model")
    assert model.stopped == "epochs"
    assert model.metrics["training"]["epochs"] == 3
    left_out = (
        "rows",
        "training",
        "cost",
        "split",
        "learned from",
        *(f"network minus {name}" for name in rows),
    )
    assert [name for name in model.metrics if name not in left_out] == rows


class Loading:
    """A module that Ctrl-C interrupts while it is loaded."""

    def __getattr__(self, name: str) -> object:
        raise KeyboardInterrupt


def test_ctrl_c_while_the_command_line_is_loaded_leaves_no_traceback(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "hassenet.cli", Loading())
    with pytest.raises(SystemExit) as end:
        start()
    assert end.value.code == 130
    assert capsys.readouterr().err == "\ninterrupted; nothing was written\n"


def done_and_waiting(action):
    """Do it, and wait: then Ctrl-C comes again, or sooner, where this process does not get its turn at once."""
    action()
    time.sleep(30)


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_ctrl_c_comes_again_where_python_would_pass_over_it():
    """While a lock of the import system is let go of, exceptions are printed and forgotten."""
    names = {"signal": signal, "passed": []}
    text = "def cb():\n    signal.raise_signal(signal.SIGINT)\n    passed.append(1)"
    exec(compile(text, "<frozen importlib._bootstrap>", "exec"), names)
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGALRM)
    with _ended_as_by_ctrl_c() as ending, pytest.raises(KeyboardInterrupt):
        done_and_waiting(names["cb"])
    assert names["passed"] == [1]
    assert ending.exit_code == 130
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGALRM)) == before


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_ctrl_c_while_a_module_is_imported_that_catches_all_ends_the_run_once_it_is_whole(
    tmp_path, monkeypatch
):
    lines = [
        "import signal",
        "try:",
        "    signal.raise_signal(signal.SIGTERM)",
        "except BaseException:",
        "    raise ValueError",
    ]
    (tmp_path / "module_that_catches_all.py").write_text("\n".join([*lines, "is_whole = True"]))
    monkeypatch.syspath_prepend(tmp_path)
    with _ended_as_by_ctrl_c() as ending, pytest.raises(KeyboardInterrupt):
        done_and_waiting(lambda: importlib.import_module("module_that_catches_all"))
    assert sys.modules.pop("module_that_catches_all").is_whole
    assert ending.exit_code == 143


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_ctrl_c_that_was_to_come_again_does_not_come_when_the_run_is_over():
    """Its alarm would end the process, which has given the handlers back."""
    names = {"signal": signal}
    text = "def cb():\n    signal.raise_signal(signal.SIGINT)"
    exec(compile(text, "<frozen importlib._bootstrap>", "exec"), names)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guard, "_SOON", 60.0)
        with _ended_as_by_ctrl_c() as ending:
            names["cb"]()
            assert signal.getitimer(signal.ITIMER_REAL) > (0.0, 0.0)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert ending.exit_code == 130


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_writing_is_not_interrupted(fit, data, monkeypatch):
    genuine = run.save

    def save(*arguments: object, **options: object) -> None:
        signal.raise_signal(signal.SIGINT)
        genuine(*arguments, **options)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(run, "save", save)
    handler = signal.getsignal(signal.SIGINT)
    assert fit(data, *CLASS).exit_code == 0
    assert signal.getsignal(signal.SIGINT) is handler
    assert load("model").metrics["training"]["epochs"] == 3


def test_where_an_earlier_model_stands_nobody_says_that_nothing_was_written(fit, data, monkeypatch):
    assert fit(data, *CLASS).exit_code == 0
    monkeypatch.setattr("hassenet.tables.read_table", pressed)
    again = fit(data, *CLASS, "--force")
    assert again.exit_code == 130
    assert "nothing was written" not in again.stderr
    assert "nothing was written" in fit(data, *CLASS, "--out", "other").stderr


def interrupted_training(monkeypatch):
    """Let training end as Ctrl-C ends it, with what was learned until then."""
    from dataclasses import replace

    genuine = run.fit_with
    monkeypatch.setattr(
        run, "fit_with", lambda *given, **more: replace(genuine(*given, **more), stopped="interrupted")
    )


def test_a_model_that_was_interrupted_does_not_replace_another_one(fit, data, tmp_path, monkeypatch):
    assert fit(data, *CLASS, "--epochs", 5).exit_code == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "model").iterdir()}
    interrupted_training(monkeypatch)
    for name in ("model-interrupted", "model-interrupted1"):
        result = fit(data, *CLASS, "--force")
        assert result.exit_code == 130
        assert (
            f"model keeps the model that was there; what was learned until now is in {name}" in result.stderr
        )
        assert load(name).stopped == "interrupted"
    assert {path.name: path.read_bytes() for path in (tmp_path / "model").iterdir()} == before


def test_a_model_without_its_scores_does_not_replace_another_one(fit, data, monkeypatch):
    assert fit(data, *CLASS, "--epochs", 5).exit_code == 0
    monkeypatch.setattr(run, "scores_and_losses", pressed)
    assert fit(data, *CLASS, "--force").exit_code == 130
    assert load("model").metrics["training"]["epochs"] == 5
    assert load("model-interrupted").metrics["training"]["epochs"] == 3


@pytest.mark.parametrize("there", ["nothing", "an empty folder"])
def test_an_interrupted_model_takes_its_own_name_where_it_is_free(fit, data, tmp_path, monkeypatch, there):
    if there == "an empty folder":
        (tmp_path / "model").mkdir()
    interrupted_training(monkeypatch)
    assert fit(data, *CLASS, "--force").exit_code == 130
    assert load("model").stopped == "interrupted"


def test_no_folder_of_results_is_there_before_there_are_results(tmp_path):
    with folder_for(("a.csv",), tmp_path / "above" / "found", force=False) as folder:
        assert not list(tmp_path.iterdir())
        fill(folder, ("a.csv",), {"a.csv": lambda path: path.write_text("a\n")})
    assert [path.name for path in folder.iterdir()] == ["a.csv"]
    assert [path.name for path in tmp_path.iterdir()] == ["above"]


def test_results_that_cannot_be_written_leave_no_folder_and_keep_those_of_before(tmp_path):
    def fails(_: Path) -> None:
        raise OSError(28, "No space left on device")

    with folder_for(("a.csv",), tmp_path / "above" / "found", force=False) as folder, pytest.raises(OSError):
        fill(folder, ("a.csv",), {"a.csv": fails})
    assert not list(tmp_path.iterdir())
    (tmp_path / "a.csv").write_text("old")
    with folder_for(("a.csv",), tmp_path, force=True) as folder, pytest.raises(OSError):
        fill(folder, ("a.csv",), {"a.csv": fails})
    assert (tmp_path / "a.csv").read_text() == "old"


def test_a_folder_that_cannot_be_made_is_refused_before_the_work(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(OSError, match="Not a directory: .*file/found"),
        folder_for((), tmp_path / "file" / "found", False),
    ):
        pass
