"""Edge lists that say what activates and what inhibits."""

from __future__ import annotations

import pandas as pd
import pytest
from click.testing import CliRunner

from hassenet.cli import main
from hassenet.errors import DataError, HierarchyError, ParameterError
from hassenet.readers import (
    read_edges,
    read_graphml,
    read_json,
    read_networkx,
    write_edges,
    write_graphml,
    write_json,
)
from hassenet.readers.formats import format_of

FORMS = {
    "sif": "IL6\tactivates\tCRP\nIL10\tinhibits\tCRP\nage\tunknown\tCRP\n",
    "third": "IL6,CRP,+\nIL10,CRP,-\nage,CRP,0\n",
    "trrust": "TF\ttarget\teffect\nIL6\tCRP\tActivation\nIL10\tCRP\tRepression\nage\tCRP\tUnknown\n",
    "mor": "source,target,mor\nIL6,CRP,1\nIL10,CRP,-1\nage,CRP,0\n",
    "upside": "parent,child,sign\nCRP,IL6,1\nCRP,IL10,-1\nCRP,age,\n",
}
SIGNOR = (
    "ENTITYA\tTYPEA\tENTITYB\tEFFECT\nIL6\tprotein\tCRP\tup-regulates quantity by expression\n"
    "IL10\tprotein\tCRP\tdown-regulates\nage\tphenotype\tCRP\tform complex\n"
)
OMNIPATH = (
    "source\ttarget\tis_stimulation\tis_inhibition\nIL6\tCRP\t1\t0\nIL10\tCRP\t0\t1\nage\tCRP\tFalse\tFalse\n"
)
SIGNS = {("IL6", "CRP"): 1, ("IL10", "CRP"): -1}


def written(tmp_path, text, name="edges.tsv"):
    (tmp_path / name).write_text(text)
    return tmp_path / name


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_a_column_of_signs_is_known_by_what_it_holds(tmp_path, text):
    H, report = read_edges(path := written(tmp_path, text))
    assert (H.signs, H.shape) == (SIGNS, (3, 1))
    assert [str(c) for c in report.made if "covers " in c.what] == [
        "covers that activate: 1", "covers that inhibit: 1", "covers free in sign: 1",
    ]  # fmt: skip
    assert not report.faults
    assert format_of(path) == "edges"


def test_columns_of_signs_are_chosen_in_wide_tables(tmp_path):
    signor = read_edges(written(tmp_path, SIGNOR), lower="ENTITYA", upper="ENTITYB", sign="EFFECT")
    both = ("is_stimulation", "is_inhibition")
    omnipath = read_edges(written(tmp_path, OMNIPATH), lower="source", upper="target", sign=both)
    assert signor.hierarchy == omnipath.hierarchy
    assert signor.hierarchy.signs == SIGNS


def test_signs_stand_in_frames_and_beside_pairs():
    frame = pd.DataFrame(
        {"tf": ["IL6", "IL10", "age"], "gene": ["CRP"] * 3, "effect": ["activates", "inhibits", None]}
    )
    triples = [("IL6", "CRP", 1), ("IL10", "CRP", "inhibits"), ("age", "CRP")]
    assert read_edges(frame).hierarchy.signs == read_edges(triples).hierarchy.signs == SIGNS


def test_a_column_of_ones_is_not_taken_for_signs(tmp_path):
    with pytest.raises(DataError, match="choose two"):
        read_edges(written(tmp_path, "a\tb\t1\nc\tb\t1\n"))


def test_pairs_with_both_signs_are_free_and_a_fault_and_implied_ones_are_counted(tmp_path):
    H, report = read_edges([("a", "b", 1), ("b", "c", -1), ("a", "c", 1), ("x", "c", 1), ("x", "c", -1)])
    assert H.signs == {("a", "b"): 1, ("b", "c"): -1}
    assert [str(c) for c in report.faults] == ["pairs that both activate and inhibit (free): 1 (('x', 'c'))"]
    assert "signs of pairs that others imply: 1" in [str(c) for c in report.dropped]
    with pytest.raises(DataError, match="both activate and inhibit"):
        read_edges([("x", "c", 1), ("x", "c", -1)]).strict()


def test_words_without_a_sign_are_refused_with_their_line(tmp_path):
    path = written(tmp_path, "a\tb\tactivates\nc\tb\tbends\n")
    with pytest.raises(DataError, match="line 2 .* reads 'bends'"):
        read_edges(path, lower=0, upper=1, sign=2)
    with pytest.raises(DataError, match="two columns of signs hold 1 and 0"):
        read_edges(path, lower=0, upper=1, sign=(2, 2))
    with pytest.raises(ParameterError, match="give both, or neither, and both beside sign"):
        read_edges(path, sign=2)
    with pytest.raises(HierarchyError, match="or with a sign"):
        read_edges([("a", "b", "bends")])


def test_features_below_have_signs_of_their_own():
    H, _ = read_edges(
        [("p", "q", "inhibits")], features=[("a", "p", "+"), ("b", "p", "-"), ("c", "gone", "-")]
    )
    assert H.signs == {("a", "p"): 1, ("b", "p"): -1, ("p", "q"): -1}


@pytest.mark.parametrize("kind", ["csv", "json", "graphml", "networkx"])
def test_signs_are_written_and_read(tmp_path, kind):
    H = read_edges([("a", "b", 1), ("b", "c", -1), ("x", "c", -1), ("y", "c")]).hierarchy.graded()
    ways = {
        "csv": (write_edges, read_edges),
        "json": (write_json, read_json),
        "graphml": (write_graphml, read_graphml),
    }
    if kind == "networkx":
        assert read_networkx(H.to_networkx()).hierarchy == H
        assert read_networkx(H.to_networkx(), rank="below").hierarchy.graded() == H
        return
    write, read = ways[kind]
    write(H, path := tmp_path / f"H.{kind}")
    assert read(path).hierarchy == H


def test_invalid_signs_that_were_written_are_refused(tmp_path):
    path = written(tmp_path, "lower,upper,rank,relay_of,sign\na,,0,,\nb,,1,,\na,b,,,2\n")
    with pytest.raises(DataError, match="write the file again with write_edges"):
        read_edges(path)
    path = written(tmp_path, '{"elements": [], "covers": [["a", "b", 2]]}', "H.json")
    with pytest.raises(DataError, match="with a sign of 1 or -1 behind them"):
        read_json(path)


def test_the_command_line_chooses_columns_of_signs(tmp_path):
    path, out = written(tmp_path, OMNIPATH), tmp_path / "H.csv"
    options = ["--lower", "source", "--upper", "target", "--sign", "is_stimulation,is_inhibition"]
    result = CliRunner().invoke(main, ["hierarchy", str(path), *options, "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert "covers that inhibit: 1" in result.output
    assert read_edges(out).hierarchy.signs == SIGNS
