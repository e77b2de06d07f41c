"""A table that is turned is its transpose; a table beside another one is joined by the names of examples."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hassenet.errors import DataError, HassenetWarning
from hassenet.tables import Table, read_table
from hassenet.tables.joining import joined

NAMES = ("g1", "g2", "007")


def genes(m: int = 4) -> pd.DataFrame:
    X = np.random.default_rng(0).normal(size=(3, m))
    return pd.DataFrame(X, columns=[f"s{k}" for k in range(m)], index=pd.Index(NAMES, name="gene"))


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_rows_become_columns(tmp_path, suffix):
    frame = genes().reset_index()
    getattr(frame, {".csv": "to_csv", ".parquet": "to_parquet"}[suffix])(tmp_path / f"t{suffix}", index=False)
    table = read_table(tmp_path / f"t{suffix}", transpose=True)
    assert table.columns == ("sample", *NAMES)
    assert table["sample"].tolist() == ["s0", "s1", "s2", "s3"]
    np.testing.assert_array_equal(table.numbers(NAMES), genes().T)


def test_each_row_that_is_turned_has_its_own_type_and_spelling(tmp_path):
    (tmp_path / "t.csv").write_text("x,s0,s1\nstate,01,1\ndose,1.5,NA\nsite,a,b\n")
    table = read_table(tmp_path / "t.csv", transpose=True)
    assert table.spelled("state").tolist() == ["01", "1"]
    assert table.missing(["dose"]) == {"dose": 1}
    assert table.text(table.columns) == ["sample", "site"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("g\na\nb\n", "has one column"),
        ("g,s\na,1\na,2\n", "repeats 'a'"),
        ("g,s\nsample,1\n", "repeats 'sample'"),
    ],
)
def test_a_table_that_cannot_be_turned_is_refused(tmp_path, content, message):
    (tmp_path / "t.csv").write_text(content)
    with pytest.raises(DataError, match=message):
        read_table(tmp_path / "t.csv", transpose=True)


def tables(tmp_path, left: str, right: str):
    (tmp_path / "left.csv").write_text(left)
    (tmp_path / "right.csv").write_text(right)
    return read_table(tmp_path / "left.csv"), "left.csv", read_table(tmp_path / "right.csv"), "right.csv"


@pytest.mark.parametrize(
    ("left", "columns"), [("id,x\n01,5\n1,6\n", ("id", "x", "y")), ("x,id\n5,01\n6,1\n", ("id", "x", "y"))]
)
def test_rows_are_joined_by_names_as_they_are_spelled(tmp_path, left, columns):
    table = joined(*tables(tmp_path, left, "id,y\n1,b\n01,a\n"))
    assert table.columns == columns
    assert table["y"].tolist() == ["a", "b"]
    assert table["x"].tolist() == [5, 6]


def test_what_is_in_one_table_only_is_left_out_with_a_warning(tmp_path):
    both = tables(tmp_path, "id,x\na,1\nb,2\nc,3\n", "who,y\nb,5\nd,6\n")
    with pytest.warns(HassenetWarning) as told:
        table = joined(*both)
    assert table["y"].tolist() == [5]
    assert [str(w.message)[:45] for w in told] == [
        "2 of the 3 examples of left.csv are not in ri",
        "1 of the 2 examples of right.csv are not in l",
    ]


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [
        ("id,x\na,1\na,2\n", "id,y\na,5\n", "'id' of left.csv has 'a' more than once"),
        ("id,x\na,1\nb,2\n", "id,y\na,5\na,6\n", "right.csv has 'a' more than once"),
        ("id,x\na,1\n", "id,x\na,5\n", "right.csv repeats 'x'"),
        ("id,x\na,1\n", "who,y\nb,5\n", "none is in both; correct the names"),
        ("gene,s0,s1\na,1,2\n", "who,y\ns0,5\ns1,6\n", "2 of them are its columns: turn it with --transpose"),
    ],
)
def test_tables_that_cannot_be_joined_are_refused(tmp_path, left, right, message):
    with pytest.raises(DataError, match=message):
        joined(*tables(tmp_path, left, right))


PEOPLE = [("f1", "i1"), ("f2", "i1"), ("f2", "i2")]


def of_people(people, name, values):
    families, persons = zip(*people, strict=True)
    columns = {"FID": families, "IID": persons, name: values}
    return Table({key: np.array(column, object) for key, column in columns.items()})


def test_people_whose_names_repeat_are_told_apart_by_their_families():
    first, second = of_people(PEOPLE, "x", [1, 2, 3]), of_people(PEOPLE[::-1], "y", [30, 20, 10])
    assert joined(first, "a", second, "b")["y"].tolist() == [10, 20, 30]
    named = of_people([(of, f"{of}:{person}") for of, person in PEOPLE], "x", [1, 2, 3])  # as a .fam has them
    assert joined(named, "a", second, "b")["y"].tolist() == [10, 20, 30]
    with pytest.warns(HassenetWarning, match="1 of the 3 examples of a are not in b"):
        assert joined(named, "a", second.take(np.array([0, 2])), "b")["y"].tolist() == [10, 30]
    with pytest.raises(DataError, match="'f1:i1' more than once"):
        joined(of_people([PEOPLE[0]] * 2, "x", [1, 2]), "a", second, "b")
