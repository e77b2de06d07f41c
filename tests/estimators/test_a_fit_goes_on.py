"""A fit that was killed goes on from its folder: all that the estimator learned is that of one run."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from sklearn.base import clone

from hassenet.checkpoints import CheckpointFolder, Record
from hassenet.errors import CheckpointError, HassenetWarning, ParameterError
from hassenet.estimators import (
    HierarchyClassifier,
    HierarchyRegressor,
    NetworkClassifier,
    NetworkRegressor,
    NetworkSurvival,
)
from hassenet.estimators.kept import random_of
from hassenet.hierarchy import Hierarchy
from hassenet.selection import Setting
from hassenet.selection.trainings import Trainings

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3)).astype("float32")
AMOUNT = X @ [1.0, -2.0, 0.5] + 0.1 * RNG.normal(size=60)
LABEL = np.where(AMOUNT > 0, "ill", "well")
TIME = np.column_stack([RNG.exponential(np.exp(-AMOUNT)), RNG.random(60) < 0.7])
COMMON = {"hidden_layer_sizes": (4,), "batch_size": 16, "max_iter": 9, "tol": 0, "n_iter_no_change": 20}
FITS = {
    "classes": (NetworkClassifier(**COMMON, early_stopping=True, validation_fraction=0.2, random_state=1), LABEL),
    "amounts": (NetworkRegressor(**COMMON, solver="sgd", learning_rate="adaptive", random_state=1), AMOUNT),
    "several": (NetworkRegressor(**COMMON, dropout=0.2, random_state=1), np.column_stack([AMOUNT, -AMOUNT])),
    "L-BFGS": (NetworkClassifier(**COMMON, solver="lbfgs", random_state=1), LABEL),
    "times": (NetworkSurvival(**COMMON, random_state=1), TIME),
    "hazards": (NetworkSurvival("discrete_time", **COMMON, early_stopping=True, random_state=1), TIME),
}  # fmt: skip

pytestmark = pytest.mark.filterwarnings("ignore:Stochastic Optimizer", "ignore:lbfgs failed")


class Killed(BaseException):
    """What a kill is to a test in one process."""


class Killing:
    """A callback that ends its run after two epochs more."""

    def __init__(self, epochs=2):
        self.left = epochs

    def __call__(self, epoch, network):
        self.left -= 1
        if self.left < 0:
            raise Killed

    def __deepcopy__(self, _):
        return self


def learned(estimator):
    """Return what a fit has left, but for times and the callbacks of the test."""
    fitted = {k: v for k, v in vars(estimator).items() if k.endswith("_") or k in ("_record", "_state")}
    fitted["history_"] = [row[:-1] for row in fitted["history_"]]
    theta = fitted.pop("network_").theta
    record = fitted.pop("_record").state_dict()
    state = fitted.pop("_state")
    arrays = [theta, *record.values(), *((state.theta, *state.moments) if state else ())]
    return repr(sorted(fitted.items(), key=str)), [np.asarray(a).tobytes() for a in arrays]


def fitted_until_done(estimator, y, place):
    for runs in range(1, 20):
        with suppress(Killed):
            again = clone(estimator).set_params(checkpoint=place, every=0, callbacks=[Killing()])
            return again.fit(X, y), runs
    raise AssertionError("a fit that goes on comes to its end")


@pytest.mark.parametrize("name", FITS)
def test_a_fit_killed_again_and_again_learns_what_one_run_does(tmp_path, name):
    estimator, y = FITS[name]
    whole = clone(estimator).fit(X, y)
    found, runs = fitted_until_done(estimator, y, tmp_path)
    assert runs > 2
    assert learned(found) == learned(whole)
    done = clone(estimator).set_params(checkpoint=tmp_path, callbacks=[Killing(0)]).fit(X, y)
    assert learned(done) == learned(whole)


@pytest.mark.parametrize("estimator", [NetworkClassifier(), HierarchyRegressor(), NetworkSurvival()])
def test_an_interval_of_a_fit_is_one_and_has_a_folder(tmp_path, estimator):
    with pytest.raises(ParameterError, match="there is no folder for them; got 5"):
        clone(estimator).set_params(every=5).fit(X, TIME if isinstance(estimator, NetworkSurvival) else LABEL)
    with pytest.raises(ValueError, match="'every' parameter of .* must be a float"):
        clone(estimator).set_params(every=-1, checkpoint=tmp_path / "kept").fit(X, LABEL)
    assert not list(tmp_path.iterdir())


@pytest.mark.unseeded
@pytest.mark.parametrize("other", ["7", -1, 2**70, 0.5, None, [3]])
def test_a_record_that_holds_another_thing_than_a_seed_is_left_out(tmp_path, other):
    folder = CheckpointFolder(tmp_path)
    folder.write("seed", Record(other))
    with pytest.warns(HassenetWarning, match="left out"):
        random_of(NetworkClassifier(), folder)
    assert 0 <= folder.read("seed").value < 2**31


@pytest.mark.unseeded
def test_without_a_random_state_the_folder_keeps_the_seed(tmp_path):
    estimator = NetworkClassifier(**COMMON)
    found, runs = fitted_until_done(estimator, LABEL, tmp_path)
    assert runs > 2
    again = clone(estimator).set_params(checkpoint=tmp_path).fit(X, LABEL)
    assert learned(again) == learned(found)
    other = clone(estimator).set_params(checkpoint=tmp_path / "other").fit(X, LABEL)
    assert learned(other) != learned(found)


@pytest.mark.parametrize(
    ("changed", "y", "words"),
    [
        ({"alpha": 0.1}, LABEL, "penalty: .* there"),
        ({"tol": 0.1}, LABEL, "tol: 0.0 there, 0.1 here"),
        ({"n_iter_no_change": 2}, LABEL, "n_iter_no_change: 20.0 there, 2.0 here"),
        ({"random_state": 2}, LABEL, "seed: .* there"),
        ({"hidden_layer_sizes": (5,)}, LABEL, "other network"),
        ({}, LABEL[::-1], "other data"),
        ({"max_iter": 10}, LABEL, "epochs: 9 there, 10 here"),
    ],
)
def test_the_folder_of_another_fit_is_refused_and_the_estimator_left_as_it_was(tmp_path, changed, y, words):
    estimator = NetworkClassifier(**COMMON, random_state=1, checkpoint=tmp_path).fit(X, LABEL)
    before = learned(estimator)
    estimator.set_params(**changed)
    with pytest.raises(CheckpointError, match=words):
        estimator.fit(X, y)
    assert learned(estimator) == before
    with pytest.raises(CheckpointError, match="estimator: NetworkClassifier there, NetworkRegressor here"):
        NetworkRegressor(**COMMON, checkpoint=tmp_path).fit(X, AMOUNT)


SEARCH = {
    "members": 2,
    "folds": 2,
    "steps": 20,
    "settings": [Setting(0.01, neurons=1), Setting(0.1, neurons=2)],
    "n_jobs": 1,
}


@pytest.mark.parametrize(
    ("make", "seed"),
    [(HierarchyClassifier, 3), pytest.param(HierarchyRegressor, None, marks=pytest.mark.unseeded)],
)
def test_a_fit_that_chooses_settings_goes_on(tmp_path, monkeypatch, make, seed):
    y = LABEL if make is HierarchyClassifier else AMOUNT
    estimator = make(Hierarchy.subsets(3), **SEARCH, random_state=seed, checkpoint=tmp_path)
    trained: list[int] = []
    genuine = Trainings._trained

    def train(trainings, *which):
        trained.append(1)
        if len(trained) % 3 == 0:
            raise Killed
        return genuine(trainings, *which)

    with monkeypatch.context() as killing, suppress(Killed):
        killing.setattr(Trainings, "_trained", train)
        clone(estimator).fit(X, y)
    assert len(trained) == 3
    with monkeypatch.context() as killing:
        killing.setattr(Trainings, "_trained", train)
        found = clone(estimator).fit(X, y)
    assert len(trained) == 5  # of four trainings two were kept
    others = [clone(estimator).fit(X, y)]
    if seed is not None:
        others.append(clone(estimator).set_params(checkpoint=None).fit(X, y))
    for other in others:
        assert other.out_of_fold_.tobytes() == found.out_of_fold_.tobytes()
        assert [n.theta.tobytes() for n in other.ensemble_] == [n.theta.tobytes() for n in found.ensemble_]
        assert str(other.chosen_) == str(found.chosen_)
    with pytest.raises(CheckpointError, match="other data"):
        clone(estimator).fit(X[::-1], y)


def test_a_part_of_a_stream_has_no_folder(tmp_path):
    estimator = NetworkRegressor(**COMMON, checkpoint=tmp_path / "run", random_state=0)
    estimator.partial_fit(X, AMOUNT).partial_fit(X[:20], AMOUNT[:20])
    assert not list(tmp_path.iterdir())
