"""The outputs of a network as heads, and which of them is the main one."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import ShapeError
from hassenet.likelihoods import Heads, Loss
from hassenet.likelihoods.heads import outputs_of_a_head
from hassenet.network import Network

Array = NDArray[Any]


@final
@dataclass(frozen=True)
class OutputHeads:
    """h consecutive heads of k outputs each, (x⁽ᴰ⁾)⁽¹⁾, …, (x⁽ᴰ⁾)⁽ʰ⁾: the last is the main one, the others auxiliary.

    Predictions, scores and saved models are those of the main head. Auxiliary ones take part in the cost alone.

    Parameters
    ----------
    number : int
        h, 1 without auxiliary heads.
    size : int
        k.

    Examples
    --------
    >>> heads = OutputHeads.of_size(1, outputs=3)
    >>> heads.names(("ill @ rank 1", "ill @ rank 2", "ill")), heads.weights(0.3)
    (('ill',), (0.3, 0.3, 1.0))
    """

    number: int
    size: int

    @staticmethod
    def of_size(size: int, outputs: int) -> OutputHeads:
        """Return the heads of k outputs each that so many outputs make.

        Raises
        ------
        ShapeError
            If the outputs cannot be divided into heads of that size.
        """
        if size < 1 or outputs % size:
            raise ShapeError(
                f"heads are blocks of outputs of one size; {outputs} outputs do not make heads of {size}; give a "
                "network with that many outputs a head"
            )
        return OutputHeads(outputs // size, size)

    @staticmethod
    def of_loss(loss: Loss, outputs: int) -> OutputHeads:
        """Return the heads that a loss compares with the targets; blocks of quantiles are one head, all of them wanted.

        Raises
        ------
        ShapeError
            If the outputs cannot be divided among the heads of the loss.

        Examples
        --------
        >>> from hassenet.likelihoods import SquaredError
        >>> OutputHeads.of_loss(Heads(SquaredError(), (0.3, 1.0)), outputs=4)
        OutputHeads(number=2, size=2)
        """
        size = outputs_of_a_head(loss, outputs)
        return OutputHeads(loss.heads, size) if isinstance(loss, Heads) else OutputHeads(1, outputs)

    def main(self, values: Array) -> Array:
        """Return the columns of the main head, (m, k), of a column an output; of one head all."""
        return values if self.number == 1 else values[:, -self.size :]

    def names(self, outputs: Sequence[Hashable]) -> tuple[Hashable, ...]:
        """Return the outputs of the main head."""
        return tuple(outputs[-self.size :])

    def main_network(self, net: Network) -> Network:
        """Return the network without its auxiliary heads."""
        return net if self.number == 1 else net.with_outputs(self.names(net.hierarchy.ranks[-1]))

    def of_all(self, weights: Sequence[float]) -> tuple[float, ...]:
        """Return weights of the k outputs of the main head as weights of all outputs, 0 elsewhere.

        Examples
        --------
        >>> OutputHeads(3, 2).of_all((-0.5, 0.5))
        (0.0, 0.0, 0.0, 0.0, -0.5, 0.5)
        """
        return (0.0,) * (self.number - 1) * self.size + tuple(weights)

    def for_all(self, of_main: Array | None) -> Array | None:
        """Return columns of the main head, (m, k), for all heads; one for all outputs, and None, as it is."""
        if of_main is None or of_main.shape[1] != self.size:
            return of_main
        return np.tile(of_main, (1, self.number))

    def weights(self, auxiliary: float) -> tuple[float, ...]:
        """Return v₁, …, v_h: that of each auxiliary head, and 1 of the main one."""
        return (auxiliary,) * (self.number - 1) + (1.0,)

    def loss(self, loss: Loss, auxiliary_weight: float) -> Loss:
        """Return Σ_h v_h L₀(ŷ⁽ʰ⁾, y), the loss of all heads; L₀ where there is only the main one.

        Examples
        --------
        >>> from hassenet.likelihoods import SquaredError
        >>> OutputHeads(3, 1).loss(SquaredError(), 0.3)
        Heads(loss=SquaredError(), weights=(0.3, 0.3, 1.0))
        >>> OutputHeads(1, 2).loss(SquaredError(), 0.3)
        SquaredError()
        """
        return loss if self.number == 1 else Heads(loss, self.weights(auxiliary_weight))
