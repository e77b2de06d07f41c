"""A column of categories."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from hassenet.data.columns import Columns
from hassenet.data.levels import Levels
from hassenet.data.variable import Array, Values, Variable
from hassenet.errors import ParameterError, counted

_WHOLE = re.compile(r"^([+-]?\d+)\.0+$")


@final
@dataclass(frozen=True)
class Categorical(Variable):
    """One of some levels a row: a feature for each, 1 where the row has it, and one for all levels that are rare.

    A level that training never had counts as a rare one; where there were none, it has none of the features.

    Parameters
    ----------
    name : str
    levels : tuple of str
        Those that have a feature.
    gaps : bool
        Whether values were missing in training.
    pooled : tuple of str
        Those that were too rare, and share a feature.

    Raises
    ------
    ParameterError
        If a level stands there twice.

    Examples
    --------
    >>> from hassenet.data.table import columns_of
    >>> from hassenet.tables import Table
    >>> city = Categorical("city", ("Bonn", "Rome"))
    >>> city.parts
    ('city=Bonn', 'city=Rome')
    >>> city.read(columns_of(Table({"city": np.array(["Rome", "Oslo", None], object)})), "city").features
    [array([False, False, False]), array([ True, False, False])]
    """

    name: str
    levels: tuple[str, ...]
    gaps: bool = False
    pooled: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse levels that are not different texts."""
        every = (*self.levels, *self.pooled)
        if len(set(every)) < len(every):
            raise ParameterError(
                f"the levels of {self.name!r} differ; one stands there twice; give each once"
            )

    @property
    def parts(self) -> tuple[str, ...]:
        """A name for each level, and one for those that are rare."""
        own = tuple(f"{self.name}={level}" for level in self.levels)
        return (*own, f"{self.name}, others") if self.pooled else own

    @property
    def words(self) -> str:
        """The word for categories."""
        return "categories"

    @property
    def details(self) -> str:
        """How many levels there are."""
        rare = f", {len(self.pooled):,} rare ones together" if self.pooled else ""
        return f"{counted(len(self.levels), 'level')}{rare}"

    @property
    def is_covering(self) -> bool:
        """The column covers its levels."""
        return True

    def read(self, columns: Columns, column: Hashable) -> Values:
        """Return 1 where a row has a level, and else 0."""
        levels = columns.levels(column)
        codes = np.append(self.places(levels.texts), -2).astype(np.int16)[levels.codes]
        features = [codes == k for k in range(len(self.parts))]
        return Values(features, codes == -2, *self._unknown(levels))

    def places(self, texts: Sequence[str]) -> Array:
        """Return the place of each level's feature among the parts, -1 for a level that has none."""
        own = {level: k for k, level in enumerate(self.levels)}
        number = {_bare(level): k for level, k in own.items()} | own
        other = len(self.levels) if self.pooled else -1
        return np.array([number.get(text, number.get(_bare(text), other)) for text in texts], np.int64)

    def _unknown(self, levels: Levels) -> tuple[tuple[str, ...], int]:
        """Return the levels that training never had, and in how many rows they stand."""
        known = {*map(_bare, self.levels), *map(_bare, self.pooled)}
        strange = [k for k, text in enumerate(levels.texts) if _bare(text) not in known]
        return tuple(levels.texts[k] for k in strange), int(levels.counts()[strange].sum())


def _bare(text: str) -> str:
    """Return a whole number without its decimals, as a file may have spelled it; other text as it is.

    >>> _bare("1.0"), _bare("1.50"), _bare("a.0")
    ('1', '1.50', 'a.0')
    """
    return _WHOLE.sub(r"\1", text)
