"""A network with what it needs to predict from raw tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Literal, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.checks import is_finite, is_within, where
from hassenet.data.complete import Complete
from hassenet.data.logarithm import Logarithm
from hassenet.data.preparation import Preparation
from hassenet.data.scaling import Scaling
from hassenet.errors import NotFiniteError, ParameterError, ShapeError, listing
from hassenet.network import Network
from hassenet.task.label import Label
from hassenet.training.history import Epoch, checked_history

Array = NDArray[np.float64]


@final
@dataclass(frozen=True)
class Model:
    """A network with the names and scaling of its features and the meaning of its outputs.

    Parameters
    ----------
    network : Network
        N. Its rank 0 are the features, in their order.
    features : tuple of str
        The columns of a table that are the features, in the order of rank 0.
    task : "classification" or "regression"
        What the outputs mean: probabilities of classes, or the targets themselves.
    targets : tuple of str
        What is predicted; one name for a classification, one an output for a regression.
    classes : tuple of str, int, float or bool, optional
        The classes in the order of the outputs, which a softmax joins; two classes may share one output, the
        probability of the second, with the sigmoid.
    scaling : Scaling, optional
        Applied to the features before the network.
    log10 : float, optional
        An offset c: features become log₁₀(x + c), before the scaling.
    metrics : mapping from str to mapping from str to float, optional
        What was learned: a row of figures for each name.
    stopped : str
        Why training ended, as in ``Fit.stopped``.
    history : tuple of Epoch, optional
        The course of training, as ``Fit.history``.

    Attributes
    ----------
    preparation : Preparation
        The steps from raw features to those that the network sees: the logarithm if there is one, and the scaling.

    Raises
    ------
    ShapeError
        If names, classes or scaling do not fit the network's shape.
    ParameterError
        If the task is unknown, a name, class, figure or epoch is of a wrong kind, classes are given for a regression
        or missing for a classification, two are written alike, or the outputs are not probabilities of them.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> net = Network(Hierarchy.complete(2, 3, 1), output="sigmoid")
    >>> model = Model(net, ("age", "height"), "classification", ("health",), classes=("healthy", "ill"))
    >>> model.predict_proba([[31.0, 1.7], [64.0, 1.8]]).shape
    (2, 2)
    """

    network: Network
    features: tuple[str, ...]
    task: Literal["classification", "regression"]
    targets: tuple[str, ...]
    classes: tuple[Label, ...] | None = None
    scaling: Scaling | None = None
    log10: float | None = None
    metrics: Mapping[str, Mapping[str, float]] = field(default_factory=dict, hash=False)
    stopped: str = "epochs"
    history: tuple[Epoch, ...] = field(default=(), repr=False)
    preparation: Preparation = field(init=False, repr=False, compare=False)

    @staticmethod
    def of(estimator: Any, scaler: Any = None, target: str = "y") -> Model:
        """Return the model of a fitted estimator and of the scaler whose output it was fitted on.

        Parameters
        ----------
        estimator : NetworkClassifier or NetworkRegressor
            Fitted; for several targets they are called ``target0``, ``target1``, …. Of auxiliary heads only the main
            outputs are kept.
        scaler : StandardScaler, optional
            Fitted, with one entry a feature.
        target : str
            What is predicted.

        Raises
        ------
        ParameterError
            If the estimator has several labels for a row, each with two classes.

        Examples
        --------
        >>> from hassenet import NetworkClassifier
        >>> X, y = np.eye(4), np.array(["healthy", "ill", "ill", "ill"])
        >>> Model.of(NetworkClassifier(max_iter=500, tol=1e-3).fit(X, y), target="health").predict(X).tolist()
        ['healthy', 'ill', 'ill', 'ill']
        """
        made: Model = estimator.as_model(scaler, target)
        return made

    def __post_init__(self) -> None:
        """Refuse parts that do not fit together."""
        object.__setattr__(self, "history", checked_history(self.history))
        self._check_kinds()
        self._check_features()
        self._check_outputs()

    def _check_kinds(self) -> None:
        odd: list[object] = [name for name in (*self.features, *self.targets) if not isinstance(name, str)]
        odd += [c for c in self.classes or () if not _is_label(c)]
        if odd:
            raise ParameterError(
                f"features and targets are text, classes text or finite numbers; got {listing(odd)}; convert them"
            )
        figures = [x for row in self.metrics.values() for x in row.values()]
        if not np.isfinite(np.array(figures, np.float64)).all():
            raise ParameterError("metrics are finite numbers; leave out those that are not")

    def _check_features(self) -> None:
        n = self.network.hierarchy.shape[0]
        if len(set(self.features)) != n or len(self.features) != n:
            raise ShapeError(
                f"each of the {n} inputs has its own feature; got {len(self.features)} names; name each"
            )
        object.__setattr__(self, "preparation", _preparation(self.features, self.log10, self.scaling))

    def _check_outputs(self) -> None:
        outputs = self.network.hierarchy.shape[-1]
        if self.task not in ("classification", "regression"):
            raise ParameterError(f"a task is 'classification' or 'regression'; got {self.task!r}; choose one")
        if (self.task == "classification") != (self.classes is not None):
            raise ParameterError(
                f"a classification has classes, a regression none; a {self.task} got {self.classes}"
            )
        if self.classes is None and len(self.targets) != outputs:
            raise ShapeError(
                f"each of the {outputs} outputs has its target; got {len(self.targets)}; name as many"
            )
        if self.classes is not None:
            self._check_classes(self.classes, outputs)

    def _check_classes(self, classes: tuple[Label, ...], outputs: int) -> None:
        if len(classes) < 2 or len(set(classes)) != len(classes) or len(self.targets) != 1:
            raise ParameterError(
                f"a classification has one target with two classes or more; got {listing(classes)}"
            )
        alike = [name for name, n in Counter(map(str, classes)).items() if n > 1]
        if alike:
            raise ParameterError(
                f"classes are told apart as they are written; two are written {alike[0]}; rename one of them"
            )
        if outputs != len(classes) and (outputs, len(classes)) != (1, 2):
            raise ShapeError(
                f"{len(classes)} classes need as many outputs (two: also one); the network has {outputs}"
            )
        self._check_probabilities("sigmoid" if outputs == 1 else "softmax")

    def _check_probabilities(self, canonical: str) -> None:
        G = self.network.activations[-1]
        if G.uniform != canonical:
            raise ParameterError(
                f"outputs of a classification are probabilities, one of the second class or those of all classes, "
                f"which add up to 1; {G} gives none; give the network the output {canonical!r}"
            )

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the predicted classes or targets.

        Parameters
        ----------
        X : table with ``columns``, or array (m, n)
            Raw features: by name from a table (further columns are ignored), by position from an array.

        Returns
        -------
        array
            (m,) classes or targets; (m, k) for a regression with k > 1 targets.

        Raises
        ------
        FeatureError
            If a table lacks features, has one twice, or they are not numbers.
        NotFiniteError
            If a feature is missing, infinite or too large for the network's numbers, or log₁₀ is not defined for it.
        """
        if self.classes is None:
            value = np.asarray(self.network(self.prepare(X)), np.float64)
            return value[:, 0] if value.shape[1] == 1 else value
        return _labels(self.classes)[self.predict_proba(X).argmax(1)]

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class, shape (m, number of classes), rows that sum to 1.

        Parameters and errors are those of :meth:`predict`.

        Raises
        ------
        ParameterError
            If this is a regression.
        """
        if self.classes is None:
            raise ParameterError("a regression has no classes, so no probabilities; use predict")
        p = np.asarray(self.network(self.prepare(X)), np.float64)
        return np.hstack([1 - p, p]) if p.shape[1] < len(self.classes) else p

    def prepare(self, X: Any) -> Array:
        """Return what the network sees: the features in order, their logarithm if there is one, scaled."""
        z = self.preparation(X)
        _check_range(z, self.network.dtype, self.features)
        return z


def _preparation(features: tuple[str, ...], log10: float | None, scaling: Scaling | None) -> Preparation:
    steps = (Complete(), None if log10 is None else Logarithm(log10), scaling)
    return Preparation(features, tuple(step for step in steps if step is not None))


def _is_label(label: object) -> bool:
    return isinstance(label, str | bool | int) or (isinstance(label, float) and isfinite(label))


def _labels(classes: tuple[Label, ...]) -> NDArray[Any]:
    alike = all(type(c) is type(classes[0]) for c in classes)
    return np.array(classes, None if alike else object)


def _check_range(z: Array, dtype: np.dtype[Any], features: tuple[str, ...]) -> None:
    """Refuse what would become infinite in the network's own numbers."""
    if not (is_finite(z) and is_within(z, dtype)):
        large = where(~(np.abs(z) <= np.finfo(dtype).max), features)
        raise NotFiniteError(
            f"features fit into {dtype}; too large are {listing(large)}; use another unit, or leave out such rows"
        )
