"""What the parameters say of a network: by what a warm start finds out which of them were changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

from hassenet.errors import ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.task.architecture import Architecture
from hassenet.task.task import Task


@final
@dataclass(frozen=True)
class Made:
    """A network's hierarchy, activations and type, as the parameters of an estimator have them.

    Attributes
    ----------
    architecture : Architecture
    hidden : str, list or dict
        The activations of the hidden ranks.
    output : str
        The canonical output of the loss.
    dtype : numpy.dtype or None
        None follows X.
    """

    architecture: Architecture
    hidden: Any
    output: str
    dtype: Any

    def applied(
        self, before: Made | None, net: Network, task: Task, built: Callable[[], Hierarchy]
    ) -> Network:
        """Return the network that goes on: activations, loss and type take effect, the hierarchy has to stay.

        Parameters
        ----------
        before : Made, optional
            What the network was made of; None where that is not known.
        net : Network
        task : Task
        built : callable
            Makes the hierarchy anew; asked only where it may be another one.

        Raises
        ------
        ParameterError
            If the parameters make another hierarchy: weights belong to covers.
        """
        if self == before:
            return net
        if before is None or self.architecture != before.architecture:
            _require_same(net.hierarchy, built(), self.architecture, before and before.architecture)
        made = task.network(net.hierarchy, self.hidden, dtype=self.dtype or net.dtype)
        return made.with_theta(net.theta)


_PARAMETERS = {
    "hierarchy": "hierarchy",
    "hidden": "hidden_layer_sizes",
    "heads": "heads",
    "auxiliary": "auxiliary",
    "covariates": "covariates",
}


def _require_same(present: Hierarchy, new: Hierarchy, now: Architecture, before: Architecture | None) -> None:
    if new == present:
        return
    changed = {
        name: getattr(now, name) for name in _PARAMETERS if before is None or _differs(name, now, before)
    }
    culprits = ", ".join(f"{_PARAMETERS[name]}={value!r}" for name, value in changed.items())
    raise ParameterError(
        f"a network that goes on, as with warm_start and partial_fit, keeps its hierarchy; {culprits} makes another, "
        "to whose covers no weights belong; set it back, or fit with warm_start=False"
    )


def _differs(name: str, one: Architecture, other: Architecture) -> bool:
    return bool(getattr(one, name) != getattr(other, name))
