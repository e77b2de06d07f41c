"""How a network is trained, again and again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.table import is_table
from hassenet.errors import ParameterError, listing
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import CoxLoss, Loss, as_loss, canonical_loss
from hassenet.likelihoods.heads import of_a_head
from hassenet.network import Network
from hassenet.outcomes.given import times_given
from hassenet.survival.comparable import check_comparable
from hassenet.training import TrainingOptions, fit_with
from hassenet.training.level import begun_at_the_level

Array = NDArray[Any]
Train = Callable[..., Network]
"""(H, X, Y, seed) ↦ a trained network on H. Any function will do that a process can be handed (that can be pickled).

Where the study has weights it is called with ``sample_weight=`` too, one for each row; where it has offsets or
exposures with ``offset=``, (m, 1) or (m, k), which is added to the signals of the outputs.

A fit hands back what was learned until Ctrl-C: raise KeyboardInterrupt where its ``stopped`` is "interrupted".
"""

_NOT_SHARED = {
    "sample_weight": "weights go with their rows; give sample_weight=… to stability(), null_scores() or twins()",
    "validation_data": "a null model would be judged by the targets as they are; take validation_fraction",
    "seed": "each has its own; give seed=… to stability(), null_scores() or twins()",
    "offset": "offsets go with their rows; give offset=… to stability(), null_scores() or twins()",
    "exposure": "exposures go with their rows; give exposure=… to stability(), null_scores() or twins()",
    "state": "it is that of one training, and each begins anew; leave it out",
}
_OPTIONS = {field.name for field in fields(TrainingOptions)}


@final
@dataclass(frozen=True)
class Recipe:
    """(H, X, Y, seed) ↦ the network on H, trained by :func:`hassenet.fit`; the seed is that of weights and batches.

    Parameters
    ----------
    hidden : str or sequence of str
        The activations of the hidden ranks, one for all or one a rank.
    output : str or tuple of str
        The activation of the outputs.
    dtype : "float32" or "float64"
    options : mapping or TrainingOptions
        Options of :func:`hassenet.fit`, as ``{"loss": …, "optimizer": Adam(0.01), "epochs": 50}``, but those that
        belong to the examples or to one training: sample_weight, validation_data, seed, state. Of TrainingOptions the
        seed has no part in it.

    Raises
    ------
    ParameterError
        If the options are neither, hold one of these or one that a fit does not have, or are outside their domains.

    Examples
    --------
    >>> import numpy as np
    >>> recipe = Recipe(output="sigmoid", options={"epochs": 5})
    >>> X = np.array([[0.0, 1.0], [1.0, 0.0]])
    >>> recipe(Hierarchy.complete(2, 3, 1), X, np.array([0, 1]), 0)(X).shape
    (2, 1)
    """

    hidden: str | Sequence[str] = "tanh"
    output: str | tuple[str, ...] = "identity"
    dtype: str = "float32"
    options: Mapping[str, Any] | TrainingOptions = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse options that the trainings of a study cannot share."""
        _ = self.training

    @property
    def training(self) -> TrainingOptions:
        """The options, those left out with their defaults."""
        if isinstance(self.options, TrainingOptions):
            return self.options
        _check_names(self.options)
        return TrainingOptions(**self.options)

    def __call__(
        self, H: Hierarchy, X: Any, Y: Array, seed: int, sample_weight: Any = None, offset: Any = None
    ) -> Network:
        """Return a trained network on H; sample_weight, (m,), says how much each example counts.

        What ``offset``, (m, 1) or (m, k), holds is added to the signals of the outputs.

        Raises
        ------
        KeyboardInterrupt
            After Ctrl-C: a fit hands back what was learned until then, which has no place among the other trainings.
        """
        net = Network(H, hidden=self.hidden, output=self.output, seed=seed, dtype=self.dtype)
        net = net if offset is None else _begun_at(self, net, Y, offset, sample_weight)
        found = fit_with(
            replace(self.training, seed=seed), net, X, Y, sample_weight=sample_weight, offset=offset
        )
        if found.stopped == "interrupted":
            raise KeyboardInterrupt
        return found.network


def _begun_at(recipe: Recipe, net: Network, Y: Any, offset: Any, weight: Any) -> Network:
    """Return the network, the outputs of which begin at the level of counts: log e may be far from 0."""
    loss, k = loss_of(recipe), len(net.hierarchy.ranks[-1])
    if loss is None or not loss.exposed(k).any():
        return net
    y, o = (np.reshape(np.asarray(a, float), (len(offset), -1)) for a in (Y, offset))
    return begun_at_the_level(net, loss, y, o, weight)


def loss_of(train: Train) -> Loss | None:
    """Return the loss of a recipe, named or by its output; None of another training, which only its author knows."""
    if not isinstance(train, Recipe):
        return None
    if train.training.loss is not None:
        return as_loss(train.training.loss)
    return canonical_loss(train.output) if isinstance(train.output, str) else None


def named_loss(train: Train) -> Loss | None:
    """Return the loss that a recipe names, of one of its heads; None where it names none, or the training is another.

    >>> named_loss(Recipe(options={"loss": "poisson"}))
    PoissonLoss()
    """
    loss = train.training.loss if isinstance(train, Recipe) else None
    return None if loss is None else of_a_head(as_loss(loss))


def targets_for(train: Train, Y: Any) -> Any:
    """Return a table of times as an array, its columns by their names as a fit takes them; other targets as they are.

    Raises
    ------
    TargetError
        If of times nothing can be compared.

    Examples
    --------
    >>> import numpy as np
    >>> from hassenet.tables import Table
    >>> days = Table({"event": np.array([True, False]), "time": np.array([3.0, 5.0])})
    >>> targets_for(Recipe(options={"loss": "cox"}), days)
    array([[3., 1.],
           [5., 0.]])
    """
    if not isinstance(named_loss(train), CoxLoss):
        return Y
    values = times_given(Y)[1] if is_table(Y) else Y
    check_comparable(values)
    return values


def _check_names(options: Any) -> None:
    if not isinstance(options, Mapping):
        raise ParameterError(
            f"options are a mapping from names to values, as {{'epochs': 50}}; got {options!r}"
        )
    for name, remedy in _NOT_SHARED.items():
        if name in options:
            raise ParameterError(f"trainings of a study cannot share {name!r}; {remedy}")
    unknown = [name for name in options if name not in _OPTIONS]
    if unknown:
        raise ParameterError(
            f"options are those of fit(); {listing(unknown)} is not one of them; choose among "
            f"{listing(sorted(_OPTIONS - {'seed'}), len(_OPTIONS))}"
        )
