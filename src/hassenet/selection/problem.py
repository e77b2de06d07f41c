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
from hassenet.hierarchy.constants import with_constants_among
from hassenet.likelihoods import Loss
from hassenet.likelihoods.held_out import away_from_certainty
from hassenet.likelihoods.joint import Joint, plain_losses
from hassenet.network import Network
from hassenet.penalties import L2, Penalty, Separate
from hassenet.selection.setting import Setting
from hassenet.selection.size import IN_PYTHON, Size
from hassenet.shaping import widen
from hassenet.task.covariates import CovariateColumns
from hassenet.task.task import Task

Array = NDArray[Any]


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
    X : (m, n) array of float32, or stream
        Standardised: one λ is for all features. Settings are chosen on arrays; networks go on with a stream.
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
    offset : (m, k) array, optional
        What is added to the signal of each output.
    biases : (k,) array, optional
        Those of the outputs before training; by default 0.

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
    offset: Array | None = None
    biases: Array | None = None

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
        n, parts = len(self.outputs), plain_losses(self.loss)
        by_numpy = any(loss.looks_at_others or loss.has_parameters for loss in parts)
        return Size.of(self.hierarchy, n, IN_PYTHON) if by_numpy else Size.of(self.hierarchy, n)

    def joined(self, H: Hierarchy) -> Hierarchy:
        """Return a hierarchy of the features with outputs, which look at the covariates too."""
        return H if self.columns is None else self.columns.join(H)

    @property
    def crowned(self) -> Hierarchy:
        """The hierarchy with outputs that look at every element; its rank 0 stands as the columns of X."""
        return self.joined(with_constants_among(self.hierarchy.crown(self.outputs), self.outputs))

    @property
    def flat(self) -> Hierarchy:
        """The hierarchy of depth 1: outputs that look at every column of X."""
        features = self.hierarchy.ranks[0]
        H = Hierarchy.complete(len(features), len(self.outputs), names=(features, self.outputs))
        return self.joined(with_constants_among(H, self.outputs))

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

    def started(self, net: Network) -> Network:
        """Return a network whose outputs have the biases to start from."""
        if self.biases is None:
            return net
        theta = net.theta.copy()
        theta[net.plan.layers[-1].bias] = self.biases
        return net.with_theta(theta)

    @property
    def without_level(self) -> NDArray[np.bool_]:
        """Which outputs no loss knows the level of, (k,): log hazards, to which a constant may be added."""
        loss = self.loss
        if isinstance(loss, Joint):
            return np.repeat([one.looks_at_others for one in loss.losses], loss.sizes)
        return np.full(len(self.outputs), loss.looks_at_others)

    def centred(self, net: Network, rows: Array) -> Network:
        """Return a network whose outputs without a level have the mean 0 over some rows.

        So those of networks that learned from other rows can be compared, and their mean says what each of them says.
        """
        free = self.without_level
        if not free.any():
            return net
        mean = net(self.X[rows], offset=self.offset_of(rows), check_finite=False).mean(axis=0)
        theta = net.theta.copy()
        theta[net.plan.layers[-1].bias] -= np.where(free & np.isfinite(mean), mean, 0)
        return net.with_theta(theta)

    def weights_of(self, rows: Array) -> Array | None:
        """Return the weights of some rows."""
        return None if self.weight is None else self.weight[rows]

    def offset_of(self, rows: Array) -> Array | None:
        """Return the offsets of some rows."""
        return None if self.offset is None else self.offset[rows]

    def losses(self, prediction: Array, fold: Array) -> Array:
        """Return L(ŷ, y) of each row, (m, k) → (m,), NaN without a prediction; numbers in units of their variance.

        Where examples look at each other, as times in risk sets, it is the loss among the rows of a fold: networks of
        different folds may differ by what no loss sees.
        """
        if isinstance(self.Y, ClassNumbers):
            of_class = prediction[np.arange(len(self)), self.Y.numbers]
            return np.asarray(-np.log(away_from_certainty(of_class, "softmax")))
        prediction = away_from_certainty(prediction, self.loss.canonical)
        there, found = np.asarray(np.isfinite(prediction).all(axis=1)), np.full(len(self), np.nan)
        groups = [fold == f for f in np.unique(fold)] if self.loss.looks_at_others else [there]
        for rows in (np.flatnonzero(group) for group in groups if there[group].all()):
            found[rows] = self._loss_among(rows).cost(prediction[rows], self.Y[rows])
        return found

    def _loss_among(self, rows: Array) -> Loss:
        """Return the loss where some rows are all there are."""
        weight = self.weights_of(rows)
        return self.loss.among(np.ones(len(rows)) if weight is None else weight)
