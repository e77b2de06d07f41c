"""One line fits a network to a cohort of PLINK, its SNPs below the genes that they lie in."""

from __future__ import annotations

import numpy as np
import pytest
from bed_reader import to_bed
from click.testing import CliRunner

from hassenet.cli import main
from hassenet.storage import load


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    """A folder with 60 people, whose status is that of the first two SNPs of gene G0, and six genes."""
    folder, rng = tmp_path_factory.mktemp("cohort"), np.random.default_rng(0)
    X = rng.integers(0, 3, (60, 30)).astype("int8")
    ill = X[:, 0] + X[:, 1] > 1
    X[3, 7] = -127
    properties = {
        "fid": [f"f{i}" for i in range(60)],
        "iid": [f"i{i}" for i in range(60)],
        "pheno": np.where(ill, "2", "1"),
        "sid": [f"rs{k}" for k in range(30)],
        "chromosome": ["1"] * 30,
        "bp_position": [100 * k + 1 for k in range(30)],
    }
    to_bed(folder / "cohort.bed", X, properties=properties)
    (folder / "genes.tsv").write_text(
        "".join(f"chr1\t{500 * k + 1}\t{500 * k + 490}\tG{k}\n" for k in range(6))
    )
    (folder / "bmi.txt").write_text(
        "FID IID bmi\n" + "".join(f"f{i} i{i} {20 + X[i, 5]}.5\n" for i in range(60))
    )
    return folder


FIT = ("--epochs", "40", "--learning-rate", "0.02", "--test-size", "0", "--no-plots")


def test_one_line_fits_a_network_whose_hierarchy_is_made_of_positions(cohort):
    result = run("fit", cohort / "cohort.bed", "--target", "phenotype", "--hierarchy", cohort / "genes.tsv", *FIT,
                 "--out", cohort / "model")  # fmt: skip
    assert result.exit_code == 0, result.output
    for text in (
        "1 genotypes of cohort.bed are missing",
        "beside the features, as they describe the examples: 'FID', 'sex'",
        "whole numbers of one byte are taken as they are, and not standardised",
        "SNPs: 30",
    ):
        assert text in result.output
    assert load(cohort / "model").network.hierarchy.above("rs0")[0] == "G0"
    result = run(
        "predict", cohort / "model", cohort / "cohort.bed", "--keep", "IID", "--out", cohort / "p.csv"
    )
    assert "the target 'phenotype' is known in 60 rows: accuracy" in result.output
    result = run("explain", cohort / "model", cohort / "cohort.bed")
    assert result.output.index("G0") < min(
        result.output.index(f"G{k}") for k in range(1, 6) if f"G{k}" in result.output
    )


def test_a_hierarchy_of_snps_is_written_with_a_window_and_taken_by_a_fit_to_another_phenotype(cohort):
    result = run(
        "hierarchy",
        cohort / "cohort.bim",
        cohort / "genes.tsv",
        "--window",
        "100",
        "--out",
        cohort / "H.json",
    )
    assert result.exit_code == 0, result.output
    assert "SNPs in several genes, below each of them" in result.output
    table = (
        cohort / "cohort.bed",
        "--targets",
        cohort / "bmi.txt",
        "--target",
        "bmi",
        "--task",
        "regression",
    )
    result = run("fit", *table, "--hierarchy", cohort / "H.json", *FIT, "--out", cohort / "bmi")
    assert result.exit_code == 0, result.output
    assert load(cohort / "bmi").targets == ("bmi",)


def test_a_status_coded_0_and_1_is_noted_before_it_is_refused(cohort, tmp_path):
    for part in (".bed", ".bim"):
        (tmp_path / f"x{part}").write_bytes((cohort / f"cohort{part}").read_bytes())
    (tmp_path / "x.fam").write_text("".join(f"f{i} i{i} 0 0 1 {i % 2}\n" for i in range(60)))
    result = run("fit", tmp_path / "x.bed", "--target", "phenotype", "--single", "--out", tmp_path / "m")
    assert result.exit_code
    assert "x.fam has 0 in 30 rows, 1 in 30 rows and no 2; where 0 stands for controls" in result.output


def test_phenotypes_and_components_as_plink_writes_them_are_joined_to_the_people_of_a_bed(cohort, tmp_path):
    rng = np.random.default_rng(1)
    people = [f" f{i}   i{i}\t" for i in range(60)]
    bmi = ["-9" if i % 20 == 3 else f"{20 + i % 7}.5" for i in range(60)]
    (tmp_path / "bmi.phen").write_text(
        "".join(f"{who} {value}\n" for who, value in zip(people, bmi, strict=True))
    )
    (tmp_path / "pcs.txt").write_text(
        "#FID  IID PC1   bmi\n"
        + "".join(f"f{i} i{i}  {rng.normal():.4f} {20 + i % 7}\n" for i in range(60)[::-1])
    )
    quick = ("--single", "--epochs", "2", "--no-plots", "--task", "regression")
    result = run(
        *("fit", cohort / "cohort.bed", "--targets", tmp_path / "bmi.phen", "--target", "PHENO1", *quick),
        *("--out", tmp_path / "a"),
    )
    assert result.exit_code == 0, result.output
    text = " ".join(result.output.split())
    assert "bmi.phen has no header, and its columns are called" in text
    assert "-9 is a missing phenotype, as PLINK writes it: 3 cells of bmi.phen" in text
    assert "3 rows without a target left out" in text
    result = run(
        *(
            "fit",
            cohort / "cohort.bed",
            "--targets",
            tmp_path / "pcs.txt",
            "--target",
            "bmi",
            "--covariate",
            "PC1",
        ),
        *(*quick, "--out", tmp_path / "b"),
    )
    assert result.exit_code == 0, result.output
    assert "pcs.txt is read with any number of blanks between columns" in " ".join(result.output.split())
    result = run(
        "predict",
        tmp_path / "b",
        cohort / "cohort.bed",
        "--targets",
        tmp_path / "pcs.txt",
        "--out",
        tmp_path / "p.csv",
    )
    assert result.exit_code == 0, result.output
    assert len((tmp_path / "p.csv").read_text().splitlines()) == 61
