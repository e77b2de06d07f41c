"""From options to tables of scores over runs, beside null models and twins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.cli.explained import explained_by, method_of
from hassenet.cli.fit.options import FitOptions
from hassenet.cli.fit.reading import Start, start
from hassenet.cli.fit.run import scaled, scaling_of
from hassenet.cli.folder import Write, fill, folder_for
from hassenet.cli.stability.options import StudyOptions
from hassenet.cli.tables import as_table, writer
from hassenet.cli.terminal import shown
from hassenet.cli.text import columns, number, short
from hassenet.explain import Explained, Relevance
from hassenet.hierarchy import Hierarchy
from hassenet.model import Model
from hassenet.stability import (
    Bootstrap,
    NullScores,
    Recipe,
    Stability,
    Subsample,
    Twins,
    interchangeable_ranks,
    null_scores,
    permuted_labels,
    rewired_covers,
    stability,
    twins,
)
from hassenet.stability.nulls import Null
from hassenet.tables import Table
from hassenet.task.heads import OutputHeads
from hassenet.task.target import Target
from hassenet.task.task import Task

_FILES = ("elements.csv", "networks.csv", "summary.txt")
_SHOWN = 15
_LEAST_SHOWN = 3
_LEGEND = """\
mean, low, high: an element's share in the scores of its rank, and between what ends 95 % of the runs lie
top: in which share of the runs the element is among the ten highest of its rank"""
_LEGEND_OF_NULLS = """
excess: by how much the share is above what chance gives this element, in deviations; the order of each rank
p, fdr, pooled_fdr: how often chance gives as much; the false discovery rate in the rank; that by the pooled null"""


def run(o: FitOptions, study: StudyOptions) -> None:
    """Read, train many times, write and tell."""
    with folder_for(_FILES, o.out, o.force) as folder:
        begun = start(o)
        model = scaled(begun.model, begun.X) if o.standardize else begun.model
        explained = explained_by(model, study.label, study.explain_target, "--explain-target")
        tables, found = _studied(_trainings(begun, model, explained, o, study), study)
        head = [f"what is explained: {explained.name}", *_rows_of(o), _yardstick(begun.target)]
        summary = "\n".join([*head, found])
        _write(folder, tables, summary, study)
    o.say(f"\n{summary}\n\nwritten: {', '.join([*tables, 'summary.txt'])} in {folder}")


def _write(folder: Path, tables: dict[str, Table], summary: str, study: StudyOptions) -> None:
    write = writer(study.spreadsheet_safe)
    files: dict[str, Write] = {name: partial(write, table) for name, table in tables.items()}
    files["summary.txt"] = partial(Path.write_text, data=shown(summary) + "\n", encoding="utf-8")
    fill(folder, _FILES, files)


def _among_all(explained: Explained, heads: OutputHeads) -> Explained:
    """Return what is explained of the main head as a function of the outputs of all heads."""
    return Explained(explained.name, heads.of_all(explained.weights))


@final
@dataclass(frozen=True, eq=False)
class _Trainings:
    """The trainings that a study is made of, each kind announced before it begins."""

    problem: tuple[Recipe, Hierarchy, Any, Any]
    explain: Callable[..., Relevance]
    common: Mapping[str, Any]
    o: FitOptions

    @property
    def H(self) -> Hierarchy:
        return self.problem[1]

    def over_runs(self, runs: int) -> Stability:
        self.o.say(f"{runs} runs on resamples")
        resampling = Subsample() if self.o.training.early_stopping else Bootstrap()
        return stability(*self.problem, explain=self.explain, resampling=resampling, runs=runs, **self.common)

    def under(self, name: str, null: Null, draws: int) -> NullScores:
        self.o.say(f"{draws} draws with {name}")
        return null_scores(*self.problem, null, explain=self.explain, draws=draws, **self.common)

    def beside_twins(self) -> Twins:
        self.o.say("5 folds of the network and its twins")
        return twins(*self.problem, **self.common)


def _trainings(
    begun: Start, model: Model, explained: Explained, o: FitOptions, study: StudyOptions
) -> _Trainings:
    """Return the trainings of hassenet fit on all rows, with all heads, of which the main one is explained."""
    H = begun.network.hierarchy
    explain = partial(method_of(study.method), output=_among_all(explained, begun.task.heads(H)))
    common = {"seed": o.training.seed, "n_jobs": study.jobs, "progress": not o.quiet}
    problem = (_recipe(H, begun.task, o), H, model.prepare(begun.X), _targets(begun.target))
    return _Trainings(problem, explain, common, o)


def _studied(trainings: _Trainings, study: StudyOptions) -> tuple[dict[str, Table], str]:
    """Return the tables by the names of their files, and what is printed."""
    H = trainings.H
    unnamed = interchangeable_ranks(H)
    named = [i for i in range(H.depth) if i not in unnamed]
    found = trainings.over_runs(study.runs).of_ranks(named)
    elements, networks, lines = found.table(), {}, [str(found), *_left_out(H, unnamed)]
    for name, null in (_null_models(H) if study.nulls else {}).items():
        drawn = trainings.under(name, null, study.nulls).of_ranks(named)
        elements |= _columns(drawn, name.split()[0])
        lines.append(f"{name}: {drawn}")
    if _can_be_rewired(H):
        beside = trainings.beside_twins()
        networks = {"networks.csv": as_table(beside.table())}
        lines.append(str(beside))
    summary = "\n".join([*lines, "", _highest(found, elements)])
    return {"elements.csv": as_table(elements), **networks}, summary


def _recipe(H: Hierarchy, task: Task, o: FitOptions) -> Recipe:
    """Return the training of hassenet fit, with all heads that the hierarchy has."""
    return Recipe(o.hidden, task.activation_on(H), options=replace(o.training, loss=task.loss_on(H)))


def _columns(drawn: NullScores, name: str) -> dict[str, Any]:
    columns = {"excess": drawn.excess} if len(drawn.null) > 1 else {}
    columns |= {"p": drawn.p, "fdr": drawn.fdr, "pooled_fdr": drawn.pooled_fdr}
    return {f"{what}_{name}": column for what, column in columns.items()}


def _left_out(H: Hierarchy, ranks: Sequence[int]) -> list[str]:
    """Return a line for each rank whose elements have no identity that a table could show."""
    return [
        f"  rank {i}: left out; each of its {int((~H.relays(i)).sum()):,} elements can change places with another, so "
        "that it is not the same in two runs"
        for i in ranks
    ]


def _null_models(H: Hierarchy) -> dict[str, Null]:
    rewired: dict[str, Null] = {"rewired covers": rewired_covers} if _can_be_rewired(H) else {}
    return {"permuted targets": permuted_labels, **rewired}


def _can_be_rewired(H: Hierarchy) -> bool:
    return any(not H.is_complete(i) for i in range(H.depth))


def _targets(target: Target) -> Any:
    """Return class numbers, or standardised amounts."""
    if target.classes is not None:
        return target.values
    return scaling_of(target.values, target.names)(target.values)


def _rows_of(o: FitOptions) -> list[str]:
    """Return which rows features are standardised by, and which a run learns from."""
    standardised = "standardised by all rows, those held out among them" if o.standardize else "as they are"
    drawn = (
        "63 % of the rows each, none twice: some of them end the training early, and are not learned from"
        if o.training.early_stopping
        else "as many rows as there are, drawn with replacement (bootstrap)"
    )
    return [f"features: {standardised}", f"runs: {drawn}"]


def _yardstick(target: Target) -> str:
    """Return what networks are judged by on examples held out, and what guessing reaches."""
    if target.classes is None:
        return "held out: R² of rows not learned from; always guessing the mean has 0"
    most = np.bincount(target.values).max() / len(target.values)
    return (
        f"held out: accuracy on rows not learned from; always guessing the most frequent class has {most:.3f}"
    )


def _highest(found: Stability, elements: dict[str, Any]) -> str:
    """Return the first elements of each hidden rank, by what they have beyond chance; features where there is none."""
    ranks = np.unique(found.ranks)[bool(found.ranks.max()) :]
    each = max(_SHOWN // len(ranks), _LEAST_SHOWN)
    by = elements["excess_permuted" if "excess_permuted" in elements else "mean"]
    rows = [k for i in ranks for k in _first(each, np.flatnonzero(found.ranks == i), by)]
    numbers = [name for name in elements if name not in ("element", "rank", "sd")]
    body = [
        [short(elements["element"][k]), str(elements["rank"][k]), *(number(elements[n][k]) for n in numbers)]
        for k in rows
    ]
    legend = _LEGEND + (_LEGEND_OF_NULLS if "excess_permuted" in elements else "")
    return f"{columns([['element', 'rank', *numbers], *body])}\n\n{legend}"


def _first(n: int, rows: NDArray[np.int64], score: NDArray[np.float64]) -> list[int]:
    return rows[np.argsort(-score[rows], kind="stable")][:n].tolist()
