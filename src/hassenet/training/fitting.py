"""Training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hassenet.checkpoints import Codec, Place, described, digest
from hassenet.data.examples import Examples, require_examples
from hassenet.data.noting import told_once
from hassenet.data.rows_of import taken
from hassenet.data.stream import is_stream
from hassenet.engines import Objective, WithFallback
from hassenet.engines.dropout import Dropout, Rate
from hassenet.engines.normalisation import Normalisation
from hassenet.engines.registry import engine_for
from hassenet.engines.threads import limited
from hassenet.errors import DataError, ParameterError
from hassenet.likelihoods import Loss
from hassenet.network import Network
from hassenet.optimizers import LBFGS, SGD, Optimizer
from hassenet.penalties import Penalty
from hassenet.task.heads import OutputHeads
from hassenet.training import identity
from hassenet.training.checkpoints import Checkpoints, checkpoints_in
from hassenet.training.descent import Descent, Job
from hassenet.training.early_stopping import EarlyStopping
from hassenet.training.fingerprints import Fingerprints
from hassenet.training.history import Fit, TrainingState
from hassenet.training.journal import Callback, Journal, Score, Watch
from hassenet.training.kept import Kept, codec_for
from hassenet.training.normalising import Folding
from hassenet.training.objective import AnyLoss, chosen_loss, examples, training_examples
from hassenet.training.options import TrainingOptions
from hassenet.training.portions import settled
from hassenet.training.splitting import split
from hassenet.training.under_way import place_of


@told_once()
def fit(
    net: Network,
    X: Any,
    Y: Any = None,
    loss: AnyLoss = None,
    *,
    penalty: Penalty | None = None,
    optimizer: Optimizer | LBFGS = SGD(0.1),
    batch_size: int = 64,
    epochs: int = 10,
    dropout: Rate = 0.0,
    input_dropout: float = 0.0,
    normalise: bool = False,
    seed: int = 0,
    shuffle: bool = True,
    sample_weight: Any = None,
    offset: Any = None,
    validation_data: Sequence[Any] | None = None,
    validation_fraction: float = 0.0,
    score: Score | None = None,
    early_stopping: EarlyStopping | None = None,
    callbacks: Sequence[Callback] = (),
    progress: bool = False,
    engine: str | None = None,
    n_threads: int | None = None,
    state: TrainingState | None = None,
    checkpoint: Place | None = None,
    every: float | None = None,
) -> Fit:
    """Train a network by mini-batch gradient descent (or L-BFGS on the whole of J).

    Each step picks a batch B, appends J_B = (1/|B|) Σ_{i∈B} L(Nxᵢ, yᵢ) + R(θ) to the list of costs, and moves θ against
    its gradient.

    Parameters
    ----------
    net : Network
        The network to start from; it stays as it is.
    X : (m, n₀) array, sparse array, table or stream
        A stream (:func:`hassenet.data.open`) is read a block at a time, and brings Y, weights and offset along.
    Y : (m, k) array, (m,) for one output; class numbers (m,) for cross-entropy
        NaN where a target is missing: it does not count, and an example without any target is absent.
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
    normalise : bool
        Whether the signals of hidden neurons are standardised over the batch while training: each is
        (Wx − mean)/√(variance + 10⁻⁵) + b (Ioffe and Szegedy, ICML 2015). What comes back, and what is validated and
        scored after each epoch, is the network with means and variances of all training rows folded into W and b.
        Initial weights count by their directions, no longer by their size. A last batch of one example takes the
        epoch's first one as well. The readable engine does it.
    seed : int
        For the order of the examples, the validation split and the neurons dropped; the same seed gives the same bits,
        on the same instruction level and BLAS kernel.
    shuffle : bool
        Whether each epoch takes the examples in a new random order; in blocks where X is a large memory map
        (:func:`hassenet.training.order.shuffled`).
    sample_weight : (m,) array, optional
        wᵢ ≥ 0, in place of 1/|B| comes wᵢ/Σw over the batch (as in scikit-learn's MLP): in one batch of all examples
        weight k is the same as k copies, in a batch of one example a weight changes nothing. An example of weight 0 is
        absent: it is in no batch, and not held out.
    offset : (m,) or (m, n_D) array, optional
        What is added to the signal of each output, Nxᵢ = G(s + oᵢ): of counts (Poisson, negative binomial) the
        logarithm of what they are counted in, as an exposure or a library size. Predict with ``network(X, offset=…)``.
    validation_data : (X, Y), (X, Y, weights), (X, Y, weights, offset) or stream, optional
        Weights may be None.
    validation_fraction : float in [0, 1)
        Instead: the share of the examples, taken at random, that is held out. Where the targets are classes or labels
        it is that share of each, but one example at least and never all, so that a rare class stays on both sides.
    score : callable, optional
        (Y, prediction) ↦ number, higher is better, on the validation data after each epoch; of several heads, the
        last's. Y has NaN where a target is missing.
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
        restored the best epoch, from the last parameters. A schedule over the whole training counts all epochs, and
        examples as they were seen. On other examples the network and the optimiser's state go on, and what was
        measured on the earlier ones begins anew: the best epoch, the epochs without progress, an epoch under way.
    checkpoint : path-like, optional
        A folder in which the training is kept while it runs. Killed at any moment, the same call with the same folder
        goes on and ends with the same bits as one that was never killed; one that was done returns what it returned.
        The folder is of this training alone: another network, other data, options or versions are refused. Functions
        (a score, an activation of your own) are known by their names and their code, callbacks by neither. A callback
        with methods ``state_dict()`` and ``load_state_dict(state)``, a mapping of arrays and of what JSON holds, goes
        on with its own state.
    every : float, optional
        Seconds from one checkpoint to the next, the most that is lost; by default 10, or a hundred times as many as
        writing one takes.

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
    StreamError
        If a stream cannot be read on, as where a file is gone; what was learned until then is on it.
    CheckpointError
        If the folder is that of another training, in use, or holds anything else.

    Examples
    --------
    >>> import numpy as np
    >>> from hassenet import Hierarchy
    >>> X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> y = np.array([0, 1, 1, 0])  # exclusive or
    >>> net = Network(Hierarchy.complete(2, 8, 1), hidden="tanh", output="sigmoid", seed=1)
    >>> result = fit(net, X, y, optimizer=SGD(1.0), batch_size=4, epochs=300)
    >>> result.network(X).round().ravel()
    array([0., 1., 1., 0.], dtype=float32)
    """
    options = TrainingOptions(
        loss=loss,
        penalty=penalty,
        optimizer=optimizer,
        batch_size=batch_size,
        epochs=epochs,
        dropout=dropout,
        input_dropout=input_dropout,
        normalise=normalise,
        seed=seed,
        shuffle=shuffle,
        validation_fraction=validation_fraction,
        score=score,
        early_stopping=early_stopping,
        callbacks=callbacks,
        progress=progress,
        engine=engine,
        n_threads=n_threads,
    )
    return fit_with(
        options,
        net,
        X,
        Y,
        sample_weight=sample_weight,
        offset=offset,
        validation_data=validation_data,
        state=state,
        checkpoint=checkpoint,
        every=every,
    )


def fit_with(
    options: TrainingOptions,
    net: Network,
    X: Any,
    Y: Any = None,
    *,
    sample_weight: Any = None,
    offset: Any = None,
    validation_data: Sequence[Any] | None = None,
    state: TrainingState | None = None,
    checkpoint: Place | None = None,
    every: float | None = None,
) -> Fit:
    """Train a network with these options: what :func:`fit` does with its own.

    Parameters
    ----------
    options : TrainingOptions
    net, X, Y, sample_weight, offset, validation_data, state, checkpoint, every
        As in :func:`fit`.

    Returns
    -------
    Fit

    Raises
    ------
    DivergedError, DataError, ParameterError, CheckpointError
        As in :func:`fit`.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> net = Network(Hierarchy.complete(2, 1))
    >>> fit_with(TrainingOptions(epochs=3), net, [[0.0, 1.0], [1.0, 0.0]], [1.0, 2.0])
    Fit(3 epochs, 3 steps, cost ..., stopped: epochs)
    """
    before = _checked_state(state)
    chosen = chosen_loss(net, options.loss)
    data = training_examples("training", net, X, Y, sample_weight, chosen, offset)
    return fit_examples(options, net, chosen, data, validation_data, before, checkpoint, every)


def fit_examples(
    options: TrainingOptions,
    net: Network,
    chosen: Loss,
    data: Examples,
    validation_data: Sequence[Any] | None,
    before: TrainingState,
    checkpoint: Place | None = None,
    every: float | None = None,
) -> Fit:
    """Train a network on examples that have been checked, for a loss that has been chosen."""
    data, held = _held_out(net, data, validation_data, options, chosen)
    data, held = settled(data), None if held is None else settled(held)
    _check_offsets(data, held)
    objective = Objective.of(net.plan, chosen, options.penalty, data.offsets)
    heads = OutputHeads.of_loss(chosen, net.plan.n_outputs)
    watch = Watch(held, heads, options.score, options.early_stopping, options.callbacks)
    engine, masks = engine_for(data.X, options.engine), options.masks(net.plan.depth)
    if options.engine is not None:
        engine.say_what_it_does_not_know(net.plan, objective, masks)
    before.check_normalised(options.normalise)
    folding = _folding(engine, data, options.normalisation)
    prints = Fingerprints.of(data, held, watch.monitor)
    before = before.on(prints)
    journal = Journal.after(before, net, objective, engine, watch, folding, prints)
    if checkpoint is None and every is None:
        checkpoint = place_of(
            lambda: digest(
                identity.of_start(net, before).parts,
                identity.of_network(net),
                identity.of_options(options, chosen),
                described(options.callbacks),
                engine.name,
                prints,
            )
        )
    place = checkpoints_in(
        checkpoint,
        every,
        _codec(options, net, data),
        options.callbacks,
        lambda: (
            identity.of_start(net, before) | identity.of_training(options, net, chosen, data, held, engine)
        ),
    )
    with limited(options.n_threads), place as checkpoints:
        if isinstance(options.optimizer, LBFGS):
            return _minimised(options.optimizer, options, journal, data, before, checkpoints)
        return _descended(options.optimizer, options, journal, data, before, masks, checkpoints)


def _codec(options: TrainingOptions, net: Network, data: Examples) -> Codec[Kept]:
    """Return the codec of what is kept of this training, and of none that is unlike it."""
    optimizer, m = options.optimizer, data.X.shape[0]
    init = (lambda theta: ()) if isinstance(optimizer, LBFGS) else optimizer.init
    return codec_for(net.theta, init, -(-m // min(options.batch_size, m)))


def _minimised(
    optimizer: LBFGS,
    options: TrainingOptions,
    journal: Journal,
    data: Examples,
    before: TrainingState,
    checkpoints: Checkpoints,
) -> Fit:
    from hassenet.training.lbfgs import minimise  # scipy.optimize is slow to import; the others do without it

    data = replace(data, X=taken(data.X))  # all rows are gone through many times
    return minimise(journal, data, before, optimizer, options.epochs, checkpoints, progress=options.progress)


def _descended(
    optimizer: Optimizer,
    options: TrainingOptions,
    journal: Journal,
    data: Examples,
    before: TrainingState,
    masks: Dropout | None,
    checkpoints: Checkpoints,
) -> Fit:
    m = data.X.shape[0]
    _check_compared(journal.objective.loss, options.batch_size)
    size, last = min(options.batch_size, m), before.epoch + options.epochs
    before = before.in_batches(m, size)
    job = Job(
        journal.net.plan,
        journal.objective,
        journal.engine,
        optimizer,
        data,
        size,
        last,
        options.seed,
        options.shuffle,
        masks,
        options.normalisation,
        before.seen_before(m, -(-m // size)),
    )
    return Descent(job, journal, before, checkpoints).run(progress=options.progress)


def _check_compared(loss: Loss, batch_size: int) -> None:
    """Refuse batches of one example where the examples of a batch are what each is compared with."""
    if loss.looks_at_others and batch_size == 1:
        raise ParameterError(
            "examples are compared with the others of their batch, and in a batch of one there is nobody; give "
            "batch_size=2 or more, best all examples"
        )


def _folding(engine: WithFallback, data: Examples, normalisation: Normalisation | None) -> Folding | None:
    if normalisation is None:
        return None
    if len(data) < 2:
        raise DataError(
            "signals are standardised over a batch; one of a single example has no deviation; give two examples or more"
        )
    return Folding(engine, data, normalisation)


def _checked_state(state: Any) -> TrainingState:
    if not isinstance(state, TrainingState | None):
        raise ParameterError(f"state is that of an earlier fit, fit.state, or None; got {state!r}")
    return state or TrainingState()


def _held_out(
    net: Network,
    data: Examples,
    validation_data: Sequence[Any] | None,
    options: TrainingOptions,
    loss: Loss,
) -> tuple[Examples, Examples | None]:
    """Return the training and the validation examples, given or split off."""
    fraction = options.validation_fraction
    if validation_data is not None and fraction > 0:
        raise ParameterError("give validation_data or validation_fraction, not both")
    if validation_data is not None:
        return data, validation_examples(net, validation_data, loss)
    return split(data, fraction, options.seed, loss, net.plan.n_outputs) if fraction > 0 else (data, None)


def validation_examples(net: Network, validation_data: Sequence[Any], loss: Loss) -> Examples:
    """Return the examples to validate with that were given."""
    if is_stream(validation_data):
        validation_data = (validation_data, None)
    if not isinstance(validation_data, Sequence) or len(validation_data) not in (2, 3, 4):
        raise ParameterError(
            "validation_data is (X, Y), (X, Y, weights) or (X, Y, weights, offset); got "
            f"{_parts_of(validation_data)}; give one of these"
        )
    X, Y, weight, offset = (*validation_data, None, None)[:4]
    return require_examples("validation", examples(net, X, Y, weight, loss, offset))


def _parts_of(given: Any) -> str:
    return f"{len(given)} parts" if isinstance(given, Sequence) else repr(given)


def _check_offsets(data: Examples, held: Examples | None) -> None:
    if held is not None and held.offsets != data.offsets:
        raise ParameterError(
            f"validation data have offsets as those to learn from have, {data.offsets} columns; got {held.offsets}; "
            "give validation_data=(X, Y, weights, offset), weights may be None"
        )
