"""The outputs of an estimator: those of its targets, and the parameters of its loss beside them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from hassenet.hierarchy import Constant
from hassenet.likelihoods import (
    LearnedDispersionLoss,
    LearnedScaleLoss,
    Loss,
    OrdinalLoss,
    QuantileLoss,
    ZeroInflatedLoss,
)


def n_outputs(loss: Loss, columns: int) -> int:
    """Return how many outputs a loss has for targets of so many columns.

    Examples
    --------
    >>> n_outputs(LearnedDispersionLoss(), 2), n_outputs(OrdinalLoss(4), 1)
    (4, 3)
    """
    return loss.outputs or columns if loss.target_columns else columns * loss.heads


def outputs_of(loss: Loss, names: Sequence[str]) -> tuple[Hashable, ...]:
    """Return the outputs for targets of these names; what is the same for every example is a ``Constant``.

    Examples
    --------
    >>> outputs_of(QuantileLoss((0.1, 0.9)), ["weight"])
    ('weight 0.1', 'weight 0.9')
    >>> [str(output) for output in outputs_of(LearnedDispersionLoss(), ["visits"])]
    ['visits', 'log dispersion of visits']
    """
    if isinstance(loss, QuantileLoss) and loss.heads > 1:
        return tuple(f"{name} {q:g}" for q in loss.quantiles for name in names)  # type: ignore[union-attr]  # several
    if isinstance(loss, OrdinalLoss):
        return (*names, *(Constant(f"log gap {j}", names[0]) for j in range(1, loss.outputs)))
    return (*names, *(Constant(what, name) for what in _parameters(loss) for name in names))


def _parameters(loss: Loss) -> tuple[str, ...]:
    """Return what a loss learns beside means."""
    match loss:
        case LearnedDispersionLoss():
            return ("log dispersion",)
        case LearnedScaleLoss():
            return ("log deviation",)
        case ZeroInflatedLoss(count=count):
            return (*_parameters(count), "logit of zeros")
    return ()
