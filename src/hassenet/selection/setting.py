"""One way to train a network on a hierarchy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from hassenet._checks import NOT_NEGATIVE, SHARE, require_number, require_whole_number


@final
@dataclass(frozen=True)
class Setting:
    """The penalty λ, and how many neurons an element has; without neurons it is a linear model.

    Parameters
    ----------
    penalty : float
        λ ≥ 0 of the penalty (λ/2)‖W‖², see :class:`hassenet.L2`.
    neurons : int
        Neurons an element; 0 stands for the network of depth 1, whose outputs look at the features alone: linear,
        logistic or multinomial regression.
    input_dropout : float in [0, 1)
        The share of the features that each step of training leaves out.
    activation : str
        Of hidden neurons.

    Raises
    ------
    ParameterError
        If one is outside its domain.

    Examples
    --------
    >>> print(Setting(0.1))
    linear, λ = 0.1
    >>> print(Setting(0.01, neurons=4, input_dropout=0.5))
    4 silu neurons an element, λ = 0.01, input dropout 0.5
    """

    penalty: float
    neurons: int = 0
    input_dropout: float = 0.0
    activation: str = "silu"

    def __post_init__(self) -> None:
        """Refuse what no training would take."""
        require_number("a penalty", self.penalty, NOT_NEGATIVE)
        require_whole_number("neurons", self.neurons, 0)
        require_number("input_dropout", self.input_dropout, SHARE)

    @property
    def is_linear(self) -> bool:
        """Whether the outputs look at the features alone."""
        return self.neurons == 0

    def __str__(self) -> str:
        if self.is_linear:
            return f"linear, λ = {self.penalty:.3g}"
        units = "neuron" if self.neurons == 1 else "neurons"
        dropout = f", input dropout {self.input_dropout:g}" if self.input_dropout else ""
        return f"{self.neurons} {self.activation} {units} an element, λ = {self.penalty:.3g}{dropout}"
