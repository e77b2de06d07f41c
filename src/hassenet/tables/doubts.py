"""What the rows of a text table leave in doubt: it is read in one way, and a note says in which."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import NamedTuple, final

from hassenet.errors import HassenetWarning, counted
from hassenet.tables.decimals import Decimals


@final
class Doubts(NamedTuple):
    r"""What is seen of rows of text.

    Attributes
    ----------
    decimals : Decimals
    rows : int
        How many lines there are.
    hashes : int
        How many of these begin with #.

    Examples
    --------
    >>> Doubts.of(b"1.250;1,75\n# the end;\n", ";").hashes
    1
    """

    decimals: Decimals = Decimals()
    rows: int = 0
    hashes: int = 0

    @staticmethod
    def of(rows: bytes, delimiter: str) -> Doubts:
        """Return what is seen of whole rows below the header, in an encoding whose marks are those of ASCII."""
        hashes = rows.count(b"\n#") + rows.count(b"\r#") + rows.startswith(b"#")
        lines = max(rows.count(b"\n"), rows.count(b"\r")) + (not rows.endswith((b"\n", b"\r")))
        return Doubts(Decimals.of(rows, delimiter), lines, hashes)

    def beside(self, other: Doubts) -> Doubts:
        """Return what is seen of two parts of a text."""
        return Doubts(
            self.decimals.beside(other.decimals), self.rows + other.rows, self.hashes + other.hashes
        )

    def note(self, path: Path, *, decimal_is_asked: bool) -> None:
        """Warn of points that may part thousands, and of a few rows that may be comments.

        Parameters
        ----------
        path : Path
        decimal_is_asked : bool
            Whether the decimal mark was named, so that no point is in doubt.
        """
        if self.decimals.are_doubtful and not decimal_is_asked:
            _warn(
                f"points in {path.name} are read as decimal marks, though three digits stand behind each and other "
                "numbers have decimal commas; if they part thousands, give decimal=',' (--decimal ,)"
            )
        if 0 < 2 * self.hashes <= self.rows:
            _warn(
                f"lines below the header of {path.name} are rows, also where they begin with #, as "
                f"{counted(self.hashes, 'line')} {'does' if self.hashes == 1 else 'do'}; if these are "
                "comments, take them out of the file"
            )


def _warn(note: str) -> None:
    warnings.warn(note, HassenetWarning, stacklevel=5)
