"""The pictures of a fit, as PNG."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import click

from hassenet.errors import HassenetError
from hassenet.history import Fit
from hassenet.model import Model


def pictures(model: Model, fit: Fit) -> dict[str, bytes]:
    """Return cost curves and Hasse diagram by file name; nothing, and a note, where matplotlib is missing."""
    try:
        from hassenet.plots import plot_costs, plot_hierarchy
    except HassenetError as error:
        click.echo(f"note: {error}", err=True)
        return {}
    drawn = {"hierarchy.png": _png(lambda: plot_hierarchy(model.network))}
    if len(fit.costs):
        drawn["costs.png"] = _png(lambda: plot_costs(fit.history, costs=fit.costs))
    return drawn


def _png(draw: Callable[[], Any]) -> bytes:
    buffer = BytesIO()
    draw().savefig(buffer, format="png", dpi=150, bbox_inches="tight")
    return buffer.getvalue()
