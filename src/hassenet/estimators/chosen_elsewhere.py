"""An estimator that chooses its settings, of targets that lie beside their features, elsewhere."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.checkpoints import CheckpointFolder
from hassenet.data.class_numbers import ClassNumbers
from hassenet.data.examples import Examples, missing_targets
from hassenet.data.part_of_all import a_part_of_all
from hassenet.data.target_notes import Noted, collected, note_joined
from hassenet.data.targets_elsewhere import TargetsElsewhere
from hassenet.errors import HassenetWarning
from hassenet.estimators.given_rows import GivenRows
from hassenet.estimators.in_order import in_order, labels_given
from hassenet.estimators.learned_as import LearnedAs
from hassenet.estimators.learned_elsewhere import (
    bare,
    check_one_kind,
    counting,
    distinct,
    known_of,
    with_weights,
)
from hassenet.estimators.streams import rows_in_memory, width
from hassenet.selection import Search
from hassenet.selection.all_rows import learned_from_all
from hassenet.selection.some_rows import first_of_each, most_rows
from hassenet.task.learned_columns import as_learned
from hassenet.task.table_columns import encoding_of_gaps

Array = NDArray[Any]
_SHOWN = 100


def choose_elsewhere(
    estimator: Any, search: Search, folder: CheckpointFolder | None, table: Any, y: TargetsElsewhere
) -> None:
    """Fit an estimator: settings are chosen on rows that come here, and their networks learn from all where these are.

    What comes is as many rows as settings are chosen on, drawn where they are, what is counted of folds' strata, and
    sums. What targets are learned as, their scale among it, is by the rows that came.

    Parameters
    ----------
    estimator : HierarchyEstimator
    search : Search
    folder : CheckpointFolder or None
    table : rows or a table elsewhere
    y : TargetsElsewhere
        As they were given, with sample weights.

    Raises
    ------
    DataError
        If targets or weights of a part do not fit; the message names it.
    """
    given = _given(estimator, y)
    estimator._check_rows(len(given))
    _learn_features(estimator, table.only(given))
    picked = _picked(estimator, width(table), given, search)
    of = _that_say_something(estimator, _brought(estimator, table, picked))
    Y = _learnable(estimator._learned_as, given, of.y)
    found = estimator._found(of, search)
    if len(picked) < len(given):
        X = found.prepared(estimator._known(table.only(Y)))
        problem = replace(found.problem, X=X, Y=Y, weight=None, offset=None)
        found = found._replace(selection=learned_from_all(search, found.selection, problem, folder))
    model = estimator._learned_as.model(found.selection, found.steps, found.problem, of.y)
    rows = np.arange(len(of))
    estimator._keep(found.selection, replace(model, encoding=estimator.encoding_), rows, len(rows))
    estimator.chosen_on_ = picked.places[of.places]


# ---------------------------------------------------------------- all targets, as they were checked


def _given(estimator: Any, y: TargetsElsewhere) -> TargetsElsewhere:
    """Return the targets, checked, of rows that have one and a weight; the estimator knows what they are."""
    head = y.found(_head)[0].Y
    asked = bare(estimator)
    if hasattr(asked, "order"):
        labels = known_of(y.each(_labels, y.few), by_label=True).values
        asked.classes_ = estimator.classes_ = in_order(labels, head, asked.order)
    every = y.each(_Checked(asked, y.names), y.few)
    asked._check_all(y)
    with collected(), a_part_of_all():
        asked._of_part(head, y.names)
    estimator._learned_as = asked._learned_as
    known = every.each(_Known(asked._learned_as), y.few)
    if len(known) < len(every):
        warnings.warn(missing_targets(len(every) - len(known), len(every)), HassenetWarning, stacklevel=5)
    check_one_kind(known, known.found(_first))
    note_joined(known.found(_Noted(asked._learned_as)))
    return known


def _head(one: Examples) -> Examples:
    n = min(len(one), _SHOWN)
    Y = one.Y.iloc[:n] if hasattr(one.Y, "iloc") else one.Y[:n]
    return Examples(one.X[:n], Y)


def _first(one: Examples) -> Any:
    return one.Y.item(0)


def _labels(given: Examples) -> Examples:
    """Return labels as they were given, checked."""
    return with_weights(given, labels_given(given.Y))


@final
class _Checked:
    """Targets and weights as they were given ↦ those that the estimator's checks let through, weights above 0."""

    def __init__(self, estimator: Any, names: Any) -> None:
        self.estimator, self.names = estimator, names

    def __call__(self, given: Examples) -> Examples:
        with collected(), a_part_of_all():  # it says little of all, and is heard by nobody
            return with_weights(given, self.estimator._of_part(given.Y, self.names))


@final
class _Noted:
    """Examples ↦ what is known of their targets before a warning."""

    def __init__(self, learned_as: LearnedAs) -> None:
        self.learned_as = learned_as

    def __call__(self, one: Examples) -> list[Noted]:
        with collected() as noted:
            self.learned_as.note(one.Y)
        return noted


@final
class _Known:
    """Examples ↦ those that have a target."""

    def __init__(self, learned_as: LearnedAs) -> None:
        self.learned_as = learned_as

    def __call__(self, one: Examples) -> Examples:
        there = self.learned_as.have_target(one.Y)
        return one if there.all() else one.take(np.flatnonzero(there))


def _learn_features(estimator: Any, table: Any) -> None:
    """Let the estimator learn what the columns of all rows are."""
    asked = estimator.hierarchy, None, estimator.covariates, estimator.column_kinds
    estimator.encoding_ = encoding_of_gaps(table, *asked)
    features = as_learned(table, estimator.encoding_)
    estimator._check_beside(features)
    estimator._validated_rows(features)


# ---------------------------------------------------------------- the rows that settings are chosen on


@final
class _Strata(NamedTuple):
    """What folds spread evenly in some rows, each once, and how many rows there are of each."""

    keys: Array
    counts: Array


def _picked(estimator: Any, n_columns: int, given: TargetsElsewhere, search: Search) -> TargetsElsewhere:
    """Return the rows to choose settings on: all, or so many at random and a few more of what is rare."""
    m, most = len(given), most_rows(n_columns)
    if m <= most:
        return given
    each = given.found(_StrataOf(estimator._learned_as))
    keys, place = distinct(np.concatenate([one.keys for one in each]))
    counts = np.zeros((len(each), len(keys)), np.int64)
    counts[np.repeat(np.arange(len(each)), [len(one.keys) for one in each]), place] = np.concatenate(
        [one.counts for one in each]
    )
    random = np.random.default_rng(search.seed)
    sizes = random.multivariate_hypergeometric(counts.sum(axis=1), most, method="marginals")
    rare = first_in_turn(counts, search.folds)
    draws = zip(sizes.tolist(), rare, strict=True)
    return given.picked(
        [
            _Drawn((search.seed, p), n, _Strata(keys, own), estimator._learned_as)
            for p, (n, own) in enumerate(draws)
        ]
    )


def first_in_turn(counts: Array, n: int) -> Array:
    """Return how many of each stratum every part gives, (P, S), until there are n of it: the first parts give theirs.

    >>> first_in_turn(np.array([[9, 1], [9, 1], [9, 1]]), 2)
    array([[2, 1],
           [0, 1],
           [0, 0]])
    """
    return np.diff(np.minimum(np.cumsum(counts, axis=0), n), axis=0, prepend=0)


@final
class _StrataOf:
    """Examples ↦ their strata."""

    def __init__(self, learned_as: LearnedAs) -> None:
        self.learned_as = learned_as

    def __call__(self, one: Examples) -> _Strata:
        keys, place = distinct(self.learned_as.keys(one.Y))
        return _Strata(keys, np.bincount(place, minlength=len(keys)))


@final
class _Drawn:
    """Examples ↦ so many of them at random, and so many of each stratum at least."""

    def __init__(self, seed: tuple[int, ...], n: int, least: _Strata, learned_as: LearnedAs) -> None:
        self.seed, self.n, self.least, self.learned_as = seed, n, least, learned_as

    def __call__(self, one: Examples) -> Examples:
        order = np.random.default_rng(self.seed).permutation(len(one))
        known = self.least.keys
        place = distinct(np.concatenate([known, self.learned_as.keys(one.Y)]))[1]
        least = np.empty(len(known), np.int64)
        least[place[: len(known)]] = self.least.counts
        strata = place[len(known) :][order]
        first = first_of_each(strata, least[strata])
        return one.take(np.sort(order[first | (np.arange(len(order)) < self.n)]))


def _brought(estimator: Any, table: Any, picked: TargetsElsewhere) -> GivenRows:
    """Return rows here, with their targets."""
    rows, examples = np.arange(len(picked)), picked.brought()
    X = estimator._known(rows_in_memory(table.only(picked), rows))
    return GivenRows(X, examples.Y, examples.weight, rows)


def _that_say_something(estimator: Any, some: GivenRows) -> GivenRows:
    """Return those of some rows whose target says something to the loss, by which the estimator knows what it is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HassenetWarning)  # such as do not are counted among all rows
        of = some.some(estimator._learned_as.learnable(some.y, some.places))
    estimator._check_rows(len(of))
    with collected():
        estimator._admit(of.y)
    return of


# ---------------------------------------------------------------- all rows, to be learned from


def _learnable(learned_as: LearnedAs, given: TargetsElsewhere, some: Array) -> TargetsElsewhere:
    """Return the targets of rows that say something to the loss, as it wants them; refuse others than it takes."""
    few = learned_as.encoded(some).Y
    found = given.each(_Learnable(learned_as), few).each(counting, few)
    if len(found) < len(given):
        learned_as.note_lost(len(given) - len(found), len(given))
    return found


@final
class _Learnable:
    """Targets as they were checked ↦ as the loss wants them."""

    def __init__(self, learned_as: LearnedAs) -> None:
        self.learned_as = learned_as

    def __call__(self, one: Examples) -> Examples:
        Y, _, offset = self.learned_as.encoded(one.Y)
        if not isinstance(Y, ClassNumbers):
            self.learned_as.loss.check(Y)
        return replace(one, Y=Y, offset=offset)
