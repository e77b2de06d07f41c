"""The power of an element is what it says of the target, of rows that nothing has seen, and of nothing else."""

from __future__ import annotations

import sys

import joblib
import numpy as np
import pytest

from hassenet.errors import HassenetError, HassenetWarning, ParameterError, TargetError
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.order import Order
from hassenet.likelihoods import CrossEntropy
from hassenet.optimizers import Adam
from hassenet.stability import ElementPower, Recipe, element_power
from hassenet.stability.covariates import Known, Observed, dealt_out
from hassenet.stability.heads import Divided, gains_of_elements
from hassenet.stability.learned import Learner
from hassenet.stability.regressions import free_outputs, log_likelihoods
from hassenet.stability.response import Response
from hassenet.stability.summaries import membership

N, SIZE, M = 6, 5, 160
H = Hierarchy.from_covers(
    [(f"x{k}_{j}", f"g{k}") for k in range(N) for j in range(SIZE)]
    + [(f"g{k}", f"h{k // 3}") for k in range(N)]
)
X = np.random.default_rng(0).standard_normal((M, N * SIZE))
OWN = X[:, 2 * SIZE : 3 * SIZE]  # of g2
SIGNS = np.array([1, -1, 1, -1, 1])
EFFECTS = {
    "mean": OWN.mean(axis=1),
    "learned": OWN @ SIGNS,
    "spread": abs(OWN).mean(axis=1),
    "square": abs(OWN.mean(axis=1)),
}
FAST = Recipe(options={"optimizer": Adam(0.02), "epochs": 30, "batch_size": 32})


def upper_half(z):
    return (z > np.median(z)).astype(int)


@pytest.mark.parametrize("effect", EFFECTS)
def test_the_element_that_makes_the_target_comes_first_by_the_neuron_that_says_so(effect):
    found = element_power(H, X, upper_half(EFFECTS[effect]))
    highest = found.power[found.ranks == 1].argmax()
    assert found.elements[highest] == "g2"
    assert found.carriers[highest] in {effect, "learned" if effect == "mean" else effect}
    assert 0.2 < found.power[highest] < np.log(2)


@pytest.mark.parametrize("classes", [2, 3])
def test_classes_may_have_any_names(classes):
    y = np.digitize(EFFECTS["mean"], np.quantile(EFFECTS["mean"], np.arange(1, classes) / classes))
    named = element_power(H, X, np.array(["mild", "none", "severe"])[y])
    renamed = element_power(H, X, np.array([4, 7, 9])[y] if classes == 3 else y + 1)
    assert named.table()["element"][0] == "g2"
    assert named.power == pytest.approx(renamed.power, abs=1e-6)


def test_powers_of_a_number_do_not_depend_on_its_unit():
    y = EFFECTS["mean"] + 0.1 * np.random.default_rng(1).standard_normal(M)
    metres, feet = element_power(H, X, y), element_power(H, X, 100 + y / 0.3048)
    assert metres.table()["element"][0] == "g2"
    assert metres.power == pytest.approx(feet.power, abs=1e-4)


def test_powers_do_not_depend_on_the_unit_of_a_feature():
    y = upper_half(EFFECTS["mean"])
    one, other = element_power(H, X, y), element_power(H, 3 + X * np.linspace(0.5, 900, X.shape[1]), y)
    assert one.power == pytest.approx(other.power, abs=1e-3)


def test_columns_are_found_by_name():
    pandas = pytest.importorskip("pandas")
    y, table = upper_half(EFFECTS["spread"]), pandas.DataFrame(X, columns=H.ranks[0])
    assert (element_power(H, X, y).power == element_power(H, table.iloc[:, ::-1], y).power).all()


def test_relays_change_nothing():
    skipping = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("p", "q"), ("c", "q")])
    three, y = X[:, :3], upper_half(X[:, 0] + X[:, 1])
    plain, graded = (
        element_power(of, three, y, recipe=FAST, folds=3) for of in (skipping, skipping.graded())
    )
    assert plain.elements == graded.elements == ("p", "q")
    assert (plain.power == graded.power).all()


def test_features_that_do_not_vary_say_nothing():
    constant = np.where(np.arange(X.shape[1]) < SIZE, 3.0, X)
    found = element_power(H, constant, upper_half(EFFECTS["mean"]))
    assert found.elements[0] == "g0"
    assert found.power[0] == pytest.approx(0, abs=1e-6)


def test_an_element_that_is_the_covariate_says_nothing_beyond_it():
    y, known = upper_half(EFFECTS["mean"]), EFFECTS["mean"]
    alone = Hierarchy.from_covers([("a", "p"), ("b", "q")])
    two = np.column_stack([known, X[:, 0]])
    assert element_power(alone, two, y).power[0] > 0.3
    assert element_power(alone, two, y, covariates=known).power == pytest.approx([0, 0], abs=0.02)


def test_what_a_covariate_hides_is_found_beyond_it():
    rng = np.random.default_rng(3)
    age = 3 * rng.standard_normal(M)
    y = (age + 2 * OWN.mean(axis=1) + 0.1 * rng.standard_normal(M) > 0).astype(int)
    found = element_power(H, X, y, covariates=age)
    assert found.table()["element"][0] == "g2"
    assert found.power.max() > element_power(H, X, y).power.max()


def test_local_power_is_what_no_part_has():
    found = element_power(H, X, upper_half(EFFECTS["spread"]))
    power, local = (dict(zip(found.elements, of, strict=True)) for of in (found.power, found.local))
    assert (found.local <= found.power).all()
    assert local["h0"] == pytest.approx(power["h0"] - power["g2"])
    assert 0 < local["g2"] < power["g2"]


def test_power_lies_between_the_extremes_of_its_folds():
    found = element_power(H, X, upper_half(EFFECTS["mean"]), repeats=2, folds=3)
    assert (found.low <= found.power).all()
    assert (found.power <= found.high).all()


def test_without_draws_there_are_no_p_values():
    found = element_power(H, X, upper_half(EFFECTS["mean"]))
    for values in (found.p, found.pooled_p, found.fdr):
        assert np.isnan(values).all()
    assert "no draws" in str(found)


def test_draws_say_what_chance_reaches():
    found = element_power(H, X, upper_half(EFFECTS["mean"]), draws=9, recipe=FAST)
    first = found.order[0]
    assert found.p[first] == 1 / 10
    assert found.pooled_p[first] == 1 / (1 + 9 * len(found))
    assert found.fdr[first] <= 0.1
    assert (found.pooled_p[found.order] == np.sort(found.pooled_p)).all()


def test_what_has_nothing_to_do_with_the_target_has_no_power():
    y = np.random.default_rng(5).integers(2, size=M)
    found = element_power(H, X, y, draws=4, recipe=FAST)
    assert abs(found.power).max() < 0.05
    assert (found.fdr > 0.1).all()


def test_nothing_that_judges_a_part_has_seen_its_targets():
    """Where they are exchanged in one part, the likelihoods there add up to 1: what predicts it has not changed."""
    fold = np.arange(M) % 4
    y, exchanged = upper_half(EFFECTS["learned"]), upper_half(EFFECTS["learned"])
    exchanged[fold == 1] = 1 - exchanged[fold == 1]
    total = likelihoods_held_out(y, fold) + likelihoods_held_out(exchanged, fold)
    assert total[:, fold == 1] == pytest.approx(1, abs=1e-4)
    assert (abs(total[:, fold == 2] - 1) > 1e-3).any()


def likelihoods_held_out(y, fold):
    response, known = Response.of(y, M), Known.of(None, M)
    divided, learner = Divided.of(known, response, fold), Learner.of(H, 1, 1, FAST)
    below = membership(Order.of(H))[X.shape[1] :]
    gained, _ = gains_of_elements(X, divided, below, learner, range(6))
    nothing = np.empty(M)
    for part in divided.parts:
        nothing[~part.learned] = part.nothing[0, 0, ~part.learned]
    return np.exp(gained + nothing)


@pytest.mark.parametrize(
    "target", [lambda rng: rng.integers(2, size=80), lambda rng: rng.standard_normal(80)]
)
def test_of_noise_the_mean_power_is_not_above_0(target):
    rng = np.random.default_rng(7)
    studies = (
        element_power(H, rng.standard_normal((80, N * SIZE)), target(rng), recipe=FAST) for _ in range(6)
    )
    assert np.mean([found.power for found in studies]) < 0


def test_all_repeats_of_a_draw_have_one_target(monkeypatch):
    module, seen = sys.modules["hassenet.stability.element_power"], []
    gains = module._gains

    def watched(study, target, *rest):
        seen.append(tuple(target.response.Y.ravel()))
        return gains(study, target, *rest)

    monkeypatch.setattr(module, "_gains", watched)
    element_power(H, X, upper_half(EFFECTS["mean"]), recipe=FAST, folds=3, repeats=2, draws=2)
    assert [len(set(seen[i : i + 2])) for i in (0, 2, 4)] == [1, 1, 1]
    assert len(set(seen)) == 3


def test_the_variance_of_a_number_is_that_which_the_head_leaves():
    y = EFFECTS["mean"] + 0.1 * np.random.default_rng(1).standard_normal(M)
    found = element_power(H, X, y)
    assert found.power.max() == pytest.approx(np.log(np.var(y) / 0.1**2) / 2, rel=0.1)


def test_chance_keeps_what_covariates_say_of_the_target():
    age = np.random.default_rng(1).standard_normal(M)
    response, Z = Response.of((age > 0).astype(int), M), Known.of(age, M).beside()
    each = [dealt_out((Observed(response),), which, hub=0, seed=1) for which in (Z, Z[:, :1])]
    given, free = (one.response for (one,) in each)
    assert given.Y.sum() == free.Y.sum() == response.Y.sum()
    assert np.corrcoef(given.Y[:, 0], age)[0, 1] > 0.6
    assert abs(np.corrcoef(free.Y[:, 0], age)[0, 1]) < 0.3


def test_jobs_do_not_change_a_bit():
    y = upper_half(EFFECTS["mean"])
    with joblib.parallel_config(backend="threading"):
        one, two = (element_power(H, X, y, recipe=FAST, folds=3, draws=1, n_jobs=n) for n in (1, 2))
    assert (one.power == two.power).all()
    assert (one.null == two.null).all()


def test_seeds_change_folds_and_starts():
    y = upper_half(EFFECTS["mean"])
    one, again, other = (element_power(H, X, y, recipe=FAST, folds=3, seed=seed) for seed in (0, 0, 1))
    assert (one.power == again.power).all()
    assert (one.power != other.power).any()


def test_several_neurons_and_sparse_features_do_too():
    from scipy.sparse import csr_array

    found = element_power(H, csr_array(X), upper_half(EFFECTS["learned"]), neurons=2, recipe=FAST)
    assert found.elements[found.power[found.ranks == 1].argmax()] == "g2"


def test_the_table_is_in_the_order_of_power_and_a_frame_holds_the_same():
    pytest.importorskip("pandas")
    found = element_power(H, X, upper_half(EFFECTS["mean"]), recipe=FAST, folds=3)
    table = found.table()
    assert (np.diff(table["power"]) <= 0).all()
    assert list(found.to_pandas()["element"]) == table["element"]
    assert sorted(found.t) == list(range(1, 1 + len(found)))
    assert "g2" in str(found).splitlines()[1]


def test_whole_numbers_are_what_is_asked_for():
    score = np.digitize(EFFECTS["mean"], np.quantile(EFFECTS["mean"], [0.2, 0.4, 0.6, 0.8]))
    amounts = element_power(H, X, score, task="regression", recipe=FAST, folds=3)
    shifted = element_power(H, X, score + 0.5, recipe=FAST, folds=3)
    assert amounts.power == pytest.approx(shifted.power, abs=1e-4)
    with pytest.raises(ParameterError, match="task is 'auto'"):
        element_power(H, X, score, task="ranking")


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (["ill", None] * (M // 2), "ill in every row"),
        (["ill", np.nan, *["well"] * (M - 2)], "the smallest class has 1"),
        (["a", 1] * (M // 2), "y has both"),
        (np.ma.masked_equal(np.arange(M) % 3, 2), "masked"),
    ],
    ids=["None", "NaN", "text and numbers", "masked"],
)
def test_classes_that_are_alike_where_known_or_of_two_types_are_refused(y, message):
    with pytest.raises(HassenetError, match=message):
        element_power(H, X, y if isinstance(y, np.ma.MaskedArray) else np.array(y, object))


def test_newtons_method_ends_soon_for_several_classes():
    """Where one class has coefficients that mean nothing it does not end."""
    rng, steps = np.random.default_rng(0), []
    designs = rng.standard_normal((4, 1, 1, 300)).astype(np.float32) * free_outputs(4)[
        None, :, :, None
    ].astype("f4")
    Y = np.eye(4)[rng.integers(4, size=300)]
    solve = np.linalg.solve
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(np.linalg, "solve", lambda *a: (steps.append(1), solve(*a))[1])
        log_likelihoods(CrossEntropy(), designs, np.ones((300, 1)), Y, np.arange(300) < 250)
    assert len(steps) <= 12  # of two minima: with Z alone, and with the designs


def test_of_noise_p_is_as_small_for_large_elements_as_for_small_ones():
    """By a law of size: draws whose spread grows with the elements, and powers of the same kind."""
    rng, sizes = np.random.default_rng(0), np.repeat([1, 60], 500)
    spread = np.where(sizes == 1, 0.01, 0.03)
    power, null = rng.standard_normal(1000) * spread, rng.standard_normal((10, 1000)) * spread
    names, rank, rest = tuple(range(1000)), np.ones(1000, int), np.zeros((3, 1000))
    found = ElementPower(names, rank, power, *rest, null, sizes, sizes, ("mean",) * 1000)
    shares = [np.mean(found.pooled_p[sizes == size] <= 0.05) for size in (1, 60)]
    assert shares == pytest.approx([0.05, 0.05], abs=0.02)


def test_a_target_that_does_not_vary_among_the_rows_to_learn_from_is_refused():
    y = np.full(M, 0.1)
    y[3] = 5.0
    with pytest.raises(TargetError, match="varies among the rows to learn from"):
        element_power(H, X, y)


def test_after_ctrl_c_powers_stay_with_the_draws_that_were_done(monkeypatch):
    module = sys.modules["hassenet.stability.element_power"]
    whole = element_power(H, X, upper_half(EFFECTS["mean"]), recipe=FAST, folds=3, draws=3, repeats=2)

    def stopped(gains, tasks, n_jobs, *, progress, kept):
        for task in tasks[:5]:
            yield gains(*task)
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "side_by_side", stopped)
    with pytest.warns(HassenetWarning, match="1 of 3 draws were done"):
        found = element_power(H, X, upper_half(EFFECTS["mean"]), recipe=FAST, folds=3, draws=3, repeats=2)
    np.testing.assert_array_equal(found.power, whole.power)
    np.testing.assert_array_equal(found.null, whole.null[:1])


def test_without_an_effect_a_discovery_comes_as_often_as_the_rate_says():
    """By draws alone: any of exchangeable targets may be the observed one, here with a tail as powers have it."""
    rng, n, sets = np.random.default_rng(0), 60, 300
    sizes, rest = np.repeat([5, 20, 80], 20), np.zeros((3, n))
    names, rank = tuple(range(n)), np.ones(n, int)
    found = 0
    for _ in range(sets):
        power, *null = rng.chisquare(1, size=(11, n))
        study = ElementPower(names, rank, power, *rest, np.array(null), sizes, sizes, ("mean",) * n)
        found += bool((study.fdr <= 0.1).any())
    assert found / sets == pytest.approx(0.1, abs=0.05)


def test_one_draw_says_nothing_of_chance():
    one, rest = np.ones((1, 3)), np.zeros((3, 3))
    found = ElementPower(
        ("a", "b", "c"),
        np.ones(3, int),
        np.arange(3.0),
        *rest,
        one,
        np.ones(3, int),
        np.ones(3, int),
        ("mean",) * 3,
    )
    assert found.pooled_p.tolist() == [1, 1, 1]
