"""What a search tries, how it compares, and what it keeps."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array, issparse
from sklearn.linear_model import LogisticRegression, Ridge
from threadpoolctl import threadpool_limits

from hassenet import Hierarchy, Network
from hassenet.errors import ParameterError
from hassenet.likelihoods import BinaryCrossEntropy, CrossEntropy, SquaredError
from hassenet.selection import Effort, Problem, Search, Setting
from hassenet.selection.assessment import Assessment, assess, out_of_fold, paired
from hassenet.selection.linear import Basis, linear_fits
from hassenet.selection.size import Size
from hassenet.selection.trainings import Outcome
from hassenet.shaping import widen
from hassenet.task.dividing import folds
from hassenet.task.task import Task

LOSSES = {"binary": BinaryCrossEntropy(), "several": CrossEntropy(), "numbers": SquaredError()}


def problem_of(kind="binary", m=40, n=5, seed=0, weight=None):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(m, n)).astype(np.float32)
    signal = X[:, :3] + rng.normal(size=(m, 3))
    strata = {
        "binary": (signal[:, 0] > 0).astype(int),
        "several": signal.argmax(axis=1),
        "numbers": np.zeros(m, int),
    }[kind]
    Y = {"binary": strata[:, None], "several": np.eye(3)[strata], "numbers": signal[:, :2]}[kind]
    outputs = tuple(f"target{k}" for k in range(Y.shape[1]))
    return Problem(Hierarchy.complete(n, 2), Task(outputs, LOSSES[kind]), X, Y, strata, weight)


def textbook(problem, penalty):
    """J = mean loss + (λ/2)‖W‖² in scikit-learn's words."""
    X, m = problem.X.astype(float), len(problem)
    if problem.loss == SquaredError():
        return Ridge(alpha=penalty * m / 2, tol=1e-12).fit(X, problem.Y).predict(X).reshape(m, -1)
    logistic = LogisticRegression(C=1 / (penalty * m), tol=1e-10, max_iter=5000).fit(X, problem.strata)
    p = logistic.predict_proba(X)
    return p[:, 1:] if p.shape[1] == 2 else p


@pytest.mark.parametrize("n", [5, 60], ids=["more rows", "more features"])
@pytest.mark.parametrize("kind", LOSSES)
def test_a_linear_candidate_is_the_linear_model_of_the_textbook(kind, n):
    problem, penalties = problem_of(kind, n=n), [1.0, 0.1, 0.01]
    with threadpool_limits(1):
        fits = linear_fits(problem, Basis.of(problem.X), np.arange(40), penalties)
        for penalty, fit in zip(penalties, fits, strict=True):
            np.testing.assert_allclose(fit.network(problem.X), textbook(problem, penalty), atol=1e-5)


def test_a_basis_spans_the_rows():
    X = np.random.default_rng(0).normal(size=(4, 9))
    basis = Basis.of(np.vstack([X, X[:2]]))
    assert basis.B.shape == (6, 4)
    np.testing.assert_allclose(basis.back(basis.B), np.vstack([X, X[:2]]), atol=1e-12)
    np.testing.assert_allclose(basis.V.T @ basis.V, np.eye(4), atol=1e-12)


@pytest.mark.parametrize("m", [4, 12])
def test_a_basis_beside_covariates_is_that_of_the_same_numbers_where_they_are_sparse(m):
    X, own = np.random.default_rng(0).normal(size=(m, 9)), np.arange(9) == 2
    basis = Basis.of(csr_array(X), own)
    B = basis.B.toarray() if issparse(basis.B) else basis.B
    np.testing.assert_array_equal(B[:, -1], X[:, 2])
    np.testing.assert_allclose(basis.back(B), X, atol=1e-12)


@given(st.lists(st.integers(0, 3), min_size=4, max_size=40), st.integers(2, 4), st.integers(0, 99))
def test_folds_are_of_one_size_overall_and_in_each_stratum(strata, k, seed):
    strata = np.array(strata)
    fold = folds(strata, k, seed)
    for rows in [np.ones(len(strata), bool), *(strata == s for s in strata)]:
        sizes = np.bincount(fold[rows], minlength=k)
        assert sizes.max() - sizes.min() <= 1


def test_a_search_gives_the_same_bits_for_any_number_of_jobs():
    problem = problem_of("several")
    search = Search(
        members=4, folds=2, settings=[Setting(0.1), Setting(0.01, 2), Setting(0.1, 1, 0.5)], steps=20
    )
    one, three = (replace(search, n_jobs=n).run(problem) for n in (1, 3))
    assert (one.candidates, one.effort) == (three.candidates, three.effort)
    np.testing.assert_array_equal(one.out_of_fold, three.out_of_fold)
    np.testing.assert_array_equal(one.ensemble(problem.X), three.ensemble(problem.X))


def test_an_ensemble_holds_the_fold_networks_of_what_has_a_weight():
    problem = problem_of("numbers")
    settings = [Setting(0.1), Setting(0.05), Setting(0.01, 2)]
    found = Search(members=6, folds=3, settings=settings, steps=20).run(problem)
    networks = {s: 3 if s.is_linear else 6 for s in settings}
    assert len(found.ensemble) == sum(networks[c.setting] for c in found.chosen)
    assert sum(c.weight for c in found.candidates) == pytest.approx(1)
    assert {c.setting for c in found.candidates} == set(settings)


def test_out_of_fold_predictions_are_those_of_networks_that_have_not_seen_the_row():
    problem = problem_of("binary")
    found = Search(folds=4, settings=[Setting(0.1)]).run(problem)
    fold = folds(problem.strata, 4, [0, 4])
    for f, net in enumerate(found.ensemble):
        seen = fold != f
        np.testing.assert_allclose(found.out_of_fold[~seen], net(problem.X[~seen]), rtol=1e-6)
        alone = linear_fits(problem, Basis.of(problem.X), np.flatnonzero(seen), [0.1])
        np.testing.assert_allclose(net(problem.X), next(alone).network(problem.X), atol=1e-5)


def test_a_row_of_weight_two_counts_as_two_in_a_comparison():
    losses = np.random.default_rng(0).normal(size=(3, 8))
    mean, z = paired(losses, np.array([2.0, 1, 1, 1, 1, 1, 1, 2]))
    np.testing.assert_allclose(mean, np.hstack([losses, losses[:, [0, 7]]]).mean(axis=1))
    assert z[mean.argmin()] == 0
    assert (z >= 0).all()


def test_a_weight_is_the_exponential_of_half_z_squared_and_small_ones_are_nothing():
    z = np.array([0.0, 1.0, 2.0, 3.0])
    weights = Assessment(tuple(map(Setting, z)), z, z).weights
    np.testing.assert_allclose(weights / weights[0], [1, np.exp(-0.5), np.exp(-2), 0])


def test_the_squared_error_of_many_members_is_what_two_say_it_will_be():
    """With independent errors of deviation 1 beside a common one, k networks lose B + 1/k."""
    rng = np.random.default_rng(0)
    m = 20_000
    problem = replace(
        problem_of("numbers", m=4),
        X=np.zeros((m, 5), np.float32),
        Y=np.zeros((m, 2)),
        strata=np.zeros(m, int),
    )
    fold = np.zeros(m, int)
    common = rng.normal(size=(m, 2))
    net = Network(Hierarchy.complete(5, 2))
    two = [Outcome(Setting(1), 0, net, common + rng.normal(size=(m, 2))) for _ in range(2)]
    (loss,) = assess(problem, fold, two, [0], members=10).losses
    assert loss == pytest.approx(2 * (1 + 1 / 10), rel=0.03)
    assert problem.losses(out_of_fold(fold, two), fold).mean() == pytest.approx(2 * (1 + 1 / 2), rel=0.03)


@pytest.mark.parametrize("neurons", [1, 2, 3])
@pytest.mark.parametrize("H", [Hierarchy.subsets(4), Hierarchy.random((9, 5, 2), covers=(20, 8), seed=1)])
def test_a_size_knows_the_parameters_before_the_network_is_made(H, neurons):
    crowned = H.crown(["a", "b"])
    net = replace(problem_of(), hierarchy=H, task=Task(("a", "b"), SquaredError())).network(
        Setting(0.1, neurons)
    )
    assert net.n_parameters == Size.of(H, 2).parameters(neurons)
    assert net.hierarchy == (widen(crowned, neurons).hierarchy if neurons > 1 else crowned)


@pytest.mark.parametrize("rows", [80, 1_000, 50_000])
@pytest.mark.parametrize("features", [20, 1_000, 10_000])
def test_an_effort_stays_within_minutes_or_is_the_least_there_is(rows, features):
    size = Size(features, features // 6, 1, features * 10, features // 3)
    effort = Effort.of(size, rows, folds=5, members=10)
    deep = [s for s in effort.settings if not s.is_linear]
    seconds = [5 * effort.repeats * size.seconds(s, effort.batch_size, effort.steps) for s in deep]
    assert sum(seconds) < 180 or (len(deep), effort.repeats, effort.steps) == (1, 1, 600)
    assert sum(s.is_linear for s in effort.settings) >= 2


def test_smaller_tasks_are_given_all_settings_and_two_networks_a_fold():
    effort = Effort.of(Size.of(Hierarchy.subsets(4), 1), 200, folds=5, members=10)
    assert effort.repeats == 2
    assert {s.neurons for s in effort.settings} == {0, 1, 4}
    assert Effort.of(Size.of(Hierarchy.subsets(4), 1), 200, folds=5, members=3).repeats == 1


@pytest.mark.parametrize(
    "options",
    [
        {"members": 0},
        {"folds": 1},
        {"steps": 0},
        {"n_jobs": 0},
        {"seed": -1},
        {"settings": []},
        {"settings": [0.1]},
    ],
    ids=str,
)
def test_a_search_refuses_options_outside_their_domains(options):
    with pytest.raises(ParameterError):
        Search(**options)


@pytest.mark.parametrize(
    "options",
    [{"penalty": -1.0}, {"penalty": 1, "neurons": 0.5}, {"penalty": 1, "input_dropout": 1}],
    ids=str,
)
def test_a_setting_refuses_numbers_outside_their_domains(options):
    with pytest.raises(ParameterError):
        Setting(**options)
