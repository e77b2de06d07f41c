"""Everything that a network predicts: one target, or several of different kinds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.offsets import numbers_given
from hassenet.data.scaling import Scaling
from hassenet.errors import ParameterError, ShapeError, TargetError, listing
from hassenet.likelihoods import Joint, Loss
from hassenet.outcomes.hazard_ratio import HazardRatio
from hassenet.outcomes.interval_hazards import IntervalHazards
from hassenet.outcomes.offset_column import OffsetColumn
from hassenet.outcomes.outcome import Array, Outcome, known
from hassenet.tables import Table

Values = tuple[Array, ...]


@final
@dataclass(frozen=True)
class Outcomes:
    """Targets, each of a kind of its own, whose outputs stand one block after the other.

    Parameters
    ----------
    parts : tuple of Outcome
    offset : OffsetColumn, optional
        What is added to signals: an exposure to those of counts, an offset to those of the only target.

    Raises
    ------
    ParameterError
        If there is no target, two have one name, an offset is that of several, or an exposure that of no count.

    Examples
    --------
    >>> from hassenet.outcomes import Amount, Classes
    >>> both = Outcomes((Classes("died", ("no", "yes")), Amount("weight", mean=70.0, scale=10.0)))
    >>> print(both)
    'died' (no or yes) and 'weight'
    >>> both.loss.canonical
    ('sigmoid', 'identity')
    >>> found = both.answers(np.array([[0.9, 1.0]]))
    >>> {name: column.tolist() for name, column in found.items()}
    {'predicted_died': ['yes'], 'probability_died=no': [0.09999999999999998], 'probability_died=yes': [0.9],
     'predicted_weight': [80.0]}
    """

    parts: tuple[Outcome, ...]
    offset: OffsetColumn | None = None

    def __post_init__(self) -> None:
        """Check the targets, and what is added to them."""
        given = self.parts if isinstance(self.parts, Iterable) else (self.parts,)
        object.__setattr__(self, "parts", tuple(given))
        if not self.parts or not all(isinstance(part, Outcome) for part in self.parts):
            raise ParameterError(
                f"outcomes are those of hassenet.outcomes, as Amount('weight'); got {self.parts!r}; give one or more"
            )
        doubled = [name for name, n in Counter(self.names).items() if n > 1]
        if doubled:
            raise ParameterError(f"a target has its own name; {listing(doubled)} stands twice; leave one out")
        self._check_strata()
        self._check_offset()

    def _check_strata(self) -> None:
        stratified = [p for p in self.parts if isinstance(p, HazardRatio) and p.stratum is not None]
        if stratified and len(self.parts) > 1:
            raise ParameterError(
                f"beside other targets a survival time has no strata; {stratified[0].name!r} has "
                f"{stratified[0].stratum!r}; leave it out, or make a covariate of it"
            )

    def _check_offset(self) -> None:
        if self.offset is None:
            return
        if self.offset.is_exposure and not any(part.exposed.any() for part in self.parts):
            raise ParameterError(
                f"an exposure is of counts; {listing(self.names)} has none; name one as a count, or give an "
                "offset"
            )
        if not self.offset.is_exposure and (len(self.parts) > 1 or not any(self.parts[0].shifted)):
            raise ParameterError(
                f"an offset is added to the signal of one target that has one signal; got {self}; give an exposure of "
                "counts, or another target"
            )

    @property
    def names(self) -> tuple[str, ...]:
        """What the targets are called."""
        return tuple(part.name for part in self.parts)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a table that hold them, and the one that is added."""
        beside = () if self.offset is None else (self.offset.column,)
        return tuple(dict.fromkeys([*(name for part in self.parts for name in part.columns), *beside]))

    def apart(self, Y: Array) -> tuple[Array, ...]:
        """Return the values of each target of those side by side, (m, w)."""
        return tuple(np.split(Y, np.cumsum([part.width for part in self.parts])[:-1], axis=1))

    @property
    def outputs(self) -> tuple[Hashable, ...]:
        """The names wished for the outputs."""
        return tuple(name for part in self.parts for name in part.outputs)

    @property
    def places(self) -> tuple[slice, ...]:
        """Which outputs belong to each target."""
        ends = np.cumsum([len(part.outputs) for part in self.parts]).tolist()
        return tuple(slice(end - len(p.outputs), end) for end, p in zip(ends, self.parts, strict=True))

    @property
    def loss(self) -> Loss:
        """The loss of the only target, or the joint one."""
        if len(self.parts) == 1:
            return self.parts[0].loss
        sizes = [len(part.outputs) for part in self.parts]
        return Joint({part.name: part.loss for part in self.parts}, sizes)

    def __str__(self) -> str:
        *first, last = (part.words for part in self.parts)
        words = f"{', '.join(first)} and {last}" if first else last
        return words if self.offset is None else f"{words}, {self.offset}"

    # ---------------------------------------------------------------- targets

    def read(self, table: Table) -> Values:
        """Return the values of each target in a table that has all rows, or those of ``a_part_of_all``."""
        return tuple(part.read(table) for part in self.parts)

    def said(self, table: Table, values: Values) -> tuple[Any, ...]:
        """Return of each target what has to be known of rows, all or a part of them, to :meth:`check` all."""
        return tuple(part.said(table, own) for part, own in zip(self.parts, values, strict=True))

    def check(self, said: Sequence[tuple[Any, ...]]) -> None:
        """Refuse what all rows say together, of what each part of them said, as that no time ends with an event.

        Raises
        ------
        TargetError
        """
        for part, own in zip(self.parts, zip(*said, strict=True), strict=True):
            part.check(own)

    @property
    def amounts(self) -> tuple[str, ...]:
        """The columns of a table that hold numbers."""
        return tuple(name for part in self.parts for name in part.amounts)

    def begun(self, values: Values) -> Outcomes:
        """Return them with what they learn from values before training.

        Raises
        ------
        TargetError
            If one has none.
        """
        pairs = zip(self.parts, values, strict=True)
        empty = [part.name for part, of_part in pairs if not known(of_part).any()]
        if empty:
            raise TargetError(
                f"a target has values; {listing(empty)} is empty in every row to learn from; leave it out"
            )
        return replace(self, parts=tuple(p.begun(v) for p, v in zip(self.parts, values, strict=True)))

    def encoded(self, values: Values) -> Array:
        """Return values as the loss takes them."""
        if len(self.parts) == 1:
            return self.parts[0].encoded(values[0])
        blocks = [part.in_block(of_part) for part, of_part in zip(self.parts, values, strict=True)]
        return np.hstack(blocks).astype(float)

    def settled(self, values: Values, outputs: Array, weight: Array | None = None) -> Outcomes:
        """Return them with what they learn from the outputs of the rows learned from."""
        each = zip(self.parts, values, self.split(outputs), strict=True)
        return replace(self, parts=tuple(part.settled(of_part, own, weight) for part, of_part, own in each))

    def renamed(self, names: Iterable[str]) -> Outcomes:
        """Return them with other names."""
        pairs = zip(self.parts, names, strict=True)
        return replace(self, parts=tuple(replace(part, name=name) for part, name in pairs))  # type: ignore[type-var]

    def strata(self, values: Values) -> NDArray[np.int64] | None:
        """Return what is to be on both sides of a split, of the only target."""
        return self.parts[0].strata(values[0]) if len(self.parts) == 1 else None

    # ---------------------------------------------------------------- outputs

    def split(self, outputs: Array) -> list[Array]:
        """Return the outputs of each target.

        Raises
        ------
        ShapeError
            If there are not as many.
        """
        if outputs.shape[1] != len(self.outputs):
            raise ShapeError(
                f"{self} have {len(self.outputs)} outputs; got {outputs.shape[1]}; give the network as many"
            )
        return [outputs[:, place] for place in self.places]

    def answer(self, outputs: Array) -> Array | dict[str, Array]:
        """Return what is predicted: of one target an array, of several one each by name."""
        each = zip(self.parts, self.split(outputs), strict=True)
        found = {part.name: part.answer(own) for part, own in each}
        return found if len(found) > 1 else found[self.names[0]]

    def answers(self, outputs: Array) -> dict[str, Array]:
        """Return what is predicted as the columns of a table."""
        alone = len(self.parts) == 1
        each = zip(self.parts, self.split(outputs), strict=True)
        columns = [part.answers(own, alone=alone) for part, own in each]
        return {name: column for of_part in columns for name, column in of_part.items()}

    def offsets(self, offset: Any) -> Array:
        """Return what is added to the signal of each output, (m, k), of the offset of each row, (m,)."""
        by = [part.exposed if self._is_exposure else np.array(part.shifted) for part in self.parts]
        return numbers_given("offset", offset).astype(float).reshape(-1, 1) * np.concatenate(by)

    @property
    def _is_exposure(self) -> bool:
        return self.offset is not None and self.offset.is_exposure

    @property
    def survival(self) -> tuple[HazardRatio | IntervalHazards, slice]:
        """The target that is a time until an event, and the places of its outputs.

        Raises
        ------
        ParameterError
            If there is none, or there are several.
        """
        each = zip(self.parts, self.places, strict=True)
        found = [(p, place) for p, place in each if isinstance(p, HazardRatio | IntervalHazards)]
        if len(found) != 1:
            raise ParameterError(
                f"survival curves are those of one time until an event; the targets are {self}; choose a model of one"
            )
        return found[0]

    @property
    def times(self) -> tuple[HazardRatio | IntervalHazards, ...]:
        """The targets that are times until an event."""
        return tuple(part for part in self.parts if isinstance(part, HazardRatio | IntervalHazards))

    @property
    def has_survival(self) -> bool:
        """Whether one target is a time until an event."""
        return bool(self.times)

    # ---------------------------------------------------------------- explanations

    @property
    def scaling(self) -> Scaling | None:
        """What makes targets of outputs, of which each has its mean and scale; None where outputs have the units."""
        pairs = [part.scaling for part in self.parts for _ in part.outputs]
        return None if set(pairs) == {(0.0, 1.0)} else Scaling(*np.array(pairs, float).T)

    def direction(self, names: Iterable[str]) -> str:
        """Return for which way the sign of a score speaks, of those of these names where + is not more of them.

        >>> from hassenet.outcomes import HazardRatio
        >>> Outcomes((HazardRatio("months", "died"),)).direction(["months"])
        "of 'months' the risk is explained: + speaks for an earlier event, − for a later one"
        """
        asked, names_of = set(names), defaultdict(list)
        for part in self.parts:
            if part.direction and part.name in asked:
                names_of[part.direction].append(part.name)
        return "; ".join(f"of {listing(found)} {direction}" for direction, found in names_of.items())

    @property
    def signals(self) -> dict[str, tuple[float, ...]]:
        """What can be explained, by name: a sum of the signals of the outputs, as weights of all outputs."""
        k = len(self.outputs)
        found = {}
        for part, place in zip(self.parts, self.places, strict=True):
            for name, weights in part.signals.items():
                found[name] = tuple(np.pad(weights, (place.start, k - place.stop)).tolist())
        return found
