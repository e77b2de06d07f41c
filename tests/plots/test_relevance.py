"""Pictures of relevance, activations and stability show the numbers that they are given."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from hassenet.datasets import load_reactome
from hassenet.errors import DataError, NotFiniteError, ParameterError, UnknownElementError
from hassenet.explain import Flow, deeplift, relevance_flow
from hassenet.explain.sankey import Sankey
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network, oriented
from hassenet.plots import plot_activations, plot_hierarchy, plot_relevance_flow, plot_stability
from hassenet.plots.diagram import Diagram
from hassenet.shaping import prune

LINEAGES = [f"A|B{k % 3}|C{k}" for k in range(12)] + ["D", "E|F"]
NET = Network(Hierarchy.from_lineages(LINEAGES).crown(["ill"]), hidden="tanh", output="sigmoid", seed=1)
X = np.random.default_rng(0).normal(size=(40, NET.plan.n_inputs))
FLOW = relevance_flow(NET, X)


def drawn(figure: Figure) -> bytes:
    buffer = BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.savefig(buffer, format="png", dpi=50)
    return buffer.getvalue()


def named(figure: Figure, gid: str) -> list[Any]:
    ax = figure.axes[0]
    return [a for a in (*ax.patches, *ax.texts, *ax.lines, *ax.collections) if a.get_gid() == gid]


# ---------------------------------------------------------------- the flow of relevance


def test_every_node_and_ribbon_of_the_flow_is_drawn_where_it_stands() -> None:
    figure = plot_relevance_flow(FLOW, top=4)
    picture = Sankey.of(FLOW, 4)
    heights = [box.get_height() for box in named(figure, "node")]
    np.testing.assert_allclose(heights, [node.height for node in picture.nodes])
    assert len(named(figure, "ribbon")) == len(picture.ribbons)
    assert drawn(figure).startswith(b"\x89PNG")


def test_a_ribbon_of_a_weight_below_0_is_hatched() -> None:
    net = Network(Hierarchy.complete(2, 1), dtype="float64", theta=[2.0, -3.0, 1.0])
    ribbons = named(plot_relevance_flow(relevance_flow(net, [[1.0, 1.0]])), "ribbon")
    assert sorted(ribbon.get_hatch() or "" for ribbon in ribbons) == ["", "////"]


@pytest.fixture(scope="module")
def pathways() -> Flow:
    """The flow of a network on pathways of eight ranks, whose output looks at all of them."""
    H, _ = prune(load_reactome().hierarchy, 20, 300)
    net = Network(H.crown(["ill"]), hidden="tanh", output="sigmoid", seed=0)
    return relevance_flow(net, np.random.default_rng(0).normal(size=(10, net.plan.n_inputs)))


@pytest.mark.parametrize("top", [1, 5, 10, 30])
@pytest.mark.parametrize("large", [False, True])
def test_labels_of_the_flow_do_not_overlap(pathways: Flow, large: bool, top: int) -> None:
    figure = plot_relevance_flow(pathways if large else FLOW, top=top)
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in named(figure, "label")]
    assert not [(a, b) for k, a in enumerate(boxes) for b in boxes[:k] if a.overlaps(b)]


def test_others_are_counted_and_ranks_named() -> None:
    figure = plot_relevance_flow(
        FLOW, top=2, rank_names=["species", "genus", "family", "kingdom", "out"][: len(NET.hierarchy.shape)]
    )
    texts = [text.get_text() for text in named(figure, "label")]
    assert any(text.startswith(f"{NET.hierarchy.shape[0] - 2} others") for text in texts)
    assert named(figure, "rank")[0].get_text() == "species"


def test_a_flow_needs_an_element_and_a_name_for_each_rank() -> None:
    with pytest.raises(ParameterError, match="elements shown of a rank is a whole number ≥ 1; got 0"):
        plot_relevance_flow(FLOW, top=0)
    with pytest.raises(ParameterError, match=r"rank_names names each of the \d ranks; got 1 names"):
        plot_relevance_flow(FLOW, rank_names=["one"])


# ---------------------------------------------------------------- activations


def test_each_rank_has_a_row_with_its_median_and_percentiles_without_relays() -> None:
    figure = plot_activations(NET, X)
    H = NET.hierarchy
    assert len(figure.axes[0].get_yticklabels()) == H.depth
    for i, dot in enumerate(named(figure, "median"), 1):
        x = oriented(NET).hidden_features(X, i)[:, ~H.relays(i)]
        assert dot.get_xdata()[0] == pytest.approx(np.median(x))
    assert drawn(figure).startswith(b"\x89PNG")


def test_elements_that_never_vary_are_counted() -> None:
    net = Network(Hierarchy.complete(1, 2, 1), hidden="relu", theta=[1.0, -1.0, 9.0, -9.0, 1.0, 1.0, 0.0])
    texts = [
        note.get_text()
        for note in plot_activations(net, np.random.default_rng(0).normal(size=(9, 1))).axes[0].texts
    ]
    assert texts[0] == "2 elements,\n1 never varies"


def test_activations_that_are_all_the_same_are_drawn() -> None:
    net = Network(Hierarchy.complete(1, 2, 1), theta=np.zeros(7))
    assert drawn(plot_activations(net, [[1.0], [2.0]])).startswith(b"\x89PNG")


def test_a_rank_of_relays_alone_has_a_row_that_says_so() -> None:
    far = {"a": 0, "h": 1, "y": 3}
    net = Network(Hierarchy.from_covers([("a", "h"), ("h", "y")], rank=far).graded(), hidden="tanh")
    ax = plot_activations(net, [[1.0], [2.0]]).axes[0]
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "rank 1\ntanh",
        "rank 2\nrelays alone",
        "outputs\nidentity",
    ]
    assert [patch.get_gid() for patch in ax.patches] == ["row 0", "row 2"]


def test_features_that_overflow_are_not_drawn() -> None:
    net = Network(Hierarchy.complete(1, 1, 1), hidden="identity", theta=[1e38, 0.0, 1.0, 0.0])
    with pytest.raises(NotFiniteError, match="some overflow; scale X"):
        plot_activations(net, [[1.0], [100.0]])


def test_activations_need_an_example() -> None:
    with pytest.raises(DataError, match="X has no rows; give one at least"):
        plot_activations(NET, X[:0])


# ---------------------------------------------------------------- stability


def test_means_intervals_and_null_bands_are_drawn_at_their_values() -> None:
    figure = plot_stability(
        ["a", "b"], [1.0, 2.0], [0.5, 1.0], [1.5, 2.5], null=([0.1, 0.2], [0.4, 0.9]), fdr=[0.01, 0.5]
    )
    (full,), (hollow,) = named(figure, "full"), named(figure, "hollow")
    assert full.get_xydata().tolist() == [[1.0, 0.0]]
    assert hollow.get_xydata().tolist() == [[2.0, 1.0]]
    assert to_rgba(hollow.get_markerfacecolor()) == to_rgba("white")
    bands = named(figure, "null")
    np.testing.assert_allclose(
        [(b.get_x(), b.get_x() + b.get_width()) for b in bands], [[0.1, 0.4], [0.2, 0.9]]
    )
    (lines,) = named(figure, "intervals")
    np.testing.assert_allclose([s[:, 0] for s in lines.get_segments()], [[0.5, 1.5], [1.0, 2.5]])
    assert drawn(figure).startswith(b"\x89PNG")


def test_the_level_of_the_false_discovery_rate_is_the_readers() -> None:
    few = plot_stability(["a", "b"], [1, 2], [0, 1], [2, 3], fdr=[0.01, 0.2], level=0.05)
    all_ = plot_stability(["a", "b"], [1, 2], [0, 1], [2, 3], fdr=[0.01, 0.2], level=0.2)
    assert [len(named(f, "full")[0].get_xdata()) for f in (few, all_)] == [1, 2]


def test_stability_without_a_null_model_has_only_intervals_and_groups_stand_by_the_names() -> None:
    figure = plot_stability(["k__A|p__B"], [-1.0], [-2.0], [0.5], groups=["rank 2"])
    assert named(figure, "null") == []
    assert [t.get_text() for t in figure.axes[0].get_yticklabels()] == ["B  (rank 2)"]
    assert [t.get_text() for t in figure.axes[0].get_legend().get_texts()] == ["mean and interval over runs"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"names": []}, "one row at least; got 0 names"),
        ({"low": [0.0]}, "of 'low'; give as many"),
        ({"fdr": [0.1]}, "of 'fdr'; give as many"),
        ({"null": ([0.0], [1.0, 1.0])}, "of 'null low'; give as many"),
        ({"groups": ["x"]}, "of 'groups'; give as many"),
        ({"mean": [1, np.nan]}, "what is drawn is finite; 'mean' holds NaN"),
        ({"fdr": [0.1, np.inf]}, "'fdr' holds infinite or larger values; leave those rows out"),
    ],
)
def test_columns_of_other_lengths_or_with_holes_are_refused(change: dict[str, Any], message: str) -> None:
    arguments: dict[str, Any] = {"names": ["a", "b"], "mean": [1, 2], "low": [0, 1], "high": [2, 3]}
    with pytest.raises(ParameterError, match=message):
        plot_stability(**{**arguments, **change})


# ---------------------------------------------------------------- Hasse diagrams by scores


def test_a_rank_shows_the_elements_with_the_largest_scores() -> None:
    relevance = deeplift(NET, X)
    scores = dict(zip(relevance.elements, -relevance.absolute, strict=True))
    diagram = Diagram.of(NET.hierarchy, NET.weights, 8, scores=scores)
    for rank in range(NET.hierarchy.depth):
        shown = {e for e in diagram.elements[rank] if e in scores}
        best = {s.element for s in relevance.top(len(shown), rank)}
        assert shown == best


def test_elements_without_a_score_come_after_those_with_one_and_the_note_tells_of_scores() -> None:
    feature = NET.hierarchy.ranks[0][7]
    diagram = Diagram.of(NET.hierarchy, NET.weights, 4, scores={feature: 0.0})
    assert feature in diagram.elements[0]
    figure = plot_hierarchy(NET, max_elements=8, scores={feature: 1.0})
    assert "those with the largest score" in figure.axes[0].get_xlabel().replace("\n", " ")


def test_scores_are_finite_and_of_elements() -> None:
    with pytest.raises(UnknownElementError, match="'nobody' is not an element; leave it out"):
        plot_hierarchy(NET, scores={"nobody": 1.0})
    with pytest.raises(ParameterError, match="scores are finite"):
        plot_hierarchy(NET, scores={NET.hierarchy.ranks[0][0]: np.nan})
