"""Masked values are no values: nothing takes what lies under a mask."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from estimator_tools import fitted, iris_like, several_labels

from hassenet.data.fill import Fill
from hassenet.data.logarithm import Logarithm
from hassenet.data.scaling import Scaling
from hassenet.data.soft_clip import SoftClip
from hassenet.errors import DataError
from hassenet.estimators import HierarchyClassifier, HierarchyRegressor, NetworkClassifier, NetworkRegressor
from hassenet.model.residuals import Residuals
from hassenet.selection import Setting

X, CLASSES = iris_like(2)
CHOSEN = {"folds": 2, "members": 2, "settings": [Setting(0.1)], "n_jobs": 1, "random_state": 0}
SMALL = {"hidden_layer_sizes": (3,), "max_iter": 2, "random_state": 0}
ESTIMATORS = [
    NetworkClassifier(**SMALL),
    NetworkRegressor(**SMALL),
    HierarchyClassifier(**CHOSEN),
    HierarchyRegressor(**CHOSEN),
]


def masked(values):
    """Return the values with the first one masked."""
    return np.ma.masked_array(values, np.arange(np.size(values)).reshape(np.shape(values)) == 0)


def refused(call, *args, **options):
    with pytest.raises(
        DataError, match="has masked values, which a network cannot leave out; fill or drop them"
    ):
        call(*args, **options)


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
def test_estimators_refuse_masked_features_targets_and_weights(estimator):
    refused(estimator.fit, masked(X), CLASSES)
    refused(estimator.fit, X, masked(CLASSES))
    refused(estimator.fit, X, CLASSES, sample_weight=masked(np.ones(len(X))))
    fitted(estimator, X, CLASSES)
    refused(estimator.predict, masked(X))
    refused(estimator.score, masked(X), CLASSES)
    refused(estimator.score, X, masked(CLASSES))
    refused(estimator.score, X, CLASSES, masked(np.ones(len(X))))


@pytest.mark.parametrize("kind", [NetworkClassifier, NetworkRegressor])
def test_networks_refuse_masked_batches_and_validation_data(kind):
    first = {"classes": [0, 1]} if kind is NetworkClassifier else {}
    refused(kind(**SMALL).partial_fit, masked(X), CLASSES, **first)
    refused(kind(**SMALL).partial_fit, X, masked(CLASSES), **first)
    for held in ((masked(X), CLASSES), (X, masked(CLASSES)), (X, CLASSES, masked(np.ones(len(X))))):
        refused(kind(**SMALL, validation_data=held).fit, X, CLASSES)
    refused(fitted(kind(**SMALL), X, CLASSES).transform, masked(X))


def test_masked_labels_that_come_together_are_refused():
    x, y = several_labels()
    refused(NetworkClassifier(**SMALL).fit, x, masked(y))


@pytest.mark.parametrize("estimator", ESTIMATORS[:2], ids=lambda e: type(e).__name__)
def test_a_mask_that_hides_nothing_changes_nothing(estimator):
    plain = fitted(estimator, X, CLASSES).network_.theta
    wrapped = fitted(estimator, *map(np.ma.masked_array, (X, CLASSES))).network_.theta
    np.testing.assert_array_equal(plain, wrapped)


@pytest.mark.parametrize(
    "step", [Scaling.of, Fill.of, Scaling.of(X), Fill.of(X), SoftClip(3.0), Logarithm(99.0)]
)
def test_steps_of_a_preparation_refuse_masked_features(step):
    refused(step, masked(X))


def test_residuals_are_not_taken_from_under_a_mask():
    refused(Residuals, masked(X[:, 0]))
    refused(Residuals.of, masked(X[:, 0]))


@pytest.mark.parametrize(
    "estimator", [NetworkClassifier(**SMALL), HierarchyClassifier(**CHOSEN)], ids=lambda e: type(e).__name__
)
@pytest.mark.parametrize("kind", ["string", "category", "str", object, None])
def test_labels_that_are_missing_are_counted_whatever_stands_for_them(estimator, kind):
    y = ["ill", "well", None, "ill", "well", None]
    with pytest.raises(DataError, match="y has none in 2 rows of 6, first in row 2; leave them out"):
        estimator.fit(X[:6], pd.Series(y, dtype=kind) if kind else y)
