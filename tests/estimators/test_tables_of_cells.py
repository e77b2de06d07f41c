"""A sparse block of a table goes through networks, estimators and models, and nothing makes it dense."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array, issparse

import hassenet as hn
from hassenet.data.fill import Fill
from hassenet.data.logarithm import Logarithm
from hassenet.data.scaling import Scaling
from hassenet.data.soft_clip import SoftClip
from hassenet.errors import NotFiniteError
from hassenet.model import Model
from hassenet.selection import Setting
from hassenet.tables import read_anndata

CELLS = read_anndata(Path(__file__).parents[1] / "data" / "pbmc68k.h5ad")
H = hn.Hierarchy.from_covers([(gene, f"set {k % 3}") for k, gene in enumerate(CELLS.variables)])
X = CELLS.select(H.ranks[0])
y = CELLS["bulk_labels"]
SETTINGS = [Setting(0.1, neurons=0), Setting(0.01)]
DENSE = X.numbers(X.columns)


@pytest.fixture
def never_dense(monkeypatch):
    """Refuse to make an array of the whole block dense."""

    def refuse(self, *_, **__):
        assert self.shape[0] * self.shape[1] < DENSE.size, "made dense"
        return type(self)._dense(self)

    monkeypatch.setattr(csr_array, "_dense", csr_array.toarray, raising=False)
    monkeypatch.setattr(csr_array, "toarray", refuse)


@pytest.mark.parametrize("engine", ["reference", "native"])
def test_a_network_learns_the_same_from_a_sparse_table_and_from_its_dense_numbers(engine):
    net = hn.Network(H.crown(["a", "b", "c"]), output="softmax", dtype="float64")
    codes = np.unique(y, return_inverse=True)[1]
    sparse, dense = (hn.fit(net, data, codes, epochs=2, engine=engine).network.theta for data in (X, DENSE))
    np.testing.assert_allclose(sparse, dense, rtol=0, atol=1e-12)


def test_an_estimator_learns_from_a_sparse_table_and_predicts_as_its_model_does(never_dense):
    estimator = hn.HierarchyClassifier(
        H, folds=2, members=2, settings=SETTINGS, steps=40, random_state=0
    ).fit(X, y)
    p = estimator.predict_proba(X)
    np.testing.assert_array_equal(p, estimator.model_.predict_proba(X))
    np.testing.assert_allclose(p, estimator.model_.predict_proba(DENSE), atol=1e-6)
    assert (estimator.predict(X) == y).mean() > 0.9
    network = hn.NetworkClassifier(hierarchy=H, max_iter=20, tol=1, random_state=0).fit(X, y)
    np.testing.assert_array_equal(Model.of(network).predict(X), network.predict(X))


@pytest.mark.parametrize(
    "make",
    [Scaling.of, Fill.of, lambda _: SoftClip(3.0), lambda _: Logarithm(1.0)],
    ids=["scale", "fill", "clip", "log"],
)
def test_steps_that_leave_zeros_keep_an_array_sparse_and_are_the_same_steps(make):
    S = csr_array(DENSE)
    step = make(S)
    assert issparse(step(S))
    np.testing.assert_allclose(step(S).toarray(), step(DENSE), rtol=1e-12, atol=1e-12)


def test_the_deviation_of_a_sparse_column_is_that_of_all_its_values():
    S = csr_array(np.column_stack([DENSE, np.zeros(len(DENSE)), np.full(len(DENSE), 7.0)]))
    scale = Scaling.of(S).scale
    np.testing.assert_allclose(scale[:-2], np.where(DENSE.any(0), DENSE.std(0), 1.0))
    assert scale[-2:].tolist() == [1, 1]
    assert Scaling.of(S).mean.tolist() == [*[0] * (S.shape[1] - 1), 7]  # of those without any zero


def test_gaps_of_a_sparse_array_are_filled_with_the_medians_of_a_dense_one():
    gaps = DENSE.copy()
    gaps[np.arange(0, 72, 5), np.arange(15)] = np.nan
    S = csr_array(gaps)
    np.testing.assert_array_equal(Fill.of(S).values, Fill.of(gaps).values)
    np.testing.assert_array_equal(Fill.of(S)(S).toarray(), Fill.of(gaps)(gaps))
    S.data[0] = np.inf
    with pytest.raises(NotFiniteError, match="there are infinite ones in"):
        Fill.of(S, X.columns)


def test_a_logarithm_that_moves_zeros_or_is_not_defined_does_not_stay_sparse():
    S = csr_array(DENSE)
    np.testing.assert_array_equal(Logarithm(0.5)(S), Logarithm(0.5)(DENSE))
    with pytest.raises(NotFiniteError, match=r"not so in 'a'"):
        Logarithm(1.0)(csr_array([[-2.0, 0]]), ["a", "b"])
