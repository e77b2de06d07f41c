"""Elements that other rows of a table have, and a model has not: what its own rows did not show of a column."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Sequence

from hassenet.data.categorical import Categorical
from hassenet.data.encoding import Encoding
from hassenet.data.temporal import PARTS, Temporal
from hassenet.data.variable import Variable, missing_of
from hassenet.errors import HassenetWarning, listing


def places_known(
    elements: Sequence[str], names: Collection[str], encoding: Encoding | None, what: str
) -> list[int]:
    """Return the places of elements but for those of the model's columns that its rows did not show.

    As whether a value is missing, or a level: a study learns from all rows, a model from those that are not held out.
    What cannot be made of a column that the model reads stays, and is refused where it is looked up.

    Warns
    -----
    HassenetWarning
        If some are left out.

    Examples
    --------
    >>> places_known(["age", "lipids"], {"age"}, None, "the study")
    [0, 1]
    """
    known = set(names)
    left_out = {one for one in elements if one not in known and _might_be_made(one, encoding)}
    if left_out:
        warnings.warn(
            f"of {what} the page leaves out what the rows that the model learned from did not show: "
            f"{listing(sorted(left_out), 5)}",
            HassenetWarning,
            stacklevel=4,
        )
    return [k for k, one in enumerate(elements) if one not in left_out]


def _might_be_made(element: str, encoding: Encoding | None) -> bool:
    """Return whether an element may be a feature that other rows show of a column that a model reads."""
    if encoding is None:
        return False
    return element in map(missing_of, encoding.columns) or any(_makes(v, element) for v in encoding.variables)


def _makes(variable: Variable, feature: str) -> bool:
    """Return whether a column of this kind may have a feature, whatever its levels or the parts that vary."""
    if isinstance(variable, Categorical):
        return feature.startswith(f"{variable.name}=") or feature == f"{variable.name}, others"
    return isinstance(variable, Temporal) and feature in {f"{variable.name}: {part}" for part in PARTS}
