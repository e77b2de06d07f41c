"""``hassenet discover`` says which elements carry the target, and writes it as a table and pictures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hassenet.cli.discover.run import _FILES
from hassenet.cli.report import powers_of
from hassenet.hierarchy import Hierarchy
from hassenet.stability import NullScores, element_power

GENES = [f"gene{k}" for k in range(20)]
HIERARCHY = ("--hierarchy", "pathways.csv", "--drop", "sample", "--draws", 2, "--folds", 3)


@pytest.fixture
def table(tmp_path):
    """Return a table whose third pathway carries ``state`` and ``amount``; the first is what ``age`` says."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((90, 20))
    activity = X[:, 10:15].mean(axis=1)
    frame = pd.DataFrame(X, columns=GENES).assign(
        sample=[f"s{k}" for k in range(90)],
        age=X[:, :5].mean(axis=1),
        state=np.where(activity + X[:, :5].mean(axis=1) > 0, "ill", "well"),
        amount=np.round(8 * activity),
    )
    frame.to_csv(tmp_path / "genes.csv", index=False)
    pairs = [(gene, f"pathway{k // 5}") for k, gene in enumerate(GENES)] + [
        (f"pathway{k}", f"process{k // 2}") for k in range(4)
    ]
    pd.DataFrame(pairs, columns=["lower", "upper"]).to_csv(tmp_path / "pathways.csv", index=False)
    return frame


@pytest.fixture
def discover(run, table):
    def call(*more, target="state", drop="amount"):
        return run("discover", "genes.csv", "--target", target, "--drop", drop, *HIERARCHY, *more)

    return call


def shown(result):
    """Return the elements of the table that was printed."""
    lines = result.stdout.split("\n\n")[-2 if "written" not in result.stdout else -3].splitlines()
    return [line.split()[0] for line in lines[1:]]


def test_the_elements_that_carry_the_target_come_first_in_print_table_and_pictures(discover, tmp_path):
    result = discover("--out", "found", "--top", 3, target="amount", drop="state")
    assert result.exit_code == 0, result.output
    found = pd.read_csv(tmp_path / "found/power.csv")
    assert sorted(path.name for path in (tmp_path / "found").iterdir()) == sorted(_FILES)
    assert found["element"][0] == "pathway2"
    assert len(found) == 6
    assert powers_of(tmp_path / "found/power.csv") == found.set_index("element")["power"].to_dict()
    assert shown(result) == found["element"][:3].tolist()
    for name in _FILES[1:]:
        assert (tmp_path / "found" / name).read_bytes().startswith(b"\x89PNG")
    assert "power: nats an example, on rows not learned from" in result.stdout


def test_power_is_beyond_the_covariates_which_are_not_features(discover, tmp_path):
    assert discover("--out", "alone", "--drop", "age", "--quiet").output == ""
    result = discover("--out", "beyond", "--covariate", "age")
    assert result.exit_code == 0, result.output
    assert "power: nats an example beyond age, on rows not learned from" in result.stdout
    alone, beyond = (
        pd.read_csv(tmp_path / name / "power.csv").set_index("element")["power"]
        for name in ("alone", "beyond")
    )
    assert alone["pathway0"] > 0.05 > beyond["pathway0"]
    assert beyond.idxmax() == "pathway2"


def test_one_rank_is_printed_and_without_draws_there_is_no_p(discover):
    result = discover("--rank", 2, "--draws", 0, "--covariate", "age")
    assert result.exit_code == 0, result.output
    assert sorted(shown(result)) == ["process0", "process1"]
    assert "fdr" not in result.stdout


@pytest.mark.parametrize("kind", ["regression", "count"])
def test_several_targets_of_any_kinds_are_a_column_of_the_table(discover, table, tmp_path, kind):
    table["amount"] += 30
    table.loc[::9, "amount"] = np.nan
    table.to_csv(tmp_path / "genes.csv", index=False)
    more = ("--target", "amount", "--kind", f"amount={kind}", "--out", "found")
    result = discover(*more, drop="age")
    assert result.exit_code == 0, result.output
    assert "6 elements for 2 targets, 2 draws" in result.stdout
    assert "over all elements and targets" in result.stdout
    found = pd.read_csv(tmp_path / "found/power.csv")
    assert shown(result) == found["target"].tolist()
    assert len(found) == 12
    assert found.loc[found["target"] == "amount", "element"].iloc[0] == "pathway2"
    powers = powers_of(tmp_path / "found/power.csv")
    assert powers == found.groupby("element")["power"].max().to_dict()


def test_several_numbers_are_measured_each_in_its_rows(discover, table, tmp_path):
    table["other"] = table["gene15"].where(table.index % 3 > 0)
    table.to_csv(tmp_path / "genes.csv", index=False)
    result = discover("--target", "other", "--task", "regression", target="amount", drop="state")
    assert result.exit_code == 0, result.output
    assert "'other' in 30 of 90 rows" in result.stdout
    lines = [line.split()[:2] for line in result.stdout.split("\n\n")[-2].splitlines()[1:]]
    first = dict(reversed(lines))
    assert first == {"amount": "pathway2", "other": "pathway3"}


@pytest.mark.parametrize(
    ("options", "code", "part"),
    [
        (["--folds", 80], 1, "80 folds"),
        (
            ["--covariate", "weight"],
            1,
            "a covariate is a column of the table; there is no 'weight'",
        ),
        (
            ["--covariate", "sample"],
            1,
            "a covariate is a column beside the target and those left out; 'sample' is one of these",
        ),
        (["--rank", 3], 1, "elements stand at the ranks 1 to 2; got 3"),
        (["--quantiles", ".1,.9"], 2, "power is the gain in a likelihood, which quantiles have none of"),
        (["--jobs", 0], 2, "--jobs is a number of processes"),
        (["--lineage-sep", "|"], 2, "give one of the two"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_any_training(
    discover, refuses, tmp_path, options, code, part
):
    refuses(discover("--out", "found", *options), part, code=code)
    assert not (tmp_path / "found").exists()


def test_what_a_discovery_wrote_is_kept_unless_it_is_to_be_replaced(discover, refuses, tmp_path):
    (tmp_path / "found").mkdir()
    (tmp_path / "found/power.csv").write_text("mine")
    refuses(discover("--out", "found"), "an existing file is kept")
    assert (tmp_path / "found/power.csv").read_text() == "mine"


@pytest.mark.parametrize("rows", [1, 2])
def test_one_of_something_is_counted_in_the_singular(run, table, rows, tmp_path):
    """Of what a study prints, and of an exposure that is missing in one row or in two."""
    X = np.random.default_rng(0).standard_normal((12, 2))
    one, several = Hierarchy.from_covers([("a", "p"), ("b", "p")]), rows > 1
    power = element_power(one, X, X[:, 0], draws=rows, folds=3, repeats=1)
    assert repr(power) == f"ElementPower(1 element, {rows} draw{'s' * several})"
    assert str(power).startswith(f"1 element, {rows} draw{'s' * several}: ")
    null = NullScores(("a",), np.zeros(1, int), np.ones(1), np.zeros((rows, 1)))
    assert repr(null) == f"NullScores(1 element, {rows} draw{'s' * several})"
    assert str(null).startswith(f"1 element beside {rows} draw{'s' * several}; ")
    frame = table[["gene0", "gene1"]].assign(visits=range(len(table)), years=1.0)
    frame.loc[3 : 2 + rows, "years"] = -1
    frame.to_csv(tmp_path / "visits.csv", index=False)
    options = ("--target", "visits", "--task", "count", "--exposure", "years", "--draws", 0)
    refused = run("discover", "visits.csv", *options, "--hierarchy", "pathways.csv")
    more = ", the first of 2 such rows" * several
    assert f"'years' is -1 in row 4{more}; fill it in, or leave these rows out" in refused.stderr


def test_one_of_several_targets_that_cannot_vary_is_named_before_any_training(discover, table, tmp_path):
    few = np.where(np.arange(90) < 4, table["amount"] + 0.5, np.nan)
    table.assign(few=few).to_csv(tmp_path / "genes.csv", index=False)
    result = discover(target="amount,few", drop="state")
    assert result.exit_code != 0
    assert "of the target 'few'" in result.output
    assert "trainings" not in result.output
