"""How many threads a call may use, and that nothing but speed depends on it."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import hassenet as hn
from hassenet.engines.threads import limited, n_threads
from hassenet.errors import ParameterError

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(600, 300)).astype(np.float32), RNG.normal(size=(600, 10)).astype(np.float32)


@pytest.mark.parametrize("n", [0, -1, 1025, 1.5, True, "2"])
def test_an_invalid_number_of_threads_is_refused(engine, n):
    net = hn.Network(hn.Hierarchy.complete(300, 10), seed=0)
    with pytest.raises(ParameterError, match="number of threads is a whole number from 1 to 1024"):
        hn.fit(net, X, Y, n_threads=n, engine=engine)


def test_a_limit_holds_inside_and_is_of_its_own_in_each_thread_of_python():
    with limited(3), ThreadPoolExecutor(1) as pool:
        assert n_threads.get() == 3
        assert pool.submit(n_threads.get).result() == 0
        with limited(None):
            assert n_threads.get() == 3
    assert n_threads.get() == 0


def test_a_limit_ends_with_an_error_too():
    with pytest.raises(ZeroDivisionError), limited(2):
        raise ZeroDivisionError
    assert n_threads.get() == 0


def test_fits_side_by_side_with_other_numbers_of_threads_are_as_they_are_alone(engine):
    net = hn.Network(hn.Hierarchy.random((300, 400, 10), covers=(20_000, 2_000), seed=0), seed=0)

    def theta(n):
        return hn.fit(
            net, X, Y, epochs=3, optimizer=hn.SGD(0.001), n_threads=n, engine=engine
        ).network.theta.tobytes()

    alone = theta(1)
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(theta, [1, 2, 3, None, 2, 1])) == {alone}


def test_an_estimator_hands_its_threads_on():
    seen = []
    estimator = hn.NetworkRegressor(
        hidden_layer_sizes=(5,), solver="sgd", max_iter=1, random_state=0, n_threads=3
    )
    estimator.set_params(callbacks=[lambda *_: seen.append(n_threads.get()) or True]).fit(X, Y)
    assert seen == [3]
    with pytest.raises(ValueError, match="n_threads"):
        estimator.set_params(n_threads=0).fit(X, Y)


def trained_in_a_process(blas_threads, n_threads, hierarchy, dtype="float32"):
    """Return the bytes of what a fit learned, in a process whose BLAS has so many threads."""
    code = f"""
        import hashlib
        import numpy as np
        import hassenet as hn
        H = hn.Hierarchy.{hierarchy}
        rng = np.random.default_rng(0)
        X, Y = rng.normal(size=(256, H.shape[0])), rng.normal(size=(256, H.shape[-1]))
        net = hn.Network(H, seed=0, dtype="{dtype}")
        fit = hn.fit(net, X, Y, epochs=2, optimizer=hn.SGD(1e-4), n_threads={n_threads})
        print(hashlib.sha256(fit.network.theta.tobytes()).hexdigest())
    """
    env = {**os.environ, "OPENBLAS_NUM_THREADS": str(blas_threads)}
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], env=env, capture_output=True, text=True, check=True
    )
    return run.stdout


SMALL = "complete(300, 400, 10)"
LARGE = "complete(1024, 1100, 10)"  # 2²⁰ weights and more: to the BLAS
SPARSE = "random((2000, 1500, 10), covers=(60_000, 3_000), seed=0)"


@pytest.mark.parametrize("hierarchy", [SMALL, SPARSE], ids=["complete", "sparse"])
def test_below_the_size_for_the_blas_bits_depend_on_no_number_of_threads(hierarchy):
    assert len({trained_in_a_process(b, n, hierarchy) for b, n in [(1, 1), (2, 1), (1, 3)]}) == 1


def test_of_layers_for_the_blas_bits_do_not_depend_on_our_threads():
    """On those of the BLAS they may: that is its own affair, and it is fixed for a process."""
    assert len({trained_in_a_process(2, n, LARGE) for n in (1, 3)}) == 1


def test_processes_of_joblib_train_as_this_one_does():
    from joblib import Parallel, delayed

    net = hn.Network(hn.Hierarchy.random((300, 400, 10), covers=(20_000, 2_000), seed=0), seed=0)
    here = hn.fit(net, X, Y, epochs=2, optimizer=hn.SGD(0.001)).network.theta
    there = Parallel(n_jobs=2)(
        delayed(hn.fit)(net, X, Y, epochs=2, optimizer=hn.SGD(0.001)) for _ in range(3)
    )
    assert all((fit.network.theta == here).all() for fit in there)
