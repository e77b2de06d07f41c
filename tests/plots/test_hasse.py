"""What a Hasse diagram says is true: elements, ranks, covers, and what was left out."""

from __future__ import annotations

import warnings
from io import BytesIO
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from hassenet.errors import ParameterError, UnknownElementError
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.plots import plot_hierarchy
from hassenet.plots.diagram import Diagram
from hassenet.plots.placing import crossings, ordered, placed
from hassenet.plots.thinning import kept_elements, quotas, weighted_layers

LINEAGES = ["A|B|C", "A|B|D", "A|E|F", "A|E", "G", "G|H|I"]
HIERARCHIES = {
    "the {1,2,3} example": Hierarchy.subsets(3),
    "a taxonomy with heads": Hierarchy.from_lineages(LINEAGES).crown(["ill"]),
    "two outputs": Hierarchy.subsets(3).crown(["healthy", "ill"]),
    "dense": Hierarchy.complete(64, 32, 10),
    "one layer": Hierarchy.complete(4, 1),
    "sparse": Hierarchy.random((200, 100, 10), density=0.05, seed=1),
}


def pixels(figure: Figure) -> bytes:
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=50)
    return buffer.getvalue()


def network(H: Hierarchy) -> Network:
    return Network(H, hidden="tanh", output="sigmoid", seed=0)


@pytest.fixture(params=list(HIERARCHIES), name="H")
def hierarchy(request: pytest.FixtureRequest) -> Hierarchy:
    return HIERARCHIES[request.param]


def test_a_picture_is_drawn_and_saved_without_a_warning(H: Hierarchy) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for given_ in (H, network(H)):
            assert pixels(plot_hierarchy(given_)).startswith(b"\x89PNG")


def test_every_drawn_cover_is_a_cover_of_the_hierarchy(H: Hierarchy) -> None:
    diagram = Diagram.of(H, network(H).weights, 20)
    for i, layer in enumerate(diagram.layers):
        for k, j in zip(layer.upper, layer.lower, strict=True):
            assert diagram.elements[i][j] in H.below(diagram.elements[i + 1][k])


def test_every_cover_between_two_drawn_elements_is_drawn(H: Hierarchy) -> None:
    diagram = Diagram.of(H, None, 20)
    for i, layer in enumerate(diagram.layers):
        below = set(diagram.elements[i])
        expected = sum(e in below for above in diagram.elements[i + 1] for e in H.below(above))
        assert len(layer.weight) == expected


def test_a_line_goes_from_its_lower_to_its_upper_element(H: Hierarchy) -> None:
    figure = plot_hierarchy(network(H), max_elements=20)
    diagram = Diagram.of(H, network(H).weights, 20)
    (lines,) = [c for c in figure.axes[0].collections if c.get_gid() == "covers"]
    ends = {tuple(np.round([*path.vertices[0], *path.vertices[-1]], 6)) for path in lines.get_paths()}
    for i, layer in enumerate(diagram.layers):
        for k, j in zip(layer.upper, layer.lower, strict=True):
            assert tuple(np.round([diagram.x[i][j], i, diagram.x[i + 1][k], i + 1], 6)) in ends


def test_an_element_is_drawn_at_the_height_of_its_rank(H: Hierarchy) -> None:
    for text in plot_hierarchy(H, max_elements=20).axes[0].texts:
        assert text.get_gid() == f"rank {text.get_position()[1]:.0f}"


def test_each_element_has_one_label_and_a_relay_none() -> None:
    H = HIERARCHIES["a taxonomy with heads"]
    texts = [text.get_text() for text in plot_hierarchy(H).axes[0].texts]
    ordinary = sum(int((~H.relays(i)).sum()) for i in range(H.depth + 1))
    assert len(texts) == ordinary
    assert "↑" not in "".join(texts)


def test_labels_of_a_hasse_diagram_do_not_overlap(H: Hierarchy) -> None:
    figure = plot_hierarchy(network(H))
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert not [(a, b) for k, a in enumerate(boxes) for b in boxes[:k] if a.overlaps(b)]


def test_a_small_hierarchy_is_shown_whole() -> None:
    H = Hierarchy.subsets(3).crown(["ill"])
    diagram = Diagram.of(H, None, 50)
    assert diagram.n_covers == H.n_covers
    assert [set(row) for row in diagram.elements] == [set(rank) for rank in H.ranks]


def test_thinning_keeps_in_each_rank_the_largest_weights_to_what_is_kept_above() -> None:
    H = HIERARCHIES["dense"]
    net = network(H)
    kept = kept_elements(H, weighted_layers(H, net.weights), 12)
    for i in range(H.depth):
        strength = np.abs(np.asarray(net.weights[i])[kept[i + 1]]).sum(axis=0)
        assert strength[kept[i]].min() >= strength[~kept[i]].max()


def test_thinning_looks_through_relays() -> None:
    H = Hierarchy.from_covers([("a", "A"), ("b", "B"), ("A", "top"), ("B", "top")]).crown(["y"])
    net = network(H)
    weights = [W.copy() for W in net.weights]
    last = H.ranks[2]
    weights[2] = np.array([[9.0 if "B" in str(e) else 0.1 for e in last]])
    weights[1] = weights[1] * 1.0
    heavy = net.with_parameters([net.weights[0], net.weights[1], weights[2]], net.biases)
    kept = kept_elements(H, weighted_layers(H, heavy.weights), 4)
    assert [e for e, keep in zip(H.ranks[1], kept[1], strict=True) if keep] == ["B"]


def test_elements_asked_for_are_always_shown() -> None:
    H = HIERARCHIES["dense"]
    first = {"x7", "x9", "h1_3", "x1", "x2"}
    shown = Diagram.of(H, network(H).weights, 3, first).elements
    assert first <= {element for row in shown for element in row}


@given(st.lists(st.integers(1, 400), min_size=1, max_size=6), st.integers(1, 200))
def test_quotas_fit_the_total_and_are_fair(sizes: list[int], most: int) -> None:
    shares = quotas(sizes, most)
    assert all(1 <= share <= size for share, size in zip(shares, sizes, strict=True))
    assert sum(shares) <= max(most, len(sizes))
    cut = [share for share, size in zip(shares, sizes, strict=True) if share < size]
    assert not cut or max(shares) == min(cut)


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_sorting_never_adds_crossings_and_placing_never_overlaps(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 9, size=3).tolist()
    pairs = [np.divmod(np.flatnonzero(rng.random(b * a) < 0.4), a) for a, b in pairwise(sizes)]
    places = ordered(sizes, pairs)
    assert [sorted(place) for place in places] == [list(range(n)) for n in sizes]
    assert crossings(pairs, places) <= crossings(pairs, [np.arange(n) for n in sizes])
    widths = [rng.uniform(0.1, 2, n) for n in sizes]
    for x, place, width in zip(placed(places, widths, pairs), places, widths, strict=True):
        order = np.argsort(place)
        gaps = np.diff(x[order]) - (width[order][:-1] + width[order][1:]) / 2
        assert (gaps > -1e-9).all()


def test_a_relay_with_one_reader_shows_that_weight_and_one_with_several_shows_none() -> None:
    one, two = (Hierarchy.subsets(2).crown(names) for names in (["y"], ["y", "z"]))
    chain = Diagram.of(one.crown(["top"]), network(one.crown(["top"])).weights, 50)
    assert all(np.isfinite(line).all() for line in Diagram.of(one, network(one).weights, 50).passed)
    assert len(chain.passed) == 3
    relayed = Hierarchy.from_covers([("a", "b"), ("b", "c")]).crown(["y", "z"])
    shown = Diagram.of(relayed, network(relayed).weights, 50)
    assert np.isnan(np.concatenate(shown.passed)).sum() == 1
    assert two.shape == (2, 1, 2)


def test_the_note_says_how_much_is_shown() -> None:
    note = plot_hierarchy(network(HIERARCHIES["dense"]), max_elements=20).axes[0].get_xlabel()
    assert note.startswith("18 of 106 elements shown, ")
    assert plot_hierarchy(Hierarchy.subsets(3)).axes[0].get_xlabel() == "7 elements, 9 covers"


def test_colours_are_even_about_zero_and_only_networks_have_them() -> None:
    figure = plot_hierarchy(network(Hierarchy.subsets(3)))
    low, high = figure.axes[1].get_ylim()
    assert low == -high
    assert len(plot_hierarchy(Hierarchy.subsets(3)).axes) == 1


def test_a_hasse_diagram_is_drawn_on_the_given_axes_with_dots_where_there_is_no_room() -> None:
    figure = Figure(figsize=(4, 3))
    ax = figure.add_subplot()
    assert plot_hierarchy(network(HIERARCHIES["dense"]), ax=ax, max_elements=200) is figure
    assert not ax.texts
    assert len([c for c in ax.collections if str(c.get_gid()).startswith("rank")]) == 3


def test_a_hierarchy_that_skips_ranks_is_drawn_with_relays() -> None:
    H = Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")])
    assert (
        plot_hierarchy(H).axes[0].get_xlabel() == "4 elements, 4 covers; thin lines through a rank are relays"
    )


def test_mixed_activations_and_own_rank_names_are_shown() -> None:
    H = Hierarchy.subsets(3)
    mixed = Network(H, hidden=[["relu", "tanh", "sigmoid"]], output="sigmoid")
    names = [text.get_text() for text in plot_hierarchy(mixed).axes[0].get_yticklabels()]
    assert names == ["rank 0", "rank 1\nrelu|tanh|sigmoid", "rank 2\nsigmoid"]
    own = plot_hierarchy(mixed, rank_names=["one", "two", "three"]).axes[0].get_yticklabels()
    assert [text.get_text() for text in own] == ["one", "two", "three"]


@pytest.mark.parametrize("options", [{"max_elements": 0}, {"rank_names": ["only one"]}])
def test_invalid_options_of_a_hasse_diagram_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ParameterError):
        plot_hierarchy(Hierarchy.subsets(3), **options)


def test_elements_are_filled_by_their_power_the_darker_the_more_and_white_below_0() -> None:
    pairs = [("a", "p"), ("b", "p"), ("c", "q"), ("d", "r")]
    power = {"p": 0.4, "q": 0.1, "r": -0.9}
    figure = plot_hierarchy(Hierarchy.from_covers(pairs), power=power)
    boxes = {text.get_text(): text.get_bbox_patch() for text in figure.axes[0].texts}
    light = {name: sum(to_rgb(box.get_facecolor())) for name, box in boxes.items()}
    assert light["p"] < light["q"] < light["r"] == light["a"] == 3
    assert figure.axes[1].get_ylabel() == "power (nats an example)"
    few = plot_hierarchy(Hierarchy.from_covers(pairs), power=power, max_elements=2)
    assert [text.get_text() for text in few.axes[0].texts if text.get_text() in power] == ["p"]


@pytest.mark.parametrize(
    ("power", "error"), [({"p": np.nan}, ParameterError), ({"nobody": 0.1}, UnknownElementError)]
)
def test_power_that_is_not_finite_or_of_no_element_is_refused(power, error) -> None:
    with pytest.raises(error, match="leave it out"):
        plot_hierarchy(Hierarchy.from_covers([("a", "p")]), power=power)


def test_a_crowded_rank_has_dots_and_its_neighbours_keep_their_labels() -> None:
    names = [["age", "height", "weight", "dose"], [f"h1_{k}" for k in range(100)], ["health=ill"]]
    figure = plot_hierarchy(network(Hierarchy.complete(4, 100, 1, names=names)))
    ax = figure.axes[0]
    assert {text.get_text() for text in ax.texts} == {*names[0], *names[2]}
    assert [c.get_gid() for c in ax.collections if str(c.get_gid()).startswith("rank")] == ["rank 1"]
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert not [(a, b) for k, a in enumerate(boxes) for b in boxes[:k] if a.overlaps(b)]


def test_labels_stay_inside_the_picture(H: Hierarchy) -> None:
    figure = plot_hierarchy(network(H))
    figure.draw_without_rendering()
    frame = figure.axes[0].get_window_extent()
    for box in (text.get_window_extent() for text in figure.axes[0].texts):
        assert frame.x0 - 1 <= box.x0
        assert box.x1 <= frame.x1 + 1


def dense(features: list[str], hidden: int = 30) -> Network:
    names = [features, [f"h1_{k}" for k in range(hidden)], ["diagnosis=ill"]]
    return network(Hierarchy.complete(len(features), hidden, 1, names=names))


def test_features_of_a_dense_network_have_their_names_and_its_hidden_neurons_need_none() -> None:
    features = [f"mean concave points of cell {k}" for k in range(30)]
    figure = plot_hierarchy(dense(features))
    ax = figure.axes[0]
    shown = [text for text in ax.texts if text.get_gid() == "rank 0"]
    assert {text.get_text() for text in shown} < set(features)
    assert len(shown) > 20
    assert {text.get_rotation() for text in shown} == {90.0}
    assert not [text for text in ax.texts if text.get_gid() == "rank 1"]
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert not [(a, b) for k, a in enumerate(boxes) for b in boxes[:k] if a.overlaps(b)]
    frame = ax.get_window_extent()
    assert all(frame.y0 - 1 <= box.y0 for box in boxes)


def test_hidden_neurons_that_somebody_named_keep_their_names() -> None:
    names = [["age", "dose"], ["liver", "kidney"], ["ill"]]
    texts = plot_hierarchy(network(Hierarchy.complete(2, 2, 1, names=names))).axes[0].texts
    assert {text.get_text() for text in texts} == {"age", "dose", "liver", "kidney", "ill"}


def test_the_note_of_a_network_says_what_its_colours_mean() -> None:
    note = plot_hierarchy(network(Hierarchy.subsets(3))).axes[0].get_xlabel().replace("\n", " ")
    assert "red: more of what lies below speaks for what is above, blue: against it" in note
    assert note.endswith("grey: a weight near 0")
    relayed = network(Hierarchy.from_covers([("a", "b"), ("b", "c")]).crown(["y", "z"]))
    assert "or a relay with several readers" in plot_hierarchy(relayed).axes[0].get_xlabel().replace(
        "\n", " "
    )
    assert "grey" not in plot_hierarchy(Hierarchy.subsets(3)).axes[0].get_xlabel()


def test_covers_of_a_turned_neuron_are_coloured_as_what_lies_below_it_speaks() -> None:
    """p falls with a and speaks against y: more of a speaks for y."""
    H = Hierarchy.from_covers([("a", "p"), ("p", "y")])
    net = Network(H, hidden="tanh", dtype="float64", theta=[-2.0, 0.3, -1.0, 0.0])
    (lines,) = [c for c in plot_hierarchy(net).axes[0].collections if c.get_gid() == "covers"]
    assert all(red > blue for red, _, blue, _ in lines.get_color())
