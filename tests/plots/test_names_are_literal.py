"""A name is text: it is drawn letter by letter, whatever a formula of TeX would make of it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from matplotlib import rc_context
from matplotlib.figure import Figure

from hassenet.explain import relevance_flow
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.plots import plot_hierarchy, plot_importance, plot_relevance_flow, plot_scores, plot_stability

NAMES = ["$a^$", "cost $x$ and $y_", r"a$b \alpha", r"\$5", "x\ny"]


def network(name: str) -> Network:
    H = Hierarchy.from_covers([(name, "h"), ("b", "h"), ("h", "o")])
    return Network(H, hidden="tanh", dtype="float64", seed=0)


def flow(name: str, **options: object) -> Figure:
    return plot_relevance_flow(relevance_flow(network(name), [[1.0, 2.0]]), **options)  # type: ignore[arg-type]


DRAWN: dict[str, Callable[..., Figure]] = {
    "hierarchy": lambda name, **options: plot_hierarchy(network(name), **options),
    "names of ranks": lambda name, **options: plot_hierarchy(
        Hierarchy.subsets(2), rank_names=[name, name], **options
    ),
    "flow": flow,
    "importance": lambda name, **options: plot_importance([name], [1.0], label=name, **options),
    "scores": lambda name, **options: plot_scores({name: [1.0, 2.0]}, label=name, **options),
    "stability": lambda name, **options: plot_stability(
        [name], [1.0], [0.5], [2.0], groups=[name], **options
    ),
}
every_picture = pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)


def pixels(figure: Figure) -> bytes:
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=50)
    return buffer.getvalue()


@every_picture
@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_the_one_of_a_matplotlib_that_knows_no_formulas(
    draw: Callable[..., Figure], name: str
) -> None:
    found = pixels(draw(name))
    with rc_context({"text.parse_math": False}):
        assert found == pixels(draw(name))


@every_picture
@pytest.mark.parametrize("setting", ["text.usetex", "axes.formatter.use_mathtext"])
def test_no_setting_makes_a_formula_of_a_name_or_a_number(draw: Callable[..., Figure], setting: str) -> None:
    with rc_context({setting: True}):
        found = draw("$a^$")
    assert pixels(found) == pixels(draw("$a^$"))


@every_picture
def test_axes_that_are_older_than_the_picture_make_no_formula_of_a_name(draw: Callable[..., Figure]) -> None:
    figure = Figure()
    draw("$a^$", ax=figure.add_subplot())
    found = pixels(figure)
    figure = Figure()
    with rc_context({"text.parse_math": False}):
        draw("$a^$", ax=figure.add_subplot())
        assert found == pixels(figure)


def test_a_formula_in_the_title_of_given_axes_stays_one() -> None:
    figure = Figure()
    ax = figure.add_subplot(title="$R^2$")
    plot_scores({"a": [1.0]}, ax=ax)
    assert ax.title.get_parse_math()
