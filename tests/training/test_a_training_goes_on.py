"""A training that was killed goes on from its folder and ends with the bits of one that never was."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from hassenet import testing as ht
from hassenet.checkpoints import CheckpointFolder, Record
from hassenet.checkpoints.record import of_bytes, to_bytes
from hassenet.engines import get_engine
from hassenet.errors import CheckpointError, DivergedError, HassenetWarning, ParameterError
from hassenet.estimators import NetworkRegressor
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.optimizers import LBFGS, SGD, Adam, Nesterov
from hassenet.penalties import L1
from hassenet.schedules import Adaptive, OneCycle
from hassenet.training import EarlyStopping, blas, fit, identity
from hassenet.training.evaluations import Evaluations

H = Hierarchy.random((3, 5, 2), covers=(9, 7), seed=0).crown(["y", "z"])
NET = Network(H, hidden="tanh", dtype="float64", seed=0)
X, Y = ht.random_array(21, 3, seed=0), ht.random_array(21, 2, seed=1)
HELD = ht.random_array(8, 3, seed=2), ht.random_array(8, 2, seed=3)
EPOCHS = 6

WAYS = {
    "adam": {"optimizer": Adam(OneCycle(0.02)), "dropout": 0.2, "validation_data": HELD},
    "restored": {"optimizer": Nesterov(0.1), "validation_fraction": 0.3, "early_stopping": EarlyStopping()},
    "adaptive": {"optimizer": SGD(Adaptive(0.05, patience=0, tol=0.05)), "penalty": L1(0.01)},
    "normalised": {"optimizer": Adam(0.01), "normalise": True, "early_stopping": EarlyStopping("training_cost", 2)},
    "L-BFGS": {"optimizer": LBFGS(), "validation_data": HELD, "early_stopping": EarlyStopping()},
    "L-BFGS and L1": {"optimizer": LBFGS(memory=3), "penalty": L1(0.01)},
}  # fmt: skip
EVERY_WAY = pytest.mark.parametrize("way", WAYS)


class Killed(BaseException):
    """What a kill is to a test in one process: nothing of the library handles it."""


class KilledAfter:
    """A callback that ends its run without a word, after an epoch that is not the first of the run."""

    def __init__(self) -> None:
        self.called = 0

    def __call__(self, epoch, network):
        self.called += 1
        if self.called == 3:
            raise Killed

    __qualname__ = "callback"


def train(net=NET, **options):
    return fit(net, X, Y, **{"batch_size": 4, "epochs": EPOCHS, "loss": "squared_error", **options})


def killed_until_done(net, place, **options):
    """Return the result of a training that is killed after every second epoch, and how often it was."""
    for kills in range(EPOCHS + 1):
        try:
            return train(net, checkpoint=place, every=0, callbacks=[KilledAfter()], **options), kills
        except Killed:
            continue
    raise AssertionError("a training that goes on comes to its end")


def assert_the_same(one, other):
    """Compare all of two fits to the last bit, but for seconds."""
    for name in ("network.theta", "state.theta", "state.folded", "costs"):
        a, b = (getattr_of(fit, name) for fit in (one, other))
        assert (a is None and b is None) or a.tobytes() == b.tobytes(), name
    np.testing.assert_array_equal([row[:-1] for row in one.history], [row[:-1] for row in other.history])
    for a, b in zip(one.state.moments, other.state.moments, strict=True):
        assert a.tobytes() == b.tobytes()
    for name in ("epoch", "part", "rule", "monitored", "seen", "size", "data"):
        assert getattr(one.state, name) == getattr(other.state, name), name
    assert (one.stopped, one.best_epoch) == (other.stopped, other.best_epoch)


def getattr_of(fit, name):
    for part in name.split("."):
        fit = getattr(fit, part)
    return fit


@pytest.mark.parametrize(("way", "dtype"), list(zip(WAYS, ["float32", "float64"] * 3, strict=True)))
def test_a_training_killed_again_and_again_ends_with_the_bits_of_one_that_was_not(
    tmp_path, way, dtype, engine
):
    net, options = NET.with_dtype(dtype), {**WAYS[way], "engine": engine}
    whole = train(net, **options, callbacks=[lambda *_: None])
    found, kills = killed_until_done(net, tmp_path / "run", **options)
    assert kills >= 2
    assert_the_same(found, whole)
    assert not list(tmp_path.rglob("*.part"))
    again = train(net, checkpoint=tmp_path / "run", callbacks=[KilledAfter()], **options)
    assert_the_same(again, whole)  # and nothing is trained: the callback would have ended it


@EVERY_WAY
def test_a_training_that_was_interrupted_goes_on_in_the_middle_of_an_epoch(tmp_path, way):
    options = WAYS[way]
    whole = train(**options)

    def press(epoch, network):
        if epoch.epoch == 2:
            os.kill(os.getpid(), signal.SIGTERM)
            return False
        return False

    first = train(checkpoint=tmp_path, callbacks=[press], **options)
    assert first.stopped == "interrupted"
    second = train(checkpoint=tmp_path, callbacks=[press], **options)
    if second.stopped == "interrupted":
        second = train(checkpoint=tmp_path, callbacks=[press], **options)
    assert_the_same(second, whole)


@pytest.mark.parametrize("optimizer", [Adam(0.01), LBFGS()], ids=["Adam", "LBFGS"])
def test_a_training_that_ends_as_it_is_interrupted_is_over(tmp_path, optimizer):
    def press_and_end(epoch, network):
        signal.raise_signal(signal.SIGTERM)
        return epoch.epoch == 0

    first = train(optimizer=optimizer, checkpoint=tmp_path, callbacks=[press_and_end])
    assert first.stopped == "interrupted"
    second = train(optimizer=optimizer, checkpoint=tmp_path, callbacks=[press_and_end])
    assert (second.stopped, len(second.history)) == ("callback", 1)
    assert second.network.theta.tobytes() == first.network.theta.tobytes()


def test_a_training_goes_on_that_itself_goes_on_from_a_state(tmp_path):
    first = train(epochs=3, optimizer=Adam(0.01))
    options = {"state": first.state, "optimizer": Adam(0.01)}
    whole = train(first.network, **options, callbacks=[print])
    found, _ = killed_until_done(first.network, tmp_path, **options)
    assert_the_same(found, whole)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"batch_size": 5}, "batch_size: 4 there, 5 here"),
        ({"optimizer": SGD(0.2)}, r"optimizer: SGD\(rate=0.1\) there, SGD\(rate=0.2\) here"),
        ({"net": Network(H, hidden="relu", dtype="float64", seed=0)}, "other network"),
        ({"net": NET.with_dtype("float32")}, "other network"),
        ({"net": NET.with_theta(NET.theta + 1)}, "other parameters to start from"),
        ({"epochs": 9}, "epochs: 6 there, 9 here"),
        ({"penalty": L1(0.1)}, "penalty: None there, L1"),
        ({"validation_data": HELD}, "validation data: none there, other here"),
        ({"sample_weight": np.arange(21)}, "other data"),
    ],
)
def test_the_folder_of_another_training_is_refused(tmp_path, changed, words):
    options = {"optimizer": SGD(0.1)}
    kept = train(checkpoint=tmp_path, **options)
    with pytest.raises(CheckpointError, match=words):
        train(checkpoint=tmp_path, **{**options, **changed})
    assert_the_same(train(checkpoint=tmp_path, **options), kept)


def test_another_version_engine_or_kernel_is_refused(tmp_path, monkeypatch):
    of = {"hassenet": "0.1.0", "engine": "native", "BLAS kernel": "Haswell"}
    monkeypatch.setattr(identity, "of_machine", lambda engine: of)
    train(checkpoint=tmp_path)
    for name in of:
        changed = {**of, name: "another"}
        monkeypatch.setattr(identity, "of_machine", lambda engine, changed=changed: changed)
        with pytest.raises(CheckpointError, match=f"{name}: {of[name]} there, another here"):
            train(checkpoint=tmp_path)


def test_one_number_of_the_data_makes_another_training(tmp_path):
    train(checkpoint=tmp_path)
    for other in (X.copy(), Y.copy()):
        other[20, 1] = np.nextafter(other[20, 1], 9)
        with pytest.raises(CheckpointError, match="other data"):
            fit(NET, *((other, Y) if other.shape == X.shape else (X, other)), batch_size=4, epochs=EPOCHS,
                loss="squared_error", checkpoint=tmp_path)  # fmt: skip


def test_threads_and_a_bar_may_change_from_run_to_run(tmp_path, capsys):
    kept = train(checkpoint=tmp_path, n_threads=1)
    assert_the_same(train(checkpoint=tmp_path, n_threads=2, progress=True), kept)


def test_a_divergence_is_found_again_with_the_same_network_before_it(tmp_path):
    def diverging(**options):
        with pytest.raises(DivergedError) as caught:
            train(NET, optimizer=SGD(30.0), epochs=200, **options)
        return caught.value

    whole = diverging()
    for _ in range(2):
        found = diverging(checkpoint=tmp_path, every=0)
        assert (found.epoch, found.step, str(found)) == (whole.epoch, whole.step, str(whole))
        assert found.network.theta.tobytes() == whole.network.theta.tobytes()


class Counting:
    """A callback with a state."""

    def __init__(self) -> None:
        self.seen, self.thetas = 0, np.zeros(NET.n_parameters)

    def __call__(self, epoch, network):
        self.seen += 1
        self.thetas = self.thetas + network.theta

    def state_dict(self):
        return {"seen": self.seen, "thetas": self.thetas}

    def load_state_dict(self, state):
        self.seen, self.thetas = state["seen"], state["thetas"]


@pytest.mark.parametrize("optimizer", [Adam(0.01), LBFGS()], ids=repr)
def test_a_callback_with_a_state_goes_on_with_it(tmp_path, optimizer):
    whole, found, last = Counting(), Counting(), Counting()
    train(optimizer=optimizer, callbacks=[whole])
    with pytest.raises(Killed):
        train(optimizer=optimizer, callbacks=[found, KilledAfter()], checkpoint=tmp_path, every=0)
    for _ in range(2):
        last = Counting()
        train(optimizer=optimizer, callbacks=[last, lambda *_: None], checkpoint=tmp_path, every=0)
        assert last.seen == whole.seen == EPOCHS
        assert last.thetas.tobytes() == whole.thetas.tobytes()


def test_a_full_disk_ends_no_training(tmp_path, monkeypatch):
    whole = train()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    train(checkpoint=tmp_path / "begun", epochs=1)
    write = CheckpointFolder.write

    def full_but_for_the_head(folder, name, record):
        return write(folder, name, record) if name == "checkpoints" else full()

    monkeypatch.setattr(CheckpointFolder, "write", full_but_for_the_head)
    with pytest.warns(HassenetWarning, match="could not be written"):
        assert_the_same(train(checkpoint=tmp_path / "run", every=0), whole)
    monkeypatch.undo()
    assert_the_same(train(checkpoint=tmp_path / "run"), whole)


@pytest.mark.parametrize("every", [-1, "soon", float("nan")])
def test_an_invalid_interval_is_refused(tmp_path, every):
    with pytest.raises(ParameterError, match="every"):
        train(checkpoint=tmp_path / "run", every=every)
    assert not list(tmp_path.iterdir())


def test_an_interval_without_a_folder_is_refused():
    with pytest.raises(ParameterError, match="give checkpoint"):
        train(every=5)


class Holding(Counting):
    """A callback whose state is what it is given."""

    def __init__(self, state):
        super().__init__()
        self.state = state

    def state_dict(self):
        return self.state


def estimated(**options):
    return NetworkRegressor(max_iter=1, **options, random_state=0).fit(X, Y)


UNWRITABLE = {
    "an object": {"net": NET},
    "objects": {"nets": np.array([NET], object)},
    "text": {"names": np.array(["a", "b"])},
    "a mask": {"seen": np.ma.masked_array([1.0, 2.0], [False, True])},
    "a number as a name": {"best": [{1: 0.5}]},
    "a number as the first name": {1: 0.5},
    "no mapping": [0.5],
}


@pytest.mark.parametrize("state", UNWRITABLE.values(), ids=UNWRITABLE)
@pytest.mark.parametrize("learn", [train, estimated], ids=["fit", "estimator"])
def test_a_state_that_would_not_come_back_is_refused_before_training(tmp_path, learn, state):
    with pytest.raises(ParameterError, match="state_dict of a callback"):
        learn(callbacks=[Holding(state)], checkpoint=tmp_path)
    assert not list(tmp_path.glob("state*"))


def test_a_state_that_cannot_be_written_any_more_is_refused_by_its_callback(tmp_path):
    callback = Holding({})
    with pytest.raises(ParameterError, match="state_dict of a callback"):
        train(callbacks=[callback, lambda *_: callback.state.update(seen={1})], checkpoint=tmp_path, every=0)


def each_array(change):
    """Return a change of all arrays of a record."""
    return lambda value, arrays: (value, {name: change(array) for name, array in arrays.items()})


def with_a_training(**changed):
    """Return a change of what a state says of its training."""

    def change(value, arrays):
        return [value[0], {**value[1], "training": {**value[1]["training"], **changed}}], arrays

    return change


OTHER_FORMS = {
    "nothing": lambda value, arrays: (None, {}),
    "no arrays": lambda value, arrays: (value, {}),
    "numbers in place of arrays": each_array(lambda array: np.array(3.0)),
    "longer arrays": each_array(lambda array: np.resize(array, (len(array) + 1, *array.shape[1:]))),
    "arrays of another type": each_array(lambda array: np.zeros_like(array, "int8")),
    "arrays of more dimensions": each_array(lambda array: array[..., None]),
}
OF_STATES = {
    "an epoch of text": with_a_training(epoch="last"),
    "an epoch before the first": with_a_training(epoch=-1),
    "another reason": with_a_training(stopped="bored"),
    "what is no end": with_a_training(stopped="interrupted"),
    "a θ that is not finite": lambda value, arrays: (value, {**arrays, "theta": arrays["theta"] * np.nan}),
    "a best of one part": with_a_training(best=[0.5]),
    "more steps than an epoch has": lambda value, arrays: (value, {**arrays, "part": np.ones(99)}),
}


@pytest.mark.parametrize("way", ["restored", "L-BFGS"])
def test_a_whole_record_of_another_form_is_left_out(tmp_path, way):
    whole = train(**WAYS[way])
    with pytest.raises(Killed):
        train(checkpoint=tmp_path / "run", every=0, callbacks=[KilledAfter()], **WAYS[way])
    for name, change in {**OTHER_FORMS, **OF_STATES}.items():
        place = shutil.copytree(tmp_path / "run", tmp_path / name)
        kinds = ("state", "evaluations") if name in OTHER_FORMS else ("state",)
        for file in (file for kind in kinds for file in place.glob(f"{kind}-*")):
            written = name_of(file)
            record = of_bytes(written, file.read_bytes())
            file.write_bytes(to_bytes(written, Record(*change(record.value, dict(record.arrays)))))
        with pytest.warns(HassenetWarning, match="left out"):
            found = train(checkpoint=place, callbacks=[lambda *_: None], **WAYS[way])
        assert_the_same(found, whole)


def name_of(file):
    return json.loads(file.read_bytes().split(b"\n")[1])["name"]


def test_a_callback_that_cannot_go_on_is_named(tmp_path):
    train(callbacks=[Holding({"seen": 1})], checkpoint=tmp_path)

    class Forgetful(Holding):
        def load_state_dict(self, state):
            self.best = state["best"]

    with pytest.raises(CheckpointError, match="Forgetful.* does not: KeyError: 'best'"):
        train(callbacks=[Forgetful({})], checkpoint=tmp_path)


def test_kernels_of_a_blas_that_is_not_that_of_numpy_have_no_part(monkeypatch):
    known = {one.get("architecture", "unknown") for one in threadpool_info()}
    assert blas.kernel() in known
    monkeypatch.setattr(blas, "_of_openblas", lambda: "")
    own = {"architecture": "Haswell", "filepath": "/lib/numpy.libs/openblas.so"}
    other = {"architecture": "Zen", "filepath": "/lib/others.libs/openblas.so"}
    for loaded in ([own], [own, other], [{"prefix": "libgomp"}, own]):
        monkeypatch.setattr(blas, "threadpool_info", lambda loaded=loaded: loaded)
        assert identity.of_machine(get_engine("reference"))["BLAS kernel"] == "Haswell"


def evaluated(folder, most):
    """Return the places at which a run of evaluations computes, three of them an interval."""
    computed, evaluations = [], Evaluations(folder)
    for k in range(most):
        evaluations(np.array([float(k)]), lambda x: (computed.append(int(x[0])) or 0.5, x))
        if k % 3 == 2:
            evaluations.keep()
    return computed


def test_of_evaluations_those_alone_that_are_missing_are_computed_again(tmp_path):
    folder = CheckpointFolder(tmp_path)
    assert evaluated(folder, 12) == list(range(12))
    folder._file("evaluations 1").write_bytes(b"broken")
    for further in ([12, 13, 14], []):
        with pytest.warns(HassenetWarning, match="left out"):
            assert evaluated(folder, 15) == [3, 4, 5, *further]


def test_evaluations_stay_where_the_end_that_they_lead_to_could_not_be_written(tmp_path, monkeypatch):
    write = CheckpointFolder.write

    def no_room_for_the_end(folder, name, record):
        if name.startswith("state") and record.value[1]["training"]["stopped"]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(folder, name, record)

    monkeypatch.setattr(CheckpointFolder, "write", no_room_for_the_end)
    with pytest.warns(HassenetWarning, match="could not be written"):
        train(optimizer=LBFGS(), checkpoint=tmp_path, every=0)
    assert list(tmp_path.glob("evaluations-*"))
    monkeypatch.undo()
    assert train(optimizer=LBFGS(), checkpoint=tmp_path, every=0).stopped == "epochs"
    assert not list(tmp_path.glob("evaluations-*"))


def test_evaluations_that_a_full_disk_did_not_take_are_written_when_there_is_room(tmp_path, monkeypatch):
    folder, write = CheckpointFolder(tmp_path), CheckpointFolder.write

    def full_at_first(self, name, record):
        monkeypatch.setattr(CheckpointFolder, "write", write)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(CheckpointFolder, "write", full_at_first)
    with pytest.warns(HassenetWarning, match="could not be written"):
        evaluated(folder, 6)
    assert evaluated(folder, 6) == []


def test_callbacks_with_a_state_are_those_of_before(tmp_path):
    train(callbacks=[Counting()], checkpoint=tmp_path)
    with pytest.raises(CheckpointError, match="1 had one there, 0 here"):
        train(checkpoint=tmp_path)


SCRIPT = """
import sys
from hassenet import Adam, Hierarchy, Network, fit, testing as ht
X, Y = ht.random_array(400, 20, seed=0), ht.random_array(400, 1, seed=1)
net = Network(Hierarchy.complete(20, 30, 1), hidden="tanh")
fit(net, X, Y, optimizer=Adam(0.01), batch_size=8, epochs=10**6, checkpoint=sys.argv[1], every=0)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_process_that_is_killed_leaves_nothing_but_checkpoints_that_are_not_locked(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", SCRIPT, str(tmp_path)])
    while process.poll() is None and len(list(tmp_path.glob("state-*.record"))) < 2:
        time.sleep(0.005)
    process.kill()
    process.wait()
    X, Y = ht.random_array(400, 20, seed=0), ht.random_array(400, 1, seed=1)
    options = {"optimizer": Adam(0.01), "batch_size": 8, "epochs": 10**6, "checkpoint": tmp_path, "every": 0}
    net = Network(Hierarchy.complete(20, 30, 1), hidden="tanh")
    first = fit(net, X, Y, **options, callbacks=[lambda *_: True])
    whole = fit(net, X, Y, optimizer=Adam(0.01), batch_size=8, epochs=first.state.epoch)
    assert first.network.theta.tobytes() == whole.network.theta.tobytes()
    assert first.costs.tobytes() == whole.costs.tobytes()
    assert {path.suffix for path in tmp_path.iterdir()} == {"", ".record"}
