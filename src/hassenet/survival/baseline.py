"""The hazard of an example of log hazard 0, as events show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, final

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

    Each stratum has the times of its own events, one stratum after the other: memory follows the events.

    Parameters
    ----------
    times : (r,) array
        The times of events, rising within each stratum.
    hazard : (r,) array
        H₀ at these times.
    stratum : (r,) array
        To which stratum each belongs, by the numbers that the target has, rising; all 0 without strata. One without
        events has a single time, at which H₀ is 0.

    Attributes
    ----------
    strata : (s,) array
        The numbers of the strata.

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
    stratum: Floats

    def __post_init__(self) -> None:
        """Check that they fit together."""
        times, hazard, stratum = (np.asarray(a, float) for a in (self.times, self.hazard, self.stratum))
        if not _fit_together(times, hazard, stratum):
            raise ShapeError(
                "a baseline has a cumulative hazard for each of the rising times of a stratum, stratum after stratum; "
                f"got {times.shape}, {hazard.shape} and {stratum.shape}; give as many"
            )
        if not np.isfinite(hazard).all() or (_rises(hazard, stratum) < 0).any():
            raise DataError(
                "a cumulative hazard is finite and does not fall; make it with Baseline.of, of log hazards within ±700"
            )
        for name, value in (("times", times), ("hazard", hazard), ("stratum", stratum)):
            object.__setattr__(self, name, value)

    @property
    def strata(self) -> Floats:
        """The numbers of the strata, (s,)."""
        return np.unique(self.stratum)

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
        rows = [np.flatnonzero(data.stratum == one) for one in np.unique(data.stratum)]
        curves = [_breslow(data.of(part), eta[part], weight[part]) for part in rows]
        numbers = [np.full(len(c.times), data.stratum[part[0]]) for c, part in zip(curves, rows, strict=True)]
        joined = (*zip(*curves, strict=True), numbers) if curves else ([], [], [])
        return Baseline(*(np.concatenate([*parts, np.empty(0)]) for parts in joined))

    def __repr__(self) -> str:
        n = len(self.strata)
        return (
            f"Baseline({len(self.times)} times, H₀ up to {self.hazard.max(initial=0):g}"
            f"{f', {n} strata' if n > 1 else ''})"
        )

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
        place = self._rows(stratum, len(eta))
        used = np.unique(place)
        times = np.unique(self.times[np.isin(self.stratum, self.strata[used])])
        H = np.array([self._at(self.strata[one], times) for one in used]).reshape(len(used), len(times))
        H = H[np.searchsorted(used, place)]
        with np.errstate(over="ignore", invalid="ignore"):
            risen = np.where(H > 0, H * np.exp(eta)[:, None], 0)
        return SurvivalCurves(times, np.exp(-risen))

    def at(self, times: Any) -> Baseline:
        """Return the baseline that is known at some rising times alone, of each stratum: at these it is the same.

        >>> Baseline([1.0, 2.0, 4.0], [0.5, 1.0, 2.0], [0, 0, 0]).at([3.0, 5.0]).hazard
        array([1., 2.])
        """
        at, strata = np.asarray(times, float), self.strata
        hazard = [self._at(one, at) for one in strata]
        return Baseline(
            np.tile(at, len(strata)), np.concatenate([*hazard, np.empty(0)]), strata.repeat(len(at))
        )

    def _at(self, stratum: float, times: Floats) -> Floats:
        """Return H₀ of one stratum at some times."""
        own = self.stratum == stratum
        from_0: Floats = np.append(0.0, self.hazard[own])
        return from_0[np.searchsorted(self.times[own], times, side="right")]

    @property
    def _named_strata(self) -> str:
        return ", ".join(f"{one:g}" for one in self.strata[:5]) + (", …" if len(self.strata) > 5 else "")

    def _rows(self, stratum: Any, m: int) -> NDArray[np.int64]:
        if stratum is None and len(self.strata) > 1:
            raise ParameterError(
                f"each stratum has its own baseline, {self._named_strata}; give stratum= for each example"
            )
        if stratum is not None and self.strata.tolist() == [0] and not _are_zeros(stratum):
            raise ParameterError(
                f"without strata there is one baseline, which is that of all; got the stratum {_first(stratum)!r}; "
                "leave stratum= out"
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


def _are_zeros(stratum: Any) -> bool:
    """Return whether strata are all of the number 0, which is that of examples without strata."""
    try:
        return not np.asarray(stratum, float).any()
    except (TypeError, ValueError):
        return False


def _first(stratum: Any) -> Any:
    """Return the first of strata, or the one of all."""
    found = np.asarray(stratum, object).ravel().tolist()
    return found[0] if found else stratum


def _fit_together(times: Floats, hazard: Floats, stratum: Floats) -> bool:
    """Return whether there are as many, strata rise, and times within each."""
    if times.ndim != 1 or not times.shape == hazard.shape == stratum.shape:
        return False
    next_stratum, next_time = np.diff(stratum) > 0, (np.diff(stratum) == 0) & (np.diff(times) > 0)
    return bool((next_stratum | next_time).all())


def _rises(hazard: Floats, stratum: Floats) -> Floats:
    """Return by how much a hazard rises to each time, in each stratum from 0 on."""
    is_first = np.diff(stratum, prepend=np.nan) != 0
    return np.where(is_first, hazard, np.diff(hazard, prepend=0))


@final
class _Curve(NamedTuple):
    """H₀ of one stratum, at the times of its events."""

    times: Floats
    hazard: Floats


def _breslow(data: Any, eta: Floats, weight: Floats) -> _Curve:
    """Return H₀ of one stratum; hazards are relative to the highest, so that no sum overflows."""
    top = eta.max(initial=-np.inf)
    seen, events, _, _ = counts(data, weight)
    at_risk = counts(data, weight * np.exp(eta - top))[3]
    with np.errstate(divide="ignore", over="ignore"):
        rise = np.where(events > 0, np.exp(np.log(events) - np.log(at_risk) - top), 0)
    kept = events > 0 if (events > 0).any() else np.arange(len(seen)) == len(seen) - 1
    return _Curve(seen[kept], np.cumsum(rise)[kept])
