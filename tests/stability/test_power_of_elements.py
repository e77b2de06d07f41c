"""The power of an element is what it says of the target, of rows that nothing has seen, and of nothing else."""

from __future__ import annotations

import joblib
import numpy as np
import pytest

from hassenet.hierarchy import Hierarchy
from hassenet.optimizers import Adam
from hassenet.stability import Recipe, element_power

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
    assert found.table()["element"][0] == "g2"
    assert found.table()["carrier"][0] in {effect, "learned" if effect == "mean" else effect}
    assert 0.2 < found.power.max() < np.log(2)


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


def test_chance_keeps_what_covariates_say_of_the_target():
    from hassenet.stability.covariates import beside, dealt_out
    from hassenet.stability.response import Response

    age = np.random.default_rng(1).standard_normal(M)
    response, Z = Response.of((age > 0).astype(int), M), beside(age, M)
    given, free = (dealt_out(response, which, seed=0) for which in (Z, Z[:, :1]))
    assert given.Y.sum() == free.Y.sum() == response.Y.sum()
    assert np.corrcoef(given.Y[:, 0], age)[0, 1] > 0.6
    assert abs(np.corrcoef(free.Y[:, 0], age)[0, 1]) < 0.3


def test_jobs_do_not_change_a_bit():
    y = upper_half(EFFECTS["mean"])
    with joblib.parallel_config(backend="threading"):
        one, two = (element_power(H, X, y, recipe=FAST, folds=2, draws=1, n_jobs=n) for n in (1, 2))
    assert (one.power == two.power).all()
    assert (one.null == two.null).all()


def test_seeds_change_folds_and_starts():
    y = upper_half(EFFECTS["mean"])
    one, again, other = (element_power(H, X, y, recipe=FAST, folds=2, seed=seed) for seed in (0, 0, 1))
    assert (one.power == again.power).all()
    assert (one.power != other.power).any()


def test_several_neurons_and_sparse_features_do_too():
    from scipy.sparse import csr_array

    found = element_power(H, csr_array(X), upper_half(EFFECTS["learned"]), neurons=2, recipe=FAST)
    assert found.table()["element"][0] == "g2"


def test_the_table_is_in_the_order_of_power_and_a_frame_holds_the_same():
    pytest.importorskip("pandas")
    found = element_power(H, X, upper_half(EFFECTS["mean"]), recipe=FAST, folds=2)
    table = found.table()
    assert (np.diff(table["power"]) <= 0).all()
    assert list(found.to_pandas()["element"]) == table["element"]
    assert sorted(found.t) == list(range(1, 1 + len(found)))
    assert "g2" in str(found).splitlines()[1]
