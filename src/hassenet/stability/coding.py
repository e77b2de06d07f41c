"""The scores of a training as a record, and back."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from itertools import chain

import numpy as np

from hassenet.checkpoints import Codec, Record
from hassenet.errors import ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.shaping.widening import owner
from hassenet.stability.scoring import Scored
from hassenet.training.results import of_shape


def codec_of_scores(H: Hierarchy) -> Codec[Scored]:
    """Return how the scores of a network are written: its elements as places among those of a hierarchy.

    Examples
    --------
    >>> codec = codec_of_scores(Hierarchy.complete(2, 1, names=[["a", "b"], ["y"]]))
    >>> found = Scored(("b", "a"), np.array([0, 0]), np.array([0.25, 0.75]))
    >>> codec.decode(codec.encode(found)).elements
    ('b', 'a')
    """
    # An explanation brings the neurons of an element together, under its name.
    names = tuple(dict.fromkeys(name for e in chain(*H.ranks) for name in (e, owner(e))))
    places = {name: k for k, name in enumerate(names)}
    return Codec(lambda found: _encoded(found, places), lambda record: _decoded(record, names))


def _encoded(found: Scored, places: Mapping[Hashable, int]) -> Record:
    strange = [e for e in found.elements if e not in places]
    if strange:
        raise ParameterError(
            f"scores are kept by the elements of the hierarchy; a network has {strange[0]!r}, which it does not; let "
            "train() keep to the hierarchy that it is given, or leave checkpoint out"
        )
    elements = np.array([places[e] for e in found.elements], np.int64)
    return Record(None, {"elements": elements, "ranks": found.ranks.astype(np.int64), "scores": found.scores})


def _decoded(record: Record, names: tuple[Hashable, ...]) -> Scored:
    n = (len(record.arrays["elements"]),)
    elements = tuple(names[k] for k in of_shape(record, "elements", n, np.int64).tolist())
    return Scored(elements, of_shape(record, "ranks", n, np.int64), of_shape(record, "scores", n))
