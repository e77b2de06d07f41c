"""Which targets are counted in something its loss says, and nothing else has to know: an exposure moves their means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import nbinom

from hassenet import LBFGS, Hierarchy, Network, NetworkRegressor, fit
from hassenet.data.exposures import offset_of_exposure
from hassenet.errors import ParameterError
from hassenet.likelihoods import (
    LOSSES,
    BinaryCrossEntropy,
    CoxLoss,
    DiscreteTimeLoss,
    Heads,
    Joint,
    LearnedDispersionLoss,
    LearnedScaleLoss,
    Loss,
    NegativeBinomialLoss,
    OrdinalLoss,
    OwnLoss,
    PoissonLoss,
    QuantileLoss,
    SquaredError,
    ZeroInflatedLoss,
)
from hassenet.outcomes import Count, Outcomes
from hassenet.stability import Recipe
from hassenet.stability.added import added_of
from hassenet.stability.response import Response
from hassenet.training.level import constant_signals

M = 24
RNG = np.random.default_rng(0)
X = RNG.normal(size=(M, 3))
YEARS = RNG.uniform(0.5, 20, M)
VISITS = RNG.poisson(YEARS * np.exp(X[:, 0] / 2)).astype(float)
OWN = OwnLoss("absolute", lambda p, y: abs(p - y), lambda p, y: np.sign(p - y))
COUNTS = [
    PoissonLoss(),
    NegativeBinomialLoss(0.5),
    LearnedDispersionLoss(),
    ZeroInflatedLoss(),
    ZeroInflatedLoss(LearnedDispersionLoss()),
]
OTHERS = [
    *(loss for loss in LOSSES.values() if not loss.grows_with_exposure),
    LearnedScaleLoss(), OrdinalLoss(3), QuantileLoss((0.1, 0.9)), OWN,
    Joint(("squared_error", "absolute_error")), Heads(SquaredError(), (0.3, 1.0)),
]  # fmt: skip


@dataclass(frozen=True)
class OwnCounts(Loss):
    """A loss that no room has heard of."""

    name: ClassVar[str] = "counts of one's own"
    canonical: ClassVar[str] = "exp"
    grows_with_exposure: ClassVar[bool] = True
    likelihood = PoissonLoss.likelihood
    value, slope, curvature = PoissonLoss.value, PoissonLoss.slope, PoissonLoss.curvature
    value_at_signal, delta = PoissonLoss.value_at_signal, PoissonLoss.delta


def means(loss, outputs):
    model = loss.likelihood
    return model.mean(outputs) if hasattr(model, "mean") else outputs


@pytest.mark.parametrize("loss", COUNTS, ids=lambda loss: loss.name)
def test_an_exposure_multiplies_the_means_of_counts_and_moves_no_other_parameter(loss):
    for targets in (1, 2):
        k = targets * loss.heads
        exposed = loss.exposed(k)
        assert exposed.tolist() == [True] * targets + [False] * (k - targets)
        net = Network(Hierarchy.complete(3, 4, k), output=loss.canonical, dtype="float64", seed=1)
        added = offset_of_exposure(YEARS, exposed)
        np.testing.assert_allclose(
            means(loss, net(X, offset=added)), YEARS[:, None] * means(loss, net(X)), rtol=1e-12
        )


@pytest.mark.parametrize("loss", COUNTS, ids=lambda loss: loss.name)
def test_the_rate_of_counts_is_where_a_training_without_features_ends_by_either_engine(engine, loss):
    """Where nothing but the exposure is known, with Poisson's share of events: Σy/Σe."""
    k = loss.heads
    net = Network(Hierarchy.complete(1, k), output=loss.canonical, dtype="float64", theta=np.zeros(2 * k))
    added = offset_of_exposure(YEARS, loss.exposed(k))
    options = {"loss": loss, "offset": added, "optimizer": LBFGS(60), "epochs": 60, "engine": engine}
    found = fit(net, np.zeros((M, 1)), VISITS, **options).network
    level = constant_signals(loss, [f"y{j}" for j in range(k)], VISITS[:, None], added)
    assert found.biases[0][0] == pytest.approx(level[0], abs=1e-3)
    if isinstance(loss, PoissonLoss):
        assert level[0] == pytest.approx(np.log(VISITS.sum() / YEARS.sum()), abs=1e-6)


@pytest.mark.parametrize("loss", OTHERS, ids=lambda loss: loss.name)
def test_what_is_not_counted_has_no_exposure(loss):
    k = loss.outputs or 2 * loss.heads if not isinstance(loss, Joint) else loss.n_outputs
    assert loss.exposed(k).tolist() == [False] * k
    with pytest.raises(ParameterError, match="an exposure is of counts"):
        added_of(Recipe(options={"loss": loss}), Hierarchy.complete(3, k), None, YEARS)
    if not isinstance(loss, CoxLoss | DiscreteTimeLoss | OrdinalLoss | Heads):
        with pytest.raises(ParameterError, match="an exposure is of counts"):
            NetworkRegressor(loss).fit(X, VISITS, exposure=YEARS)


def test_of_heads_and_blocks_an_exposure_moves_what_it_moves_of_each():
    assert Heads(PoissonLoss(), (0.3, 1.0)).exposed(4).all()
    mixed = Joint(("poisson", "squared_error", ZeroInflatedLoss()), sizes=(1, 1, 4))
    assert mixed.exposed(6).tolist() == [True, False, True, True, False, False]
    assert not Joint((BinaryCrossEntropy(),)).exposed(1).any()


def small(loss, **options):
    return NetworkRegressor(
        loss, hidden_layer_sizes=(), solver="lbfgs", tol=1e-2, max_iter=500, random_state=0, **options
    )


@pytest.mark.parametrize(("targets", "dtype"), [(1, "float32"), (2, "float64")])
def test_a_regressor_of_several_parameters_takes_the_exposure_of_each_example(targets, dtype):
    loss, Y = LearnedDispersionLoss(), np.column_stack([VISITS, VISITS[::-1]]) if targets > 1 else VISITS
    by_output = np.column_stack([np.log(YEARS)[:, None] + np.zeros((M, targets)), np.zeros((M, targets))])
    one = small(loss, dtype=dtype).fit(X, Y, exposure=YEARS)
    other = small(loss, dtype=dtype).fit(X, Y, offset=by_output)
    np.testing.assert_array_equal(one.network_.theta, other.network_.theta)
    found = one.predict(X, exposure=YEARS)
    np.testing.assert_allclose(found, (YEARS * one.predict(X).T).T, rtol=1e-5)
    assert one.score(X, Y, exposure=YEARS) == one.score(X, Y, offset=by_output)


def test_one_exposure_beside_other_targets_is_that_of_counts():
    loss = Joint({"age": "squared_error", "visits": "poisson"})
    Y = np.column_stack([X[:, 1], VISITS])
    one = small(loss).fit(X, Y, exposure=YEARS)
    other = small(loss).fit(X, Y, exposure=np.column_stack([np.ones(M), YEARS]))
    np.testing.assert_array_equal(
        one.predict(X, exposure=YEARS), other.predict(X, offset=np.c_[0 * YEARS, np.log(YEARS)])
    )


def test_a_loss_of_ones_own_that_grows_with_an_exposure_does_so_everywhere():
    own, usual = OwnCounts(), PoissonLoss()
    fits = [small(loss).fit(X, VISITS, exposure=YEARS) for loss in (own, usual)]
    np.testing.assert_allclose(*(one.predict(X, exposure=YEARS) for one in fits), rtol=1e-2)
    H = Hierarchy.complete(3, 1)
    for train in (Recipe(output="exp", options={"loss": loss, "epochs": 1}) for loss in (own, usual)):
        added = added_of(train, H, None, 1000 * YEARS)
        np.testing.assert_array_equal(added, np.log(1000 * YEARS))
        at = train(H, X, VISITS, 0, offset=added[:, None]).biases[0]
        assert at == pytest.approx(np.log(VISITS.sum() / YEARS.sum() / 1000), abs=0.5)
    plain = [Response.of_loss(loss, VISITS, M).beside(np.log(YEARS)).plain for loss in (own, usual)]
    np.testing.assert_allclose(*plain, atol=1e-4)


def test_of_outcomes_an_exposure_moves_the_first_output_of_counts():
    targets = Outcomes((Count("visits"), Count("days", "zero_inflated_poisson")))
    assert np.concatenate([part.exposed for part in targets.parts]).tolist() == [True, False, True, False]
    assert targets.loss.exposed(4).tolist() == [True, False, True, False]


def test_a_regression_of_counts_with_an_exposure_and_a_dispersion_is_that_of_the_density():
    y = np.random.default_rng(1).negative_binomial(2, 2 / (2 + YEARS * np.exp(X[:, 0] / 2)))

    def cost_of(theta):
        mean, r = YEARS * np.exp(X @ theta[:3] + theta[3]), np.exp(-theta[4])
        return -nbinom.logpmf(y, r, r / (r + mean)).mean()

    best = minimize(cost_of, np.zeros(5), method="BFGS", options={"gtol": 1e-7})
    reg = small(LearnedDispersionLoss(), alpha=0).set_params(tol=1e-7).fit(X, y, exposure=YEARS)
    np.testing.assert_allclose([*reg.coefs_[0][:, 0], *reg.intercepts_[0]], best.x, atol=1e-4)


def test_an_exposure_may_have_a_column_for_each_output_that_it_moves():
    for loss, k in ((LearnedDispersionLoss(), 4), (Joint(("poisson", "squared_error", "poisson")), 3)):
        exposed = loss.exposed(k)
        found = offset_of_exposure(np.stack([YEARS, 2 * YEARS], 1), exposed)
        np.testing.assert_array_equal(found[:, exposed], np.log(np.stack([YEARS, 2 * YEARS], 1)))
        assert not found[:, ~exposed].any()
