"""The estimator of times until an event."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from numbers import Integral
from os import PathLike
from typing import Any, ClassVar, Literal, Self, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.examples import Examples, require_targets
from hassenet.data.kinds import Kind
from hassenet.estimators.estimator import NetworkEstimator
from hassenet.estimators.gaps import checked_numbers
from hassenet.estimators.learning import Score
from hassenet.estimators.methods import for_solvers_with_steps
from hassenet.estimators.models import model_of_outcomes
from hassenet.estimators.of_times import concordance_of, strata_in_intervals
from hassenet.estimators.parameters import DOMAINS, keep
from hassenet.estimators.scikit_learn import Interval, StrOptions, checks_parameters
from hassenet.estimators.scoring import less_mean
from hassenet.estimators.streams import apart
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.hierarchy import Over
from hassenet.likelihoods import CoxLoss, DiscreteTimeLoss
from hassenet.model import Model
from hassenet.outcomes import HazardRatio, IntervalHazards, Outcomes
from hassenet.outcomes.given import times_given
from hassenet.outcomes.target import OutcomeTarget
from hassenet.outcomes.times import survival_at
from hassenet.survival import Baseline, SurvivalCurves, concordance, interval_targets, quantile_cuts
from hassenet.task.names import numbered
from hassenet.task.splitting import Rows
from hassenet.training.splitting import strata_of

Array = NDArray[Any]


@final
class NetworkSurvival(NetworkEstimator):
    """A network for times until an event, whose architecture is a hierarchy, with scikit-learn's interface.

    Minimises minus the log of Cox's partial likelihood, or that of hazards in intervals, plus (alpha/2m)‖W‖². Without
    hidden ranks, ``hidden_layer_sizes=()``, the first is Cox's regression.

    Parameters
    ----------
    loss : {"cox", "discrete_time"}, default "cox"
        "cox" has one output, the log hazard ratio; risk sets are those of the batch. "discrete_time" has a hazard for
        each of some intervals, and needs no proportional ones.
    intervals : int, default 10
        Of "discrete_time": into how many time is divided, with about equally many events each; there may be fewer.
    hidden_layer_sizes : int or sequence of int, default (100,)
        n₁,…,n_{D−1} of the complete hierarchy that serves when ``hierarchy`` is None.
    activation : str, sequence or mapping, default "relu"
        Hidden activations: "identity", "logistic" (or "sigmoid"), "tanh", "relu", "leaky_relu", "softplus", "elu",
        "gelu", "silu"; or an entry for each hidden rank, a name or a name for each element; or a mapping from element
        to name.
    solver : {"adam", "sgd", "lbfgs", "adamw"}, default "adam"
        "sgd" uses momentum; "lbfgs" all examples at once; "adamw" decays weights beside Adam's step.
    alpha : float, default 0.0001
        Strength of the L2 penalty; it is divided by the number of examples of a batch (their whole weight).
    batch_size : int or "auto", default "auto"
        Examples in a batch; "auto" is at most 200. Not for "lbfgs".
    learning_rate : {"constant", "invscaling", "adaptive", "cosine", "one_cycle"}, default "constant"
        How the rate changes. "invscaling" and "adaptive" are for "sgd" only; "cosine" and "one_cycle" go over
        ``max_iter`` epochs.
    learning_rate_init : float, default 0.001
        The rate to start from; the peak of "one_cycle".
    power_t : float, default 0.5
        The exponent of "invscaling".
    max_iter : int, default 200
        Epochs at most; iterations for "lbfgs".
    shuffle : bool, default True
        Whether each epoch has its own order of examples.
    random_state : int, RandomState or None, default None
        For initial weights, orders, and the examples set aside.
    tol : float, default 1e-4
        The least progress that counts; for "lbfgs" the largest component of the gradient at the end.
    verbose : bool, default False
        Whether to print the loss of each epoch.
    warm_start : bool, default False
        Whether another ``fit`` goes on from the present network.
    momentum : float, default 0.9
        μ of "sgd".
    nesterovs_momentum : bool, default True
        Whether that momentum is Nesterov's.
    early_stopping : bool, default False
        Whether to stop when the concordance on examples set aside no longer rises, and to return to the best network.
    validation_fraction : float, default 0.1
        The share of examples set aside.
    beta_1, beta_2, epsilon : float, default 0.9, 0.999, 1e-8
        Options of "adam" and "adamw".
    n_iter_no_change : int, default 10
        Epochs without progress that are allowed.
    max_fun : int, default 15000
        Evaluations of the cost that "lbfgs" may make.
    hierarchy : Hierarchy, callable or None, default None
        H without outputs: its rank 0 names the features, matched with X's column names, or by position where X has
        none. The estimator puts the outputs on top. A callable makes H of the column names, as
        ``Hierarchy.from_lineages`` does. None: the complete hierarchy of ``hidden_layer_sizes``.
    heads : {"all", "features", "maximal"}, default "all"
        Whether outputs look at every element above rank 0, at these and at every feature (a linear model of the
        features is then a part of the network), or only at the elements that nothing covers.
    auxiliary : {"rank", "element"} or None, default None
        Heads beside the main outputs that predict the same target from one rank or one element of the hierarchy each
        (:func:`hassenet.shaping.head_per_rank`, :func:`hassenet.shaping.head_per_element`), so that each learns to say
        something on its own. Predictions and scores are those of the main outputs; ``network_`` has all, the main last.
    auxiliary_weight : float, default 0.3
        The weight of each auxiliary head in the cost, where the main outputs have 1.
    monotonic_cst : mapping from column to int, array-like of int, or None, default None
        Features in which the prediction is monotone, as in scikit-learn's ``HistGradientBoosting``: 1 increasing, −1
        decreasing, 0 free, by name or one a column; see :func:`hassenet.network.monotone`. Hidden activations must
        never fall, and "tanh" does more here than "relu", of which weights ≥ 0 only make convex functions.
    covariates : sequence of str or int, optional
        Columns of X beside the features, as age, sex or a batch: by name, by number where X has none. Every output,
        of auxiliary heads too, looks at them beside the elements; dropout leaves them alone.
    column_kinds : mapping from str to "number", "category" or "date", optional
        What columns of a table are where their values do not show it, as ``{"zip": "category"}``; columns that
        cannot be what is asked for are refused.
    covariate_alpha : float, default 0.0001
        Strength of the L2 penalty on their weights, in place of ``alpha`` and ``l1``, divided like ``alpha``.
    l1 : float, default 0.0
        Strength of the L1 penalty, divided like ``alpha``.
    weight_decay : float, default 0.01
        Decay of weights beside the step, "adamw" only.
    validation_data : (X, y) or (X, y, weight), optional
        Examples to validate with; ``early_stopping`` uses them instead of setting some aside.
    transform_rank : int, default -1
        The rank whose hidden features ``transform`` returns; −1 is the last hidden rank, 1 the first.
    dropout : float or sequence of float, default 0.0
        The probability with which a hidden neuron is left out of a step of training, one for all hidden ranks or one
        each; not for "lbfgs".
    input_dropout : float, default 0.0
        The same for the features.
    engine : str, optional
        The engine that computes; None is the fastest there is.
    n_threads : int, optional
        How many threads it may use; None: as many as there are processors, or what HASSENET_NUM_THREADS says.
    dtype : "float32", "float64" or None, default None
        The type of the parameters; None follows X: float32 stays, unless columns of X lie so far from 0 that it
        would blur them, anything else becomes float64.
    callbacks : sequence of callables, default ()
        Called after each epoch with (epoch, network); training ends when one returns a true value.
    progress : bool, default False
        Whether to show a progress bar.
    checkpoint : path-like, optional
        A folder in which ``fit`` is kept while it runs: killed at any moment, the same fit with the same folder goes
        on and ends with the same bits, as :func:`hassenet.fit` does; without a random_state too, as the folder keeps a
        seed. A folder is of one fit; ``partial_fit`` does without.
    every : float, optional
        Seconds from one checkpoint to the next; by default 10, or more where a checkpoint takes a while.

    Attributes
    ----------
    network_ : Network
        N as trained.
    outcome_ : HazardRatio or IntervalHazards
        What its outputs mean, with the baseline of hazards or the ends of the intervals.
    hierarchy_, history_, n_features_in_, feature_names_in_, coefs_, intercepts_, loss_, loss_curve_, n_iter_, …
        As those of :class:`NetworkRegressor`; scores of validation are the concordance, of "discrete_time" minus the
        mean loss.

    Notes
    -----
    The target y has a row an example: an array of records (event, time) as scikit-survival has it, an array with the
    columns time, event and, of "cox", stratum, or a table with these, of any names, which the model keeps: there events
    may be spelled yes and no, and strata be text. A row of NaN is a target that is missing; of a table a gap in one of
    its columns is enough.

    Examples
    --------
    >>> from hassenet.estimators import NetworkSurvival
    >>> X = [[0.0], [1.0], [2.0], [3.0], [1.5]]
    >>> y = np.array(
    ...     [(True, 9.0), (True, 7.0), (False, 2.0), (True, 1.0), (True, 4.0)],
    ...     [("event", "?"), ("time", "f8")],
    ... )
    >>> cox = NetworkSurvival(hidden_layer_sizes=(), solver="lbfgs", alpha=1.0, random_state=0).fit(X, y)
    >>> cox.score(X, y)
    1.0
    >>> cox.predict_survival_function(X, times=[5.0]).round(2).T
    array([[0.88, 0.68, 0.3 , 0.03, 0.51]])
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **DOMAINS,
        "loss": [StrOptions({"cox", "discrete_time"})],
        "intervals": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(
        self,
        loss: Literal["cox", "discrete_time"] = "cox",
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: Any = "relu",
        *,
        solver: Literal["adam", "sgd", "lbfgs", "adamw"] = "adam",
        alpha: float = 0.0001,
        batch_size: int | Literal["auto"] = "auto",
        learning_rate: Literal["constant", "invscaling", "adaptive", "cosine", "one_cycle"] = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        hierarchy: Hierarchy | Callable[[Sequence[str]], Hierarchy] | None = None,
        heads: Over = "all",
        auxiliary: Literal["rank", "element"] | None = None,
        auxiliary_weight: float = 0.3,
        monotonic_cst: Any = None,
        covariates: Sequence[Hashable] | None = None,
        column_kinds: Mapping[str, Kind] | None = None,
        covariate_alpha: float = 0.0001,
        l1: float = 0.0,
        weight_decay: float = 0.01,
        validation_data: tuple[Any, ...] | None = None,
        transform_rank: int = -1,
        dropout: float | Sequence[float] = 0.0,
        input_dropout: float = 0.0,
        engine: str | None = None,
        n_threads: int | None = None,
        dtype: Any = None,
        callbacks: Sequence[Callable[..., Any]] = (),
        progress: bool = False,
        checkpoint: str | PathLike[str] | None = None,
        every: float | None = None,
        intervals: int = 10,
    ) -> None:
        keep(self, locals())

    @for_solvers_with_steps
    @checks_parameters
    def partial_fit(self, X: Any, y: Any = None, sample_weight: Any = None, *, offset: Any = None) -> Self:
        """Go on training for one epoch over the given examples, whose baseline is kept.

        Parameters
        ----------
        X, y, sample_weight, offset
            As for :meth:`fit`.

        Returns
        -------
        self
        """
        return self._learn(X, y, sample_weight, once=True, offset=offset)

    def predict(self, X: Any, *, offset: Any = None) -> Array:
        """Return the risk of each example, (m,): the higher, the sooner the event.

        It is the log hazard ratio, or the cumulative hazard at the end of the last interval.

        Parameters
        ----------
        X : (m, n) array, scipy sparse array, or table
        offset : (m,) array, optional
            As for :meth:`fit`.
        """
        found: Array = self.outcome_.answer(self._outputs(X, offset))
        return found

    def predict_survival_function(
        self, X: Any, times: Any = None, *, stratum: Any = None, offset: Any = None
    ) -> SurvivalCurves | Array:
        """Return the curves S(t|x) of m examples, or (m, r) their values at r times.

        Parameters
        ----------
        X, offset
            As for :meth:`predict`.
        times : (r,) array, optional
        stratum : (m,) array or label, optional
            Needed where there are several.

        Raises
        ------
        ParameterError
            If there are strata and none is given.

        Notes
        -----
        Of a stratum that was not learned from the curve is NaN, and a warning counts such examples.
        """
        curves: SurvivalCurves = self.outcome_.curves(self._outputs(X, offset), stratum)
        return curves if times is None else survival_at(curves, times)

    def score(self, X: Any, y: Any = None, sample_weight: Any = None, *, offset: Any = None) -> float:
        """Return Harrell's concordance of the risk with times and events.

        Parameters
        ----------
        X, y, offset
            As for :meth:`fit`.
        sample_weight : (m,) array, optional
            Rows of weight 0 are left out; others count the same.
        """
        X, y, sample_weight, offset = apart(X, y, sample_weight, offset)
        return concordance_of(y, self.predict(X, offset=offset), self._labels, sample_weight)

    def _outputs(self, X: Any, offset: Any) -> Array:
        X = self._validated_features(X)
        return self._value(X, offset).astype(np.float64)

    # ---------------------------------------------------------------- what the base class asks

    _times: HazardRatio | None = None

    @property
    def _labels(self) -> tuple[str, ...]:
        """The strata that are known."""
        return () if self._times is None else self._times.labels

    def _checked(self, X: Any, y: Any, *, reset: bool) -> tuple[Any, Any]:
        times, values = times_given(y, () if reset else self._labels)
        found = checked_numbers(partial(self._validated, reset=reset), X, values)
        self._times = times if reset else self._times
        if reset:
            times.note(values)
        return found

    def _admit(self, y: Any, *, reset: bool) -> None:
        if self.loss == "discrete_time" and y.shape[1] > 2:
            raise strata_in_intervals()
        if reset and self.loss == "discrete_time":
            self._cuts = quantile_cuts(y, self.intervals)

    def _encoded(self, y: Any) -> Array:
        if self.loss == "cox":
            CoxLoss().check(y)
            return np.asarray(y, float)
        if not hasattr(self, "_cuts"):  # a stream begins, of which the first part says where intervals end
            self._cuts = quantile_cuts(y, self.intervals)
        return interval_targets(y[:, :2], self._cuts)

    def _with_target(self, examples: Examples, y: Any) -> Examples:
        if self.loss == "cox":
            return examples.with_target()
        of_times = self._in_intervals(y)
        return examples.take(of_times.learnable(require_targets(of_times.is_known)))

    def _in_intervals(self, y: Any) -> OutcomeTarget:
        """Return times as the target of hazards in intervals, whose ends are known."""
        assert self._times is not None
        one, ends = self._times, tuple(self._cuts.tolist())
        return OutcomeTarget(Outcomes((IntervalHazards(one.name, one.event, cuts=ends),)), (y[:, :2],))

    def _output_names(self, y_names: Sequence[str] | None, k: int) -> Sequence[str]:
        return ("log hazard",) if self.loss == "cox" else numbered("interval ", k)

    def _loss(self) -> CoxLoss | DiscreteTimeLoss:
        return CoxLoss() if self.loss == "cox" else DiscreteTimeLoss()

    def _settle(self, examples: Examples) -> None:
        one = self._times
        assert one is not None
        if self.loss == "discrete_time":
            ends = tuple(self._cuts.tolist())
            self.outcome_: HazardRatio | IntervalHazards = IntervalHazards(
                one.name, one.event, intervals=self.intervals, cuts=ends
            )
            return
        outputs = self._value(examples.X, examples.offset)
        baseline = Baseline.of(np.asarray(examples.Y), outputs, examples.weight)
        self.outcome_ = replace(one, baseline=baseline)

    def _exposed(self, X: Any, y: Any) -> NDArray[np.bool_]:
        return np.zeros(1, bool)  # what they predict is counted in nothing

    def _model(self, features: tuple[str, ...], scaler: Any, target: str) -> Model:
        outcomes = Outcomes((self.outcome_,))
        outcomes = outcomes if target == "y" else outcomes.renamed((target,))
        return model_of_outcomes(self._main_network, features, outcomes, scaler, self.history_)

    def _class_weight(self, y: Any, weight: Array | None, *, once: bool) -> Array | None:
        return None

    def _strata(self, examples: Examples) -> list[Rows]:
        return strata_of(np.asarray(examples.Y), self._loss())

    def _scoring(self, validation: Examples) -> Score:
        if self.loss == "cox":
            return concordance
        return lambda Y, prediction: less_mean(self._loss(), Y, prediction, validation.weight)
