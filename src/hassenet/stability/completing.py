"""The complete hierarchy with as many parameters as another."""

from __future__ import annotations

from itertools import pairwise
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import HierarchyError
from hassenet.hierarchy import Constant, Covariate, Hierarchy
from hassenet.hierarchy.constants import beside_outputs
from hassenet.shaping import covariates

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

_LEAST = 2  # a hidden rank of one neuron would hand on a single number
_ROUNDING = 1e-9


def complete_twin(H: Hierarchy) -> Hierarchy:
    """Return a complete hierarchy with the features, the outputs and the number of parameters of H, without relays.

    Covariates and constants stand beside it as beside H. Its hidden ranks have the proportions of those of H. A rank
    that would have fewer than 2 neurons, through which all would have to pass as a single number, is left out; the
    widest stays, with one at least. Neurons are whole: the parameters are as near to those of H as one neuron more or
    less can bring them.

    Parameters
    ----------
    H : Hierarchy
        Graded. Without hidden ranks, neither has the twin: its features and outputs alone say how large it is.

    Raises
    ------
    NotGradedError, HierarchyError
        If covers skip ranks, or there is one rank only.

    Examples
    --------
    >>> complete_twin(Hierarchy.random((100, 50, 20, 1), density=0.1, seed=0))
    Hierarchy(shape=(100, 6, 3, 1), covers=621, density=1)
    """
    H.check_graded()
    if H.depth < 1:
        raise HierarchyError("a twin needs features and outputs; the hierarchy has one rank; crown() it")
    if H.covariates or _constants(H):
        return _beside(H)
    shape = _shape(_real(H), _parameters(H))
    hidden = [[("complete", i, k) for k in range(n)] for i, n in enumerate(shape[1:-1], 1)]
    return Hierarchy.complete(*shape, names=[H.ranks[0], *hidden, H.ranks[-1]])


def _beside(H: Hierarchy) -> Hierarchy:
    """Return the twin of H without its covariates and constants, and these beside it.

    Outputs alone look at covariates there too, and constants at nothing: features do not reach them.
    """
    features = [e for e in H.ranks[0] if not isinstance(e, Covariate)]
    twin = beside_outputs(complete_twin(H.restrict(features)[0]), _constants(H))
    twin = twin.reorder(twin.depth, H.ranks[-1])
    if not H.covariates:
        return twin
    return covariates(twin, [e.name for e in H.covariates]).hierarchy.graded().reorder(0, H.ranks[0])


def _constants(H: Hierarchy) -> list[Constant]:
    return [e for e in H.ranks[-1] if isinstance(e, Constant)]


def _real(H: Hierarchy) -> list[int]:
    """Return how many elements each rank has, relays left out; none where there are relays alone."""
    return [n - int(H.relays(i).sum()) for i, n in enumerate(H.shape)]


def _parameters(H: Hierarchy) -> int:
    """Return the number of covers and biases, those of relays left out."""
    free = [~H.relays(i) for i in range(1, H.depth + 1)]
    return sum(int((layer.below_counts + 1)[of].sum()) for layer, of in zip(H.layers, free, strict=True))


def _shape(sizes: list[int], budget: int) -> list[int]:
    """Return the shape of a complete network of about these proportions and so many parameters."""
    first, *hidden, last = sizes
    if not any(hidden):
        return [first, last]
    wished = _wished([first, *filter(None, hidden), last], budget)
    shape = [first, *np.maximum(wished + _ROUNDING, 1).astype(int).tolist(), last]
    return _filled(shape, wished, budget)


def _wished(sizes: list[int], budget: int) -> Floats:
    """Return the widths of the hidden ranks in proportion, leaving out the narrowest as long as it has too few."""
    first, *hidden, last = sizes
    widths = _factor(sizes, budget) * np.array(hidden)
    if len(hidden) == 1 or widths.min() >= _LEAST - _ROUNDING:
        return np.asarray(widths)
    hidden.pop(int(widths.argmin()))
    return _wished([first, *hidden, last], budget)


def _factor(sizes: list[int], budget: int) -> float:
    """Return f > 0 with a f² + b f + n_D = budget, the parameters of hidden ranks f times as wide; 0 without one."""
    _, *hidden, last = sizes
    a = sum(below * above for below, above in pairwise(hidden))
    b = sizes[0] * hidden[0] + hidden[-1] * last + sum(hidden)
    c = budget - last
    return 2 * c / (b + sqrt(b * b + 4 * a * c))


def _filled(shape: list[int], wished: Floats, budget: int) -> list[int]:
    """Add neurons, where most of one is missing, as long as that brings the parameters nearer to the budget."""
    missing = int(np.argmax(wished - shape[1:-1])) + 1
    more = [n + (i == missing) for i, n in enumerate(shape)]
    nearer = abs(_of_complete(more) - budget) < abs(_of_complete(shape) - budget)
    return _filled(more, wished, budget) if nearer else shape


def _of_complete(shape: list[int]) -> int:
    """Return the number of parameters of a complete network."""
    return sum((below + 1) * above for below, above in pairwise(shape))
