"""What a picture has no room for is refused, by every picture in the same words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from hassenet.errors import NotFiniteError, ParameterError, UnknownElementError
from hassenet.explain import relevance_flow
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.plots import (
    plot_activations,
    plot_costs,
    plot_hierarchy,
    plot_importance,
    plot_relevance_flow,
    plot_scores,
    plot_stability,
)
from hassenet.training.history import Epoch

DRAWN: dict[str, Callable[[Any], object]] = {
    "importance": lambda values: plot_importance(["a", "b"], values),
    "spread": lambda values: plot_importance(["a", "b"], [1, 2], spread=values),
    "stability": lambda values: plot_stability(["a", "b"], values, [0, 0], [1, 1]),
    "null": lambda values: plot_stability(["a", "b"], [0, 0], [0, 0], [1, 1], null=([0, 0], values)),
    "scores": lambda values: plot_scores({"a": [1, 2], "b": values}),
    "steps": lambda values: plot_costs([], costs=values),
}
ODD = {
    "NaN": ([np.nan, 1], "is finite"),
    "infinity": ([1, np.inf], "is finite"),
    "minus infinity": ([1, -np.inf], "is finite"),
    "the largest number": ([1, 1.7e308], "of a size up to 1e"),
    "a table": ([[1, 2], [3, 4]], r"one after the other; .* the shape \(2, 2\); give a list"),
    "a number": (3.0, r"the shape \(\)"),
    "text": (["one", "two"], "are numbers; .* convert them"),
}


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
@pytest.mark.parametrize(("values", "rule"), ODD.values(), ids=ODD)
def test_values_that_are_not_a_vector_of_finite_numbers_are_refused(
    draw: Callable[[Any], object], values: object, rule: str
) -> None:
    with pytest.raises(ParameterError, match=f"what is drawn .*{rule}"):
        draw(values)


@pytest.mark.parametrize("spread", [[-1.0, 1.0], [1.0, -1e-9]])
def test_a_spread_below_0_is_refused(spread: list[float]) -> None:
    with pytest.raises(ParameterError, match=r"a spread is 0 or above; got -1.*; give its size"):
        plot_importance(["a", "b"], [1, 2], spread=spread)


@pytest.mark.parametrize(
    ("cost", "validation"), [(-np.inf, 1.0), (np.nan, 1.0), (1.0, np.inf), (1.0, -np.inf)]
)
def test_costs_of_epochs_are_finite_but_where_there_was_no_validation(cost: float, validation: float) -> None:
    with pytest.raises(ParameterError, match="what is drawn is finite"):
        plot_costs([Epoch(0, 1.0, np.nan, np.nan, 0.1, 0.1), Epoch(1, cost, validation, np.nan, 0.1, 0.1)])


@pytest.mark.parametrize("features", [[-1.2e308, 1.2e308], [1e308, 1.2e308], [-1.2e308, 0.0]])
def test_features_near_the_largest_number_have_no_distribution_to_draw(features: list[float]) -> None:
    net = Network(Hierarchy.complete(1, 1), dtype="float64", theta=[1.0, 0.0])
    with pytest.raises(NotFiniteError, match="of a size up to 1e.*; scale X"):
        plot_activations(net, np.array(features)[:, None])


def test_a_picture_of_relevance_says_how_many_elements_it_has_room_for() -> None:
    net = Network(Hierarchy.complete(150, 3, 1), seed=0)
    flow = relevance_flow(net, np.ones((1, 150)))
    assert plot_relevance_flow(flow, top=100).get_size_inches()[1] < 40
    with pytest.raises(ParameterError, match="room for 100 elements of each rank; got top=101; give less"):
        plot_relevance_flow(flow, top=101)


def test_a_long_name_of_a_model_is_shortened() -> None:
    figure = plot_scores({"x" * 300: [1.0, 2.0], "y": [2.0]})
    figure.draw_without_rendering()
    first, second = (label.get_text() for label in figure.axes[0].get_yticklabels())
    assert len(first) == 36
    assert second == "y"


def test_names_to_show_first_that_are_not_elements_are_refused() -> None:
    with pytest.raises(UnknownElementError, match="shown first; 'nobody' is not an element; leave it out"):
        plot_hierarchy(Hierarchy.subsets(2), first=[(1,), "nobody"])
