from __future__ import annotations

import gzip
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from hassenet.datasets import load_cirrhosis
from hassenet.errors import DataError, DuplicateElementError
from hassenet.hierarchy import Hierarchy
from hassenet.readers import read_column_lineages, read_lineages, read_taxonomy

from .reports import made

LINEAGES = ["Bacteria|Firmicutes|Bacilli", "Bacteria|Firmicutes|Clostridia", "Archaea"]
EXPECTED = Hierarchy.from_lineages(LINEAGES)


def test_a_list_gives_the_taxonomy_of_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "lineages.txt"
    path.write_text("\n".join(["", *LINEAGES, "  ", ""]))
    assert read_lineages(path).hierarchy == EXPECTED
    path.write_bytes(gzip.compress("\r\n".join(LINEAGES).encode()))
    assert read_lineages(path).hierarchy == EXPECTED


def test_levels_may_be_separated_by_another_text(tmp_path: Path) -> None:
    path = tmp_path / "lineages.txt"
    path.write_text("\n".join(LINEAGES).replace("|", "; "))
    assert read_lineages(path, sep="; ").hierarchy.shape == EXPECTED.shape


def test_a_lineage_on_two_lines_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lineages.txt"
    path.write_text("a|b\n\na|c\na|b\n")
    with pytest.raises(DuplicateElementError, match=r"'a\|b' stands on lines 1 and 4"):
        read_lineages(path)


@pytest.mark.parametrize("read", [read_lineages, read_column_lineages])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"a,b\nc,d\n", "holds '|'"),
        (b"a|b\xff\n", "byte 0xff on line 1"),
        (gzip.compress(b"a|b\n", mtime=0)[:-3], "gzip stream"),
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_the_reason(tmp_path: Path, read, content, message) -> None:
    path = tmp_path / "bad"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)


def test_the_columns_of_a_table_spell_its_taxonomy() -> None:
    with as_file(files("hassenet.datasets") / "cirrhosis.csv.gz") as path:
        H, _ = read_column_lineages(path)
    assert H == Hierarchy.from_lineages(load_cirrhosis().feature_names)


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.tsv"
    path.write_text("sample\ta|b\ta|b\nA\t1\t2\n")
    with pytest.raises(DataError, match=r"'a\|b' heads columns 2 and 3"):
        read_column_lineages(path)


@pytest.mark.parametrize("empty", ["", "g__", "__", "unclassified", "g__unclassified", "Unassigned", " g__ "])
def test_a_level_without_a_name_is_passed_over_and_counted(tmp_path: Path, empty: str) -> None:
    path = tmp_path / "lineages.txt"
    path.write_text(f"k__B|f__A|g__X|s__1\nk__B|f__A|{empty}|s__2\n")
    H, report = read_lineages(path)
    assert set(H.ranks[2]) == {"k__B|f__A"}
    assert [e for e in H.ranks[1] if isinstance(e, str)] == ["k__B|f__A|g__X"]
    assert [(count.what, count.n) for count in report.dropped] == [("levels without a name", 1)]


def test_a_separator_at_the_end_is_a_level_without_a_name(tmp_path: Path) -> None:
    path = tmp_path / "lineages.txt"
    path.write_text("k__B; p__F; \nk__B; p__A; c__C\n")
    H, report = read_lineages(path, sep=";")
    assert H.ranks[0] == ("k__B; p__F;", "k__B; p__A; c__C")
    assert "k__B;p__F" in H.ranks[1]
    assert [count.n for count in report.dropped] == [1]


def test_a_feature_that_nothing_covers_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "lineages.txt"
    path.write_text("A|B\nArchaea\n")
    assert "features that nothing covers: 1 ('Archaea')" in str(read_lineages(path).report)


def test_columns_that_are_not_lineages_are_named(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("sample,A|B,A|C\nx,1,2\n")
    assert "dropped, columns that are no lineages: 1 ('sample')" in str(read_column_lineages(path).report)


@pytest.mark.parametrize("sep", ["|", ";", "; "])
def test_blanks_around_levels_make_no_second_taxon(tmp_path: Path, sep: str) -> None:
    at = sep.strip()
    lines = (f"k__B {at} p__F{at} c__X", f"k__B{at}p__F{at}c__Y", f" k__B{at} p__F{at} ")
    path = tmp_path / "lineages.txt"
    path.write_text("".join(f"{line}\n" for line in lines))
    H, report = read_lineages(path, sep=sep)
    assert H.ranks[0] == tuple(line.strip() for line in lines)
    assert (H.ranks[-2], H.ranks[-1]) == ((sep.join(("k__B", "p__F")),), ("k__B",))
    assert made(report)["taxa above them"] == 2
    assert Hierarchy.from_lineages(H.ranks[0], sep) == H


@pytest.mark.parametrize(
    ("sep", "genus"),
    [
        (" - ", "Escherichia-Shigella"),
        (" / ", "Crohn/UC"),
        (" . ", "H.sapiens"),
        (" | ", "A|B"),
        (", ", "1,2-diol"),
        (" > ", "C>T"),
    ],
)
def test_a_separator_with_blanks_leaves_names_with_its_mark_whole(
    tmp_path: Path, sep: str, genus: str
) -> None:
    lineages = [sep.join(("Bacteria", genus, species)) for species in ("coli", "fergusonii")]
    ranks = (tuple(lineages), (f"Bacteria{sep}{genus}",), ("Bacteria",))
    assert Hierarchy.from_lineages(lineages, sep).ranks == ranks
    path = tmp_path / "lineages.txt"
    path.write_text("".join(f"{lineage}\n" for lineage in lineages))
    assert read_lineages(path, sep).hierarchy.ranks == ranks
    table = tmp_path / "taxonomy.tsv"
    table.write_text("id\tTaxon\n" + "".join(f"{k}\t{lineage}\n" for k, lineage in enumerate(lineages)))
    assert read_taxonomy(table, sep=sep).hierarchy.ranks[1][0] == sep.join(lineages[0].split(sep))
