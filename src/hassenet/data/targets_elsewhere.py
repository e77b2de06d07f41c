"""Targets and weights that lie in other processes, beside features that do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Self, final

from numpy.typing import NDArray

Array = NDArray[Any]


class TargetsElsewhere(ABC):
    """Targets of m examples with their weights, which stay where they are: what a training may ask of them.

    A part of them is what its process has, :class:`hassenet.data.examples.Examples` whose X are numbers of rows.

    Attributes
    ----------
    few : array, or class numbers
        Targets that show what all are: of labels each once, of numbers the least and the largest of each column.
    names : sequence of str, optional
        Those of the columns.
    """

    few: Any
    names: Sequence[str] | None

    @abstractmethod
    def __len__(self) -> int:
        """Return m."""

    @final
    @property
    def shape(self) -> tuple[int, int]:
        """(m, k)."""
        return len(self), int(self.few.shape[1])

    @property
    @abstractmethod
    def bounds(self) -> tuple[Array, Array]:
        """Return the least and the largest target of each column, (k,) each."""

    @property
    @abstractmethod
    def digest(self) -> Array:
        """Return numbers by which other targets and weights are told from these."""

    @property
    @abstractmethod
    def mean_weight(self) -> float:
        """Return Σw/m in training; 1 without weights."""

    @abstractmethod
    def each(self, function: Callable[[Any], Any], few: Any) -> Self:
        """Return what a function makes of the examples of each part; ``few`` are those that it makes of these."""

    @abstractmethod
    def mapped(self, function: Callable[[Any], Any]) -> Self:
        """Return what a function makes of the targets of each part, and of the few."""

    @abstractmethod
    def found(self, function: Callable[[Any], Any]) -> list[Any]:
        """Return what a function finds in the examples of each part: little, for it is brought here."""

    @abstractmethod
    def added(self, function: Callable[[Any], Any]) -> Any:
        """Return the sum of what a function finds in the examples of each part, added in a fixed order."""

    @abstractmethod
    def picked(self, functions: Sequence[Callable[[Any], Any]]) -> Self:
        """Return what of the examples of each part a function of its own takes."""

    @property
    @abstractmethod
    def places(self) -> Array:
        """Return which of all rows the examples are, here: for few of them."""

    @abstractmethod
    def brought(self) -> Any:
        """Return the examples themselves, with the user's weights: for the few that are held out."""

    @abstractmethod
    def mean(self, function: Callable[[Any], Array]) -> float:
        """Return Σᵢ wᵢ f(yᵢ) / Σw, of a function from targets, (m, k), to a number each."""

    @abstractmethod
    def order(self, seed: int, epoch: int) -> Any:
        """Return the examples in a random order, batch after batch where they are: a function of seed and epoch."""

    @property
    @abstractmethod
    def in_turn(self) -> Any:
        """Return the examples as they stand."""
