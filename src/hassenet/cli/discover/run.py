"""From options to the power of each element, its table and its pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from hassenet.cli.checkpoint import removed
from hassenet.cli.discover.options import DiscoverOptions
from hassenet.cli.fit.pictures import drawn
from hassenet.cli.folder import Write, fill, folder_for
from hassenet.cli.problem import Problem, read_problem
from hassenet.cli.source import SourceOptions
from hassenet.cli.tables import as_table, writer
from hassenet.cli.text import columns, number, short
from hassenet.errors import ParameterError
from hassenet.outcomes.target import OutcomeTarget
from hassenet.stability import ElementPower, element_power
from hassenet.task.folds import check_amounts, check_classes
from hassenet.task.target import Target

_FILES = ("power.csv", "power.png", "diagram.png")
_LEGEND = """\
power: nats an example{beyond}, on rows not learned from
low, high: between what ends it lies on 95 % of the parts held out
local: beyond the best part of the element; t: its place by the plain test of the mean of its features"""
_LEGEND_OF_DRAWS = """
pooled_p: how often chance gives as much, by the draws of all elements; fdr: the false discovery rate{over}"""


def run(o: SourceOptions, study: DiscoverOptions) -> None:
    """Read, ask, tell and write."""
    with nullcontext() if study.out is None else folder_for(_FILES, study.out, study.force) as folder:
        problem = read_problem(
            o, "filled by medians and most frequent levels of the rows learned from", study.covariate
        )
        _check_rank(problem, study.rank)
        found = _powers(problem, o, study)
        o.say(f"\n{_summary(found, study)}")
        if folder is not None:
            files = _files(found, problem, study)
            fill(folder, _FILES, files)
            o.say(f"\nwritten: {', '.join(files)} in {folder}")
        removed(study.checkpoint)


def _check_rank(problem: Problem, rank: int | None) -> None:
    depth = problem.hierarchy.depth
    if rank is not None and rank > depth:
        raise ParameterError(f"elements stand at the ranks 1 to {depth}; got {rank}; give one of these")


def _powers(problem: Problem, o: SourceOptions, study: DiscoverOptions) -> ElementPower:
    target = problem.target
    if isinstance(target, Target) and len(target.names) == 1:
        (check_amounts if target.classes is None else check_classes)(problem.labels, study.folds)
    y, offset = _asked(problem)
    return element_power(
        problem.hierarchy,
        problem.X,
        y,
        task="regression" if target.classes is None else "classification",
        loss=target.outcomes.loss if isinstance(target, OutcomeTarget) else None,
        folds=study.folds,
        repeats=study.repeats,
        offset=offset,
        covariates=problem.C if problem.beside else None,
        categories=problem.categories,
        draws=study.draws,
        seed=study.seed,
        n_jobs=study.jobs,
        progress=not o.quiet,
        checkpoint=study.checkpoint,
        every=study.every,
    )


def _asked(problem: Problem) -> tuple[Any, Any]:
    """Return the targets, and what is added to their signals, in the form of their losses."""
    target = problem.target
    if isinstance(target, OutcomeTarget) and len(target.names) > 1:
        return target.encoded, target.offset
    several = problem.several
    return problem.labels if several is None else several, problem.added


# ---------------------------------------------------------------- text


def _summary(found: ElementPower, study: DiscoverOptions) -> str:
    """Return the first elements, all or those of a rank, as a table."""
    table = found.table()
    rows = [k for k, rank in enumerate(table["rank"]) if study.rank in (None, rank)][: study.top]
    numbers = ["power", "low", "high", "local", *(["pooled_p", "fdr"] if study.draws else []), "t"]
    of = ["target"] if found.targets else []
    head = [*of, "element", "rank", *numbers, "carrier"]
    shown = columns([head, *(_row(table, k, numbers) for k in rows)])
    return f"{str(found).splitlines()[0]}\n\n{shown}\n\n{_legend(found, study)}"


def _legend(found: ElementPower, study: DiscoverOptions) -> str:
    beyond = f" beyond {', '.join(study.covariate)}" if study.covariate else ""
    over = " over all elements and targets" if found.targets else ""
    return _LEGEND.format(beyond=beyond) + (_LEGEND_OF_DRAWS.format(over=over) if study.draws else "")


def _row(table: Mapping[str, Any], k: int, numbers: list[str]) -> list[str]:
    cells = [number(float(table[name][k])) for name in numbers]
    of = [short(table["target"][k])] if "target" in table else []
    return [*of, short(table["element"][k]), str(table["rank"][k]), *cells, table["carrier"][k]]


# ---------------------------------------------------------------- files


def _files(found: ElementPower, problem: Problem, study: DiscoverOptions) -> dict[str, Write]:
    """Return what writes each file, by its name."""
    table: Write = partial(writer(study.spreadsheet_safe), as_table(found.table()))
    pictures = {
        **drawn("power.png", lambda: _bars(found, study.top)),
        **drawn("diagram.png", lambda: _diagram(found, problem)),
    }
    return {"power.csv": table, **{name: _bytes(content) for name, content in pictures.items()}}


def _bytes(content: bytes) -> Callable[[Path], Any]:
    return partial(Path.write_bytes, data=content)


def _bars(found: ElementPower, top: int) -> Any:
    from hassenet.plots import plot_power

    return plot_power(found, max(top, 1))


def _diagram(found: ElementPower, problem: Problem) -> Any:
    from hassenet.plots import plot_hierarchy

    return plot_hierarchy(problem.hierarchy, power=found)
