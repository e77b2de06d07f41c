"""How well a hierarchy's estimators predict as they come, beside models that are tuned inside the same rows.

    python benchmarks/prediction.py FOLDER [TASK …] [--splits N] [--only CONTENDER …] [--jobs 2] [--out FILE]
    python benchmarks/prediction.py FOLDER [TASK …] [--without PART …] [--with PART …]

FOLDER holds the data of six tasks, each a table, a target, a hierarchy and splits into rows to learn from and rows
to judge by: gut microbes of cirrhosis and of obesity (lineages), pairs of deleted genes (DCell's chromatin subsystem),
simulated genotypes with a yes-or-no and with a numeric trait (GenNet's examples), plasma proteins of septic patients
(BINN's sample, 38 % of the values missing). Scores are ROC AUC and Pearson's r. Baselines are tuned by cross-validation
inside the rows to learn from; HierarchyClassifier and HierarchyRegressor are taken with their defaults, the drop-ins
with theirs behind a scaler. pytabkit's RealMLP and TabM join where they are installed and asked for (--only).

Beside the score stand the seconds of a fit, and of ours the expected calibration error (ten bins) and log loss before
and after the temperature, or the share of targets inside intervals of 90 %. The paired interval of ours less the best
baseline is Student's over the splits, its variance multiplied by 1/k + (test rows)/(training rows) in place of 1/k
(Nadeau and Bengio, 2003); with one split it is that of 1,000 bootstraps of the rows judged. It judges the baseline that
came out best, so it is a little severe.

--without leaves parts out, one after the other, --with adds some, and the change of each task's score is printed.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # trainings go side by side; what waits inside them costs time

import argparse
import csv
import gzip
import json
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
from scipy.stats import t as student
from sklearn import ensemble, linear_model, metrics, model_selection, neural_network
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import hassenet as hn
from hassenet import shaping
from hassenet.estimators import hierarchy_estimator
from hassenet.selection import Effort, Problem, assessment, trainings
from hassenet.training import TrainingOptions

Split = tuple[np.ndarray, np.ndarray]
Maker = Callable[[], Any]


@dataclass(frozen=True)
class Task:
    """Pairs of the hierarchy are (lower, upper); without any the column names are lineages."""

    name: str
    X: pd.DataFrame
    y: np.ndarray
    pairs: tuple[tuple[str, str], ...] | None
    splits: tuple[Split, ...]
    is_classification: bool

    def hierarchy(self) -> hn.Hierarchy:
        if self.pairs is None:
            return hn.Hierarchy.from_lineages(list(self.X.columns))
        whole = hn.Hierarchy.from_relation(sorted(set(self.pairs)))
        return whole.restrict(list(self.X.columns))[0].graded()


# ---------------------------------------------------------------- tasks


def lines(path: Path) -> Iterator[list[str]]:
    with gzip.open(path, "rt") as file:
        yield from (line.split() for line in file)


def ten_splits(y: np.ndarray) -> tuple[Split, ...]:
    folds = model_selection.RepeatedStratifiedKFold(n_splits=5, n_repeats=2, random_state=1)
    return tuple(folds.split(np.zeros(len(y)), y))


def microbes(name: str, path: Path, positive: str) -> Task:
    table = pd.read_csv(path)
    y = (table["disease"] == positive).to_numpy(int)
    X = np.log10(table[[c for c in table.columns if c.startswith("k__")]] + 1e-4)
    return Task(name, X, y, None, ten_splits(y), True)


def deletions(name: str, folder: Path, root: str) -> Task:
    """A line of the topology is a key, a colon, and what stands below the term of the last ROOT."""
    pairs: list[tuple[str, str]] = []
    genes: set[str] = set()
    term = ""
    for key, *words in lines(folder / f"{root}_topology.gz"):
        if key == "ROOT:":
            term = words[0]
        elif key in ("GENES:", "TERMS:"):
            pairs += [(word, term) for word in words]
            genes |= set(words if key == "GENES:" else ())
    parts = [list(lines(folder / f"{root}_{part}_data_2016_0.gz")) for part in ("training", "testing")]
    rows, n = [*parts[0], *parts[1]], len(parts[0])
    columns = sorted(genes)
    X = pd.DataFrame([[float(g in row[1:-1]) for g in columns] for row in rows], columns=columns)
    y = np.array([float(row[-1]) for row in rows])
    return Task(name, X, y, tuple(pairs), ((np.arange(n), np.arange(n, len(y))),), False)


def read(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return [{k.strip(): v.strip() for k, v in row.items() if k} for row in csv.DictReader(file)]


def genotypes(name: str, folder: Path, *, is_classification: bool) -> Task:
    """Sets 1 and 2 are GenNet's training and validation people, 3 its test people."""
    import h5py

    with h5py.File(folder / "genotype.h5") as file:
        G = np.asarray(file["data"], float)
    people, paths = read(folder / "subjects.csv"), read(folder / "topology.csv")
    ranks = sorted(k for k in paths[0] if k.endswith("_name"))
    pairs = {
        (f"{i}:{p[low]}", f"{i + 1}:{p[up]}") for p in paths for i, (low, up) in enumerate(pairwise(ranks))
    }
    at = {int(p["layer0_node"]): f"0:{p[ranks[0]]}" for p in paths}
    X = pd.DataFrame(G[[int(p["genotype_row"]) for p in people]], columns=[at[k] for k in range(G.shape[1])])
    y = np.array([float(p["labels"]) for p in people])
    group = np.array([int(p["set"]) for p in people])
    split = (np.flatnonzero(group < 3), np.flatnonzero(group == 3))
    return Task(name, X, y.astype(int) if is_classification else y, tuple(pairs), (split,), is_classification)


def proteins(name: str, folder: Path) -> Task:
    table = pd.read_csv(folder / "sample_datamatrix.csv.gz", index_col=0).T
    group = pd.read_csv(folder / "sample_design_matrix.tsv", sep="\t", index_col=0)["group"]
    y = (group.loc[table.index] == 2).to_numpy(int)
    known = sorted({(row[0], row[1]) for row in lines(folder / "uniprot2reactome_human.tsv.gz")})
    mapped = {protein for protein, _ in known}
    X = table[[c for c in table.columns if c in mapped]].reset_index(drop=True)
    pairs = [(protein, pathway) for protein, pathway in known if protein in set(X.columns)]
    pairs += [(row[1], row[0]) for row in lines(folder / "relations_human.tsv.gz")]
    return Task(name, X, y, tuple(pairs), ten_splits(y), True)


def tasks(folder: Path) -> dict[str, Callable[[], Task]]:
    suite = folder / "suite"
    return {
        "chromatin": lambda: deletions("chromatin", suite / "dcell_chromatin", "GO_0000790"),
        "snps-number": lambda: genotypes("snps-number", suite / "gennet_regression", is_classification=False),
        "snps-class": lambda: genotypes(
            "snps-class", suite / "gennet_classification", is_classification=True
        ),
        "obesity": lambda: microbes("obesity", suite / "obesity" / "abundance.csv.gz", "obese"),
        "cirrhosis": lambda: microbes("cirrhosis", folder / "cirrhosis" / "abundance.csv.gz", "cirrhosis"),
        "proteins": lambda: proteins("proteins", suite / "binn"),
    }


# ---------------------------------------------------------------- contenders


def behind_a_scaler(model: Any) -> Any:
    steps = make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler(), model)
    return steps.set_output(transform="pandas")


def baselines(task: Task) -> dict[str, Maker]:
    grid = model_selection.GridSearchCV
    leaves, alphas = {"max_leaf_nodes": [4, 31]}, {"alpha": [0.01, 0.1, 1.0, 10.0]}
    if task.is_classification:
        made: dict[str, Maker] = {
            "logistic regression": lambda: linear_model.LogisticRegressionCV(
                Cs=np.logspace(-4, 1, 11), cv=5, scoring="neg_log_loss", max_iter=1000
            ),
            "random forest": lambda: ensemble.RandomForestClassifier(500, random_state=0),
            "gradient boosting": lambda: grid(
                ensemble.HistGradientBoostingClassifier(random_state=0), leaves, scoring="roc_auc", cv=3
            ),
            "MLP": lambda: grid(
                neural_network.MLPClassifier((64,), random_state=0), alphas, scoring="neg_log_loss", cv=3
            ),
        }
    else:
        made = {
            "ridge regression": lambda: linear_model.RidgeCV(np.logspace(-1, 4, 16)),
            "random forest": lambda: ensemble.RandomForestRegressor(300, random_state=0),
            "gradient boosting": lambda: grid(
                ensemble.HistGradientBoostingRegressor(random_state=0), leaves, cv=3
            ),
            "MLP": lambda: grid(
                neural_network.MLPRegressor(hidden_layer_sizes=(64,), random_state=0), alphas, cv=3
            ),
        }
    return {name: lambda make=make: behind_a_scaler(make()) for name, make in made.items()}


def peers(task: Task) -> dict[str, Maker]:
    try:
        import pytabkit
    except ImportError:
        return {}
    kind = "Classifier" if task.is_classification else "Regressor"
    models = {"RealMLP": f"RealMLP_TD_{kind}", "TabM": f"TabM_D_{kind}"}
    return {
        name: lambda model=model: behind_a_scaler(getattr(pytabkit, model)(random_state=0))
        for name, model in models.items()
    }


def ours(task: Task, jobs: int) -> dict[str, Maker]:
    H, kind = task.hierarchy(), "Classifier" if task.is_classification else "Regressor"
    hierarchy, drop_in = getattr(hn, f"Hierarchy{kind}"), getattr(hn, f"Network{kind}")
    return {
        "ours": lambda: hierarchy(H, random_state=0, n_jobs=jobs),
        "drop-in": lambda: behind_a_scaler(drop_in(hierarchy=H, random_state=0)),
    }


# ---------------------------------------------------------------- judging


@dataclass(frozen=True)
class Run:
    """The predictions of a contender on each split, seconds a fit, and what the model knows of its own errors."""

    predictions: list[np.ndarray]
    seconds: list[float]
    extras: list[dict[str, float]]

    def scores(self, task: Task) -> np.ndarray:
        return np.array(
            [
                score(task, task.y[test], p)
                for (_, test), p in zip(task.splits, self.predictions, strict=False)
            ]
        )

    @property
    def mean_extras(self) -> dict[str, float]:
        return {name: float(np.mean([e[name] for e in self.extras])) for name in self.extras[0]}


def score(task: Task, y: np.ndarray, p: np.ndarray) -> float:
    if task.is_classification:
        return float(metrics.roc_auc_score(y, p))
    return float(np.corrcoef(y, p)[0, 1]) if np.ptp(p) else 0.0


def run(task: Task, make: Maker) -> Run:
    predictions, seconds, extras = [], [], []
    for train, test in task.splits:
        began = perf_counter()
        model = make().fit(task.X.iloc[train], task.y[train])
        seconds.append(perf_counter() - began)
        X = task.X.iloc[test]
        predictions.append(
            model.predict_proba(X)[:, 1] if task.is_classification else np.ravel(model.predict(X))
        )
        extras.append(known(task, model, X, task.y[test]) if hasattr(model, "model_") else {})
    return Run(predictions, seconds, extras)


def known(task: Task, model: Any, X: pd.DataFrame, y: np.ndarray) -> dict[str, float]:
    if not task.is_classification:
        _, low, high = model.predict(X, interval=0.9)
        return {"coverage": float(np.mean((low <= y) & (y <= high)))}
    cold, warm = (m.predict_proba(X)[:, 1] for m in (replace(model.model_, temperature=1.0), model.model_))
    return {
        "temperature": model.model_.temperature,
        "ECE before": calibration_error(y, cold),
        "ECE": calibration_error(y, warm),
        "log loss before": float(metrics.log_loss(y, cold)),
        "log loss": float(metrics.log_loss(y, warm)),
    }


def calibration_error(y: np.ndarray, p: np.ndarray, bins: int = 10) -> float:
    """Return Σ (share of rows in a bin) · |mean probability − share of ones|."""
    which = np.minimum((p * bins).astype(int), bins - 1)
    off = (abs((p - y)[which == b].sum()) for b in range(bins))
    return float(sum(off) / len(y))


def paired_interval(task: Task, one: Run, other: Run) -> tuple[float, float]:
    """Return the 95 % interval of the difference of two contenders' scores."""
    D = one.scores(task) - other.scores(task)
    if len(D) == 1:
        return _bootstrapped(task, one.predictions[0], other.predictions[0])
    train, test = (len(rows) for rows in task.splits[0])
    reach = student.ppf(0.975, len(D) - 1) * D.std(ddof=1) * np.sqrt(1 / len(D) + test / train)
    return float(D.mean() - reach), float(D.mean() + reach)


def _bootstrapped(task: Task, a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    y, rng = task.y[task.splits[0][1]], np.random.default_rng(0)
    drawn = [rng.integers(0, len(y), len(y)) for _ in range(1000)]
    D = [score(task, y[rows], a[rows]) - score(task, y[rows], b[rows]) for rows in drawn]
    low, high = np.quantile(D, [0.025, 0.975])
    return float(low), float(high)


# ---------------------------------------------------------------- parts left out


def efforts(change: Callable[[Effort], Effort]) -> AbstractContextManager[Any]:
    usual = Effort.of
    return patch.object(Effort, "of", staticmethod(lambda *a, **k: change(usual(*a, **k))))


def settings(keep: Callable[[Any], Any]) -> AbstractContextManager[Any]:
    """Let each setting be what a function makes of it; None leaves it out."""

    def changed(effort: Effort) -> Effort:
        found = (keep(s) for s in effort.settings)
        return replace(effort, settings=tuple(dict.fromkeys(s for s in found if s is not None)))

    return efforts(changed)


def one_penalty(effort: Effort) -> Effort:
    """Keep of each kind of network the first penalty, and of the linear models that of 0.1."""
    first = {(s.neurons, s.input_dropout): s for s in reversed(effort.settings)}
    return replace(effort, settings=tuple(first.values()))


def weights_of(rule: Callable[[np.ndarray], np.ndarray]) -> AbstractContextManager[Any]:
    return patch.object(assessment.Assessment, "weights", property(lambda a: rule(a.z)))


def best_alone(z: np.ndarray) -> np.ndarray:
    return (np.arange(len(z)) == z.argmin()).astype(float)


PARTS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "clip": lambda: patch.object(hierarchy_estimator, "_LIMIT", 1e9),
    "linear": lambda: settings(lambda s: None if s.is_linear else s),
    "networks": lambda: settings(lambda s: s if s.is_linear else None),
    "wide": lambda: settings(lambda s: None if s.neurons > 1 else s),
    "one-neuron": lambda: settings(lambda s: None if s.neurons == 1 else s),
    "input-dropout": lambda: settings(lambda s: replace(s, input_dropout=0.0)),
    "penalties": lambda: efforts(one_penalty),
    "members": lambda: efforts(lambda e: replace(e, repeats=1)),
    "schedule": lambda: patch.object(trainings, "OneCycle", lambda rate: rate),
    "weights": lambda: weights_of(best_alone),
}


def crowned_over_features(problem: Problem, setting: Any) -> hn.Network:
    H = problem.hierarchy.crown(problem.outputs, over="features")
    wide = shaping.widen(H, setting.neurons).hierarchy if setting.neurons > 1 else H
    return problem.task.network(wide, setting.activation)


ADDED: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "features-under-outputs": lambda: patch.object(Problem, "network", crowned_over_features),
    "normalisation": lambda: patch.object(
        trainings, "TrainingOptions", partial(TrainingOptions, normalise=True)
    ),
    "vanishing-elements": lambda: patch.object(
        trainings, "L2", lambda penalty: hn.penalties.Elements(penalty / 10, l2=penalty)
    ),
}


# ---------------------------------------------------------------- what is printed


def compare(task: Task, makers: dict[str, Maker], out: Path | None) -> None:
    runs: dict[str, Run] = {}
    for name, make in makers.items():
        runs[name] = run(task, make)
        report(task, name, runs[name], out)
    rivals = {name: r.scores(task).mean() for name, r in runs.items() if name not in ("ours", "drop-in")}
    if "ours" in runs and rivals:
        best = max(rivals, key=lambda name: rivals[name])
        low, high = paired_interval(task, runs["ours"], runs[best])
        gain = runs["ours"].scores(task).mean() - rivals[best]
        print(f"   ours less {best}: {gain:+.4f}, 95 % interval {low:+.4f} to {high:+.4f}", flush=True)


def report(task: Task, name: str, result: Run, out: Path | None) -> None:
    scores, seconds = result.scores(task), float(np.mean(result.seconds))
    extras = ", ".join(f"{what} {value:.3f}" for what, value in result.mean_extras.items())
    print(
        f"   {name:22} {scores.mean():.4f} ± {scores.std():.4f}  {seconds:6.1f} s a fit  {extras}", flush=True
    )
    if out is not None:
        row = {"task": task.name, "who": name, "scores": scores.tolist(), "seconds": seconds}
        with out.open("a") as file:
            file.write(json.dumps(row | result.mean_extras) + "\n")


def change(task: Task, parts: Sequence[str], jobs: int, out: Path | None) -> None:
    make = ours(task, jobs)["ours"]
    whole = run(task, make)
    report(task, "ours", whole, out)
    for part in parts:
        with ExitStack() as stack:
            stack.enter_context({**PARTS, **ADDED}[part]())
            changed = run(task, make)
        report(task, f"{'with' if part in ADDED else 'without'} {part}", changed, out)
        print(f"      {changed.scores(task).mean() - whole.scores(task).mean():+.4f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("tasks", nargs="*")
    parser.add_argument("--splits", type=int, help="the first so many splits alone")
    parser.add_argument("--only", nargs="+", help="contenders by name, as ours or MLP; peers are named here")
    parser.add_argument("--without", nargs="+", default=[], choices=PARTS, help="parts to leave out")
    parser.add_argument("--with", nargs="+", default=[], choices=ADDED, dest="added", help="parts to add")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path, help="a file that gets a line of JSON for each row")
    asked = parser.parse_args()
    warnings.filterwarnings("ignore")
    makers = tasks(asked.folder)
    for name in asked.tasks or makers:
        task = makers[name]()
        task = replace(task, splits=task.splits[: asked.splits])
        kind = "classification" if task.is_classification else "regression"
        print(
            f"{name}: {task.X.shape[0]:,} × {task.X.shape[1]:,}, {kind}, {len(task.splits)} splits",
            flush=True,
        )
        if asked.without or asked.added:
            change(task, [*asked.without, *asked.added], asked.jobs, asked.out)
            continue
        everyone = {**baselines(task), **ours(task, asked.jobs), **(peers(task) if asked.only else {})}
        chosen = {n: make for n, make in everyone.items() if not asked.only or n in asked.only}
        compare(task, chosen, asked.out)


if __name__ == "__main__":
    main()
