"""Genotypes of PLINK are a table of whole numbers of one byte, and stay so until a batch is computed."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from bed_reader import open_bed, to_bed

import hassenet as hn
from hassenet.data.recognition import recognised
from hassenet.errors import DataError, FeatureError, HassenetWarning
from hassenet.model import Model
from hassenet.tables import read_plink, read_table
from hassenet.tables.joining import joined
from hassenet.tables.table import Table

SAMPLE = Path(__file__).parents[1] / "data" / "plink" / "some_missing.bed"


def written(path, X, **properties):
    m, n = np.shape(X)
    given = {
        "fid": [f"f{i}" for i in range(m)],
        "iid": [f"i{i}" for i in range(m)],
        "sid": [f"rs{k}" for k in range(n)],
        "chromosome": ["1"] * n,
        "bp_position": [10 * k + 10 for k in range(n)],
    }
    to_bed(path, np.array(X, "int8"), properties=given | properties)
    return path


def test_a_cohort_is_what_bed_reader_reads_with_gaps_filled_by_the_most_frequent_genotype():
    raw = open_bed(SAMPLE).read(dtype="int8")
    gaps = raw == -127
    with pytest.warns(HassenetWarning, match=f"{gaps.sum():,} genotypes of some_missing.bed are missing"):
        people = read_plink(SAMPLE)
    X = people.held(people.variables)
    assert X.dtype == np.int8
    assert X.flags.c_contiguous
    np.testing.assert_array_equal(X[~gaps], raw[~gaps])
    for k in np.flatnonzero(gaps.any(axis=0)):
        counts = np.bincount(raw[~gaps[:, k], k], minlength=3)
        assert set(X[gaps[:, k], k]) == {counts.argmax()}


@pytest.mark.filterwarnings("ignore:.* genotypes of")
def test_people_are_named_and_described_by_the_fam():
    people = read_table(SAMPLE)
    assert people.columns[:5] == ("IID", "FID", "sex", "phenotype", "sid_0")
    assert len(people.variables) == 100
    assert set(people["sex"]) == {"male", "female", None}
    assert people.missing(["phenotype"]) == {"phenotype": 100}
    assert people.names_in("IID")[:2] == ("iid_0", "iid_1")


@pytest.mark.parametrize(
    ("codes", "values", "says"),
    [
        (["1", "2", "-9", "0"], ["control", "case", None, None], ["-9 or 0 in x.fam is.*: 2 rows of 4"]),
        (
            ["1.5", "-9.00", "0", "2"],
            [1.5, np.nan, 0.0, 2.0],
            ["-9 in x.fam is a missing phenotype.*: 1 row of 4"],
        ),
        (["1", "2", "3", "NA"], [1.0, 2.0, 3.0, np.nan], []),
        (["-9"] * 4, [None] * 4, []),
        (["1.0", "2.0", "-9.0", "na"], ["control", "case", None, None], ["-9 in x.fam is.*: 1 row of 4"]),
        (["0.5", "-9.00", "-1e1", "."], [0.5, np.nan, -10.0, np.nan], ["-9 in x.fam is.*: 1 row of 4"]),
    ],
)
def test_a_phenotype_is_a_status_where_it_is_coded_and_else_a_number(tmp_path, codes, values, says):
    path = written(tmp_path / "x.bed", np.zeros((4, 2)), pheno=codes)
    with ExitStack() as stack:
        for note in says:
            stack.enter_context(pytest.warns(HassenetWarning, match=note))
        found = read_plink(path)["phenotype"]
    assert list(map(str, found)) == list(map(str, values))


def test_a_sex_is_1_and_2_or_m_and_f_and_other_codes_are_counted(tmp_path):
    path = written(tmp_path / "x.bed", np.zeros((6, 2)))
    lines = [f"f{i} i{i} 0 0 {sex} 1.5\n" for i, sex in enumerate(("M", "f", "1", "0", "3", "-9"))]
    path.with_suffix(".fam").write_text("".join(lines))
    with pytest.warns(HassenetWarning, match="x.fam has '3' in 1 row, which count as missing"):
        assert read_plink(path)["sex"].tolist() == ["male", "female", "male", None, None, None]


def test_a_person_who_is_there_twice_is_noted(tmp_path):
    path = written(tmp_path / "x.bed", np.zeros((3, 2)), fid=["f", "f", "g"], iid=["1", "1", "1"])
    with pytest.warns(HassenetWarning, match="x.fam has 'f:1' more than once: rows of one person may be"):
        assert read_plink(path)["IID"].tolist() == ["f:1", "f:1", "g:1"]


def test_genotypes_that_lie_person_after_person_are_read_and_those_cut_off_are_not(tmp_path):
    X = np.random.default_rng(0).integers(0, 3, (6, 5))
    path = written(tmp_path / "x.bed", X)
    codes = np.array([3, 2, 0])[X]
    by_person = bytes(
        sum(int(c) << 2 * k for k, c in enumerate(row[i : i + 4])) for row in codes for i in (0, 4)
    )
    path.write_bytes(b"\x6c\x1b\0" + by_person)
    people = read_plink(path)
    np.testing.assert_array_equal(people.held(people.variables), X)
    with pytest.raises(DataError, match="in x.bed they lie person after person"):
        hn.data.open(path)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataError, match="these take 15 bytes, and it has 14; was it cut off"):
        read_plink(path)


def test_how_many_features_a_cohort_lacks_is_counted_among_all_of_the_model(tmp_path):
    X, y = np.random.default_rng(0).integers(0, 3, (12, 4)), np.arange(12) % 2
    people = read_plink(written(tmp_path / "x.bed", X, pheno=[str(1 + one) for one in y], sex=1 + y))
    encoding = recognised(people, ["sex", *people.variables]).encoding
    other = read_plink(written(tmp_path / "y.bed", X, sid=["rs0", "rs1", "rs8", "rs9"]))
    with pytest.raises(FeatureError, match="2 of 5 are not: 'rs2', 'rs3'; add them"):
        encoding(other)


def test_a_status_that_may_be_coded_0_and_1_is_noted(tmp_path):
    path = written(tmp_path / "x.bed", np.zeros((4, 2)), pheno=["1", "0", "0", "-9"])
    with pytest.warns(
        HassenetWarning, match="x.fam has 0 in 2 rows, 1 in 1 row and no 2; where 0 stands for contr"
    ):
        assert read_plink(path)["phenotype"].tolist() == ["control", None, None, None]


def test_snps_without_a_name_and_those_of_one_name_are_called_by_place_and_alleles(tmp_path):
    path = written(
        tmp_path / "x.bed",
        np.zeros((2, 4)),
        sid=["rs1", ".", "rs2", "rs2"],
        allele_1=list("ACGT"),
        allele_2=list("TGCA"),
    )
    assert read_plink(path).variables == ("rs1", "1:20:C:G", "1:30:G:C", "1:40:T:A")


def test_people_of_one_name_are_told_apart_by_their_families(tmp_path):
    path = written(tmp_path / "x.bed", np.zeros((2, 1)), iid=["1", "1"])
    assert read_plink(path)["IID"].tolist() == ["f0:1", "f1:1"]
    assert read_plink(path.with_suffix("")).columns == read_plink(path).columns


def test_phenotypes_of_a_second_table_are_joined_by_person(tmp_path):
    people = read_plink(written(tmp_path / "x.bed", [[0, 1], [2, 1]]))
    other = Table(
        {"FID": np.array(["f1", "f0"], object), "IID": np.array(["i1", "i0"], object), "y": np.array([7, 8])}
    )
    both = joined(people, "x.bed", other, "pheno.txt")
    assert both["y"].tolist() == [8, 7]
    assert both.held(both.variables).dtype == np.int8


@pytest.mark.parametrize("engine", ["reference", "native"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_network_learns_the_same_from_bytes_as_from_floats(engine, dtype):
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, 3, (40, 30)).astype(np.int8), rng.normal(size=40)
    H = hn.Hierarchy.from_covers([(f"rs{k}", f"G{k // 5}") for k in range(30)]).crown(["y"])
    net = hn.Network(H, dtype=dtype)
    bytes_, floats = (hn.fit(net, data, y, epochs=2, engine=engine).network for data in (X, X.astype(dtype)))
    np.testing.assert_array_equal(bytes_.theta, floats.theta)
    np.testing.assert_array_equal(bytes_(X), floats(X.astype(dtype)))


def test_genotypes_are_not_made_floats_on_the_way_to_a_prediction(tmp_path):
    people = read_plink(written(tmp_path / "x.bed", np.eye(4)))
    H = hn.Hierarchy.from_covers([(name, "G") for name in people.variables]).crown(["y"])
    model = Model(hn.Network(H), tuple(map(str, H.ranks[0])), "regression", ("y",))
    assert model.prepare(people).dtype == np.int8
    np.testing.assert_allclose(model.predict(people), model.predict(np.eye(4)))


def test_files_that_are_missing_or_do_not_belong_together_are_refused(tmp_path):
    path = written(tmp_path / "x.bed", np.zeros((5, 4)))
    for suffix in (".bim", ".fam"):
        other = tmp_path / f"other{suffix}.bed"
        for kept in {".bed", ".bim", ".fam"} - {suffix}:
            shutil.copy(path.with_suffix(kept), other.with_suffix(kept))
        with pytest.raises(DataError, match="a .bed with its .bim and .fam beside it; there is none at"):
            read_plink(other)
    path.with_suffix(".fam").write_text("f i 0 0 1 2\n")
    with pytest.raises(
        DataError, match=r"x.bed is not the genotypes of 1 people and 4 SNPs as PLINK writes them"
    ):
        read_plink(path)


@pytest.mark.parametrize(
    ("part", "text", "message"),
    [
        (".fam", "f i 0 0 1\n", "line 1 of x.fam has 5 columns"),
        (
            ".fam",
            "\nf i 0 0 1 tall\n",
            "line 2 of x.fam has 'tall'; correct it, or give phenotypes in a second",
        ),
        (".fam", "f i 0 0 1 1e999\n", "line 1 of x.fam has '1e999'"),
        (".fam", "f i 0 0 1 1_5\n", "line 1 of x.fam has '1_5'"),
        (
            ".fam",
            "#FID IID PAT MAT SEX PHENO\n",
            "a .fam has no names above its columns: line 1 of .*x.fam' begins",
        ),
        (
            ".bim",
            "#CHROM ID CM POS ALT REF\n",
            "a .bim has no names above its columns: line 1 of .*x.bim' begins",
        ),
        (
            ".bim",
            "1 rs1 0 5 A\n",
            "has chromosome, name, morgans, position and two alleles: line 1 .* has 5 col",
        ),
        (".bim", "1 rs1 0 x A C\n", "a position is a whole number of bases: line 1 of .*x.bim' has 'x'"),
        (".bim", "1 rs1 0 --5 A C\n", "has '--5'; correct it"),
        (".bim", "1 IID 0 5 A C\n", "x.bim repeats 'IID'"),
        (".bed", "chr1\t1\t5\tG\n", "begin with the bytes 6C 1B and 00 or 01; x.bed does not"),
    ],
)
def test_a_part_of_another_form_is_refused(tmp_path, part, text, message):
    path = written(tmp_path / "x.bed", np.zeros((1, 1)))
    path.with_suffix(part).write_text(text)
    with pytest.raises(DataError, match=message):
        read_plink(path)
