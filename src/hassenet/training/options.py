"""How a network is trained, whatever the network and the examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from hassenet._checks import SHARE, require_number, require_seed, require_whole_number
from hassenet.engines import get_engine
from hassenet.engines.dropout import Dropout, Rate, check_rates
from hassenet.engines.normalisation import Normalisation
from hassenet.engines.threads import check_threads
from hassenet.errors import ParameterError
from hassenet.likelihoods import as_loss
from hassenet.optimizers import LBFGS, SGD, Optimizer
from hassenet.penalties import Elements, Penalty, check_penalty
from hassenet.training.early_stopping import EarlyStopping
from hassenet.training.journal import Callback, Score
from hassenet.training.objective import AnyLoss


@final
@dataclass(frozen=True, kw_only=True)
class TrainingOptions:
    """The options of :func:`hassenet.fit`, with their defaults, but for the network, the examples and a state.

    Parameters
    ----------
    loss, penalty, optimizer, batch_size, epochs, dropout, input_dropout, normalise, seed, shuffle
        As in :func:`hassenet.fit`.
    validation_fraction, score, early_stopping, callbacks, progress, engine, n_threads
        As there.

    Raises
    ------
    ParameterError
        If one is outside its domain, whatever the network.

    Examples
    --------
    >>> from dataclasses import replace
    >>> options = TrainingOptions(optimizer=SGD(0.5), epochs=20)
    >>> replace(options, seed=3).batch_size
    64
    """

    loss: AnyLoss = None
    penalty: Penalty | None = None
    optimizer: Optimizer | LBFGS = SGD(0.1)
    batch_size: int = 64
    epochs: int = 10
    dropout: Rate = 0.0
    input_dropout: float = 0.0
    normalise: bool = False
    seed: int = 0
    shuffle: bool = True
    validation_fraction: float = 0.0
    score: Score | None = None
    early_stopping: EarlyStopping | None = None
    callbacks: Sequence[Callback] = ()
    progress: bool = False
    engine: str | None = None
    n_threads: int | None = None

    def __post_init__(self) -> None:
        """Check what can be checked without a network."""
        self._check_kinds()
        self._check_names()
        check_rates(self.dropout, self.input_dropout)
        check_penalty(self.penalty)
        require_whole_number("batch_size", self.batch_size, 1)
        require_whole_number("epochs", self.epochs, 0)
        self._check_normalise()
        self._check_smooth()
        require_seed(self.seed)
        require_number("validation_fraction", self.validation_fraction, SHARE)

    def masks(self, depth: int) -> Dropout | None:
        """Return dropout for a network of that depth, None where nothing is dropped.

        Raises
        ------
        ParameterError
            If a rate is outside [0, 1), there is not one a hidden rank, or the optimiser is L-BFGS.
        """
        masks = Dropout.of(self.dropout, self.input_dropout, depth, self.seed)
        if masks is not None and isinstance(self.optimizer, LBFGS):
            raise ParameterError(
                "L-BFGS minimises one function, and dropout changes it at every step; choose another"
            )
        return masks

    @property
    def normalisation(self) -> Normalisation | None:
        """How signals are standardised, None where they are not."""
        return Normalisation() if self.normalise else None

    def _check_normalise(self) -> None:
        if not isinstance(self.normalise, bool):
            raise ParameterError(f"normalise is True or False; got {self.normalise!r}")
        if self.normalise and isinstance(self.optimizer, LBFGS):
            raise ParameterError(
                "L-BFGS minimises the cost of the network itself, and normalise is for steps on batches; choose another"
            )
        if self.normalise and self.batch_size == 1:
            raise ParameterError(
                "signals are standardised over a batch; one of a single example has no deviation; give a batch_size of "
                "2 or more"
            )

    def _check_smooth(self) -> None:
        is_grouped = self.penalty is not None and isinstance(self.penalty.of_features, Elements)
        if is_grouped and isinstance(self.optimizer, LBFGS):
            raise ParameterError(
                "L-BFGS needs a smooth cost, and Elements lets weights vanish by a proximal step; choose another"
            )

    def _check_names(self) -> None:
        if self.loss is not None:
            as_loss(self.loss)
        if self.engine is not None:
            get_engine(self.engine)
        if self.n_threads is not None:
            check_threads(self.n_threads)

    def _check_kinds(self) -> None:
        if not isinstance(self.optimizer, Optimizer | LBFGS):
            raise ParameterError(
                f"optimizer is one of hassenet's, as SGD(0.1) or LBFGS(); got {self.optimizer!r}"
            )
        if not isinstance(self.early_stopping, EarlyStopping | None):
            raise ParameterError(f"early_stopping is EarlyStopping(…) or None; got {self.early_stopping!r}")
        if self.score is not None and not callable(self.score):
            raise ParameterError(f"score is a function of (Y, prediction), or None; got {self.score!r}")
        if not isinstance(self.callbacks, Sequence) or not all(map(callable, self.callbacks)):
            raise ParameterError(
                f"callbacks is a list of functions of (epoch, network); got {self.callbacks!r}"
            )
