"""Cross-validation of all models on the same folds, in parallel."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import final

import numpy as np
from joblib import Parallel, delayed, parallel_config
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.pipeline import Pipeline
from tqdm import tqdm

from hassenet.demo.contenders import NETWORK, contenders
from hassenet.demo.data import Microbes
from hassenet.demo.scores import taxon_scores
from hassenet.demo.settings import Settings

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@final
@dataclass(frozen=True, eq=False)
class Outcome:
    """What one model did on one fold: its ROC AUC on the people held out; of the network also the taxa's scores."""

    model: str
    fold: int
    auc: float
    taxa: Mapping[Hashable, float] | None = None


def cross_validate(data: Microbes, settings: Settings) -> list[Outcome]:
    """Return the outcome of every model on every fold, ordered by model, then fold."""
    parts = list(enumerate(splits(data, settings)))
    # Each process computes with one thread, so that processes do not fight for the cores.
    jobs = [
        delayed(_one)(name, model, data, k, *rows)
        for k, rows in parts
        for name, model in contenders(data.hierarchy, settings, seed=settings.seed + k).items()
    ]
    with parallel_config(backend="loky", inner_max_num_threads=1):
        running = Parallel(n_jobs=settings.n_jobs, return_as="generator_unordered")(jobs)
        shown = tqdm(
            running, total=len(jobs), desc="cross-validating", unit=" fits", disable=not settings.progress
        )
        outcomes = list(shown)
    order = list(contenders(data.hierarchy, settings, seed=0))
    return sorted(outcomes, key=lambda outcome: (order.index(outcome.model), outcome.fold))


def splits(data: Microbes, settings: Settings) -> Iterator[tuple[Rows, Rows]]:
    """Return the rows to train on and those held out, fold by fold; folds keep the share of the ill."""
    folds = RepeatedStratifiedKFold(
        n_splits=settings.folds, n_repeats=settings.repeats, random_state=settings.seed
    )
    return folds.split(data.X, data.ill)


def _one(name: str, model: Pipeline, data: Microbes, fold: int, train: Rows, test: Rows) -> Outcome:
    fitted = trained(model, data.X[train], data.ill[train])
    # The second column is the probability of class 1, cirrhosis.
    auc = float(roc_auc_score(data.ill[test], fitted.predict_proba(data.X[test])[:, 1]))
    taxa = network_scores(fitted, data) if name == NETWORK else None
    return Outcome(name, fold, auc, taxa)


def trained(model: Pipeline, X: Floats, y: Rows) -> Pipeline:
    """Return a fitted copy. All epochs are wanted, so that they ran out is no news."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return clone(model).fit(X, y)


def network_scores(fitted: Pipeline, data: Microbes) -> dict[Hashable, float]:
    """Return the taxa's scores in a fitted network, on all people."""
    return taxon_scores(fitted[-1].network_, fitted[:-1].transform(data.X), data.ill)


def by_model(outcomes: list[Outcome]) -> dict[str, Floats]:
    """Return the AUC of each fold by the model's name."""
    names = dict.fromkeys(outcome.model for outcome in outcomes)
    return {name: np.array([o.auc for o in outcomes if o.model == name]) for name in names}
