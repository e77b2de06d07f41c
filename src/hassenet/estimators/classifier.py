"""The classifier."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from os import PathLike
from typing import Any, ClassVar, Literal, Self, final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_expit, log_softmax
from sklearn.base import ClassifierMixin
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import type_of_target, unique_labels

from hassenet.data.class_numbers import ClassNumbers
from hassenet.data.examples import Examples
from hassenet.data.kinds import Kind
from hassenet.data.streamed import taken_apart
from hassenet.engines.threads import limited
from hassenet.errors import ParameterError
from hassenet.estimators.balance import balanced, check_class_weight
from hassenet.estimators.cells import as_labels
from hassenet.estimators.estimator import NetworkEstimator
from hassenet.estimators.gaps import checked_with_gaps
from hassenet.estimators.labels import Labels, gaps_in, without_gaps
from hassenet.estimators.learning import Score
from hassenet.estimators.methods import all_or_nothing, for_solvers_with_steps
from hassenet.estimators.models import model_of_classes
from hassenet.estimators.parameters import DOMAINS, keep
from hassenet.estimators.scikit_learn import StrOptions, checks_parameters
from hassenet.estimators.score_of_classes import ScoreOfClasses
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.hierarchy import Over
from hassenet.likelihoods import BinaryCrossEntropy, CrossEntropy, Loss
from hassenet.model import Model
from hassenet.task.names import of_columns
from hassenet.task.splitting import Rows

Array = NDArray[Any]


@final
class NetworkClassifier(ScoreOfClasses, ClassifierMixin, NetworkEstimator):
    """A classifier whose architecture is a hierarchy: scikit-learn's ``MLPClassifier`` and more.

    Minimises −log p(y|x) (binary cross-entropy for two classes and for several labels at once, else cross-entropy)
    plus (alpha/2m)‖W‖². Every parameter of scikit-learn 1.9's ``MLPClassifier`` is here with its name, default and
    meaning.

    It trains one network with the settings given. Who has a hierarchy and wants the settings chosen takes
    :class:`HierarchyClassifier`.

    Parameters
    ----------
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
        Whether to stop when the accuracy on examples set aside no longer rises, and to return to the best network.
    validation_fraction : float, default 0.1
        The share of examples set aside, of each class; it is one example at least, and never all, so that a rare class
        stays on both sides. Of one example it is refused, but where it is one by weights, as bagging's: then it is
        learned from. Of labels that come together each is learned from, and those set aside are as well spread as can
        be.
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
        Features in which the probability of the second class is monotone, as in scikit-learn's
        ``HistGradientBoosting``: 1 increasing, −1 decreasing, 0 free, by name or one a column; see
        :func:`hassenet.network.monotone`. Hidden activations must never fall, and "tanh" does more here than "relu", of
        which weights ≥ 0 only make convex functions. Not for more than two classes.
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
    class_weight : mapping, list of mappings, "balanced" or None, default None
        The weight of each class, as elsewhere in scikit-learn; "balanced" counts sample weights as copies.
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
    classes_ : array
        The classes.
    n_features_in_, feature_names_in_
        The number of features and, where X had them, their names.
    coefs_, intercepts_ : list
        Weights (nᵢ, nᵢ₊₁) and biases (nᵢ₊₁,) of each layer.
    loss_, best_loss_, loss_curve_ : float, float or None, list of float
        The cost in the last epoch, the least one, and all.
    validation_scores_, best_validation_score_ : list of float and float, or None
        Accuracy on the validation examples.
    n_iter_, t_, n_layers_, n_outputs_ : int
        Epochs of the last call, examples seen in all, ranks, main outputs.
    out_activation_ : str
        "logistic" or "softmax".

    Notes
    -----
    This is all that differs from scikit-learn's ``MLPClassifier``, but for private attributes and what is there in
    addition. scikit-learn's own tests are run with this class.

    - Random numbers: the initial weights are scaled by covers, biases start at 0, and orders and splits are drawn
      otherwise, so that equal ``random_state`` does not mean equal networks.
    - Where the examples are not a multiple of ``batch_size``, the short last batch has the same penalty as the others;
      scikit-learn's is a little larger.
    - Examples are set aside by class for any number of classes and labels, scikit-learn does so for two. Those of
      weight 0 are absent: they are not set aside, and a class that only they have does not count. Masked values are
      refused. "balanced" counts sample weights.
    - A warm start begins anew what belongs to earlier examples: ``best_loss_``, ``best_validation_score_``, the count
      of epochs without progress; the curves go on. scikit-learn compares with the best of earlier fits.
    - In a warm start and in ``partial_fit`` another activation, type, loss, solver or momentum takes effect, and
      parameters that make another hierarchy are refused by name. scikit-learn keeps the optimiser in ``partial_fit``.
    - "invscaling" has the rate of the formula in the first epoch of a warm start too, by all examples seen;
      scikit-learn has ``learning_rate_init`` there.
    - A cost that is no longer finite is a DivergedError, a ValueError, at that step. With ``early_stopping`` training
      ends there with a warning and the best network; scikit-learn goes on to ``max_iter`` with the same result.
    - "lbfgs" ends where no component of the gradient is above ``tol``, whatever the cost does, and prints nothing.
    - ``predict_log_proba`` is finite where a probability rounds to 0. Of one class only ``predict_proba`` has one
      column, as ``classes_`` has one entry; scikit-learn's has two.
    - The network is of float64 where float32 would blur X. Predictions that are not finite are an error.
    - ``coefs_`` and ``intercepts_`` are made when they are looked at: assign a list, not an entry of it. They can be
      set in a fitted estimator only. Sparse layers have sparse ``coefs_``.
    - A fit that fails leaves the estimator as it was.

    Examples
    --------
    >>> from hassenet.estimators import NetworkClassifier
    >>> X = [[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0]]
    >>> y = ["even", "even", "odd", "odd"]
    >>> clf = NetworkClassifier((8,), activation="tanh", solver="lbfgs", random_state=0).fit(X, y)
    >>> clf.predict(X).tolist()
    ['even', 'even', 'odd', 'odd']
    >>> clf.hierarchy_
    Hierarchy(shape=(2, 8, 1), covers=24, density=1)
    """

    loss = "log_loss"
    _called = "y"

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **DOMAINS,
        "class_weight": [dict, list, StrOptions({"balanced"}), None],
    }

    def __init__(
        self,
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
        class_weight: Mapping[Any, float] | Sequence[Mapping[Any, float]] | Literal["balanced"] | None = None,
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
    @all_or_nothing
    def partial_fit(self, X: Any, y: Any = None, sample_weight: Any = None, classes: Any = None) -> Self:
        """Go on training for one epoch over the given examples.

        Parameters
        ----------
        X, y, sample_weight
            As for :meth:`fit`; y need not hold every class.
        classes : array, optional
            Every class that will ever come; needed in the first call.

        Returns
        -------
        self
        """
        self._know_classes(taken_apart(X, y).Y, classes)
        return self._learn(X, y, sample_weight, once=True)

    def _know_classes(self, y: Any, classes: Any) -> None:
        known = getattr(self, "classes_", None)
        if known is None and classes is None:
            raise ParameterError("classes must be passed on the first call to partial_fit.")
        if known is None:
            y = as_labels(y)
            has_several = type_of_target(without_gaps(y)).startswith("multilabel")
            self._labels = Labels(y if has_several else as_labels(classes))
        elif classes is not None and not np.array_equal(known, unique_labels(as_labels(classes))):
            raise ParameterError(
                f"`classes={classes}` is not the same as on last call to partial_fit, was: {known}"
            )

    # ---------------------------------------------------------------- predictions

    @property
    def classes_(self) -> Array:
        """The classes, in the order of the columns of :meth:`predict_proba`."""
        return self._labels.classes

    def predict(self, X: Any) -> Any:
        """Return the most probable class of each example; for labels of which several may hold, an indicator.

        Parameters
        ----------
        X : (m, n) array, scipy sparse array, or table

        Returns
        -------
        (m,) array of labels, or (m, k) indicator
        """
        return self._predicted(self._validated_features(X))

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class, or of each label where several may hold.

        Parameters
        ----------
        X : (m, n) array, scipy sparse array, or table

        Returns
        -------
        (m, k) array
            Columns in the order of ``classes_``; of one class only, ones.
        """
        X = self._validated_features(X)
        if self._labels.task != "binary":
            return self._value(X)
        if self._labels.has_one_class:
            return np.ones((X.shape[0], 1), self.network_.dtype)
        s = self._signal(X)
        return np.asarray(expit(np.hstack([-s, s])))  # σ(−s) is 1 − σ(s), and exact where that rounds to 0

    def predict_log_proba(self, X: Any) -> Array:
        """Return the log of :meth:`predict_proba`, below ½ computed from the signal: finite also where p rounds to 0.

        Parameters
        ----------
        X : (m, n) array, scipy sparse array, or table

        Returns
        -------
        (m, k) array
        """
        X = self._validated_features(X)
        p, s = self.predict_proba(X), self._signal(X)
        if self._labels.task == "multiclass":
            return np.where(p < 0.5, log_softmax(s, axis=1), _log(p))
        if self._labels.has_one_class:
            return np.zeros_like(p)
        return np.where(
            p < 0.5, log_expit(np.hstack([-s, s]) if self._labels.task == "binary" else s), _log(p)
        )

    def _signal(self, X: Any) -> Array:
        """Return s⁽ᴰ⁻¹⁾ of the main outputs, what their activation is applied to."""
        with limited(self.n_threads):
            return self._heads.main(self.network_.with_activations(output="identity")(X))

    # ---------------------------------------------------------------- what the base class asks

    def _predicted(self, X: Any, offset: Any = None) -> Any:
        return self._labels.decode(self._value(X, offset))

    def _checked(self, X: Any, y: Any, *, reset: bool) -> tuple[Any, Any]:
        if reset:
            self._called = (of_columns(y) or ["y"])[0]
        return checked_with_gaps(partial(self._validated, reset=reset), X, y)

    def _admit(self, y: Any, *, reset: bool) -> None:
        if reset:
            self._labels = Labels(y, self._called)
        elif self.warm_start:
            self._labels.check_all(y)

    def _encoded(self, y: Any) -> Array | ClassNumbers:
        return self._labels.encode(y)

    def _output_names(self, y_names: Sequence[str] | None, k: int) -> Sequence[str]:
        by_column = self._labels.task == "multilabel-indicator" and y_names is not None and len(y_names) == k
        return y_names if by_column and y_names is not None else self._labels.names

    def _loss(self) -> Loss:
        return CrossEntropy() if self._labels.task == "multiclass" else BinaryCrossEntropy()

    def _exposed(self, X: Any, y: Any) -> NDArray[np.bool_]:
        return np.zeros(1, bool)  # what they predict is counted in nothing

    def _model(self, features: tuple[str, ...], scaler: Any, target: str) -> Model:
        self._labels.require_two()
        return model_of_classes(self._main_network, features, self.classes_, scaler, target, self.history_)

    def _class_weight(self, y: Any, weight: Array | None, *, once: bool) -> Array | None:
        if self.class_weight is None:
            return None
        if gaps_in(y) is not None:
            raise ParameterError(
                "weights of classes are those of labels that every row has; some are missing; leave out class_weight"
            )
        if self.class_weight != "balanced":
            check_class_weight(self.class_weight)
            return np.asarray(compute_sample_weight(self.class_weight, y))
        if once:
            raise ParameterError(
                "class_weight='balanced' needs all examples, and partial_fit sees a part of them; compute the weights "
                "with sklearn.utils.class_weight.compute_class_weight and give them as a mapping"
            )
        return balanced(y, weight)

    def _settle(self, examples: Examples) -> None:
        pass  # probabilities are the outputs themselves

    def _strata(self, examples: Examples) -> list[Rows]:
        self._labels.check_split(examples.Y, is_drawn=examples.weight is not None)
        return self._labels.strata(examples.Y)

    def _scoring(self, validation: Examples) -> Score:
        return lambda Y, prediction: self._labels.accuracy(validation.Y, prediction, validation.weight)

    def _score_with_gaps(self, Y: Array, prediction: Array, weight: Array | None) -> float:
        """Return the share of rows that are right in every label that is there."""
        return self._labels.accuracy(Y, prediction, weight)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


def _log(p: Array) -> Array:
    """Return log p where it is used, of probabilities of ½ or more; 0 elsewhere."""
    return np.log(np.maximum(p, p.dtype.type(0.5)))
