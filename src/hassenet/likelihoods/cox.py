"""Cox's partial likelihood: times until an event, of which some are not seen to their end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, final

import numpy as np

from hassenet.errors import ParameterError, ShapeError
from hassenet.likelihoods.base import Array, IdentityLoss, Likelihood, refuse, rows
from hassenet.likelihoods.comparable import check_comparable
from hassenet.likelihoods.gaps import Part, Seen, all_or_none
from hassenet.likelihoods.risk_sets import RiskSets, Ties

_COLUMNS = ("time", "event"), ("time", "event", "stratum")


@final
@dataclass(frozen=True)
class CoxLoss(IdentityLoss):
    """L(ŷ, y) = event · (log Σ_{j at risk} e^ŷⱼ − ŷ), from Cox(): proportional hazards; canonical output: the identity.

    The one output is the log of the hazard ratio. The target has two columns, the time and whether an event was seen
    then (1) or nothing until then (0), and a third one where the baseline differs from stratum to stratum. (In a block
    of ``Joint`` it has one, ``hassenet.survival.signed_times``.) At risk are the examples of the batch and of the
    stratum whose time is not earlier. So a batch is a part of the likelihood, and all examples in one
    (``batch_size=m``, or ``LBFGS()``) are the whole; J is minus its logarithm over Σw. With weights w the sum is over
    wⱼ e^ŷⱼ, and each event counts w times.

    Where several events fall on one time, Efron's l-th of d takes (l/d) Σ_{events then} e^ŷⱼ from the sum, Breslow's
    nothing. A constant added to the output changes nothing, so that nothing says what its bias is: what rounding leaves
    of the slope may move it, by Adam as far as any other parameter, and the baseline of hazards takes that up.

    The sums cost O(m log m); they are sums of logarithms, finite for every finite ŷ.

    Parameters
    ----------
    ties : "efron" or "breslow", default "efron"

    Raises
    ------
    ParameterError
        If the ties are counted in another way.

    References
    ----------
    Cox, Regression models and life-tables, JRSS B 34 (1972) 187–220; Efron, The efficiency of Cox's likelihood function
    for censored data, JASA 72 (1977) 557–565; Breslow, Covariance analysis of censored survival data, Biometrics 30
    (1974) 89–99. Deep: Katzman et al., DeepSurv, BMC Medical Research Methodology 18 (2018) 24.

    Examples
    --------
    >>> CoxLoss().cost(
    ...     [[0.0], [0.0], [0.0]], [[1, 1], [2, 0], [3, 1]]
    ... )  # log 3 for the first, log 1 for the last
    array([1.09861229, 0.        , 0.        ])
    """

    ties: Ties = "efron"
    name: ClassVar[str] = "cox"
    outputs: ClassVar[int] = 1
    looks_at_others: ClassVar[bool] = True
    target_columns: ClassVar[tuple[tuple[str, ...], ...]] = _COLUMNS
    is_curved: ClassVar[bool] = False

    def __post_init__(self) -> None:
        """Check the ties."""
        if self.ties not in ("efron", "breslow"):
            raise ParameterError(
                f"ties are counted as 'efron' or 'breslow' do; got {self.ties!r}; choose one"
            )

    @property
    def likelihood(self) -> Cox:
        """Cox(ties)."""
        return Cox(self.ties)

    def observed_parts(self, seen: Seen) -> Iterator[Part]:
        """Yield the examples that have a time."""
        return all_or_none(self, seen)

    def among(self, weight: Array) -> Weighted:
        """Return the loss of a batch with these weights."""
        return Weighted(self, weight)

    def value(self, prediction: Array, y: Array) -> Array:
        return self.among(np.ones(y.shape[1])).value(prediction, y)

    def slope(self, prediction: Array, y: Array) -> Array:
        return self.among(np.ones(y.shape[1])).slope(prediction, y)

    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        return self.among(np.ones(y.shape[1])).curvature(s, y, v)

    def check(self, Y: Array) -> None:
        """Raise TargetError unless times are ≥ 0, events 0 or 1, and one event at least was seen."""
        check_observed(Y)
        none_seen = np.full(len(Y), not self.events(Y).any())
        remedy = "give examples with events, or code them as 1"
        refuse(none_seen, Y, "of survival times one at least ends with an event", remedy)

    def check_learnable(self, Y: Array) -> None:
        """Raise TargetError where no event comes while another example of its stratum is observed."""
        stratum = Y[:, 2] if Y.shape[1] == 3 else np.zeros(len(Y))
        check_comparable(abs(Y[:, 0]), self.events(Y), stratum)

    @staticmethod
    def events(Y: Array) -> Array:
        """Return whether an event was seen, of a target with a row an example, (m,)."""
        return np.asarray(Y[:, -1] > 0 if Y.shape[1] == 1 else Y[:, 1] == 1)


def check_observed(Y: Array) -> None:
    """Raise TargetError unless the first column holds times and the second events; a row of NaN says nothing.

    Raises
    ------
    TargetError
    """
    there = np.asarray(~np.isnan(Y).all(axis=1))
    if Y.shape[1] == 1:
        refuse(
            Y[:, 0] == 0,
            Y,
            "a time with a sign, minus where no event was seen, is not 0",
            "give (time, event)",
        )
        return
    rule = "a survival time has its event and its stratum beside it, or NaN in all where nothing is known"
    refuse(there & np.isnan(Y).any(axis=1), Y, rule, "fill or drop the row")
    remedy = "count from when the example was first observed"
    refuse(there & ~(Y[:, 0] >= 0), Y, "a time until an event is ≥ 0", remedy)
    refuse(
        there & (Y[:, 1] != 0) & (Y[:, 1] != 1),
        Y,
        "the second column says whether an event was seen, 1, or none until then, 0",
        "give (time, event), or name the columns of a table 'time' and 'event'",
    )


@final
@dataclass(frozen=True, eq=False)
class Weighted(IdentityLoss):
    """Cox's loss of the examples of one batch, whose weights it knows."""

    of: CoxLoss
    weight: Array = field(repr=False)
    name: ClassVar[str] = "cox"
    outputs: ClassVar[int] = 1
    looks_at_others: ClassVar[bool] = True
    target_columns: ClassVar[tuple[tuple[str, ...], ...]] = _COLUMNS
    is_curved: ClassVar[bool] = False

    @property
    def likelihood(self) -> Cox:
        """Cox(ties)."""
        return self.of.likelihood

    def observed_parts(self, seen: Seen) -> Iterator[Part]:
        """Yield the examples that have a time, with their weights."""
        there = np.flatnonzero(seen.all(axis=0))
        yield Part(Weighted(self.of, self.weight[there]), slice(None), there)

    def _risk_sets(self, prediction: Array, y: Array) -> RiskSets:
        if len(prediction) != 1:
            raise ShapeError(f"a hazard ratio is one output; the network has {len(prediction)}; give it one")
        return RiskSets.of(y, self.weight, self.of.ties)

    def value(self, prediction: Array, y: Array) -> Array:
        found = self._risk_sets(prediction, y).value(prediction[0].astype(float))
        return found.astype(prediction.dtype)

    def slope(self, prediction: Array, y: Array) -> Array:
        found = self._risk_sets(prediction, y).slope(prediction[0].astype(float))
        return found[None].astype(prediction.dtype)

    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        found = self._risk_sets(s, y).curvature(s[0].astype(float), v[0].astype(float))
        return found[None].astype(s.dtype)


@final
@dataclass(frozen=True)
class Cox(Likelihood):
    """h(t|x) = h₀(t) e^ŷ with any h₀: Π_{events} e^ŷ / Σ_{j at risk} e^ŷⱼ, the partial likelihood.

    ``log_prob`` is that of the order in which events came, the part of each example; what it says depends on who else
    is there. A sample has h₀ = 1 and an event for each: the partial likelihood knows h₀ by no more than the order.

    Parameters
    ----------
    ties : "efron" or "breslow", default "efron"

    Examples
    --------
    >>> Cox().log_prob([[0.0], [0.0]], [[1, 1], [2, 1]]).round(4)  # ½, and then 1
    array([-0.6931, -0.    ])
    """

    ties: Ties = "efron"

    def __post_init__(self) -> None:
        """Check the ties."""
        _ = self.loss

    @property
    def loss(self) -> CoxLoss:
        """CoxLoss(ties)."""
        return CoxLoss(self.ties)

    def log_prob(self, prediction: Any, target: Any) -> Array:
        return -self.loss.cost(prediction, target)

    def sample(self, prediction: Any, rng: np.random.Generator) -> Array:
        """Draw (time, event) for each row of ŷ, times exponential of the rate e^ŷ."""
        log_hazard = rows(prediction)
        time = rng.standard_exponential(log_hazard.shape) * np.exp(-log_hazard)
        return np.hstack([time, np.ones_like(time)])
