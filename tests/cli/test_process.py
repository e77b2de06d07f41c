"""The command line as a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hassenet.storage import load

from .conftest import CLASS

HASSENET = (sys.executable, "-m", "hassenet")


def process(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*HASSENET, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, check=False
    )


def test_fit_show_and_predict_one_after_the_other(data, tmp_path):
    fitted = process("fit", data, "--target", "health", *CLASS, "--epochs", 2, "--out", "model", cwd=tmp_path)
    assert fitted.returncode == 0, fitted.stderr
    assert "logistic regression" in fitted.stdout
    assert "100%" in fitted.stderr, "the progress bar"
    assert "parameters" in process("show", "model", cwd=tmp_path).stdout
    predicted = process("predict", "model", data, "--out", "p.csv", cwd=tmp_path)
    assert predicted.returncode == 0, predicted.stderr
    assert len((tmp_path / "p.csv").read_text().splitlines()) == 61


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["fit", "people.csv", "--target", "helth", "--out", "model"], 1),
        (["fit", "cut.csv.gz", "--target", "health", "--out", "model"], 1),
        (["fit", "people.csv", "--out", "model"], 2),
        (["show", "nowhere"], 2),
        (["predict", ".", "people.csv", "--out", "p.csv"], 1),
        (["dance"], 2),
    ],
)
def test_a_mistake_is_one_message_on_standard_error(data, tmp_path, arguments, code):
    (tmp_path / "cut.csv.gz").write_bytes(b"\x1f\x8b\x08\x00")
    done = process(*arguments, cwd=tmp_path)
    assert done.returncode == code
    assert done.stdout.count("\n") <= 1
    assert "Error:" in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cut.csv.gz", "people.csv"]


@pytest.mark.parametrize("command", [[], ["fit"], ["predict"], ["show"], ["demo"]])
def test_every_help_has_an_example(run, command):
    shown = run(*command, "--help").stdout
    assert "Example" in shown
    assert f"  hassenet {' '.join(command)}" in shown


def test_version_prints_the_version(run):
    from hassenet import __version__

    assert __version__ in run("--version").stdout


def test_control_c_before_training_writes_nothing(fit, data, tmp_path, monkeypatch):
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("hassenet.tables.read_table", interrupted)
    result = fit(data, *CLASS)
    assert result.exit_code == 130
    assert "nothing was written" in result.stderr
    assert not (tmp_path / "model").exists()


def test_the_demo_is_run_with_its_options(run, monkeypatch):
    asked: list[dict[str, object]] = []
    monkeypatch.setattr("hassenet.demo.run", lambda **options: asked.append(options))
    assert run("demo", "--repeats", 1, "--out", "there").exit_code == 0
    assert asked == [{"repeats": 1, "out": Path("there")}]


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
def test_control_c_keeps_what_was_learned_and_says_so(data, tmp_path):
    endless = ["fit", str(data), "--target", "health", *CLASS, "--epochs", "10000000", "--out", "model"]
    started = subprocess.Popen(
        [*HASSENET, *endless],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    assert started.stderr is not None
    shown = ""
    while "cost=" not in shown:  # the progress bar of training
        letter = started.stderr.read(1)
        assert letter, f"ended before training: {shown}"
        shown += letter
    started.send_signal(signal.SIGINT)
    stdout, stderr = started.communicate(timeout=300)
    assert started.returncode == 130, stderr
    assert "interrupted: the model holds what was learned until then" in stdout
    assert "Traceback" not in stderr
    model = load(tmp_path / "model")
    assert model.stopped == "interrupted"
    assert model.metrics["training"]["steps"] > 0


def test_help_imports_no_scientific_package():
    code = (
        "import sys; from hassenet.cli import main; main(['fit', '--help'], standalone_mode=False); "
        "print([m for m in ('numpy', 'scipy', 'sklearn', 'pyarrow', 'matplotlib') if m in sys.modules], "
        "file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
