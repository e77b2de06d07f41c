"""The way of ``hassenet fit`` with a hierarchy: settings are chosen by cross-validation, and an ensemble is kept."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.cli.fit.architecture import hierarchy_of
from hassenet.cli.fit.options import FitOptions
from hassenet.cli.fit.reading import read_source
from hassenet.cli.fit.run import Judged, Split, kept, split_figures, split_rows
from hassenet.cli.fit.taken import taken
from hassenet.cli.terminal import note
from hassenet.data.columns import held_as_one
from hassenet.data.compact import is_compact
from hassenet.data.fill import Fill
from hassenet.data.logarithm import Logarithm
from hassenet.data.step import Step
from hassenet.errors import DataError, HassenetWarning, TargetError, listing
from hassenet.estimators import HierarchyClassifier, HierarchyRegressor
from hassenet.hierarchy import Hierarchy
from hassenet.model import Model
from hassenet.network import Ensemble, Network
from hassenet.storage import check_replaceable
from hassenet.tables import Table
from hassenet.task.names import distinct
from hassenet.task.target import Target

Array = NDArray[Any]
_MOST_GENOTYPES = 200_000_000


class _Read(NamedTuple):
    """The features, raw and as they are learned from, their hierarchy without outputs, and the target.

    NaN stands where a value is missing. A logarithm that is asked for is taken of all rows: a value that has none is
    found before any training.
    """

    X: Array
    Z: Array
    hierarchy: Hierarchy
    target: Target

    @property
    def features(self) -> tuple[str, ...]:
        return tuple(map(str, self.hierarchy.ranks[0]))

    @property
    def y(self) -> Array:
        """The target as estimators take it: one column is a vector."""
        Y = self.target.values
        return Y[:, 0] if Y.shape[1:] == (1,) else Y


def run_chosen(o: FitOptions) -> bool:
    """Read, choose and train, judge, save and report; return whether nobody interrupted that."""
    check_replaceable(o.out, o.force)
    read = _read(o)
    split = split_rows(read.target, read.X.shape[0], o)
    model = _learned(read, split, o)
    return kept(model, Judged("ensemble", read.X, read.target, split), o)


def _read(o: FitOptions) -> _Read:
    table, target, columns = read_source(o)
    H = hierarchy_of(columns, o)
    names = tuple(map(str, H.ranks[0]))
    X = _features(table, names)
    o.say(taken(X, names))
    o.say(f"{H!r}")
    gaps = np.isnan(X.data if issparse(X) else X).sum() / (X.shape[0] * X.shape[1])
    if gaps:
        o.say(f"missing values: {gaps:.2g} of all; filled by the medians of the rows learned from")
    Z = X if o.log10 is None else Logarithm(o.log10).beside_gaps(X, names)
    return _Read(X, Z, H, target)


def _features(table: Table, names: Sequence[str]) -> Any:
    """Return features with gaps, a sparse array as it is; refuse more whole numbers than a copy could be made of."""
    held: Any = held_as_one(table, names)
    if issparse(held):
        return held
    if is_compact(held) and held.size > _MOST_GENOTYPES:
        raise DataError(
            f"settings are chosen on numbers of eight bytes; {held.size:,} of one byte would be too many; train one "
            "network: --single"
        )
    return table.numbers_with_gaps(names)


def _learned(read: _Read, split: Split, o: FitOptions) -> Model:
    Z, y = read.Z[split.train], read.y[split.train]
    estimator = _estimator(read, o)
    _check_classes(read.target, y, estimator.folds)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", HassenetWarning)
        estimator.fit(Z, y)
    for warning in caught:
        note(warning.message)
    rows = {"training": float(len(split.train)), "held out": float(len(split.test))}
    stopped = "epochs" if estimator.selection_.stopped == "done" else "interrupted"
    model = replace(
        _of_target(estimator.model_, read),
        metrics={"rows": rows, "split": split_figures(read.X, o)},
        stopped=stopped,
        settings={**estimator.model_.settings, **o.reading.kept},
    )
    return model if o.log10 is None else replace(model, steps=_with_logarithm(model, o.log10))


def _estimator(read: _Read, o: FitOptions) -> HierarchyClassifier | HierarchyRegressor:
    kind = HierarchyRegressor if read.target.classes is None else HierarchyClassifier
    return kind(read.hierarchy, members=o.members, random_state=o.training.seed, progress=not o.quiet)


def _check_classes(target: Target, codes: Array, folds: int) -> None:
    """Refuse a class that some fold would lack, by its name in the table."""
    counts = np.zeros(0) if target.classes is None else np.bincount(codes, minlength=len(target.classes))
    rare = [c for c, n in zip(target.classes or (), counts.tolist(), strict=True) if n < folds]
    if rare:
        raise TargetError(
            f"settings are chosen on {folds} folds, and every class has a row in each; among the rows to learn from "
            f"there are fewer of {listing(rare)}; merge or leave out such classes, or train one network: --single"
        )


def _with_logarithm(model: Model, offset: float) -> tuple[Step, ...]:
    """Return the steps from raw features: gaps are filled before the logarithm is taken, with what gives the same."""
    fill, *others = model.steps or ()
    assert isinstance(fill, Fill)
    return Fill(10.0**fill.values - offset), Logarithm(offset), *others


# ---------------------------------------------------------------- the target's names


def _of_target(model: Model, read: _Read) -> Model:
    """Return the model with the names of features, target and classes, and with outputs that are called by them."""
    outputs = model.network.hierarchy.ranks[-1]
    named = dict(zip(outputs, distinct(read.target.outputs, taken=read.hierarchy), strict=True))
    ensemble = Ensemble.of(model.network)
    return replace(
        model,
        network=Ensemble([_renamed(net, named) for net in ensemble], ensemble.weights),
        features=read.features,
        targets=read.target.names,
        classes=read.target.classes,
    )


def _renamed(net: Network, names: Mapping[Hashable, Hashable]) -> Network:
    hidden, output = [G.names for G in net.activations[:-1]], net.activations[-1].names
    return Network(net.hierarchy.rename(names), hidden, output, dtype=net.dtype, theta=net.theta)
