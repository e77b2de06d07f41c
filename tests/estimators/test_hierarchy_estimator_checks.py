"""scikit-learn's checks of the hierarchy's estimators, with few and short trainings."""

import pytest
from estimator_tools import pairs_of_neighbours
from sklearn.utils.estimator_checks import parametrize_with_checks

from hassenet.estimators import HierarchyClassifier, HierarchyRegressor
from hassenet.selection import Setting

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.DataConversionWarning"),
    pytest.mark.unseeded,  # some checks draw by themselves
]

SMALL = {
    "hierarchy": pairs_of_neighbours,
    "members": 1,
    "folds": 2,
    "settings": [Setting(0.1), Setting(0.001, neurons=1)],
    "steps": 40,
    "random_state": 0,
    "n_jobs": 1,
}
WEIGHTS = {
    f"check_sample_weight_equivalence_on_{kind}_data": "copies of a row fall into different folds, as elsewhere where "
    "settings are chosen by cross-validation"
    for kind in ("dense", "sparse")
}


@parametrize_with_checks(
    [HierarchyClassifier(**SMALL), HierarchyRegressor(**SMALL)], expected_failed_checks=lambda _: WEIGHTS
)
def test_scikit_learn_is_content_with_a_hierarchy_whose_settings_are_chosen(estimator, check):
    check(estimator)
