"""G: the activations, a table of values and, beside each, its derivative."""

from hassenet.activations.own import own
from hassenet.activations.table import (
    ACTIVATIONS,
    Activation,
    activation,
    in_blocks,
    log_softmax,
)

__all__ = ["ACTIVATIONS", "Activation", "activation", "in_blocks", "log_softmax", "own"]
