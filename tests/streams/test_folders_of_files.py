"""All files of a folder are read, with what the names of the folders inside say; or it is refused."""

from __future__ import annotations

import os

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

import hassenet as hn
from hassenet.data.streamed import taken_apart
from hassenet.errors import DataError, FeatureError, HassenetWarning
from hassenet.task.table_columns import encoding_of_gaps
from hassenet.training.fingerprints import of_stream

M = 40
RNG = np.random.default_rng(0)
TABLE = pa.table(
    {
        "a": RNG.normal(size=M),
        "site": [None if k == 7 else ["Köln", "New York", "x/y"][k % 3] for k in range(M)],
        "year": RNG.choice([2019, -3], M),
        "y": RNG.normal(size=M),
    }
)
KEYS = pa.schema([("site", pa.string()), ("year", pa.int64())])


def write(path, rows=slice(0, M)):
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(TABLE.slice(rows.start, rows.stop - rows.start).select(["a", "y"]), path)


def test_columns_in_the_names_of_folders_are_columns(tmp_path):
    ds.write_dataset(TABLE, tmp_path, format="parquet", partitioning=ds.partitioning(KEYS, flavor="hive"))
    stream = hn.data.open(tmp_path, "y", block=3)
    assert stream.features == ("a", "site", "year")
    names = ["site", "year", "a", "y"]  # no two rows have one number in a
    assert stream.cells(names).sort_by("a").equals(TABLE.select(names).sort_by("a"))
    table = stream.cells(stream.features)
    assert encoding_of_gaps(stream, None, None) == encoding_of_gaps(table, None, None)


def test_a_column_in_the_names_of_folders_may_be_the_target_and_the_only_feature(tmp_path):
    for code in ("001", "010"):
        write(tmp_path / f"code={code}" / "site=1" / "0.parquet")
    stream = hn.data.open(tmp_path, "code", features=["site"])
    assert taken_apart(stream, None).Y.tolist() == ["001"] * M + ["010"] * M
    assert stream.cells(["site"]).to_pydict() == {"site": [1] * 2 * M}


def test_a_column_of_a_file_is_that_of_the_file_whatever_its_folder_says(tmp_path):
    write(tmp_path / "a=5" / "0.parquet")
    assert hn.data.open(tmp_path, "y").cells(["a"]).equals(TABLE.select(["a"]))


def test_a_file_whose_folder_has_no_name_for_a_column_lacks_it(tmp_path):
    write(tmp_path / "a=1" / "site=1" / "0.parquet")
    write(tmp_path / "b" / "0.parquet")
    with pytest.raises(FeatureError, match=r"; b/0.parquet lacks 'site', which a=1/site=1/0.parquet has"):
        hn.data.open(tmp_path)


def _without_rows(path):
    write(path, slice(0, 0))


def _of_text(path):
    pq.write_table(pa.table({"a": ["x"], "y": [0.0]}), path)


def _with_more(path):
    pq.write_table(pa.table({"a": [1.0], "y": [0.0], "z": [1]}), path)


def _cut_off(path):
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize("as_list", [False, True], ids=["a folder", "a list"])
@pytest.mark.parametrize("spoil", [_without_rows, _of_text, _with_more, _cut_off])
def test_files_of_one_name_in_several_folders_are_told_apart_in_messages(tmp_path, spoil, as_list):
    paths = [tmp_path / f"site={site}" / "0.parquet" for site in "ABC"]
    for path in paths:
        write(path)
    spoil(paths[1])
    with pytest.raises((DataError, HassenetWarning), match=r"(^| )site=B/0\.parquet"):
        hn.data.open(paths if as_list else tmp_path, "y")


def test_a_block_of_a_folder_is_called_by_the_folders_inside(tmp_path):
    write(tmp_path / "site=A" / "0.parquet")
    assert hn.data.open(tmp_path).source.block_name(0) == f"site=A/0.parquet, rows 0 to {M - 1},"


def test_links_to_files_and_folders_are_followed_and_each_folder_is_read_once(tmp_path):
    write(tmp_path / "far" / "1.parquet", slice(0, 10))
    write(tmp_path / "far" / "more" / "2.parquet", slice(10, 20))
    write(tmp_path / "here" / "0.parquet", slice(20, 30))
    for name, target in (("1.parquet", "far/1.parquet"), ("more", "far/more"), ("itself", "here")):
        (tmp_path / "here" / name).symlink_to(tmp_path / target)
    assert len(hn.data.open(tmp_path / "here")) == 30


def test_a_folder_is_read_by_its_own_name_and_not_by_that_of_a_link_whatever_is_found_first(tmp_path):
    for year in (2023, 2024):
        write(tmp_path / f"year={year}" / "0.parquet")
        for link in ("_a", "year=1", "z"):
            (tmp_path / f"{link}{year}").symlink_to(tmp_path / f"year={year}")
    assert sorted(set(hn.data.open(tmp_path).read(["year"])["year"].tolist())) == [2023, 2024]


def test_a_fingerprint_is_another_where_the_name_of_a_folder_says_another_thing(tmp_path):
    for year in (2020, 2030, 2040, 2050):
        write(tmp_path / f"year={year}" / "0.parquet")
    before = of_stream(hn.data.open(tmp_path))
    for year in (2030, 2040):  # the same files in the same order; the first and the last are looked at anyhow
        (tmp_path / f"year={year}").rename(tmp_path / f"year={year + 1}")
    assert not all(map(np.array_equal, before, of_stream(hn.data.open(tmp_path))))


def test_a_message_names_a_file_with_its_folders_as_others_are_called_alike(tmp_path):
    write(tmp_path / "0.parquet")
    write(tmp_path / "year=2020" / "site=x" / "0.parquet")
    with pytest.warns(HassenetWarning, match="others have, as year=2020/site=x/0.parquet"):
        hn.data.open(tmp_path)
    pq.write_table(TABLE.select(["a"]), tmp_path / "year=2020" / "site=x" / "0.parquet")
    with pytest.raises(FeatureError, match="year=2020/site=x/0.parquet lacks 'y', which 0.parquet has"):
        hn.data.open(tmp_path)


def _link_to_nowhere(path):
    path.symlink_to(path.with_name("gone"))


@pytest.mark.parametrize(
    ("spoil", "says"), [(_link_to_nowhere, "none at"), (os.mkfifo, "are files; .* is not")]
)
def test_a_name_of_a_file_behind_which_there_is_none_is_refused(tmp_path, spoil, says):
    write(tmp_path / "0.parquet")
    spoil(tmp_path / "1.parquet")
    with pytest.raises(DataError, match=rf"{says}|1.parquet"):
        hn.data.open(tmp_path)


@pytest.mark.parametrize(
    ("module", "name", "says"),
    [
        (pa, "OSFile", "0.parquet may not be read; change its"),
        (os, "scandir", "Permission denied; change its"),
    ],
    ids=["file", "folder"],
)
def test_a_folder_or_file_that_is_closed_to_the_user_is_refused_by_its_path(
    tmp_path, monkeypatch, module, name, says
):
    write(tmp_path / "0.parquet")
    monkeypatch.setattr(module, name, _closed)
    with pytest.raises(DataError, match=says):
        hn.data.open(tmp_path)


def _closed(path, *_, **__):
    raise PermissionError(13, "Permission denied", str(path))


def test_a_folder_without_files_of_parquet_is_refused_with_what_is_there(tmp_path):
    (tmp_path / "part-0").write_bytes(b"PAR1")
    with pytest.raises(
        DataError, match="where others are, as 'part-0'; .* give the files of Parquet or Arrow in a list"
    ):
        hn.data.open(tmp_path)


@pytest.mark.parametrize("name", ["x.csv", "x"])
def test_several_files_are_of_parquet(tmp_path, name):
    (tmp_path / "x.csv").write_text("a,y\n1,2\n")
    (tmp_path / "x").mkdir()
    with pytest.raises(DataError, match=r"several files of a stream are of Parquet or Arrow; x"):
        hn.data.open([tmp_path / name])


def test_files_of_parquet_and_of_arrow_are_in_one_folder_only_where_each_is_named(tmp_path):
    folder = tmp_path / "people"
    write(folder / "0.parquet")
    feather.write_feather(TABLE.select(["a", "y"]), folder / "1.feather")
    with pytest.raises(DataError, match=r"may be the same rows again; .* '1.feather', '0.parquet'; move"):
        hn.data.open(folder)
    assert len(hn.data.open([folder / "0.parquet", folder / "1.feather"])) == 2 * len(TABLE)


def test_a_damaged_page_with_a_check_sum_is_refused_by_its_rows(tmp_path):
    path = tmp_path / "x.parquet"
    options = {"write_page_checksum": True, "use_dictionary": False, "compression": "none"}
    pq.write_table(TABLE.select(["a"]), path, row_group_size=20, **options)
    data = bytearray(path.read_bytes())
    data[data.index(np.float64(TABLE["a"][25].as_py()).tobytes())] ^= 1
    path.write_bytes(data)
    with pytest.raises(DataError, match=r"x.parquet, rows 20 to 39, cannot be read: .*checksum"):
        list(hn.data.open(path).blocks())


def test_files_that_look_like_rows_and_are_called_otherwise_are_named_in_a_warning(tmp_path):
    for name in ("a.parquet", "part-0001", "b.parq"):
        write(tmp_path / name)
    (tmp_path / "more.csv").write_text("a,y\n1,2\n")
    for name in ("readme.txt", "LICENSE", "_SUCCESS", ".more.csv"):
        (tmp_path / name).write_text("of somebody")
    with pytest.warns(
        HassenetWarning, match="left out of .* are 'b.parq', 'more.csv', 'part-0001', which look like"
    ):
        assert len(hn.data.open(tmp_path, "y")) == M


def test_what_is_not_finished_is_left_out_with_a_warning_also_behind_a_link(tmp_path):
    write(tmp_path / "here" / "0.parquet")
    write(tmp_path / "far" / "1.parquet")
    (tmp_path / "here" / "_temporary").symlink_to(tmp_path / "far")
    with pytest.warns(HassenetWarning, match="left out of here are '_temporary/1.parquet'"):
        assert len(hn.data.open(tmp_path / "here")) == M
