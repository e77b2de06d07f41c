"""A model counts the alleles that it learned, and fills by what the rows of its training have most often."""

from __future__ import annotations

import numpy as np
import pytest
from bed_reader import to_bed
from click.testing import CliRunner

import hassenet as hn
from hassenet.cli import main
from hassenet.data.encoding import Encoding
from hassenet.errors import FeatureError, HassenetWarning, ShapeError
from hassenet.estimators import HierarchyClassifier, NetworkClassifier
from hassenet.model import Model
from hassenet.selection import Setting
from hassenet.storage import load, save
from hassenet.tables import read_plink, read_table

RNG = np.random.default_rng(0)
X = RNG.binomial(2, [0.8, 0.3, 0.4, 0.2], (60, 4)).astype("int8")
SICK = X[:, 0] + X[:, 1] > 1
NAMES = ("rs0", "rs1", "rs2", "rs3")
NOTE = "2 SNPs with A1 and A2 the other way round than in training.*'rs0', 'rs2'"


def written(path, genotypes, first="AAAA", second="GGGG"):
    m = len(genotypes)
    who = {
        "sex": 1 + np.arange(m) % 2,
        "fid": [f"f{i}" for i in range(m)],
        "iid": [f"i{i}" for i in range(m)],
        "pheno": 1 + SICK[:m],
    }
    which = {"sid": NAMES, "chromosome": ["1"] * 4, "bp_position": [100 * k + 1 for k in range(4)]}
    to_bed(path, genotypes, properties=who | which | {"allele_1": list(first), "allele_2": list(second)})
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The cohort, the same with A1 and A2 the other way round in two SNPs, other alleles, and a person with a gap."""
    folder = tmp_path_factory.mktemp("cohorts")
    written(folder / "a.bed", X)
    written(folder / "turned.bed", np.where([True, False, True, False], 2 - X, X), "GAGA", "AGAG")
    written(folder / "other.bed", X, "AAAT", "GGGC")
    written(folder / "one.bed", np.where([True, False, False, False], -127, X[:1]).astype("int8"))
    written(folder / "two.bed", np.array([[-127, 1, 1, 1], [0, 1, 1, 1], [0, 1, 1, 1]], "int8"))
    (folder / "genes.tsv").write_text("chrom\tstart\tend\tname\n1\t1\t150\tG1\n1\t150\t350\tG2\n")
    return folder


def genotypes(path):
    return read_plink(path).select(NAMES)


def learned(path, rows=None):
    return Encoding(NAMES, (), np.zeros(4)).of_genotypes(genotypes(path), rows)


def test_an_encoding_counts_the_alleles_that_it_learned(folder):
    encoding = learned(folder / "a.bed")
    assert encoding.alleles == ("A/G",) * 4
    with pytest.warns(HassenetWarning, match=NOTE):
        found = encoding(genotypes(folder / "turned.bed"))
    assert found.dtype == np.int8
    np.testing.assert_array_equal(found, X)


def test_a_snp_with_other_alleles_is_refused_by_its_name(folder):
    with pytest.raises(FeatureError, match=r"1 SNP with others: 'rs3 T/C \(learned: A/G\)'"):
        learned(folder / "a.bed")(genotypes(folder / "other.bed"))


def test_an_allele_that_nobody_has_is_taken_as_that_of_the_training(folder, tmp_path):
    same = written(tmp_path / "x.bed", X, "0A0.", "GG0G")
    np.testing.assert_array_equal(learned(folder / "a.bed")(genotypes(same)), X)


@pytest.mark.filterwarnings("ignore:. genotypes of")
def test_a_gap_is_filled_by_what_the_rows_of_the_training_have_most_often(folder):
    encoding = learned(folder / "a.bed", np.arange(20))
    np.testing.assert_array_equal(encoding.values, [np.bincount(x, minlength=3).argmax() for x in X[:20].T])
    for name in ("one.bed", "two.bed"):  # also beside others in the file
        table = genotypes(folder / name)
        before = table.held(NAMES).copy()
        assert encoding(table)[0, 0] == encoding.values[0] == 2
        np.testing.assert_array_equal(table.held(NAMES), before)
        assert np.isnan(table["rs0"][0])


@pytest.mark.filterwarnings("ignore:. genotypes of")
def test_missing_genotypes_have_no_part_in_what_is_most_frequent(tmp_path):
    path = written(tmp_path / "x.bed", np.array([[-127] * 4, [0] * 4, [1] * 4, [1] * 4, [0] * 4], "int8"))
    assert learned(path, np.array([0, 1, 2, 3])).values.tolist() == [1] * 4
    assert learned(path, np.array([0])).values.tolist() == [0] * 4


def test_alleles_are_those_of_each_feature():
    with pytest.raises(ShapeError, match='give "" for what is not a SNP'):
        Encoding(NAMES, (), np.zeros(4), ("A/G",))


def test_alleles_are_saved_with_a_model(folder, tmp_path):
    H = hn.Hierarchy.from_covers([(name, "G") for name in NAMES]).crown(["y"])
    encoding = learned(folder / "a.bed")
    model = Model(hn.Network(H), NAMES, "regression", ("y",), encoding=encoding)
    save(model, tmp_path / "m")
    assert load(tmp_path / "m").encoding == encoding


@pytest.mark.filterwarnings("ignore:. genotypes of")
@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
@pytest.mark.parametrize("make", [NetworkClassifier, HierarchyClassifier])
def test_estimators_count_the_alleles_of_their_training(folder, make):
    own = (
        make(max_iter=3, random_state=0)
        if make is NetworkClassifier
        else make(settings=[Setting(0.1), Setting(0.1, 2)], folds=2, members=2, steps=20, random_state=0)
    )
    own.fit(genotypes(folder / "a.bed"), SICK)
    expected = own.predict_proba(genotypes(folder / "a.bed"))
    with pytest.warns(HassenetWarning, match=NOTE):
        np.testing.assert_array_equal(own.predict_proba(genotypes(folder / "turned.bed")), expected)
    alone = own.predict_proba(genotypes(folder / "one.bed"))
    with_2 = X[:1].copy()
    with_2[0, 0] = own.encoding_.values[0]
    np.testing.assert_allclose(alone, own.predict_proba(written_table(folder, with_2)), rtol=1e-6)


def written_table(folder, values):
    return genotypes(written(folder / "filled.bed", values))


@pytest.mark.parametrize(
    "way", [("--single",), ("--hierarchy", "genes.tsv", "--single"), ("--single", "--covariate", "sex")]
)
def test_the_command_line_counts_them_too(folder, way):
    def run(*arguments):
        found = CliRunner().invoke(main, list(map(str, arguments)))
        assert found.exit_code == 0, found.output
        return found.output

    way = [folder / text if text == "genes.tsv" else text for text in way]
    run(
        "fit",
        folder / "a.bed",
        "--target",
        "phenotype",
        *way,
        "--epochs",
        "2",
        "--no-plots",
        "--force",
        "--out",
        folder / "m",
    )
    run("predict", folder / "m", folder / "a.bed", "--out", folder / "a.csv", "--force")
    out = run("predict", folder / "m", folder / "turned.bed", "--out", folder / "t.csv", "--force")
    assert "the other way round than in training" in out
    own, other = (read_table(folder / name)["probability_case"] for name in ("a.csv", "t.csv"))
    np.testing.assert_array_equal(own, other)
