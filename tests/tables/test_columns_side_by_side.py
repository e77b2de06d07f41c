from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from tests.tables.columns import LIBRARIES, people

from hassenet.data import threads
from hassenet.data.recognition import recognised
from hassenet.engines.threads import limited
from hassenet.errors import HassenetWarning, NotFiniteError
from hassenet.tables import Table, parsing, read_table, repeated
from hassenet.tables.repeated import Repeated
from hassenet.tables.stored import AsText

NAMES = [name for name in people().columns if name != "ill"]


@pytest.fixture
def many(monkeypatch):
    """A table of 200 rows in many hands: whatever the number of cells, and whatever the machine."""
    monkeypatch.setattr(threads, "_FEW", 0)


@pytest.mark.parametrize("library", LIBRARIES)
def test_what_is_learned_and_the_features_are_the_same_whatever_the_number_of_threads(library, many):
    table = library(people())
    found = []
    for n in (1, 3):
        with limited(n):
            encoding = recognised(table, NAMES).encoding
            found.append((encoding, encoding(table).tobytes()))
    assert found[0] == found[1]


def test_the_error_and_the_warnings_are_those_of_one_thread(many):
    table = people().assign(bmi=np.inf, age=-np.inf)
    with limited(3), pytest.raises(NotFiniteError, match="'age 200', 'bmi 200'"):
        recognised(table, NAMES)


def test_features_of_float32_are_those_of_float64_rounded_once():
    table = people()
    encoding = recognised(table, NAMES).encoding
    X = encoding(table, np.float32)
    assert (X.dtype, X.flags["C_CONTIGUOUS"]) == (np.float32, True)
    np.testing.assert_array_equal(X, encoding(table).astype(np.float32))
    numbers = pd.DataFrame({"a": [0.1, 0.2]})
    assert recognised(numbers, ["a"]).encoding(numbers, np.float32).dtype == np.float32


def test_numbers_that_float32_cannot_hold_are_refused_by_their_column():
    table = Table({"dose": np.array([1e39, 1.0] * 2), "sex": np.array(["f", "m"] * 2, object)})
    encoding = recognised(table, ["dose", "sex"]).encoding
    assert encoding(table).max() == 1e39
    with pytest.raises(NotFiniteError, match="'dose'"):
        encoding(table, np.float32)


# ---------------------------------------------------------------- columns in which few values stand again and again

CELLS = {
    "codes": ["007", "012", " 007", "007"],
    "numbers": ["1.5", "NA", "2", " 2 "],
    "whole": ["3", "4", "3", "4"],
    "truths": ["TRUE", "false", "", "true"],
    "words": ["Bonn ", "Bonn", "?", "Rome"],
    "nothing": ["", "NA", "", "?"],
    "dates": ["2019-01-31", "2019-02-01", "", "2019-01-31"],
}


@pytest.mark.parametrize("name", CELLS)
def test_a_column_that_is_held_as_its_few_cells_is_the_column_that_is_held_cell_by_cell(name, monkeypatch):
    monkeypatch.setattr(repeated, "_LEAST_ROWS", 4)
    text = AsText(name, pa.chunked_array([CELLS[name], CELLS[name][::-1]]))
    monkeypatch.setattr(repeated, "_MOST_OF_THE_FIRST", 1.0)
    few = repeated.as_it_repeats(text)
    assert isinstance(few, Repeated)
    assert few.codes.itemsize == 1
    rows = np.array([1, 2, 6])
    for column, other in ((few, text), (few.take(rows), text.take(rows))):
        assert (column.name, len(column), column.kind) == (other.name, len(other), other.kind)
        assert column.cells.to_pylist() == other.cells.to_pylist()
        assert column.trimmed.to_pylist() == other.trimmed.to_pylist()
        assert column.spelled.tolist() == other.spelled.tolist()
        assert column.are_codes == other.are_codes
        assert sorted(column.levels.texts) == sorted(other.levels.texts)
        np.testing.assert_array_equal(column.values, other.values)
        np.testing.assert_array_equal(
            np.array(column.numbers, float), np.array(other.numbers, float), err_msg=name
        )


def test_a_long_file_with_rows_longer_than_a_block_is_read_and_its_faults_have_their_row(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(parsing, "_BLOCK", 64)
    path = tmp_path / "long.csv"
    rows = [f'{k},"{"x" * (200 if k == 7 else 3)}\n{k % 2}"' for k in range(20)]
    path.write_text("\n".join(["a,b", *rows]))
    assert read_table(path)["a"].tolist() == list(range(20))
    path.write_text("\n".join(["a,b", *("1,2" for _ in range(40)), "1,2,3"]))
    with warnings.catch_warnings():
        warnings.simplefilter("error", HassenetWarning)
        with pytest.raises(Exception, match="Row #41 below the header: Expected 2 columns, got 3"):
            read_table(path)
