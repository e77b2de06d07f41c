"""Genotypes stay bytes beside covariates and where settings are chosen: no more than a few rows become numbers."""

from __future__ import annotations

import numpy as np
import pytest
from bed_reader import to_bed
from click.testing import CliRunner
from sklearn.base import clone

from hassenet.cli import main
from hassenet.data.packed import Packed
from hassenet.estimators import (
    HierarchyClassifier,
    HierarchyRegressor,
    NetworkClassifier,
    NetworkRegressor,
)
from hassenet.hierarchy import Hierarchy
from hassenet.selection import Setting
from hassenet.selection.linear import Basis
from hassenet.storage import load
from hassenet.tables import Table, read_plink, read_table
from hassenet.tables.joining import joined

pytestmark = pytest.mark.filterwarnings(
    "ignore:.* genotypes of", "ignore:Stochastic Optimizer", "ignore:lbfgs failed"
)
SNPS = [f"rs{k}" for k in range(40)]
GENES = Hierarchy.from_covers([(snp, f"G{k // 5}") for k, snp in enumerate(SNPS)])
COVARIATES = ["age", "site", "sex"]
FEW = [Setting(0.1), Setting(0.1, 2)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A cohort of 60 people, its genes, and a table with their ages, of which one is missing, and sites."""
    folder, rng = tmp_path_factory.mktemp("bytes"), np.random.default_rng(0)
    X = rng.binomial(2, 0.4, (60, 40)).astype("int8")
    ill, age = X[:, 0] + X[:, 1] > 1, rng.normal(50, 9, 60).round(1)
    who = {
        "fid": ["f"] * 60,
        "iid": [f"i{i}" for i in range(60)],
        "sex": 1 + np.arange(60) % 2,
        "pheno": 1 + ill,
    }
    which = {"sid": SNPS, "chromosome": ["1"] * 40, "bp_position": np.arange(40) * 100 + 1}
    to_bed(folder / "a.bed", X, properties=who | which | {"allele_1": ["A"] * 40, "allele_2": ["G"] * 40})
    genes = "".join(f"1\t{500 * k + 1}\t{500 * k + 490}\tG{k}\n" for k in range(8))
    (folder / "genes.tsv").write_text("chrom\tstart\tend\tname\n" + genes)
    rows = "".join(f"i{i}\t{'' if i == 3 else age[i]}\t{'abc'[i % 3]}\n" for i in range(60))
    (folder / "people.tsv").write_text("IID\tage\tsite\n" + rows)
    return folder


@pytest.fixture(scope="module")
def people(folder):
    return joined(read_plink(folder / "a.bed"), "a.bed", read_table(folder / "people.tsv"), "people.tsv")


@pytest.fixture
def made(monkeypatch):
    """The shapes of what was made numbers of."""
    shapes, brought = [], Packed.brought
    monkeypatch.setattr(Packed, "brought", lambda X: (shapes.append(X.shape), brought(X))[1])
    return shapes


def as_numbers(table):
    """The same columns, each by itself, in the order in which a block has them."""
    own = [name for name in table.columns if name in SNPS]
    return Table({name: table[name] for name in [*own, *(n for n in table.columns if n not in own)]})


def test_a_minimum_is_found_among_as_many_numbers_as_there_are_rows():
    rng = np.random.default_rng(0)
    F, C = rng.integers(0, 3, (8, 5000)).astype("int8"), rng.normal(size=(8, 2))
    X = Packed.of(F, C, [4, 5001])
    own = np.isin(np.arange(5002), X.places)
    found, expected = Basis.of(X, own), Basis.of(np.asarray(X), own)
    assert found.B.shape == (8, 10)
    U = rng.normal(size=(3, 10))
    for basis in (found, expected):
        np.testing.assert_allclose(basis.back(U) @ np.asarray(X).T, U @ basis.B.T, rtol=1e-10)


@pytest.mark.parametrize(
    "estimator",
    [
        NetworkClassifier(max_iter=3),
        NetworkClassifier(max_iter=3, early_stopping=True),
        NetworkRegressor(solver="lbfgs", max_iter=3),
        HierarchyClassifier(settings=FEW, folds=2, steps=20),
        HierarchyRegressor(settings=FEW, folds=2, steps=20),
    ],
    ids=lambda e: f"{type(e).__name__} {getattr(e, 'early_stopping', '')}",
)
@pytest.mark.parametrize("covariates", [COVARIATES, None], ids=["covariates", "alone"])
def test_estimators_learn_the_same_from_bytes_as_from_numbers(people, made, estimator, covariates):
    y = (people["phenotype"] == "case").astype(float if "Regressor" in type(estimator).__name__ else str)
    own = clone(estimator).set_params(hierarchy=GENES, covariates=covariates, random_state=0)
    table = people.select([*(covariates or ()), *SNPS])
    fitted, expected = clone(own).fit(table, y), clone(own).fit(as_numbers(table), y)
    predict = "predict_proba" if hasattr(own, "predict_proba") else "predict"
    found = getattr(fitted, predict)(table)
    np.testing.assert_array_equal(found, getattr(expected, predict)(as_numbers(table)))
    np.testing.assert_array_equal(fitted.as_model().predict(table), fitted.predict(table))
    assert all(shape[1] < len(SNPS) for shape in made)


def test_an_array_of_bytes_is_learned_from_as_it_is(people, made):
    X, y = people.held(SNPS), people["phenotype"]
    own = HierarchyClassifier(settings=FEW, folds=2, steps=20, random_state=0)
    fitted, expected = clone(own).fit(X, y), clone(own).fit(X.astype(float), y)
    np.testing.assert_array_equal(fitted.predict_proba(X), expected.predict_proba(X.astype(float)))
    assert not made
    with pytest.raises(ValueError, match="X has 39 features, but HierarchyClassifier is expecting 40"):
        fitted.predict(X[:, 1:])


@pytest.mark.parametrize(
    "way", [["--single", "--epochs", "2"], ["--members", "1"]], ids=["one network", "chosen"]
)
def test_the_command_line_fits_predicts_and_explains_in_bytes(
    folder, people, tmp_path, made, monkeypatch, way
):
    monkeypatch.setattr("hassenet.cli.fit.scores._MOST_NUMBERS", 10)
    monkeypatch.setattr("hassenet.data.compact._AT_ONCE", 4)
    monkeypatch.setattr("hassenet.cli.fit.chosen._FOLDS", 2)
    monkeypatch.setattr("hassenet.selection.effort._networks", lambda rows: FEW[1:])

    def run(*arguments):
        done = CliRunner().invoke(main, list(map(str, arguments)))
        assert done.exit_code == 0, done.output
        return done.output

    cohort, more = folder / "a.bed", ["--targets", folder / "people.tsv"]
    options = [
        "--target",
        "phenotype",
        "--hierarchy",
        folder / "genes.tsv",
        "--covariate",
        ",".join(COVARIATES),
    ]
    out = run("fit", cohort, *more, *options, *way, "--no-plots", "--out", tmp_path / "model")
    assert "left out: it takes numbers of eight bytes" in out
    run("predict", tmp_path / "model", cohort, *more, "--out", tmp_path / "p.csv")
    model = load(tmp_path / "model")
    assert isinstance(model.prepare(people), Packed)
    np.testing.assert_allclose(
        read_table(tmp_path / "p.csv")["probability_case"], model.predict_proba(people)[:, 0]
    )
    np.testing.assert_allclose(
        model.predict_proba(people), model.predict_proba(as_numbers(people)), rtol=1e-6
    )
    run("evaluate", tmp_path / "model", cohort, *more)
    assert all(shape[1] <= 4 for shape in made), "the columns of a check sum are looked at a few at a time"
    assert "site" in run("explain", tmp_path / "model", cohort, *more)
