"""What a study trains on."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple, final

from hassenet.data.examples import Examples
from hassenet.hierarchy import Hierarchy
from hassenet.stability.added import added_of
from hassenet.stability.preparing import Prepare, fill_gaps, prepare_of, standardise
from hassenet.stability.recipe import Train, targets_for
from hassenet.task.columns import with_levels
from hassenet.task.table_columns import encoding_below, table_of

Categories = tuple[tuple[int, ...], ...]


@final
class Subject(NamedTuple):
    """A hierarchy and the examples of it, columns of text, dates and gaps made into features.

    Attributes
    ----------
    hierarchy : Hierarchy
    data : Examples
        NaN where a feature is missing.
    categories : tuple of tuple of int
        The places of the features that are the levels of one category each.

    Examples
    --------
    >>> import numpy as np
    >>> from hassenet.stability import Recipe
    >>> from hassenet.tables import Table
    >>> X = Table({"age": np.array([31.0, 64.0, 50.0, 28.0]), "sex": np.array([*"mfmf"], object)})
    >>> H = Hierarchy.from_covers([("age", "who"), ("sex", "who")]).crown(["ill"])
    >>> H, data, categories = Subject.of(Recipe(), H, X, [0, 1, 1, 0])
    >>> H.ranks[0], H.below("sex"), categories
    (('age', 'sex=f', 'sex=m'), ('sex=f', 'sex=m'), ((1, 2),))
    """

    hierarchy: Hierarchy
    data: Examples
    categories: Categories = ()

    @staticmethod
    def of(
        train: Train,
        H: Hierarchy,
        X: Any,
        Y: Any,
        weight: Any = None,
        offset: Any = None,
        exposure: Any = None,
    ) -> Subject:
        """Check everything before anything is trained."""
        H, X, categories = in_features(H, X, weight)
        o = added_of(train, H, offset, exposure)
        data = Examples.for_any_loss(H, X, targets_for(train, Y), weight, o)
        return Subject(H, data, categories)

    def prepare(self, given: Prepare | None) -> Prepare | None:
        """Return what each training learns before it begins: of the levels of a category those that are missing."""
        found = prepare_of(given, self.data.X)
        for own in (fill_gaps, standardise):
            if self.categories and found is own:
                return partial(own, categories=self.categories)
        return found


def in_features(H: Hierarchy, X: Any, weight: Any = None) -> tuple[Hierarchy, Any, Categories]:
    """Return the features that the columns of a table are made into, the hierarchy over them, and the categories."""
    X = table_of(X, H.ranks[0])
    encoding = encoding_below(H, X, weight)
    if encoding is None:
        return H, X, ()
    return with_levels(H, encoding), encoding.read(X), encoding.categories
