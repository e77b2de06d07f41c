"""What scikit-learn's and skrub's transformers make of a table, estimators take by the names of its columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import skrub
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import hassenet as hn
from hassenet.selection import Setting

M = 60
RNG = np.random.default_rng(0)
PEOPLE = pd.DataFrame(
    {
        "age": RNG.normal(50, 9, M),
        "bmi": np.where(RNG.random(M) < 0.1, np.nan, RNG.normal(25, 3, M)),
        "sex": RNG.choice(["f", "m"], M),
        "town": RNG.choice(["Bonn", "Rome", "York"], M),
        "seen": pd.Timestamp("2020-01-01") + pd.to_timedelta(RNG.integers(0, 900, M), "D"),
    }
)
Y = np.where(PEOPLE["age"] + 9 * (PEOPLE["sex"] == "m") > 54, "ill", "well")


def network(H=None):
    return hn.NetworkClassifier((), hierarchy=H, max_iter=30, tol=1e3, learning_rate_init=0.1, random_state=0)


def chosen(H=None):
    one = [Setting(0.1, neurons=0)]
    return hn.HierarchyClassifier(H, folds=2, members=1, settings=one, steps=5, random_state=0)


def numbers_and_levels(sparse, out):
    parts = [
        ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), ["age", "bmi"]),
        ("levels", OneHotEncoder(sparse_output=sparse), ["sex", "town"]),
    ]
    return ColumnTransformer(parts, sparse_threshold=float(sparse)).set_output(transform=out)


def columns_above(names):
    """A hierarchy of features, each below the column that it was made of."""
    return hn.Hierarchy.from_covers([(name, f"all of {name.split('__')[-1][:3]}") for name in names])


FORMS = [(True, "default"), (False, "default"), (False, "pandas"), (False, "polars")]


@pytest.mark.parametrize("make", [network, chosen])
def test_a_column_transformer_gives_the_same_predictions_in_every_form(make):
    names = numbers_and_levels(False, "default").fit(PEOPLE).get_feature_names_out()
    H = columns_above(names)
    found = [make_pipeline(numbers_and_levels(*form), make(H)).fit(PEOPLE, Y) for form in FORMS]
    p = [model.predict_proba(PEOPLE) for model in found]
    for model, one in zip(found, p, strict=True):
        assert model[-1].as_model().features == tuple(names)
        assert model[-1].hierarchy_.ranks[0] == tuple(names)
        if model is not found[0] or make is network:  # what is sparse is scaled and not centred
            np.testing.assert_allclose(one, p[1], atol=1e-6)


@pytest.mark.parametrize("out", ["pandas", "polars"])
@pytest.mark.parametrize("make", [network, chosen])
def test_columns_of_a_transformer_are_matched_by_name_whatever_their_order(make, out):
    Z = numbers_and_levels(False, out).fit_transform(PEOPLE)
    names = list(Z.columns)
    turned = Z[names[::-1]]
    p = [make(columns_above(names)).fit(X, Y).predict_proba(X) for X in (Z, turned)]
    if make is chosen:
        np.testing.assert_allclose(*p, atol=1e-6)
    assert make(columns_above(names)).fit(turned, Y).as_model().predict(Z).shape == (M,)


@pytest.mark.parametrize("make", [network, chosen])
@pytest.mark.parametrize("front", [skrub.TableVectorizer(), skrub.Cleaner()], ids=["vectorizer", "cleaner"])
def test_what_skrub_makes_of_a_table_is_taken_by_name(make, front):
    Z = front.fit_transform(PEOPLE)
    Z = Z.fillna(0) if make is network and front.__class__ is skrub.TableVectorizer else Z
    H = columns_above(map(str, Z.columns))
    estimator = make(H).fit(Z, Y)
    made = estimator.feature_names_in_ if estimator.encoding_ is None else estimator.encoding_.columns
    assert {*made} == {*Z.columns}
    model = estimator.as_model()
    np.testing.assert_array_equal(model.predict(Z), estimator.predict(Z))


@pytest.mark.parametrize("make", [network, chosen])
def test_an_estimator_stands_in_skrubs_pipeline_of_a_table(make):
    pipeline = skrub.tabular_pipeline(make()).fit(PEOPLE, Y)
    assert (pipeline.predict(PEOPLE) == Y).mean() > 0.8
    assert pipeline[-1].n_features_in_ == len(pipeline[:-1].get_feature_names_out())
