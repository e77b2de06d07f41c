"""Auxiliary heads: what the cost is, and that predictions, scores and names are those of the main outputs."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone

from hassenet import testing as ht
from hassenet.errors import ParameterError, ShapeError
from hassenet.estimators import NetworkClassifier, NetworkRegressor
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import BinaryCrossEntropy, CrossEntropy, GaussianLoss, Heads, PoissonLoss
from hassenet.model import Model
from hassenet.training.objective import cost

H = Hierarchy.random((6, 4, 3), covers=(14, 8), seed=0)
X = ht.random_array(60, 6, seed=1)
SCORE = X[:, 0] + X[:, 1] * X[:, 2]
TWO, THREE = (SCORE > 0) * 1, np.digitize(SCORE, [-0.5, 0.5])
HEADS = {"rank": 2 + 1, "element": 7 + 1}
PER = pytest.mark.parametrize("per", HEADS)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def classifier(per, **options):
    return NetworkClassifier(
        hierarchy=H, auxiliary=per, random_state=0, max_iter=5, activation="tanh", **options
    )


def regressor(per, **options):
    return NetworkRegressor(
        hierarchy=H, auxiliary=per, random_state=0, max_iter=5, activation="tanh", **options
    )


@PER
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_predictions_and_probabilities_are_those_of_the_main_outputs(per, solver):
    for y, k in ((TWO, 1), (THREE, 3)):
        clf = classifier(per, solver=solver).fit(X, y)
        assert (clf.n_outputs_, clf.hierarchy_.shape[-1]) == (k, HEADS[per] * k)
        main = clf.network_(X)[:, -k:]
        p = main if k > 1 else np.hstack([1 - main, main])
        np.testing.assert_allclose(clf.predict_proba(X), p, rtol=1e-12)
        np.testing.assert_allclose(np.exp(clf.predict_log_proba(X)), p, rtol=1e-9)
        np.testing.assert_array_equal(clf.predict(X), p.argmax(axis=1))
        assert clf.out_activation_ == ("logistic" if k == 1 else "softmax")


@PER
@pytest.mark.parametrize("k", [1, 2])
def test_a_regressors_predictions_are_those_of_the_main_outputs(per, k):
    Y = SCORE if k == 1 else np.column_stack([SCORE, X[:, 3]])
    reg = regressor(per).fit(X, Y)
    assert (reg.n_outputs_, reg.hierarchy_.shape[-1]) == (k, HEADS[per] * k)
    np.testing.assert_allclose(reg.predict(X).reshape(-1, k), reg.network_(X)[:, -k:], rtol=1e-12)


@PER
def test_the_loss_is_the_weighted_sum_over_the_heads(per):
    weights = (0.25,) * (HEADS[per] - 1) + (1.0,)
    options = {"solver": "lbfgs", "alpha": 0, "auxiliary_weight": 0.25}
    for fitted, y, loss in (
        (classifier(per, **options).fit(X, TWO), TWO, BinaryCrossEntropy()),
        (classifier(per, **options).fit(X, THREE), THREE, CrossEntropy()),
        (regressor(per, **options).fit(X, SCORE), SCORE, GaussianLoss()),
    ):
        assert fitted.loss_ == pytest.approx(cost(fitted.network_, X, y, Heads(loss, weights)), rel=1e-12)


def test_scikit_learns_poisson_loss_counts_its_constants_once_a_head():
    y = np.exp(SCORE / 2).round()
    reg = regressor("rank", loss="poisson", solver="lbfgs", alpha=0).fit(X, y)
    ours = cost(reg.network_, X, y, Heads(PoissonLoss(), (0.3, 0.3, 1)))
    constants = 1.6 * np.mean(y * np.log(np.maximum(y, 1)) - y)
    assert reg.loss_ == pytest.approx(ours + constants, rel=1e-9)


@PER
def test_scores_of_examples_set_aside_are_those_of_the_main_outputs(per):
    clf = classifier(per, validation_data=(X, THREE)).fit(X, THREE)
    assert clf.validation_scores_[-1] == clf.score(X, THREE)
    reg = regressor(per, validation_data=(X, SCORE), early_stopping=True).fit(X, SCORE)
    assert reg.best_validation_score_ == pytest.approx(reg.score(X, SCORE))


def test_auxiliary_heads_of_weight_0_change_nothing_that_is_learned():
    """Weights start as those of another network, so the main outputs are compared by going on from them."""
    clf = classifier("rank", auxiliary_weight=0.0, solver="sgd", momentum=0, alpha=0).fit(X, TWO)
    start = clf.network_
    clf.set_params(warm_start=True).fit(X, TWO)
    moved = [not np.array_equal(a, b) for a, b in zip(start.biases[-1], clf.network_.biases[-1], strict=True)]
    assert moved == [False, False, True]


@PER
def test_training_goes_on_with_warm_starts_and_part_by_part(per):
    whole = classifier(per, warm_start=True).fit(X, THREE).fit(X, THREE)
    assert whole.hierarchy_.shape[-1] == 3 * HEADS[per]
    part = classifier(per).partial_fit(X[:30], THREE[:30], classes=[0, 1, 2]).partial_fit(X[30:], THREE[30:])
    assert part.predict_proba(X).shape == (60, 3)
    reg = regressor(per).partial_fit(X, SCORE)
    with pytest.raises(ShapeError, match="y has 2 columns and the network 1 outputs"):
        reg.partial_fit(X, np.column_stack([SCORE, SCORE]))


def test_main_outputs_look_at_all_elements_and_an_auxiliary_head_at_its_part():
    clf = classifier("rank").fit(X, TWO)
    plain = NetworkClassifier(hierarchy=H, random_state=0, max_iter=2).fit(X, TWO)
    top, main = clf.hierarchy_, clf.hierarchy_.ranks[-1][-1]
    assert main == plain.hierarchy_.ranks[-1][0]
    assert len(top.below(main)) == len(plain.hierarchy_.below(main))
    assert [str(e) for e in top.ranks[-1]] == [f"{main} @ rank 1", f"{main} @ rank 2", str(main)]


def test_auxiliary_heads_and_their_weight_survive_cloning():
    clf = clone(classifier("element", auxiliary_weight=0.7))
    assert (clf.auxiliary, clf.auxiliary_weight) == ("element", 0.7)


@pytest.mark.parametrize(
    "options", [{"auxiliary": "ranks"}, {"auxiliary_weight": -1}, {"auxiliary_weight": np.nan}]
)
def test_invalid_auxiliary_heads_and_weights_are_refused(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        NetworkClassifier(hierarchy=H, **options).fit(X, TWO)


@pytest.mark.parametrize("options", [{"hierarchy": None}, {"heads": "maximal"}])
def test_heads_of_no_hierarchy_or_beside_maximal_ones_are_refused(options):
    with pytest.raises(ParameterError, match="give hierarchy=…, and heads='all' or 'features'"):
        NetworkClassifier(**{"hierarchy": H, "auxiliary": "rank", **options}, random_state=0).fit(X, TWO)


@PER
@pytest.mark.parametrize("y", [TWO, THREE], ids=["two classes", "three classes"])
def test_the_model_of_a_classifier_keeps_the_main_outputs(per, y):
    clf = classifier(per).fit(X, y)
    model = Model.of(clf)
    assert model.network.hierarchy.ranks[-1] == clf.hierarchy_.ranks[-1][-clf.n_outputs_ :]
    np.testing.assert_allclose(model.predict_proba(X), clf.predict_proba(X), rtol=1e-12)


@PER
def test_the_model_of_a_regressor_keeps_the_main_outputs(per):
    Y = np.column_stack([SCORE, X[:, 3]])
    reg = regressor(per).fit(X, Y)
    np.testing.assert_allclose(Model.of(reg).predict(X), reg.predict(X), rtol=1e-12)
