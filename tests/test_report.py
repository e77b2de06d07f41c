from __future__ import annotations

import pytest

from hassenet.errors import DataError
from hassenet.hierarchy.report import Count, Report

REPORT = Report(
    "x.csv", (Count("pairs", 3),), (Count("twice", 0), Count("implied", 1)), faults=(Count.of("lost", "ab"),)
)


def test_counts_of_zero_are_left_out_of_a_report():
    assert str(REPORT) == "x.csv\n  pairs: 3\n  dropped, implied: 1\n  fault, lost: 2 ('a', 'b')"


def test_strictness_refuses_faults_only():
    Report("x.csv", REPORT.made, REPORT.dropped).check()
    with pytest.raises(DataError, match=r"x.csv has lost: 2 \('a', 'b'\); correct"):
        REPORT.check()


def test_the_sum_of_two_reports_has_the_counts_of_both():
    both = REPORT + Report("y.csv", faults=(Count("cut", 1),))
    assert both.step == "x.csv"
    assert [count.what for count in both.faults] == ["lost", "cut"]


def test_a_report_is_made_of_what_json_holds():
    assert REPORT.to_dict()["faults"] == [{"what": "lost", "n": 2, "names": ["a", "b"]}]
