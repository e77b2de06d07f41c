"""The trainings of a search as records, and what they follow from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from functools import partial
from typing import Any

from hassenet.checkpoints import Codec, Record, described, digest
from hassenet.selection.problem import Problem
from hassenet.selection.setting import Setting
from hassenet.selection.trainings import Outcome, Trainings
from hassenet.training.results import of_shape


def parts_of(trainings: Trainings) -> dict[str, str]:
    """Return all that a network follows from, beside its setting, its fold and its number, part by part."""
    problem, effort = trainings.problem, trainings.effort
    return {
        "study": "choice of settings",
        "hierarchy": digest(problem.hierarchy),
        "data": digest(problem.X, problem.Y, problem.weight, trainings.fold, *_added(problem)),
        "task": digest(problem.task),
        "covariates": digest(problem.columns),
        "covariate_penalty": described(problem.covariate_penalty),
        "batch_size": described(effort.batch_size),
        "steps": described(effort.steps),
        "seed": described(trainings.seed),
    }


def _added(problem: Problem) -> list[Any]:
    """Return what outputs have beside their signals, where there is something."""
    return [] if problem.offset is None and problem.biases is None else [problem.offset, problem.biases]


def codec_of(trainings: Trainings) -> Codec[list[Outcome]]:
    """Return how the outcomes of a job are written: networks by their setting and their parameters."""
    return Codec(_encoded, partial(_decoded, trainings))


def _encoded(found: Sequence[Outcome]) -> Record:
    arrays = {f"theta {k}": o.network.theta for k, o in enumerate(found)}
    arrays |= {f"prediction {k}": o.prediction for k, o in enumerate(found)}
    return Record([[astuple(o.setting), o.fold] for o in found], arrays)


def _decoded(trainings: Trainings, record: Record) -> list[Outcome]:
    return [
        _outcome(trainings, record, str(k), Setting(*setting), int(fold))
        for k, (setting, fold) in enumerate(record.value)
    ]


def _outcome(trainings: Trainings, record: Record, k: str, setting: Setting, fold: int) -> Outcome:
    start = trainings.problem.linear if setting.is_linear else trainings.starts[setting]
    net = start.with_theta(record.arrays[f"theta {k}"])
    shape = (int((trainings.fold == fold).sum()), net.plan.n_outputs)
    return Outcome(setting, fold, net, of_shape(record, f"prediction {k}", shape, net.dtype))
