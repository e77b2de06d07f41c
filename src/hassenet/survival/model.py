"""A network with the baseline of its hazards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import ShapeError
from hassenet.network import Ensemble, Network
from hassenet.survival.baseline import Baseline
from hassenet.survival.curves import SurvivalCurves

Floats = NDArray[np.float64]


@final
@dataclass(frozen=True)
class SurvivalModel:
    """Proportional hazards: h(t|x) = h₀(t) e^(Nx), with the baseline of the examples that N was trained on.

    ``hn.save`` and ``hn.load`` keep both.

    Parameters
    ----------
    network : Network or Ensemble
        N, of one output.
    baseline : Baseline
        H₀.

    Raises
    ------
    ShapeError
        If N has several outputs.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> net = Network(Hierarchy.complete(1, 1), theta=[1.0, 0.0], dtype="float64")
    >>> model = SurvivalModel.of(net, [[0.0], [0.0], [0.0]], [[1, 1], [2, 1], [3, 0]])
    >>> model.survival([[0.0], [1.0]]).at([1.5])  # e^(−⅓), and e^(−e/3)
    array([[0.71653131],
           [0.40409958]])
    """

    network: Network | Ensemble
    baseline: Baseline

    def __post_init__(self) -> None:
        """Refuse several outputs."""
        outputs = self.network.hierarchy.shape[-1]
        if outputs != 1:
            raise ShapeError(
                f"a hazard ratio is one output; the network has {outputs}; take it with_outputs([…])"
            )

    @staticmethod
    def of(network: Network | Ensemble, X: Any, Y: Any, sample_weight: Any = None) -> SurvivalModel:
        """Return a network with the baseline that these examples show, as a rule those it was trained on.

        Parameters
        ----------
        network : Network or Ensemble
        X : (m, n₀) array, sparse array or table
        Y : (m, 2) or (m, 3) array
            Time, event and stratum; see :func:`survival_targets`.
        sample_weight : (m,) array, optional

        Raises
        ------
        DataError
            If they do not fit.
        """
        return SurvivalModel(network, Baseline.of(Y, network(X), sample_weight))

    def log_hazard(self, X: Any) -> Floats:
        """Return the logarithm of the hazard ratio of each example, (m,): the higher, the sooner the event."""
        found: Floats = np.asarray(self.network(X), float)[:, 0]
        return found

    def survival(self, X: Any, stratum: Any = None) -> SurvivalCurves:
        """Return S(t|x) of each example; with several strata, in the one that is given, a number or one a row."""
        return self.baseline.survival(self.log_hazard(X), stratum)

    def predict(self, X: Any, stratum: Any = None) -> Floats:
        """Return the median time until the event of each example, (m,); infinity where S stays above ½."""
        return self.survival(X, stratum).median
