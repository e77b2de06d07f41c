"""What the rows of a text table leave in doubt: it is read in one way, and a note says in which."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import NamedTuple, final

from hassenet.errors import HassenetWarning
from hassenet.tables.decimals import Decimals


@final
class Doubts(NamedTuple):
    r"""What is seen of rows of text.

    Attributes
    ----------
    decimals : Decimals

    Examples
    --------
    >>> Doubts.of(b"1.250;1,75\n", ";").decimals.are_doubtful
    True
    """

    decimals: Decimals = Decimals()

    @staticmethod
    def of(rows: bytes, delimiter: str) -> Doubts:
        """Return what is seen of whole rows below the header, in an encoding whose marks are those of ASCII."""
        return Doubts(Decimals.of(rows, delimiter))

    def beside(self, other: Doubts) -> Doubts:
        """Return what is seen of two parts of a text."""
        return Doubts(self.decimals.beside(other.decimals))

    def note(self, path: Path, *, decimal_is_asked: bool) -> None:
        """Warn of points that may part thousands.

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


def _warn(note: str) -> None:
    warnings.warn(note, HassenetWarning, stacklevel=5)
