"""From a model and a table to what a page shows."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.table import columns_of, is_table
from hassenet.errors import DataError, FeatureError, HassenetWarning, ParameterError, listing
from hassenet.explain import Explained, deeplift, explained, of_class
from hassenet.explain.flow import relevance_flow
from hassenet.explain.sankey import Sankey
from hassenet.model import Model
from hassenet.model.described import described
from hassenet.network import Ensemble, Network
from hassenet.network.elements import Links
from hassenet.page.data import Costs, PageData, Scores
from hassenet.page.distributions import Groups, of_ranks
from hassenet.page.power import powers
from hassenet.page.shown import Shown
from hassenet.stability.by_element import Powers, by_element
from hassenet.tables import Table
from hassenet.task.label import codes_of
from hassenet.training.history import checked_history

Array = NDArray[Any]

_MOST_LINKS = 250_000
_OF_TRAINING = ("rows", "training", "cost")
_MISSING = {
    "",
    "None",
    "nan",
    "NaT",
    "<NA>",
}  # what a missing value of Python, NumPy and pandas is spelled as


def page_data(
    model: Model,
    table: Any,
    *,
    outputs: Sequence[Any] = (),
    title: str = "",
    history: Sequence[Any] = (),
    top: int = 10,
    power: Powers | None = None,
) -> PageData:
    """Return what a page shows of a model and the rows of a table.

    Parameters
    ----------
    model : Model
    table : table with ``columns``
        Raw features by name, as for ``Model.predict``. Where it holds the target of a classification too, features
        are shown class by class.
    outputs : sequence of classes or targets, optional
        What to explain; by default each class of a classification (of two, the one whose probability is the
        output), each target of a regression.
    title : str, optional
        By default what is predicted.
    history : sequence of Epoch, optional
        The course of training; by default that of the model.
    top : int
        How many elements of each rank the picture of relevance shows.
    power : ElementPower, or mapping from element to number, optional
        What elements are coloured by, as :func:`hassenet.stability.element_power` finds it. An element without a
        number has no colour.

    Raises
    ------
    DataError, FeatureError, NotFiniteError
        If the table has no rows, or its features do not fit the model.
    ParameterError
        If there is no such class or target, one is given twice, the history is not a sequence of epochs, or a power is
        infinite.
    UnknownElementError
        If what is not an element of the model has a power.
    """
    epochs = checked_history(history) or model.history
    net, X = model.in_units, model.prepare(table)
    if not len(X):
        raise DataError("a page shows the rows of a table; this one has none; give one at least")
    targets, groups = _explained(model, outputs), _groups(model, table, len(X))
    scores = tuple(_scores(model, X, target, top) for target in targets)  # first: it tells what overflows
    shown = Shown.of(net, X)
    ranks, distributions = of_ranks(shown, groups)
    elements, n = shown.elements, len(shown.elements)
    names = (*model.features, *map(str, elements.names[len(model.features) :]))
    return PageData(
        title=title or f"{_task(model)} of {', '.join(model.targets)}",
        facts=_facts(model, shown, groups, len(X)),
        judged=_judged(model),
        names=names,
        ranks=ranks,
        links=_largest(elements.links),
        below=np.bincount(elements.links.upper, minlength=n),
        above=np.bincount(elements.links.lower, minlength=n),
        distributions=distributions,
        scores=scores,
        costs=_costs(epochs),
        signed=isinstance(net, Network),
        power=None if power is None else powers(by_element(power), names),
    )


def _task(model: Model) -> str:
    return model.task.capitalize()


# ---------------------------------------------------------------- relevance


def _explained(model: Model, outputs: Sequence[Any]) -> list[Explained]:
    _check_outputs(outputs)
    if model.classes is None:
        return [_of_target(model, name) for name in outputs or model.targets]
    default = model.classes[1:] if model.network.hierarchy.shape[-1] == 1 else model.classes
    spelled = {str(label): label for label in model.classes}
    return [of_class(model.network, model.classes, spelled.get(str(o), o)) for o in outputs or default]


def _check_outputs(outputs: Sequence[Any]) -> None:
    if isinstance(outputs, str):
        raise ParameterError(
            f"outputs are a list of classes or targets; got the text {outputs!r}; give [{outputs!r}]"
        )
    doubled = [name for name, n in Counter(map(str, outputs)).items() if n > 1]
    if doubled:
        raise ParameterError(
            f"an output is explained once; {listing(doubled)} is given several times; leave it out"
        )


def _of_target(model: Model, name: Any) -> Explained:
    if name not in model.targets:
        raise ParameterError(
            f"what is explained is a target, of {listing(model.targets)}; got {name!r}; give one of these"
        )
    net = model.in_units
    output = net.hierarchy.ranks[-1][model.targets.index(name)]  # its name: a whole number may be one too
    return Explained(str(name), explained(net, output).weights)


def _scores(model: Model, X: Array, target: Explained, top: int) -> Scores:
    found = deeplift(model.in_units, X, target)
    picture = Sankey.of(relevance_flow(model.in_units, X, target), top)
    return Scores(
        target.name, found.method, found.score, found.absolute, found.spread, picture, found.member_spread
    )


def _largest(links: Links) -> Links:
    """Return the links, or of very many those with the largest |weight|, by reader."""
    kept = np.arange(len(links.weight))
    if len(kept) > _MOST_LINKS:
        kept = np.argpartition(-np.abs(links.weight), _MOST_LINKS)[:_MOST_LINKS]
    order = kept[np.lexsort((links.lower[kept], links.upper[kept]))]
    return Links(links.upper[order], links.lower[order], links.weight[order])


# ---------------------------------------------------------------- rows


def _groups(model: Model, table: Any, m: int) -> Groups:
    names = columns_of(table).names if is_table(table) else ()
    if model.classes is None or model.targets[0] not in names:
        return Groups((), np.zeros(m, np.int64))
    if names.count(model.targets[0]) > 1:
        raise FeatureError(f"the target is one column; there are several {model.targets[0]!r}; keep one")
    values = np.array(_texts(table, model.targets[0]), object)
    codes = codes_of(values, model.classes)
    if (codes >= 0).any():
        _note_strange(values[codes < 0], model)
        return Groups(tuple(map(str, model.classes)), codes)
    _check_empty(values, model)
    return Groups((), np.zeros(m, np.int64))


def _texts(table: Any, name: str) -> Sequence[Any]:
    """Return a column, of a file as it is spelled there."""
    return table.texts(name) if isinstance(table, Table) else list(np.asarray(table[name], object))


def _note_strange(values: Array, model: Model) -> None:
    """Note what the column of the target holds beside the classes of the model."""
    strange = sorted(set(map(str, values)) - _MISSING)
    if strange:
        warnings.warn(
            f"rows are shown by the classes {listing(map(str, model.classes or ()))}; {model.targets[0]!r} also holds "
            f"{listing(strange, 3)}, and such rows are in no class; say what is meant (--label {strange[0]}=…)",
            HassenetWarning,
            stacklevel=4,
        )


def _check_empty(values: Array, model: Model) -> None:
    """Raise DataError where the column of the target holds something, and never a class of the model."""
    strange = set(map(str, values)) - _MISSING
    if strange:
        raise DataError(
            f"rows are shown by the classes {listing(map(str, model.classes or ()))}; the column {model.targets[0]!r} "
            f"holds none of them, but {listing(sorted(strange), 3)}; correct that column, leave it "
            "out, or say what its cells are called (--label)"
        )


# ---------------------------------------------------------------- words


def _facts(model: Model, shown: Shown, groups: Groups, m: int) -> tuple[tuple[str, str], ...]:
    net = model.in_units
    sizes, relays, H = shown.sizes, sum(shown.relays), net.hierarchy
    unknown = int((groups.codes < 0).sum())
    facts = {
        "task": f"{model.task} of {', '.join(model.targets)}",
        "classes": ", ".join(map(str, model.classes or ())),
        "features": f"{len(model.features):,}{model.preparation.words}",
        "elements": f"{sum(sizes):,}" + (f" and {relays:,} relays" if relays else ""),
        "networks": f"{len(net)}, whose outputs are averaged" if isinstance(net, Ensemble) else "",
        "covers": f"{H.n_covers:,}" if isinstance(net, Network) else "",
        "depth": str(len(sizes) - 1),
        "elements by rank": " – ".join(f"{n:,}" for n in sizes),
        "parameters": f"{net.n_parameters:,} ({net.dtype})",
        "rows shown": f"{m:,}" + (f", {unknown:,} of them of no known class" if unknown else ""),
        **_training(model),
    }
    # A setting may have the name of what the page says itself.
    chosen = {name: value for name, value in described(model).items() if name not in facts}
    return tuple((name, value) for name, value in (facts | chosen | {"shown": shown.note}).items() if value)


def _training(model: Model) -> dict[str, str]:
    rows, steps, cost = (model.metrics.get(name, {}) for name in _OF_TRAINING)
    trained = f"{rows['training']:,.0f} rows" if "training" in rows else ""
    went = f", {steps['epochs']:,.0f} epochs" if "epochs" in steps else ""
    fell = (
        f"{cost['first']:.4g} at first, {cost['last']:.4g} at last"
        if {"first", "last"} <= cost.keys()
        else ""
    )
    return {"trained on": trained + went, "cost": fell}


def _judged(model: Model) -> tuple[tuple[str, ...], ...]:
    """Return the scores on the rows held out as the rows of a table, the first its head."""
    rows = {name: row for name, row in model.metrics.items() if name not in _OF_TRAINING}
    if not rows:
        return ()
    names = list(dict.fromkeys(name for row in rows.values() for name in row))
    held_out = model.metrics.get("rows", {}).get("held out")
    corner = "held out" if held_out is None else f"on {held_out:,.0f} rows held out"
    body = [
        (who, *(f"{row[name]:.4g}" if name in row else "" for name in names)) for who, row in rows.items()
    ]
    return ((corner, *names), *body)


def _costs(epochs: Sequence[Any]) -> Costs | None:
    if not epochs:
        return None
    validation = tuple(float(epoch.validation_cost) for epoch in epochs)
    return Costs(
        tuple(float(epoch.cost) for epoch in epochs), validation if any(map(isfinite, validation)) else ()
    )
