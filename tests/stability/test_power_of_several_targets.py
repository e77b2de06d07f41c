"""Power for several targets is that for each in the rows that have it; chance deals them out together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control

from hassenet import Hierarchy
from hassenet.errors import (
    DataError,
    FeatureError,
    HassenetError,
    NotFiniteError,
    ParameterError,
    ShapeError,
    TargetError,
    TargetWarning,
)
from hassenet.likelihoods import Joint, LearnedDispersionLoss, PoissonLoss, QuantileLoss
from hassenet.optimizers import Adam
from hassenet.plots import plot_power
from hassenet.stability import Recipe, element_power
from hassenet.stability.by_element import by_element
from hassenet.stability.by_size import in_deviations
from hassenet.stability.covariates import Known, Observed, dealt_out
from hassenet.stability.parts import parts_of
from hassenet.stability.response import Response

M = 90
RNG = np.random.default_rng(0)
RNG_OF_CLASSES = np.random.default_rng(1)
H = Hierarchy.from_covers([(f"g{k}", f"p{k // 3}") for k in range(9)])
X = RNG.standard_normal((M, 9))
SUMS = X.reshape(M, 3, 3).sum(axis=2)
AMOUNT = SUMS[:, 0] + RNG.standard_normal(M)
STATE = np.where(SUMS[:, 1] > 0, "ill", "well")
COUNT = RNG.poisson(np.exp(SUMS[:, 2] / 2))
YEARS = RNG.uniform(1, 3, M)
SIGNED = RNG.exponential(np.exp(-SUMS[:, 0])) * np.where(RNG.random(M) < 0.7, 1, -1)
QUICK = {
    "recipe": Recipe(options={"optimizer": Adam(0.02), "epochs": 1, "batch_size": 32}),
    "folds": 3,
    "draws": 2,
}
GAPS = np.arange(M) % 4 == 0
FRAME = pd.DataFrame({"amount": np.where(GAPS, np.nan, AMOUNT), "state": STATE})
JOINT = Joint({"amount": "squared_error", "count": LearnedDispersionLoss(), "days": "cox"}, sizes=(1, 2, 1))
OF_JOINT = np.column_stack([FRAME["amount"], COUNT, COUNT, SIGNED])


def same(one, other):
    return all(
        np.array_equal(getattr(one, part), getattr(other, part), equal_nan=True)
        for part in ("power", "local", "low", "high", "t", "null", "pooled_p", "fdr")
    )


def test_power_for_each_target_is_that_for_it_alone_in_the_rows_that_have_it():
    both, rows = element_power(H, X, FRAME, **QUICK), ~GAPS
    assert same(both.of("state"), element_power(H, X, STATE, **QUICK))
    alone = element_power(H, X[rows], AMOUNT[rows], **QUICK)
    np.testing.assert_array_equal(both.of("amount").power, alone.power)
    assert both.of("amount").carriers == alone.carriers


def test_a_joint_loss_has_the_power_of_each_of_its_targets():
    added = np.column_stack([np.zeros(M), np.log(YEARS), np.zeros((M, 2))])
    found = element_power(H, X, OF_JOINT, loss=JOINT, offset=added, **QUICK)
    assert same(found, element_power(H, X, OF_JOINT, loss=JOINT, exposure=YEARS, **QUICK))
    count = element_power(H, X, COUNT, loss=LearnedDispersionLoss(), exposure=YEARS, **QUICK)
    days = np.column_stack([np.abs(SIGNED), SIGNED > 0])
    assert same(found.of("count"), count)
    assert same(found.of("days"), element_power(H, X, days, loss="cox", **QUICK))
    np.testing.assert_array_equal(
        found.of("amount").power, element_power(H, X, FRAME, **QUICK).of("amount").power
    )
    first = {name: found.of(name).elements[found.of(name).order[0]] for name in JOINT.names}
    assert first == {"amount": "p0", "count": "p2", "days": "p0"}


def test_the_false_discovery_rate_is_over_all_elements_and_targets():
    found = element_power(H, X, FRAME, **QUICK)
    each = [in_deviations(one.power, one.null, one.sizes) for one in map(found.of, ("amount", "state"))]
    t, drawn = (np.concatenate(parts, axis=-1) for parts in zip(*each, strict=True))
    p = (1 + (drawn.ravel() >= t[:, None]).sum(axis=1)) / (1 + drawn.size)
    np.testing.assert_allclose(found.pooled_p, p)
    np.testing.assert_array_equal(found.fdr, false_discovery_control(found.pooled_p))
    table = found.to_pandas()
    assert list(table.columns[:2]) == ["target", "element"]
    assert set(zip(table["target"], table["element"], strict=True)) == {
        (target, f"p{k}") for target in FRAME for k in range(3)
    }
    assert table["power"].is_monotonic_decreasing
    assert repr(found) == "ElementPower(3 elements for 2 targets, 2 draws)"
    assert ", for " in str(found)
    assert by_element(found) == table.groupby("element")["power"].max().to_dict()
    labels = [text.get_text() for text in plot_power(found).axes[0].get_yticklabels()]
    assert len(set(labels)) == 6
    with pytest.raises(ParameterError, match="power is that of 'amount', 'state'; got 'age'; name one"):
        found.of("age")


def test_chance_leaves_the_targets_of_a_row_together_with_their_gaps():
    known = ~GAPS
    targets = (
        Observed(Response.of(np.arange(M) * 1.0, M, "regression"), known),
        Observed(Response.of(np.arange(M) * 2.0, M, "regression")),
    )
    for Z in (np.ones((M, 1)), Known.of(AMOUNT, M).beside()):
        one, two = dealt_out(targets, Z, hub=0, seed=1)
        np.testing.assert_array_equal(2 * one.response.Y, two.response.Y)
        order = one.response.Y[:, 0].astype(int)
        assert (order != np.arange(M)).any()
        np.testing.assert_array_equal(one.known, known[order])
        assert two.known is None


def test_powers_for_several_targets_go_on_from_their_folder_with_more_draws(tmp_path):
    fewer = element_power(H, X, FRAME, checkpoint=tmp_path / "kept", **QUICK | {"draws": 1})
    more = element_power(H, X, FRAME, checkpoint=tmp_path / "kept", **QUICK)
    np.testing.assert_array_equal(more.null[:1], fewer.null)
    assert same(more, element_power(H, X, FRAME, **QUICK))


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        (
            {"y": FRAME.assign(amount=1.0)},
            TargetError,
            "varies; .* 1.0 in every row; .*of the target 'amount'",
        ),
        ({"y": FRAME.assign(amount=np.nan)}, TargetError, "missing in every row; .*of the target 'amount'"),
        ({"y": FRAME[:5]}, ShapeError, "X has 90 rows, y has 5"),
        (
            {"y": FRAME.assign(amount=[*"aab"] + [None] * 87)},
            TargetError,
            "each of 3 folds .*of the target 'amount'",
        ),
        ({"y": FRAME.assign(amount=["a", 1] * 45)}, TargetError, "y has both; .*of the target 'amount'"),
        ({"y": FRAME, "exposure": YEARS}, ParameterError, "an exposure is of counts"),
        (
            {"y": FRAME, "loss": JOINT},
            FeatureError,
            "there is no 'count', 'days'; name columns as the targets",
        ),
        (
            {"y": FRAME, "loss": Joint({"amount": "squared_error", "state": "squared_error"})},
            FeatureError,
            "'state' holds others; encode them",
        ),
        (
            {"y": OF_JOINT[:, :2], "loss": Joint({"a": "squared_error", "b": QuantileLoss([0.1])})},
            ParameterError,
            "powers are those of classes and numbers.*of the target 'b'",
        ),
        (
            {"y": np.ones((M, 2)), "loss": Joint({"a": "squared_error", "b": "squared_error"})},
            TargetError,
            "a target varies; 'a', 'b' is one number in every row",
        ),
        (
            {"y": FRAME.assign(amount=np.where(np.arange(M) < 4, AMOUNT, np.nan))},
            TargetError,
            "varies among the rows to learn from.*of the target 'amount'",
        ),
        (
            {"y": FRAME.assign(amount=np.where(np.arange(M) < 2, AMOUNT, 0.5))},
            TargetError,
            "it is 0.5 in all of them.*of the target 'amount'",
        ),
        (
            {"y": FRAME.assign(amount=np.where(GAPS, np.inf, AMOUNT))},
            NotFiniteError,
            "row 0 of y is inf.*of the target 'amount'",
        ),
        (
            {"y": FRAME.set_axis(["amount", "amount"], axis=1)},
            FeatureError,
            "y repeats 'amount'; rename",
        ),
        ({"y": FRAME.set_axis([1, "1"], axis=1)}, FeatureError, "y repeats '1'; rename"),
        (
            {"y": FRAME.set_axis(["a", "a"], axis=1), "loss": Joint({"a": "squared_error"})},
            FeatureError,
            "y repeats 'a'; rename",
        ),
        (
            {
                "y": np.column_stack([STATE == "ill", GAPS, AMOUNT]).astype(float),
                "loss": Joint({"x": "binary_cross_entropy", "x 0": "squared_error"}, sizes=(2, 1)),
            },
            ParameterError,
            "by the names 'x', 'x 0' there are two called 'x 0'; rename one",
        ),
        (
            {
                "y": np.column_stack([np.ones(M), AMOUNT, COUNT]),
                "loss": Joint({"x": "squared_error", "z": "squared_error"}, sizes=(2, 1)),
            },
            TargetError,
            "a target varies; 'x 0' is one number in every row",
        ),
        ({"y": OF_JOINT[:9], "loss": JOINT}, ShapeError, "X has 90 rows, y has 9"),
        ({"y": OF_JOINT, "loss": JOINT, "offset": YEARS[:4]}, DataError, "one offset an example, 90 of them"),
    ],
)
def test_an_error_about_one_of_several_targets_names_it_before_any_training(
    monkeypatch, asked, error, message
):
    monkeypatch.setattr(Recipe, "__call__", None)
    with pytest.raises(error, match=message):
        element_power(H, X, **asked, **QUICK)


@pytest.mark.parametrize(
    ("y", "gaps", "asked"),
    [
        (pd.Series(np.where(GAPS, np.nan, AMOUNT)), GAPS, {}),
        (np.where(GAPS, np.nan, AMOUNT)[:, None], GAPS, {}),
        (pd.Series(pd.array(np.where(GAPS, None, STATE), "string")), GAPS, {}),
        (pd.Series(pd.array(np.where(GAPS, None, COUNT), "Int64")), GAPS, {"loss": PoissonLoss()}),
        (np.where(GAPS, np.nan, COUNT), GAPS, {"loss": PoissonLoss()}),
        (np.where(GAPS, None, STATE), GAPS, {}),
        (
            np.where(GAPS[:, None], np.nan, np.column_stack([np.abs(SIGNED), SIGNED > 0])),
            GAPS,
            {"loss": "cox"},
        ),
    ],
    ids=["numbers", "a column", "text", "nullable counts", "counts", "objects", "times"],
)
def test_a_target_alone_is_measured_in_the_rows_that_have_it(y, gaps, asked):
    found = element_power(H, X, y, **asked, **QUICK | {"draws": 0})
    whole = np.asarray(y)[~gaps]
    whole = np.array(whole.tolist()) if whole.dtype == object else whole
    alone = element_power(H, X[~gaps], whole, **asked, **QUICK | {"draws": 0})
    np.testing.assert_array_equal(found.power, alone.power)
    assert not found.targets


@pytest.mark.parametrize(
    ("y", "loss"),
    [
        (pd.DataFrame({"kg": AMOUNT}), None),
        (pd.DataFrame({"kg": COUNT}), "poisson"),
        (AMOUNT[:, None], Joint({"kg": "squared_error"})),
    ],
    ids=["table", "table and loss", "joint loss"],
)
def test_one_target_keeps_the_name_that_it_was_given(y, loss):
    found = element_power(H, X, y, loss=loss, **QUICK)
    assert set(found.targets) == {"kg"} == set(found.table()["target"])
    bare = element_power(H, X, np.asarray(y)[:, 0], loss=loss if loss == "poisson" else None, **QUICK)
    assert same(found.of("kg"), bare)
    with pytest.raises(ParameterError, match="one target, without a name; got 'kg'; take it as it is"):
        bare.of("kg")


@pytest.mark.parametrize("reverse", [False, True])
def test_a_number_above_0_beside_0_and_1_may_be_a_time_and_its_event(reverse):
    y = pd.DataFrame({"days": np.where(GAPS, np.nan, YEARS), "died": STATE == "ill"})
    y = y[["died", "days"]] if reverse else y
    with pytest.warns(TargetWarning, match="'days' holds .* 'died' 0 and 1: .*give loss='cox'") as noted:
        element_power(H, X, y, **QUICK | {"draws": 0})
    assert noted[0].filename == __file__


@pytest.mark.parametrize(
    "y",
    [
        FRAME,
        FRAME.assign(amount=COUNT % 3),
        FRAME.assign(state=np.minimum(COUNT, 2)),
        np.column_stack([AMOUNT, GAPS]),
    ],
    ids=["text", "classes", "counts", "numbers below 0"],
)
def test_of_other_pairs_nothing_is_noted(y, recwarn):
    element_power(H, X, y, **QUICK | {"draws": 0})
    assert not [one for one in recwarn if one.category is TargetWarning]


def test_columns_that_are_one_hot_are_the_classes_of_one_target_wherever_they_stand():
    classes = RNG_OF_CLASSES.integers(0, 3, M)
    eye = np.where(GAPS[:, None], np.nan, np.eye(3)[classes])
    quick = QUICK | {"draws": 0}
    alone = element_power(H, X, np.where(GAPS, np.nan, classes), **quick)
    assert same(element_power(H, X, eye, **quick), alone)
    (part,) = parts_of(None, eye)
    assert part.response.size == 3
    np.testing.assert_array_equal(part.known, ~GAPS)
    with pytest.warns(TargetWarning, match="'a', 'b', 'c' are 0 and 1, .*the classes of one target"):
        table = element_power(H, X, pd.DataFrame(eye, columns=list("abc")), **quick)
    assert same(table, alone)
    each = element_power(H, X, eye, task="regression", **quick)
    assert set(each.targets) == {"target0", "target1", "target2"}


def test_null_models_keep_targets_whose_names_collide_and_take_equal_quantiles_with_gaps_for_one():
    bad = Joint({"x": "binary_cross_entropy", "x 0": "squared_error"}, sizes=(2, 1))
    assert len(parts_of(bad, np.column_stack([STATE == "ill", GAPS, AMOUNT]).astype(float))) == 3
    quantiles = np.repeat(FRAME[["amount"]].to_numpy(), 2, axis=1)
    assert len(parts_of(Joint({"kg": QuantileLoss([0.1, 0.9])}, sizes=(2,)), quantiles)) == 1


def test_an_error_of_a_training_for_one_of_several_targets_names_it(monkeypatch):
    def refuse(*_, **__):
        raise ParameterError("no such step; take another")

    monkeypatch.setattr(Recipe, "__call__", refuse)
    with pytest.raises(HassenetError, match=r"take another \(of the target 'amount'\)"):
        element_power(H, X, FRAME, **QUICK)
