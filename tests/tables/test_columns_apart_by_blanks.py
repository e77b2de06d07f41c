"""Columns that are apart by any number of blanks are columns where that is certain, and no text is torn."""

from __future__ import annotations

import gzip
import warnings

import numpy as np
import pandas as pd
import pytest
from bed_reader import to_bed
from hypothesis import given, settings
from hypothesis import strategies as st

import hassenet as hn
from hassenet.cli.reading import TableOptions
from hassenet.errors import DataError, FeatureError, HassenetWarning
from hassenet.tables import Table, read_columns, read_plink, read_table, write_table

READ_SO = "is read with any number of blanks between columns"
FRAME = pd.DataFrame(
    {"age": [31, 4, 50, 9], "dose": [0.5, -1e-3, 12.25, 100.0], "sex": ["f", "m", "m", "f"]},
    index=["ann", "bob", "cy", "di"],
)

cells = st.text(
    st.characters(codec="ascii", categories=["L", "N", "P", "S"], exclude_characters='"#'), min_size=1
)
gaps = st.text(" \t", min_size=1, max_size=4)
around = st.text(" \t", max_size=2)


def values(table):
    return {name: table.names_in(name) for name in table.columns}


def streamed(path, **options):
    stream = hn.data.open(path, block=2, **options)
    parts = [block.select(stream.columns) for block in stream.blocks()]
    return {name: tuple(text for part in parts for text in part.names_in(name)) for name in stream.columns}


@pytest.mark.filterwarnings("ignore::hassenet.errors.HassenetWarning")
@given(st.data())
@settings(max_examples=60)
def test_a_table_of_people_is_the_one_in_tabs_however_many_blanks_and_tabs_there_are(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "blanks.cov"
    end = data.draw(st.sampled_from(["\n", "\r\n"]))
    rows = [
        ["FID", "IID", "x"],
        *data.draw(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=5)),
    ]
    lines = [
        data.draw(around) + "".join(cell + data.draw(gaps) for cell in row[:-1]) + row[-1] + data.draw(around)
        for row in rows
    ]
    path.write_text(end.join(lines) + data.draw(st.sampled_from(["", end, end * 2])), newline="")
    expected = {name: column for name, *column in zip(*rows, strict=True)}
    for found in (values(read_table(path)), values(read_table(path, sep="blanks")), streamed(path)):
        assert {name: [*column] for name, column in found.items()} == expected


@pytest.mark.parametrize("suffix", [".txt", ".csv", ".tsv.gz"])
@pytest.mark.parametrize("index", [True, False], ids=["row names", "columns"])
def test_a_table_that_was_printed_is_read_back_and_said_how(tmp_path, suffix, index):
    path = tmp_path / f"printed{suffix}"
    printed = f"# by R\n\n{FRAME.to_string(index=index)}\n".encode()
    path.write_bytes(gzip.compress(printed) if suffix.endswith("gz") else printed)
    with pytest.warns(HassenetWarning, match=f"{READ_SO}{', a column of row names' * index}"):
        found = read_table(path)
    assert found.columns == (*([""] if index else []), *FRAME)
    for name in FRAME:
        assert found[name].tolist() == FRAME[name].tolist()
    if not suffix.endswith("gz"):
        with pytest.warns(HassenetWarning, match=READ_SO):
            assert streamed(path) == values(found)


@pytest.mark.parametrize(
    ("suffix", "mark"), [("csv", ","), ("csv", ";"), ("tsv", "\t"), ("txt", "\t"), ("cov", "\t")]
)
@pytest.mark.filterwarnings("ignore:.*between columns")
def test_a_file_with_another_mark_is_read_as_before_whatever_blanks_its_cells_have(tmp_path, suffix, mark):
    rows = [
        ["IID" if suffix == "cov" else "first name", "last  name"],
        ["Ann Lee", "de  Witt"],
        ["Bob Ray", "van  Dam"],
        ["Cy Mo", "da  Vinci"],
    ]
    (tmp_path / f"x.{suffix}").write_text("\n".join(map(mark.join, rows)))
    found = read_table(tmp_path / f"x.{suffix}")
    assert found.columns == tuple(rows[0])
    assert found["last  name"].tolist() == [row[1] for row in rows[1:]]


TORN = {
    "some names of two words": "name     age\nAnn Lee   31\nBob        4\nCy         3\n",
    "wider gaps say otherwise": "first name   age\nAnn Lee       31\nBob Ray        4\nCy Mo          9\n",
    "names under a shorter header": "name      age\nAnn Lee    31\nBob Ray     4\nCy Mo       9\n",
    "quotation marks": 'name      age\n"Ann Lee"    31\n"Bob"     4\nCy       9\n',
    "aligned at the right without row names": pd.DataFrame(
        {"city": ["New York", "Los Angeles", "San Jose"], "n": [512, 712, 911]}
    ).to_string(index=False),
    "aligned so, and all as long": "    city   n\nNew York 512\nSan Jose 711\nLas Cruz 911\n",
    "as R prints it without row names": "    name age\n Ann Lee  31\n Bob Ray   4\n",
    "a blank alone on the left": " city n\nAl Ba 5\nCo De 6\nEf Gh 7\n",
    "a date and a time": "  when temp\n 2020-01-01 10:00 5\n 2020-01-02 11:00 6\n",
    "a date and a time by single blanks": "when temp\n2020-01-01 10:00 5\n2020-01-02 11:00 6\n2020-01-03 10:00 7\n",
    "a blank in a name and in each cell": "full name   n\n  Ann Lee 512\n  Bob Ray 711\n    Cy Mo 911\n",
    "a column that is empty below row names": "   a   b   c\nx  1   2\ny  3   4\n",
    "an empty cell": "id   a   b\n1    2   3\n4        6\n",
    "people with a name of several words": "FID IID height in cm\nf1 i1 3\nf2 i2 4\n",
    "names of rows that repeat": "   age   sex\na   31    f\na   4     m\nb   9     f\n",
}


@pytest.mark.filterwarnings("ignore:blanks around names")
@pytest.mark.parametrize("name", TORN)
def test_text_that_may_have_blanks_inside_is_not_torn_and_the_remedy_is_the_mark_between_columns(
    tmp_path, name
):
    (tmp_path / "x.txt").write_text(TORN[name])
    with pytest.warns(HassenetWarning, match="is read as one column, .* sep='blanks'"):
        found = read_table(tmp_path / "x.txt")
    with pytest.warns(HassenetWarning, match="is read as one column"):
        assert streamed(tmp_path / "x.txt") == values(found)
    assert len(found.columns) == 1
    with pytest.raises(FeatureError, match=r"what stands between them \(--sep\), one character or blanks"):
        found.require_columns(["ill"], "the target")


@pytest.mark.parametrize(
    "text", ["note\nfar away\nvery near\n", "my note\nfar\nnear\n", "my note\n", '"a  b"\n1  2\n']
)
def test_one_column_of_text_is_read_without_a_word(tmp_path, text):
    (tmp_path / "x.txt").write_text(text + "here\n" * (text == "my note\n"))
    assert len(read_table(tmp_path / "x.txt").columns) == 1


@pytest.mark.parametrize(
    "text",
    [
        FRAME.to_string(),
        "    city   n\n1   York 512\n2   Jose 711\n3   Cruz 911\n",
        "     city   n\nNew  York 512\nSan  Jose 711\n",
        "      mpg cyl\nFord 18.1   6\nAudi 20.5  12\n",
        "s1 s2\ngeneA 5 0\ngeneB 4 1\ngeneC 0 3\n",
        pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "z"]}).to_csv(sep=" "),
    ],
)
def test_row_names_are_a_column_where_alignment_or_numbers_show_it(tmp_path, text):
    (tmp_path / "x.txt").write_text(text)
    rows = [line.split() for line in text.splitlines()]
    with pytest.warns(HassenetWarning, match="is read with"):
        found = values(read_table(tmp_path / "x.txt"))
    assert [*found] == ["", *rows[0]]
    assert [list(row) for row in zip(*found.values(), strict=True)] == rows[1:]
    with pytest.warns(HassenetWarning, match="is read with"):
        assert streamed(tmp_path / "x.txt") == found


def test_blanks_inside_beside_tabs_are_refused_where_rows_are_not_alike_by_tabs(tmp_path):
    (tmp_path / "x.txt").write_text("id\tfirst\tlast\n1\tAnn Lee\n2\tBob Ray\n3\tCy Mo\n")
    with pytest.raises(DataError, match="Expected 3 columns, got 2"):
        read_table(tmp_path / "x.txt")


@pytest.mark.filterwarnings(f"ignore:.*{READ_SO}")
@pytest.mark.parametrize(
    ("row", "says"),
    [("7", "Expected 2 columns, got 1"), ("1 2 3", "got 3"), ('"a b" 2', "have no quotation marks")],
)
def test_a_later_row_that_is_not_like_the_first_is_refused_in_memory_and_as_a_stream(tmp_path, row, says):
    path = tmp_path / "x.txt"
    path.write_text("age   dose\n" + "1   2\n" * 30_000 + f"{row}\n")
    for read in (read_table, hn.data.open):
        with pytest.raises(DataError, match=f"x.txt.*{says}|{says}.*x.txt"):
            read(path)


def test_an_empty_cell_between_tabs_is_not_passed_over_where_a_row_is_too_long(tmp_path):
    (tmp_path / "x.txt").write_text("a\tb\tc\n1\t2\t3\n1\t\t2\t3\n4\t5\t6\n")
    with pytest.raises(DataError, match="Expected 3 columns, got 4"):
        read_table(tmp_path / "x.txt")
    assert read_table(tmp_path / "x.txt", sep="blanks")["c"].tolist() == [3, 3, 6]


@pytest.mark.filterwarnings("ignore:lines below the header")
@pytest.mark.parametrize("block", [None, 7])
@pytest.mark.parametrize("row", ["1", "1,2,3", "# by me"])
def test_a_row_of_another_length_has_one_number_and_one_remedy_in_memory_and_as_a_stream(
    tmp_path, row, block
):
    (tmp_path / "x.csv").write_text("# made by hand\na,b\n\n" + "1,2\n" * 60 + f"{row}\n1,2\n")
    said = []
    for read in (read_table, lambda path: hn.data.open(path, block=block)):
        with pytest.warns(HassenetWarning) as noted, pytest.raises(DataError) as error:
            read(tmp_path / "x.csv")
        said.append((str(error.value), {str(one.message) for one in noted}))
    assert said[0] == said[1]
    assert "Row #61 below the header: Expected 2 columns" in said[0][0]
    assert any("lines below the header of x.csv are rows" in one for one in said[0][1]) == (row[0] == "#")


@pytest.mark.filterwarnings(f"ignore:.*{READ_SO}, decimal commas")
def test_numbers_apart_by_blanks_may_have_decimal_commas(tmp_path):
    (tmp_path / "x.txt").write_text(" age   dose\n  31    0,5\n   4  12,25\n")
    assert read_table(tmp_path / "x.txt")["dose"].tolist() == [0.5, 12.25]
    stream = hn.data.open(tmp_path / "x.txt")
    assert np.concatenate([block["dose"] for block in stream.blocks()]).tolist() == [0.5, 12.25]


def test_an_empty_cell_between_single_blanks_stays_one(tmp_path):
    (tmp_path / "x.txt").write_text("a b c\n1  3\n4 5 6\n7 8 9\n")
    with pytest.warns(HassenetWarning, match="is read with blanks between columns"):
        np.testing.assert_array_equal(read_table(tmp_path / "x.txt")["b"], [np.nan, 5, 8])


def test_any_number_of_blanks_can_be_asked_for(tmp_path):
    (tmp_path / "x.txt").write_text("a\tb c\n1   2\t3\n")
    assert read_table(tmp_path / "x.txt", sep="blanks")["c"].tolist() == [3]
    assert TableOptions(sep="blanks").read(tmp_path / "x.txt").columns == ("a", "b", "c")


# ---------------------------------------------------------------- people


@pytest.mark.parametrize(
    ("name", "names"),
    [("x.eigenvec", ("PC1", "PC2")), ("x.phen", ("PHENO1", "PHENO2")), ("x.covar.gz", ("COVAR1", "COVAR2"))],
)
def test_a_file_of_people_without_a_header_has_plinks_names_and_says_so(tmp_path, name, names):
    text = b"f1 i1  0.5 NA\nf2 i2 -1e-3 2\n"
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    with pytest.warns(HassenetWarning, match=f"{name} has no header, and its columns are called"):
        found = read_table(tmp_path / name)
    assert found.columns == ("FID", "IID", *names)
    np.testing.assert_array_equal([found[name] for name in names], [[0.5, -1e-3], [np.nan, 2]])
    with pytest.warns(HassenetWarning, match="has no header"):
        assert read_columns(tmp_path / name) == found.columns
    if not name.endswith("gz"):
        with pytest.warns(HassenetWarning, match="has no header"):
            assert streamed(tmp_path / name) == values(found)


FIRST_PEOPLE = {
    "a word among words": "f0 i0 M 31\nf1 i1 F 44\nf2 i2 F 52\n",
    "a gap": "f0 i0 N/A 1\nf1 i1 2.5 2\nf2 i2 3 1\n",
    "a point": "f0 i0 .\nf1 i1 2.5\nf2 i2 3\n",
    "infinite": "f0 i0 inf\nf1 i1 2\nf2 i2 3\n",
    "codes": "f0 i0 case\nf1 i1 control\n",
    "a code that looks like a number": "f0 i0 0x1 3\nf1 i1 2 3\n",
    "decimal commas": "f0 i0 1,5\nf1 i1 2,5\nf2 i2 3,1\n",
    "commas between": "f0,i0,1.5\nf1,i1,2.5\n",
    "an empty cell between tabs": "f0\ti0\t\t5\nf1\ti1\t3\t\nf2\ti2\t3\t4\n",
    "several tabs": "f0\t\ti0\t5\nf1\t\ti1\t6\n",
    "two words between tabs": "f0\ti0\tNew York\nf1\ti1\tLos Angeles\n",
    "a comment above": "#eigvals: 20.1 10.2\nf0 i0 0.5\nf1 i1 0.25\n",
}


@pytest.mark.filterwarnings("ignore:.* is read with")
@pytest.mark.parametrize("suffix", ["phen", "cov", "eigenvec"])
@pytest.mark.parametrize("case", FIRST_PEOPLE)
def test_the_first_person_of_a_file_of_people_is_never_its_header(tmp_path, case, suffix):
    path = tmp_path / f"x.{suffix}"
    path.write_text(FIRST_PEOPLE[case])
    with pytest.warns(HassenetWarning, match="has no header"):
        found = read_table(path)
    n = sum(line[0] != "#" for line in FIRST_PEOPLE[case].splitlines())
    assert found.names_in("FID") == tuple(f"f{k}" for k in range(n))
    assert found.names_in("IID") == tuple(f"i{k}" for k in range(n))
    with pytest.warns(HassenetWarning, match="has no header"):
        assert streamed(path) == values(found)


@pytest.mark.filterwarnings("ignore:.* is read with")
@pytest.mark.parametrize(
    ("suffix", "text", "says"),
    [
        ("phen", "i0 1.5\ni1 2.5\n", "begins with 'i0', '1.5'"),
        ("phen", "i0 1.5 3\ni1 2.5 4\n", "begins with 'i0', '1.5', '3'"),
        ("cov", "ID age dose\ni0 1 2\ni1 3 NA\n", "'dose' stands above numbers"),
        ("eigenvec", "#eigvals: 20.1 10.2\nf0:i0 0.1 0.2\nf1:i1 0.1 0.2\n", "begins with 'f0:i0'"),
        ("raw", "f1 i1 0 0 1 2 0\nf2 i2 0 0 1 2 1\n", "begins with 'f1', 'i1'"),
    ],
)
def test_a_file_of_people_whose_first_row_is_neither_a_header_nor_a_person_is_refused(
    tmp_path, suffix, text, says
):
    (tmp_path / f"x.{suffix}").write_text(text)
    for read in (read_table, hn.data.open, read_columns):
        with pytest.raises(DataError, match=f"{says}.*put FID and IID and names above the rows"):
            read(tmp_path / f"x.{suffix}")


@pytest.mark.parametrize("header", ["fid iid y", "#IID,y", ",IID,y", "IID y"])
@pytest.mark.filterwarnings("ignore:.*between columns")
def test_a_header_of_people_is_known_by_their_names_however_it_is_written(tmp_path, header):
    mark = "," if "," in header else " "
    n = len(header.split(mark))
    (tmp_path / "x.cov").write_text(
        "\n".join([header, *(mark.join(["i1", "i2", "3"][-n:]) for _ in range(2))])
    )
    assert [*values(read_table(tmp_path / "x.cov"))] == header.strip("#").split(mark)


@pytest.mark.parametrize("header", ["#FID\tIID\tPC1", "##by PLINK\n#FID  IID PC1", "FID IID   PC1"])
def test_a_header_of_people_may_begin_with_a_hash(tmp_path, header):
    mark = "\t" if "\t" in header else " "
    (tmp_path / "x.eigenvec").write_text(f"{header}\nf1{mark}i1{mark}0.5\n")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".* 1 line above the header left out")
        assert read_table(tmp_path / "x.eigenvec").columns == ("FID", "IID", "PC1")
        assert streamed(tmp_path / "x.eigenvec") == {"FID": ("f1",), "IID": ("i1",), "PC1": ("0.5",)}


@pytest.mark.parametrize("read", [read_table, lambda path: hn.data.open(path).read(["bmi", "ill", "IID"])])
def test_a_missing_phenotype_is_minus_9_and_counted(tmp_path, read):
    rows = ["FID IID bmi ill", "-9 -9 22.5 1", "f2 i2 -9 2", "f3 i3   -9.0 0", "f4 i4 24 -9", "f5 i5 NA -9"]
    (tmp_path / "x.phen").write_text("\n".join(rows))
    with (
        pytest.warns(
            HassenetWarning, match=r"-9 is a missing phenotype.*: 4 cells of x.phen, in 'bmi', 'ill'"
        ),
        pytest.warns(HassenetWarning, match=r"0 beside 1 and 2 .*: 1 row of 'ill' in x.phen"),
    ):
        found = read(tmp_path / "x.phen")
    np.testing.assert_array_equal(found["bmi"], [22.5, np.nan, np.nan, 24, np.nan])
    np.testing.assert_array_equal(found["ill"], [1, 2, 0, np.nan, np.nan])
    assert str(found["IID"][0]) == "-9"


@pytest.mark.parametrize("gap", ["NA", "na", "NaN", "nan", ".", "-9", "-9.00"])
def test_whatever_stands_for_a_gap_codes_stay_codes_in_all_files_of_people(tmp_path, gap):
    (tmp_path / "x.phen").write_text(
        "".join(f"f{k} i{k} {code}\n" for k, code in enumerate(["0", "1", "2", gap]))
    )
    with pytest.warns(HassenetWarning) as notes:
        read_table(tmp_path / "x.phen")
    assert any("0 beside 1 and 2 is a missing phenotype for PLINK" in str(note.message) for note in notes)
    to_bed(tmp_path / "x.bed", np.zeros((3, 1)), properties={"pheno": ["1", "2", gap], "sid": ["rs1"]})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert read_plink(tmp_path / "x.bed")["phenotype"].tolist() == ["control", "case", None]


def test_minus_9_is_a_number_elsewhere_and_a_gap_in_the_phenotype_of_genotypes(tmp_path):
    (tmp_path / "x.cov").write_text("FID IID PC1\nf1 i1 -9\nf2 i2 3\n")
    assert read_table(tmp_path / "x.cov")["PC1"].tolist() == [-9, 3]
    (tmp_path / "x.raw").write_text(
        "FID IID PAT MAT SEX PHENOTYPE rs1_A\nf1 i1 0 0 1 -9 NA\nf2 i2 0 0 2 2 -9\n"
    )
    with pytest.warns(HassenetWarning, match="1 cell of x.raw, in 'PHENOTYPE'"):
        found = read_table(tmp_path / "x.raw")
    np.testing.assert_array_equal(
        [found[name] for name in ("PHENOTYPE", "rs1_A")], [[np.nan, 2], [np.nan, -9]]
    )


def test_a_table_is_not_written_as_one_of_plink(tmp_path):
    with pytest.raises(DataError, match=r"x.phen is PLINK's; write it as .tsv"):
        write_table(Table({"x": np.ones(2)}), tmp_path / "x.phen")
