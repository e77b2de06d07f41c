"""A network estimator that learns of targets that lie beside their features, elsewhere."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from math import ceil
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.checkpoints import CheckpointFolder
from hassenet.data.class_numbers import ClassNumbers
from hassenet.data.examples import Examples, check_meant, missing_targets
from hassenet.data.offsets import as_offsets
from hassenet.data.target_notes import Noted, collected, note_classes, note_each, note_joined
from hassenet.data.targets import have_target
from hassenet.data.targets_elsewhere import TargetsElsewhere
from hassenet.errors import HassenetWarning, ParameterError
from hassenet.estimators.cells import check_are_of_one_kind
from hassenet.estimators.checks import check_enough, weights_of_a_part
from hassenet.estimators.learning import Problem
from hassenet.estimators.outputs import n_outputs
from hassenet.estimators.solvers import sizes
from hassenet.task.learned_columns import as_learned, filled_from_all
from hassenet.task.splitting import quota
from hassenet.task.table_columns import encoding_of

Array = NDArray[Any]
_AT_THE_LEVEL = 10_000  # examples of which the level of counts is taken: only where a training begins


@final
class Known(NamedTuple):
    """What is known of targets as they were given, of all rows.

    Attributes
    ----------
    values : (r,) or (r, k) array
        Of labels each once, rising; of anything else the least and the largest of each column.
    examples, weight : (r,) array, optional
        How many examples each label has, and their sample weights together.
    """

    values: Array
    examples: Array | None = None
    weight: Array | None = None


def learn_elsewhere(
    estimator: Any, folder: CheckpointFolder | None, table: Any, y: TargetsElsewhere, random: Any
) -> None:
    """Train an estimator on a table elsewhere and the targets beside it, of which only little comes here.

    What comes is what the classes are, counts, bounds and sums; and targets of the rows that early stopping sets aside.

    Parameters
    ----------
    estimator : NetworkClassifier or NetworkRegressor
    folder : CheckpointFolder or None
    table : rows or a table elsewhere
    y : TargetsElsewhere
        As they were given, with sample weights.
    random : numpy.random.RandomState

    Raises
    ------
    DataError
        If targets or weights of a part do not fit; the message names it.
    ParameterError
        If the estimator has a network that is to go on: here one begins.
    """
    if estimator.warm_start and hasattr(estimator, "network_"):
        raise ParameterError(
            "a network goes on, by warm_start, where its targets are here; those of so many rows stay on the workers; "
            "raise max_iter, or fit with warm_start=False"
        )
    hidden, names = sizes(estimator.hidden_layer_sizes), y.names
    Y = _learnable(estimator, table, y)
    X = _features(estimator, table, Y, reset=True)
    seed = int(random.randint(2**31 - 1))
    made = estimator._made_now(hidden)
    start = estimator._fresh(X, Y, made, names, seed)
    if Y.offsets:
        start = estimator._at_the_level(start, _some(Y, seed))
        Y = Y.each(_ForHeads(start.task.heads(start.network.hierarchy)), Y.few)
    estimator._made = made
    train, held = _divided(estimator, table, Examples(X, Y), random)
    score = None if held is None else estimator._scoring(held)
    place = folder and folder.part("network")
    estimator._run(start, Problem(start.network, start.task, train, held, score, seed, place), once=False)
    estimator._settle(train)


def _learnable(estimator: Any, table: Any, y: TargetsElsewhere) -> TargetsElsewhere:
    """Return the targets as the loss wants them; the estimator knows then what columns and classes there are."""
    given = y.each(_Checked(bare(estimator)), y.few)
    known = known_of(given, by_label=_has_labels(estimator, given))
    estimator.encoding_ = encoding_of(
        table.only(given), estimator.hierarchy, None, estimator.covariates, estimator.column_kinds
    )
    with collected():
        estimator._admit(known.values, reset=True)
    _note(estimator, given, known)
    return _encoded(estimator, given, known)


def _note(estimator: Any, given: TargetsElsewhere, known: Known) -> None:
    """Note of all targets, once, what may be meant otherwise: numbers are looked at where they lie."""
    if not hasattr(estimator, "class_weight"):
        note_joined(given.found(_Numbers(given.names)))
    elif known.examples is not None and known.values.ndim == 1:
        note_classes("y", known.values.tolist(), known.values, known.examples)


@final
class _Numbers:
    """Examples ↦ what is known of their targets, numbers, before a warning."""

    def __init__(self, names: Sequence[str] | None) -> None:
        self.names = names

    def __call__(self, one: Examples) -> list[Noted]:
        with collected() as noted:
            note_each(_dense(one.Y), self.names)
        return noted


def bare(estimator: Any) -> Any:
    """Return an estimator that travels: what it asks of targets needs neither callbacks nor a hierarchy."""
    found = copy(estimator)
    found.callbacks, found.checkpoint, found.validation_data, found.hierarchy = (), None, None, None
    return found


def _features(estimator: Any, table: Any, Y: TargetsElsewhere, *, reset: bool = False) -> Any:
    return estimator._validated_rows(as_learned(table.only(Y), estimator.encoding_), reset=reset)


# ---------------------------------------------------------------- what is known of targets


def _has_labels(estimator: Any, y: TargetsElsewhere) -> bool:
    """Return whether labels are counted one by one: of several columns only where classes have weights."""
    is_classifier = hasattr(estimator, "class_weight")
    return is_classifier and (y.found(_columns)[0] == 0 or estimator.class_weight is not None)


def known_of(y: TargetsElsewhere, *, by_label: bool) -> Known:
    """Return what is known of targets: labels, each once and counted, or bounds."""
    if not by_label:
        bounds = np.concatenate(y.found(_bounds))
        return Known(np.stack([np.fmin.reduce(bounds), np.fmax.reduce(bounds)]))
    each = y.found(_labels)
    check_one_kind(y, [one.values.item(0) for one in each])
    values, place = distinct(np.concatenate([one.values for one in each]))
    counts = (np.bincount(place, np.concatenate([one[k] for one in each]), len(values)) for k in (1, 2))
    return Known(values, *counts)


def check_one_kind(y: TargetsElsewhere, firsts: Sequence[Any]) -> None:
    """Refuse labels that are text in one part, and numbers in another; ``firsts`` is one of each part.

    Raises
    ------
    DataError
        It names the part.
    """
    if len({isinstance(first, str) for first in firsts}) > 1:
        y.each(_Beside(firsts[0]), y.few)


@final
class _Beside:
    """Examples ↦ the same, whose labels have to be of the kind of one that stands elsewhere."""

    def __init__(self, other: Any) -> None:
        self.other = other

    def __call__(self, one: Examples) -> Examples:
        check_are_of_one_kind(self.other, one.Y.item(0))
        return one


def distinct(labels: Array) -> tuple[Array, Array]:
    """Return the labels, or rows of labels, each once and rising, and which of them each is.

    >>> [part.tolist() for part in distinct(np.array(["well", "ill", "well"], object))]
    [['ill', 'well'], [1, 0, 1]]
    """
    values, place = np.unique(labels, return_inverse=True, axis=None if labels.ndim == 1 else 0)
    return values, place.ravel()


def _columns(one: Examples) -> int:
    """Return how many columns targets have, 0 of those that are one vector."""
    return 0 if one.Y.ndim == 1 else int(one.Y.shape[1])


def _bounds(one: Examples) -> Array:
    Y = _dense(one.Y)
    return np.stack([np.fmin.reduce(Y), np.fmax.reduce(Y)])


def _dense(Y: Any) -> Array:
    return np.asarray(Y.toarray() if hasattr(Y, "toarray") else Y)


def _labels(one: Examples) -> Known:
    values, place = distinct(one.Y)
    return Known(values, *(np.bincount(place, w, len(values)) for w in (None, one.weight)))


# ---------------------------------------------------------------- what each part is asked


@final
class _Checked:
    """Targets and weights as they were given ↦ those that scikit-learn's checks let through, weights above 0."""

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    def __call__(self, given: Examples) -> Examples:
        m = len(given)
        with collected():  # a part says little of all, and is heard by nobody
            _, y = self.estimator._checked(np.zeros((m, 1), np.float32), given.Y, reset=True)
            self.estimator._admit(y, reset=True)  # else numbers of any kind would come as classes
        offset = None if given.offset is None else self.estimator._added(*given.offset, None, y)
        return with_weights(given, y, offset)


def with_weights(given: Examples, y: Any, offset: Any = None) -> Examples:
    """Return checked targets in place of those that were given, with weights, checked too, above 0."""
    m = len(given)
    o = None if offset is None else np.asarray(offset).reshape(m, -1)
    if given.weight is None:
        return Examples(given.X, y, offset=o)
    w = weights_of_a_part(given.weight, m)
    return Examples(given.X, y, w, offset=o).take(np.flatnonzero(w))


@final
class _Encoded:
    """Targets as they were checked ↦ as the loss wants them, with the weight of each example's class."""

    def __init__(self, estimator: Any, labels: Array, of_each: Array | None) -> None:
        self.estimator, self.labels, self.of_each = estimator, labels, of_each

    def __call__(self, given: Examples) -> Examples:
        Y, loss = self.estimator._encoded(given.Y), self.estimator._loss()
        k = n_outputs(loss, Y.shape[1])
        o = as_offsets(given.offset, len(given), k, np.dtype(np.float64))
        if o is not None:
            check_meant(o, loss, k)
        return Examples(given.X, Y, given.weight, self._class_weight(given.Y), o)

    def _class_weight(self, y: Array) -> Array | None:
        if self.of_each is None:
            return None
        n = len(self.labels)
        _, place = distinct(np.concatenate([self.labels, y]))
        weight = np.empty(n)
        weight[place[:n]] = self.of_each
        return np.asarray(weight[place[n:]])


def _encoded(estimator: Any, given: TargetsElsewhere, known: Known) -> TargetsElsewhere:
    """Return the targets as the loss wants them, of the examples that have one and a weight above 0."""
    of_each = estimator._class_weight(known.values, known.weight, once=False)
    every = given.each(_Encoded(bare(estimator), known.values, of_each), estimator._encoded(known.values))
    if missing := int(every.added(_missing)):
        warnings.warn(missing_targets(missing, len(every)), HassenetWarning, stacklevel=6)
    return every.each(counting, every.few)


def _missing(one: Examples) -> int:
    return int(len(one) - np.count_nonzero(have_target(one.Y)))


def counting(one: Examples) -> Examples:
    """Return the examples that have a target and a weight."""
    counts = have_target(one.Y)
    if one.training_weight is not None:
        counts = counts & (one.training_weight > 0)
    return one if counts.all() else one.take(np.flatnonzero(counts))


@final
class _ForHeads:
    """Examples ↦ the same with the offsets of the outputs of all heads."""

    def __init__(self, heads: Any) -> None:
        self.heads = heads

    def __call__(self, one: Examples) -> Examples:
        return replace(one, offset=self.heads.for_all(one.offset))


def _some(Y: TargetsElsewhere, seed: int) -> Examples:
    """Return some examples, here, at whose level a network begins."""
    share = min(1.0, _AT_THE_LEVEL / len(Y))
    return Y.picked([_Share((seed, p), share) for p in range(len(Y.found(len)))]).brought()


@final
class _Share:
    """Examples ↦ a share of them at random, one at least."""

    def __init__(self, seed: tuple[int, ...], share: float) -> None:
        self.seed, self.share = seed, share

    def __call__(self, one: Examples) -> Examples:
        order = np.random.default_rng(self.seed).permutation(len(one))
        return one.take(np.sort(order[: ceil(self.share * len(one))]))


# ---------------------------------------------------------------- what is set aside


def _divided(estimator: Any, table: Any, examples: Examples, random: Any) -> tuple[Examples, Examples | None]:
    """Return the examples to train on, and those to validate with: of these the targets are here."""
    if estimator.validation_data is not None:
        return examples, estimator._given_validation()
    if not estimator.early_stopping or estimator.solver == "lbfgs":
        return examples, None
    aside, learned = _set_aside(estimator, examples.Y, int(random.randint(2**31 - 1)))
    if estimator.encoding_ is not None:
        estimator.encoding_ = filled_from_all(estimator.encoding_, table.only(learned))
    held = aside.brought()
    return (
        Examples(_features(estimator, table, learned), learned),
        Examples(_features(estimator, table, aside), held.Y, held.weight, offset=held.offset),
    )


def _set_aside(estimator: Any, Y: TargetsElsewhere, seed: int) -> tuple[TargetsElsewhere, TargetsElsewhere]:
    """Return what is set aside of each class, so much of it in each part as it has, and what is learned from."""
    counts = np.stack(Y.found(_Counts(_n_classes(Y.few))))
    of_class = counts.sum(axis=0)
    if len(of_class) > 1:
        estimator._strata(_two_of_each(Y.few, of_class))
    share = ceil(estimator.validation_fraction * len(Y)) / len(Y)
    wanted = [quota(n, share) if n else 0 for n in of_class.tolist()]
    check_enough(sum(wanted), 2)
    each = shared_out(counts, np.array(wanted))
    return tuple(
        Y.picked([_Side((seed, p), own, is_aside=is_aside) for p, own in enumerate(each)])
        for is_aside in (True, False)
    )  # type: ignore[return-value]  # two


def shared_out(counts: Array, wanted: Array) -> Array:
    """Return how many of each class every part gives, (P, C), of so many in all, as evenly as whole numbers do.

    >>> shared_out(np.array([[4, 1], [2, 1]]), np.array([3, 1]))
    array([[2, 0],
           [1, 1]])
    """
    ends = wanted * np.cumsum(counts, axis=0) // np.maximum(counts.sum(axis=0), 1)
    return np.diff(ends, axis=0, prepend=0)


def _n_classes(few: Any) -> int:
    """Return how many classes stay on both sides of a split: of numbers and of several labels all are one."""
    if isinstance(few, ClassNumbers):
        return few.k
    return 2 if few.dtype == np.uint8 and few.shape[1] == 1 else 1


def _codes(Y: Any, classes: int) -> Array:
    if isinstance(Y, ClassNumbers):
        return Y.numbers
    return np.zeros(len(Y), np.int64) if classes == 1 else Y[:, 0].astype(np.int64)


def _two_of_each(few: Any, of_class: Array) -> Examples:
    """Return two examples of each class, or the one that there is."""
    codes = np.repeat(np.arange(len(of_class)), np.minimum(of_class, 2).astype(int))
    Y = ClassNumbers(codes, few.k) if isinstance(few, ClassNumbers) else codes[:, None].astype(np.uint8)
    return Examples(codes, Y)


@final
class _Counts:
    """Examples ↦ how many there are of each class."""

    def __init__(self, classes: int) -> None:
        self.classes = classes

    def __call__(self, one: Examples) -> Array:
        return np.bincount(_codes(one.Y, self.classes), minlength=self.classes)


@final
class _Side:
    """Examples ↦ those of one side of a split, so many of each class, drawn by a seed."""

    def __init__(self, seed: tuple[int, ...], wanted: Array, *, is_aside: bool) -> None:
        self.seed, self.wanted, self.is_aside = seed, wanted, is_aside

    def __call__(self, one: Examples) -> Examples:
        aside, codes = np.zeros(len(one), bool), _codes(one.Y, len(self.wanted))
        for k, n in enumerate(self.wanted.tolist()):
            rows = np.flatnonzero(codes == k)
            aside[np.random.default_rng([*self.seed, k]).permutation(rows)[:n]] = True
        return one.take(np.flatnonzero(aside == self.is_aside))
