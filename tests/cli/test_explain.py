"""``hassenet explain`` gives what hassenet.explain gives for the model's features, and refuses what does not fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hassenet import Network, explain
from hassenet.storage import load, save

from .conftest import CLASS

METHODS = {
    "deeplift": explain.deeplift,
    "integrated": explain.integrated_gradients,
    "gradient": explain.gradient_times_feature,
    "layerwise": explain.layerwise_relevance,
    "ablation": explain.ablation,
}


@pytest.fixture
def model(fit, data):
    assert fit(data, *CLASS, "--drop", "age", "--lineage-sep", "|", "--quiet").exit_code == 0
    return load("model")


@pytest.mark.parametrize("method", METHODS)
def test_the_table_holds_the_scores_of_the_method(run, model, data, frame, method):
    result = run("explain", "model", data, "--method", method, "--out", "r.csv", "--top", 2)
    assert result.exit_code == 0, result.output
    expected = METHODS[method](model.network, model.prepare(frame))
    written = pd.read_csv("r.csv")
    assert list(written) == ["element", "rank", "score", "absolute", "spread"]
    assert written["element"].tolist() == ["A|a", "A|b", "B|c", "A", "B"]
    np.testing.assert_allclose(written["score"], expected.score, rtol=1e-12)
    assert expected.top(1)[0].element in result.stdout
    assert result.stdout.rstrip().endswith("written: r.csv")


def test_a_class_is_chosen_and_a_rank(run, model, data):
    for label in ("ill", "healthy"):
        run("explain", "model", data, "--class", label, "--rank", 1, "--out", f"{label}.csv", "--quiet")
    ill, healthy = pd.read_csv("ill.csv"), pd.read_csv("healthy.csv")
    assert ill["element"].tolist() == ["A", "B"]
    np.testing.assert_allclose(ill["score"], -healthy["score"])


def test_explain_prints_nothing_with_quiet(run, model, data):
    assert run("explain", "model", data, "--quiet").output == ""


def test_a_target_of_a_regression_is_chosen(run, fit, data, frame):
    fit(data, "--drop", "health", "--drop", "sample", "--target", "age", target="weight")
    assert run("explain", "model", data, "--target", "age", "--out", "r.csv").exit_code == 0
    model = load("model")
    expected = explain.deeplift(model.in_units, model.prepare(frame), "age")
    np.testing.assert_allclose(pd.read_csv("r.csv")["score"], expected.score, rtol=1e-12)


def test_a_single_row_is_ablated_against_a_background(run, refuses, model, data, frame, tmp_path):
    frame.iloc[:1].to_csv("one.csv", index=False)
    made = tuple(tmp_path.rglob("model*"))
    parts = ("the mean over one example is that example", "--background")
    refuses(run("explain", "model", "one.csv", "--method", "ablation"), *parts, made=made)
    result = run(
        "explain", "model", "one.csv", "--method", "ablation", "--background", data, "--out", "r.csv"
    )
    assert "over 1 row, whose" in result.stdout
    expected = explain.ablation(model.network, model.prepare(frame.iloc[:1]), background=model.prepare(frame))
    np.testing.assert_allclose(pd.read_csv("r.csv")["score"], expected.score, rtol=1e-12)


def test_the_remainder_of_integrated_gradients_is_printed_and_shrinks_with_more_steps(
    run, model, data, frame
):
    few, many = (
        run("explain", "model", data, "--method", "integrated", "--steps", n).stdout for n in (1, 40)
    )
    found = explain.integrated_gradients(model.network, model.prepare(frame), steps=1)
    assert f"what is left over, rank by rank: {found.remainder[0]:.4g}, {found.remainder[1]:.4g};" in few
    assert many.rstrip().endswith("but for rounding")
    assert few.rstrip().endswith("this is the error of a sum, less with more --steps")


def test_features_bear_the_names_of_their_columns(run, model, data):
    H = model.network.hierarchy
    numbered = Network(
        H.rename({name: k for k, name in enumerate(H.ranks[0])}),
        [G.names for G in model.network.activations[:-1]],
        "sigmoid",
        theta=model.network.theta,
    )
    save(replace(model, network=numbered), "numbered")
    outputs = [run("explain", name, data).stdout for name in ("model", "numbered")]
    assert outputs[0] == outputs[1]
    assert "A|a" in outputs[1]


def test_bad_input_is_one_message(run, refuses, model, data, tmp_path):
    made = tuple(tmp_path.rglob("model*"))

    def check(*arguments, parts):
        refuses(run("explain", *arguments), *parts, made=made)

    check("model", data, "--class", "well", parts=["--class is one of 'healthy', 'ill'; got 'well'"])
    check("model", data, "--target", "health", parts=["--target is for regressions", "give --class"])
    check("model", data, "--rank", 2, parts=["scores stand at the ranks [0, 1]; got 2"])
    check("model", data, "--out", "r.docx", parts=["r.docx"])
    (tmp_path / "r.csv").write_text("mine")
    check("model", data, "--out", "r.csv", parts=["r.csv"])
    assert (tmp_path / "r.csv").read_text() == "mine"
    pd.DataFrame({"A|a": [1.0]}).to_csv("few.csv")
    check("model", "few.csv", parts=["2 of 3", "'A|b', 'B|c'"])
    save(model.network, "bare")
    check("bare", data, parts=["explain needs a model made by hassenet fit"])


def test_the_output_says_what_ranks_add_up_to(run, model, data, frame):
    found = explain.deeplift(model.network, model.prepare(frame))
    said = run("explain", "model", data).stdout
    whole = f"adds up to {found.value - found.reference:.4g}, but for rounding"
    assert (
        f"at the baseline the signal is {found.reference:.4g}; each rank, with what passes it, {whole}"
        in said
    )
    said = run("explain", "model", data, "--method", "layerwise").stdout
    assert "baseline" not in said
    left = explain.layerwise_relevance(model.network, model.prepare(frame)).remainder
    assert f"what is left over, rank by rank: {left[0]:.4g}, {left[1]:.4g}" in said


def test_of_three_classes_one_is_chosen(run, refuses, fit, frame, tmp_path):
    frame.assign(health=["a", "b", "c"] * 20).to_csv("three.csv", index=False)
    fit(tmp_path / "three.csv", *CLASS, "--quiet")
    made = tuple(tmp_path.rglob("model*"))
    assert run("explain", "model", "three.csv", "--class", "b").exit_code == 0
    twice = run("explain", "model", "three.csv", "--class", "b", "--class", "b")
    refuses(twice, "--class names each once; 'b' is given several times; leave it out", made=made)


@pytest.mark.parametrize("more", [(), ("--class", "c", "--class", "a")])
def test_of_several_classes_each_is_explained_beside_the_others(run, fit, frame, more):
    frame.assign(health=["a", "b", "c"] * 20).to_csv("three.csv", index=False)
    fit("three.csv", *CLASS, "--quiet")
    said = run("explain", "model", "three.csv", "--out", "all.csv", *more).stdout
    labels = list(more[1::2]) or ["a", "b", "c"]
    table = pd.read_csv("all.csv")
    assert list(dict.fromkeys(table["class"])) == labels
    head = next(line.split() for line in said.split("\n") if line.startswith("element"))
    assert head == ["element", "rank", "size", *labels]
    for label in labels:
        run("explain", "model", "three.csv", "--class", label, "--out", "one.csv", "--force", "--quiet")
        one = pd.read_csv("one.csv")
        same = table[table["class"] == label].drop(columns="class").reset_index(drop=True)
        pd.testing.assert_frame_equal(same, one)
    size = table.groupby("element")["absolute"].mean()
    first = said.split("\n")[
        said.split("\n").index(next(x for x in said.split("\n") if x.startswith("element"))) + 1
    ]
    assert first.split()[0] == size[["A|a", "A|b", "B|c", "age"]].idxmax()


def test_without_a_hierarchy_features_are_ranked_and_hidden_neurons_only_where_asked_for(run, fit, data):
    fit(data, *CLASS, "--quiet")
    said = run("explain", "model", data, "--out", "r.csv").stdout
    assert "h1_" not in said
    assert "rank 1 left out" in said
    assert set(pd.read_csv("r.csv")["rank"]) == {0, 1}
    asked = run("explain", "model", data, "--rank", 1).stdout
    assert "h1_0" in asked
    assert "left out: hidden" not in asked


def test_with_a_hierarchy_its_hidden_elements_are_ranked_too(run, model, data):
    said = run("explain", "model", data).stdout
    assert "\nA " in said
    assert "left out: hidden" not in said


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("--steps", 3), "--steps belongs to --method integrated; the method is deeplift; leave it out"),
        (("--background", "people.csv"), "--background belongs to --method ablation; the method is deeplift"),
    ],
)
def test_an_option_of_another_method_is_refused(run, refuses, model, data, tmp_path, option, message):
    made = tuple(tmp_path.rglob("model*"))
    refuses(run("explain", "model", data, *option), message, code=2, made=made)


def test_a_regression_has_no_classes_and_all_its_targets_are_explained(run, refuses, fit, data, tmp_path):
    fit(data, "--drop", "health", "--drop", "sample", "--target", "age", target="weight")
    made = tuple(tmp_path.rglob("model*"))
    run("explain", "model", data, "--out", "r.csv")
    assert list(dict.fromkeys(pd.read_csv("r.csv")["target"])) == ["weight", "age"]
    refuses(run("explain", "model", data, "--class", "x"), "--class is for classifications", made=made)
