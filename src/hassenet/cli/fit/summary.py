"""What was learned, as text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hassenet.cli.text import columns, number
from hassenet.model import Model

Metrics = Mapping[str, Mapping[str, float]]
_OF_TRAINING = ("rows", "training", "cost")
_NOT_SHOWN = (*_OF_TRAINING, "split", "learned from")
_REASONS = {
    "early": "stopped early: the validation cost no longer fell",
    "interrupted": "interrupted: the model holds what was learned until then",
    "rate": "stopped: the learning rate reached its minimum",
    "converged": "converged",
    "callback": "stopped by a callback",
}


def report(model: Model, out: Path) -> str:
    """Return what ``hassenet fit`` prints at the end."""
    chosen = "\n".join(f"{name}: {value}" for name, value in model.settings.items())
    parts = [part for part in (chosen, summary(model)) if part]
    judged = bool(model.metrics.get("rows", {}).get("held out"))
    saved = "saved as it was judged, not fitted again on all rows" if judged else "saved"
    return "\n" + "\n\n".join(parts) + f"\n\n{saved}: {out}"


def summary(model: Model) -> str:
    """Return how training went, and the scores on the rows held out."""
    return "\n".join(part for part in (_training(model), of_scores(model.metrics)) if part)


def _training(model: Model) -> str:
    rows, steps, cost = (model.metrics.get(name, {}) for name in _OF_TRAINING)
    if "training" not in rows:
        return ""
    lines = [f"trained on {number(rows['training'])} rows{_went(steps)}"]
    if {"first", "last"} <= cost.keys():
        of = " (of the standardised target)" if model.task == "regression" else ""
        lines.append(f"cost{of}: {number(cost['first'])} at first, {number(cost['last'])} at last")
    return "\n".join([*lines, *([_REASONS[model.stopped]] if model.stopped in _REASONS else [])])


def _went(steps: Mapping[str, float]) -> str:
    """Return how far one network was trained; of an ensemble its settings say that."""
    if not {"epochs", "steps"} <= steps.keys():
        return ""
    return f": {number(steps['epochs'])} epochs, {number(steps['steps'])} steps"


def of_scores(metrics: Metrics, corner: str = "") -> str:
    """Return the scores as a table, below it the differences; nothing where there are none."""
    rows = {name: row for name, row in metrics.items() if name not in _NOT_SHOWN and "low" not in row}
    if not rows:
        return ""
    n = metrics.get("rows", {}).get("held out")
    corner = corner or ("held out" if n is None else f"on {number(n)} rows held out")
    tables = [
        _table(corner, of_kind) for of_kind in _by_kind({name: row for name, row in rows.items() if row})
    ]
    without = [name for name, row in rows.items() if not row]
    tables += [f"no scores, of no rows or too few: {'; '.join(without)}"] if without else []
    some = metrics.get("rows", {}).get("usual models")
    of_some = (
        []
        if some is None
        else [of_usual_models(some, metrics["rows"]["training"]) + "; the network from all"]
    )
    return "\n".join(["\n\n".join(tables), *of_some, *_differences(metrics)])


def of_usual_models(some: float, m: float) -> str:
    """Return of how many rows usual models learned where the network learned of more.

    >>> of_usual_models(100_000, 4_000_000)
    'usual models hold their rows in memory: they learned from 100,000 of 4,000,000, at random'
    """
    return f"usual models hold their rows in memory: they learned from {some:,.0f} of {m:,.0f}, at random"


def _by_kind(rows: Metrics) -> list[dict[str, Mapping[str, float]]]:
    """Return the rows in tables, each of scores of one kind: what has none of the first score is another kind."""
    found: dict[str, dict[str, Mapping[str, float]]] = {}
    for name, row in rows.items():
        found.setdefault(next(iter(row)), {})[name] = row
    return list(found.values())


def _table(corner: str, rows: Metrics) -> str:
    names = list(next(iter(rows.values())))
    body = [
        [judged, *(number(row[name]) if name in row else "" for name in names)]
        for judged, row in rows.items()
    ]
    return columns([[corner, *names], *body])


def _differences(metrics: Metrics) -> list[str]:
    """Return a line for each difference from a usual model, row by row on those held out."""
    return [
        f"{name}: {next(iter(row))} {row[next(iter(row))]:+.3g}, 95 % interval {row['low']:+.3g} … {row['high']:+.3g}"
        for name, row in metrics.items()
        if "low" in row
    ]
