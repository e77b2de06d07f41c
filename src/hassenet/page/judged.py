"""How good a model is, as a page says it: scores on the rows held out beside those of the usual models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, final

from hassenet.model import Model

OF_TRAINING = ("rows", "training", "cost", "split")
"""The rows of a model's metrics that are not scores."""
LEARNED_FROM = "learned from"


@final
class Judged(NamedTuple):
    """The scores of a model and of others, as text.

    Attributes
    ----------
    table : tuple of rows of str
        The first is the head; () where nothing was held out.
    differences : tuple of str
        A sentence for each model that it was compared with row by row; before them one where these learned from fewer.
    """

    table: tuple[tuple[str, ...], ...] = ()
    differences: tuple[str, ...] = ()

    @staticmethod
    def of(model: Model) -> Judged:
        """Return what is known of a model on the rows that it did not learn from."""
        scores = {
            name: row for name, row in model.metrics.items() if name not in OF_TRAINING and "low" not in row
        }
        differences = [(name, row) for name, row in model.metrics.items() if "low" in row]
        sentences = (*_of_usual_models(model), *(_sentence(name, row) for name, row in differences))
        return Judged(_table(model, scores), sentences)


def _table(model: Model, scores: Mapping[str, Mapping[str, float]]) -> tuple[tuple[str, ...], ...]:
    if not scores:
        return ()
    names = list(dict.fromkeys(name for row in scores.values() for name in row))
    held_out = model.metrics.get("rows", {}).get("held out")
    corner = "held out" if held_out is None else f"on {held_out:,.0f} rows held out"
    rows = sorted(scores.items(), key=lambda pair: pair[0] == LEARNED_FROM)  # this one is the last
    body = [
        (_called(who, model), *(f"{row[name]:.4g}" if name in row else "" for name in names))
        for who, row in rows
    ]
    return ((corner, *names), *body)


def _called(who: str, model: Model) -> str:
    """Return the name of a row; that of the scores on the rows learned from says so."""
    if who != LEARNED_FROM:
        return who
    learned = model.metrics.get("rows", {}).get("training")
    rows = "rows" if learned is None else f"the {learned:,.0f} rows"
    return f"itself, on {rows} learned from (too good)"


def _of_usual_models(model: Model) -> list[str]:
    """Return of how many rows usual models learned, where the network learned of more."""
    rows = model.metrics.get("rows", {})
    if not {"usual models", "training"} <= rows.keys():
        return []
    some, m = (f"{rows[name]:,.0f}" for name in ("usual models", "training"))
    return [f"The usual models learned from {some} rows, at random, the network from all {m}."]


def _sentence(name: str, row: Mapping[str, float]) -> str:
    """Return by how much losses differ; below 0 the model is better, and an interval with 0 in it shows nothing."""
    measure = next(iter(row))
    found = "better" if row["high"] < 0 else "worse" if row["low"] > 0 else "no difference shown"
    low, high = row["low"], row["high"]
    return f"{name}: {measure} {row[measure]:+.3g}, 95 % interval {low:+.3g} … {high:+.3g}: {found}"
