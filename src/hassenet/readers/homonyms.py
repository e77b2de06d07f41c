"""Names of two things: in a taxonomy a genus of plants and one of birds, which as one element would join the two."""

from __future__ import annotations

from itertools import chain

import numpy as np

from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.report import Count

_REMEDY = "give each thing a name of its own, as by its path; what has several above it is read from edges (read_edges)"


def homonyms(H: Hierarchy, first: int) -> Count:
    """Return the fault of elements, from the one with the number ``first`` on, that are covered by several.

    Examples
    --------
    >>> H = Hierarchy.from_covers([("L. vulgaris", "Linaria"), ("Linaria", "plants"), ("Linaria", "birds")])
    >>> homonyms(H, H.shape[0]).names
    ('Linaria',)
    """
    lower, _ = H.pairs()
    several = np.flatnonzero(np.bincount(lower, minlength=H.n_elements)[first:] > 1) + first
    elements = list(chain(*H.ranks)) if len(several) else []
    return Count.of("names with several names above (homonyms?)", (elements[k] for k in several), _REMEDY)
