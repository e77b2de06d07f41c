"""What is added to features or targets takes no digits from what varies."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

import hassenet as hn
from hassenet.data.resolution import blurred
from hassenet.data.scaling import Scaling
from hassenet.errors import HassenetWarning, NotFiniteError

RNG = np.random.default_rng(0)
Z = RNG.normal(size=(120, 3))
TARGETS = {
    "identity": Z @ [[1.0, 0.0], [2.0, 1.0], [0.0, -1.0]] + RNG.normal(size=(120, 2)),
    "sigmoid": (Z[:, :1] + RNG.normal(size=(120, 1)) > 0).astype(int),
    "softmax": np.digitize(Z[:, 0] + RNG.normal(size=120), [-1, 1]),
    "exp": RNG.poisson(np.exp(Z @ [0.5, 0.1, 0.0]))[:, None],
}
OUTPUTS = {"identity": 2, "sigmoid": 1, "softmax": 3, "exp": 1}
WEIGHTS = RNG.integers(0, 4, 120)


def network(output, dtype="float64"):
    return hn.Network(hn.Hierarchy.complete(3, OUTPUTS[output]), output=output, dtype=dtype, seed=0)


@pytest.mark.parametrize("output", TARGETS)
@pytest.mark.parametrize("penalty", [None, hn.L2(0.01)])
@pytest.mark.parametrize("weight", [None, WEIGHTS])
def test_the_refitted_cost_does_not_depend_on_where_features_have_their_0(output, penalty, weight):
    net, Y = network(output), TARGETS[output]

    def least(X):
        refitted = hn.refit_output(net, X, Y, penalty=penalty, sample_weight=weight)
        return hn.cost(refitted, X, Y, penalty=penalty, sample_weight=weight)

    for offset in (1e4, -1e6, 1e9):
        assert least(Z + offset) == pytest.approx(least(Z), abs=1e-6)


@pytest.mark.parametrize("output", TARGETS)
def test_nor_without_a_penalty_on_their_unit(output):
    net, Y = network(output), TARGETS[output]
    least = hn.cost(hn.refit_output(net, Z, Y), Z, Y)
    for scale, offset in ((1e3, 1e6), (1e6, 0.0), (1e-3, 1e3)):
        X = scale * Z + offset
        assert hn.cost(hn.refit_output(net, X, Y), X, Y) == pytest.approx(least, abs=1e-7)


@pytest.mark.parametrize("kind", ["f4", "f8", "i8"])
@pytest.mark.parametrize("where", ["X", "Y"])
def test_a_fit_in_float32_tells_of_what_float32_blurs(kind, where):
    X, Y = (100 * Z).astype(kind), (100 * TARGETS["identity"]).astype(kind)
    data = {"X": X, "Y": Y}
    data[where] = data[where].copy()
    data[where][:, 1] += np.array(2e7, kind)
    named = {"X": "x1", "Y": "y1"}[where]
    train = {"epochs": 0}
    with pytest.warns(
        HassenetWarning, match=f"in float32 so do '{named}'; subtract their mean.*dtype='float64'"
    ):
        hn.fit(network("identity", "float32"), data["X"], data["Y"], **train)
    with pytest.warns(HassenetWarning, match=f"in float32 so do '{named}'"):
        hn.fit_ensemble(network("identity", "float32"), data["X"], data["Y"], members=2, **train)
    hn.fit(network("identity", "float64"), data["X"], data["Y"], **train)


def test_constant_columns_truth_values_and_sparse_arrays_are_never_blurred():
    far = np.full((5, 2), 1e9)
    far[0, 0] += 1
    assert blurred(far, np.dtype("f4")).tolist() == [True, False]
    assert not blurred(csr_array(far), np.dtype("f4")).any()
    assert not blurred(far > 1e9, np.dtype("f4")).any()


@pytest.mark.parametrize("names", [("y0", "y1"), ("height", "weight")])
def test_targets_beyond_the_type_of_a_network_have_the_message_of_features(names, engine):
    H = hn.Hierarchy.complete(3, 2, names=[("a", "b", "c"), names])
    net, Y = hn.Network(H), TARGETS["identity"].copy()
    Y[3, 1] = 1e39
    with pytest.raises(NotFiniteError, match=f"Y holds 1e[+]39 in '{names[1]}', beyond float32; scale it"):
        hn.fit(net, Z, Y, engine=engine)
    with pytest.raises(NotFiniteError, match="beyond float32"):
        hn.fit(net, Z, TARGETS["identity"], validation_data=(Z, Y), engine=engine)
    assert np.isfinite(hn.cost(net.with_dtype("float64"), Z, Y, engine=engine))


@pytest.mark.parametrize("offset", [0.0, 1e9, -1e12])
def test_a_model_explains_and_predicts_targets_far_from_0(offset):
    """Its network in units, whose last layer has the scaling, is of float64: the values are those of predictions."""
    net = hn.Network(hn.Hierarchy.complete(3, 4, 2), hidden="tanh", seed=0)
    scaling = Scaling(np.array([offset, 1.0]), np.array([0.5, 2.0]))
    model = hn.Model(net, ("a", "b", "c"), "regression", ("u", "v"), target_scaling=scaling)
    spread = np.ptp(model.predict(Z), axis=0)
    assert (np.abs(model.in_units(Z) - model.predict(Z)) <= 1e-3 * spread + 1e-5).all()
    assert len(np.unique(model.predict(Z)[:, 0])) > 0.9 * len(Z)
