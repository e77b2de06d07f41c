"""Every check that scikit-learn has for estimators, none expected to fail."""

import pytest
from estimator_tools import pairs_of_neighbours
from sklearn.utils.estimator_checks import parametrize_with_checks

from hassenet import likelihoods
from hassenet.estimators import NetworkClassifier, NetworkRegressor

pytestmark = [
    pytest.mark.filterwarnings(
        "ignore::sklearn.exceptions.ConvergenceWarning", "ignore::sklearn.exceptions.DataConversionWarning"
    ),
    pytest.mark.unseeded,  # some checks draw by themselves, and some are of estimators as they are made, without a seed
]


@parametrize_with_checks([NetworkClassifier(), NetworkRegressor()])
def test_scikit_learn_is_content_with_the_defaults(estimator, check):
    check(estimator)


@parametrize_with_checks(
    [
        NetworkClassifier(hierarchy=pairs_of_neighbours, activation="tanh", solver="lbfgs", max_iter=60),
        NetworkRegressor(
            likelihoods.Gaussian(2.0),
            (),
            "tanh",
            hierarchy=pairs_of_neighbours,
            heads="maximal",
            solver="lbfgs",
            max_iter=60,
        ),
        NetworkClassifier(
            (10,), "silu", solver="adamw", learning_rate="one_cycle", learning_rate_init=0.05, max_iter=40
        ),
        NetworkRegressor(
            "absolute_error",
            (20,),
            "elu",
            solver="sgd",
            learning_rate="adaptive",
            learning_rate_init=0.1,
            transform_rank=2,
        ),
    ]
)
def test_scikit_learn_is_content_with_hierarchies_and_other_options(estimator, check):
    check(estimator)
