"""Networks in which every element has neurons that learn, and a head of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import Heads
from hassenet.optimizers import Adam
from hassenet.penalties import L2
from hassenet.shaping import head_per_element, widen
from hassenet.stability.recipe import Recipe
from hassenet.stability.response import Response

Floats = NDArray[np.float64]

_BATCH, _STEPS = 64, 130


def usual_recipe(m: int) -> Recipe:
    """Return the recipe for so many examples: few steps and a firm penalty, so that noise is not learned by heart.

    Examples
    --------
    >>> usual_recipe(800).training.epochs
    10
    """
    options = {"optimizer": Adam(0.01), "penalty": L2(0.03), "batch_size": _BATCH}
    epochs = max(3, round(_STEPS / -(-m // _BATCH)))
    return Recipe("tanh", options={**options, "epochs": epochs})


@final
@dataclass(frozen=True, eq=False)
class Learner:
    """A training of the network with a head for each element, and nothing else that is in the cost.

    Attributes
    ----------
    hierarchy : Hierarchy
        With the heads on top, an element's neurons side by side.
    recipe : Recipe
        The output and the loss are those of the response.
    """

    hierarchy: Hierarchy
    recipe: Recipe

    @staticmethod
    def of(H: Hierarchy, outputs: int, neurons: int, recipe: Recipe) -> Learner:
        """Put heads of so many outputs on top, and give each element its neurons."""
        headed = head_per_element(H, [_Output(j) for j in range(outputs)]).hierarchy
        return Learner(headed if neurons == 1 else widen(headed, neurons).hierarchy, recipe)

    def signals(self, X: Floats, response: Response, learned: NDArray[np.bool_], seed: int) -> Floats:
        """Train on the rows to learn from; return the signals of the heads on the others, (E, k, rows)."""
        offset = None if response.added is None else response.added[learned, None]
        net = self._training(response)(self.hierarchy, X[learned], response.Y[learned], seed, offset=offset)
        return _by_head(net.with_activations(output="identity")(X[~learned]), response.size)

    def _training(self, response: Response) -> Recipe:
        """Return the recipe for these heads: each counts the same, and the main one, of all elements, nothing."""
        loss = Heads(response.loss, self._weights(response.size))
        options = replace(self.recipe.training, loss=loss)
        return replace(self.recipe, output=loss.canonical, options=options)

    def _weights(self, k: int) -> tuple[float, ...]:
        n = self.hierarchy.shape[-1] // k
        return (*[1.0] * (n - 1), 0.0)


@final
@dataclass(frozen=True, slots=True)
class _Output:
    """The name of an output of a head, which no element has."""

    number: int


def _by_head(signals: Any, k: int) -> Floats:
    """Return the signals of all heads but the last, (E, k, rows)."""
    of_heads = np.asarray(signals, float).reshape(len(signals), -1, k)
    return of_heads[:, :-1].transpose(1, 2, 0)
