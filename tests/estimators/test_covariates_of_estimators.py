"""Columns beside the features: named by ``covariates=``, in estimators, models and folders."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.linear_model import LinearRegression, LogisticRegression

import hassenet as hn
from hassenet import Hierarchy, Model
from hassenet.errors import DuplicateElementError, FeatureError, ParameterError
from hassenet.estimators import (
    HierarchyClassifier,
    HierarchyRegressor,
    NetworkClassifier,
    NetworkRegressor,
)
from hassenet.hierarchy import Covariate
from hassenet.protocol.problem import Problem
from hassenet.selection import Setting

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
RNG = np.random.default_rng(0)
M = 80
X = pd.DataFrame(
    {
        "age": RNG.normal(50, 10, M) / 10,
        "g1": RNG.standard_normal(M),
        "g0": RNG.standard_normal(M),
        "sex": RNG.random(M) < 0.5,
        "g2": RNG.standard_normal(M),
    }
)
KNOWN = ["age", "sex"]
BY_AGE = 2.0 * X.age - 3.0 * X.sex + 1
LABELS = np.where(X.age + RNG.normal(0, 0.5, M) > X.age.mean(), "ill", "well")
H = Hierarchy.from_covers([("g0", "p"), ("g1", "p"), ("g2", "q"), ("p", "r"), ("q", "r")])
IN_ORDER = (Covariate("age"), "g1", "g0", Covariate("sex"), "g2")
ARCHITECTURES = [
    {"hierarchy": H},
    {"hierarchy": H, "heads": "maximal"},
    {"hierarchy": H, "auxiliary": "element"},
    {"hierarchy": H, "auxiliary": "rank", "heads": "features"},
    {"hierarchy": lambda columns: H.restrict(columns)[0]},
    {"hidden_layer_sizes": (3,)},
    {"hidden_layer_sizes": ()},
]


def known(estimator):
    """The estimator's network is a linear one of the covariates: all else is penalised away."""
    return estimator.set_params(
        covariates=KNOWN, alpha=1e5, solver="lbfgs", max_iter=2000, tol=1e-8, random_state=0
    )


@pytest.mark.parametrize(
    "architecture",
    ARCHITECTURES,
    ids=["all", "maximal", "an element", "a rank", "callable", "complete", "flat"],
)
def test_penalised_alone_features_leave_the_linear_model_of_the_covariates(architecture):
    reg = known(NetworkRegressor(activation="tanh", **architecture)).fit(X, BY_AGE)
    assert reg.hierarchy_.ranks[0] == IN_ORDER
    np.testing.assert_allclose(reg.predict(X), BY_AGE, atol=1e-2)
    outputs = reg.hierarchy_.ranks[-1]
    assert all(len(reg.hierarchy_.below(y)) > 2 for y in outputs)


def test_of_labels_it_is_the_logistic_regression():
    clf = known(NetworkClassifier(hierarchy=H)).fit(X, LABELS)
    oracle = LogisticRegression(C=np.inf, tol=1e-9).fit(X[KNOWN], LABELS)
    np.testing.assert_allclose(clf.predict_proba(X), oracle.predict_proba(X[KNOWN]), atol=1e-2)


def test_covariates_of_an_array_are_numbered():
    reg = NetworkRegressor(
        covariates=[3, 0], hierarchy=H.rename({"g0": "g1", "g1": "g0"}), max_iter=1, random_state=0
    )
    reg.fit(X.to_numpy(float), BY_AGE)
    plain = NetworkRegressor(
        hidden_layer_sizes=(2,), covariates=np.array([0]), max_iter=1, random_state=0
    ).fit(X.to_numpy(float), BY_AGE)
    assert [str(e) for e in reg.hierarchy_.ranks[0]] == ["z0", "g1", "g0", "z3", "g2"]
    assert reg.hierarchy_.covariates == (Covariate("z0"), Covariate("z3"))
    assert [str(e) for e in plain.hierarchy_.ranks[0]] == ["z0", "x1", "x2", "x3", "x4"]


@pytest.fixture(scope="module")
def chosen():
    settings = [Setting(1e6), Setting(0.02), Setting(1e3, neurons=2, input_dropout=0.5)]
    return HierarchyRegressor(H, settings=settings[:1], covariates=KNOWN, steps=60, random_state=0).fit(
        X, BY_AGE + X.g0
    ), [
        HierarchyClassifier(
            H, settings=settings, covariates=KNOWN, steps=300, folds=3, members=3, random_state=0
        ).fit(X, LABELS)
    ][0]


def test_a_search_penalises_covariates_by_themselves(chosen):
    reg, _ = chosen
    linear = reg.ensemble_.networks[0]
    assert linear.hierarchy.ranks[0] == IN_ORDER
    W = linear.weights[0][0]
    assert (abs(W[[1, 2, 4]]) < 1e-5).all()
    Z = reg.model_.preparation(X)[:, [0, 3]]
    oracle = LinearRegression().fit(Z, BY_AGE + X.g0).predict(Z)
    assert abs(reg.predict(X) - oracle).max() < 0.2  # it is the mean over the folds


def test_no_network_of_a_search_leaves_covariates_out(chosen):
    _, clf = chosen
    assert clf.hierarchy_.covariates == (Covariate("age"), Covariate("sex"))
    assert all(net.hierarchy.ranks[0] == IN_ORDER for net in clf.ensemble_.networks)
    assert clf.score(X, LABELS) > 0.75


def test_models_with_covariates_take_columns_by_name_and_are_kept_in_folders(chosen, tmp_path):
    reg, clf = chosen
    one = NetworkRegressor(
        hierarchy=H, covariates=["sex", "age"], solver="lbfgs", max_iter=30, tol=1.0, random_state=0
    ).fit(X, BY_AGE)
    turned = X[X.columns[::-1]].assign(town="x")
    for k, (estimator, predict) in enumerate(
        ((reg, reg.predict), (one, one.predict), (clf, clf.predict_proba))
    ):
        model = Model.of(estimator)
        assert model.features == tuple(X.columns)
        hn.save(model, tmp_path / str(k))
        loaded = hn.load(tmp_path / str(k))
        name = "predict_proba" if estimator is clf else "predict"
        assert loaded.network.hierarchy.covariates == (Covariate("age"), Covariate("sex"))
        for table in (turned, pl.from_pandas(turned)):
            np.testing.assert_allclose(getattr(loaded, name)(table), predict(X), rtol=1e-5)
        with pytest.raises(FeatureError, match="'age'; add them"):
            loaded.predict(X.drop(columns="age"))


def test_parameters_of_covariates_are_those_of_scikit_learn():
    reg = NetworkRegressor(hierarchy=H, covariates=KNOWN, covariate_alpha=0.5)
    assert clone(reg).get_params()["covariates"] == KNOWN
    with pytest.raises(ValueError, match="covariate_alpha"):
        NetworkRegressor(covariate_alpha=-1.0).fit(X, BY_AGE)
    with pytest.raises(ValueError, match="covariates"):
        HierarchyRegressor(covariates="age").fit(X, BY_AGE)


@pytest.mark.parametrize("kind", [NetworkRegressor, HierarchyRegressor])
def test_covariates_without_a_column_are_refused_before_any_training(kind):
    for given, why in (
        (["height"], "a covariate is a column of X; there is none called 'height' among its 5"),
        (["age", "age"], "a covariate is given once"),
        (list(X.columns), "all 5 columns of X are covariates"),
    ):
        with pytest.raises(FeatureError, match=why):
            kind(covariates=given, random_state=0).fit(X, BY_AGE)
    A = X.to_numpy(float)
    with pytest.raises(FeatureError, match=r"from 0 to 4; got 5"):
        kind(covariates=[5], random_state=0).fit(A, BY_AGE)
    with pytest.raises(ParameterError, match="X is an array, and got 'age'"):
        kind(covariates=["age"], random_state=0).fit(A, BY_AGE)
    with pytest.raises(DuplicateElementError, match="'p' are in the hierarchy already"):
        kind(hierarchy=H, covariates=["p"], random_state=0).fit(X.drop(columns=KNOWN).assign(p=X.age), BY_AGE)


def test_covariates_may_be_categories_dates_and_have_gaps():
    table = X.assign(sex=np.where(X.sex, "m", "f"), day=pd.date_range("2020-01-01", periods=M, freq="11D"))
    table.loc[3, "sex"] = None
    reg = (
        known(NetworkRegressor(hierarchy=H))
        .set_params(covariates=["age", "sex", "day"], max_iter=200)
        .fit(table, BY_AGE)
    )
    names = [str(e) for e in reg.hierarchy_.covariates]
    assert names[:4] == ["age", "sex=f", "sex=m", "sex is missing"]
    assert set(reg.hierarchy_.ranks[0]) - set(reg.hierarchy_.covariates) == {"g0", "g1", "g2"}
    assert np.delete(abs(reg.predict(table) - BY_AGE), 3).max() < 0.3
    chosen = HierarchyRegressor(
        H, covariates=["sex", "age", "day"], settings=[Setting(1.0)], random_state=0
    ).fit(table, BY_AGE)
    assert chosen.hierarchy_.covariates == reg.hierarchy_.covariates
    for estimator in (reg, chosen):
        model = Model.of(estimator)
        turned = table[table.columns[::-1]]
        np.testing.assert_allclose(model.predict(turned), estimator.predict(table), rtol=1e-5)
    with pytest.raises(FeatureError, match="there is none called 'height'"):
        NetworkRegressor(covariates=["height"], random_state=0).fit(table, BY_AGE)


NAMING = Hierarchy.from_covers(
    [("g0", "p"), ("g1", "p"), ("g2", "q"), ("p", "r"), ("q", "r"), ("age", "q"), ("sex", "s")]
)
OF_KINDS = X.assign(sex=np.where(X.sex, "m", "f"))


@pytest.mark.parametrize("table", [X, OF_KINDS], ids=["numbers", "levels"])
@pytest.mark.parametrize(
    "kind",
    [
        lambda H: NetworkRegressor(hierarchy=H, covariates=KNOWN, max_iter=2, solver="sgd", random_state=0),
        lambda H: NetworkRegressor(
            hierarchy=H, covariates=KNOWN, max_iter=2, solver="sgd", auxiliary="element", random_state=0
        ),
        lambda H: HierarchyRegressor(
            H, covariates=KNOWN, settings=[Setting(1.0)], members=1, folds=2, steps=5, random_state=0
        ),
    ],
    ids=["network", "heads", "search"],
)
def test_a_covariate_that_the_hierarchy_names_too_is_taken_out_of_it(kind, table):
    naming, beside = (kind(given).fit(table, BY_AGE).hierarchy_ for given in (NAMING, H))
    assert naming == beside
    assert "s" not in naming


def test_models_are_compared_on_a_hierarchy_without_the_covariates_that_it_names():
    naming, beside = (Problem.of(given, X, BY_AGE, "auto", 2, KNOWN).hierarchy for given in (NAMING, H))
    assert naming == beside


@pytest.mark.parametrize("n", [4, 120])
def test_a_chosen_model_learns_from_covariates_of_sparse_features(n):
    Z = RNG.standard_normal((M, n)) * (RNG.random((M, n)) < 0.3)
    y = 3.0 * Z[:, 1]
    options = {"folds": 3, "steps": 20, "members": 1, "random_state": 0, "covariate_penalty": 0.0}
    model = HierarchyRegressor(**options, covariates=[1]).fit(csr_array(Z), y)
    assert model.score(csr_array(Z), y) > 0.9


def test_a_covariate_from_which_nothing_is_learned_is_refused_with_the_reason():
    beside = X.assign(site="A", note=[f"text {k}" for k in range(M)])
    for column, why in (
        ("site", "'site' is left out, constant"),
        ("note", "'note' is left out, identifiers"),
    ):
        with pytest.raises(FeatureError, match=why):
            NetworkClassifier(hierarchy=H, covariates=["age", "sex", column]).fit(beside, LABELS)
