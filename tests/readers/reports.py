"""Counts of a report by what they count."""

from __future__ import annotations

from hassenet.hierarchy.report import Count, Report


def made(report: Report) -> dict[str, int]:
    return _numbers(report.made)


def dropped(report: Report) -> dict[str, int]:
    return _numbers(report.dropped)


def faults(report: Report) -> dict[str, int]:
    return _numbers(report.faults)


def _numbers(counts: tuple[Count, ...]) -> dict[str, int]:
    return {count.what: count.n for count in counts}
