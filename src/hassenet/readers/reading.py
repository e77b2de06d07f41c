"""What a reader returns."""

from __future__ import annotations

from typing import NamedTuple

from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.report import Report


class Reading(NamedTuple):
    """A hierarchy, and the report of what was read, what was dropped, and why.

    Examples
    --------
    >>> from hassenet.readers import read_edges
    >>> H, report = read_edges([("a", "b"), ("b", "c"), ("a", "c")])
    >>> print(report)
    pairs
      pairs: 3
      elements: 3
      covers: 2
      dropped, pairs that others imply: 1
    """

    hierarchy: Hierarchy
    report: Report

    def __repr__(self) -> str:
        """Return both in some lines, however many names the report holds."""
        return f"{self.hierarchy!r}\n{self.report}"

    def strict(self) -> Reading:
        """Return this reading if nothing in it is at fault.

        Raises
        ------
        DataError
            With the list of what does not fit: see ``Report.faults``.
        """
        self.report.check()
        return self
