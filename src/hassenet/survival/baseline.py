"""The hazard of an example of log hazard 0, as events show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import DataError, ParameterError, ShapeError
from hassenet.survival.curves import SurvivalCurves
from hassenet.survival.kaplan_meier import counts
from hassenet.survival.targets import one_each, weighted

Floats = NDArray[np.float64]


@final
@dataclass(frozen=True, eq=False)
class Baseline:
    """H₀(t) = Σ_{times ≤ t} d / Σ_{j at risk} e^ηⱼ, the cumulative hazard, for each stratum; d events (Breslow, 1972).

    Parameters
    ----------
    times : (q,) array
        The times of events, rising; those of all strata.
    hazard : (s, q) array
        H₀ at these times, a row a stratum.
    strata : (s,) array
        The numbers of the strata, as the target has them; 0 without any.

    Raises
    ------
    ShapeError
        If they do not fit together.
    DataError
        If a hazard is not finite, or falls.

    Examples
    --------
    >>> Baseline.of([[1, 1], [2, 1], [3, 0]], [0.0, 0.0, 0.0])  # ⅓, and ½ more
    Baseline(2 times, H₀ up to 0.833333)
    """

    times: Floats
    hazard: Floats
    strata: Floats

    def __post_init__(self) -> None:
        """Check the shapes."""
        times, hazard, strata = (np.asarray(a, float) for a in (self.times, self.hazard, self.strata))
        if hazard.shape != (*strata.shape, *times.shape) or hazard.ndim != 2 or (np.diff(times) <= 0).any():
            raise ShapeError(
                f"a baseline has a cumulative hazard for each stratum and each of its rising times; got "
                f"{strata.shape}, {times.shape} and {hazard.shape}; give as many"
            )
        if not np.isfinite(hazard).all() or (np.diff(hazard, axis=1, prepend=0) < 0).any():
            raise DataError(
                "a cumulative hazard is finite and does not fall; make it with Baseline.of, of log hazards within ±700"
            )
        for name, value in (("times", times), ("hazard", hazard), ("strata", strata)):
            object.__setattr__(self, name, value)

    @staticmethod
    def of(Y: Any, log_hazard: Any, sample_weight: Any = None) -> Baseline:
        """Return Breslow's estimate.

        Parameters
        ----------
        Y : (m, 2) or (m, 3) array
            Time, event and stratum; see :func:`survival_targets`.
        log_hazard : (m,) or (m, 1) array
            η, the output of the network.
        sample_weight : (m,) array, optional

        Raises
        ------
        ShapeError, TargetError
            If they do not fit.
        """
        data, weight = weighted(Y, sample_weight)
        eta = one_each("log_hazard", log_hazard, len(weight))[weight > 0]
        data, weight = data.of(weight > 0), weight[weight > 0]
        times, strata = np.unique(data.time[data.event]), np.unique(data.stratum)
        rows = [np.flatnonzero(data.stratum == one) for one in strata]
        curves = [_breslow(data.of(part), eta[part], weight[part], times) for part in rows]
        return Baseline(times, np.array(curves), strata)

    def __repr__(self) -> str:
        strata = f", {len(self.strata)} strata" if len(self.strata) > 1 else ""
        return f"Baseline({len(self.times)} times, H₀ up to {self.hazard.max(initial=0):g}{strata})"

    def survival(self, log_hazard: Any, stratum: Any = None) -> SurvivalCurves:
        """Return S(t|x) = e^(−H₀(t) e^η) of each example.

        Parameters
        ----------
        log_hazard : (m,) or (m, 1) array
        stratum : (m,) array or number, optional
            Needed where there are several.

        Raises
        ------
        ParameterError
            If there are strata and none is given, or another one.
        """
        eta = np.asarray(log_hazard, float).ravel()
        H = self.hazard[self._rows(stratum, len(eta))]
        with np.errstate(over="ignore", invalid="ignore"):
            risen = np.where(H > 0, H * np.exp(eta)[:, None], 0)
        return SurvivalCurves(self.times, np.exp(-risen))

    @property
    def _named_strata(self) -> str:
        return ", ".join(f"{one:g}" for one in self.strata[:5]) + (", …" if len(self.strata) > 5 else "")

    def _rows(self, stratum: Any, m: int) -> NDArray[np.int64]:
        if stratum is None and len(self.strata) > 1:
            raise ParameterError(
                f"each stratum has its own baseline, {self._named_strata}; give stratum= for each example"
            )
        try:
            given = np.asarray(self.strata[0] if stratum is None else stratum, float)
        except ValueError:
            raise ParameterError(
                f"strata have the numbers of the target, {self._named_strata}; got {stratum!r}; names are numbered "
                "in their order by survival_targets"
            ) from None
        wanted = np.broadcast_to(given, (m,))
        place = np.minimum(np.searchsorted(self.strata, wanted), len(self.strata) - 1)
        unknown = wanted[self.strata[place] != wanted]
        if len(unknown):
            raise ParameterError(
                f"strata are those of the training, {self._named_strata}; got {unknown[0]:g}; name one"
            )
        return place


def _breslow(data: Any, eta: Floats, weight: Floats, times: Floats) -> Floats:
    """Return H₀ of one stratum at these times; hazards are relative to the highest, so that no sum overflows."""
    top = eta.max(initial=-np.inf)
    seen, events, _, _ = counts(data, weight)
    at_risk = counts(data, weight * np.exp(eta - top))[3]
    with np.errstate(divide="ignore", over="ignore"):
        rise = np.where(events > 0, np.exp(np.log(events) - np.log(at_risk) - top), 0)
    return np.append(0.0, np.cumsum(rise))[np.searchsorted(seen, times, side="right")]
