"""From options to a comparison, its tables and its picture."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from functools import partial
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hassenet.cli.checkpoint import removed
from hassenet.cli.fit.pictures import drawn
from hassenet.cli.folder import Write, fill, folder_for
from hassenet.cli.problem import Problem, read_problem
from hassenet.cli.reading import name_of
from hassenet.cli.source import SourceOptions
from hassenet.cli.tables import as_table, writer
from hassenet.errors import TargetError, TargetWarning
from hassenet.outcomes import Amount, Classes, Count, HazardRatio, OrderedClasses, Outcome, Quantiles
from hassenet.outcomes.target import OutcomeTarget
from hassenet.protocol import Comparison, compare
from hassenet.protocol.kinds import Asked
from hassenet.task.target import Target

_FILES = ("comparison.csv", "folds.csv", "comparison.json", "comparison.png")


def run(
    o: SourceOptions,
    *,
    covariate: tuple[str, ...],
    folds: int,
    repeats: int,
    seed: int,
    jobs: int,
    out: Path | None,
    spreadsheet_safe: bool | None,
    force: bool,
    checkpoint: Path | None,
    every: float | None,
) -> bool:
    """Read, compare, tell and write; return whether nobody interrupted that."""
    with nullcontext() if out is None else folder_for(_FILES, out, force) as folder:
        filled = "filled inside the folds, by medians and most frequent levels of the rows learned from"
        problem = read_problem(o, filled, covariate)
        _check_targets(problem)
        n, q = problem.X.shape[1], problem.C.shape[1]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", TargetWarning)  # they were noted where the table was read
            found = compare(
                problem.hierarchy,
                problem.both,
                _targets(problem),
                task=_task(problem),
                quantiles=_shares(problem),
                likelihood=_likelihood(problem),
                offset=problem.added,
                covariates=range(n, n + q),
                categories=problem.categories,
                folds=folds,
                repeats=repeats,
                seed=seed,
                n_jobs=jobs,
                progress=not o.quiet,
                checkpoint=checkpoint,
                every=every,
            )
        o.say(f"\n{found}")
        if folder is not None:
            files = _files(found, _settings(o, problem, seed), writer(spreadsheet_safe))
            fill(folder, _FILES, files)
            o.say(f"\nwritten: {', '.join(files)} in {folder}")
        removed(checkpoint)
    return found.stopped == "complete"


_TASKS: Mapping[type, Asked] = MappingProxyType(
    {
        HazardRatio: "survival",
        Count: "count",
        OrderedClasses: "ordinal",
        Quantiles: "regression",
        Amount: "regression",
        Classes: "classification",
    }
)


def _check_targets(problem: Problem) -> None:
    target = problem.target
    if isinstance(target, OutcomeTarget) and len(target.names) > 1:
        raise TargetError(
            f"several targets are plain numbers in a comparison; got {target}; compare one after the other, or say "
            "--task regression where all are amounts"
        )


def _task(problem: Problem) -> Asked:
    target = problem.target
    return target.task if isinstance(target, Target) else _TASKS[type(target.outcomes.parts[0])]


def _targets(problem: Problem) -> Any:
    """Return what is compared on: of times an array with their events, several numbers, of others a value a row."""
    one, outcome = problem.labels, _outcome(problem)
    return one if one.ndim == 1 or outcome is None or isinstance(outcome, HazardRatio) else one[:, 0]


def _shares(problem: Problem) -> tuple[float, ...] | None:
    one = _outcome(problem)
    return one.shares if isinstance(one, Quantiles) else None


def _likelihood(problem: Problem) -> str | None:
    """Return the likelihood of counts or of numbers that the network takes."""
    one = _outcome(problem)
    return one.dispersion if isinstance(one, Count) else one.noise if isinstance(one, Amount) else None


def _outcome(problem: Problem) -> Outcome | None:
    return None if isinstance(problem.target, Target) else problem.target.outcomes.parts[0]


def _settings(o: SourceOptions, problem: Problem, seed: int) -> dict[str, Any]:
    return {
        "data": name_of(o.data),
        "target": problem.target.names[0] if len(problem.target.names) == 1 else list(problem.target.names),
        "task": _task(problem),
        **({"quantiles": list(shares)} if (shares := _shares(problem)) else {}),
        "rows": len(problem.X),
        "features": problem.X.shape[1],
        "covariates": list(problem.beside),
        "elements": problem.hierarchy.n_elements,
        "covers": problem.hierarchy.n_covers,
        "seed": seed,
    }


def _files(found: Comparison, settings: dict[str, Any], write: Callable[..., None]) -> dict[str, Write]:
    """Return what writes each file, by its name; ``write`` writes a table."""
    text = json.dumps(settings | _content(found), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    files: dict[str, Write] = {
        "comparison.csv": partial(write, as_table(found.table())),
        "folds.csv": partial(write, as_table(found.of_splits())),
        "comparison.json": partial(Path.write_text, data=text, encoding="utf-8"),
    }
    return files | _pictures(found)


def _pictures(found: Comparison) -> dict[str, Write]:
    def draw() -> Any:
        from hassenet.plots import plot_comparison

        return plot_comparison(found)

    return {
        name: partial(Path.write_bytes, data=content)
        for name, content in drawn("comparison.png", draw).items()
    }


def _content(found: Comparison) -> dict[str, Any]:
    """Return the comparison as JSON has it: a bound that is not finite is null."""
    columns = {name: list(map(_number, column)) for name, column in found.table().items()}
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return {
        "finding": found.verdict.finding,
        "verdict": found.verdict.sentence,
        "measure": found.measures[0],
        "folds": found.folds,
        "repeats": found.repeats,
        "splits": found.n_splits,
        "stopped": found.stopped,
        "models": rows,
    }


def _number(value: Any) -> Any:
    if isinstance(value, str):
        return value
    return float(value) if isfinite(value) else None
