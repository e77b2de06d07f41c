"""Offsets and exposures of rows on workers are those of a fit here."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from divided_rows import NETWORK, WEIGHT, M, X, array

import hassenet as hn
from hassenet.distributed import (
    DaskHierarchyRegressor,
    DaskNetworkClassifier,
    DaskNetworkRegressor,
    DaskNetworkSurvival,
)
from hassenet.errors import DataError, ParameterError, ShapeError

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

RNG = np.random.default_rng(0)
EXPOSURE = RNG.uniform(50, 5_000, M)
COUNTS = RNG.poisson(EXPOSURE * np.exp(0.5 * X[:, 0] - 3)).astype(float)
OPTIONS: dict[str, Any] = {**NETWORK, "max_iter": 5}


def network(most: float, **further: Any) -> Any:
    """Return an estimator of counts whose targets come here if there are so few at most."""
    found = DaskNetworkRegressor("poisson", dtype="float64", **{**OPTIONS, **further})
    found._most_here = most
    return found


@pytest.mark.parametrize("most", [np.inf, 0], ids=["targets come", "targets stay"])
def test_exposures_on_workers_are_those_of_a_fit_here_whatever_their_unit(client: Any, most: float) -> None:
    here = hn.NetworkRegressor("poisson", dtype="float64", **OPTIONS).fit(
        X, COUNTS, WEIGHT, exposure=EXPOSURE
    )
    rows, beside = (array(X), array(COUNTS), array(WEIGHT)), array(EXPOSURE)
    there = network(most).fit(*rows, exposure=beside)
    np.testing.assert_allclose(there.network_.theta, here.network_.theta, atol=1e-9)
    other = network(most).fit(*rows, exposure=EXPOSURE * 1_000)
    expected = here.predict(X, exposure=EXPOSURE)
    for one, asked in ((there, EXPOSURE), (there, beside), (other, EXPOSURE * 1_000)):
        np.testing.assert_allclose(one.predict(array(X), exposure=asked), expected, rtol=1e-8)
    score = here.score(X, COUNTS, WEIGHT, exposure=EXPOSURE)
    assert there.score(*rows, exposure=beside) == pytest.approx(score)


def test_offsets_that_stay_are_those_of_several_classes_and_of_rows_set_aside(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DaskNetworkClassifier, "_most_here", 0)
    labels, offset = np.digitize(X[:, 0], [-0.5, 0.5]), X[:, [1, 2, 0]]
    here = hn.NetworkClassifier(**OPTIONS).fit(X, labels, offset=offset)
    there = DaskNetworkClassifier(**OPTIONS).fit(array(X), array(labels), offset=array(offset))
    np.testing.assert_allclose(there.network_.theta, here.network_.theta, atol=1e-6)
    log = np.log(EXPOSURE)
    held = (array(X), array(COUNTS), array(WEIGHT), array(log))
    stepwise = {"solver": "adam", "batch_size": M, "early_stopping": True, "max_iter": 2}
    given = network(0, **stepwise, validation_data=held).fit(array(X), array(COUNTS), offset=array(log))
    local = hn.NetworkRegressor(
        "poisson", dtype="float64", **{**OPTIONS, **stepwise, "validation_data": (X, COUNTS, WEIGHT, log)}
    )
    expected = local.fit(X, COUNTS, offset=log).best_validation_score_
    assert given.best_validation_score_ == pytest.approx(expected)
    aside = network(0, **{**stepwise, "batch_size": 20}).fit(array(X), array(COUNTS), offset=array(log))
    assert np.isfinite(aside.best_validation_score_)


def test_times_on_workers_have_offsets_as_times_here_do(client: Any) -> None:
    times = np.column_stack([EXPOSURE, X[:, 0] > -1])
    here = hn.NetworkSurvival(**OPTIONS).fit(X, times, offset=X[:, 1])
    there = DaskNetworkSurvival(**OPTIONS).fit(array(X), array(times), offset=array(X[:, 1]))
    np.testing.assert_allclose(there.network_.theta, here.network_.theta, atol=1e-6)


@pytest.mark.parametrize("most", [np.inf, 0], ids=["targets come", "targets stay"])
@pytest.mark.parametrize(
    ("added", "message"),
    [
        ({"exposure": array(np.where(np.arange(M) == 30, 0, EXPOSURE))}, "an exposure is above 0; that at"),
        (
            {"offset": array(np.where(np.arange(M) == 30, np.nan, EXPOSURE))},
            "offset is finite; it holds 1 NaN",
        ),
        (
            {"exposure": EXPOSURE[:9]},
            "of them; got the shape (9,)|an example, 60 of them, or one for each of its 1",
        ),
        (
            {"exposure": array(EXPOSURE, 30)},
            "X and exposure have the same partitions; X has 3, exposure has 2",
        ),
        (
            {"exposure": array(EXPOSURE), "offset": array(EXPOSURE)},
            "an exposure is an offset, log(exposure); got both",
        ),
    ],
    ids=["zero", "gap", "few", "other partitions", "both"],
)
def test_offsets_on_workers_that_do_not_fit_are_refused(
    client: Any, most: float, added: Any, message: str
) -> None:
    with pytest.raises((DataError, ParameterError), match="|".join(map(re.escape, message.split("|")))):
        network(most).fit(array(X), array(COUNTS), **added)


def test_exposures_are_refused_where_nothing_is_counted_and_where_settings_are_chosen(client: Any) -> None:
    with pytest.raises(ParameterError, match="an exposure is of counts"):
        DaskNetworkClassifier(**OPTIONS).fit(array(X), array(COUNTS > 9), exposure=array(EXPOSURE))
    with pytest.raises(
        ParameterError, match="this estimator takes none; take DaskNetworkRegressor with a loss"
    ):
        DaskHierarchyRegressor(likelihood="poisson").fit(array(X), array(COUNTS), exposure=array(EXPOSURE))
    fitted = network(np.inf, max_iter=1).fit(array(X), array(COUNTS), exposure=array(EXPOSURE))
    with pytest.raises(ShapeError, match="X has 3, exposure has 2"):
        fitted.predict(array(X), exposure=array(EXPOSURE, 30))
    with pytest.raises(
        ShapeError, match=r"there is one exposure an example, 60 of them; got the shape \(9,\)"
    ):
        fitted.predict(array(X), exposure=EXPOSURE[:9])


def test_a_loss_of_times_names_the_estimator_of_times_on_workers(client: Any) -> None:
    with pytest.raises(ParameterError, match="take NetworkSurvival, on workers DaskNetworkSurvival"):
        DaskNetworkRegressor(hn.likelihoods.CoxLoss()).fit(array(X), array(COUNTS))
