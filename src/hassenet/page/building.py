"""From a model and a table to what a page shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet._checks import require_whole_number
from hassenet.data.encoding import Encoding
from hassenet.errors import DataError, ParameterError, listing
from hassenet.explain import Explained, deeplift, explained, of_class
from hassenet.explain.flow import relevance_flow
from hassenet.explain.sankey import Sankey
from hassenet.model import Model
from hassenet.model.columns import columns_described
from hassenet.model.described import described
from hassenet.network import Ensemble, Network
from hassenet.network.elements import Links
from hassenet.outcomes import Outcomes
from hassenet.page.data import BySide, Costs, PageData, Scores
from hassenet.page.distributions import Groups, of_ranks
from hassenet.page.judged import Judged
from hassenet.page.other_rows import places_known
from hassenet.page.power import powers
from hassenet.page.rows import (
    MOST_ROWS,
    Sides,
    count_rows,
    drawn_rows,
    groups_of,
    halves_of,
    parts_of,
    sides_of,
)
from hassenet.page.shown import Shown
from hassenet.page.studied import study
from hassenet.stability.by_element import Powers, by_element
from hassenet.stability.interchangeable import named_ranks
from hassenet.tables.absent import with_absent_clades
from hassenet.training.history import checked_history

Array = NDArray[Any]

_MOST_LINKS = 250_000


def page_data(
    model: Model,
    table: Any,
    *,
    outputs: Sequence[Any] = (),
    title: str = "",
    history: Sequence[Any] = (),
    top: int = 10,
    power: Powers | None = None,
    stability: Mapping[str, Any] | None = None,
    max_rows: int = MOST_ROWS,
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
    stability : mapping from column to values, optional
        What many trainings said of elements: :meth:`hassenet.stability.Stability.table`, with p and fdr of
        :meth:`hassenet.stability.NullScores.table` if they are there, or the table that ``hassenet stability`` writes.
    max_rows : int
        Of a table with more rows so many are shown, drawn at random, always the same ones.

    Raises
    ------
    DataError, FeatureError, NotFiniteError
        If the table has no rows, or its features do not fit the model.
    ParameterError
        If there is no such class or target, one is given twice, the history is not a sequence of epochs, a power is
        infinite, ``max_rows`` is not 1 or more, or a study has no columns of elements.
    UnknownElementError
        If what is neither an element of the model, nor made of a column that it reads, has a power, or is in the study.

    Warns
    -----
    HassenetWarning
        If power or study have features of the model's columns that its rows did not show; they are left out.
    """
    require_whole_number("max_rows", max_rows, 1)
    epochs, m = checked_history(history) or model.history, count_rows(table)
    parts = parts_of(model, table, m)
    table = with_absent_clades(drawn_rows(table, m, max_rows), model.columns)
    net, X = model.in_units, _dense(model.prepare(table))
    if not len(X):
        raise DataError("a page shows the rows of a table; this one has none; give one at least")
    targets, groups = _explained(model, outputs), groups_of(model, table, len(X))
    named = named_ranks(net)
    scores = []  # before all else: they tell what overflows
    for target in targets:
        sides = sides_of(groups, target.name) or halves_of(model, table, target.name)
        scores.append(_scores(model, X, target, sides, named, top))
    shown = Shown.of(net, X)
    ranks, distributions = of_ranks(shown, groups)
    elements, n = shown.elements, len(shown.elements)
    names = (*model.features, *map(str, elements.names[len(model.features) :]))
    return PageData(
        title=title or _title(model),
        facts=_facts(model, shown, groups, m, parts),
        judged=Judged.of(model),
        names=names,
        ranks=ranks,
        named=named,
        links=_largest(elements.links),
        below=np.bincount(elements.links.upper, minlength=n),
        above=np.bincount(elements.links.lower, minlength=n),
        distributions=distributions,
        apart=_have_own_units(model),
        scores=tuple(scores),
        costs=_costs(epochs),
        power=None
        if power is None
        else powers(_power_known(by_element(power), names, model.encoding), names),
        study=None if stability is None else study(_study_known(stability, names, model.encoding), names),
    )


def _power_known(
    power: Mapping[Hashable, float], names: Sequence[str], encoding: Encoding | None
) -> dict[Hashable, float]:
    """Return the power of what is not left out for the rows of the model."""
    elements = list(power)
    kept = places_known(list(map(str, elements)), names, encoding, "the power")
    return {elements[k]: power[elements[k]] for k in kept}


def _study_known(
    study: Mapping[str, Any], names: Sequence[str], encoding: Encoding | None
) -> Mapping[str, Any]:
    """Return the rows of a study that are not left out for the rows of the model."""
    if "element" not in study:
        return study
    kept = places_known(list(map(str, study["element"])), names, encoding, "the study")
    return {name: np.asarray(values)[kept] for name, values in study.items()}


def _have_own_units(model: Model) -> bool:
    """Return whether outputs are numbers of several targets, or several parameters of one model."""
    return model.classes is None and len(model.network.hierarchy.ranks[-1]) > 1


def _dense(X: Any) -> Array:
    """Return the rows that are shown, of which also what is 0 is drawn."""
    return np.asarray(X.toarray() if issparse(X) else X)


def _title(model: Model) -> str:
    task = "Prediction" if model.outcomes is not None else model.task.capitalize()
    return f"{task} of {', '.join(model.targets)}"


# ---------------------------------------------------------------- relevance


def _explained(model: Model, outputs: Sequence[Any]) -> list[Explained]:
    _check_outputs(outputs)
    if model.outcomes is not None:
        return [_of_outcome(model.outcomes, str(name)) for name in outputs or model.outcomes.signals]
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


def _of_outcome(outcomes: Outcomes, name: str) -> Explained:
    signals = outcomes.signals
    if name not in signals:
        raise ParameterError(
            f"what is explained is one of {listing(signals)}; got {name!r}; give one of these"
        )
    return Explained(name, signals[name])


def _of_target(model: Model, name: Any) -> Explained:
    if name not in model.targets:
        raise ParameterError(
            f"what is explained is a target, of {listing(model.targets)}; got {name!r}; give one of these"
        )
    net = model.in_units
    output = net.hierarchy.ranks[-1][model.targets.index(name)]  # its name: a whole number may be one too
    return Explained(str(name), explained(net, output).weights)


def _scores(
    model: Model, X: Array, target: Explained, sides: Sides | None, named: Sequence[int], top: int
) -> Scores:
    found, flow = deeplift(model.in_units, X, target), relevance_flow(model.in_units, X, target)
    nameless = set(range(1, len(flow.elements.starts) - 2)) - set(named)
    picture = Sankey.of(flow, top, without=nameless)
    return Scores(
        target.name,
        found.method,
        found.score,
        found.absolute,
        found.spread,
        picture,
        found.member_spread,
        _by_side(model, X, target, sides),
        "" if model.outcomes is None else model.outcomes.direction([target.name]),
    )


def _by_side(model: Model, X: Array, target: Explained, sides: Sides | None) -> BySide | None:
    """Return the mean relevance in the rows of the class that is explained, and in the others."""
    if sides is None:
        return None
    means = [deeplift(model.in_units, X[rows], target).score for rows in sides.rows]
    return BySide(sides.names, np.stack(means, axis=1))


def _largest(links: Links) -> Links:
    """Return the links, or of very many those with the largest |weight|, by reader."""
    kept = np.arange(len(links.weight))
    if len(kept) > _MOST_LINKS:
        kept = np.argpartition(-np.abs(links.weight), _MOST_LINKS)[:_MOST_LINKS]
    order = kept[np.lexsort((links.lower[kept], links.upper[kept]))]
    return Links(links.upper[order], links.lower[order], links.weight[order])


# ---------------------------------------------------------------- words


def _facts(model: Model, shown: Shown, groups: Groups, m: int, parts: str) -> tuple[tuple[str, str], ...]:
    net = model.in_units
    sizes, relays, H = shown.sizes, sum(shown.relays), net.hierarchy
    facts = {
        "task": f"{model.task} of {', '.join(model.targets)}" if model.outcomes is None else model.what,
        "classes": ", ".join(map(str, model.classes or ())),
        "features": f"{len(model.features):,}{model.preparation.words}",
        **columns_described(model),
        "elements": f"{sum(sizes):,}" + (f" and {relays:,} relays" if relays else ""),
        "networks": f"{len(net)}, whose outputs are averaged" if isinstance(net, Ensemble) else "",
        "covers": f"{H.n_covers:,}" if isinstance(net, Network) else "",
        "depth": str(len(sizes) - 1),
        "elements by rank": " – ".join(f"{n:,}" for n in sizes),
        "parameters": f"{net.n_parameters:,} ({net.dtype})",
        "rows shown": _rows(m, groups),
        "of these": parts,
        **_training(model),
    }
    # A setting may have the name of what the page says itself.
    chosen = {name: value for name, value in described(model).items() if name not in facts}
    return tuple((name, value) for name, value in (facts | chosen | {"shown": shown.note}).items() if value)


def _rows(m: int, groups: Groups) -> str:
    shown, unknown = len(groups.codes), int((groups.codes < 0).sum())
    drawn = f"{shown:,}" if shown == m else f"{shown:,} of {m:,}, drawn at random"
    return drawn + (f", {unknown:,} of them of no known class" if unknown else "")


def _training(model: Model) -> dict[str, str]:
    rows, steps, cost = (model.metrics.get(name, {}) for name in ("rows", "training", "cost"))
    trained = f"{rows['training']:,.0f} rows" if "training" in rows else ""
    went = f", {steps['epochs']:,.0f} epochs" if "epochs" in steps else ""
    fell = (
        f"{cost['first']:.4g} at first, {cost['last']:.4g} at last"
        if {"first", "last"} <= cost.keys()
        else ""
    )
    return {"trained on": trained + went, "cost": fell}


def _costs(epochs: Sequence[Any]) -> Costs | None:
    if not epochs:
        return None
    validation = tuple(float(epoch.validation_cost) for epoch in epochs)
    return Costs(
        tuple(float(epoch.cost) for epoch in epochs), validation if any(map(isfinite, validation)) else ()
    )
