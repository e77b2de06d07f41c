"""Members that are done are kept, and those under way as far as they are: the bits are those of one run."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest

from hassenet import testing as ht
from hassenet.checkpoints import CheckpointFolder
from hassenet.errors import CheckpointError, ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.optimizers import LBFGS, Adam
from hassenet.training import fit, fit_ensemble

NET = Network(Hierarchy.complete(3, 4, 2), hidden="tanh", dtype="float64")
X, Y = ht.random_array(30, 3, seed=0), ht.random_array(30, 2, seed=1)
HELD = ht.random_array(8, 3, seed=2), ht.random_array(8, 2, seed=3)


class Killed(BaseException):
    """What a kill is to a test in one process."""


def train(members=3, **options):
    options = {"optimizer": Adam(0.05), "epochs": 4, "batch_size": 8, "n_jobs": 1, **options}
    return fit_ensemble(NET, X, Y, "squared_error", members=members, **options)


def killed_after(epochs):
    left = iter(range(epochs))

    def callback(epoch, network):
        if next(left, None) is None:
            raise Killed

    return callback


def thetas(found):
    return [fit.network.theta.tobytes() for fit in found.fits]


@pytest.mark.parametrize("optimizer", [Adam(0.05), LBFGS()], ids=["Adam", "LBFGS"])
def test_an_ensemble_killed_again_and_again_is_that_of_one_run(tmp_path, optimizer, engine):
    options = {"optimizer": optimizer, "engine": engine, "validation_data": HELD}
    whole = train(**options)
    runs, found = 0, None
    while found is None:
        runs += 1
        with suppress(Killed):
            found = train(callbacks=[killed_after(3)], checkpoint=tmp_path, every=0, **options)
    assert 2 < runs < 10
    assert thetas(found) == thetas(whole)
    assert [fit.costs.tobytes() for fit in found.fits] == [fit.costs.tobytes() for fit in whole.fits]
    assert thetas(train(callbacks=[killed_after(0)], checkpoint=tmp_path, **options)) == thetas(whole)


def test_more_members_are_trained_beside_those_that_are_done(tmp_path):
    train(2, checkpoint=tmp_path)
    found = train(3, checkpoint=tmp_path, n_jobs=2, callbacks=[killed_after(4)])
    assert thetas(found) == thetas(train(3))
    assert thetas(train(1, checkpoint=tmp_path)) == thetas(found)[:1]


def test_the_folder_of_another_ensemble_is_refused(tmp_path):
    train(2, checkpoint=tmp_path)
    for changed, words in [
        ({"seed": 1}, "seed: 0 there, 1 here"),
        ({"validation_data": HELD}, "validation data: none there"),
        ({"epochs": 5}, "epochs: 4 there, 5 here"),
    ]:
        with pytest.raises(CheckpointError, match=words):
            train(2, checkpoint=tmp_path, **changed)
    with pytest.raises(CheckpointError, match="parameters to start from"):
        fit(NET, X, Y, "squared_error", optimizer=Adam(0.05), epochs=4, batch_size=8, checkpoint=tmp_path)


@pytest.mark.parametrize("optimizer", [Adam(0.05), LBFGS()], ids=["Adam", "LBFGS"])
def test_members_that_are_done_are_written_together_and_what_they_had_under_way_goes(
    tmp_path, optimizer, monkeypatch
):
    whole, names, as_ever = thetas(train(optimizer=optimizer)), [], CheckpointFolder.write
    monkeypatch.setattr(CheckpointFolder, "write", lambda *a: names.append(a[1]) or as_ever(*a))
    assert thetas(train(optimizer=optimizer, checkpoint=tmp_path / "kept", every=1e6)) == whole
    assert names == ["checkpoints", "together 0"]
    train(optimizer=optimizer, checkpoint=tmp_path / "every", every=0)
    assert "state 0" in names
    assert not list((tmp_path / "every").glob("under-way-*"))


@pytest.mark.parametrize("killed", [1, 4, 7])
def test_members_that_were_done_before_another_failed_are_kept(tmp_path, killed):
    with pytest.raises(Killed):
        train(checkpoint=tmp_path, callbacks=[killed_after(killed)])
    done = killed // 4
    assert len(list(tmp_path.glob("together-*"))) == (done > 0)
    again = train(checkpoint=tmp_path, callbacks=[killed_after(4 * (3 - done))])
    assert thetas(again) == thetas(train())


class WithState:
    def __call__(self, epoch, network):
        return False

    def state_dict(self):
        return {"x": np.zeros(1)}

    def load_state_dict(self, state):
        pass


def test_members_cannot_share_the_state_of_a_callback(tmp_path):
    with pytest.raises(ParameterError, match="members would share"):
        train(2, checkpoint=tmp_path / "run", callbacks=[WithState()])
    assert not list(tmp_path.iterdir())
