"""A regressor with a joint loss learns classes, numbers and counts at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hassenet import Hierarchy, NetworkRegressor, fit_ensemble
from hassenet.errors import ParameterError, TargetError
from hassenet.likelihoods import CoxLoss, Joint
from hassenet.network import Network

M = 80
RNG = np.random.default_rng(0)
X = RNG.normal(size=(M, 3))
LOSS = Joint({"kind": "cross_entropy", "age": "squared_error", "visits": "poisson"}, sizes=(3, 1, 1))
Y = pd.DataFrame(
    {
        "visits": RNG.poisson(np.exp(0.5 * X[:, 2])).astype(float),
        "kind": np.digitize(X[:, 0], [-0.4, 0.4]).astype(float),
        "age": X[:, 1] - X[:, 2],
    }
)
Y.iloc[::7, 1], Y.iloc[1::9, 2], Y.iloc[:2, 0] = np.nan, np.nan, np.nan
OPTIONS = {"hidden_layer_sizes": (4,), "activation": "tanh", "solver": "lbfgs", "max_iter": 800, "tol": 1e-2}


@pytest.fixture(scope="module")
def learned():
    return NetworkRegressor(LOSS, random_state=0, alpha=1e-3, **OPTIONS).fit(X, Y)


def test_classes_numbers_and_counts_are_learned_together(learned):
    assert learned.hierarchy_.ranks[-1] == ("kind=0", "kind=1", "kind=2", "age", "visits")
    p = learned.predict(X)
    assert p[:, :3].sum(axis=1) == pytest.approx(np.ones(M))
    known = Y["kind"].notna()
    assert np.mean(p[known, :3].argmax(axis=1) == Y["kind"][known]) > 0.9
    losses = LOSS.of_each(p, Y[list(LOSS.names)].to_numpy())
    assert np.isnan(losses["age"]).tolist() == Y["age"].isna().tolist()
    assert np.nanmean(losses["age"]) < 0.1 * Y["age"].var()
    total = np.sum(np.nan_to_num(list(losses.values())), axis=0)
    assert learned.score(X, Y) == pytest.approx(-total.mean())


def test_the_score_of_a_joint_loss_is_watched_by_early_stopping():
    reg = NetworkRegressor(
        LOSS, hidden_layer_sizes=(3,), early_stopping=True, max_iter=4, random_state=0, tol=0
    )
    with pytest.warns(match="hasn't converged"):
        reg.fit(X, Y, offset=np.zeros((M, 5)))
    assert np.isfinite(reg.validation_scores_).all()
    assert max(reg.validation_scores_) < 0


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_rare_classes_and_events_are_learned_and_judged_where_examples_are_set_aside(seed):
    rare, times = np.arange(M) % 40 == 0, 1.0 + np.arange(M)
    both = Joint({"kind": "cross_entropy", "time": CoxLoss()}, sizes=(2, 1))
    reg = NetworkRegressor(both, hidden_layer_sizes=(2,), early_stopping=True, max_iter=1, random_state=seed)
    reg.fit(X, np.column_stack([rare, np.where(rare, times, -times)]))
    assert np.isfinite(reg.validation_scores_).all()


def test_a_score_is_that_of_copies_and_of_rows_that_have_a_target():
    both = Joint({"age": "squared_error", "time": CoxLoss("breslow")})
    Z = np.column_stack([X[:, 1], (1.0 + np.arange(M) % 9) * np.where(np.arange(M) % 3, 1, -1)])
    reg = NetworkRegressor(both, random_state=0, **OPTIONS).set_params(max_iter=3, tol=1e9).fit(X, Z)
    weight = np.arange(M) % 4
    copies = reg.score(np.repeat(X, weight, axis=0), np.repeat(Z, weight, axis=0))
    assert reg.score(X, Z, sample_weight=weight) == pytest.approx(copies)
    more = np.vstack([X, X]), np.vstack([Z, np.full_like(Z, np.nan)])
    assert reg.score(*more) == pytest.approx(reg.score(X, Z))


def test_auxiliary_heads_have_the_joint_loss_too():
    reg = NetworkRegressor(LOSS, hierarchy=Hierarchy.subsets(3), auxiliary="rank", random_state=0, **OPTIONS)
    with pytest.warns(match="lbfgs failed to converge"):
        reg.set_params(max_iter=3).fit(X, Y)
    assert reg.predict(X).shape == (M, 5)
    assert reg.network_.plan.n_outputs == 15


def test_members_of_an_ensemble_share_offsets():
    net = Network(Hierarchy.complete(3, 2, 5), output=LOSS.canonical)
    o = RNG.normal(size=(M, 5))
    found = fit_ensemble(net, X, Y, LOSS, members=2, epochs=1, offset=o)
    each = [fit.network(X, offset=o) for fit in found.fits]
    expected = np.mean(each, axis=0)
    expected[:, 4] = np.exp(
        np.mean(np.log([Z[:, 4] for Z in each]), axis=0)
    )  # the output of the count is exp
    np.testing.assert_allclose(found.ensemble(X, offset=o), expected, rtol=1e-5)


def test_what_a_joint_loss_cannot_take_is_refused(learned):
    with pytest.raises(ParameterError, match="save the estimator's network_"):
        learned.as_model()
    with pytest.raises(TargetError, match="'kind' holds 4.0"):
        NetworkRegressor(LOSS, **OPTIONS).fit(X, Y.assign(kind=4.0))
    with pytest.raises(TargetError, match="a Poisson target is a count"):
        NetworkRegressor(LOSS, **OPTIONS).fit(X, Y.assign(visits=-1.0))
