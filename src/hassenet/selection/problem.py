"""What the candidates are trained on."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.class_numbers import ClassNumbers
from hassenet.errors import DataError
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import Loss
from hassenet.network import Network
from hassenet.penalties import L2, Penalty, Separate
from hassenet.selection.setting import Setting
from hassenet.selection.size import Size
from hassenet.shaping import widen
from hassenet.task.covariates import CovariateColumns
from hassenet.task.task import Task

Array = NDArray[Any]
# Predicted probabilities are kept this far from 0 and 1, as float32 rounds: one row shall not decide about a candidate.
_LEAST = 1e-6


@final
@dataclass(frozen=True, eq=False, repr=False)
class Problem:
    """A hierarchy, a task, and prepared examples.

    Parameters
    ----------
    hierarchy : Hierarchy
        Without outputs; rank 0 are the features in the order of the columns of X, covariates left out.
    task : Task
        The outputs, and the loss for which they are canonical.
    X : (m, n) array of float32
        Standardised: one λ is for all features.
    Y : (m, k) array, or class numbers
        Targets as the loss wants them; of a regression standardised too.
    strata : (m,) array
        What the folds spread evenly: the class of each row; all alike for a regression.
    weight : (m,) array, optional
        Above 0.
    columns : CovariateColumns, optional
        Which columns of X are covariates, at which every output looks; by default none is.
    covariate_penalty : float
        λ_c ≥ 0 of their weights, whatever λ of the setting is.

    Raises
    ------
    DataError
        If a weight is not above 0: folds and settings would count an example that is absent.

    Examples
    --------
    >>> from hassenet.likelihoods import BinaryCrossEntropy
    >>> X, y = np.eye(4, dtype="float32"), np.array([0, 1, 1, 0])
    >>> problem = Problem(Hierarchy.subsets(4), Task(("ill",), BinaryCrossEntropy()), X, y[:, None], y)
    >>> problem.network(Setting(0.01, neurons=3)).hierarchy.shape
    (4, 18, 30, 33, 1)
    """

    hierarchy: Hierarchy
    task: Task
    X: Array
    Y: Array | ClassNumbers
    strata: Array
    weight: Array | None = None
    columns: CovariateColumns | None = None
    covariate_penalty: float = 0.0

    def __post_init__(self) -> None:
        """Refuse examples that are absent."""
        if self.weight is not None and not (np.asarray(self.weight) > 0).all():
            raise DataError("each example of a problem has a weight above 0; leave out those of weight 0")

    def __len__(self) -> int:
        return len(self.Y)

    @property
    def outputs(self) -> tuple[Hashable, ...]:
        """The names of the outputs."""
        return self.task.outputs

    @property
    def loss(self) -> Loss:
        """L."""
        return self.task.loss

    @property
    def size(self) -> Size:
        """The numbers that the cost of a training depends on."""
        return Size.of(self.hierarchy, len(self.outputs))

    def joined(self, H: Hierarchy) -> Hierarchy:
        """Return a hierarchy of the features with outputs, which look at the covariates too."""
        return H if self.columns is None else self.columns.join(H)

    @property
    def crowned(self) -> Hierarchy:
        """The hierarchy with outputs that look at every element; its rank 0 stands as the columns of X."""
        return self.joined(self.hierarchy.crown(self.outputs))

    @property
    def flat(self) -> Hierarchy:
        """The hierarchy of depth 1: outputs that look at every column of X."""
        features = self.hierarchy.ranks[0]
        shape = (len(features), len(self.outputs))
        return self.joined(Hierarchy.complete(*shape, names=(features, self.outputs)))

    @property
    def of_covariates(self) -> Array:
        """Which columns of X are covariates, (n,) of bool."""
        places = () if self.columns is None else self.columns.places
        return np.isin(np.arange(self.X.shape[1]), places)

    def penalty(self, strength: float) -> Penalty:
        """Return R of a λ."""
        return Separate(L2(strength), self.covariate_penalty)

    @property
    def linear(self) -> Network:
        """The network of depth 1 before training."""
        return self.task.network(self.flat, "tanh")

    def network(self, setting: Setting) -> Network:
        """Return the network of a setting before training, whose outputs look at every element."""
        crowned = self.crowned
        H = widen(crowned, setting.neurons).hierarchy if setting.neurons > 1 else crowned
        return self.task.network(H, setting.activation)

    def networks(self, settings: Iterable[Setting]) -> dict[Setting, Network]:
        """Return those of the settings that are not linear; those that have the same one share it."""
        made: dict[tuple[int, str], Network] = {}
        deep = [s for s in settings if not s.is_linear]
        for s in deep:
            if (s.neurons, s.activation) not in made:
                made[s.neurons, s.activation] = self.network(s)
        return {s: made[s.neurons, s.activation] for s in deep}

    def weights_of(self, rows: Array) -> Array | None:
        """Return the weights of some rows."""
        return None if self.weight is None else self.weight[rows]

    def losses(self, prediction: Array) -> Array:
        """Return L(ŷ, y) of each row, (m, k) → (m,); of a regression in units of the variance."""
        if isinstance(self.Y, ClassNumbers):
            of_class = prediction[np.arange(len(self)), self.Y.numbers]
            return np.asarray(-np.log(np.clip(of_class, _LEAST, 1 - _LEAST)))
        if self.loss.canonical != "identity":
            prediction = np.clip(prediction, _LEAST, 1 - _LEAST)
        return self.loss.cost(prediction, self.Y)
