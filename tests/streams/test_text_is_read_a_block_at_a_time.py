"""A text table that is read a block at a time is the table that is read whole, however it is written."""

from __future__ import annotations

import gzip
from io import BytesIO
from os import truncate

import numpy as np
import pytest
from click.testing import CliRunner

import hassenet as hn
from hassenet.cli import main, streamed
from hassenet.data.recognition import recognised
from hassenet.errors import DataError, ParameterError, StreamError
from hassenet.streams import row_ends as ends
from hassenet.tables import read_table

M = 40
HEAD = ["size", "town", "day", "code", "sick", "gap", "y"]
TOWNS = ['"Bonn, old ""town"""', '"Ro\nme"', "Köln", "  Ulm  "]
ROWS = [
    [f"{k * 0.75 - 9}", TOWNS[k % 4], f"2020-03-{1 + k % 28:02d}", f"00{k % 3}", ["no", "yes"][k % 2],
     "NA" if k < 20 or k % 3 else f"{k}", f"{k % 5 % 2}"]
    for k in range(M)
]  # fmt: skip


def _text(rows=ROWS, mark=",", end="\n"):
    return end.join(mark.join(row) for row in [HEAD, *rows]) + end


def _with_commas():
    return _text([[cell.replace(".", ",") for cell in row] for row in ROWS], ";")


WRITTEN = {
    "plain": _text().encode(),
    "a mark before it and no break at the end": b"\xef\xbb\xbf" + _text().strip().encode(),
    "breaks of Windows": _text(end="\r\n").encode(),
    "returns between rows and feeds in cells": _text(end="\r").encode(),
    "blank lines": _text().replace("\n2", "\n\n2").replace("\n-", "\n\n-").encode(),
    "lines above the header": b"# made by hand\n# twice\n" + _text().encode(),
    "thousands of lines above the header": b"# made, by hand\n#\n\n" * 600 + _text().encode(),
    "another mark and decimal commas": _with_commas().encode(),
    "Latin-1": _text().encode("cp1252"),
    "quotation marks inside of cells": _text().replace("Köln", '5" pipe').encode(),
}


@pytest.mark.filterwarnings("ignore::hassenet.errors.HassenetWarning")
@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("block", [7, None])
def test_cells_and_features_are_those_of_the_table_that_is_read_whole(tmp_path, written, block):
    path = tmp_path / "people.csv"
    path.write_bytes(WRITTEN[written])
    whole, stream = read_table(path), hn.data.open(path, target="y", block=block)
    assert stream.columns == whole.columns
    assert len(stream) == len(whole) == M
    assert len(stream.source.sizes) >= (1 if block is None else M // block)
    for name in whole.columns:
        assert stream.cells([name]).stored(name).to_pylist() == whole.stored(name).to_pylist()
        np.testing.assert_array_equal(stream.read([name])[name], whole[name])
    names = HEAD[:-1]
    encoding = recognised(whole, names).encoding
    assert recognised(stream, names).encoding == encoding
    parts = [encoding.read(part) for part in stream.blocks()]
    np.testing.assert_array_equal(np.concatenate(parts), encoding.read(whole))
    np.testing.assert_array_equal(encoding.read(stream.sample()), encoding.read(whole))


@pytest.fixture
def numbers(tmp_path):
    """A file of numbers, with a column of whole ones that are not so at the end."""
    path = tmp_path / "numbers.tsv"
    X = np.random.default_rng(0).normal(size=(M, 2)).round(3)
    lines = [f"{a}\t{b}\t{k if k < 30 else k + 0.5}\t{k % 2}" for k, (a, b) in enumerate(X.tolist())]
    path.write_text("\n".join(["a\tb\tc\ty", *lines]) + "\n")
    return path


H = hn.Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "q"), ("b", "q")])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("engine", ["reference", "native"])
def test_a_network_learns_from_text_what_it_learns_from_the_table(numbers, engine, dtype):
    net = hn.Network(H.crown(["y"]), output="sigmoid", seed=0, dtype=dtype)
    options = {"epochs": 2, "shuffle": False, "batch_size": 8, "engine": engine}
    whole = read_table(numbers)
    in_memory = hn.fit(net, whole.select(["a", "b", "c"]), whole["y"], **options).network.theta
    for window in (256, 0.0003):
        stream = hn.data.open(numbers, target="y", window=window, block=7, threads=3)
        np.testing.assert_array_equal(hn.fit(net, stream, **options).network.theta, in_memory)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("columns", [["size", "town", "code", "day"], ["size", "late"]], ids=str)
def test_an_estimator_finds_in_text_what_it_finds_in_the_table_also_behind_the_first_rows(
    tmp_path, monkeypatch, columns
):
    monkeypatch.setattr("hassenet.data.stream._BLOCKS_OF_A_SAMPLE", 1)
    rows = [[*row, "low" if k == M - 3 else str(k % 3)] for k, row in enumerate(ROWS)]
    path = tmp_path / "people.csv"
    path.write_text("\n".join(",".join(row) for row in [[*HEAD, "late"], *rows]) + "\n")
    whole, stream = read_table(path), hn.data.open(path, target="y", features=columns, block=7)
    one = hn.NetworkClassifier(max_iter=1, random_state=0).fit(stream)
    other = hn.NetworkClassifier(max_iter=1, random_state=0).fit(whole.select(columns), whole["y"])
    assert one.encoding_ == other.encoding_
    np.testing.assert_array_equal(one.predict_proba(stream), other.predict_proba(whole.select(columns)))


def test_a_text_that_changes_while_a_network_learns_from_it_is_named_and_nothing_is_lost(numbers):
    stream = hn.data.open(numbers, target="y", window=0.0003, block=7)
    net = hn.Network(H.crown(["y"]), output="sigmoid", seed=0)
    with pytest.raises(StreamError, match=r"numbers.tsv was changed") as caught:
        hn.fit(net, stream, callbacks=[lambda *_: truncate(numbers, 40)], epochs=3)
    assert len(caught.value.fit.history) == 1


def test_rows_end_where_cell_by_cell_they_are_found_to_end():
    rng = np.random.default_rng(0)
    for length in rng.integers(0, 12, 600):
        text = bytes(rng.choice([*b'a,"\n\r'], int(length)).tolist())
        places = np.array([k for k, one in enumerate(text) if one in b"\r\n"], np.int64)
        np.testing.assert_array_equal(
            ends._is_quoted(places, text, ","), ends._is_matched(places, text, ","), str(text)
        )


class _Counting(BytesIO):
    """A file that counts the bytes that are read."""

    read_so_far = 0

    def read(self, size=-1):
        data = super().read(size)
        self.read_so_far += len(data)
        return data


@pytest.mark.parametrize("block", [3, None])
def test_every_byte_of_a_text_is_read_once_while_its_rows_are_counted(tmp_path, monkeypatch, block):
    monkeypatch.setattr("hassenet.streams.delimited._BLOCK", 100)
    (tmp_path / "x.csv").write_text(_text())
    found = hn.data.open(tmp_path / "x.csv").source
    file = _Counting(_text().encode())
    assert sum(one.rows for one in found.counted(file, block)) == M
    assert file.read_so_far == len(_text().encode()) - found.ends[0]


REFUSED = {
    "a row of another length": (b"a,b\n" + b"1,2\n" * 16 + b"1,2,3\n", "Row #17 below the header"),
    "no rows": (b"a,b\n\n", "has no rows"),
    "a row of blanks in a block of its own": (b"a,b\n" + b"1,2\n" * 14 + b"  \n", "Row #15 below the header"),
    "gzipped whatever it is called": (
        gzip.compress(b"a,b\n1,2\n"),
        "compressed as a whole; .* gunzip < x.csv",
    ),
    "two bytes a letter": (("a,b\n1,2\n" * 9).encode("utf-16"), "is in utf-16; save it as UTF-8"),
    "two encodings": (
        ("a,b\n" + "ö,1\n" * 7).encode() + "ö,1\n".encode("cp1252"),
        "is not UTF-8 text",
    ),
    "nothing but lines that begin with #": (b"# made by hand\n" * 9_000, "all lines of x.csv begin with #"),
    "two columns of a name": (b"a,a\n1,2\n", "repeats 'a'"),
    "rows that are clades": (
        ("clade_name,s1,s2\n" + "".join(f"k__B|p__P{k},{k},1\n" for k in range(9))).encode(),
        "are clades; turn it: .* if they are examples, give transpose=False",
    ),
}


@pytest.mark.filterwarnings("ignore:.*above the header left out:hassenet.errors.HassenetWarning")
@pytest.mark.parametrize("kind", REFUSED)
def test_text_whose_rows_cannot_be_read_alone_is_refused_when_it_is_opened(tmp_path, kind):
    data, says = REFUSED[kind]
    (tmp_path / "x.csv").write_bytes(data)
    with pytest.raises(DataError, match=says):
        hn.data.open(tmp_path / "x.csv", block=7)


def test_marks_and_encodings_are_taken_as_they_are_asked_for_and_refused_of_other_formats(tmp_path):
    (tmp_path / "x.txt").write_bytes("a|b\n1,5|ö\n".encode("latin-1"))
    stream = hn.data.open(tmp_path / "x.txt", sep="|", decimal=",", encoding="latin-1")
    assert stream.read(["a", "b"])["a"].tolist() == [1.5]
    assert stream.read(["b"])["b"].tolist() == ["ö"]
    with pytest.raises(ParameterError, match="sep, decimal, encoding and transpose are about text"):
        hn.data.open(np.ones((3, 2)), sep=";")
    with pytest.raises(ParameterError, match="layer and names are about AnnData"):
        hn.data.open(tmp_path / "x.txt", layer="counts")


BACTERIA = "taxon,size,y\n" + "".join(f"k__B|p__P{k % 3},{k * 0.5},{k % 2}\n" for k in range(M))


def test_rows_that_begin_with_lineages_are_examples_where_it_is_asked_for(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(BACTERIA)
    stream, table = hn.data.open(path, "y", transpose=False, block=9), read_table(path, transpose=False)
    assert stream.features == table.columns[:2]
    for name in ("taxon", "size", "y"):
        assert stream.read([name])[name].tolist() == table[name].tolist()
    with pytest.raises(ParameterError, match="rows of a stream are examples"):
        hn.data.open(path, transpose=True)
    with pytest.raises(ParameterError, match="transpose are about text"):
        hn.data.open(np.ones((3, 2)), transpose=True)
    assert hn.data.open(np.ones((3, 2)), transpose=False).shape == (3, 2)


# ---------------------------------------------------------------- commands


def run(*arguments):
    done = CliRunner().invoke(main, [str(a) for a in arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_commands_on_large_text_find_what_they_find_on_the_table_in_memory(tmp_path, monkeypatch):
    path = tmp_path / "people.csv"
    path.write_bytes(WRITTEN["another mark and decimal commas"])
    fit = ("fit", path, "--target", "y", "--epochs", 2, "--test-size", 0, "--no-plots", "--single")
    fit = (*fit, "--hidden-layer-sizes", 4, "--sep", ";")
    then = ("--keep", "town,size", "--sep", ";", "--out")
    run(*fit, "--out", tmp_path / "memory")
    run("predict", tmp_path / "memory", path, *then, tmp_path / "memory.csv")
    monkeypatch.setattr(streamed, "LARGE", 100)
    monkeypatch.setattr("hassenet.streams.delimited._BLOCK", 400)
    said = run(*fit, "--out", tmp_path / "blocks")
    assert "read a block at a time" in said
    assert "a block at a time" in run("predict", tmp_path / "memory", path, *then, tmp_path / "blocks.csv")
    assert (tmp_path / "blocks.csv").read_bytes() == (tmp_path / "memory.csv").read_bytes()
    nets = [hn.network.Ensemble.of(hn.load(tmp_path / m).network).networks[0] for m in ("blocks", "memory")]
    np.testing.assert_allclose(nets[0].theta, nets[1].theta, rtol=1e-4, atol=1e-6)
    path.write_text(BACTERIA)
    taxa = ("fit", path, *fit[2:-2], "--no-transpose")
    run(*taxa, "--out", tmp_path / "taxa")
    assert hn.load(tmp_path / "taxa").columns == ("taxon", "size")
    refused = CliRunner().invoke(main, ["explain", str(tmp_path / "memory"), str(path), "--transpose"])
    assert "--transpose is not about text that is read a block at a time" in refused.output


def test_lineages_that_stand_in_several_rows_are_refused_with_the_way_to_take_rows_as_examples(tmp_path):
    path = tmp_path / "lineages.csv"
    path.write_text("clade,x,y\n" + "k__A|p__B,1,0\nk__A|p__C,2,1\n" * 4)
    with pytest.raises(DataError, match="transpose=False"):
        hn.data.open(path, "y")
    assert len(hn.data.open(path, "y", transpose=False)) == 8
