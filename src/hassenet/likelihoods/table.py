"""The losses by name, and the loss of a model or of an output activation."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hassenet.errors import ParameterError
from hassenet.likelihoods.base import Likelihood, Loss
from hassenet.likelihoods.bernoulli import BinaryCrossEntropy
from hassenet.likelihoods.categorical import CrossEntropy
from hassenet.likelihoods.cox import CoxLoss
from hassenet.likelihoods.discrete_time import DiscreteTimeLoss
from hassenet.likelihoods.gaussian import GaussianLoss, SquaredError
from hassenet.likelihoods.heads import Heads
from hassenet.likelihoods.laplace import AbsoluteError
from hassenet.likelihoods.negative_binomial import NegativeBinomialLoss
from hassenet.likelihoods.poisson import PoissonLoss
from hassenet.likelihoods.quantile import QuantileLoss
from hassenet.likelihoods.student import StudentTLoss

_TABLE: tuple[Loss, ...] = (
    SquaredError(),
    BinaryCrossEntropy(),
    CrossEntropy(),
    PoissonLoss(),
    AbsoluteError(),
    GaussianLoss(),
    NegativeBinomialLoss(),
    QuantileLoss(),
    StudentTLoss(),
)

LOSSES: Mapping[str, Loss] = MappingProxyType({loss.name: loss for loss in _TABLE})
"""The losses by name; "gaussian" has Σ = id, so it is half the squared error; "negative_binomial" has the
dispersion 1, "quantile" is of the median, "student_t" has four degrees of freedom."""


STRUCTURED: Mapping[str, Loss] = MappingProxyType(
    {loss.name: loss for loss in (CoxLoss(), DiscreteTimeLoss())}
)
"""Losses by name whose outputs and targets are not column by column the same."""


def as_loss(loss: str | Loss | Likelihood) -> Loss:
    """Return the loss of that name, the loss itself, or the loss of a model.

    Raises
    ------
    ParameterError
        If there is no such loss.

    Examples
    --------
    >>> as_loss("poisson")
    PoissonLoss()
    """
    if isinstance(loss, Loss):
        return loss
    if isinstance(loss, Likelihood):
        return loss.loss
    if isinstance(loss, str) and loss in (known := {**LOSSES, **STRUCTURED}):
        return known[loss]
    raise ParameterError(
        f"no loss {loss!r}; choose one of {', '.join({**LOSSES, **STRUCTURED})}, or give a loss or a likelihood"
    )


def canonical_loss(output: str | None) -> Loss:
    """Return the first loss in the table for which an output activation is canonical; of blocks, with equal weights.

    Examples
    --------
    >>> canonical_loss("sigmoid")
    BinaryCrossEntropy()
    >>> canonical_loss("softmax/2")
    Heads(loss=CrossEntropy(), weights=(1.0, 1.0))
    """
    family, _, heads = (output or "").partition("/")
    match = next((loss for loss in _TABLE if loss.canonical == family), None)
    if match is None:
        raise ParameterError(
            f"no loss has {output or 'a mixture'} as its canonical output activation; name one: loss=…"
        )
    return Heads(match, (1.0,) * int(heads)) if heads else match
