"""Activations of a user's own, known by their names in this process."""

from __future__ import annotations

import numpy as np

from hassenet._checks import check_slope
from hassenet.activations.table import ACTIVATIONS, Activation, Derivative, Start, Value, own_of
from hassenet.errors import ParameterError

_SAMPLE = np.array([[-2.3, -0.71, -0.11, 0.13, 0.74, 2.2]])


def own(
    name: str,
    value: Value,
    derivative: Derivative,
    start: Start = "glorot",
    piecewise_linear: bool = False,
) -> Activation:
    """Return an activation G of one's own, which goes wherever the name of one does; its own name is known from now on.

    The readable engine computes it. A model in a folder keeps the name: who loads it makes the activation known first.
    Of two with one name the later one is meant. ``pickle`` keeps functions by their names: what it is to take, has a
    value and a derivative that are defined at the top of a module, and no lambdas (processes side by side take these).

    Parameters
    ----------
    name : str
        One that the library's have not.
    value : callable
        s ↦ G(s), for an array of any shape, element by element and in its type.
    derivative : callable
        (s, x) ↦ G′(s), where x = G(s).
    start : "he" or "glorot"
        The initialisation that keeps the size of signals: "he" where about half of them come to 0.
    piecewise_linear : bool
        Whether G is affine between finitely many kinks.

    Raises
    ------
    ParameterError
        If the name is taken, or the derivative is not that of the value.

    Examples
    --------
    >>> from hassenet import Hierarchy, Network
    >>> bell = own("bell", lambda s: np.exp(-s * s), lambda s, x: -2 * s * x)
    >>> Network(Hierarchy.complete(2, 3, 1), hidden=bell).activations
    (bell, identity)
    """
    if not isinstance(name, str) or not name.isidentifier() or name in (*ACTIVATIONS, "logistic"):
        raise ParameterError(
            f"an activation of one's own has a name that the library's have not, made of letters, digits and _; got "
            f"{name!r}; choose another"
        )
    check_slope(f"the derivative of {name}", value, lambda s: derivative(s, value(s)), _SAMPLE)
    return own_of(name, value, derivative, start, piecewise_linear)
