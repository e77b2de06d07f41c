"""The way of ``hassenet fit`` by default: settings are chosen by cross-validation, and an ensemble is kept."""

from __future__ import annotations

import warnings
from collections.abc import Container, Hashable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hassenet.cli.fit.choosable import rare_classes, reason_for_one_network
from hassenet.cli.fit.directions import directions_of
from hassenet.cli.fit.encoded import Encoded, encoded
from hassenet.cli.fit.judged import Judged, Split
from hassenet.cli.fit.options import FOLDS, FitOptions
from hassenet.cli.fit.reading import Read as Source
from hassenet.cli.fit.reading import divided, read_source
from hassenet.cli.fit.run import counts_of, goes_on, kept, run_on, scaling_of, split_figures, split_rows
from hassenet.cli.terminal import note
from hassenet.data.checks import is_within
from hassenet.data.encoding import Encoding
from hassenet.data.fill import Fill
from hassenet.data.logarithm import Logarithm
from hassenet.data.packed import Packed, packed
from hassenet.data.step import Step
from hassenet.data.stream import is_stream
from hassenet.errors import HassenetWarning, TargetError, TargetWarning, listing
from hassenet.estimators import HierarchyClassifier, HierarchyOutcomes, HierarchyRegressor
from hassenet.hierarchy import Hierarchy
from hassenet.model import Model
from hassenet.network import Ensemble, Network
from hassenet.outcomes.target import OutcomeTarget
from hassenet.selection.of_outcomes import names_of
from hassenet.storage import check_replaceable
from hassenet.task.columns import hierarchy_of_columns
from hassenet.task.learned_columns import as_learned
from hassenet.task.names import distinct
from hassenet.task.target import Target

Array = NDArray[Any]


class Examples(NamedTuple):
    """The features, raw and as they are learned from, their hierarchy without outputs, the target, and the encoding.

    Covariates are the last features; the hierarchy is without them. Gaps are filled. A logarithm that is asked for is
    taken of all rows: a value that has none is found before any training.
    """

    X: Array
    Z: Array
    hierarchy: Hierarchy
    target: Target | OutcomeTarget
    encoding: Encoding
    logarithm: Logarithm | None
    covariates: tuple[str, ...]

    @property
    def beside(self) -> list[int] | list[str]:
        """The covariates as estimators know them: by name where features are read a block at a time, else by place."""
        n = len(self.encoding.features)
        return [*self.covariates] if is_stream(self.Z) else list(range(n - len(self.covariates), n))

    def y(self, rows: Array) -> Any:
        """Return the target of some rows as estimators take it: one column is a vector."""
        if isinstance(self.target, OutcomeTarget):
            return self.target.take(rows)
        Y = self.target.values[rows]
        return Y[:, 0] if Y.shape[1:] == (1,) else Y


def run_chosen(o: FitOptions) -> bool:
    """Read, choose and train, judge, save and report; return whether nobody interrupted that."""
    check_replaceable(o.out, o.force)
    source = read_source(o)
    split = split_rows(source.target, len(source.table), o)
    is_plain_on_a_hierarchy = o.has_hierarchy and isinstance(source.target, Target)
    reason = "" if is_plain_on_a_hierarchy else reason_for_one_network(source, split.train, FOLDS)
    if reason:
        o.say(reason)
        return run_on(source, split, o)
    return _run_on(source, split, o)


def _run_on(source: Source, split: Split, o: FitOptions) -> bool:
    read = _read(source, split.train, o)
    model, _ = learned(read, split, o)
    return kept(model, Judged("ensemble", read.X, read.target, split, split.train), o)


def _read(source: Source, rows: Array, o: FitOptions) -> Examples:
    found = encoded(source.table, *divided(source, o.covariate), rows, o)
    target = source.target.begun(rows) if isinstance(source.target, OutcomeTarget) else source.target
    return examples(found, found.X, target, o)


def examples(found: Encoded, X: Any, target: Target | OutcomeTarget, o: FitOptions) -> Examples:
    """Return what settings are chosen on, of features with gaps, or of a stream of the columns they are made of."""
    H = found.hierarchy or hierarchy_of_columns(found.of_elements)
    o.say(f"{H!r}")
    logarithm = None if o.log10 is None else Logarithm(o.log10, found.amounts)
    X, Z = (_of_a_stream if is_stream(X) else _of_a_table)(X, found.encoding, logarithm)
    if isinstance(Z, np.ndarray) and not is_within(Z, np.dtype(np.float32)):
        scaling_of(Z, found.encoding.features)  # what is too large for that is refused by its name
    return Examples(X, Z, H, target, found.encoding, logarithm, found.covariates)


def _of_a_table(X: Any, encoding: Encoding, logarithm: Logarithm | None) -> tuple[Any, Any]:
    X = _by_place(encoding.filled(X))
    return X, X if logarithm is None else logarithm(X, encoding.features)


def _of_a_stream(X: Any, encoding: Encoding, logarithm: Logarithm | None) -> tuple[Any, Any]:
    Z, features = as_learned(X, encoding), encoding.features
    return X, Z if logarithm is None else Z.through(partial(_logged, logarithm, features), features)


def _logged(logarithm: Logarithm, features: Sequence[str], block: Any, _: str) -> Array:
    return logarithm(block, features)


def _by_place(X: Any) -> Any:
    """Return features as estimators take them that are told their places; whole numbers of one byte stay so."""
    found = packed(X)
    return found.without_names if isinstance(found, Packed) else found


def learned(read: Examples, split: Split, o: FitOptions) -> tuple[Model, Array]:
    """Choose settings on rows to learn from; return the model of the networks that are kept, and the rows chosen on."""
    Z, y = read.Z[split.train], read.y(split.train)
    estimator = _estimator(read, o)
    if isinstance(read.target, Target):
        _check_classes(read.target, split.train)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", HassenetWarning)
        warnings.simplefilter("ignore", TargetWarning)  # of all rows it was noted where they were read
        estimator.fit(Z, y)
    stopped = "epochs" if estimator.selection_.stopped == "done" else "interrupted"
    model = replace(
        _of_target(estimator.model_, read),
        metrics={"rows": counts_of(read.target, split), "split": split_figures(read.X, o)},
        stopped=stopped,
        settings={**estimator.model_.settings, **o.reading.kept},
    )
    for warning in () if goes_on(model, o) else caught:  # the run that goes on has these too
        note(warning.message)
    if read.logarithm is not None:
        model = replace(model, steps=_with_logarithm(model, read.logarithm, read.encoding))
    return model, split.train[estimator.chosen_on_]


def _estimator(read: Examples, o: FitOptions) -> HierarchyClassifier | HierarchyRegressor | HierarchyOutcomes:
    kind = _kind(read.target)
    of_columns = directions_of(o, (*read.hierarchy.ranks[0], *read.covariates), read.encoding)
    wished = {str(e): way for e, way in of_columns.items()}
    return kind(
        read.hierarchy,
        members=o.members,
        folds=FOLDS,
        random_state=o.training.seed,
        monotonic_cst=[wished.get(e, 0) for e in read.encoding.features] if wished else None,
        covariates=read.beside,
        covariate_penalty=o.covariate_l2,
        progress=not o.quiet,
        checkpoint=o.checkpoint,
        every=o.every,
    )


def _kind(
    target: Target | OutcomeTarget,
) -> type[HierarchyClassifier | HierarchyRegressor | HierarchyOutcomes]:
    """Return the estimator of a target."""
    if isinstance(target, OutcomeTarget):
        return HierarchyOutcomes
    return HierarchyRegressor if target.classes is None else HierarchyClassifier


def _check_classes(target: Target, rows: Array) -> None:
    """Refuse a class of which there would be nothing to learn while a fold is held out, by its name in the table."""
    rare = rare_classes(target, rows)
    if rare:
        raise TargetError(
            f"settings are chosen on {FOLDS} folds, and a class has a row to learn from where another is held out; "
            f"among the rows to learn from there is one at most of {listing(rare)}; merge or leave out such classes, "
            "or train one network: --single"
        )


def _with_logarithm(model: Model, logarithm: Logarithm, encoding: Encoding) -> tuple[Step, ...]:
    """Return the steps from raw features: gaps are filled before the logarithm is taken, with what gives the same."""
    _, *others = model.steps or ()
    return Fill(encoding.values), logarithm, *others


# ---------------------------------------------------------------- the target's names


def _of_target(model: Model, read: Examples) -> Model:
    """Return the model with the names of features, target and classes, and with outputs that are called by them."""
    H = model.network.hierarchy
    outputs, known = H.ranks[-1], [e.name for e in H.covariates]
    taken = {*chain(*read.hierarchy.ranks), *read.covariates}
    named = dict(zip(outputs, _named(read.target, taken), strict=True))
    named |= dict(zip(known, read.covariates, strict=True))
    ensemble = Ensemble.of(model.network)
    return replace(
        model,
        network=Ensemble([_renamed(net, named) for net in ensemble], ensemble.weights),
        features=read.encoding.features,
        encoding=read.encoding,
        targets=read.target.names,
        classes=read.target.classes,
    )


def _named(target: Target | OutcomeTarget, taken: Container[Hashable]) -> tuple[Hashable, ...]:
    """Return the outputs of a target, by names that are not taken."""
    if isinstance(target, OutcomeTarget):
        return names_of(target.outputs, taken)
    return distinct(target.outputs, taken=taken)


def _renamed(net: Network, names: Mapping[Hashable, Hashable]) -> Network:
    hidden, output = [G.names for G in net.activations[:-1]], net.activations[-1].names
    return Network(net.hierarchy.rename(names), hidden, output, dtype=net.dtype, theta=net.theta)
