"""Classes are spelled as in the data; of two, one is the output."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hassenet as hn
from hassenet.cli import streamed
from hassenet.outcomes import Amount, Classes, Count, OrderedClasses, Outcomes
from hassenet.storage import load

SPELLINGS = {
    "leading zeros": ["000", "001", "002"],
    "points": ["0.0", "1.0"],
    "truth": ["False", "True"],
    "truth in small letters": ["false", "true"],
    "plain": ["0", "1"],
    "halves": ["0.5", "1.5"],
}


@pytest.mark.parametrize("labels", SPELLINGS.values(), ids=SPELLINGS)
def test_labels_and_headers_are_spelled_as_in_the_file(fit, run, tmp_path, frame, labels):
    table = frame[["A|a", "A|b"]].assign(y=np.resize(labels, 60))
    table.to_csv(tmp_path / "x.csv", index=False)
    fitted = fit(tmp_path / "x.csv", "--task", "classification", target="y")
    assert fitted.exit_code == 0, fitted.output
    run("predict", "model", tmp_path / "x.csv", "--out", "p.csv")
    written = pd.read_csv("p.csv", dtype=str)
    assert set(written["predicted_y"]) <= set(labels)
    assert list(written)[1:] == [f"probability_{label}" for label in labels]


def test_a_number_spelled_in_two_ways_is_two_classes_and_a_note(fit, tmp_path, frame):
    frame[["A|a"]].assign(y=np.resize(["0", "1", "0.0"], 60)).to_csv(tmp_path / "x.csv", index=False)
    assert (
        "note: classes are told apart as they are spelled, and some are one number: '0' and '0.0' of 'y'"
        in fit(tmp_path / "x.csv", target="y").stderr
    )
    assert load("model").classes == ("0", "0.0", "1")


@pytest.mark.parametrize("labels", [("-1", "+1"), ("2.0", "10.0", "100.0"), ("9", "010", "11")])
def test_classes_that_are_numbers_stand_in_the_order_of_numbers(fit, tmp_path, frame, labels):
    frame[["A|a"]].assign(y=np.resize(labels[::-1], 60)).to_csv(tmp_path / "x.csv", index=False)
    fit(tmp_path / "x.csv", target="y")
    assert tuple(map(str, load("model").classes)) == labels


def test_the_classes_of_a_parquet_file_keep_their_type(fit, tmp_path, frame):
    frame[["A|a"]].assign(y=np.resize([0, 1], 60)).to_parquet(tmp_path / "x.parquet")
    fit(tmp_path / "x.parquet", target="y")
    assert load("model").classes == (0, 1)


def test_the_output_is_the_probability_of_the_positive_class_and_fit_says_so(fit, data, frame):
    drop = ("--drop", "sample", "--drop", "weight")
    told = "the output is the probability of "
    assert f"{told}'ill'" in fit(data, *drop, "--test-size", 0.3).stdout
    by_default = load("model")
    assert by_default.classes == ("healthy", "ill")
    result = fit(data, *drop, "--positive", "healthy", "--epochs", 100, "--force")
    assert f"{told}'healthy'" in result.stdout
    model = load("model")
    assert model.classes == ("ill", "healthy")
    assert model.network.hierarchy.ranks[-1] == ("health=healthy",)
    assert (model.predict(frame) == frame["health"]).mean() > 0.8
    assert model.metrics["network"]["ROC AUC"] > 0.8


@pytest.mark.parametrize(
    ("target", "label", "part"),
    [("health", "dead", "has 'healthy', 'ill'; got 'dead'"), ("weight", "70", "has numbers; got '70'")],
)
def test_a_positive_class_that_the_target_does_not_have_is_refused(fit, refuses, data, target, label, part):
    others = {"health", "weight", "sample"} - {target}
    drop = [part for name in others for part in ("--drop", name)]
    refuses(fit(data, *drop, "--positive", label, target=target), "one of two classes", part)


STAGE = OrderedClasses("stage", ("low", "mid", "high"))
HEALTH = Classes("health", ("healthy", "ill"))
AGAIN = Classes("health_a_year_later", ("healthy", "ill"))
CELLS = {
    "stage": ["low", "mid", "high"],
    "health": ["healthy", "ill"],
    "health_a_year_later": ["ill", "healthy", "healthy"],
    "dose": [1.0, 2.5],
    "visits": [0, 1, 2],
}
OTHERS = {"low": "LO", "mid": "MI", "high": "HI", "healthy": "n", "ill": "y"}


def of_outcomes(run, tmp_path, *parts):
    """Save a model that has not learned, and write its table as it calls its classes and as others do."""
    outcomes = Outcomes(parts)
    H = hn.Hierarchy.from_covers([("x0", "p"), ("x1", "p")]).crown(outcomes.outputs)
    net = hn.Network(H, output=outcomes.loss.canonical, seed=0)
    hn.save(hn.Model.of(net, outcomes=outcomes), tmp_path / "model")
    X = pd.DataFrame(np.random.default_rng(0).normal(size=(60, 2)), columns=["x0", "x1"])
    frame = X.assign(**{part.name: np.resize(CELLS[part.name], 60) for part in parts})
    frame.to_csv(tmp_path / "own.csv", index=False)
    frame.replace(OTHERS).to_csv(tmp_path / "others.csv", index=False)


OF_BOTH = (
    "note: a label is about each target that has its class and its cell: n=healthy of 'health', 'health_a_year_later'; "
    "y=ill of 'health', 'health_a_year_later'; if the cells of one mean otherwise, rename them in the table"
)


def labels_of(*names):
    return [text for name in names for cell in CELLS[name] for text in ("--label", f"{OTHERS[cell]}={cell}")]


@pytest.mark.parametrize("large", [1 << 28, 0])
@pytest.mark.parametrize(
    "parts",
    [
        (STAGE,),
        (Amount("dose"), HEALTH),
        (STAGE, Count("visits", "poisson")),
        (STAGE, HEALTH),
        (HEALTH, AGAIN),
    ],
    ids=["1", "2", "3", "two of classes", "two of the same classes"],
)
def test_other_names_are_those_of_each_target_that_has_the_class_whatever_stands_beside_it(
    run, tmp_path, monkeypatch, parts, large
):
    of_outcomes(run, tmp_path, *parts)
    monkeypatch.setattr(streamed, "LARGE", large)
    name, *more = (part.name for part in parts if hasattr(part, "classes"))
    for command, out in (("evaluate", ()), ("predict", ("--out", "p.csv", "--force"))):
        own = run(command, "model", "own.csv", *out)
        others = run(command, "model", "others.csv", *labels_of(name, *more), *out)
        assert (own.exit_code, others.exit_code) == (0, 0), others.output
        assert others.stdout.replace("others.csv", "own.csv") == own.stdout
        assert (OF_BOTH in " ".join(others.stderr.split())) == (parts == (HEALTH, AGAIN))
    strange = run("evaluate", "model", "others.csv", "--label", "LO=none")
    cells = dict.fromkeys(cell for one in (name, *more) for cell in CELLS[one])
    assert f"a class of the model, of {', '.join(map(repr, cells))}; got 'none'" in strange.stderr.replace(
        "\n", " "
    )
    first, second = CELLS[name][:2]
    joined = run("evaluate", "model", "own.csv", "--label", f"{second}={first}")
    assert f"joins some of {name!r} with those called {first!r}" in " ".join(joined.stderr.split())
    assert run("evaluate", "model", "own.csv", "--label", f"x={first}").stdout.endswith(
        run("evaluate", "model", "own.csv").stdout
    )
    two = run(
        "evaluate", "model", "own.csv", *(text for cell in CELLS[name] for text in ("--label", f"x={cell}"))
    )
    assert f"a cell is of one class; --label gives 'x' of {name!r} two" in two.stderr


@pytest.mark.parametrize("large", [1 << 28, 0])
def test_a_label_changes_the_targets_that_have_the_cell_and_leaves_those_that_have_the_class_in_words(
    run, tmp_path, monkeypatch, large
):
    of_outcomes(run, tmp_path, HEALTH, AGAIN)
    own = pd.read_csv(tmp_path / "own.csv")
    own.assign(health=own["health"].replace(OTHERS)).to_csv(tmp_path / "one.csv", index=False)
    monkeypatch.setattr(streamed, "LARGE", large)
    for command, out in (("evaluate", ()), ("predict", ("--out", "p.csv", "--force"))):
        coded = run(command, "model", "one.csv", *labels_of("health"), *out)
        assert (coded.exit_code, coded.stderr) == (0, ""), coded.output
        assert coded.stdout.replace("one.csv", "own.csv") == run(command, "model", "own.csv", *out).stdout
    some = np.where(np.arange(60) < 20, "y", own["health_a_year_later"])
    own.assign(health_a_year_later=some).to_csv(tmp_path / "some.csv", index=False)
    for command, out in (("evaluate", ()), ("predict", ("--out", "q.csv"))):
        refused = run(command, "model", "some.csv", "--label", "y=ill", *out)
        assert "joins some of 'health_a_year_later' with those called 'ill'" in " ".join(
            refused.stderr.split()
        )
    assert not (tmp_path / "q.csv").exists()


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ((Amount("dose"),), "for classes; this model predicts 'dose'; leave it out"),
        (
            (Count("visits", "poisson"),),
            "for classes; this model predicts 'visits' (count, poisson); leave it out",
        ),
    ],
    ids=["an amount", "a count"],
)
@pytest.mark.parametrize("large", [1 << 28, 0])
def test_other_names_are_refused_of_targets_that_have_no_classes(
    run, tmp_path, monkeypatch, parts, says, large
):
    of_outcomes(run, tmp_path, *parts)
    monkeypatch.setattr(streamed, "LARGE", large)
    for command, out in (("evaluate", ()), ("predict", ("--out", "p.csv"))):
        refused = run(command, "model", "others.csv", "--label", "LO=low", *out)
        assert refused.exit_code == 2
        assert says in refused.stderr.replace("\n", " ")
    assert not (tmp_path / "p.csv").exists()
