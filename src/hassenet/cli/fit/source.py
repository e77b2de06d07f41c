"""What commands that read a table, its target and a hierarchy have in common."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from hassenet.cli.reading import TableOptions

if TYPE_CHECKING:
    from hassenet.outcomes.recognition import Wish


class Source(Protocol):
    """Options that say where a table and a hierarchy come from, by their names on the command line."""

    @property
    def data(self) -> Path:
        """The table."""

    @property
    def target(self) -> tuple[str, ...]:
        """The columns to predict."""

    @property
    def hierarchy(self) -> tuple[Path, ...]:
        """The files of the hierarchy; empty where it comes from lineages."""

    @property
    def hierarchy_format(self) -> str | None:
        """Their format; None for that of the first."""

    @property
    def lineage_sep(self) -> str | None:
        """What separates levels in the names of columns."""

    @property
    def task(self) -> str:
        """What the target is."""

    @property
    def wish(self) -> Wish:
        """What is known of the targets before the table is read."""

    @property
    def positive(self) -> str | None:
        """Of two classes, the one whose probability is the output."""

    @property
    def drop(self) -> tuple[str, ...]:
        """The columns that are not features."""

    @property
    def categorical(self) -> tuple[str, ...]:
        """The columns that are categories, whatever they hold."""

    @property
    def numerical(self) -> tuple[str, ...]:
        """The columns that are numbers."""

    @property
    def date(self) -> tuple[str, ...]:
        """The columns that are dates."""

    @property
    def reading(self) -> TableOptions:
        """How the table is read."""

    def say(self, text: str) -> None:
        """Print a line unless told to be quiet."""
