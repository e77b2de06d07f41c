"""How large a table may become while it is read."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import final

from hassenet._checks import POSITIVE, require_number, require_whole_number
from hassenet.errors import DataError
from hassenet.files.unfolding import MEGABYTE, megabytes, most_unfolded, too_much


@final
@dataclass(frozen=True)
class Limits:
    """How large a table may become while it is read, so that a small file cannot take all memory.

    Parameters
    ----------
    columns : int
        The most columns that are read.
    unfolded : float, optional
        The most megabytes that a file of gzip, Parquet or Arrow may unfold to; by default a hundred times its size, and
        256 at least.

    Raises
    ------
    ParameterError
        If one of them is not a number above 0.
    """

    columns: int = 100_000
    unfolded: float | None = None

    def __post_init__(self) -> None:
        """Refuse what is not a limit."""
        require_whole_number("max_columns", self.columns, 1)
        if self.unfolded is not None:
            require_number("max_unfolded", self.unfolded, POSITIVE, ", in megabytes")

    def most_bytes(self, size: int) -> int:
        """Return how many bytes a compressed file of a size may unfold to."""
        return most_unfolded(size) if self.unfolded is None else int(self.unfolded * MEGABYTE)

    def remedy(self, unfolded: float) -> str:
        """Return how to read a file that unfolds to so many bytes."""
        megabytes = ceil(unfolded / MEGABYTE)
        return f"if it should, allow more: max_unfolded={megabytes} (--max-unfolded {megabytes})"

    def check_columns(self, path: Path, n: int) -> None:
        """Refuse more columns than there may be."""
        if n > self.columns:
            raise DataError(
                f"a table has {self.columns:,} columns at most; {path.name} has {n:,}; leave some out, or allow more: "
                f"max_columns={n} (--max-columns {n})"
            )

    def check_bytes(self, path: Path, size: int, unfolded: int) -> None:
        """Refuse more bytes than a compressed file of a size may unfold to."""
        most = self.most_bytes(size)
        if unfolded > most:
            raise too_much(path, size, most, f"would become {megabytes(unfolded)}", self.remedy(2 * unfolded))


USUAL = Limits()
"""Those of a reader that is given no others."""
