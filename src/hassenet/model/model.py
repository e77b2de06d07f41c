"""A network with what it needs to predict from raw tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import isfinite
from typing import Any, Literal, final, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import issparse

from hassenet._checks import POSITIVE, require_number
from hassenet.data.checks import check_range, first_places, is_finite, is_within
from hassenet.data.complete import Complete
from hassenet.data.elsewhere import Elsewhere
from hassenet.data.encoding import Encoding
from hassenet.data.fill import Fill
from hassenet.data.genotypes import counted_alike
from hassenet.data.logarithm import Logarithm
from hassenet.data.match import Match
from hassenet.data.preparation import Preparation
from hassenet.data.scaling import Scaling
from hassenet.data.step import Step
from hassenet.data.stream import is_stream
from hassenet.data.table import is_table
from hassenet.errors import NotFiniteError, ParameterError, ShapeError, listing
from hassenet.model.making import parts_of
from hassenet.model.names import check_names
from hassenet.model.of_outcomes import (
    answers_of,
    hazard_ratio_of,
    offsets_of,
    parts_of_outcomes,
    require_outcomes,
    strata_of,
)
from hassenet.model.residuals import Interval, Residuals
from hassenet.model.scalers import chain_of, names_of, scaling_of, scaling_of_targets
from hassenet.model.settings import checked_settings
from hassenet.model.temperature import tempered
from hassenet.network import Ensemble, Network
from hassenet.network.finite import check_predictions
from hassenet.network.folding import fold_outputs
from hassenet.network.remedies import no_network
from hassenet.outcomes import Outcome, Outcomes
from hassenet.outcomes.one_of_classes import OneOfClasses
from hassenet.survival import SurvivalCurves, SurvivalModel
from hassenet.tables.absent import with_absent_clades
from hassenet.task.label import Label
from hassenet.training.history import Epoch, checked_history

Array = NDArray[np.float64]


@final
@dataclass(frozen=True)
class Model:
    """A network with the names and scaling of its features and the meaning of its outputs.

    Parameters
    ----------
    network : Network or Ensemble
        N, or several whose outputs are averaged. Its rank 0 are the features, in their order.
    features : tuple of str
        The columns of a table that are the features, in the order of rank 0.
    task : "classification", "regression" or "outcomes"
        What the outputs mean: probabilities of classes, the targets themselves, or what ``outcomes`` make of them.
    targets : tuple of str
        What is predicted; one name for a classification, one an output for a regression, the names of the outcomes.
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
    steps : tuple of Step, optional
        In place of ``log10`` and ``scaling``: what features go through before the network, the first step first.
    target_scaling : Scaling, optional
        Of a regression: the network predicts targets scaled like this, the model the targets themselves.
    temperature : float
        Of a classification: T > 0, the probabilities p become pₖ^(1/T) / Σⱼ pⱼ^(1/T).
    residuals : array (r,) or (r, k), optional
        Of a regression: |y − ŷ| of rows that ŷ was not learned from, in the unit of the targets, for intervals.
    settings : mapping from str to values, optional
        What was chosen when the model was made: text, numbers, truth values, sequences and mappings of these.
    encoding : Encoding, optional
        How the features are made of a table's columns, where these are more than numbers, or have gaps.
    outcomes : Outcomes, optional
        Of the task "outcomes": targets of other kinds, or of several, each with what its outputs mean.

    Attributes
    ----------
    preparation : Preparation
        The steps from raw features to those that the network sees: ``steps``, or the logarithm if there is one and the
        scaling. Before them missing features are refused, unless the first step fills gaps.

    Raises
    ------
    ShapeError
        If names, classes, steps, scalings or residuals do not fit the network's shape.
    FeatureError
        If some features go by the names of rank 0, and others do not, or not in its order.
    ParameterError
        If the task is unknown, a name, class, figure, epoch or setting is of a wrong kind, classes are given for a
        regression or missing for a classification, two are written alike, the outputs are not probabilities of them,
        steps are given beside a scaling or a logarithm, or what belongs to one task is given to the other.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> net = Network(Hierarchy.complete(2, 3, 1), output="sigmoid")
    >>> model = Model(net, ("age", "height"), "classification", ("health",), classes=("healthy", "ill"))
    >>> model.predict_proba([[31.0, 1.7], [64.0, 1.8]]).shape
    (2, 2)
    """

    network: Network | Ensemble
    features: tuple[str, ...]
    task: Literal["classification", "regression", "outcomes"]
    targets: tuple[str, ...]
    classes: tuple[Label, ...] | None = None
    scaling: Scaling | None = None
    log10: float | None = None
    metrics: Mapping[str, Mapping[str, float]] = field(default_factory=dict, hash=False)
    stopped: str = "epochs"
    history: tuple[Epoch, ...] = field(default=(), repr=False)
    steps: tuple[Step, ...] | None = field(default=None, repr=False)
    target_scaling: Scaling | None = field(default=None, repr=False)
    temperature: float = field(default=1.0, repr=False)
    residuals: Residuals | ArrayLike | None = field(default=None, repr=False)
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False, repr=False)
    encoding: Encoding | None = field(default=None, repr=False)
    outcomes: Outcomes | None = field(default=None, repr=False)
    preparation: Preparation = field(init=False, repr=False, compare=False)

    @staticmethod
    def of(
        estimator: Any,
        scaler: Any = None,
        target: str | None = None,
        *,
        classes: Sequence[Label] | None = None,
        outcomes: Outcomes | Sequence[Outcome] | None = None,
    ) -> Model:
        """Return the model of a fitted estimator or a network, and of the scaler whose output it was fitted on.

        Parameters
        ----------
        estimator : fitted estimator of hassenet, Pipeline, Network, Ensemble or SurvivalModel
            Fitted. Of auxiliary heads only the main outputs are kept. The steps of a pipeline before its estimator are
            scalers; a ``TransformedTargetRegressor`` around it has one of targets.
        scaler : StandardScaler, MinMaxScaler, MaxAbsScaler, RobustScaler or a pipeline of these, optional
            Fitted, with one entry a feature. The columns that it was fitted on name the features of a network without
            names.
        target : str, optional
            What is predicted, by default the name that y had where the estimator knows it, else "y" (of a network
            that gives numbers the names of its outputs); several targets are called ``target0``, ``target1``, ….
        classes : sequence, optional
            Those of a network that is a classifier, in the order of its outputs; by default the names of these. One
            output is the probability of the second of two.
        outcomes : Outcomes or sequence of Outcome, optional
            Of a network or an ensemble: what its outputs mean, where that is neither classes nor numbers alone.

        Raises
        ------
        ParameterError
            If the estimator has several labels for a row, each with two classes; if a step is not affine feature by
            feature; if classes are missing, or given beside an estimator, which knows its own.

        Examples
        --------
        >>> from hassenet import NetworkClassifier
        >>> X, y = np.eye(4), np.array(["healthy", "ill", "ill", "ill"])
        >>> clf = NetworkClassifier(max_iter=500, tol=1e-3, random_state=0).fit(X, y)
        >>> Model.of(clf, target="health").predict(X).tolist()
        ['healthy', 'ill', 'ill', 'ill']
        """
        if hasattr(estimator, "regressor_") and hasattr(estimator, "transformer_"):
            return _with_targets_scaled(
                Model.of(estimator.regressor_, scaler, target), estimator.transformer_
            )
        if hasattr(estimator, "named_steps"):
            estimator, scaler = estimator[-1], chain_of(scaler, estimator[:-1])
        if isinstance(estimator, SurvivalModel):
            outcomes = (hazard_ratio_of(estimator, target),) if outcomes is None else outcomes
            estimator = estimator.network
        if outcomes is not None and isinstance(estimator, Network | Ensemble):
            n = estimator.hierarchy.shape[0]
            return Model(**parts_of_outcomes(estimator, scaling_of(scaler, n), names_of(scaler), outcomes))
        if isinstance(estimator, Network):
            n = estimator.hierarchy.shape[0]
            return Model(**parts_of(estimator, scaling_of(scaler, n), names_of(scaler), target, classes))
        if not hasattr(estimator, "as_model"):
            raise no_network("a model", estimator)
        if classes is not None:
            raise ParameterError(
                "an estimator knows its classes; classes are for a bare network; leave them out"
            )
        made: Model = estimator.as_model(scaler) if target is None else estimator.as_model(scaler, target)
        return made

    def __post_init__(self) -> None:
        """Refuse parts that do not fit together."""
        object.__setattr__(self, "history", checked_history(self.history))
        object.__setattr__(self, "settings", checked_settings(self.settings))
        object.__setattr__(self, "steps", None if self.steps is None else _checked_steps(self.steps))
        self._check_kinds()
        self._check_features()
        self._check_outputs()
        self._check_probability()
        self._check_targets()

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
        check_names(self.features, self.network.hierarchy.ranks[0])
        object.__setattr__(self, "preparation", Preparation(self.features, self._all_steps(), self.encoding))

    def _all_steps(self) -> tuple[Step, ...]:
        """Return the steps of the preparation: those given, or those that scaling and logarithm stand for."""
        if self.steps is None:
            given = (None if self.log10 is None else Logarithm(self.log10), self.scaling)
            return (Complete(), *(step for step in given if step is not None))
        if self.log10 is not None or self.scaling is not None:
            raise ParameterError(
                "features go through steps, or through log10 and scaling; got both; give all as steps=(…)"
            )
        return self.steps if isinstance(next(iter(self.steps), None), Fill) else (Complete(), *self.steps)

    def _check_outputs(self) -> None:
        outputs = self.network.hierarchy.shape[-1]
        if self.task not in ("classification", "regression", "outcomes"):
            raise ParameterError(
                f"a task is 'classification', 'regression' or 'outcomes'; got {self.task!r}; choose one"
            )
        if (self.task == "outcomes") != (self.outcomes is not None):
            raise ParameterError(
                f"outcomes are those of the task 'outcomes', which has some; a {self.task} got {self.outcomes!r}"
            )
        if self.outcomes is not None:
            self._check_outcomes(self.outcomes, outputs)
            return
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

    def _check_outcomes(self, outcomes: Outcomes, outputs: int) -> None:
        if self.targets != outcomes.names or self.classes is not None:
            raise ParameterError(
                f"the targets are those of the outcomes, {listing(outcomes.names)}, with classes of their own; got "
                f"{listing(self.targets)} and the classes {self.classes}; name these"
            )
        if outputs != len(outcomes.outputs):
            raise ShapeError(
                f"{outcomes} have {len(outcomes.outputs)} outputs; the network has {outputs}; give it as many"
            )
        canonical, G = outcomes.loss.canonical, Ensemble.of(self.network).networks[0].activations[-1]
        if G.uniform != canonical and G.names != canonical:
            raise ParameterError(
                f"outputs of {outcomes} go through {canonical}; those of the network through {G}; give the network "
                f"output={canonical!r}"
            )

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
        G = Ensemble.of(self.network).networks[0].activations[-1]
        if G.uniform != canonical:
            raise ParameterError(
                f"outputs of a classification are probabilities, one of the second class or those of all classes, "
                f"which add up to 1; {G} gives none; give the network the output {canonical!r}"
            )

    def _check_probability(self) -> None:
        require_number("a temperature", self.temperature, POSITIVE)
        if self.classes is None and self.temperature != 1:
            raise ParameterError(
                f"a temperature is for the probabilities of a classification; a {self.task} got {self.temperature}; "
                "leave it out"
            )

    def _check_targets(self) -> None:
        """Refuse scaling and residuals of other targets; keep residuals as such."""
        if self.target_scaling is None and self.residuals is None:
            return
        if self.task != "regression":
            raise ParameterError(
                f"target_scaling and residuals are of a regression's targets; this is {self._called}; leave them out"
            )
        k = len(self.targets)
        if self.target_scaling is not None and self.target_scaling.mean.size != k:
            raise ShapeError(
                f"target_scaling has one entry for each of the {k} targets; got {self.target_scaling.mean.size}; "
                "take that of these targets"
            )
        if self.residuals is not None:
            self._keep_residuals(Residuals.of(self.residuals), k)

    def _keep_residuals(self, residuals: Residuals, k: int) -> None:
        if residuals.n_targets != k:
            raise ShapeError(
                f"residuals have a column for each of the {k} targets; got {residuals.n_targets}; give as many"
            )
        object.__setattr__(self, "residuals", residuals)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a table that the model reads: its features, or what they are made of."""
        return self.preparation.columns

    @property
    def what(self) -> str:
        """What is predicted, in words."""
        return f"{self.task} of {listing(self.targets)}" if self.outcomes is None else f"{self.outcomes}"

    @property
    def _called(self) -> str:
        return "a classification" if self.outcomes is None else f"a model of {self.what}"

    @property
    def target_columns(self) -> tuple[str, ...]:
        """The columns of a table that hold what is predicted, and what is known to be added to signals."""
        return self.targets if self.outcomes is None else self.outcomes.columns

    @property
    def in_units(self) -> Network | Ensemble:
        """The network with the targets themselves as outputs: the scaling of targets is in its last layer.

        It is for explanations and pictures, and of float64 where there is a scaling; :meth:`predict` keeps it apart.
        """
        scaling = self.target_scaling if self.outcomes is None else self.outcomes.scaling
        if scaling is None:
            return self.network
        given = self.network
        folded = [fold_outputs(net, scaling.scale, scaling.mean) for net in Ensemble.of(given)]
        return Ensemble(folded, given.weights) if isinstance(given, Ensemble) else folded[0]

    @overload
    def predict(self, X: Any, interval: None = None, *, offset: Any = None) -> Any: ...

    @overload
    def predict(self, X: Any, interval: float, *, offset: Any = None) -> Interval: ...

    def predict(self, X: Any, interval: float | None = None, *, offset: Any = None) -> Any:
        """Return the predicted classes or targets; of a regression, if asked for, with an interval around each.

        An interval of level 1 − α is ŷ ± q, with q the ⌈(1 − α)(r + 1)⌉-th smallest of the r residuals. Where these are
        those of cross-validation, about a share 1 − α of the targets of further rows like those learned from lie in it,
        as far as a model of all rows is as far off as those of the folds were. That is not guaranteed for every
        distribution; what is, by intervals around the folds' own predictions, is a share of about 1 − 2α. Nor does it
        hold for each kind of row by itself: the intervals of all rows are equally wide.

        Parameters
        ----------
        X : table with ``columns``, array (m, n), or stream
            Raw features: by name from a table (further columns are ignored), by position from an array; a block of a
            stream at a time.
        interval : float, optional
            1 − α, between 0 and 1.
        offset : (m,) array, optional
            Of outcomes with an offset or an exposure: its values, where X is not a table that has the column.

        Returns
        -------
        array, Interval of three such arrays: prediction, low, high; or a dict of arrays
            (m,) classes or targets; (m, k) for a regression with k > 1 targets. Of outcomes: the log hazard ratio (in
            intervals the cumulative hazard), the most probable class, the mean of a number or a count, (m, q)
            quantiles; of several outcomes a dict of these by their names.

        Raises
        ------
        FeatureError
            If a table lacks features, has one twice, or they are not numbers.
        NotFiniteError
            If a feature is missing, infinite or too large for the network's numbers, log₁₀ is not defined for it, or a
            prediction is not finite.
        ParameterError
            If an interval is asked of a classification or of a model without residuals, or there are too few of them.

        Source: V. Vovk, "Cross-conformal predictors", Annals of Mathematics and Artificial Intelligence 74 (2015); R.
        F. Barber, E. J. Candès, A. Ramdas and R. J. Tibshirani, "Predictive inference with the jackknife+", Annals of
        Statistics 49 (2021), where the intervals of CV+ have the share 1 − 2α.
        """
        if interval is not None:
            return self._interval(X, self._radius(interval))
        if self.outcomes is not None:
            return self.outcomes.answer(self.outputs(X, offset=offset))
        if self.classes is None:
            return self._targets(X)
        return labels_of(self.classes)[self.predict_proba(X).argmax(1)]

    def _targets(self, X: Any) -> Array:
        """Return the targets of a regression, in their own unit."""
        if is_stream(X):
            return np.concatenate(list(self._counted(X).each(self._targets)))
        Z = self.prepare(X)
        value = np.asarray(self.network(Z, check_finite=False), np.float64)
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused
            value = value if self.target_scaling is None else self.target_scaling.inverse(value)
        check_predictions(value, Z, self.features)
        return value[:, 0] if value.shape[1] == 1 else value

    def _radius(self, interval: float) -> Array:
        """Return how far the interval of each target reaches to each side."""
        if self.task != "regression":
            raise ParameterError(
                f"intervals are those of a regression's targets; this is {self._called}; use "
                f"{'predict_proba' if self.outcomes is None else 'Quantiles as an outcome'}"
            )
        if self.residuals is None:
            raise ParameterError(
                "an interval comes from the residuals of rows held out; the model has none; make it with "
                "residuals=…, those of a cross-validation"
            )
        return Residuals.of(self.residuals).radius(interval)

    def _interval(self, X: Any, radius: Array) -> Interval:
        value = self._targets(X)
        width = radius if value.ndim == 2 else radius[0]
        return Interval(value, value - width, value + width)

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class, shape (m, number of classes), rows that sum to 1.

        Parameters and errors are those of :meth:`predict`.

        Raises
        ------
        ParameterError
            If this is a regression.
        """
        if self.outcomes is not None:
            return self._probabilities(self.outcomes, X)
        if self.classes is None:
            raise ParameterError("a regression has no classes, so no probabilities; use predict")
        if is_stream(X):
            return np.concatenate(list(self._counted(X).each(self.predict_proba)))
        Z = self.prepare(X)
        p = np.asarray(self.network(Z, check_finite=False), np.float64)
        check_predictions(p, Z, self.features)
        return tempered(np.hstack([1 - p, p]) if p.shape[1] < len(self.classes) else p, self.temperature)

    def _probabilities(self, outcomes: Outcomes, X: Any) -> Array:
        (only, *others) = outcomes.parts
        if others or not isinstance(only, OneOfClasses):
            raise ParameterError(
                f"probabilities are those of one target with classes; this model predicts {outcomes}; use answers"
            )
        return only.probabilities(self.outputs(X))

    def outputs(self, X: Any, *, offset: Any = None) -> Array:
        """Return the outputs of the network, (m, n_D), of outcomes with an offset at the signals with it.

        Parameters and errors are those of :meth:`predict`.
        """
        Z = self.prepare(X)
        added = None if self.outcomes is None else offsets_of(self.outcomes, X, offset)
        value = np.asarray(self.network(Z, offset=added, check_finite=False), np.float64)
        check_predictions(value, Z, self.features)
        return value

    def answers(self, X: Any, *, offset: Any = None, stratum: Any = None, times: Any = ()) -> dict[str, Any]:
        """Return what outcomes say of each example as the columns of a table, by name.

        Of a class the most probable one and each probability, of a number or a count the mean, of quantiles each, of a
        time until an event the risk, the median time, and the probability to be without the event at each of ``times``.

        Parameters
        ----------
        X, offset
            As for :meth:`predict`.
        stratum : (m,) array or label, optional
            As for :meth:`survival`.
        times : sequence of float
            In the unit of the target.

        Raises
        ------
        ParameterError
            If the model has no outcomes, or times are asked for and none is a time until an event.
        """
        outcomes = require_outcomes(self.outcomes, self.task)
        return answers_of(outcomes, self.outputs(X, offset=offset), X, stratum, times)

    def survival(self, X: Any, stratum: Any = None, *, offset: Any = None) -> SurvivalCurves:
        """Return S(t|x) of each example, of the outcome that is a time until an event.

        Parameters
        ----------
        X, offset
            As for :meth:`predict`.
        stratum : (m,) array or label, optional
            The stratum of each example; of a table it is read where it has the column.

        Raises
        ------
        ParameterError
            If no outcome, or more than one, is a time until an event, or there are strata and none is given.

        Notes
        -----
        Of a stratum that was not learned from the curve is NaN, and a warning counts such examples.

        Examples
        --------
        >>> from hassenet import Hierarchy
        >>> from hassenet.survival import SurvivalModel
        >>> net = Network(Hierarchy.complete(1, 1), theta=[1.0, 0.0], dtype="float64")
        >>> cox = SurvivalModel.of(net, [[0.0], [0.0], [0.0]], [[1, 1], [2, 1], [3, 0]])
        >>> Model.of(cox).survival([[0.0], [1.0]]).at([1.5])
        array([[0.71653131],
               [0.40409958]])
        """
        outcomes = require_outcomes(self.outcomes, self.task)
        one, place = outcomes.survival
        outputs = self.outputs(X, offset=offset)[:, place]
        return one.curves(outputs, strata_of(outcomes, X, stratum))

    def prepare(self, X: Any) -> Array:
        """Return what the network sees: the features in order, after the steps of their preparation.

        A clade that a table of clades leaves out is 0. Of a stream it is a stream, prepared where it is read.
        """
        if is_stream(X):
            return self._prepared_stream(X)
        return _prepared(self.preparation, self.network.dtype, X)

    def _prepared_stream(self, X: Any) -> Any:
        """Return the stream of what the network sees, of the columns that are read."""
        if X.source.has_names:
            column = Match.of(self.columns, X.features).column
            X = X.select([column.get(name, name) for name in self.columns])
        step = partial(_prepared_block, self.preparation, self.network.dtype)
        return self._counted(X).through(step, self.features)

    def _counted(self, stream: Any) -> Any:
        """Return a stream whose genotypes count the alleles that the model counts."""
        return stream if self.encoding is None else counted_alike(stream, self.encoding)


def _prepared(preparation: Preparation, dtype: np.dtype[Any], X: Any) -> Array:
    z = preparation(with_absent_clades(X, preparation.columns) if is_table(X) else X)
    _check_range(z, dtype, preparation.features)
    return z


def _prepared_block(preparation: Preparation, dtype: np.dtype[Any], block: Any, _: str) -> Array:
    return _prepared(preparation, dtype, block)


def _checked_steps(steps: Any) -> tuple[Step, ...]:
    """Return steps as a tuple."""
    given = tuple(steps) if isinstance(steps, Iterable) else (steps,)
    others = [step for step in given if not isinstance(step, Step)]
    if others:
        raise ParameterError(
            f"steps are those of hassenet.model, as Fill.of(X) and Scaling.of(X); got {listing(others, 2)}; give a "
            "tuple of these"
        )
    return given


def _is_label(label: object) -> bool:
    return isinstance(label, str | bool | int) or (isinstance(label, float) and isfinite(label))


def labels_of(classes: tuple[Label, ...]) -> NDArray[Any]:
    """Return the classes of a model as an array, (K,): of one type, or of objects."""
    alike = all(type(c) is type(classes[0]) for c in classes)
    return np.array(classes, None if alike else object)


def _check_range(z: Array, dtype: np.dtype[Any], features: tuple[str, ...]) -> None:
    """Refuse what would become infinite in the network's own numbers."""
    if isinstance(z, Elsewhere):
        z.checked("a table of features", features, np.dtype(dtype))
    elif issparse(z):
        check_range("a sparse array of features", z, dtype, features)
    elif not (is_finite(z) and is_within(z, dtype)):
        large = first_places(~(np.abs(z) <= np.finfo(dtype).max), z, features)
        raise NotFiniteError(
            f"features, as they are prepared, fit into {dtype}; too large are {large}; use another unit, or leave out "
            "such rows"
        )


def _with_targets_scaled(model: Model, transformer: Any) -> Model:
    """Return a model of targets that were transformed before its estimator saw them."""
    k = len(model.targets)
    outer = scaling_of_targets(transformer, None, k)
    if outer is None:
        return model
    scaled = scaling_of_targets(transformer, model.target_scaling, k)
    rest = None if model.residuals is None else Residuals.of(model.residuals).values * outer.scale
    return replace(model, target_scaling=scaled, residuals=rest)
