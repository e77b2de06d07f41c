"""Genes that are held sparse stay so beside covariates, on the command line and in the estimators."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.sparse import csr_array, issparse
from sklearn.base import clone

from hassenet.cli import main
from hassenet.data.logarithm import Logarithm
from hassenet.data.scaling import Scaling
from hassenet.estimators import HierarchyClassifier, NetworkClassifier
from hassenet.hierarchy import Hierarchy
from hassenet.selection import Setting
from hassenet.storage import load
from hassenet.tables import Table, read_table

CELLS = Path(__file__).parents[1] / "data" / "pbmc68k.h5ad"
SETS = {"B": ("CD79A", "CD79B", "MS4A1"), "NK": ("NKG7", "GNLY", "GZMB")}
GENES = [gene for genes in SETS.values() for gene in genes]


@pytest.fixture(scope="module")
def cells():
    return read_table(CELLS)


def dense(table):
    """The same columns, each by itself."""
    return Table({name: table[name] for name in table.columns})


def test_a_model_of_cells_and_covariates_is_given_sparse_features(cells, tmp_path):
    sets = "".join("\t".join([name, "x", *genes]) + "\n" for name, genes in SETS.items())
    (tmp_path / "sets.gmt").write_text(sets)
    options = [
        "--target",
        "bulk_labels",
        "--hierarchy",
        tmp_path / "sets.gmt",
        "--covariate",
        "percent_mito,phase",
    ]
    more = ["--epochs", 2, "--log10", 1, "--no-plots", "--test-size", 0, "--out", tmp_path / "model"]
    done = CliRunner().invoke(main, ["fit", str(CELLS), *map(str, (*options, *more))])
    assert done.exit_code == 0, done.output
    model = load(tmp_path / "model")
    Z = model.prepare(cells)
    assert issparse(Z)
    assert model.features == (*GENES, "percent_mito", "phase=G1", "phase=S", "phase, others")
    np.testing.assert_allclose(Z.toarray(), model.prepare(dense(cells)), atol=1e-12)
    assert abs(Z.toarray()[:, 6].mean()) < 1e-12, "what has a value in each row is centred"


@pytest.mark.parametrize(
    "estimator",
    [
        NetworkClassifier(max_iter=200, solver="lbfgs"),
        HierarchyClassifier(settings=[Setting(0.1)], folds=2),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_estimators_take_covariates_beside_a_sparse_array(cells, estimator):
    H = Hierarchy.from_covers([(gene, name) for name, genes in SETS.items() for gene in genes])
    X, y = cells.select([*GENES, "percent_mito", "phase"]), cells["bulk_labels"]
    fitted = clone(estimator).set_params(hierarchy=H, covariates=["percent_mito", "phase"], random_state=0)
    fitted.fit(X, y)
    assert issparse(fitted.encoding_(X))
    assert fitted.score(X, y) > 0.8
    np.testing.assert_allclose(fitted.predict_proba(X), fitted.predict_proba(dense(X)), atol=1e-5)


def test_columns_of_a_sparse_array_without_zeros_are_centred_and_others_scaled_alone():
    X = np.array([[0.0, 3.0, 0.0], [2.0, 5.0, 0.0], [0.0, 7.0, 1.0]])
    scaling = Scaling.of(csr_array(X))
    assert scaling.mean.tolist() == [0.0, 5.0, 0.0]
    np.testing.assert_allclose(scaling.scale, X.std(axis=0))
    others = np.array([[1.0, 0.0, 0.0], [0.0, 6.0, 2.0]])
    np.testing.assert_allclose(scaling(csr_array(others)).toarray(), scaling(others))


def test_a_logarithm_of_some_columns_of_a_sparse_array_leaves_the_others():
    X, step = np.array([[0.0, 9.0, -3.0], [99.0, 0.0, 0.0]]), Logarithm(1.0, (0, 1))
    assert issparse(step(csr_array(X)))
    np.testing.assert_allclose(step(csr_array(X)).toarray(), step(X))
