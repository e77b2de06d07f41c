"""What the columns named as targets are, and whether they are more than one class or plain numbers."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, final, get_args

import numpy as np

from hassenet.data.alike import notes_of_alike
from hassenet.data.objects import is_spelled_like_a_number
from hassenet.errors import ParameterError, TargetError, TargetWarning, listing
from hassenet.outcomes.amount import LOSSES as OF_AMOUNTS
from hassenet.outcomes.amount import Amount
from hassenet.outcomes.classes import Classes
from hassenet.outcomes.count import LOSSES as OF_COUNTS
from hassenet.outcomes.count import Count
from hassenet.outcomes.hazard_ratio import HazardRatio
from hassenet.outcomes.interval_hazards import IntervalHazards
from hassenet.outcomes.offset_column import OffsetColumn
from hassenet.outcomes.ordered_classes import OrderedClasses
from hassenet.outcomes.outcome import Outcome
from hassenet.outcomes.outcomes import Outcomes
from hassenet.outcomes.quantiles import Quantiles
from hassenet.tables import Table
from hassenet.task.amounts import check_finite_targets
from hassenet.task.label import Label
from hassenet.task.target import SPELLINGS, Target, check_varies, kind_in

Kind = Literal["classification", "regression", "ordinal", "count"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LIKELIHOODS = (*OF_AMOUNTS, *OF_COUNTS)
_LEAST_ROWS = 2
_ALONE_SPECIAL = ("ordinal", "count")


@final
@dataclass(frozen=True)
class Wish:
    """What is known of the targets before the table is read.

    Attributes
    ----------
    task : str
        The kind of all targets, "auto" for each as it looks.
    kinds : mapping from column to kind
        Of single ones.
    time, event, seen, stratum : str, optional
        The columns of a time until an event, and the cell that is the event.
    survival : "cox" or "discrete"
    intervals : int
        Of "discrete".
    quantiles : tuple of float
        In place of the mean of a number.
    likelihood : str, optional
        Of numbers or of counts, one of ``LIKELIHOODS``.
    order : tuple of str
        Of ordinal classes, the lowest first.
    offset : OffsetColumn, optional
    positive : str, optional
        Of two classes, the one whose probability is the output.
    """

    task: str = "auto"
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    time: str | None = None
    event: str | None = None
    seen: str | None = None
    stratum: str | None = None
    survival: Literal["cox", "discrete"] = "cox"
    intervals: int = 10
    quantiles: tuple[float, ...] = ()
    likelihood: str | None = None
    order: tuple[str, ...] = ()
    offset: OffsetColumn | None = None
    positive: str | None = None

    def kind(self, table: Table, name: str) -> Kind:
        """Return the kind of a column."""
        given = self.kinds.get(name, self.task)
        return kind_in(table, name) if given == "auto" else given  # type: ignore[return-value]  # checked by the options

    @property
    def is_special(self) -> bool:
        """Whether something is asked for that plain classes and numbers have not."""
        likelihood = self.likelihood not in (None, "gaussian")
        return bool(self.time or self.quantiles or self.order or self.offset) or likelihood


def outcomes_in(table: Table, names: tuple[str, ...], wish: Wish) -> Outcomes | None:
    """Return the outcomes that columns are; None of one class, or of plain numbers alone.

    Raises
    ------
    FeatureError
        If a column is not there.
    TargetError
        If values do not suit their kind.
    ParameterError
        If what is asked for is of no target.
    """
    _check_kinds(names, wish)
    if len(names) == 1 and not wish.is_special and wish.kinds.get(names[0], wish.task) not in _ALONE_SPECIAL:
        return None
    for column in (*names, *(c for c in (wish.time, wish.event, wish.stratum) if c is not None)):
        table.require_columns((column,), "the target")
    there = {name: _known(table, name) for name in names}
    kinds = {name: wish.kind(rows, name) for name, rows in there.items()}
    _check_used(kinds, wish)
    plain = set(kinds.values()) == {"regression"} or list(kinds.values()) == ["classification"]
    if plain and not wish.is_special:
        return None
    _check_finite(table, [name for name, kind in kinds.items() if kind in ("regression", "count")])
    parts = [_part(there[name], name, kind, wish) for name, kind in kinds.items()]
    _check_positive(parts, wish.positive)
    return Outcomes((*_of_times(table, wish), *parts), wish.offset)


def _known(table: Table, name: str) -> Table:
    """Return a column, of the rows that have a value in it."""
    table = table.select((name,))
    missing = table.rows_without((name,))
    if missing.all():
        raise TargetError(
            f"a target has values; {name!r} is empty in every row; choose another column; {SPELLINGS}"
        )
    return table.take(np.flatnonzero(~missing)) if missing.any() else table


def _check_kinds(names: tuple[str, ...], wish: Wish) -> None:
    """Refuse the kind of a column that is not a target."""
    strange = [name for name in wish.kinds if name not in names]
    if strange:
        raise ParameterError(f"a kind is that of a target; {listing(strange)} is not one; name it there too")


def _check_used(kinds: Mapping[str, Kind], wish: Wish) -> None:
    """Refuse what is asked for and of no target."""
    if wish.quantiles and wish.likelihood in OF_AMOUNTS:
        raise ParameterError(
            f"quantiles are learned in place of the mean of a number, whatever its likelihood; got both, "
            f"{wish.likelihood!r}; give --quantiles or --likelihood"
        )
    there = set(kinds.values())
    wanted: tuple[tuple[bool, Kind, str], ...] = (
        (bool(wish.quantiles), "regression", "quantiles are"),
        (wish.likelihood in OF_AMOUNTS, "regression", f"the likelihood {wish.likelihood} is"),
        (wish.likelihood in OF_COUNTS, "count", f"the likelihood {wish.likelihood} is"),
        (bool(wish.order), "ordinal", "an order is"),
    )
    wrong = next(((kind, what) for given, kind, what in wanted if given and kind not in there), None)
    if wrong is not None:
        kind, what = wrong
        raise ParameterError(
            f"{what} of a target of the kind {kind!r}; there is {listing(f'{n} {k}' for n, k in kinds.items())}; say "
            f"which is one: --kind COLUMN={kind}"
        )


def _check_finite(table: Table, names: Iterable[str]) -> None:
    """Refuse an infinite number by its row among all, also those without a value."""
    for name in names:
        numbers = table.numbers_in(name)
        if numbers is not None:
            check_finite_targets(numbers[:, None], (name,))


def _part(table: Table, name: str, kind: Kind, wish: Wish) -> Outcome:
    """Return the outcome that a column is, of the rows that have a value."""
    match kind:
        case "classification":
            return Classes(name, _labels(Target.of(table, (name,), kind), wish.positive))
        case "ordinal":
            return OrderedClasses(name, _ordered(table, name, wish.order))
        case "count":
            likelihood = wish.likelihood if wish.likelihood in OF_COUNTS else "negative_binomial"
            return _counted(Count(name, likelihood), table)  # type: ignore[arg-type]  # one of these
    Target.of(table, (name,), "regression")
    if wish.quantiles:
        return Quantiles(name, wish.quantiles)
    return Amount(name, wish.likelihood if wish.likelihood in OF_AMOUNTS else "gaussian")  # type: ignore[arg-type]


def _counted(part: Count, table: Table) -> Outcome:
    """Return a count, which varies."""
    check_varies(part.name, part.read(table)[:, 0].astype(int))
    return _noted(part, table)


def _noted(part: Outcome, table: Table) -> Outcome:
    """Return the outcome, of the values of which a warning says what may be meant otherwise."""
    part.note(part.read(table))
    return part


def _check_positive(parts: list[Outcome], positive: str | None) -> None:
    of_two = [part.classes for part in parts if isinstance(part, Classes) and len(part.classes) == 2]
    if positive is not None and positive not in [str(classes[1]) for classes in of_two]:
        raise TargetError(
            f"--positive names one of two classes; there is {listing(part.words for part in parts) or 'none'}; got "
            f"{positive!r}; give one of two"
        )


def _labels(target: Target, positive: str | None) -> tuple[Label, ...]:
    if positive is not None and positive in map(str, target.classes or ()):
        target = target.with_positive(positive)
    return target.classes or ()


def _ordered(table: Table, name: str, order: tuple[str, ...]) -> tuple[Label, ...]:
    """Return the classes of a column in the order given, else in that of numbers."""
    found = Target.of(table, (name,), "classification").classes or ()
    if not order and table.not_numbers((name,)):
        raise TargetError(
            f"classes in order are numbers, or their order is given; {name!r} holds {listing(found, 5)}; say "
            "--order LOWEST,…,HIGHEST with all of them"
        )
    if not order:
        return found
    if sorted(order) != sorted(map(str, found)):
        raise TargetError(
            f"an order names each class once; {name!r} holds {listing(map(str, found))}; got {listing(order)}; name "
            "these"
        )
    label = {str(one): one for one in found}
    return tuple(label[one] for one in order)


def _of_times(table: Table, wish: Wish) -> list[Outcome]:
    """Return the time until an event, where there is one."""
    if wish.time is None or wish.event is None:
        return []
    _note_alike(table, wish)
    if wish.survival == "discrete":
        return [_noted(IntervalHazards(wish.time, wish.event, wish.seen, wish.intervals), table)]
    labels = () if wish.stratum is None else _strata(table, wish.stratum)
    return [_noted(HazardRatio(wish.time, wish.event, wish.seen, wish.stratum, labels), table)]


def _note_alike(table: Table, wish: Wish) -> None:
    """Warn of cells that may be one: an event that is not spelled as it is asked for does not count as seen."""
    cells: dict[Hashable, list[str]] = {} if wish.seen is None else {wish.event: _words(table, wish.event)}
    strata: dict[Hashable, list[str]] = (
        {} if wish.stratum is None else {wish.stratum: _words(table, wish.stratum)}
    )
    for note in notes_of_alike("cells of an event", cells) + notes_of_alike("strata", strata):
        warnings.warn(note, TargetWarning, stacklevel=2)


def _words(table: Table, name: str | None) -> list[str]:
    """Return the cells of a column that do not spell numbers, each once; none where there is no such column."""
    texts = set(table.texts(name)) if name is not None and name in table.columns else ()
    return sorted(text for text in texts if text is not None and not is_spelled_like_a_number(text))


def _strata(table: Table, name: str) -> tuple[str, ...]:
    """Return the names of strata, in their order."""
    texts = [text for text in table.texts(name) if text is not None]
    labels, counts = np.unique(np.array(texts, object), return_counts=True)
    rare = labels[counts < _LEAST_ROWS].tolist()
    if rare or len(labels) < _LEAST_ROWS:
        raise TargetError(
            f"there are two strata or more, each of two rows or more; {name!r} has "
            f"{f'only one row of {listing(rare)}' if rare else f'{len(labels)}'}; merge them, or leave it out"
        )
    return tuple(labels.tolist())
