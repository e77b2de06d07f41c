"""Ctrl-C never costs what was learned, and the message about it is true."""

from __future__ import annotations

import os
import signal

import pytest

from hassenet.cli.fit import run
from hassenet.storage import load

from .conftest import CLASS


def pressed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("step", "rows"),
    [
        ("scores", []),
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
    left_out = ("rows", "training", "cost", *(f"network minus {name}" for name in rows))
    assert [name for name in model.metrics if name not in left_out] == rows


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
