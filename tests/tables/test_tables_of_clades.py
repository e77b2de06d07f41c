"""A table whose rows are clades is turned, and says so: what stands above it and beside it is left out by a rule."""

from __future__ import annotations

import numpy as np
import pytest
from click.testing import CliRunner

from hassenet.cli import main
from hassenet.datasets import load_cirrhosis
from hassenet.errors import DataError, HassenetWarning
from hassenet.readers import read_clades
from hassenet.storage import load
from hassenet.tables import read_table

MERGED = "clade_name\tNCBI_tax_id\tS1\tS2\nk__B\t2\t9\t8\nk__B|p__F\t2|1\t5\t5\nk__B|p__P\t2|9\t4\t3\n"


def test_rows_that_are_clades_become_columns_with_a_warning(tmp_path):
    path = tmp_path / "merged.tsv"
    path.write_text("#mpa_v30\n" + MERGED)
    with pytest.warns(HassenetWarning) as caught:
        table = read_table(path)
    above, turned = (str(warning.message) for warning in caught)
    assert "1 line above the header left out" in above
    assert "it is turned, without 'NCBI_tax_id'; if that is wrong, give --no-transpose" in turned
    assert table.columns == ("sample", "k__B", "k__B|p__F", "k__B|p__P")
    assert table["k__B|p__F"].tolist() == [5, 5]


def test_counts_of_features_with_lineages_at_the_end_are_turned_too(tmp_path):
    path = tmp_path / "counts.tsv"
    path.write_text("#OTU ID\tS1\tS2\ttaxonomy\nO1\t1\t2\td__B; p__F\nO2\t0\t3\td__B; p__P\n")
    with pytest.warns(HassenetWarning, match=r"it is turned, without 'taxonomy'"):
        table = read_table(path)
    assert table.columns == ("sample", "O1", "O2")


def test_a_table_is_not_turned_against_what_was_asked_for(tmp_path):
    path = tmp_path / "merged.tsv"
    path.write_text(MERGED)
    assert read_table(path, transpose=False).columns == ("clade_name", "NCBI_tax_id", "S1", "S2")


@pytest.mark.parametrize(
    "text",
    [
        "person,age,lineage of the most\na,1,d__B;p__F\nb,2,d__B;p__P\n",
        "x,y\nd__B;p__F,ill\nd__B;p__P,well\n",
    ],
)
def test_lineages_beside_other_columns_turn_no_table(tmp_path, text):
    path = tmp_path / "people.csv"
    path.write_text(text)
    assert read_table(path).columns == tuple(text.partition("\n")[0].split(","))


def test_clades_without_the_names_of_samples_above_are_refused(tmp_path):
    path = tmp_path / "profile.tsv"
    path.write_text("k__B\t9\t7\nk__B|p__F\t5\t3\nk__B|p__P\t4\t4\n")
    with pytest.raises(DataError, match="'k__B' and '9', a clade and its number; write a row with the names"):
        read_table(path)


def test_lines_with_as_many_cells_as_the_rows_are_not_comments(tmp_path):
    path = tmp_path / "plain.csv"
    path.write_text("#id,age\na,1\n")
    assert read_table(path).columns == ("#id", "age")


def test_one_line_fits_a_network_to_a_table_of_clades_whatever_says_the_hierarchy(tmp_path):
    """Real abundances of gut microbes, as MetaPhlAn merges them, and the people in a second table."""
    data = load_cirrhosis()
    X, names = np.asarray(data.X)[:60, :40], list(data.feature_names)[:40]
    sums = {}
    for name, column in zip(names, X.T, strict=True):
        levels = name.split("|")
        for n in range(1, len(levels) + 1):
            key = "|".join(levels[:n])
            sums[key] = sums.get(key, 0) + column
    rows = "".join("\t".join([name, *(f"{x:.5f}" for x in row)]) + "\n" for name, row in sums.items())
    samples = [f"S{i}" for i in range(len(X))]
    (tmp_path / "merged.txt").write_text("#mpa_v20\n" + "\t".join(["clade_name", *samples]) + "\n" + rows)
    ill = [f"{s},{y}\n" for s, y in zip(samples, np.where(np.arange(60) % 2, "ill", "well"), strict=True)]
    (tmp_path / "people.csv").write_text("sample,disease\n" + "".join(ill))
    command = [
        "fit",
        str(tmp_path / "merged.txt"),
        "--targets",
        str(tmp_path / "people.csv"),
        "--target",
        "disease",
    ]
    for k, source in enumerate((["--lineage-sep", "|"], ["--hierarchy", str(tmp_path / "merged.txt")])):
        others = ["--epochs", "2", "--no-plots", "--test-size", "0", "--out", str(tmp_path / f"model{k}")]
        result = CliRunner().invoke(main, [*command, *source, *others])
        assert result.exit_code == 0, result.output
        assert "clades above others, whose numbers hold those below" in result.output
    one, other = (load(tmp_path / f"model{k}") for k in range(2))
    assert set(one.features) == set(other.features)
    assert set(one.features) == set(read_clades(tmp_path / "merged.txt")[0].ranks[0])
    assert one.network.hierarchy.shape == other.network.hierarchy.shape


@pytest.mark.parametrize("named", ["by lineages", "by features beside lineages"])
def test_rows_of_clades_that_repeat_are_refused_with_the_way_to_take_rows_as_examples(named, tmp_path):
    lineages = ["k__A|p__B", "k__A|p__C", "k__A|p__B"]
    text = {
        "by lineages": "clade,one,two\n" + "".join(f"{name},1,2\n" for name in lineages),
        "by features beside lineages": "id,one,two,taxonomy\n"
        + "".join(f"f{k % 2},1,2,{name}\n" for k, name in enumerate(lineages)),
    }[named]
    path = tmp_path / "clades.csv"
    path.write_text(text)
    with pytest.raises(
        DataError, match=r"repeats .*; merge these rows, or, .* give --no-transpose \(transpose=False\)"
    ):
        read_table(path)
    assert len(read_table(path, transpose=False)) == 3
