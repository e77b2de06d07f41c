"""Headers as R and Excel write them are read, in memory and as a stream."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hassenet as hn
from hassenet.errors import DataError, FeatureError, HassenetWarning
from hassenet.tables import read_columns, read_table

ROWS = [(f"r{k}", f"{k / 4}", "ab"[k % 2]) for k in range(9)]


def lines(header, mark, end="", quote=""):
    rows = [(f"{quote}{name}{quote}", dose, f"{quote}{ill}{quote}") for name, dose, ill in ROWS]
    return "\n".join([header, *(mark.join(row) + end for row in rows)]) + "\n"


WITH_ROW_NAMES = {
    "people.csv": lines("dose,ill", ","),
    "quoted.csv": lines('"dose","ill"', ",", quote='"'),
    "people.tsv": lines("dose\till", "\t"),
    "people.txt": lines('"dose" "ill"', " ", quote='"'),
    "semicolons.csv": lines("dose;ill", ";"),
    "below.csv": "\n" + lines("dose,ill", ","),
}


@pytest.mark.parametrize("name", WITH_ROW_NAMES)
def test_row_names_without_a_name_of_their_own_are_a_column_and_noted(name, tmp_path):
    (tmp_path / name).write_text(WITH_ROW_NAMES[name])
    with pytest.warns(HassenetWarning, match="a column of row names, for which the header has no cell"):
        table, names = read_table(tmp_path / name), read_columns(tmp_path / name)
    assert table.columns == names == ("", "dose", "ill")
    assert table[""].tolist() == [row[0] for row in ROWS]
    with pytest.warns(HassenetWarning, match="row names"):
        stream = hn.data.open(tmp_path / name, target="ill", features=["dose"], block=4)
    found = np.concatenate([block["dose"] for block in stream.blocks()])
    np.testing.assert_array_equal(found, table["dose"])


@pytest.mark.parametrize("header", ["dose,ill,more", '"do,se",ill,"mo\nre"'])
def test_rows_that_all_end_with_a_mark_have_an_empty_column(header, tmp_path):
    (tmp_path / "people.csv").write_text(lines(header, ",", end=","))
    with pytest.warns(HassenetWarning, match="each row ends with a mark between columns"):
        table = read_table(tmp_path / "people.csv")
    assert table.columns[3] == ""
    assert table.missing([""]) == {"": len(ROWS)}
    assert table[table.columns[0]].tolist() == [row[0] for row in ROWS]


@pytest.mark.parametrize("mark", [";", "\t", "|", ","])
@pytest.mark.parametrize("first", ["sep={}\r\n", '"sep={}"\n', "SEP={}\n"])
def test_the_line_that_names_the_mark_for_excel_is_not_a_row(mark, first, tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(first.format(mark) + lines(f"name{mark}dose{mark}ill", mark), newline="")
    assert read_table(path).columns == read_columns(path) == ("name", "dose", "ill")
    assert len(hn.data.open(path, target="ill")) == len(ROWS)


@pytest.mark.parametrize(
    "text",
    [
        "name,age,ill\n" + "".join(f"r{k},{k},a,{'fell' if k == 3 else ''}\n" for k in range(9)),
        "x,y\n1,5,2\n1,5,3\n2,5,4\n",
        "x,y\n,5,2\n1,5,3\n",
    ],
    ids=["a remark behind one row", "decimal commas", "a name is missing"],
)
def test_columns_stay_where_cells_are_other_than_row_names(text, tmp_path):
    (tmp_path / "people.csv").write_text(text)
    with pytest.raises(DataError, match="people.csv is not a table: .*Expected"):
        read_table(tmp_path / "people.csv")


def test_a_column_may_be_called_as_that_line(tmp_path):
    (tmp_path / "people.csv").write_text("sep=1\n2\n3\n")
    assert read_table(tmp_path / "people.csv").columns == ("sep=1",)


def test_a_row_of_another_length_further_down_is_refused_as_before(tmp_path):
    (tmp_path / "people.csv").write_text(lines("dose,ill", ",") + "1,2\n" * 300)
    with pytest.raises(DataError, match="people.csv is not a table: .*Expected 2 columns, got 3"):
        read_table(tmp_path / "people.csv")


@pytest.mark.filterwarnings("ignore:t.csv is read as one column")
def test_what_is_wrong_with_names_is_named_where_a_column_is_not_there(tmp_path):
    def refused(text, name):
        (tmp_path / "t.csv").write_text(text)
        with pytest.raises(FeatureError) as error:
            read_table(tmp_path / "t.csv").require_columns([name], "the target")
        return str(error.value)

    assert "put a row of names above it" in refused("1.5,2,a\n2.5,3,b\n", "ill")
    assert "what stands between them (--sep), one character or blanks" in refused(
        "dose   ill\n1.5    a\n", "ill"
    )
    assert "did you mean 'Ill'?" in refused("dose,Ill\n1.5,a\n", "ill")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.xlsx", "workbook; export its sheet"),
        ("a.ods", "workbook"),
        ("a.json", "JSON; write its records"),
        ("a.orc", "ORC; write it as Parquet"),
        ("a.sav", "program of statistics"),
        ("a.sqlite", "data base"),
        ("a.csv.zip", "compressed otherwise; unpack it"),
        ("a.data", "call it .csv or .tsv"),
        ("a.odd", "ends otherwise; save it"),
    ],
)
def test_a_table_of_another_program_is_refused_with_the_way_that_suits_it(name, words, tmp_path):
    pd.DataFrame({"x": [1]}).to_csv(tmp_path / name, compression=None)
    with pytest.raises(DataError, match=words):
        read_table(tmp_path / name)
