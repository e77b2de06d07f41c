"""``hassenet fit`` and what follows it, on a table with text, gaps, dates, truth values and identifiers."""

from __future__ import annotations

import numpy as np
import pytest
from tests.tables.columns import people

from hassenet.errors import FeatureError
from hassenet.estimators import HierarchyClassifier, NetworkClassifier
from hassenet.explain import deeplift
from hassenet.hierarchy.relay import Relay
from hassenet.storage import load

QUICK = ("--epochs", 2, "--no-plots", "--test-size", 0)


@pytest.fixture
def mixed(tmp_path):
    frame = people(120)
    frame.loc[5:7, "ill"] = None
    frame.to_csv(tmp_path / "mixed.csv", index=False)
    return frame


@pytest.fixture
def fitted(run, mixed):
    return run("fit", "mixed.csv", "--target", "ill", "--out", "model", *QUICK)


def test_a_table_of_all_kinds_is_learned_without_options_and_each_column_accounted_for(run, fitted):
    assert fitted.exit_code == 0, fitted.output
    for line in (
        "3 rows without a target left out",
        "categories, an element over the levels of each: 'city' (3 levels, 3 rare ones together), 'sex' (2 levels)",
        "dates: 'visit' (month, day since 2019-01-03)",
        "numbers, as they are spelled: 'price' (commas between thousands)",
        "left out, identifiers, another value in each row: 'patient_id', 'name'",
        "left out, constant: 'site'",
    ):
        assert line in fitted.stdout
    assert "'age is missing'" in fitted.stdout
    shown = run("show", "model").stdout
    for line in (
        "categories: 'city' (3 levels, 3 rare ones together), 'sex' (2 levels)",
        "dates: 'visit' (month, day since 2019-01-03)",
        "numbers: 'price' (commas between thousands)",
        "with gaps: 'age'",
    ):
        assert line in shown


@pytest.mark.parametrize(
    ("column", "features"), [("sex", "'sex=f', 'sex=m'"), ("visit", "'visit: month', 'visit: day'")]
)
def test_a_direction_of_a_column_of_levels_or_parts_is_refused_with_the_names_of_these(
    run, mixed, column, features
):
    arguments = ("fit", "mixed.csv", "--target", "ill", "--out", "model", *QUICK)
    result = run(*arguments, "--increasing", column)
    assert result.exit_code == 1
    assert f"{column!r} was made into {features}" in result.stderr
    columns = mixed.dropna(subset="ill")
    for estimator in (NetworkClassifier, HierarchyClassifier):
        with pytest.raises(FeatureError, match=f"{column!r} was made into"):
            estimator(monotonic_cst={column: 1}, random_state=0).fit(
                columns[["age", "sex", "visit"]], columns["ill"]
            )
    assert (
        run(*arguments, "--increasing", features.split(",")[0].strip("'"), "--activation", "tanh").exit_code
        == 0
    )


def test_columns_are_elements_over_their_features_and_explanations_are_of_both(fitted, mixed):
    model = load("model")
    H = model.network.hierarchy
    assert [e for e in H.ranks[1] if not isinstance(e, Relay)] == ["city", "sex", "visit", "zip"]
    assert H.below("sex") == ("sex=f", "sex=m", "sex is missing")
    assert Relay("age is missing", 1) in H.below("h1_0")
    found = deeplift(model.network, model.prepare(mixed), "ill=yes")
    score = dict(zip(found.elements, found.score, strict=True))
    parts = sum(score[feature] for feature in H.below("visit"))
    assert score["visit"] == pytest.approx(parts, rel=1e-4, abs=1e-6)


def test_another_table_may_have_its_columns_in_any_order_and_more_of_them(run, fitted, mixed):
    run("predict", "model", "mixed.csv", "--out", "p.csv", "--quiet")
    others = mixed.drop(columns=["ill", "name", "site", "patient_id"])
    others[others.columns[::-1]].assign(new="x").to_csv("new.csv", index=False)
    result = run("predict", "model", "new.csv", "--out", "q.csv")
    assert result.exit_code == 0, result.output
    assert "ignored, as the model does not know them: 'new'" in result.stdout
    with open("p.csv") as p, open("q.csv") as q:
        assert p.read() == q.read()


def test_a_table_with_fewer_columns_is_refused_by_their_names(run, fitted, mixed):
    mixed.drop(columns=["city", "visit"]).to_csv("few.csv", index=False)
    for command in ("predict", "explain"):
        result = run(command, "model", "few.csv", "--out", "p.csv")
        assert result.exit_code == 1
        assert "2 of 8 are not: 'city', 'visit'" in result.stderr


def test_a_column_that_is_written_otherwise_is_named_where_it_is_not_found(run, fitted, mixed):
    mixed.rename(columns={"city": "City", "visit": "VISIT "}).to_csv("other.csv", index=False)
    mixed.rename(columns={"city": "City", "visit": "VISIT "}).to_parquet("other.parquet", index=False)
    for command in ("predict", "explain"):
        for table in ("other.csv", "other.parquet"):
            result = run(command, "model", table, "--out", "p.csv")
            assert result.exit_code == 1
            assert (
                "2 of 8 are not: 'city', 'visit'; add them, or rename what is written otherwise: "
                in result.stderr
            )
            assert "'City', 'VISIT" in result.stderr


def test_new_levels_and_new_gaps_are_counted_in_one_line_each(run, fitted, mixed):
    new = mixed.assign(city="Paris")
    new.loc[:3, "bmi"] = np.nan
    new.to_csv("new.csv", index=False)
    told = run("predict", "model", "new.csv", "--out", "p.csv").stderr
    assert told.count("'city' 'Paris' in 120 rows") == told.count("'bmi' in 4 rows") == 1


@pytest.mark.parametrize("command", ["evaluate", "explain", "show", "report"])
def test_the_other_commands_take_the_same_table(run, fitted, command):
    table, out = (
        ([] if command == "show" else ["mixed.csv"]),
        (["--out", "r.html"] if command == "report" else []),
    )
    result = run(command, "model", *table, *out)
    assert result.exit_code == 0, result.output


def test_a_hierarchy_of_columns_gets_levels_below_and_gaps_beside_its_elements(run, mixed, tmp_path):
    pairs = [
        ("age", "body"),
        ("bmi", "body"),
        ("city", "place"),
        ("zip", "place"),
        ("body", "all"),
        ("place", "all"),
    ]
    (tmp_path / "h.csv").write_text("".join(f"{low},{up}\n" for low, up in pairs))
    fit = (
        "fit",
        "mixed.csv",
        "--target",
        "ill",
        "--hierarchy",
        "h.csv",
        "--no-plots",
        "--epochs",
        2,
        "--single",
    )
    result = run(*fit, "--out", "model")
    assert result.exit_code == 0, result.output
    H = load("model").network.hierarchy
    assert H.below("city") == ("city=Bonn", "city=Oslo", "city=Rome", "city, others")
    assert {str(e) for e in H.below("body")} == {"age ↑1", "age is missing ↑1", "bmi ↑1"}
    assert run("predict", "model", "mixed.csv", "--out", "p.csv").exit_code == 0


def test_logarithms_are_taken_of_amounts_and_not_of_levels(run, mixed):
    fit = ("fit", "mixed.csv", "--target", "ill", "--out", "model", *QUICK, "--log10", 0)
    result = run(*fit, "--no-standardize")
    assert result.exit_code == 0, result.output
    model = load("model")
    X, Z = model.encoding(mixed), model.prepare(mixed)
    places = np.isin(model.features, ["age", "bmi", "price"])
    np.testing.assert_allclose(Z[:, places], np.log10(X[:, places]))
    np.testing.assert_array_equal(Z[:, ~places], X[:, ~places])


def test_signs_of_a_hierarchy_stay_above_levels_and_beside_gaps(run, tmp_path):
    frame = people(80)[["age", "sex", "bmi", "ill"]]
    frame.to_csv(tmp_path / "people.csv", index=False)
    (tmp_path / "signed.sif").write_text(
        "age\tinhibits\tperson\nsex\tactivates\tperson\nbmi\tinhibits\trest\n"
    )
    made = run(
        *("fit", "people.csv", "--target", "ill", "--hierarchy", "signed.sif", "--out", "model"),
        *("--single", "--epochs", 3, "--no-plots", "--test-size", 0),
    )
    assert made.exit_code == 0, made.output
    H = load("model").network.hierarchy
    assert {str(low): sign for (low, _), sign in H.signs.items()} == {"age ↑1": -1, "sex": 1, "bmi ↑1": -1}
