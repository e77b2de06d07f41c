"""What a model of outcomes reads beside its features, and how one is made of a bare network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.scaling import Scaling
from hassenet.data.stream import is_stream
from hassenet.data.table import columns_of, is_table
from hassenet.errors import ParameterError
from hassenet.model.making import features_of
from hassenet.network import Ensemble, Network
from hassenet.outcomes import HazardRatio, Outcome, Outcomes
from hassenet.outcomes.times import survival_at
from hassenet.survival import Baseline, SurvivalModel
from hassenet.task.names import spelled

Array = NDArray[Any]


def require_outcomes(outcomes: Outcomes | None, task: str) -> Outcomes:
    """Return the outcomes of a model of some task.

    Raises
    ------
    ParameterError
        If it has none.
    """
    if outcomes is None:
        raise ParameterError(
            f"a {task} has neither outcomes nor survival curves; use predict, or give Model(…, outcomes=…)"
        )
    return outcomes


def parts_of_outcomes(
    net: Network | Ensemble,
    scaling: Scaling | None,
    columns: Sequence[str] | None,
    outcomes: Outcomes | Sequence[Outcome],
) -> dict[str, Any]:
    """Return what a model of a network and its outcomes is made of."""
    given = outcomes if isinstance(outcomes, Outcomes) else Outcomes(tuple(outcomes))
    return {
        "network": net,
        "features": features_of(Ensemble.of(net).networks[0], columns),
        "scaling": scaling,
        "task": "outcomes",
        "targets": given.names,
        "outcomes": given,
    }


def hazard_ratio_of(model: SurvivalModel, target: str | None) -> HazardRatio:
    """Return the outcome of a survival model; its columns are called as those of a target of Cox's loss."""
    return hazard_ratio(model.baseline, target or "time")


def hazard_ratio(own: Baseline, name: str = "time") -> HazardRatio:
    """Return the outcome of a network with a baseline, whose strata are named by their numbers."""
    strata = own.strata
    if len(strata) < 2:
        return HazardRatio(name, "event", baseline=own)
    numbered = Baseline(own.times, own.hazard, np.searchsorted(strata, own.stratum).astype(float))
    labels = tuple(map(spelled, strata.tolist()))
    return HazardRatio(name, "event", stratum="stratum", labels=labels, baseline=numbered)


def offsets_of(outcomes: Outcomes, X: Any, given: Any) -> Array | None:
    """Return what is added to the signal of each output, as given or as a table has it; None where there is nothing.

    Raises
    ------
    ParameterError, FeatureError, DataError
        If it is neither given nor in a table, or given where there is none.
    """
    if outcomes.offset is None:
        if given is not None:
            raise ParameterError("this model was made without an offset or an exposure; leave offset=… out")
        return None
    if given is not None:
        return outcomes.offsets(outcomes.offset.of(given))
    X = _with_column(X, outcomes.offset.column)
    if not is_table(X):
        raise ParameterError(
            f"this model adds the column {outcomes.offset.column!r}; an array has none; give offset=… or a table"
        )
    return outcomes.offsets(outcomes.offset.read(X))


def strata_of(outcomes: Outcomes, X: Any, given: Any) -> Any:
    """Return the stratum of each example, as given or as a table has it; None where there are none."""
    one = outcomes.survival[0]
    name = one.stratum if isinstance(one, HazardRatio) else None
    if given is not None or name is None:
        return given
    X = _with_column(X, name)
    if not is_table(X) or name not in columns_of(X).names:
        return given
    return np.array(columns_of(X).cells(name).to_pylist(), object)


def _with_column(X: Any, name: str) -> Any:
    """Return a column of a stream that has it, a table in memory; anything else as it is."""
    return X.cells([name]) if is_stream(X) and name in X.columns else X


def answers_of(
    outcomes: Outcomes, outputs: Array, X: Any, stratum: Any = None, times: Any = ()
) -> dict[str, Any]:
    """Return what outcomes say of examples by the outputs of these, as :meth:`hassenet.model.Model.answers`."""
    found = outcomes.answers(outputs)
    if outcomes.has_survival or len(np.atleast_1d(times)):
        found |= columns_of_curves(outcomes, outputs, strata_of(outcomes, X, stratum), times)
    return found


def columns_of_curves(outcomes: Outcomes, outputs: Array, stratum: Any, times: Any) -> dict[str, Array]:
    """Return the median time of each example, and the probability to be without the event at some times."""
    one, place = outcomes.survival
    if stratum is None and isinstance(one, HazardRatio) and one.labels:
        stratum = np.full(len(outputs), None)  # risks are known, and a warning says that curves are not
    curves = one.curves(outputs[:, place], stratum)
    at = np.atleast_1d(np.asarray(times, float))
    columns = zip(at.tolist(), survival_at(curves, at).T, strict=True)
    return {f"median_{one.name}": curves.median} | {f"survival_{spelled(t)}": column for t, column in columns}
