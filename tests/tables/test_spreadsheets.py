"""No text of a guarded table is a formula to a spreadsheet, and what was guarded can be read back."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet.tables import Table
from hassenet.tables.cells import Cells
from hassenet.tables.guarding import unguarded
from hassenet.tables.writing import guarded


def as_guarded(*texts: str) -> list[str]:
    return guarded(Table({"name": np.array(texts, object)}))["name"].tolist()


@given(st.lists(st.text("=+-@ \t1.5eaé'\n", min_size=1, max_size=5), min_size=1, max_size=5))
def test_text_that_was_guarded_comes_back(texts):
    own = [text for text in texts if not text.lstrip().startswith("'")] or ["a"]
    assert [unguarded(text) for text in as_guarded(*own)] == own


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", " =1", "-", "＝1"]
)
def test_what_begins_as_a_formula_has_an_apostrophe_before_it(text):
    assert as_guarded(text) == [f"'{text}"]


@pytest.mark.parametrize("text", ["-1.5", "+3", "-1e-5", "-,5", "TP53", "a=b", "'a", "1-2"])
def test_signed_numbers_and_other_text_stay_as_they_are(text):
    assert as_guarded(text) == [text]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string())])
def test_text_of_every_type_is_guarded_unless_it_is_copied(kind):
    column = pa.array(["=1+1", "TP53"]).cast(kind)
    table = Table(Cells.typed({"=a": column, "b": column}))
    assert guarded(table).columns == ("'=a", "b")
    assert guarded(table)["'=a"].tolist() == ["'=1+1", "TP53"]
    copied = guarded(table, ("=a",))
    assert copied.columns == ("=a", "b")
    assert copied.stored("=a").type == kind
    assert copied["=a"].tolist() == ["=1+1", "TP53"]


def test_numbers_are_not_text():
    assert guarded(Table({"x": np.array([-1.5, 2])}))["x"].tolist() == [-1.5, 2]
