"""Names of features beside the names of the elements that they are."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from hassenet.errors import FeatureError
from hassenet.hierarchy.random import default_names


def check_names(features: Sequence[str], rank: Sequence[Hashable]) -> None:
    """Refuse features that contradict rank 0: some go by its names, and not all, or not in its order.

    Features with none of these names are taken by position, and so are those of a rank that nobody named, whose x0,
    x1, … may be the names of other columns.

    Raises
    ------
    FeatureError
        Naming the first feature that is another than its element.
    """
    names = [str(element) for element in rank]
    shared = set(names) & set(features)
    if list(features) == names or not shared or (_is_unnamed(rank) and len(shared) < len(names)):
        return
    k = next(k for k, (name, feature) in enumerate(zip(names, features, strict=True)) if name != feature)
    raise FeatureError(
        f"features go by the names of rank 0, in its order; the one at place {k} is {features[k]!r}, the element "
        f"{names[k]!r}; name all as the elements, or none of them"
    )


def _is_unnamed(rank: Sequence[Hashable]) -> bool:
    return tuple(rank) == default_names((len(rank),))[0]
