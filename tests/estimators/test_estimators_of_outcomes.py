"""HierarchySurvival, HierarchyOutcomes: settings chosen for times, counts, ordered classes and several targets."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from estimator_tools import pairs_of_neighbours
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.utils import estimator_checks as checks

import hassenet as hn
from hassenet import streams
from hassenet.errors import (
    CheckpointError,
    FeatureError,
    HassenetWarning,
    ParameterError,
    ShapeError,
    TargetError,
)
from hassenet.estimators import (
    HierarchyOrdinalClassifier,
    HierarchyOutcomes,
    HierarchyRegressor,
    HierarchySurvival,
    NetworkSurvival,
)
from hassenet.outcomes import (
    Amount,
    Classes,
    Count,
    HazardRatio,
    OffsetColumn,
    OrderedClasses,
    Outcomes,
    Quantiles,
)
from hassenet.selection import Setting
from hassenet.survival import Baseline, SurvivalModel, concordance

RNG = np.random.default_rng(0)
M = 80
X = RNG.normal(size=(M, 3))
TIME = RNG.exponential(np.exp(-2 * X[:, 0])).round(3) + 0.001
EVENT = RNG.random(M) < 0.8
CENTRE = np.where(np.arange(M) % 2, "north", "south")
Y = np.column_stack([TIME, EVENT])
TABLE = pd.DataFrame({"days": TIME, "died": np.where(EVENT, "yes", "no"), "centre": CENTRE})
SMALL = {
    "hierarchy": hn.Hierarchy.from_covers([("x0", "p"), ("x1", "p"), ("x2", "q")]),
    "folds": 2,
    "members": 2,
    "steps": 15,
    "settings": [Setting(0.01), Setting(0.001, neurons=1, activation="tanh")],
    "random_state": 0,
    "n_jobs": 1,
}
COX = HierarchySurvival(**SMALL).fit(X, Y)
OF_NETWORK = {"hidden_layer_sizes": (), "solver": "lbfgs", "random_state": 0}
LINEAR_COX = NetworkSurvival(**OF_NETWORK)


@pytest.mark.parametrize(
    "check",
    [
        checks.check_parameters_default_constructible,
        checks.check_no_attributes_set_in_init,
        checks.check_get_params_invariance,
        checks.check_set_params,
        checks.check_estimator_cloneable,
        checks.check_param_validation,
        checks.check_estimators_unfitted,
    ],
    ids=lambda check: check.__name__.removeprefix("check_"),
)
@pytest.mark.parametrize("kind", [HierarchySurvival, HierarchyOutcomes])
def test_scikit_learn_is_content_with_the_parameters_of_estimators_of_outcomes(kind, check):
    check(kind.__name__, kind(**SMALL))


def test_the_baseline_is_that_of_the_mean_log_hazard_of_all_rows_learned_from():
    prediction = np.asarray(COX.ensemble_(COX.model_.prepare(X)), float)
    np.testing.assert_array_equal(COX.predict(X), prediction[:, 0])
    other = Baseline.of(Y, prediction).survival(prediction)
    np.testing.assert_array_equal(COX.predict_survival_function(X).values, other.values)
    assert COX.score(X, Y) == concordance(Y, COX.predict(X)) > 0.75
    assert COX.out_of_fold_.shape == (M,)
    assert concordance(Y, COX.out_of_fold_) > 0.7
    assert cross_val_score(clone(COX), X, Y, cv=2).mean() > 0.6


@pytest.mark.parametrize("kind", [HierarchySurvival, NetworkSurvival])
@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame])
def test_a_table_of_times_keeps_its_names_and_may_hold_text(kind, library, tmp_path):
    rest = SMALL if kind is HierarchySurvival else {**OF_NETWORK, "alpha": 1.0}
    y = library(TABLE.to_dict("list"))
    found = kind(**rest).fit(X, y)
    one = found.outcome_
    assert (one.name, one.event, one.stratum, one.labels) == ("days", "died", "centre", ("north", "south"))
    hn.save(found.as_model(), tmp_path / "model")
    model = hn.load(tmp_path / "model")
    assert model.target_columns == ("days", "died", "centre")
    np.testing.assert_array_equal(model.predict(X), found.predict(X))
    curves = found.predict_survival_function(X, stratum=CENTRE)
    np.testing.assert_array_equal(model.survival(X, CENTRE).values, curves.values)
    codes = np.column_stack([Y, CENTRE == "south"])
    assert found.score(X, y) == concordance(codes, found.predict(X))
    np.testing.assert_allclose(kind(**rest).fit(X, codes).predict(X), found.predict(X), atol=1e-2)


def test_each_way_to_give_times_is_the_same_choice():
    records = np.array(list(zip(EVENT, TIME, strict=True)), [("seen", "?"), ("days", "f8")])
    turned = TABLE[["died", "days"]]  # the event is the column of text
    for y in (records, turned, np.where(EVENT, TIME, -TIME)[:, None], Y.astype(object)):
        np.testing.assert_array_equal(clone(COX).fit(X, y).predict(X), COX.predict(X))


@pytest.mark.parametrize("kind", [HierarchySurvival, NetworkSurvival])
def test_a_row_of_an_unknown_stratum_has_a_risk_and_no_curve(kind):
    rest = SMALL if kind is HierarchySurvival else OF_NETWORK
    found = kind(**rest).fit(X, TABLE)
    stratum = CENTRE[:4].astype(object)
    stratum[1], stratum[2] = "east", None
    with pytest.warns(HassenetWarning, match=r"another or none is that of 2 rows of 4 \('east', None\)"):
        curves = found.predict_survival_function(X[:4], stratum=stratum)
    assert np.isnan(curves.values).all(axis=1).tolist() == [False, True, True, False]
    assert np.isnan(curves.median).tolist() == np.isnan(curves.at([0.0])).ravel().tolist()
    assert np.isfinite(found.predict(X[:4])).all()
    with pytest.raises(ParameterError, match="each stratum has its own baseline"):
        found.predict_survival_function(X)


@pytest.mark.parametrize("kind", [HierarchySurvival, NetworkSurvival])
def test_strata_that_are_long_numbers_are_told_apart_by_all_their_digits(kind):
    rest = SMALL if kind is HierarchySurvival else OF_NETWORK
    days = np.where(CENTRE == "north", 20190131, 20190201)
    found = kind(**rest).fit(X, np.column_stack([Y, days]))
    assert found.outcome_.labels == ("20190131", "20190201")
    np.testing.assert_array_equal(found.predict(X), kind(**rest).fit(X, TABLE).predict(X))


def test_times_of_many_digits_have_a_column_each():
    model = clone(COX).fit(X, np.column_stack([1e6 + TIME, EVENT])).as_model()
    found = model.answers(X, times=[1000001.0, 1000001.5, 1000002.0])
    assert [name for name in found if "survival" in name] == [
        "survival_1000001",
        "survival_1000001.5",
        "survival_1000002",
    ]


def test_strata_of_a_survival_model_are_named_by_all_their_digits():
    own = np.column_stack([Y, np.where(CENTRE == "north", 20190131, 20190201)])
    cox = SurvivalModel.of(hn.Network(hn.Hierarchy.complete(3, 1), seed=0), X, own)
    found = hn.Model.of(cox).survival(X, own[:, 2])
    np.testing.assert_allclose(found.values, cox.survival(X, own[:, 2]).values)


@pytest.mark.parametrize("kind", [HierarchySurvival, NetworkSurvival])
def test_strata_are_the_same_by_their_names_whatever_their_types(kind):
    """1, 1.0 and "1" are one stratum, in a table and in an array, where a model is fitted and where it is judged."""
    rest = SMALL if kind is HierarchySurvival else OF_NETWORK
    numbers = np.where(CENTRE == "north", 1, 2)
    texts, floats = TABLE.assign(centre=numbers.astype(str)), np.column_stack([Y, numbers])
    given = (texts, TABLE.assign(centre=numbers), TABLE.assign(centre=numbers * 1.0), floats)
    found = kind(**rest).fit(X, texts)
    assert {found.score(X, y) for y in given} == {concordance(floats, found.predict(X))}
    more = np.column_stack([Y, np.where(np.arange(M) < 4, 3, numbers)])
    with pytest.warns(HassenetWarning, match="'stratum' also holds '3', of which no baseline is known"):
        assert found.score(X, more) == concordance(floats[4:], found.predict(X[4:]))


@pytest.mark.parametrize("kind", [HierarchySurvival, NetworkSurvival])
@pytest.mark.parametrize("name", ["north", True, 1, 2.0])
def test_one_stratum_alone_has_the_name_it_was_given(kind, name):
    """As one of several has, so that a name is known as those learned from are, and needed where there are others."""
    rest = SMALL if kind is HierarchySurvival else LINEAR_COX.get_params()
    alone, own = kind(**rest).fit(X, Y), kind(**rest).fit(X, TABLE.assign(centre=name))
    curves = alone.predict_survival_function(X).values
    for stratum in (None, name, str(name), [name] * M):
        np.testing.assert_array_equal(own.predict_survival_function(X, stratum=stratum).values, curves)
    with pytest.warns(
        HassenetWarning, match=r"strata are those learned from, .*that of 1 row of 80 \('south'\)"
    ):
        found = own.predict_survival_function(X, stratum=[name] * (M - 1) + ["south"])
    np.testing.assert_array_equal(np.isnan(found.values).all(axis=1), np.arange(M) == M - 1)
    if not isinstance(name, str):
        as_array = kind(**rest).fit(X, np.column_stack([Y, np.full(M, name)]))
        np.testing.assert_array_equal(as_array.predict_survival_function(X, stratum=name).values, curves)


def test_a_row_without_a_stratum_is_left_out_whether_others_have_one_or_two():
    for strata in (["north"], ["north", "south"]):
        centre = np.resize(np.array(strata, object), M)
        centre[:2] = None
        with pytest.warns(HassenetWarning, match="2 of 80 examples have none at all, and are left out"):
            found = clone(LINEAR_COX).fit(X, TABLE.assign(centre=centre))
        rest = clone(LINEAR_COX).fit(X[2:], TABLE.assign(centre=centre)[2:])
        np.testing.assert_array_equal(found.predict(X), rest.predict(X))
    with pytest.raises(
        TargetError, match="'centre' is empty in every row; fill it in, or leave the column out"
    ):
        clone(LINEAR_COX).fit(X, TABLE.assign(centre=None))


def test_where_there_are_no_strata_a_name_of_one_is_refused_as_such():
    found = clone(LINEAR_COX).fit(X, Y)
    for stratum, first in (([1, 1], "1"), ("north", "'north'"), (["north"] * M, "'north'")):
        with pytest.raises(
            ParameterError, match=f"one baseline, which is that of all; got the stratum {first}; "
        ):
            found.predict_survival_function(X, stratum=stratum)


def test_strata_of_a_model_with_one_are_kept_in_its_folder(tmp_path):
    found = clone(LINEAR_COX).fit(X, TABLE.assign(centre="north"))
    hn.save(found.as_model(), tmp_path / "model")
    loaded = hn.load(tmp_path / "model")
    curves = found.predict_survival_function(X).values
    for stratum in (None, "north"):
        np.testing.assert_array_equal(loaded.survival(X, stratum).values, curves)


@pytest.mark.parametrize("y", [TABLE.assign(centre="east"), np.column_stack([Y, CENTRE == "south"])])
def test_a_score_of_rows_of_unknown_strata_alone_is_refused(y):
    found = clone(COX).fit(X, TABLE)
    with pytest.raises(TargetError, match="by their names, 'north', 'south'; '.*' holds none of them, but"):
        found.score(X, y)


def test_answers_without_a_column_of_strata_are_risks_and_no_medians():
    found = clone(COX).fit(X, TABLE)
    with pytest.warns(HassenetWarning, match="another or none is that of 80 rows of 80"):
        answers = found.as_model().answers(X)
    np.testing.assert_array_equal(answers["risk_days"], found.predict(X))
    assert np.isnan(answers["median_days"]).all()
    with pytest.raises(ShapeError, match=r"each of 80 examples, or one of all; got the shape \(2,\)"):
        found.predict_survival_function(X, stratum=["north", "south"])


def test_times_behind_the_last_event_are_named():
    last = TIME[EVENT].max()
    with pytest.warns(HassenetWarning, match=f"its last event at {last:g}.*at 1e[+]09"):
        found = COX.predict_survival_function(X, times=[last, 1e9])
    np.testing.assert_array_equal(found[:, 0], found[:, 1])


def test_hazards_in_intervals_are_chosen_by_their_likelihood_and_have_no_strata():
    found = HierarchySurvival(loss="discrete_time", intervals=3, **SMALL)
    with pytest.raises(TargetError, match="strata are those of the loss 'cox'"):
        found.fit(X, TABLE)
    with pytest.warns(HassenetWarning, match="rows were lost before"):
        found.fit(X, Y)
    assert found.ensemble_.hierarchy.shape[-1] == len(found.outcome_.cuts) == 3
    assert found.score(X, Y) > 0.7


@pytest.mark.parametrize("kind", [HierarchySurvival(**SMALL), NetworkSurvival(random_state=0)])
@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.column_stack([Y, np.arange(M)]), "in none of 80 strata is there such a pair"),
        (
            np.column_stack([EVENT, EVENT]),
            "an event is compared with rows observed for longer; there is no such pair",
        ),
    ],
)
def test_times_of_which_nothing_can_be_compared_are_refused(kind, y, message):
    with pytest.raises(TargetError, match=message):
        clone(kind).fit(X, y)


LOST = (
    "the end of the first interval, 'days' = .*; 8 of 80 rows were lost before, say nothing, and are left out"
)
HAZARDS = {
    "chosen": HierarchySurvival(**SMALL, loss="discrete_time", intervals=3),
    "network": NetworkSurvival("discrete_time", (), solver="lbfgs", alpha=1.0, intervals=3, random_state=0),
}


@pytest.mark.parametrize("kind", HAZARDS)
def test_rows_lost_before_the_first_interval_ends_are_counted_as_such(kind):
    y = TABLE[["days", "died"]].assign(days=TIME + 1, died="yes")
    y.iloc[:8] = [0.5, "no"]
    learned, rest = clone(HAZARDS[kind]), clone(HAZARDS[kind]).fit(X[8:], y[8:])
    with pytest.warns(HassenetWarning, match=LOST) as told:
        learned.fit(X, y)
    assert len(told) == 1
    np.testing.assert_array_equal(learned.predict(X), rest.predict(X))


@pytest.mark.parametrize("kind", HAZARDS)
def test_a_gap_is_not_a_row_that_was_lost_too_early(kind):
    y = np.column_stack([TIME + 1, np.ones(M)])
    y[:8] = np.nan
    with pytest.warns(HassenetWarning, match="a target that is missing: 8 of 80") as told:
        clone(HAZARDS[kind]).fit(X, y)
    assert len(told) == 1


def test_weight_0_is_absence_for_times_that_are_chosen():
    weight = np.r_[np.zeros(10), np.ones(M - 10)]
    alone = clone(COX).fit(X[10:], Y[10:])
    weighted = clone(COX).fit(X, Y, weight)
    np.testing.assert_allclose(weighted.predict(X), alone.predict(X), atol=1e-5)
    np.testing.assert_allclose(weighted.outcome_.baseline.hazard, alone.outcome_.baseline.hazard, rtol=1e-4)
    assert np.isnan(weighted.out_of_fold_[:10]).all()


def test_too_few_events_for_the_folds_are_refused_before_any_training():
    few = Y.copy()
    few[1:, 1] = 0
    with pytest.raises(TargetError, match="too few: 1 row in which 'event' was seen"):
        clone(COX).fit(X, few)


def made() -> pd.DataFrame:
    frame = TABLE[["days", "died"]].copy()
    frame["grade"] = np.array(["low", "mid", "high"])[np.digitize(X[:, 0], [-0.5, 0.5])]
    frame["weight"] = 70 + 10 * X[:, 1]
    frame["years"] = RNG.uniform(0.5, 2, M)
    frame["visits"] = RNG.poisson(50 * np.exp(X[:, 0]) * frame["years"])
    frame.loc[:9, "weight"] = np.nan
    return frame


TARGETS = made()


def test_several_targets_of_any_kinds_are_chosen_for_at_once(tmp_path):
    outcomes = [
        OrderedClasses("grade", ("low", "mid", "high")),
        Amount("weight"),
        Classes("died", ("no", "yes")),
    ]
    found = HierarchyOutcomes(outcomes=outcomes, **SMALL, checkpoint=tmp_path / "kept")
    model = found.fit(X, TARGETS).as_model()
    assert model.targets == ("grade", "weight", "died")
    assert found.out_of_fold_.keys() == model.answers(X).keys()
    assert found.out_of_fold_["predicted_weight"].mean() == pytest.approx(70, abs=5)
    assert (found.out_of_fold_["predicted_grade"] == TARGETS["grade"]).mean() > 0.5
    assert found.predict(X).keys() == {"grade", "weight", "died"}
    assert (found.predict(X)["grade"] == TARGETS["grade"]).mean() > 0.6
    hn.save(model, tmp_path / "model")
    for name, values in hn.load(tmp_path / "model").predict(X).items():
        np.testing.assert_array_equal(values, found.predict(X)[name])
    again = clone(found).fit(X, TARGETS)
    np.testing.assert_array_equal(again.predict(X)["weight"], found.predict(X)["weight"])
    with pytest.raises(CheckpointError):
        clone(found).fit(X, TARGETS.assign(weight=TARGETS["weight"] + X[:, 2]))


def test_counts_grow_with_their_exposure_where_settings_are_chosen():
    frame = TARGETS
    counts = Outcomes((Count("visits"),), OffsetColumn("years", is_exposure=True))
    found = HierarchyOutcomes(outcomes=counts, **SMALL).fit(X, frame)
    table = pd.DataFrame(X, columns=["x0", "x1", "x2"]).assign(years=frame["years"])
    named = HierarchyOutcomes(outcomes=counts, **SMALL).fit(table[["x0", "x1", "x2"]], frame)
    np.testing.assert_allclose(
        named.predict(table.assign(years=2.0)), 2 * named.predict(table.assign(years=1.0)), rtol=1e-5
    )
    assert np.corrcoef(np.log(named.predict(table)), np.log1p(frame["visits"]))[0, 1] > 0.8
    assert found.outcomes_.offset.column == "years"


def test_the_score_of_outcomes_is_minus_the_loss_that_settings_are_chosen_by():
    weight = np.r_[np.zeros(10), np.ones(M - 10)]
    both = [Amount("weight"), Classes("died", ("no", "yes"))]
    found = HierarchyOutcomes(outcomes=both, **SMALL).fit(X, TARGETS)
    p = found.model_.answers(X)
    y = (TARGETS["died"] == "yes").to_numpy()
    z = (TARGETS["weight"].to_numpy() - p["predicted_weight"]) / found.outcomes_.parts[0].scale
    loss = z**2 - np.log(np.where(y, p["probability_died=yes"], p["probability_died=no"]))
    assert found.score(X, TARGETS, weight) == pytest.approx(-loss[10:].mean(), rel=1e-4)
    assert found.score(X[10:], TARGETS[10:]) == pytest.approx(-loss[10:].mean(), rel=1e-4)
    assert np.isfinite(cross_val_score(found, X, TARGETS, cv=2)).all()
    with pytest.raises(TargetError, match="a score is that of rows with a target"):
        found.score(X, TARGETS.assign(weight=np.nan, died=None))
    for some in (TARGETS[:9], pd.concat([TARGETS, TARGETS])):
        with pytest.raises(ShapeError, match=r"there is one target an example, 80 of them; got the shape"):
            found.score(X, some)


def test_counts_are_scored_and_predicted_out_of_fold_at_their_exposure():
    counts = Outcomes((Count("visits"),), OffsetColumn("years", is_exposure=True))
    found = HierarchyOutcomes(outcomes=counts, **SMALL).fit(X, TARGETS)
    mean = found.out_of_fold_["predicted_visits"]
    assert np.corrcoef(np.log(mean), np.log1p(TARGETS["visits"]))[0, 1] > 0.8
    assert found.score(X, TARGETS) > found.score(X, TARGETS.assign(years=TARGETS["years"] ** -1))


def test_a_score_takes_features_with_the_column_of_the_exposure_and_without():
    counts = Outcomes((Count("visits"),), OffsetColumn("years", is_exposure=True))
    asked = HierarchyOutcomes(outcomes=counts, **{**SMALL, "hierarchy": None})
    plain = pd.DataFrame(X, columns=["x0", "x1", "x2"])
    for features in (plain, plain.assign(sex=np.where(X[:, 0] > 0, "f", "m"))):
        found = clone(asked).fit(features, TARGETS)
        expected, wide = found.score(features, TARGETS), features.assign(years=1.0)
        for table in (wide, pl.from_pandas(wide), streams.open(dict(wide))):
            assert found.score(table, TARGETS) == pytest.approx(expected)
    among = asked.fit(plain.assign(years=TARGETS["years"]), TARGETS)
    with pytest.raises(ValueError, match="now missing:\n- years"):
        among.score(plain, TARGETS)


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (np.array(2.0), "got 0D array"),
        (np.full(M, None), "Input sample_weight contains NaN"),
        (np.full(M, frozenset()), "a weight is a number; sample_weight holds others"),
        (np.array(["two"] * M), "could not convert string to float"),
    ],
    ids=["no axis", "None", "objects", "text"],
)
def test_weights_of_a_score_that_are_others_than_a_number_each_are_refused(weight, message):
    found = HierarchyOutcomes(outcomes=[Count("visits")], **SMALL).fit(X, TARGETS)
    with pytest.raises(ValueError, match=message):
        found.score(X, TARGETS, weight)


def test_strata_without_labels_are_refused():
    outcomes = [HazardRatio("days", "died", stratum="centre")]
    with pytest.raises(ParameterError, match="'days' has none for 'centre'"):
        HierarchyOutcomes(outcomes=outcomes, **SMALL).fit(X, TABLE)


def test_a_target_among_the_features_is_refused():
    whole = TARGETS.assign(x0=X[:, 0], x1=X[:, 1], x2=X[:, 2])
    with pytest.raises(FeatureError, match="X also has 'weight'"):
        HierarchyOutcomes(outcomes=[Amount("weight")], folds=2, random_state=0).fit(whole, whole)
    with pytest.raises(FeatureError, match="X also has 'days', 'died'"):
        HierarchySurvival(folds=2, random_state=0).fit(whole, TABLE[["days", "died"]])


def test_a_curve_is_not_read_at_a_time_that_is_missing():
    with pytest.raises(ParameterError, match="one of them is NaN"):
        COX.predict_survival_function(X, times=[1.0, np.nan])


@pytest.mark.parametrize(
    ("outcomes", "y", "error", "message"),
    [
        (None, TARGETS, ParameterError, "named by outcomes=…"),
        ([Amount("weight")], X, ShapeError, "columns of a table"),
        (
            [Classes("died", ("no", "yes"))],
            TARGETS.assign(died="no"),
            TargetError,
            "too few: 0 rows of 'died' 'yes'",
        ),
        (
            [Amount("weight"), Classes("died", ("no", "yes"))],
            TARGETS.assign(weight=np.nan),
            TargetError,
            "'weight' is empty in every row to learn from",
        ),
        (
            [Amount("weight")],
            pd.concat([TARGETS, TARGETS["weight"]], axis=1),
            FeatureError,
            "a column has its own name; y repeats 'weight'",
        ),
    ],
)
def test_targets_that_cannot_be_chosen_for_are_refused(outcomes, y, error, message):
    with pytest.raises(error, match=message):
        HierarchyOutcomes(outcomes=outcomes, **SMALL).fit(X, y)


# ---------------------------------------------------------------- classes in order

STAGES = ("mild", "severe", "critical")
PLACES = np.digitize(X[:, 0], [-0.5, 0.5])
LINEAR = {**SMALL, "settings": [Setting(0.001)]}


@pytest.mark.parametrize(
    ("order", "y"),
    [
        (STAGES, np.array(STAGES)[PLACES]),
        (None, pd.Series(pd.Categorical(np.array(STAGES)[PLACES], STAGES, ordered=True), name="stage")),
        (None, pl.Series("stage", np.array(STAGES)[PLACES], dtype=pl.Enum(STAGES))),
        (None, PLACES),
        (None, PLACES > 0),
    ],
    ids=["text", "pandas", "polars", "numbers", "truth values"],
)
def test_classes_in_order_have_the_order_that_is_given_or_theirs(order, y, tmp_path):
    found = HierarchyOrdinalClassifier(**LINEAR, order=order).fit(X, y)
    labels = np.asarray(y)
    assert found.classes_.tolist() == list(
        order or (STAGES if labels.dtype.kind in "OU" else np.unique(labels))
    )
    assert found.score(X, labels) > 0.8
    p = found.predict_proba(X)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-9)
    lowest_first = p[np.argsort(X[:, 0])].argmax(axis=1)
    assert np.corrcoef(lowest_first, np.arange(M))[0, 1] > 0.7
    hn.save(found, tmp_path / "model")
    model = hn.load(tmp_path / "model")
    np.testing.assert_array_equal(model.predict_proba(X), p)
    assert model.predict(X).tolist() == found.predict(X).tolist()
    assert model.targets == (getattr(y, "name", None) or "y",)
    assert found.out_of_fold_.shape == p.shape


@pytest.mark.parametrize(
    ("order", "y", "message"),
    [
        (None, np.array(STAGES)[PLACES], "give order="),
        (("mild", "severe"), np.array(STAGES)[PLACES], "names each class of y once"),
        (None, np.zeros(M, int), "holds one class only"),
        (None, X[:, 0], "Unknown label type: continuous"),
    ],
)
def test_classes_without_an_order_are_refused(order, y, message):
    with pytest.raises(ValueError, match=message):
        HierarchyOrdinalClassifier(**LINEAR, order=order).fit(X, y)


@pytest.mark.parametrize(
    "check",
    [
        checks.check_parameters_default_constructible,
        checks.check_estimators_unfitted,
        checks.check_estimators_pickle,
        checks.check_fit2d_1sample,
        checks.check_n_features_in,
        checks.check_classifiers_one_label,
        checks.check_classifiers_regression_target,
    ],
    ids=lambda check: check.__name__.removeprefix("check_"),
)
def test_scikit_learn_is_content_with_classes_in_order(check):
    estimator = HierarchyOrdinalClassifier(**{**LINEAR, "hierarchy": pairs_of_neighbours})
    check("HierarchyOrdinalClassifier", estimator)


# ---------------------------------------------------------------- numbers of other likelihoods


@pytest.mark.parametrize(
    ("likelihood", "several"), [("student_t", True), ("poisson", True), ("negative_binomial", False)]
)
def test_the_regressor_chooses_settings_by_the_likelihood_that_is_asked_for(likelihood, several):
    one = TARGETS["visits"].to_numpy(float)
    y = np.column_stack([one, one[::-1]]) if several else one
    found = HierarchyRegressor(**LINEAR, likelihood=likelihood).fit(X, y)
    assert found.predict(X).shape == found.out_of_fold_.shape == y.shape
    assert [part.loss for part in found.model_.outcomes.parts] == [found.model_.outcomes.parts[0].loss] * (
        1 + several
    )
    assert np.corrcoef(np.log(found.predict(X).ravel()[:: 1 + several].clip(1)), np.log1p(one))[0, 1] > 0.5
    with pytest.raises(ParameterError, match="intervals are those of a regression's targets"):
        found.predict(X, interval=0.9)


@pytest.mark.parametrize("further", [{}, {"likelihood": "student_t"}, {"quantiles": (0.1, 0.9)}])
def test_one_of_several_numbers_that_no_row_has_is_refused_by_the_regressor(further):
    with pytest.raises(TargetError, match="a target has values; .* empty in every row to learn from"):
        HierarchyRegressor(**LINEAR, **further).fit(X, np.column_stack([X[:, 0], np.full(M, np.nan)]))


def test_the_regressor_learns_quantiles_in_order_and_scores_them_by_their_loss():
    y = 70 + 5 * X[:, 0] + np.random.default_rng(1).normal(size=M)
    found = HierarchyRegressor(**LINEAR, quantiles=(0.9, 0.1)).fit(X, y)
    q = found.predict(X)
    assert (q[:, 0] <= q[:, 1]).all()
    assert 0.6 < np.mean((q[:, 0] <= y) & (y <= q[:, 1])) <= 1
    loss = [np.maximum(s * (y - p), (s - 1) * (y - p)).mean() for s, p in zip((0.1, 0.9), q.T, strict=True)]
    assert found.score(X, y) == pytest.approx(-np.mean(loss))
    with pytest.raises(ParameterError, match="got both, 'student_t'"):
        HierarchyRegressor(**LINEAR, quantiles=0.5, likelihood="student_t").fit(X, y)
    median = HierarchyRegressor(**LINEAR, quantiles=0.5).fit(X, y)
    assert median.predict(X).shape == (M, 1)


def test_what_cannot_be_a_count_is_refused_by_the_regressor():
    with pytest.raises(TargetError, match="count"):
        HierarchyRegressor(**LINEAR, likelihood="poisson").fit(X, X[:, 0])


@pytest.mark.parametrize(
    "part", [Amount("y"), Count("y"), Quantiles("y", (0.1, 0.9)), Amount("y", "laplace")]
)
def test_a_target_of_any_kind_that_never_varies_is_refused_also_beside_others(part):
    beside = Amount("days")
    for parts in ((part,), (beside, part)):
        with pytest.raises(TargetError, match="a target varies; 'y' is 2.0 in every row"):
            HierarchyOutcomes(outcomes=Outcomes(parts), **SMALL).fit(X, TABLE.assign(y=2.0))
