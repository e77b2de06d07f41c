"""Outputs that look at nothing: numbers of a model that are learned and are the same for every x."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from hassenet.errors import DuplicateElementError, HierarchyError, ParameterError, listing
from hassenet.hierarchy.covers import Covers
from hassenet.hierarchy.hierarchy import Hierarchy


@final
@dataclass(frozen=True, slots=True)
class Constant:
    """An output that covers nothing, so that its signal is its bias.

    Parameters
    ----------
    parameter : Hashable
        What of the model it is.
    element : Hashable
        The output that it belongs to.

    Examples
    --------
    >>> print(Constant("log dispersion", "cells"))
    log dispersion of cells
    """

    parameter: Hashable
    element: Hashable

    def __str__(self) -> str:
        return f"{self.parameter} of {self.element}"


def with_constants(H: Hierarchy, parameters: Sequence[Hashable]) -> Hierarchy:
    """Return a hierarchy with further outputs that look at nothing, for each parameter one an output.

    A loss takes them as the numbers of its model: the dispersion of counts, a share of zeros, gaps between thresholds.

    Parameters
    ----------
    H : Hierarchy
        Graded, with its outputs.
    parameters : sequence of Hashable
        What they are called.

    Returns
    -------
    Hierarchy
        Behind the outputs ``Constant(p, y)`` for each output y, parameter after parameter.

    Raises
    ------
    NotGradedError, HierarchyError
        If H skips ranks, or has one rank.
    ParameterError, DuplicateElementError
        If parameters are not a sequence of names, each once.

    Examples
    --------
    >>> H = with_constants(Hierarchy.complete(3, 2, names=[None, ["cells", "eggs"]]), ["log dispersion"])
    >>> [str(output) for output in H.ranks[-1]]
    ['cells', 'eggs', 'log dispersion of cells', 'log dispersion of eggs']
    """
    H.check_graded()
    return beside_outputs(H, checked_names(parameters, H))


def beside_outputs(H: Hierarchy, constants: Sequence[Constant]) -> Hierarchy:
    """Return a graded hierarchy with these constants behind its outputs.

    Examples
    --------
    >>> beside_outputs(Hierarchy.complete(3, 2), [Constant("log dispersion", "cells")]).shape
    (3, 3)
    """
    top = H.layers[-1]
    upper, lower = top.pairs()
    layer = Covers.of_pairs(upper, lower, (top.shape[0] + len(constants), top.shape[1]), top.signs)
    return Hierarchy((*H.ranks[:-1], (*H.ranks[-1], *constants)), (*H.layers[:-1], layer))


def with_constants_among(H: Hierarchy, outputs: Sequence[Hashable]) -> Hierarchy:
    """Return a hierarchy whose outputs that are to be constants are such, and look at nothing.

    Parameters
    ----------
    H : Hierarchy
        With as many outputs.
    outputs : sequence of Hashable
        Constants where outputs become these; what else stands there is not looked at.

    Examples
    --------
    >>> H = with_constants_among(Hierarchy.complete(3, 2), ["cells", Constant("log dispersion", "cells")])
    >>> [str(output) for output in H.ranks[-1]], H.n_covers
    (['y0', 'log dispersion of cells'], 3)
    """
    is_constant = np.fromiter((isinstance(name, Constant) for name in outputs), bool, len(outputs))
    if not is_constant.any():
        return H
    top = H.layers[-1]
    upper, lower = top.pairs()
    looks = ~is_constant[upper]
    names = tuple(c if k else e for e, c, k in zip(H.ranks[-1], outputs, is_constant, strict=True))
    signs = None if top.signs is None else top.signs[looks]
    layer = Covers.of_pairs(upper[looks], lower[looks], top.shape, signs)
    return Hierarchy((*H.ranks[:-1], names), (*H.layers[:-1], layer))


def checked_names(parameters: Sequence[Hashable], H: Hierarchy) -> tuple[Constant, ...]:
    """Return the names of the constants, or what is wrong with the parameters."""
    if isinstance(parameters, str) or not isinstance(parameters, Sequence) or not len(parameters):
        raise ParameterError(f"parameters are a sequence of names, as ['log dispersion']; got {parameters!r}")
    if H.depth < 1:
        raise HierarchyError(
            "constants stand beside outputs; this hierarchy has one rank: add outputs with crown([...])"
        )
    names = tuple(Constant(p, y) for p in parameters for y in H.ranks[-1] if not isinstance(y, Constant))
    doubled = [name for name, n in Counter((*names, *H.ranks[-1])).items() if n > 1]
    if doubled:
        raise DuplicateElementError(
            f"a constant has a name of its own; {listing(map(str, doubled))} stands twice; drop it"
        )
    return names
