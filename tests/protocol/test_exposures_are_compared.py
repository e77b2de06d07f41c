"""Counts with an exposure, and numbers with an offset, in comparisons: all models have it with the weight 1."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import PoissonRegressor
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import hassenet as hn
from hassenet.cli import main
from hassenet.cli.compare import run as command
from hassenet.errors import CheckpointError, DataError, ParameterError, ShapeError
from hassenet.estimators import HierarchyOutcomes
from hassenet.optimizers import LBFGS
from hassenet.outcomes import Count, OffsetColumn, Outcomes
from hassenet.protocol.exposed import InColumns, OfRates, WithExposure, exposed
from hassenet.protocol.measures import measured
from hassenet.protocol.models import USUAL, Rows
from hassenet.protocol.network import as_it_comes
from hassenet.protocol.problem import Problem
from hassenet.selection import Setting

M = 60
RNG = np.random.default_rng(0)
X = RNG.standard_normal((M, 4))
ETA = (X[:, 0] + X[:, 1]) / 2
H = hn.Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "q"), ("d", "q")])
YEARS = np.exp(RNG.normal(0, 1, M))
VISITS = RNG.poisson(YEARS * np.exp(ETA)).astype(float)
SEEN = np.column_stack([X, np.log(YEARS)])


def test_rates_with_the_weights_of_exposures_are_poisson_regression_with_an_offset():
    found = OfRates(PoissonRegressor(alpha=0, tol=1e-9, max_iter=1000)).fit(SEEN, VISITS)
    net = hn.Network(hn.Hierarchy.complete(4, 1), output="exp", dtype="float64", theta=np.zeros(5))
    fit = hn.fit(net, X, VISITS, offset=np.log(YEARS), optimizer=LBFGS(500), epochs=500)
    expected = fit.network(X, offset=np.log(YEARS))[:, 0]
    np.testing.assert_allclose(found.predict(SEEN), expected, rtol=1e-4)


@pytest.mark.parametrize("name", ["linear model", "random forest", "gradient boosting"])
def test_the_usual_models_of_a_count_know_its_exposure_and_choose_by_counts(name):
    model = USUAL["count"][name](Rows(M, 2, is_exposed=True), 0)
    last = model.steps[-1][1]
    if isinstance(last, GridSearchCV):
        last.set_params(param_grid={key: values[:1] for key, values in last.param_grid.items()})
        assert isinstance(last.estimator, OfRates)
        if name == "gradient boosting":
            last.estimator.model.set_params(max_iter=3)
    else:
        last.model.set_params(n_estimators=5)
    gaps = np.where(np.arange(M)[:, None] % 9 == 0, np.nan, X)
    seen = np.column_stack([gaps, np.log(YEARS)])
    model.fit(seen, VISITS)
    longer = np.column_stack([gaps, np.log(3 * YEARS)])
    np.testing.assert_allclose(model.predict(longer), 3 * model.predict(seen))


@pytest.mark.parametrize("unit", [1e-3, 1e6])
def test_a_penalty_weighs_the_same_whatever_the_unit_of_an_exposure_is(unit):
    other = np.column_stack([X, np.log(unit * YEARS)])
    one, another = (OfRates(PoissonRegressor(alpha=0.1)).fit(seen, VISITS) for seen in (SEEN, other))
    np.testing.assert_allclose(another.predict(other), one.predict(SEEN), rtol=1e-6)


def test_counts_with_an_exposure_are_judged_beyond_it():
    nothing = YEARS * VISITS.sum() / YEARS.sum()
    known = DummyRegressor(strategy="constant", constant=1.0)
    found, r = measured("count", exposed(known).fit(SEEN, VISITS), SEEN, VISITS, exposure=YEARS)
    assert r == 0
    best = DummyRegressor()
    own, _ = measured("count", exposed(best).fit(SEEN, VISITS), SEEN, VISITS, exposure=YEARS)
    assert own == pytest.approx(0, abs=1e-12)
    assert found < own
    np.testing.assert_allclose(exposed(best).fit(SEEN, VISITS).predict(SEEN), nothing)


def quick(H, seed):
    outcomes = Outcomes((Count("visits", "poisson"),), OffsetColumn("years", is_exposure=True))
    settings = [Setting(0.01)]
    return HierarchyOutcomes(
        H, outcomes=outcomes, settings=settings, folds=2, members=1, steps=20, random_state=seed
    )


def network(H, seed):
    return hn.NetworkRegressor(hierarchy=H, loss="poisson", max_iter=2, random_state=seed)


@pytest.mark.parametrize("one", [quick, network])
@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_the_network_takes_the_exposure_as_an_offset(one, tmp_path):
    def compared(exposure, **options):
        others = {"linear model": PoissonRegressor()}
        options |= {"network": one, "others": others, "folds": 2, "repeats": 1}
        return hn.compare(H, X, VISITS, task="count", exposure=exposure, **options)

    found = compared(YEARS, checkpoint=tmp_path / "kept")
    assert found.kind == "count"
    assert np.isfinite(found.values).all()
    with pytest.raises(CheckpointError, match="data"):
        compared(2 * YEARS, checkpoint=tmp_path / "kept")
    of_offset = hn.compare(
        H,
        X,
        VISITS,
        task="count",
        offset=np.log(YEARS),
        network=one,
        others={},
        folds=2,
        repeats=1,
    )
    np.testing.assert_allclose(of_offset.values, found.values[:, :3])


def test_models_of_ones_own_take_an_exposure_or_weights():
    pipeline = make_pipeline(StandardScaler(with_std=False), PoissonRegressor())
    search = GridSearchCV(PoissonRegressor(), {"alpha": [1.0]}, cv=2)
    expected = OfRates(PoissonRegressor()).fit(SEEN, VISITS).predict(SEEN)
    for model in (pipeline, search):
        found = exposed(model).fit(SEEN, VISITS).predict(SEEN)
        np.testing.assert_allclose(found, expected, rtol=1e-3)
    assert isinstance(exposed(network(H, 0)), WithExposure)
    assert isinstance(exposed(quick(H, 0)), InColumns)


def test_the_usual_network_of_a_count_has_the_likelihood_that_is_asked_for():
    for asked, expected in ((None, "negative_binomial"), ("zero_inflated_poisson", "zero_inflated_poisson")):
        beside = as_it_comes("count", H, 3, 2, likelihood=asked, is_exposed=True)(H, 7)
        assert beside.outcomes.parts[0].dispersion == expected
        assert beside.outcomes.offset.is_exposure
        assert as_it_comes("count", H, 3, 2, likelihood=asked)(H, 7).likelihood == expected
    assert as_it_comes("regression", H, 3, 2, likelihood="laplace")(H, 7).likelihood == "laplace"


@pytest.mark.parametrize("asked", [{}, {"quantiles": [0.5]}])
def test_numbers_are_compared_without_their_offset(asked):
    problem = Problem.of(H, X, ETA + YEARS, "auto", 3, offset=YEARS, **asked)
    np.testing.assert_allclose(problem.y, ETA)
    assert problem.exposure is None


@pytest.mark.parametrize(
    ("y", "asked", "error", "part"),
    [
        (
            VISITS,
            {"exposure": YEARS},
            ParameterError,
            "an exposure is of counts; the target is of the kind 'reg",
        ),
        (VISITS, {"task": "count", "exposure": YEARS, "offset": YEARS}, ParameterError, "got both; give one"),
        (VISITS, {"task": "count", "exposure": -YEARS}, DataError, "an exposure is above 0"),
        (VISITS, {"task": "count", "exposure": YEARS[:9]}, ShapeError, "one offset an example"),
        (ETA > 0, {"offset": YEARS}, ParameterError, "make a covariate of it"),
        (
            ETA > 0,
            {"likelihood": "poisson"},
            ParameterError,
            "of the kind 'classification' there is no 'poisson'",
        ),
        (ETA, {"likelihood": "poisson"}, ParameterError, "choose one of 'gaussian'"),
        (
            VISITS,
            {"task": "count", "exposure": YEARS, "others": {"k": KNeighborsRegressor()}},
            ParameterError,
            "KNeighborsRegressor.fit takes neither",
        ),
    ],
)
def test_exposures_that_suit_no_target_or_model_are_refused_before_any_training(y, asked, error, part):
    with pytest.raises(error, match=part):
        hn.compare(H, X, y, network=lambda H, seed: 1 / 0, folds=3, **{"others": {}, **asked})


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--target", "visits", "--task", "count", "--exposure", "years", "--drop", "weight"), np.log(YEARS)),
        (("--target", "weight", "--offset", "years", "--drop", "visits"), YEARS),
    ],
)
def test_the_command_compares_beside_an_exposure_or_an_offset(arguments, expected, tmp_path, monkeypatch):
    frame = pd.DataFrame(X, columns=["A|a", "A|b", "B|c", "B|d"])
    frame.assign(years=YEARS, visits=VISITS, weight=ETA).to_csv(tmp_path / "people.csv", index=False)
    given = []
    monkeypatch.setattr(command, "compare", lambda *problem, **more: given.append((problem, more)) or 1 / 0)
    result = CliRunner().invoke(
        main, ["compare", str(tmp_path / "people.csv"), "--lineage-sep", "|", *arguments]
    )
    assert given, result.output
    (_, features, _), more = given[0]
    np.testing.assert_allclose(more["offset"], expected)
    assert features.shape == (M, 4)
    assert more["task"] == ("count" if "--task" in arguments else "regression")
