"""The pictures of a fit, as PNG."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from io import BytesIO
from typing import Any

import numpy as np

from hassenet.cli.terminal import note
from hassenet.data.stream import is_stream
from hassenet.errors import HassenetError
from hassenet.explain import deeplift
from hassenet.model import Model
from hassenet.network import Ensemble, Network
from hassenet.stability import share
from hassenet.training.history import Fit

_ROWS, _OUTPUTS = 1000, 10  # that relevance is taken over


def pictures(model: Model, X: Any, fit: Fit | None) -> dict[str, bytes]:
    """Return Hasse diagram and, of one fit, cost curves by file name; of what cannot be drawn nothing, and a note.

    The diagram shows the elements that matter most on X, the raw features of the rows learned from.
    """
    try:
        from hassenet.plots import plot_costs, plot_hierarchy
    except HassenetError as error:
        note(error)
        return {}
    net = Ensemble.of(model.network).heaviest
    found = drawn("hierarchy.png", lambda: plot_hierarchy(net, scores=_shares(net, model.prepare(_some(X)))))
    if fit is None or not len(fit.costs):
        return found
    return found | drawn("costs.png", lambda: plot_costs(fit.history, costs=fit.costs))


def _some(X: Any) -> Any:
    """Return rows evenly from all, so many that means over them are good to a few per cent; of a stream at random."""
    if is_stream(X):
        return X.sample(_ROWS)
    return X[:: max(X.shape[0] // _ROWS, 1)]


def _shares(net: Network, X: Any) -> dict[Hashable, float] | None:
    """Return the share of each element in the sizes of relevance of its rank, the mean over outputs; None of none."""
    try:
        found = [deeplift(net, X, output) for output in net.hierarchy.ranks[-1][:_OUTPUTS]]
    except HassenetError:  # as of a softmax inside: then the weights say what is shown
        return None
    shares = np.mean([share(relevance) for relevance in found], axis=0)
    return dict(zip(found[0].elements, shares.tolist(), strict=True))


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
