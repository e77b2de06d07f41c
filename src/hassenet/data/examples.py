"""Examples: features, targets and weights, a row each."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.features import as_features, as_features_with_gaps
from hassenet.data.offsets import as_offsets
from hassenet.data.rows_of import RowsOf
from hassenet.data.table import columns_of, is_table
from hassenet.data.targets import as_targets, by_names, have_target
from hassenet.data.targets_elsewhere import TargetsElsewhere
from hassenet.data.weights import as_weights
from hassenet.errors import DataError, HassenetWarning, ShapeError, TargetError, listing
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import Loss
from hassenet.likelihoods.joint import plain_losses

Array = NDArray[Any]


@final
@dataclass(frozen=True, eq=False)
class Examples:
    """Features, targets and weights, a row an example; ``X, Y, weight = examples`` is what an engine takes.

    Parameters
    ----------
    X : (m, n) array or sparse array
        The features.
    Y : (m, k) array, class numbers, or targets elsewhere
        The targets as the loss wants them; those that are elsewhere have the weights beside them.
    weight : (m,) array, optional
        The user's sample weights.
    class_weight : (m,) array, optional
        The weight of each example's class: it counts in training, not in a score.
    offset : (m, 1) or (m, k) array, optional
        What is added to the signal of each output, or of all.

    Examples
    --------
    >>> train = Examples(np.eye(3), np.ones((3, 1)), weight=np.array([1.0, 0.0, 2.0]))
    >>> len(train), len(train.with_weight()), train.with_weight().training_weight
    (3, 2, array([1., 2.]))
    """

    X: Any
    Y: Any
    weight: Array | None = None
    class_weight: Array | None = None
    offset: Array | None = None

    @staticmethod
    def of(
        H: Hierarchy, X: Any, Y: Any, weight: Any, loss: Loss, dtype: np.dtype[Any], offset: Any = None
    ) -> Examples:
        """Return examples that fit a network and a loss; those of weight 0 or without a target are absent.

        A warning counts the examples without any target.

        Parameters
        ----------
        H : Hierarchy
            Rank 0 names the features, rank D the outputs.
        X : (m, n₀) array, sparse array or table
        Y : (m, n_D) array or table, (m,) for one output; class numbers (m,) for cross-entropy
            NaN where a target is missing.
        weight : (m,) array or None
        loss : Loss
        dtype : numpy.dtype
            The type that the network computes in.
        offset : (m,) or (m, n_D) array, optional

        Raises
        ------
        DataError
            If they do not fit, or one offset is given for several parameters of a model.

        Examples
        --------
        >>> from hassenet.likelihoods import as_loss
        >>> H, loss = Hierarchy.complete(1, 1), as_loss("squared_error")
        >>> Examples.of(H, [[31], [64]], [1.7, 1.8], None, loss, np.dtype("float32")).Y
        array([[1.7],
               [1.8]])
        """
        X = as_features(X, H.ranks[0], dtype)
        m = X.shape[0]
        Y = as_targets(Y, loss, m, H.ranks[-1], dtype)
        o = as_offsets(offset, m, len(H.ranks[-1]), dtype)
        if o is not None:
            check_meant(o, loss, len(H.ranks[-1]))
        found = Examples(X, Y, as_weights(weight, m), offset=o).with_weight().with_target()
        if loss.looks_at_others and weight is not None:
            loss.check(np.asarray(found.Y))  # an event of weight 0 does not count
        return found

    @staticmethod
    def for_any_loss(H: Hierarchy, X: Any, Y: Any, weight: Any = None, offset: Any = None) -> Examples:
        """Return examples whose rows can be taken: all but Y checked, which has as many rows, none of weight 0.

        X has NaN where a value is missing.

        The columns of a table Y are matched by name with all outputs, or with as many of the last head, as in a fit.

        Raises
        ------
        DataError
            If X, weights or offsets do not fit, or Y has not as many rows.
        """
        X, outputs = as_features_with_gaps(X, H.ranks[0], np.dtype(float)), H.ranks[-1]
        last = outputs[-len(columns_of(Y).names) :] if is_table(Y) else ()
        Y = by_names(Y, outputs, last)
        if not X.shape[0] or Y.shape[:1] != X.shape[:1]:
            raise DataError(
                f"each example has its target; X has {X.shape[0]} rows, Y the shape {Y.shape}; give as many"
            )
        o = as_offsets(offset, len(Y), len(outputs), np.dtype(float))
        return Examples(X, Y, as_weights(weight, len(Y)), offset=o).with_weight()

    def __len__(self) -> int:
        return int(self.Y.shape[0])

    def __iter__(self) -> Iterator[Any]:
        """Yield X, Y, with offsets as its last columns, and the weight in training."""
        return iter(self.parts)

    @property
    def parts(self) -> tuple[Any, Any, Array | None]:
        """X, Y and the weight: a call that unpacks them, and not the examples, makes no room for m arguments."""
        return self.X, self.Y if self.offset is None else self._with_offsets, self.training_weight

    @cached_property
    def _with_offsets(self) -> Array:
        return np.column_stack([np.asarray(self.Y), self.offset])  # type: ignore[list-item]  # it is there

    @property
    def offsets(self) -> int:
        """How many columns of offsets there are."""
        return 0 if self.offset is None else int(self.offset.shape[1])

    @property
    def training_weight(self) -> Array | None:
        """The product of both weights, or None where every example counts the same."""
        if self.weight is None or self.class_weight is None:
            return self.class_weight if self.weight is None else self.weight
        return np.asarray(self.weight * self.class_weight)

    @property
    def mean_weight(self) -> float:
        """Σw/m; 1 without weights."""
        if isinstance(self.Y, TargetsElsewhere):
            return self.Y.mean_weight
        w = self.training_weight
        return 1.0 if w is None else float(w.mean())

    def take(self, rows: Array) -> Examples:
        """Return the examples of these rows, or of a mask."""
        return self._with(self.X[rows], rows)

    def by_number(self, rows: Array) -> Examples:
        """Return the examples of these rows, whose features stay where they are if that is in memory."""
        return self._with(RowsOf.at(self.X, rows), rows)

    def _with(self, X: Any, rows: Array) -> Examples:
        others = (None if w is None else w[rows] for w in (self.weight, self.class_weight, self.offset))
        return Examples(X, self.Y[rows], *others)

    def with_weight(self) -> Examples:
        """Return the examples whose weight is not 0: weight 0 means absent, also when batches are counted.

        Raises
        ------
        DataError
            If none is left.
        """
        w = self.training_weight
        if w is None or (w > 0).all():
            return self
        if not w.any():
            raise DataError(
                "no example that counts: sample weight times class weight is zero for each; give some weight"
            )
        return self.take(np.flatnonzero(w))

    def with_target(self) -> Examples:
        """Return the examples that have a target at all; warn where some have none.

        Raises
        ------
        TargetError
            If none has.
        """
        if isinstance(self.Y, TargetsElsewhere):
            return self  # the others were left out where they lie
        known = have_target(self.Y)
        return self if known.all() else self.take(require_targets(known))


def check_meant(offset: Array, loss: Loss, k: int) -> None:
    """Refuse one offset for all of k outputs where these are of several losses, or other parameters of a model.

    Raises
    ------
    ShapeError
        If there is one offset and k are needed.
    """
    if offset.shape[1] == k:
        return
    losses = plain_losses(loss)
    if len({type(one) for one in losses}) > 1:
        raise ShapeError(
            f"one offset is added to the signal of each output, and those here are of several losses, "
            f"{listing(losses)}; give a column an output, 0 for those without"
        )
    some = [one for one in losses if one.has_parameters]
    if some:
        raise ShapeError(
            f"one offset is added to the signal of each output, and those of {some[0]!r} are several parameters of one "
            "model; give a column an output, 0 for a dispersion, a scale, a share of zeros or a gap of thresholds"
        )


def require_targets(known: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the examples that have a target, of (m,) truth values; warn where some have none.

    Raises
    ------
    TargetError
        If none has.
    """
    rows, m = np.flatnonzero(known), len(known)
    if m and not len(rows):
        raise TargetError("an example has a target; all of Y is NaN; give some targets")
    if len(rows) < m:
        warnings.warn(missing_targets(m - len(rows), m), HassenetWarning, stacklevel=4)
    return rows


def missing_targets(n: int, m: int) -> str:
    """Return the warning that n of m examples have no target.

    >>> missing_targets(1, 2000)[:72]
    'NaN in Y is a target that is missing: 1 of 2,000 examples have none at a'
    """
    return (
        f"NaN in Y is a target that is missing: {n:,} of {m:,} examples have none at all, and are left out; drop these "
        "rows and there is no such line"
    )


def require_examples(what: str, data: Examples) -> Examples:
    """Return the examples, of which there is one at least.

    Raises
    ------
    ShapeError
        If there are none.
    """
    if not len(data):
        raise ShapeError(f"{what} needs at least one example; X has no rows; give some")
    return data
