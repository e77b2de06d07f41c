"""The demonstration from beginning to end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import final

import click

from hassenet.demo import folder as files
from hassenet.demo import pictures, report
from hassenet.demo.data import Microbes
from hassenet.demo.final import as_model, course, final_pipeline
from hassenet.demo.settings import Settings
from hassenet.demo.taxa import Taxon, most_important
from hassenet.demo.validation import Floats, Outcome, by_model, cross_validate, network_scores
from hassenet.model import Model
from hassenet.network import Ensemble

TAXA = 15


@final
@dataclass(frozen=True, eq=False)
class Result:
    """What a run found.

    Attributes
    ----------
    aucs : mapping from str to (folds · repeats,) array
        The ROC AUC of each model on each fold.
    taxa : list of Taxon
        The most important taxa.
    model : Model
        The network trained on all people.
    folder : Path
        Where the files are.
    """

    aucs: Mapping[str, Floats]
    taxa: Sequence[Taxon]
    model: Model
    folder: Path


def run(
    repeats: int = 4,
    folds: int = 5,
    out: str | Path = "hassenet-demo",
    seed: int = 0,
    n_jobs: int = 2,
    *,
    epochs: int = 100,
    trees: int = 500,
    progress: bool = True,
) -> Result:
    """Cross-validate the network and three known models, train it on all people, and write report and pictures.

    Parameters
    ----------
    repeats, folds : int
        Cross-validation with ``folds`` parts, ``repeats`` times over.
    out : path-like
        A new folder, or that of an earlier run, whose files are replaced; other files in it stay.
    seed : int
        Of the folds and of training.
    n_jobs : int
        The number of processes.
    epochs, trees : int
        Of the networks, and of the forest.
    progress : bool
        Whether to show a bar.

    Returns
    -------
    Result
        What was found.

    Raises
    ------
    OutputExistsError
        If ``out`` holds other things.
    ParameterError
        If a number is too small.
    """
    settings = Settings(repeats, folds, seed, n_jobs, epochs, trees, progress)
    start = perf_counter()
    folder = files.prepared(out)
    data = Microbes.load()
    telling = _Telling()
    telling.tell(files.TITLE, report.opening(data))
    outcomes = cross_validate(data, settings)
    result = _finished(data, settings, outcomes, folder)
    _write(result, outcomes, course(data, settings))
    telling.tell(*_closing(result, settings), report.files(folder, perf_counter() - start))
    files.write_report(folder, "\n\n".join(telling.parts[1:]))
    return result


@final
class _Telling:
    """Says paragraphs and keeps them for the report."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def tell(self, *parts: str) -> None:
        for part in parts:
            click.echo(f"{part}\n")
            self.parts.append(part)


def _finished(data: Microbes, settings: Settings, outcomes: list[Outcome], folder: Path) -> Result:
    fitted = final_pipeline(data, settings)
    folds = [outcome.taxa for outcome in outcomes if outcome.taxa is not None]
    table = most_important(network_scores(fitted, data), folds, data, TAXA)
    return Result(by_model(outcomes), table, as_model(fitted, data), folder)


def _closing(result: Result, settings: Settings) -> Iterator[str]:
    yield report.network(Ensemble.of(result.model.network).heaviest, settings)
    yield report.results(result.aucs, settings)
    yield report.verdict(result.aucs, settings.folds)
    yield report.taxa(result.taxa)


def _write(result: Result, outcomes: Sequence[Outcome], history: Sequence[object]) -> None:
    folder = result.folder
    files.begin(folder)
    files.write_table(
        folder, "results.csv", ("model", "fold", "roc_auc"), ((o.model, o.fold, o.auc) for o in outcomes)
    )
    files.write_table(
        folder, "taxa.csv", (*Taxon._fields, "more_in"), ((*t, t.direction) for t in result.taxa)
    )
    files.write_model(folder, result.model)
    files.write_picture(folder, "costs.png", pictures.costs(history))
    files.write_picture(
        folder, "hierarchy.png", pictures.taxonomy(Ensemble.of(result.model.network).heaviest, result.taxa)
    )
    files.write_picture(folder, "auc.png", pictures.aucs(result.aucs))
    files.write_picture(folder, "taxa.png", pictures.taxa(result.taxa))
