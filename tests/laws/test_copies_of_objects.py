"""Everything public that is frozen can be compared, hashed, pickled and copied, and comes back the same."""

from __future__ import annotations

import copy
import inspect
import pickle

import numpy as np
import pytest
from hypothesis import given

import hassenet
from hassenet import errors, schedules
from hassenet import testing as ht
from hassenet.activations import ACTIVATIONS
from hassenet.data.complete import Complete
from hassenet.data.logarithm import Logarithm
from hassenet.data.preparation import Preparation
from hassenet.data.scaling import Scaling
from hassenet.engines import Objective
from hassenet.errors import DivergedError
from hassenet.hierarchy import Hierarchy, Relay
from hassenet.likelihoods import LOSSES, Gaussian, GaussianLoss
from hassenet.model import Fill, Model, Residuals, SoftClip
from hassenet.network import Ensemble, Network
from hassenet.optimizers import LBFGS, SGD, Adam, AdamW, Momentum, Nesterov
from hassenet.penalties import L1, L2, ElasticNet, NoPenalty
from hassenet.training import TrainingState, fit
from hassenet.training.early_stopping import EarlyStopping
from hassenet.training.objective import gradient

H = Hierarchy.random((3, 4, 2), covers=(7, 5), seed=0).crown(["y"])
NET = Network(H, hidden="tanh", dtype="float64")
X, Y = ht.random_array(8, 3, seed=0), ht.random_array(8, 1, seed=1)
SIGMA = [[2.0, 0.5], [0.5, 1.0]]
RUN = fit(
    NET,
    X,
    Y,
    optimizer=Adam(0.01),
    epochs=2,
    validation_data=(X, Y),
    score=lambda Y, prediction: 1.0,
    early_stopping=EarlyStopping("cost"),
)
COPIES = {
    "pickle": lambda a: pickle.loads(pickle.dumps(a)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}
EVERY_COPY = pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)

# Equal to their copies.
VALUES = [
    H, Hierarchy.complete(2, 1), Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")]), Relay("a", 1),
    H.restrict(["x0"])[1],
    *LOSSES.values(), *(loss.likelihood for loss in LOSSES.values()), GaussianLoss(SIGMA), Gaussian(SIGMA),
    NoPenalty(), L1(0.1), L2(0.1), ElasticNet(0.1, 0.2),
    SGD(0.1), Momentum(0.1), Nesterov(0.1), Adam(0.1), AdamW(0.1), LBFGS(), EarlyStopping("score", patience=3),
    schedules.Constant(0.1), schedules.InverseScaling(0.1), schedules.Adaptive(0.1), schedules.Cosine(0.1),
    schedules.OneCycle(0.1), SGD(schedules.Cosine(0.1)),
    *ACTIVATIONS.values(), NET.activations[0], NET.plan.layers[0].covers,
    Scaling.of(X), Fill.of(X), SoftClip(3.0), Residuals(Y),
    Logarithm(1e-4), Complete(), Preparation(("x0", "x1"), (Complete(), Logarithm(1.0))),
    RUN.history[0],
    Objective.of(NET.plan, LOSSES["squared_error"], L2(0.1)), Objective.of(NET.plan, LOSSES["absolute_error"]),
]  # fmt: skip
# Each one is itself alone.
INDIVIDUALS = [
    NET,
    Ensemble([NET, NET], weights=[1, 2]),
    NET.parameters,
    gradient(NET, X, Y).gradient,
    NET.plan,
    NET.plan.layers[0],
    RUN,
    RUN.state,
    TrainingState(),
    Model(NET, ("a", "b", "c"), "regression", ("y",), scaling=Scaling.of(X), log10=9.0, history=RUN.history),
    Model(
        NET, ("a", "b", "c"), "regression", ("y",), steps=(Fill.of(X),), residuals=Y, settings={"a": (1, 2)}
    ),
]


def named(a):
    return type(a).__name__


@pytest.mark.parametrize("a", VALUES, ids=named)
@EVERY_COPY
def test_a_value_is_equal_to_its_copy_and_has_its_hash(a, copied):
    b = copied(a)
    assert type(b) is type(a)
    assert a == b
    assert hash(a) == hash(b)
    assert repr(a) == repr(b)
    assert len({a, b}) == 1


@pytest.mark.parametrize("a", INDIVIDUALS, ids=named)
@EVERY_COPY
def test_an_individual_can_be_compared_hashed_and_copied(a, copied):
    b = copied(a)
    assert type(b) is type(a)
    assert a == a
    assert (a == b) in (True, False)
    assert a != 3
    assert isinstance(hash(a), int)
    assert len({a, b}) in (1, 2)
    assert repr(a) == repr(b)


@pytest.mark.parametrize("a", [*VALUES, *INDIVIDUALS], ids=named)
def test_comparing_with_an_object_of_another_type_is_false_and_not_an_error(a):
    for other in (*VALUES, *INDIVIDUALS, None, 3, "text", np.zeros(2)):
        if other is a or isinstance(other, np.ndarray) or type(other) is type(a):
            continue
        assert a != other


@EVERY_COPY
def test_a_copied_fit_goes_on_like_the_fit(copied):
    options = {"optimizer": Adam(0.01), "epochs": 2}
    one, other = (fit(run.network, X, Y, state=run.state, **options) for run in (RUN, copied(RUN)))
    np.testing.assert_array_equal(one.network.theta, other.network.theta)
    np.testing.assert_array_equal(one.costs, other.costs)


@given(net=ht.networks())
def test_a_copied_network_has_the_same_bits_everywhere(net):
    X = ht.random_array(3, net.hierarchy.shape[0], seed=0)
    for copied in COPIES.values():
        other = copied(net)
        assert other.hierarchy == net.hierarchy
        assert other.activations == net.activations
        np.testing.assert_array_equal(other.theta, net.theta)
        np.testing.assert_array_equal(other(X), net(X))
        assert not other.theta.flags.writeable


@pytest.mark.parametrize("kind", [Gaussian, GaussianLoss])
@EVERY_COPY
def test_a_copied_covariance_cannot_be_written_to_either(kind, copied):
    with pytest.raises(ValueError, match="read-only"):
        copied(kind(SIGMA)).covariance[0, 0] = 9


# ------------------------------------------------------------------ errors

ERRORS = [
    kind
    for kind in vars(errors).values()
    if inspect.isclass(kind) and issubclass(kind, Exception) and kind is not DivergedError
]


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
@EVERY_COPY
def test_every_error_survives_copying_with_its_message(kind, copied):
    message = "not graded: 'c' covers 'a'; call graded()"
    error = copied(kind(message))
    assert type(error) is kind
    assert str(error) == message
    assert error.args == (message,)


@EVERY_COPY
def test_the_error_of_a_training_that_diverged_survives_copying_with_its_fields(copied):
    with pytest.raises(DivergedError) as caught:
        fit(NET, 1e3 * X, Y, optimizer=SGD(1e6), epochs=50)
    error, before = copied(caught.value), caught.value
    assert type(error) is DivergedError
    assert str(error) == str(before)
    assert (error.epoch, error.step, error.layer) == (before.epoch, before.step, before.layer)
    np.testing.assert_array_equal(error.network.theta, before.network.theta)


def test_every_public_class_is_frozen():
    kinds = {type(a) for a in (*VALUES, *INDIVIDUALS)}
    public = {getattr(hassenet, name) for name in hassenet.__all__}
    learners = {hassenet.NetworkClassifier, hassenet.NetworkRegressor, hassenet.HassenetError}
    learners |= {hassenet.HierarchyClassifier, hassenet.HierarchyRegressor, hassenet.NetworkSurvival}
    learners |= {hassenet.HierarchySurvival, hassenet.HierarchyOrdinalClassifier}
    assert {kind for kind in public if inspect.isclass(kind)} - learners <= kinds
    for a in (*VALUES, *INDIVIDUALS):
        with pytest.raises((AttributeError, TypeError)):
            a.something_new = 1
