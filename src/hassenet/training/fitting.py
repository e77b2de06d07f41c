"""Training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hassenet._checks import SHARE, require_number, require_seed, require_whole
from hassenet.data.examples import Examples, require_examples
from hassenet.engines import get_engine
from hassenet.engines.dropout import Dropout, Rate
from hassenet.engines.threads import limited
from hassenet.errors import ParameterError
from hassenet.likelihoods import Loss
from hassenet.network import Network
from hassenet.optimizers import LBFGS, SGD, Optimizer
from hassenet.penalties import Penalty, check_penalty
from hassenet.training.descent import Descent, Job
from hassenet.training.early_stopping import EarlyStopping
from hassenet.training.history import Epoch, Fit, TrainingState
from hassenet.training.journal import Callback, Journal, Score, Watch
from hassenet.training.objective import AnyLoss, chosen_loss, examples

__all__ = ["EarlyStopping", "Epoch", "Fit", "TrainingState", "fit"]


def fit(
    net: Network,
    X: Any,
    Y: Any,
    loss: AnyLoss = None,
    *,
    penalty: Penalty | None = None,
    optimizer: Optimizer | LBFGS = SGD(0.1),
    batch_size: int = 64,
    epochs: int = 10,
    dropout: Rate = 0.0,
    input_dropout: float = 0.0,
    seed: int = 0,
    shuffle: bool = True,
    sample_weight: Any = None,
    validation_data: Sequence[Any] | None = None,
    validation_fraction: float = 0.0,
    score: Score | None = None,
    early_stopping: EarlyStopping | None = None,
    callbacks: Sequence[Callback] = (),
    progress: bool = False,
    engine: str | None = None,
    n_threads: int | None = None,
    state: TrainingState | None = None,
) -> Fit:
    """Train a network by mini-batch gradient descent (or L-BFGS on the whole of J).

    Each step picks a batch B, appends J_B = (1/|B|) Σ_{i∈B} L(Nxᵢ, yᵢ) + R(θ) to the list of costs, and moves θ against
    its gradient.

    Parameters
    ----------
    net : Network
        The network to start from; it stays as it is.
    X : (m, n₀) array, sparse array or table
    Y : (m, k) array, (m,) for one output; class numbers (m,) for cross-entropy
        Where the loss has heads, k may be the outputs of one head: all heads are compared with the same columns.
    loss : str, Loss or Likelihood, optional
        By default the loss for which the output activation is canonical; ``likelihoods.Heads`` for weights of blocks
        of outputs.
    penalty : Penalty, optional
    optimizer : Optimizer or LBFGS
    batch_size : int
        |B|; the last batch of an epoch may be smaller.
    epochs : int
        Passes over the examples; for L-BFGS, iterations unless it has its own number.
    dropout : float or sequence of float
        The probability p with which a hidden neuron is left out of a step; the others' features are divided by 1 − p.
        One rate for all hidden ranks, or one each. It holds in training only: values, validation costs and scores are
        those of the whole network. J_B is the cost of the network that is left.
    input_dropout : float
        The same for the features.
    seed : int
        For the order of the examples, the validation split and the neurons dropped; the same seed gives the same bits.
    shuffle : bool
        Whether each epoch takes the examples in a new random order.
    sample_weight : (m,) array, optional
        wᵢ ≥ 0, in place of 1/|B| comes wᵢ/Σw over the batch (as in scikit-learn's MLP): in one batch of all examples
        weight k is the same as k copies, in a batch of one example a weight changes nothing.
    validation_data : (X, Y) or (X, Y, weights), optional
    validation_fraction : float in [0, 1)
        Instead: the share of the examples, taken at random, that is held out.
    score : callable, optional
        (Y, prediction) ↦ number, higher is better, on the validation data after each epoch; of several heads, the
        last's.
    early_stopping : EarlyStopping, optional
    callbacks : sequence of callables
        Called with (Epoch, Network) after each epoch; one that returns something true ends the training.
    progress : bool
        Whether to show a progress bar on standard error.
    engine : str, optional
    n_threads : int, optional
        How many threads the compiled engine may use; by default HASSENET_NUM_THREADS, else OMP_NUM_THREADS, else
        one a processor that the process may use. Results do not depend on it; see
        ``hassenet.engines.native.set_threads``.
    state : TrainingState, optional
        ``fit.state`` of an earlier training of this network, to go on as if it had not stopped; where early stopping
        restored the best epoch, from the last parameters. A schedule over the whole training counts all epochs.

    Returns
    -------
    Fit
        Also after Ctrl-C, with what was learned until then and ``stopped == "interrupted"``.

    Raises
    ------
    DivergedError
        If a cost is not finite; the network before that, whose cost was finite (or the start), is on it.
    DataError, ParameterError
        If the data do not fit, or an option is outside its domain.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> y = np.array([0, 1, 1, 0])  # exclusive or
    >>> net = Network(Hierarchy.complete(2, 8, 1), hidden="tanh", output="sigmoid", seed=1)
    >>> result = fit(net, X, y, optimizer=SGD(1.0), batch_size=4, epochs=300)
    >>> result.network(X).round().ravel()
    array([0., 1., 1., 0.], dtype=float32)
    """
    _check_options(optimizer, penalty, score, early_stopping, callbacks, state)
    require_whole("batch_size", batch_size, 1)
    require_whole("epochs", epochs, 0)
    require_seed(seed)
    chosen = chosen_loss(net, loss)
    data = require_examples("training", examples(net, X, Y, sample_weight, chosen))
    data, held = _held_out(net, data, validation_data, validation_fraction, seed, chosen)
    plan = net.plan.with_objective(chosen, penalty)
    before = state or TrainingState()
    journal = Journal.after(
        before, net, plan, get_engine(engine), Watch(held, score, early_stopping, callbacks)
    )
    masks = Dropout.of(dropout, input_dropout, plan.depth, seed)
    if isinstance(optimizer, LBFGS):
        if masks is not None:
            raise ParameterError(
                "L-BFGS minimises one function, and dropout changes it at every step; choose another"
            )
        from hassenet.training.lbfgs import (
            minimise,  # scipy.optimize is slow to import, and the others do without it
        )

        with limited(n_threads):
            return minimise(journal, data, before, optimizer, epochs, progress=progress)
    size, last = min(batch_size, data.X.shape[0]), before.epoch + epochs
    job = Job(plan, journal.engine, optimizer, data, size, last, seed, shuffle, masks)
    with limited(n_threads):
        return Descent(job, journal, before).run(progress=progress)


def _check_options(
    optimizer: Any, penalty: Any, score: Any, early_stopping: Any, callbacks: Any, state: Any
) -> None:
    if not isinstance(optimizer, Optimizer | LBFGS):
        raise ParameterError(f"optimizer is one of hassenet's, as SGD(0.1) or LBFGS(); got {optimizer!r}")
    check_penalty(penalty)
    if not isinstance(early_stopping, EarlyStopping | None):
        raise ParameterError(f"early_stopping is EarlyStopping(…) or None; got {early_stopping!r}")
    if not isinstance(state, TrainingState | None):
        raise ParameterError(f"state is that of an earlier fit, fit.state, or None; got {state!r}")
    if score is not None and not callable(score):
        raise ParameterError(f"score is a function of (Y, prediction), or None; got {score!r}")
    if not isinstance(callbacks, Sequence) or not all(map(callable, callbacks)):
        raise ParameterError(f"callbacks is a list of functions of (epoch, network); got {callbacks!r}")


def _held_out(
    net: Network,
    data: Examples,
    validation_data: Sequence[Any] | None,
    fraction: float,
    seed: int,
    loss: Loss,
) -> tuple[Examples, Examples | None]:
    """Return the training and the validation examples, given or split off."""
    require_number("validation_fraction", fraction, SHARE)
    if validation_data is not None and fraction > 0:
        raise ParameterError("give validation_data or validation_fraction, not both")
    if validation_data is not None:
        return data, _given(net, validation_data, loss)
    return _split(data, fraction, seed) if fraction > 0 else (data, None)


def _given(net: Network, validation_data: Sequence[Any], loss: Loss) -> Examples:
    if not isinstance(validation_data, Sequence) or len(validation_data) not in (2, 3):
        raise ParameterError("validation_data is (X, Y) or (X, Y, weights)")
    X, Y, weight = (*validation_data, None)[:3]
    return require_examples("validation", examples(net, X, Y, weight, loss))


def _split(data: Examples, fraction: float, seed: int) -> tuple[Examples, Examples]:
    m = data.X.shape[0]
    rows = np.random.default_rng([seed, m]).permutation(m)
    n = round(fraction * m)
    if not 0 < n < m:
        raise ParameterError(
            f"a validation_fraction of {fraction} holds out {n} of {m} examples; both parts need one at least"
        )
    return data.take(np.sort(rows[n:])), data.take(np.sort(rows[:n]))
