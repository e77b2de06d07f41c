"""From options to tables of scores over runs, beside null models and twins."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, final

import numpy as np
from scipy.sparse import issparse

from hassenet.checkpoints import CheckpointFolder, Identity, Interval, opened
from hassenet.cli.checkpoint import removed
from hassenet.cli.explained import explained_by, method_of
from hassenet.cli.fit.options import FitOptions
from hassenet.cli.fit.pictures import drawn
from hassenet.cli.fit.reading import Start, read_source, start_with_gaps
from hassenet.cli.fit.run import in_batches
from hassenet.cli.folder import Write, fill, folder_for
from hassenet.cli.stability.options import StudyOptions
from hassenet.cli.stability.preparing import AsFitted, added_of, targets_of
from hassenet.cli.stability.printed import Studied, highest, verdict, wrapped
from hassenet.cli.stability.yardstick import yardstick
from hassenet.cli.tables import as_table, writer
from hassenet.cli.terminal import shown
from hassenet.cli.text import width
from hassenet.data.checks import is_finite
from hassenet.data.preparation import Preparation
from hassenet.errors import counted, listing
from hassenet.explain import Explained, Relevance
from hassenet.hierarchy import Hierarchy
from hassenet.outcomes.target import OutcomeTarget
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

_FILES = ("elements.csv", "networks.csv", "stability.png", "summary.txt")
_WIDTH = 100  # of summary.txt


def run(o: FitOptions, study: StudyOptions) -> None:
    """Read, train many times, write and tell."""
    with folder_for(_FILES, o.out, o.force) as folder:
        begun = _begun(o)
        explained = explained_by(begun.model, study.label, study.explain_target, "--explain-target")
        with _kept_in(o.checkpoint, o.every) as parts:
            trainings = _trainings(begun, explained, o, study, parts)
            tables, lines, studied = _studied(trainings, study)
        head = [f"what is explained: {explained.name}", *_rows_of(o), yardstick(begun.target)]
        picture = drawn("stability.png", lambda: _picture(studied))
        _write(folder, tables, _summary([*head, *lines], studied, _WIDTH), picture, study)
        removed(o.checkpoint)
    written = ", ".join([*tables, *picture, "summary.txt"])
    o.say(f"\n{_summary([*head, *lines], studied, width())}\n\nwritten: {written} in {folder}")


def _begun(o: FitOptions) -> Start:
    """Return what the trainings start from, with gaps: what fills them each learns of its own rows."""
    read = read_source(o)
    if isinstance(read.target, Target):
        return start_with_gaps(read, None, o)
    target = read.target.begun(slice(None))
    rows = target.learnable(np.arange(len(target)))
    return start_with_gaps(read._replace(table=read.table.take(rows), target=target.take(rows)), None, o)


@contextmanager
def _kept_in(checkpoint: Path | None, every: float | None) -> Iterator[CheckpointFolder | None]:
    """Hold the folder of all studies of the command; each has a part of it."""
    if checkpoint is None:
        yield None
        return
    with opened(checkpoint, Identity({"command": "hassenet stability"})) as folder:
        yield replace(folder, interval=Interval.of(every))


def _summary(lines: Sequence[str], studied: Studied, width: int) -> str:
    """Return what was found, in lines of a width, the verdict at the end."""
    text = wrapped("\n".join(lines), width)
    return "\n\n".join([text, highest(studied, width), wrapped(verdict(studied), width)])


def _picture(studied: Studied) -> Any:
    """Draw the elements of the table: their scores over runs, and where those for permuted targets lie."""
    from hassenet.plots import plot_stability

    rows, table, null = studied.first(), studied.over_runs.table(), studied.permuted
    chance = None if null is None else tuple(np.quantile(null.null[:, rows], [0.025, 0.975], axis=0))
    return plot_stability(
        [studied.over_runs.elements[k] for k in rows],
        *(table[name][rows] for name in ("mean", "low", "high")),
        null=chance,
        fdr=None if null is None else null.pooled_fdr[rows],
        groups=[f"rank {studied.over_runs.ranks[k]}" for k in rows],
        label="share in the scores of the rank",
    )


def _write(
    folder: Path, tables: dict[str, Table], summary: str, picture: dict[str, bytes], study: StudyOptions
) -> None:
    write = writer(study.spreadsheet_safe)
    files: dict[str, Write] = {name: partial(write, table) for name, table in tables.items()}
    files |= {name: partial(Path.write_bytes, data=content) for name, content in picture.items()}
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
    kept: CheckpointFolder | None

    @property
    def H(self) -> Hierarchy:
        return self.problem[1]

    def over_runs(self, runs: int) -> Stability:
        self.o.say(f"{counted(runs, 'run')} on resamples")
        resampling = Subsample() if self.o.training.early_stopping else Bootstrap()
        common = {**self.common, "checkpoint": self._part("runs")}
        return stability(*self.problem, explain=self.explain, resampling=resampling, runs=runs, **common)

    def under(self, name: str, null: Null, draws: int) -> NullScores:
        self.o.say(f"{counted(draws, 'draw')} with {name}")
        common = {**self.common, "checkpoint": self._part(name)}
        return null_scores(*self.problem, null, explain=self.explain, draws=draws, **common)

    def beside_twins(self) -> Twins:
        self.o.say("5 folds of the network and its twins")
        return twins(*self.problem, **self.common, checkpoint=self._part("twins"))

    def _part(self, name: str) -> CheckpointFolder | None:
        return self.kept and self.kept.part(name)


def _trainings(
    begun: Start,
    explained: Explained,
    o: FitOptions,
    study: StudyOptions,
    kept: CheckpointFolder | None,
) -> _Trainings:
    """Return the trainings of hassenet fit on all rows, with all heads, of which the main one is explained."""
    H = begun.network.hierarchy
    explain = partial(method_of(study.method), output=_among_all(explained, begun.task.heads(H)))
    Y, learn = targets_of(begun.target)
    prepare = AsFitted(_preparation(begun), o.standardize, learn)
    common = {
        "offset": added_of(begun.target),
        "prepare": prepare,
        "seed": o.training.seed,
        "n_jobs": study.jobs,
        "progress": not o.quiet,
    }
    problem = (_recipe(H, begun, o), H, begun.X, Y)
    return _Trainings(problem, explain, common, o, kept)


def _preparation(begun: Start) -> Preparation:
    """Return what features go through; where there are no gaps nothing has to be known that fills them."""
    X: Any = begun.X
    preparation = begun.model.preparation
    return replace(preparation, encoding=None) if is_finite(X.data if issparse(X) else X) else preparation


def _studied(trainings: _Trainings, study: StudyOptions) -> tuple[dict[str, Table], list[str], Studied]:
    """Return the tables by the names of their files, what is printed of them, and what was found of elements."""
    H = trainings.H
    unnamed = interchangeable_ranks(H)
    named = [i for i in range(H.depth) if i not in unnamed]
    found = trainings.over_runs(study.runs).of_ranks(named)
    elements, networks, lines = found.table(), {}, [str(found), *_left_out(H, unnamed), *_apart(H)]
    nulls: dict[str, NullScores] = {}
    for name, null in (_null_models(H) if study.nulls else {}).items():
        of_null = trainings.under(name, null, study.nulls).of_ranks(named)
        nulls[name.split()[0]] = of_null
        elements |= _columns(of_null, name.split()[0])
        lines.append(f"{name}: {of_null}")
    if _can_be_rewired(H):
        beside = trainings.beside_twins()
        networks = {"networks.csv": as_table(beside.table())}
        lines.append(str(beside))
    return {"elements.csv": as_table(elements), **networks}, lines, Studied(found, nulls)


def _recipe(H: Hierarchy, begun: Start, o: FitOptions) -> Recipe:
    """Return the training of hassenet fit, with all heads that the hierarchy has."""
    o = in_batches(begun.target, o) if isinstance(begun.target, OutcomeTarget) else o
    options = replace(o.training, loss=begun.task.loss_on(H))
    return Recipe(begun.hidden, begun.task.activation_on(H), options=options)


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


def _apart(H: Hierarchy) -> list[str]:
    """Return a line on the covariates, if there are any."""
    names = listing(map(str, H.covariates), 3)
    return [f"  covariates stand apart, without p: {names}"] if H.covariates else []


def _null_models(H: Hierarchy) -> dict[str, Null]:
    rewired: dict[str, Null] = {"rewired covers": rewired_covers} if _can_be_rewired(H) else {}
    return {"permuted targets": permuted_labels, **rewired}


def _can_be_rewired(H: Hierarchy) -> bool:
    return any(not H.is_complete(i) for i in range(H.depth))


def _rows_of(o: FitOptions) -> list[str]:
    """Return which rows features are standardised by, and which a run learns from."""
    features = "standardised, and gaps filled," if o.standardize else "as they are, gaps filled"
    drawn = (
        "63 % of the rows each, none twice: some of them end the training early, and are not learned from"
        if o.training.early_stopping
        else "as many rows as there are, drawn with replacement (bootstrap)"
    )
    return [f"features: {features} by the rows that each training learns from", f"runs: {drawn}"]
