"""The regressor."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from os import PathLike
from types import MappingProxyType
from typing import Any, ClassVar, Literal, Self, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.base import RegressorMixin
from sklearn.utils.validation import check_is_fitted

from hassenet.data.checks import check_as_many, unmasked
from hassenet.data.examples import Examples
from hassenet.data.exposures import known_offset
from hassenet.data.kinds import Kind
from hassenet.data.stream import is_stream
from hassenet.data.streamed import Beside
from hassenet.data.table import is_table
from hassenet.data.target_notes import note_each
from hassenet.data.targets import by_names, have_target
from hassenet.errors import ParameterError
from hassenet.estimators.answers import answered
from hassenet.estimators.checks import number_of_targets, sample_weights
from hassenet.estimators.estimator import NetworkEstimator
from hassenet.estimators.exposure import outputs_for
from hassenet.estimators.gaps import checked_numbers, r2
from hassenet.estimators.learning import Score
from hassenet.estimators.methods import for_solvers_with_steps
from hassenet.estimators.models import model_of_numbers, model_of_outcomes, outcomes_of
from hassenet.estimators.parameters import DOMAINS, keep
from hassenet.estimators.scikit_learn import StrOptions, checks_parameters
from hassenet.estimators.score_of_numbers import ScoreOfNumbers
from hassenet.estimators.scoring import mean_loss, r2_or_cost
from hassenet.estimators.streams import known_numbers
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.hierarchy import Over
from hassenet.likelihoods import (
    CoxLoss,
    DiscreteTimeLoss,
    GaussianLoss,
    Heads,
    Joint,
    Likelihood,
    Loss,
    OrdinalLoss,
    QuantileLoss,
    as_loss,
)
from hassenet.model import Model
from hassenet.tallies.mean import Mean
from hassenet.tallies.of_numbers import OfNumbers
from hassenet.task.learned_columns import as_learned
from hassenet.task.names import numbered, of_columns
from hassenet.task.splitting import Rows
from hassenet.training.splitting import strata_of

Array = NDArray[Any]
_ESTIMATORS: Mapping[type, str] = MappingProxyType(
    {
        CoxLoss: "NetworkSurvival, on workers DaskNetworkSurvival",
        DiscreteTimeLoss: "NetworkSurvival(loss='discrete_time'), on workers DaskNetworkSurvival",
        OrdinalLoss: "HierarchyOrdinalClassifier, on workers DaskHierarchyOrdinalClassifier",
    }
)
_OF_OTHERS: Mapping[type, str] = MappingProxyType(
    {CoxLoss: "times", DiscreteTimeLoss: "times", OrdinalLoss: "classes in order"}
)


@final
class NetworkRegressor(ScoreOfNumbers, RegressorMixin, NetworkEstimator):
    """A regressor whose architecture is a hierarchy: scikit-learn's ``MLPRegressor`` and more.

    Minimises the mean loss plus (alpha/2m)‖W‖². Every parameter of scikit-learn 1.9's ``MLPRegressor`` is here with
    its name, default and meaning.

    It trains one network with the settings given. Who has a hierarchy and wants the settings chosen takes
    :class:`HierarchyRegressor`.

    Parameters
    ----------
    loss : {"squared_error", "poisson", "absolute_error"}, Loss or Likelihood, default "squared_error"
        "squared_error" is ½‖ŷ − y‖², as scikit-learn has it; "poisson" wants y ≥ 0 and predicts exp(s);
        "absolute_error" is ‖ŷ − y‖₁. For a Gaussian with full covariance Σ give ``likelihoods.Gaussian(Σ)``.
        ``likelihoods.LearnedDispersion()``, ``LearnedScale()`` and ``ZeroInflated(…)`` learn further numbers of their
        model, the same for every x; ``QuantileLoss((0.1, 0.9))`` has a column of predictions a quantile.
        A ``likelihoods.Joint`` has a loss of its own for each target, where classes come as their numbers; predictions
        then have a column an output, and the score is minus the mean loss.
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
        Whether to stop when R² on examples set aside no longer rises, and to return to the best network.
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
        The type of the parameters; None follows X: float32 stays, unless columns of X or y lie so far from 0 that it
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
    hierarchy_ : Hierarchy
        Its hierarchy, the outputs on top, the features in the order of X's columns.
    history_ : tuple of Epoch
        The epochs of the last call.
    n_features_in_, feature_names_in_
        The number of features and, where X had them, their names.
    coefs_, intercepts_ : list
        Weights (nᵢ, nᵢ₊₁) and biases (nᵢ₊₁,) of each layer.
    loss_, best_loss_, loss_curve_ : float, float or None, list of float
        The cost in the last epoch, the least one, and all.
    validation_scores_, best_validation_score_ : list of float and float, or None
        R² on the validation examples; minus their mean loss where their targets are all the same, of which a warning
        tells.
    n_iter_, t_, n_layers_, n_outputs_ : int
        Epochs of the last call, examples seen in all, ranks, main outputs.
    out_activation_ : str
        "identity", or "exp" for Poisson.

    Notes
    -----
    What differs from scikit-learn's ``MLPRegressor`` is what the notes of :class:`NetworkClassifier` list, as far as it
    is not about classes, and

    - with k > 1 targets ``loss_`` is the sum over targets, whose gradient training follows; scikit-learn follows that
      gradient too but reports the mean over targets;
    - predictions are of float64 whatever X is, and the network is too where float32 would blur X or y;
    - where the targets set aside are all the same there is no R²; minus the mean loss takes its place, with a warning.

    Examples
    --------
    >>> from hassenet.estimators import NetworkRegressor
    >>> X = [[0.0], [1.0], [2.0], [3.0]]
    >>> reg = NetworkRegressor(hidden_layer_sizes=(), solver="lbfgs", alpha=0, tol=1e-8, random_state=0)
    >>> reg = reg.fit(X, [1.0, 3.0, 5.0, 7.0])
    >>> reg.predict([[10.0]]).round(3)
    array([21.])
    >>> [W.round(3).tolist() for W in reg.coefs_]
    [[[2.0]]]
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **DOMAINS,
        "loss": [StrOptions({"squared_error", "poisson", "absolute_error"}), Loss, Likelihood],
    }

    def __init__(
        self,
        loss: str | Loss | Likelihood = "squared_error",
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
    ) -> None:
        keep(self, locals())

    @for_solvers_with_steps
    @checks_parameters
    def partial_fit(
        self, X: Any, y: Any = None, sample_weight: Any = None, *, offset: Any = None, exposure: Any = None
    ) -> Self:
        """Go on training for one epoch over the given examples.

        Parameters
        ----------
        X, y, sample_weight, offset, exposure
            As for :meth:`fit`.

        Returns
        -------
        self
        """
        return self._learn(X, y, sample_weight, once=True, offset=self._added(offset, exposure, X, y))

    def predict(self, X: Any, *, offset: Any = None, exposure: Any = None) -> Array:
        """Return the mean of the model p(y|x), as a rule the network's output Nx; of the absolute error its median.

        Of several quantiles it is these, in order, those of the first target first in each.

        Parameters
        ----------
        X : (m, n) array, scipy sparse array, or table
        offset, exposure : (m,) or (m, k) array, optional
            As for :meth:`fit`; without one of them 0 is added, which is an exposure of 1.

        Returns
        -------
        (m,) array, or (m, k) for k > 1 targets
            Of float64 whatever X is: so it keeps its digits where an offset is added, as by
            ``TransformedTargetRegressor``.
        """
        X = self._validated_features(X)  # which refuses what was not fitted
        return self._predicted(X, self._moved(offset, exposure))

    def score(
        self, X: Any, y: Any = None, sample_weight: Any = None, *, offset: Any = None, exposure: Any = None
    ) -> float:
        """Return R² of predictions for examples; of a joint loss and of quantiles minus the mean loss.

        Of several targets with gaps R² is the mean of that of each, over the rows that have it.

        Parameters
        ----------
        X, y, sample_weight, offset, exposure
            As for :meth:`fit`.

        Raises
        ------
        DataError
            If values of X, y or weights are masked.
        """
        check_is_fitted(self)
        loss, weight = self._loss(), unmasked("sample_weight", sample_weight)
        o = self._moved(offset, exposure)
        if is_stream(X):
            return self._score_of_stream(X, Beside(y, weight, o), self.n_outputs_)
        if not (isinstance(loss, Joint | QuantileLoss)) and o is None:
            return super().score(X, y, weight)
        number_of_targets(y)
        p = self.predict(X, offset=o)
        _, y = self._checked(as_learned(X, self.encoding_), y, reset=False)
        return self._r2_or_less_cost(np.asarray(y), p, loss, weight)

    def _r2_or_less_cost(self, y: Array, prediction: Array, loss: Loss, weight: Any) -> float:
        w = None if weight is None else sample_weights(weight, len(y))
        if not isinstance(loss, Joint | QuantileLoss):
            return r2(y, prediction, w)
        return -self._mean_loss(y, prediction, loss, w).value

    def _mean_loss(self, y: Array, prediction: Array, loss: Loss, weight: Array | None) -> Mean:
        """Return the mean loss of the rows that have a target and a weight above 0."""
        Y = self._encoded(y)
        if isinstance(loss, QuantileLoss):
            check_as_many(Y, prediction.reshape(len(prediction), -1)[:, :: loss.heads])
        w = np.ones(len(Y)) if weight is None else weight
        counts = have_target(Y) & (w > 0)
        return mean_loss(loss, Y[counts], prediction[counts], w[counts])

    # ---------------------------------------------------------------- what the base classes ask

    _score_with_gaps = staticmethod(r2)

    def _predicted(self, X: Any, offset: Any = None) -> Array:
        prediction = answered(self._loss(), self._value(X, offset).astype(np.float64))
        return prediction.ravel() if prediction.shape[1] == 1 else prediction

    def _targets(self, y: Any) -> Array:
        return known_numbers(self._in_order(y))

    def _tally(self, y: Array, prediction: Array, weight: Array | None) -> OfNumbers | Mean:
        loss = self._loss()
        if isinstance(loss, Joint | QuantileLoss):
            return self._mean_loss(y, prediction, loss, weight)
        return OfNumbers.of(y, prediction, weight)

    def _in_order(self, y: Any) -> Any:
        """Return columns of targets in the order of those of a joint loss, which they are found by."""
        loss = self._loss()
        return by_names(y, loss.names) if isinstance(loss, Joint) and is_table(y) else y

    def _checked(self, X: Any, y: Any, *, reset: bool) -> tuple[Any, Any]:
        named, y = of_columns(y), self._in_order(y)
        found = checked_numbers(partial(self._validated, reset=reset), X, y)
        if reset:
            note_each(found[1], named)
        return found

    def _admit(self, y: Any, *, reset: bool) -> None:
        pass  # any number may come; the loss says if it is outside its domain

    def _encoded(self, y: Any) -> Array:
        Y, loss = (
            (y.toarray() if issparse(y) else np.asarray(y)).reshape(y.shape[0], -1).astype(float),
            self._loss(),
        )
        if isinstance(loss, Joint):
            Y = loss.encoded(Y)
            loss.check(Y)
        return Y

    def _output_names(self, y_names: Sequence[str] | None, k: int) -> Sequence[str]:
        loss = self._loss()
        if isinstance(loss, Joint):
            return loss.output_names
        return y_names if y_names is not None and len(y_names) == k else numbered("y", k)

    def _loss(self) -> Loss:
        if isinstance(self.loss, str) and self.loss == "squared_error":
            return GaussianLoss()
        loss = as_loss(self.loss)
        if loss.target_columns or isinstance(loss, DiscreteTimeLoss | Heads):
            raise ParameterError(
                f"a regressor predicts numbers; {loss!r} is of {_OF_OTHERS.get(type(loss), 'several heads')}; take "
                f"{_ESTIMATORS.get(type(loss), 'hn.fit')}"
            )
        return loss

    def _exposed(self, X: Any, y: Any) -> NDArray[np.bool_]:
        loss = self._loss()
        return loss.exposed(outputs_for(loss, X, y))

    def _moved(self, offset: Any, exposure: Any) -> Any:
        """Return what is added to the signals of the outputs that were learned."""
        return known_offset(offset, exposure, self._loss().exposed(self.n_outputs_))

    def _model(self, features: tuple[str, ...], scaler: Any, target: str) -> Model:
        if isinstance(self._loss(), Joint):
            raise ParameterError(
                "a model has classes or numbers; of a joint loss, which has both, save the estimator's network_ instead"
            )
        if self._loss().heads > 1:
            outcomes = outcomes_of(self._loss(), target, self.n_outputs_)
            return model_of_outcomes(self._main_network, features, outcomes, scaler, self.history_)
        return model_of_numbers(self._main_network, features, scaler, target, self.history_)

    def _class_weight(self, y: Any, weight: Array | None, *, once: bool) -> Array | None:
        return None

    def _settle(self, examples: Examples) -> None:
        pass  # numbers are the outputs, or what the likelihood makes of them

    def _strata(self, examples: Examples) -> list[Rows]:
        return strata_of(np.asarray(examples.Y), self._loss())

    def _scoring(self, validation: Examples) -> Score:
        return r2_or_cost(validation, self._loss())

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
