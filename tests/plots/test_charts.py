"""Costs, importances and scores are drawn as they are."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from matplotlib.figure import Figure

from hassenet.errors import ParameterError
from hassenet.plots import plot_costs, plot_importance, plot_scores
from hassenet.plots.labels import short_label, two_lines
from hassenet.training.history import Epoch


def history(costs: list[float], validation: list[float]) -> list[Epoch]:
    return [Epoch(k, c, v, np.nan, 0.1, 0.0) for k, (c, v) in enumerate(zip(costs, validation, strict=True))]


def line(figure: Figure, gid: str) -> np.ndarray:
    (found,) = [artist for artist in figure.axes[0].lines if artist.get_gid() == gid]
    return np.asarray(found.get_xydata())


def gids(figure: Figure) -> set[str | None]:
    return {artist.get_gid() for artist in figure.axes[0].lines}


def test_steps_and_epochs_share_one_axis() -> None:
    figure = plot_costs(history([0.6, 0.4], [np.nan] * 2), costs=[0.7, 0.6, 0.5, 0.4])
    assert line(figure, "steps")[:, 0].tolist() == [0.5, 1.0, 1.5, 2.0]
    assert line(figure, "epochs").tolist() == [[0.5, 0.6], [1.5, 0.4]]
    assert gids(figure) == {"steps", "epochs"}


def test_the_mean_of_an_epoch_stands_in_the_middle_of_its_steps_and_the_validation_cost_at_its_end() -> None:
    costs = [0.9, 0.7, 0.5, 0.3, 0.2, 0.1]
    figure = plot_costs(history([0.7, 0.2], [0.6, 0.3]), costs=costs)
    steps, epochs = line(figure, "steps"), line(figure, "epochs")
    for (place, mean), of_epoch in zip(epochs, (steps[:3], steps[3:]), strict=True):
        assert mean == pytest.approx(of_epoch[:, 1].mean())
        assert of_epoch[0, 0] < place < of_epoch[-1, 0]
    assert line(figure, "validation")[:, 0].tolist() == [1, 2]
    names = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert [name.split(",")[0] for name in names[:3]] == ["training", "training", "validation"]


def test_the_epoch_with_the_lowest_validation_cost_is_marked() -> None:
    figure = plot_costs(history([0.6, 0.4, 0.3], [0.7, 0.5, 0.8]))
    assert line(figure, "best").tolist() == [[2, 0.5]]


def test_costs_that_span_orders_of_magnitude_get_a_logarithmic_axis() -> None:
    assert plot_costs(history([100, 1], [np.nan] * 2)).axes[0].get_yscale() == "log"
    assert plot_costs(history([2, 1], [np.nan] * 2)).axes[0].get_yscale() == "linear"
    assert plot_costs(history([100, -1], [np.nan] * 2)).axes[0].get_yscale() == "linear"


def test_costs_without_epochs_are_drawn_and_nothing_at_all_is_refused() -> None:
    assert gids(plot_costs([], costs=[3.0, 2.0])) == {"steps"}
    with pytest.raises(ParameterError, match="at least one epoch"):
        plot_costs([])


def test_bars_are_as_long_as_their_scores_and_coloured_by_sign() -> None:
    figure = plot_importance(["a", "b"], [0.5, -0.2], spread=[0.1, 0.1], groups=["genus", "order"])
    ax = figure.axes[0]
    assert [patch.get_width() for patch in ax.patches] == [0.5, -0.2]
    assert ax.patches[0].get_facecolor() != ax.patches[1].get_facecolor()
    assert [text.get_text() for text in ax.get_yticklabels()] == ["a  (genus)", "b  (order)"]


def test_the_first_bar_and_the_first_model_stand_on_top() -> None:
    for figure in (plot_importance(["a", "b"], [1, 2]), plot_scores({"a": [1, 2], "b": [2, 3]})):
        assert figure.axes[0].yaxis_inverted()


def test_scores_say_mean_and_deviation_of_each_model() -> None:
    texts = [
        text.get_text() for text in plot_scores({"ours": [0.9, 1.0], "theirs": [0.5, 0.5]}).axes[0].texts
    ]
    assert texts == ["0.950 ± 0.050", "0.500 ± 0.000"]


@pytest.mark.parametrize("draw", [plot_importance, lambda n, s: plot_scores(dict(zip(n, s, strict=False)))])
def test_charts_without_anything_to_draw_are_refused(draw) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ParameterError):
        draw([], [])


def test_bars_need_one_score_a_name() -> None:
    with pytest.raises(ParameterError, match="got 2 names, and 1 of 'scores'; give as many"):
        plot_importance(["a", "b"], [1.0])


def test_charts_are_drawn_on_the_axes_that_are_given() -> None:
    figure = Figure()
    axes = figure.subplots(3)
    assert plot_costs(history([1.0], [1.0]), ax=axes[0]) is figure
    assert plot_importance(["a"], [1], ax=axes[1]) is figure
    assert plot_scores({"a": [1]}, ax=axes[2]) is figure


@pytest.mark.parametrize("name", ["x" * 100, "k__A|p__" + "y" * 99, tuple(range(60))])
def test_long_names_are_shortened_in_labels(name: object) -> None:
    assert len(short_label(name)) <= 30


def test_labels_keep_the_last_component_of_a_lineage() -> None:
    assert short_label("k__Bacteria|p__Firmicutes|*") == "Firmicutes"
    assert short_label("plain_name") == "plain_name"
    assert two_lines("Veillonella parvula") == "Veillonella\nparvula"


@pytest.mark.parametrize("width", [8, 20, 30, 41])
@pytest.mark.parametrize(
    "name",
    [
        "Regulation of TP53 Activity through Phosphorylation",
        "activation of the mitochondrial apoptotic pathway by BH3",
        "a b c d e f g h i j k l m n o p q r s t u v w x y z",
    ],
)
def test_labels_are_cut_between_words(name: str, width: int) -> None:
    label = short_label(name, width)
    assert len(label) <= width
    first = name.split()[0]
    if len(first) + 3 <= width:
        assert set(label.split()) - {"…", f"{first[0]}."} <= set(name.split())
        assert label.startswith(first[0])


def test_the_last_word_which_tells_species_apart_is_kept() -> None:
    assert short_label("Veillonella atypica", 17) == "V. atypica"
    assert short_label("Veillonella parvula", 17) == "V. parvula"


def test_a_single_long_word_loses_its_middle() -> None:
    assert short_label("ENSG00000141510", 9) == "ENSG…1510"


def test_drawing_does_not_import_pyplot() -> None:
    code = "import sys, hassenet.plots; assert 'matplotlib.pyplot' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_epochs_are_whole_numbers_on_the_axis() -> None:
    rows = [Epoch(k, 1.0 / (k + 1), np.nan, np.nan, 0.1, 0.0) for k in range(3)]
    figure = plot_costs(rows)
    figure.draw_without_rendering()
    ticks = figure.axes[0].get_xticks()
    np.testing.assert_array_equal(ticks, np.round(ticks))


def test_without_matplotlib_the_message_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "import hassenet as hn\n"
        "for use in (lambda: hn.plots.plot_costs, lambda: __import__('hassenet.demo')):\n"
        "    try: use()\n"
        "    except hn.HassenetError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.count('pip install "hassenet[plot]"') == 2
