"""What is explained: a sum of the signals of the outputs, before their activation."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet._checks import is_whole_number
from hassenet.errors import ParameterError, ShapeError, UnknownElementError, listing
from hassenet.network import Ensemble, Network
from hassenet.task.heads import OutputHeads

Array = NDArray[Any]


@final
@dataclass(frozen=True)
class Explained:
    """t(x) = Σₖ vₖ sₖ⁽ᴰ⁻¹⁾(x), a number for each example.

    The signal is what an output adds up from its elements, before its activation: the log-odds of a sigmoid, the
    logarithm of an exp, the value itself of an identity.

    Attributes
    ----------
    name : str
        What it is called in tables.
    weights : tuple of float
        v, one an output.

    Raises
    ------
    ParameterError
        If v is not finite, or all 0: then there is nothing to explain.

    Examples
    --------
    >>> Explained("ill against healthy", (-1.0, 1.0)).weights
    (-1.0, 1.0)
    """

    name: str
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse what is not a function of the outputs."""
        if not all(map(isfinite, self.weights)) or not any(self.weights):
            raise ParameterError(
                f"what is explained has finite weights, not all of them 0; {self.name!r} has {listing(self.weights)}; "
                "give an output that counts another weight"
            )

    def top(self, dtype: np.dtype[Any]) -> Array:
        """Return v as an (n_D, 1) array."""
        return np.array(self.weights, dtype)[:, None]


Output = Hashable | Explained


def explained(net: Network | Ensemble, output: Output = None) -> Explained:
    """Return what is explained by the name or the number of an output.

    Of a softmax it is sₖ less the mean of all signals, which is log pₖ less the mean of the log pⱼ: a signal alone says
    nothing there, as the probabilities stay the same when a number is added to all.

    Parameters
    ----------
    net : Network or Ensemble
        The members of an ensemble have their outputs in common.
    output : Hashable or Explained, optional
        The name of an output, else its position; it may be left out where there is only one.

    Raises
    ------
    ParameterError, UnknownElementError, ShapeError
        If there are several outputs and none is given, there is no such output, the weights are not one an output, or
        the output is a softmax by itself, which is 1 whatever the features are.

    Source: for the softmax, A. Shrikumar, P. Greenside and A. Kundaje, "Learning important features through propagating
    activation differences", ICML 2017, section 3.6.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> explained(Network(Hierarchy.complete(2, 3, 2), output="softmax"), "y1")
    Explained(name='y1', weights=(-0.5, 0.5))
    """
    net = Ensemble.of(net).networks[0]
    n = net.plan.n_outputs
    if isinstance(output, Explained):
        return _checked(output, n)
    k = _position(net, output)
    _check_varies(net, k)
    v = np.eye(n)[k] - _mean_of_block(net, k)
    return Explained(str(net.hierarchy.ranks[-1][k]), tuple(v.tolist()))


def _mean_of_block(net: Network, k: int) -> NDArray[np.float64]:
    """Return the mean of the signals that a softmax compares with the k-th, as weights; 0 where there is no softmax."""
    G, n = net.plan.layers[-1].G, net.plan.n_outputs
    block = G.block_of(k)
    return np.isin(np.arange(n), block) / len(block) if len(block) else np.zeros(n)


def _check_varies(net: Network, k: int) -> None:
    if len(net.plan.layers[-1].G.block_of(k)) == 1:
        raise ParameterError(
            f"the softmax of one output is 1 whatever the features are; {net.hierarchy.ranks[-1][k]!r} is such an "
            "output, and nothing explains it; give the network a sigmoid, or an output for each class"
        )


def of_class(net: Network | Ensemble, classes: Sequence[Any], label: Any) -> Explained:
    """Return what speaks for one of the classes of a classification.

    Where two classes share one output, the probability of the second, the first has the signal with its sign turned. Of
    several heads the last, the main one, is explained.

    Parameters
    ----------
    net : Network or Ensemble
    classes : sequence
        In the order of the outputs, as ``Model.classes`` and ``NetworkClassifier.classes_``.
    label : one of the classes

    Raises
    ------
    ParameterError
        If it is none of the classes, or they do not fit the outputs.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> net = Network(Hierarchy.complete(2, 3, 1), output="sigmoid")
    >>> of_class(net, ["healthy", "ill"], "healthy")
    Explained(name='healthy', weights=(-1.0,))
    """
    net = Ensemble.of(net).networks[0]
    known, n = list(classes), net.plan.n_outputs
    if label not in known:
        raise ParameterError(
            f"a class is one of {listing(known)}; got {label!r}; give one of these to explain it"
        )
    if len(known) == 2 and net.plan.layers[-1].G.pointwise:
        sign = 1.0 if label == known[1] else -1.0
        return Explained(str(label), OutputHeads.of_size(1, n).of_all([sign]))
    if n % len(known):
        raise ParameterError(
            f"{len(known)} classes need as many outputs, or as many in each head (two: also one); the network has {n}; "
            "pass the Explained(name, weights) that is meant"
        )
    main = OutputHeads.of_size(len(known), n).names(net.hierarchy.ranks[-1])
    return Explained(str(label), explained(net, main[known.index(label)]).weights)


def _checked(output: Explained, n: int) -> Explained:
    if len(output.weights) != n:
        raise ShapeError(
            f"what is explained has one weight for each of the {n} outputs; {output.name!r} has {len(output.weights)}"
        )
    return output


def _position(net: Network, output: Hashable) -> int:
    names = net.hierarchy.ranks[-1]
    if output is None and len(names) == 1:
        return 0
    if output is None:
        raise ParameterError(
            f"one output is explained at a time; there are {len(names)}: {listing(names)}; give output=…"
        )
    if output in names:
        return names.index(output)
    if is_whole_number(output) and 0 <= output < len(names):
        return int(output)
    raise UnknownElementError(f"no output {output!r}; the outputs are {listing(names)}; give one of them")
