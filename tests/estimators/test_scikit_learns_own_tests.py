"""scikit-learn's own tests of its MLPs, from where scikit-learn is installed, with the two classes in their place."""

import importlib.util
from unittest import mock

import pytest
import sklearn
import sklearn.neural_network

from hassenet.estimators import NetworkClassifier, NetworkRegressor

FOUND = importlib.util.find_spec("sklearn.neural_network.tests.test_mlp")

pytestmark = [
    pytest.mark.skipif(
        not sklearn.__version__.startswith("1.9."), reason="the classes are those of scikit-learn 1.9"
    ),
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.unseeded,  # some of them give no seed, and we cannot give them one
]

EXCLUDED = {
    "test_fit": "sets fitted and private attributes one by one in place of a fit",
    "test_gradient": "calls the private _loss_grad_lbfgs",
    "test_learning_rate_warmstart": "reads the private _optimizer",
    "test_adaptive_learning_rate": "reads the private _optimizer",
    "test_n_iter_no_change": "reads the private _no_improvement_count",
    "test_n_iter_no_change_inf": "reads the private _no_improvement_count",
    "test_preserve_feature_names[NetworkRegressor]": "wants no warning where all targets are the same; there is one, "
    "as R² says nothing then",
    "test_mlp_param_dtypes[NetworkRegressor-float32]": "wants predictions of float32; they are of float64, so that an "
    "offset that is added to them takes none of their digits",
}


def scikit_learns_tests():
    """Return the tests, made with hassenet's classes under scikit-learn's names."""
    if FOUND is None:  # a distribution may leave them out
        return {}
    module = importlib.util.module_from_spec(FOUND)
    with (
        mock.patch.object(sklearn.neural_network, "MLPClassifier", NetworkClassifier),
        mock.patch.object(sklearn.neural_network, "MLPRegressor", NetworkRegressor),
    ):
        FOUND.loader.exec_module(module)
    return {name: test for name, test in vars(module).items() if name.startswith("test_")}


TESTS = scikit_learns_tests()
globals().update(TESTS)


@pytest.fixture
def global_random_seed():
    return 42


@pytest.fixture(autouse=True)
def excluded(request):
    """Let what is excluded fail, and nothing that would pass be excluded."""
    if request.node.name in EXCLUDED:
        request.node.add_marker(pytest.mark.xfail(strict=True, reason=EXCLUDED[request.node.name]))


@pytest.mark.skipif(not TESTS, reason="this scikit-learn was installed without its tests")
def test_what_is_excluded_is_a_test_of_scikit_learn():
    assert {name.partition("[")[0] for name in EXCLUDED} <= set(TESTS)
