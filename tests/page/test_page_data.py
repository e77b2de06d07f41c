"""What stands in a page is what the network, the table and the explanation say."""

from __future__ import annotations

import json
import re
import sys
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet.data.categorical import Categorical
from hassenet.data.encoding import Encoding
from hassenet.data.scaling import Scaling
from hassenet.data.temporal import Temporal
from hassenet.errors import (
    DataError,
    FeatureError,
    HassenetWarning,
    OutputExistsError,
    ParameterError,
    UnknownElementError,
)
from hassenet.explain import deeplift
from hassenet.hierarchy import Hierarchy
from hassenet.model import Model
from hassenet.network import Network, oriented
from hassenet.page import PageData, page_data, render, write_report
from hassenet.page.distributions import BARS, LETTERS, Groups, counts, spelled
from hassenet.page.judged import Judged
from hassenet.page.rendering import SCRIPTS
from hassenet.page.rows import drawn_rows
from hassenet.page.spelling import differences, digits_between, rounded, to_json
from hassenet.protocol.holding_out import as_figures, held_out, rows_held_out
from hassenet.tables import Table
from hassenet.task.columns import layout_of_columns
from hassenet.training.history import Epoch

sys.path.insert(0, str(Path(__file__).parent))
from pages import HOSTILE, LINEAGES, model, table

finite = st.floats(allow_nan=False, allow_infinity=False)


def shown(data: PageData) -> dict[str, Any]:
    """What the browser reads."""
    return dict(json.loads(to_json(data)))


class Tags(HTMLParser):
    """The tags of a page and their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


# ---------------------------------------------------------------- elements


def test_every_element_stands_in_the_data_once_and_no_relay_does() -> None:
    H = model().network.hierarchy
    real = [str(e) for i, rank in enumerate(H.ranks) for e, r in zip(rank, H.relays(i), strict=True) if not r]
    data = page_data(model(), table())
    assert list(data.names) == real
    assert sum(rank.size for rank in data.ranks) == len(real)
    assert sum(rank.relays for rank in data.ranks) == H.n_elements - len(real)


def test_links_are_covers_relays_looked_through_with_their_weights() -> None:
    net, said = oriented(model().network), shown(page_data(model(), table()))
    names, lower = said["names"], np.cumsum(said["links"]["lower"])
    upper = np.repeat(np.arange(len(names)), said["links"]["counts"])
    found = dict(zip(zip(upper.tolist(), lower.tolist(), strict=True), said["links"]["weight"], strict=True))
    expected = {}
    for i, W in enumerate(net.weights):
        W = W.toarray() if hasattr(W, "toarray") else W
        for k, q in enumerate(net.hierarchy.ranks[i + 1]):
            for p in () if hasattr(q, "source") else net.hierarchy.below(q):
                j = net.hierarchy.position(p)
                expected[names.index(q), names.index(str(getattr(p, "source", p)))] = W[k, j]
    assert found.keys() == expected.keys()
    for ends, weight in expected.items():
        assert found[ends] == pytest.approx(weight, rel=5e-4)
    assert said["below"] == np.bincount(upper, minlength=len(names)).tolist()
    assert said["above"] == np.bincount(lower, minlength=len(names)).tolist()


def test_of_very_many_links_the_largest_are_kept_and_all_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = page_data(model(), table())
    monkeypatch.setattr("hassenet.page.building._MOST_LINKS", 5)
    cut = page_data(model(), table())
    largest = np.sort(np.abs(whole.links.weight))[-5:]
    np.testing.assert_array_equal(np.sort(np.abs(cut.links.weight)), largest)
    assert (np.diff(cut.links.upper) >= 0).all()
    np.testing.assert_array_equal(cut.below, whole.below)


def test_the_relevance_on_a_page_is_deeplifts() -> None:
    scores = page_data(model(), table()).scores
    relevance = deeplift(model().network, model().prepare(table()))
    assert [s.output for s in scores] == ["ill"]
    np.testing.assert_array_equal(scores[0].signed, relevance.score)
    np.testing.assert_array_equal(scores[0].absolute, relevance.absolute)
    np.testing.assert_array_equal(scores[0].spread, relevance.spread)


def test_the_first_of_two_classes_has_the_signs_turned() -> None:
    ill, healthy = page_data(model(), table(), outputs=["ill", "healthy"]).scores
    np.testing.assert_allclose(healthy.signed, -ill.signed)
    np.testing.assert_allclose(healthy.absolute, ill.absolute)


def test_every_class_with_an_output_is_explained_by_default() -> None:
    three = ("a", "b", "c")
    data = page_data(model(three, 3), table(classes=three))
    assert [s.output for s in data.scores] == list(three)
    assert data.distributions.groups == three


def test_a_class_that_is_a_number_can_be_named_as_it_is_spelled() -> None:
    numbered, rows = replace(model(), classes=(0, 1)), table(classes=("0", "1"))
    assert page_data(numbered, rows, outputs=["0"]).scores[0].output == "0"


def test_a_regression_has_its_targets_explained_and_no_groups() -> None:
    net = Network(Hierarchy.complete(2, 3, 2), seed=1)
    two = Model(net, ("x", "y"), "regression", ("height", "weight"))
    rows = Table({"x": np.arange(5.0), "y": np.ones(5), "height": np.arange(5.0)})
    data = page_data(two, rows)
    assert [s.output for s in data.scores] == ["height", "weight"]
    assert data.distributions.groups == ()
    assert [s.output for s in page_data(two, rows, outputs=["weight"]).scores] == ["weight"]


def test_targets_are_the_outputs_at_their_places_also_where_these_are_named_by_other_whole_numbers() -> None:
    H = Hierarchy.complete(2, 3, 2)
    named = H.rename({"y0": 1, "y1": 0})
    theta = Network(H, seed=1).theta
    models = [
        Model(Network(one, theta=theta), ("x", "y"), "regression", ("height", "weight")) for one in (H, named)
    ]
    rows = Table({"x": np.arange(5.0), "y": np.ones(5)})
    plain, numbered = (page_data(one, rows).scores for one in models)
    assert plain[0].signed.tolist() != plain[1].signed.tolist()
    for one, other in zip(plain, numbered, strict=True):
        assert one.output == other.output
        np.testing.assert_array_equal(one.signed, other.signed)


def test_a_rank_of_relays_alone_is_a_rank_without_elements() -> None:
    far = {"a": 0, "b": 0, "h": 1, "y": 3}
    H = Hierarchy.from_covers([("a", "h"), ("b", "h"), ("h", "y")], rank=far).graded()
    rows = Table({"a": np.arange(5.0), "b": np.ones(5)})
    data = page_data(Model(Network(H), ("a", "b"), "regression", ("y",)), rows)
    assert data.names == ("a", "b", "h", "y")
    assert [(rank.size, rank.relays) for rank in data.ranks] == [(2, 0), (1, 0), (0, 1), (1, 0)]
    assert len(data.distributions.mean) == 4
    render(data)


# ---------------------------------------------------------------- distributions


@given(st.integers(1, 30), st.integers(1, 4), st.integers(0, 99))
def test_the_bars_of_a_group_hold_its_rows(m: int, n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(m, n))
    groups = Groups(("a", "b"), rng.integers(-1, 2, m))
    found = counts(x, x.min(axis=0), x.max(axis=0), groups)
    assert found.shape == (n, 2, BARS)
    assert (found.sum(axis=2) == groups.sizes).all()


@given(st.integers(1, 50), st.integers(0, 99))
def test_the_bars_of_a_feature_are_numpys_histogram(m: int, seed: int) -> None:
    x = np.random.default_rng(seed).integers(0, 9, size=(m, 1)).astype(float)
    low, high = x.min(axis=0), x.max(axis=0)
    found = counts(x, low, high, Groups((), np.zeros(m, np.int64)))[0, 0]
    if high > low:
        np.testing.assert_array_equal(found, np.histogram(x, BARS, (low[0], high[0]))[0])
    else:
        assert found[BARS // 2] == m


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_a_letter_is_a_height_and_only_nothing_is_spelled_as_nothing(heights: list[float]) -> None:
    said = np.array([LETTERS.index(letter) for letter in spelled(np.array(heights))]) / (len(LETTERS) - 1)
    assert np.abs(said - heights).max() <= 1 / (len(LETTERS) - 1) + 1e-9
    assert ((said == 0) == (np.array(heights) == 0)).all()


def test_means_of_classes_are_those_of_their_rows() -> None:
    d = page_data(model(), table()).distributions
    net, X, ill = model().network, model().prepare(table()), table()["health"] == "ill"
    last = net(X)
    np.testing.assert_allclose(d.means[-1], [last[~ill].mean(), last[ill].mean()], rtol=1e-5)
    assert d.sizes == (20, 20)


def test_rows_of_no_known_class_are_in_no_distribution_by_class_and_the_page_says_so() -> None:
    rows = table()
    odd = rows["health"].copy()
    odd[:3], odd[3] = "dead", None
    with pytest.warns(HassenetWarning, match="'health' also holds 'dead', and such rows are in no class"):
        data = page_data(model(), Table({**rows.values, "health": odd}))
    assert sum(data.distributions.sizes) == 36
    assert dict(data.facts)["rows shown"] == "40, 4 of them of no known class"


def test_a_target_that_is_never_a_known_class_is_refused_and_an_empty_one_is_as_if_it_were_not_there() -> (
    None
):
    strange = Table({**table().values, "health": np.array(["0", "1"] * 20, object)})
    with pytest.raises(
        DataError,
        match=r"shown by the classes 'healthy', 'ill'; .* 'health' holds none of them, but '0', '1'; correct",
    ):
        page_data(model(), strange)
    for nothing in (None, "", float("nan")):
        empty = Table({**table().values, "health": np.array([nothing] * 40, object)})
        assert page_data(model(), empty).distributions.groups == ()


def test_without_the_target_in_the_table_there_are_no_groups() -> None:
    rows = {name: column for name, column in table().values.items() if name != "health"}
    assert page_data(model(), Table(rows)).distributions.groups == ()


def test_features_are_shown_as_the_network_sees_them() -> None:
    n = len(model().features)
    scaled = replace(model(), scaling=Scaling(np.full(n, 5.0), np.full(n, 2.0)))
    d = page_data(scaled, table()).distributions
    np.testing.assert_allclose(
        d.mean[:n], (np.stack([table()[f] for f in model().features], 1).mean(0) - 5) / 2
    )


def test_of_a_single_row_no_feature_is_called_constant() -> None:
    one = Table({name: column[:1] for name, column in table().values.items()})
    assert {rank.constant for rank in page_data(model(), one).ranks} == {0}
    same = Table({name: np.repeat(column, 3) for name, column in one.values.items()})
    assert [rank.constant for rank in page_data(model(), same).ranks] == [
        rank.size for rank in page_data(model(), same).ranks
    ]


def test_a_class_without_a_row_has_no_mean() -> None:
    rows = Table({**table().values, "health": np.array(["ill"] * 40, object)})
    said = shown(page_data(model(), rows))
    assert said["sizes"] == [0, 40]
    assert set(said["means"][::2]) == {None}


# ---------------------------------------------------------------- spelling


@given(st.lists(finite, max_size=20))
def test_numbers_keep_four_digits(values: list[float]) -> None:
    for x, y in zip(values, rounded(values), strict=True):
        assert y == pytest.approx(x, rel=5.1e-4)


@given(st.lists(st.integers(-(2**31), 2**31), max_size=20))
def test_differences_add_up_to_the_indices(values: list[int]) -> None:
    assert np.cumsum(differences(np.array(values, np.int64))).tolist() == values


@pytest.mark.parametrize("name", [HOSTILE, "<!--", "]]>", "\ud800", "", "\u2029", "$title", "名前"])
def test_a_name_cannot_break_out_of_the_data_of_a_page(name: str) -> None:
    data = replace(page_data(model(), table()), title=name)
    data = replace(data, names=(name, *data.names[1:]))
    plain = replace(data, title="a", names=("a", *data.names[1:]))
    page, usual = render(data), render(plain)
    assert [tag for tag, _ in Tags(page).tags] == [tag for tag, _ in Tags(usual).tags]
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    assert json.loads(found[1])["names"][0] == name
    page.encode("utf-8")


def test_a_page_names_nothing_outside_itself() -> None:
    page = render(page_data(model(), table()))
    for tag, attributes in Tags(page).tags:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base")
        assert not {"src", "srcset", "action", "onclick", "style"} & attributes.keys()
        assert attributes.get("href", "#").startswith("#")
    for name in (*SCRIPTS, "page.css"):
        text = files("hassenet.page").joinpath("assets", name).read_text("utf-8")
        assert not re.search(
            r"@import|url\((?!#)|fetch\(|XMLHttp|import\(|innerHTML|eval\(|document\.write", text
        )


def test_the_policy_lets_run_what_stands_there_and_nothing_else() -> None:
    page = render(page_data(model(), table()))
    policy = next(a["content"] for t, a in Tags(page).tags if a.get("http-equiv"))
    assert policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for kind, pattern in (("script", r"<script>(.*?)</script>"), ("style", r"<style>(.*?)</style>")):
        found = re.search(pattern, page, re.DOTALL)
        assert found
        digest = b64encode(sha256(found[1].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


def test_every_part_of_the_script_is_put_in() -> None:
    there = {p.name for p in files("hassenet.page").joinpath("assets").iterdir() if p.name.endswith(".js")}
    assert there == set(SCRIPTS)


# ---------------------------------------------------------------- words


def test_facts_and_scores_are_the_models() -> None:
    data = page_data(model(), table(), title="Mice")
    facts = dict(data.facts)
    assert data.title == "Mice"
    assert facts["classes"] == "healthy, ill"
    assert facts["trained on"] == "30 rows, 5 epochs"
    assert facts["parameters"] == f"{model().network.n_parameters:,} (float32)"
    assert data.judged.table == (("on 10 rows held out", "accuracy"), ("network", "0.9"))


def test_what_a_model_does_not_know_is_not_on_its_page() -> None:
    data = page_data(replace(model(), metrics={}), table())
    assert data.judged == Judged()
    assert data.costs is None
    assert not {"trained on", "cost"} & dict(data.facts).keys()


def test_the_course_of_training_is_shown_where_it_is_given() -> None:
    nan = float("nan")
    epochs = [Epoch(k, 1 / 2**k, nan, nan, 0.1, nan) for k in range(3)]
    assert shown(page_data(model(), table(), history=epochs))["costs"] == {
        "cost": [1, 0.5, 0.25],
        "validation": [],
    }
    epochs[1] = epochs[1]._replace(validation_cost=2.0)
    said = shown(page_data(model(), table(), history=epochs))["costs"]
    assert said["validation"] == [None, 2, None]


def test_the_course_of_training_that_a_model_keeps_is_shown() -> None:
    nan = float("nan")
    kept = replace(model(), history=(Epoch(0, 1.0, nan, nan, 0.1, nan), Epoch(1, 0.5, nan, nan, 0.1, nan)))
    assert shown(page_data(kept, table()))["costs"] == {"cost": [1, 0.5], "validation": []}


# ---------------------------------------------------------------- what is refused


def test_an_invalid_history_is_refused() -> None:
    for history in ([1], 5, [Epoch(0, float("inf"), 1, 1, 1, 1)]):
        with pytest.raises(ParameterError, match="a history holds epochs"):
            page_data(model(), table(), history=history)  # type: ignore[arg-type]


def test_outputs_are_a_list_without_repetition() -> None:
    with pytest.raises(ParameterError, match=r"got the text 'ill'; give \['ill'\]"):
        page_data(model(), table(), outputs="ill")
    with pytest.raises(ParameterError, match="explained once; 'ill' is given several times; leave it out"):
        page_data(model(), table(), outputs=["ill", "healthy", "ill"])


def test_a_target_that_stands_twice_is_refused() -> None:
    import pandas as pd

    rows = table()
    frame = pd.DataFrame({name: rows[name] for name in rows.columns})
    with pytest.raises(FeatureError, match="the target is one column; there are several 'health'; keep one"):
        page_data(model(), pd.concat([frame, frame[["health"]]], axis=1))


@given(low=st.floats(-1e12, 1e12), gap=st.floats(0, 1e3))
def test_ends_that_differ_are_spelled_differently(low: float, gap: float) -> None:
    high = low + gap
    (digits,) = digits_between(np.array([low]), np.array([high]))
    one, other = rounded([low, high], [digits, digits])
    assert (one == other) == (low == high)
    assert one == pytest.approx(low, rel=5.1e-4, abs=0)
    assert abs(one - low) <= 0.01 * (high - low) + 5e-4 * abs(low) * (low == high)  # type: ignore[operator]


def test_an_unknown_class_or_target_is_refused() -> None:
    with pytest.raises(ParameterError, match="a class is one of 'healthy', 'ill'; got 'dead'"):
        page_data(model(), table(), outputs=["dead"])
    net = Network(Hierarchy.complete(1, 1))
    with pytest.raises(ParameterError, match="what is explained is a target, of 'y'; got 'z'"):
        page_data(Model(net, ("x",), "regression", ("y",)), Table({"x": np.ones(3)}), outputs=["z"])


def test_a_table_without_rows_or_features_is_refused() -> None:
    empty = Table({name: column[:0] for name, column in table().values.items()})
    with pytest.raises(DataError, match="this one has none; give one at least"):
        page_data(model(), empty)
    with pytest.raises(FeatureError, match="every feature of the model is a column of the table"):
        page_data(model(), Table({"health": np.array(["ill"], object)}))


def test_a_file_that_is_there_is_kept_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("mine")
    with pytest.raises(OutputExistsError, match="an existing file is kept"):
        write_report(model(), table(), path)
    assert path.read_text() == "mine"
    write_report(model(), table(), path, force=True)
    assert path.read_text("utf-8").startswith("<!doctype html>")
    with pytest.raises(DataError, match="is not a folder; choose another"):
        write_report(model(), table(), tmp_path / "no" / "report.html")


def test_a_page_that_fails_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_report(model(), table(), tmp_path / "report.html")
    assert list(tmp_path.iterdir()) == []


def test_the_same_model_and_rows_give_the_same_page() -> None:
    assert render(page_data(model(), table())) == render(page_data(model(), table()))


# ---------------------------------------------------------------- power


def test_power_stands_at_its_element_and_is_nothing_at_others() -> None:
    first, above = model().features[0], str(model().network.hierarchy.ranks[1][0])
    said = shown(page_data(model(), table(), power={above: 0.25, first: -0.125}))
    found = {
        name: value for name, value in zip(said["names"], said["power"], strict=True) if value is not None
    }
    assert found == {above: 0.25, first: -0.125}
    assert shown(page_data(model(), table()))["power"] is None


@pytest.mark.parametrize(
    ("power", "error", "part"),
    [
        ({"nobody": 0.1}, UnknownElementError, "'nobody' is not an element; leave it out"),
        ({LINEAGES[0]: np.inf}, ParameterError, "power is finite"),
    ],
)
def test_power_of_what_is_not_an_element_or_infinite_is_refused(power, error, part) -> None:
    with pytest.raises(error, match=part):
        page_data(model(), table(), power=power)


# ---------------------------------------------------------------- what people ask first


def scored() -> Model:
    figures = {
        "network": {"accuracy": 0.9, "log loss": 0.3},
        "learned from": {"accuracy": 1.0, "log loss": 0.01},
        "logistic regression": {"accuracy": 0.8, "log loss": 0.4},
        "network minus logistic regression": {"log loss": -0.1, "low": -0.15, "high": -0.05},
        "network minus gradient boosting": {"log loss": 0.1, "low": -0.1, "high": 0.3},
    }
    return replace(model(), metrics={**model().metrics, **figures})


def test_scores_stand_beside_the_usual_models_and_apart_from_those_on_rows_learned_from() -> None:
    judged = page_data(scored(), table()).judged
    assert [row[0] for row in judged.table] == [
        "on 10 rows held out",
        "network",
        "logistic regression",
        "itself, on the 30 rows learned from (too good)",
    ]
    assert [sentence.rpartition(": ")[2] for sentence in judged.differences] == [
        "better",
        "no difference shown",
    ]
    assert judged.differences[0].startswith("network minus logistic regression: log loss -0.1")


def test_the_relevance_of_a_class_is_told_apart_from_that_in_the_other_rows() -> None:
    rows = table()
    X, net = model().prepare(rows), model().network
    (scores,) = page_data(model(), rows).scores
    ill = rows["health"] == "ill"
    assert scores.sides is not None
    assert scores.sides.names == ("ill", "healthy")
    for column, part in zip(scores.sides.means.T, (X[ill], X[~ill]), strict=True):
        np.testing.assert_allclose(column, deeplift(net, part).score, rtol=1e-5, atol=1e-7)
    both = scores.sides.means @ [ill.mean(), 1 - ill.mean()]
    np.testing.assert_allclose(both, scores.signed, rtol=1e-4, atol=1e-6)


def test_of_three_classes_each_stands_against_the_others_and_unknown_rows_count_in_neither() -> None:
    three = ("a", "b", "c")
    rows = table(classes=(*three, "?"))
    with pytest.warns(HassenetWarning, match="such rows are in no class"):
        first = page_data(model(three, 3), rows).scores[0]
    assert first.sides is not None
    assert first.sides.names == ("a", "others")
    X = model(three, 3).prepare(rows)[np.isin(rows["health"], ["b", "c"])]
    expected = deeplift(model(three, 3).network, X, "health=a").score
    np.testing.assert_allclose(first.sides.means[:, 1], expected, rtol=1e-5, atol=1e-7)


def test_without_classes_of_rows_relevance_has_no_sides() -> None:
    rows = table()
    features = Table({name: rows[name] for name in model().features})
    assert page_data(model(), features).scores[0].sides is None


def test_of_a_long_table_rows_are_drawn_and_the_page_says_so() -> None:
    rows = table(300)
    few, again = (page_data(model(), rows, max_rows=50) for _ in range(2))
    assert dict(few.facts)["rows shown"] == "50 of 300, drawn at random"
    assert sum(few.distributions.sizes) == 50
    np.testing.assert_array_equal(few.scores[0].signed, again.scores[0].signed)
    assert dict(page_data(model(), rows, max_rows=300).facts)["rows shown"] == "300"
    with pytest.raises(ParameterError, match="max_rows is a whole number ≥ 1"):
        page_data(model(), rows, max_rows=0)


@pytest.mark.parametrize("kind", ["ours", "array", "pandas", "polars", "pyarrow"])
def test_rows_are_drawn_of_tables_of_every_kind(kind: str) -> None:
    rows = table(90)
    X = np.stack([rows[name] for name in model().features], axis=1)
    columns = {**dict(zip(model().features, X.T, strict=True)), "health": rows["health"]}
    made = {"ours": lambda _: rows, "array": lambda _: X}.get(kind)
    if made is None:
        made = getattr(pytest.importorskip(kind), "table" if kind == "pyarrow" else "DataFrame")
    given = made(columns)
    assert drawn_rows(given, 90, 90) is given
    taken = np.sort(np.random.default_rng(0).choice(90, 20, replace=False))
    np.testing.assert_allclose(model().prepare(drawn_rows(given, 90, 20)), X[taken])


def test_a_page_of_an_array_is_that_of_a_table_without_a_target() -> None:
    rows = table(30)
    X = np.stack([rows[name] for name in model().features], axis=1)
    one, other = page_data(model(), X), page_data(model(), rows.select(model().features))
    assert (one.facts, one.names) == (other.facts, other.names)
    np.testing.assert_array_equal(one.scores[0].signed, other.scores[0].signed)


def test_rows_learned_from_and_held_out_are_told_apart_in_the_table_that_the_model_was_made_from() -> None:
    rows = table(40)
    codes = np.array([("healthy", "ill").index(c) for c in rows["health"]])
    features = [rows[name] for name in model().features]
    made = replace(model(), metrics={"split": as_figures(40, 0.25, 3, features)})
    assert dict(page_data(made, rows).facts)["of these"] == "30 learned from, 10 held out"
    mask = rows_held_out(made.metrics["split"], codes, features, 40)
    assert mask is not None
    assert set(np.flatnonzero(mask)) == set(held_out(40, codes, 0.25, 3)[1].tolist())
    other = Table({**rows.values, model().features[0]: rows[model().features[0]] + 1})
    for strange in (other, table(39)):
        assert dict(page_data(made, strange).facts)["of these"].startswith("none is known")
    assert "of these" not in dict(page_data(model(), rows).facts)


def test_a_study_stands_beside_the_elements_and_its_verdict_above_them() -> None:
    names = page_data(model(), table()).names
    found = {
        "element": names[1:3],
        "rank": [0, 0],
        "mean": [0.25, 0.125],
        "fdr": [0.05, 0.5],
        "p": [0.01, 0.4],
    }
    said = shown(page_data(model(), table(), stability=found))["study"]
    assert said["mean"][:4] == [None, 0.25, 0.125, None]
    assert (said["p"][1], said["fdr"][2]) == (0.01, 0.5)
    assert said["verdict"] == "1 of 2 elements stands out from chance (false discovery rate ≤ 0.1)."
    assert shown(page_data(model(), table()))["study"] is None


def of_columns() -> tuple[Model, Table]:
    """A model of columns of three kinds, and rows for it."""
    variables = (Categorical("site", ("A", "B")), Temporal("visit", "2019-01-03", ("month", "day")))
    encoding = Encoding(("age", "site=A", "site=B", "visit: month", "visit: day"), variables, np.zeros(5))
    net = Network(layout_of_columns(encoding, [2], ["ill"], "tanh").hierarchy, output="sigmoid", seed=3)
    rows = {
        "age": np.arange(6.0),
        "weight": np.arange(6.0),
        "site": np.array(["A", "B"] * 3, object),
        "visit": np.array([f"2019-0{k}-0{k}" for k in range(1, 7)], object),
        "ill": np.array(["no", "yes", "yes"] * 2, object),
    }
    made = Model(net, encoding.features, "classification", ("ill",), ("no", "yes"), encoding=encoding)
    return made, Table(rows)


UNSHOWN = [
    "age is missing",
    "site is missing",
    "site=C",
    "site=rare=x",
    "site, others",
    "visit: hour",
    "visit is missing",
]


@pytest.mark.parametrize("other", UNSHOWN)
def test_what_the_rows_of_a_model_did_not_show_of_its_columns_is_left_out_and_told(other: str) -> None:
    """A study learns from all rows; whether a value was missing, or a level, may be in those held out alone."""
    made, rows = of_columns()
    with pytest.warns(HassenetWarning, match=f"of the study the page leaves out .* did not show: '{other}'"):
        said = page_data(made, rows, stability={"element": [other, "age"], "mean": [0.5, 0.25]})
    assert said.study is not None
    np.testing.assert_array_equal(said.study["mean"][:1], [0.25])
    assert np.isnan(said.study["mean"][1:]).all()
    with pytest.warns(HassenetWarning, match=f"of the power the page leaves out .* did not show: '{other}'"):
        assert np.nanmax(page_data(made, rows, power={other: 0.5, "age": 0.25}).power) == 0.25
    with pytest.raises(UnknownElementError):
        page_data(model(), table(), power={other: 0.5})


OF_NOTHING = [
    "ill=yes",
    "weight",
    "weight is missing",
    "age=5",
    "age: year",
    "site: year",
    "visit=2019",
    "sites=C",
]


@pytest.mark.parametrize("other", OF_NOTHING)
def test_what_no_column_of_a_model_can_be_made_into_is_refused(other: str) -> None:
    made, rows = of_columns()
    with pytest.raises(UnknownElementError, match=f"'{other}' is not an element"):
        page_data(made, rows, power={other: 0.5})
    with pytest.raises(UnknownElementError, match=f"'{other}' is not an element"):
        page_data(made, rows, stability={"element": [other], "mean": [0.5]})


def test_a_study_of_other_elements_or_without_columns_is_refused() -> None:
    with pytest.raises(
        UnknownElementError, match="'nobody' is not an element; give a study of the same hierarchy"
    ):
        page_data(model(), table(), stability={"element": ["nobody"], "mean": [0.1]})
    with pytest.raises(ParameterError, match="a study has a column element"):
        page_data(model(), table(), stability={"name": ["nobody"], "mean": [0.1]})


def test_ranks_whose_neurons_nobody_named_are_marked_and_left_out_of_the_flow() -> None:
    net = Network(
        Hierarchy.complete(5, 4, 1, names=[model().features, list("pqrs"), ["ill"]]), output="sigmoid"
    )
    data = page_data(replace(model(), network=net), table())
    assert data.named == (0,)
    assert data.scores[0].flow.ranks == (0, 2)
    assert page_data(model(), table()).named == tuple(range(model().network.hierarchy.depth))


def test_of_a_regression_rows_with_larger_targets_stand_against_those_with_smaller_ones() -> None:
    rows = table()
    net = Network(model().network.hierarchy, hidden="tanh", seed=1)
    regression = Model(net, model().features, "regression", ("weight",))
    weight = np.arange(40.0)
    whole = Table({**{name: rows[name] for name in model().features}, "weight": weight})
    sides = page_data(regression, whole).scores[0].sides
    assert sides is not None
    assert sides.names == ("larger weight", "smaller weight")
    X = regression.prepare(rows)
    for column, part in zip(sides.means.T, (X[weight > 19.5], X[weight <= 19.5]), strict=True):
        np.testing.assert_allclose(column, deeplift(net, part).score, rtol=1e-5, atol=1e-7)
    for strange in ({}, {"weight": np.array(["heavy"] * 40, object)}, {"weight": np.ones(40)}):
        other = Table({**{name: rows[name] for name in model().features}, **strange})
        assert page_data(regression, other).scores[0].sides is None


def test_a_rank_says_how_many_of_its_neurons_are_shown_turned() -> None:
    from hassenet.page.shown import Shown

    rng = np.random.default_rng(0)
    net = Network(Hierarchy.complete(3, 8, 1), hidden="relu", seed=0)
    shown = Shown.of(net, rng.normal(size=(20, 3)))
    below = int((shown.features[1] < 0).any(axis=0).sum())
    assert 0 < below < 8
    assert shown.activations[1] == f"relu, {below} shown as −x"
    assert Shown.of(net.with_activations("tanh"), rng.normal(size=(20, 3))).activations[1] == "tanh"
