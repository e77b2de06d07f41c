"""The pictures of a fit, as PNG."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from hassenet.cli.terminal import note
from hassenet.errors import HassenetError
from hassenet.model import Model
from hassenet.network import Ensemble
from hassenet.training.history import Fit


def pictures(model: Model, fit: Fit | None) -> dict[str, bytes]:
    """Return Hasse diagram and, of one fit, cost curves by file name; of what cannot be drawn nothing, and a note."""
    try:
        from hassenet.plots import plot_costs, plot_hierarchy
    except HassenetError as error:
        note(error)
        return {}
    found = drawn("hierarchy.png", lambda: plot_hierarchy(Ensemble.of(model.network).heaviest))
    if fit is None or not len(fit.costs):
        return found
    return found | drawn("costs.png", lambda: plot_costs(fit.history, costs=fit.costs))


def drawn(name: str, draw: Callable[[], Any]) -> dict[str, bytes]:
    """Return a picture by its name. Whatever goes wrong with it, what was found is worth more: a note says so."""
    try:
        return {name: _png(draw())}
    except Exception as error:
        note(f"{name} could not be drawn, and is left out: {error}")
        return {}


def _png(figure: Any) -> bytes:
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=150, bbox_inches="tight")
    return buffer.getvalue()
