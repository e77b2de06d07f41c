"""What a network is to predict."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, final

from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import Loss
from hassenet.network import Network
from hassenet.network.network import Hidden
from hassenet.task.heads import OutputHeads


@final
@dataclass(frozen=True)
class Task:
    """What a network is to predict, whatever its hierarchy: its main outputs, and the loss of each head.

    Parameters
    ----------
    outputs : tuple of Hashable
        The names wished for the main outputs; how many there are says how many outputs each head has.
    loss : Loss
        L₀, the loss of a head; its canonical output is the activation of the outputs.
    auxiliary_weight : float
        The weight of each auxiliary head in the cost, where the main one has 1.

    Examples
    --------
    >>> from hassenet.likelihoods import BinaryCrossEntropy
    >>> from hassenet.shaping import head_per_rank
    >>> task = Task(("ill",), BinaryCrossEntropy())
    >>> H = head_per_rank(Hierarchy.subsets(3), ["ill"]).hierarchy
    >>> task.heads(H), task.loss_on(H).weights
    (OutputHeads(number=3, size=1), (0.3, 0.3, 1.0))
    >>> task.main(task.network(H, "tanh")).hierarchy.ranks[-1]
    ('ill',)
    """

    outputs: tuple[Hashable, ...]
    loss: Loss
    auxiliary_weight: float = 0.3

    def heads(self, H: Hierarchy) -> OutputHeads:
        """Return the heads that the outputs of a hierarchy are."""
        return OutputHeads.of_size(len(self.outputs), H.shape[-1])

    def loss_on(self, H: Hierarchy) -> Loss:
        """Return the loss of all heads of a hierarchy."""
        return self.heads(H).loss(self.loss, self.auxiliary_weight)

    def activation_on(self, H: Hierarchy) -> str | tuple[str, ...]:
        """Return the activation of the outputs of a hierarchy: a softmax is taken within each head."""
        return self.loss_on(H).canonical

    def network(self, H: Hierarchy, hidden: Hidden, *, seed: int = 0, dtype: Any = "float32") -> Network:
        """Return a network on a hierarchy, before training, whose outputs are all its heads."""
        return Network(H, hidden=hidden, output=self.activation_on(H), seed=seed, dtype=dtype)

    def main(self, net: Network) -> Network:
        """Return the network without its auxiliary heads."""
        return self.heads(net.hierarchy).main_network(net)
