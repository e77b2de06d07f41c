"""A prediction that is not finite is an error that names rows and features, wherever predictions come from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from hassenet.engines import get_engine
from hassenet.errors import NotFiniteError
from hassenet.estimators import NetworkClassifier, NetworkRegressor
from hassenet.hierarchy import Hierarchy
from hassenet.model import Model, Scaling
from hassenet.network import Ensemble, Network, network
from hassenet.storage import save

NAMES = ("age", "dose")
TYPES = pytest.mark.parametrize("dtype", ["float32", "float64"])
WAYS = pytest.mark.parametrize(
    "form", [np.asarray, csr_array, lambda X: pd.DataFrame(X, columns=list(NAMES))]
)


def net(output: str, outputs: int = 1, dtype: str = "float64") -> Network:
    H = Hierarchy.complete(2, 2, outputs, names=(NAMES, ("p", "q"), [f"y{k}" for k in range(outputs)]))
    n = 6 + 3 * outputs
    return Network(H, hidden="identity", output=output, dtype=dtype, theta=np.arange(1.0, n + 1) / 2)


def rows(dtype: str) -> np.ndarray:
    """Three rows, of which the second overflows in the network's signals."""
    return np.array([[1.0, 2.0], [0.0, np.finfo(dtype).max / 2], [0.5, 0.5]])


@TYPES
@WAYS
@pytest.mark.parametrize(("output", "outputs"), [("identity", 1), ("exp", 2), ("softmax", 3)])
def test_a_network_names_rows_and_features(engine, monkeypatch, dtype, form, output, outputs):
    monkeypatch.setattr(network, "engine_for", lambda _: get_engine(engine))
    N, X = net(output, outputs, dtype), form(rows(dtype))
    with pytest.raises(NotFiniteError, match=r"1 row of 3 would .*: 1 \(from 0\).* row 1, .* are 'dose'"):
        N(X)
    with pytest.raises(NotFiniteError, match="'dose'"):
        Ensemble([N, N])(X)
    for found in (N(X, check_finite=False), Ensemble([N, N])(X, check_finite=False)):
        assert np.isfinite(found).all(axis=1).tolist() == [True, False, True]


def test_a_member_without_weight_has_no_say_whatever_it_gives():
    X = rows("float64")
    calm = net("sigmoid")
    wild = replace_output(calm)
    assert np.isfinite(Ensemble([calm, calm.with_theta(0 * calm.theta)], [0, 1])(X)).all()
    with pytest.raises(NotFiniteError):
        Ensemble([wild, wild.with_theta(0 * wild.theta)], [0.5, 0.5])(X)


def replace_output(calm: Network) -> Network:
    return calm.with_activations(output="exp")


@TYPES
def test_a_model_gives_no_class_where_there_are_no_probabilities(dtype):
    softmax = Model(net("softmax", 3, dtype), NAMES, "classification", ("health",), ("a", "b", "c"))
    for model in (softmax, replace(softmax, temperature=2.0)):
        for predict in (model.predict, model.predict_proba):
            with pytest.raises(NotFiniteError, match="1 row of 3.*'dose'"):
                predict(rows(dtype))


def test_a_target_that_overflows_in_its_own_unit_is_refused():
    model = Model(
        net("identity"), NAMES, "regression", ("y",), target_scaling=Scaling(np.zeros(1), np.full(1, 1e300)),
        residuals=np.ones((20, 1)),
    )  # fmt: skip
    X = np.array([[1.0, 1.0], [1.0, 1e12]])
    assert np.isfinite(model.predict(X[:1])).all()
    for options in ({}, {"interval": 0.5}):
        with pytest.raises(NotFiniteError, match=r"1 row of 2.*'dose' \(1e\+12\)"):
            model.predict(X, **options)


@TYPES
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("kind", [NetworkClassifier, NetworkRegressor])
def test_an_estimator_refuses_too(dtype, kind):
    X = np.random.default_rng(0).normal(size=(12, 2)).astype(dtype)
    options = {"hidden_layer_sizes": (3,), "activation": "identity", "max_iter": 3, "solver": "sgd", "tol": 0}
    fitted = kind(**options, random_state=0).fit(X, np.arange(12) % 3)
    fitted.network_ = fitted.network_.with_theta(np.arange(1.0, fitted.network_.n_parameters + 1))
    far = np.full((2, 2), np.finfo(dtype).max / 2, dtype)
    with pytest.raises(NotFiniteError, match="2 rows of 2"):
        fitted.predict(far)


def test_the_command_line_says_so_and_writes_nothing(tmp_path):
    from click.testing import CliRunner

    from hassenet.cli import main

    save(Model(net("softmax", 3), NAMES, "classification", ("health",), ("a", "b", "c")), tmp_path / "model")
    pd.DataFrame(rows("float64"), columns=list(NAMES)).to_csv(tmp_path / "rows.csv", index=False)
    call = ["predict", str(tmp_path / "model"), str(tmp_path / "rows.csv"), "--out", str(tmp_path / "p.csv")]
    result = CliRunner().invoke(main, call)
    assert result.exit_code == 1
    assert "1 row of 3" in result.output
    assert "'dose'" in result.output
    assert not (tmp_path / "p.csv").exists()
