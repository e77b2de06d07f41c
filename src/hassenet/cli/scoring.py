"""How good predictions are, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.cli.fit.scores import scores
from hassenet.cli.known import Known, known_in_part
from hassenet.cli.text import number
from hassenet.data.noting import noted_once
from hassenet.errors import counted, listing
from hassenet.tallies.of_target import OfTarget
from hassenet.tallies.of_times import OfTimes
from hassenet.tallies.tally import Tally, both

if TYPE_CHECKING:
    from hassenet.cli.streamed import Block
    from hassenet.model import Model
    from hassenet.tables import Table

Array = NDArray[Any]


@final
@dataclass(frozen=True)
class Scored:
    """How many rows have a target, and what the scores of their predictions are made of."""

    rows: int
    of_target: OfTarget

    @staticmethod
    def of(model: Model, known: Known, prediction: Array) -> Scored:
        """Return that of what was predicted of rows, on those whose target is known."""
        own = prediction.reshape(len(prediction), -1)[known.rows].astype(np.float64)
        return Scored(len(known.rows), OfTarget.of(known.target, own, model.outcomes))

    def joined(self, other: Scored) -> Scored:
        """Return that of the rows of both."""
        return Scored(self.rows + other.rows, self.of_target.joined(other.of_target))

    def words(self, model: Model) -> str:
        """Return the scores."""
        what = f"{'a target of' if len(model.targets) > 1 else 'the target'} {listing(model.targets)} is"
        return f"{what} known in {counted(self.rows, 'row')}: {'; '.join(self._each(model))}"

    def _each(self, model: Model) -> Iterator[str]:
        several = len(self.of_target.each) > 1
        for name, tally in zip(_names(model), self.of_target.each, strict=True):
            found = {} if tally is None else tally.scores()
            yield (f"{name}: " if several else "") + (_in_words(found) or _why_none(tally))

    def says_enough(self, model: Model) -> bool:
        """Return whether there is a target, and of times an event: else all rows are to be asked what is at fault."""
        if not self.rows or model.outcomes is None:
            return bool(self.rows)
        times = zip(model.outcomes.parts, self.of_target.each, strict=True)
        of_times = [tally for part, tally in times if part in model.outcomes.times]
        return all(isinstance(tally, OfTimes) and tally.has_events for tally in of_times)


def _names(model: Model) -> tuple[str, ...]:
    """Return what scores stand behind: plain numbers have theirs together."""
    return model.targets if model.outcomes is not None else ("",)


def _in_words(scores: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {number(value)}" for name, value in scores.items())


def _why_none(tally: Tally | None) -> str:
    return "known in no row" if tally is None else "too few rows for a score"


@final
@dataclass(frozen=True)
class Seen:
    """What was seen of some rows: how many they are, and how good predictions of them are.

    Attributes
    ----------
    rows : int
    scored : Scored, optional
        None where all rows have to be seen to know what the target is.
    called : frozenset of (str, str)
        The cells of targets of classes, each with its column.
    """

    rows: int
    scored: Scored | None = None
    called: frozenset[tuple[str, str | None]] = frozenset()

    @staticmethod
    def of(model: Model, table: Table, prediction: Array) -> Seen:
        """Return that of a part of the rows, which have the target, and what was predicted of them."""
        known = known_in_part(model, table)
        scored = None if known is None else Scored.of(model, known, prediction)
        return Seen(len(table), scored)

    def joined(self, other: Seen) -> Seen:
        """Return that of the rows of both."""
        is_known = self.scored is not None and other.scored is not None
        scored = both(self.scored, other.scored) if is_known else None
        return Seen(self.rows + other.rows, scored, self.called | other.called)


# ---------------------------------------------------------------- where the target of all rows is known


def scored_by_blocks(model: Model, known: Known, blocks: Iterable[Block]) -> Scored:
    """Return what scores are made of, of rows whose target is known, a block of all rows after the other."""
    return Scored(len(known.rows), scores(predicted(known, blocks, predictor(model)), model.outcomes))


def predicted(
    known: Known, blocks: Iterable[Block], predict: Callable[[Table], Any]
) -> Iterator[tuple[Any, Any]]:
    """Yield the target of rows whose target is known, and what is predicted of them, a block after the other.

    What is noted of the rows is told once, of all; messages call them as they are called in their table or file.
    """

    def of_part(part: tuple[Any, Block]) -> tuple[Any, Any]:
        target, block = part
        with block.rows.in_messages():
            return target, predict(block.table)

    return noted_once(of_part, with_target(known, blocks))


def with_target(known: Known, blocks: Iterable[Block]) -> Iterator[tuple[Any, Block]]:
    """Yield the rows of each block whose target is known, and their target before them."""
    start = 0
    for block in blocks:
        first, last = np.searchsorted(known.rows, [start, start + len(block.rows.numbers)]).tolist()
        rows, start = known.rows[first:last] - start, start + len(block.rows.numbers)
        if len(rows):
            yield (
                known.target.take(slice(first, last)),
                block if len(rows) == len(block.rows.numbers) else block.take(rows),
            )


def predictor(model: Model) -> Callable[[Any], Array]:
    """Return what gives what scores are made of: outputs of outcomes, else probabilities of classes, or numbers."""
    if model.outcomes is not None:
        return model.outputs
    return model.predict if model.classes is None else model.predict_proba
