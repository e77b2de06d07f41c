"""Trainings that are killed at random moments, while they write, and with a full disk, and that go on.

    python benchmarks/killed.py
    python benchmarks/killed.py --runs 20 --every 0.05

Each run is killed (SIGKILL) one to three times and then goes on to its end. Every third kill waits until a record is
being written; every fourth run begins under a limit on the size of files, under which no state can be written, as on a
full disk. Counted are the runs that end with other bits than one that was never killed, files that are left beside the
records, and the most seconds that a kill cost: from the moment that the next run went on from to the kill. What
checkpoints cost is measured on a longer training. The script ends with 1 if a bit differs, a file is
left, or a kill cost more than the interval and a second.
"""

from __future__ import annotations

import argparse
import multiprocessing as mp
import random
import resource
import signal
import time
import warnings
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

import hassenet as hn
from hassenet.estimators import NetworkRegressor
from hassenet.training import EarlyStopping, identity
from hassenet.training.checkpoints import Checkpoints

_FORK = mp.get_context("fork")
_EPOCHS = 400
_FULL = 8_192  # bytes: room for what says whose a folder is, and for no state
_SLACK = 1.0


def main() -> int:
    """Kill, go on, compare and print."""
    o = _options()
    with TemporaryDirectory(dir=o.folder) as place:
        failed = kills(Path(place), o.runs, o.every)
        cost(Path(place), o.rows)
    return int(failed)


def kills(place: Path, runs: int, every: float) -> bool:
    """Kill runs of every kind; return whether anything was not as promised."""
    whole = {name: _ended(train, None, every)[0] for name, train in KINDS.items()}
    found = [_killed_and_ended(place / f"run {k}", k, every, whole) for k in range(runs)]
    killed, different, rubbish = (sum(one[i] for one in found) for i in range(3))
    lost = max(one[3] for one in found)
    print(
        f"{runs:,} runs, {killed:,} kills: {different} with other bits, {rubbish} files left, at most {lost:.2f} s "
        f"lost where a checkpoint was written every {every:g} s"
    )
    return bool(different or rubbish or lost > every + _SLACK)


def _killed_and_ended(
    folder: Path, k: int, every: float, whole: Mapping[str, str]
) -> tuple[int, bool, int, float]:
    """Return how often a run was killed, whether its bits are others, how many files are left, and what a kill cost."""
    name, rng, lost, before = list(KINDS)[k % len(KINDS)], random.Random(k), [0.0], None
    n = rng.randint(1, 3)
    for j in range(n):
        full, writing = k % 4 == 3 and j == 0, (k + j) % 3 == 2
        now, times = _killed(KINDS[name], folder, every, rng.uniform(0, 0.8), full=full, writing=writing)
        lost.append(_lost(before, times))
        before = None if full else (now, times) if any(times) else before
    result, times = _ended(KINDS[name], folder, every)
    lost.append(_lost(before, times))
    rubbish = sum(path.suffix != ".record" and path.name != "lock" for path in folder.iterdir())
    return n, result != whole[name], rubbish, max(lost)


def cost(place: Path, rows: int) -> None:
    """Print what checkpoints cost a training of a minute or so: knowing the data, and writing at the usual interval."""
    spent: list[float] = []
    X, y = _data(rows, 200)
    net = hn.Network(hn.Hierarchy.complete(200, 300, 100, 1), hidden="tanh", seed=0)
    options: dict[str, Any] = {"optimizer": hn.Adam(0.001), "batch_size": 64, "epochs": 60, "n_threads": 1}
    genuine, digests = Checkpoints.keep, identity.of_examples

    def timed(function: Callable[..., Any], *arguments: Any) -> Any:
        began = time.perf_counter()
        found = function(*arguments)
        spent.append(time.perf_counter() - began)
        return found

    Checkpoints.keep = lambda *a: timed(genuine, *a)  # type: ignore[method-assign, assignment]
    identity.of_examples = lambda *a: timed(digests, *a)  # type: ignore[assignment]
    began = time.perf_counter()
    hn.fit(net, X, y, checkpoint=place / "cost", **options)
    took = time.perf_counter() - began
    print(
        f"{net.n_parameters:,} parameters, {rows:,} rows: {took:.1f} s, {1000 * spent[0]:.0f} ms of these for the "
        f"digest of the data and {1000 * sum(spent[1:]):.0f} ms for checkpoints ({sum(spent) / took:.2%})"
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--every", type=float, default=0.1, help="seconds from checkpoint to checkpoint")
    parser.add_argument("--rows", type=int, default=20_000, help="of the training whose time is measured")
    parser.add_argument(
        "--folder", help="where the checkpoints are; by default the system's temporary folder"
    )
    return parser.parse_args()


# ---------------------------------------------------------------- what is trained


def _data(m: int, n: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(m, n)).astype("float32")
    return X, np.sin(X[:, :1]) + X[:, 1:2]


def _network(optimizer: Any, place: Path | None, every: float, seen: Any, **options: Any) -> list[Any]:
    X, y = _data(300, 20)
    net = hn.Network(hn.Hierarchy.complete(20, 200, 1), hidden="tanh", seed=0)
    kept = {} if place is None else {"checkpoint": place, "every": every}
    found = hn.fit(
        net,
        X,
        y,
        optimizer=optimizer,
        batch_size=32,
        epochs=_EPOCHS,
        n_threads=1,
        callbacks=[seen],
        **kept,
        **options,
    )
    return [found.network.theta, found.costs, *found.state.moments, np.array([e[:-1] for e in found.history])]


def _ensemble(place: Path | None, every: float, seen: Any) -> list[Any]:
    X, y = _data(300, 20)
    net = hn.Network(hn.Hierarchy.complete(20, 100, 1), hidden="tanh")
    kept = {} if place is None else {"checkpoint": place, "every": every}
    found = hn.fit_ensemble(
        net, X, y, members=3, optimizer=hn.Adam(0.01), epochs=_EPOCHS // 4, n_jobs=2, **kept
    )
    return [part for fit in found.fits for part in (fit.network.theta, fit.costs)]


def _estimator(place: Path | None, every: float, seen: Any) -> list[Any]:
    X, y = _data(300, 20)
    reg = NetworkRegressor(
        hidden_layer_sizes=(200,),
        max_iter=_EPOCHS // 2,
        tol=0,
        n_iter_no_change=_EPOCHS,
        early_stopping=True,
        random_state=0,
        n_threads=1,
        callbacks=[seen],
        checkpoint=place,
        every=None if place is None else every,
    )
    reg.fit(X, y.ravel())
    return [reg.network_.theta, np.array(reg.loss_curve_), np.array(reg.validation_scores_)]


Train = Callable[[Path | None, float, Any], list[Any]]
KINDS: dict[str, Train] = {
    "Adam": partial(_network, hn.Adam(0.01), dropout=0.1),
    "early stopping": partial(
        _network, hn.Nesterov(0.01), validation_fraction=0.2, early_stopping=EarlyStopping(patience=1e9)
    ),
    "L-BFGS": partial(_network, hn.LBFGS(tol=0.0)),
    "ensemble": _ensemble,
    "estimator": _estimator,
}


# ---------------------------------------------------------------- killing


class _Seen:
    """A callback that notes when each epoch was over, where another process can read it."""

    def __init__(self, times: Any) -> None:
        self.times = times

    def __call__(self, epoch: Any, _: Any) -> bool:
        self.times[epoch.epoch] = time.monotonic()
        return False


def _run(train: Train, place: Path | None, every: float, times: Any, answer: Any, full: bool) -> None:
    warnings.simplefilter("ignore")
    if full:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (_FULL, _FULL))
    answer.send(None)
    found = train(place, every, _Seen(times))
    answer.send(sha256(b"".join(part.tobytes() for part in found)).hexdigest())


def _begun(train: Train, place: Path | None, every: float, full: bool) -> tuple[Any, Any, Any]:
    times = _FORK.Array("d", _EPOCHS, lock=False)
    mine, its = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=_run, args=(train, place, every, times, its, full))
    process.start()
    mine.recv()
    return process, times, mine


def _ended(train: Train, place: Path | None, every: float) -> tuple[str, list[float]]:
    process, times, mine = _begun(train, place, every, full=False)
    found = mine.recv()
    process.join()
    return found, list(times)


def _killed(
    train: Train, place: Path, every: float, seconds: float, *, full: bool, writing: bool
) -> tuple[float, list[float]]:
    """Kill a run after some seconds, or when it writes next; return when that was, and when its epochs were over."""
    process, times, _ = _begun(train, place, every, full)
    time.sleep(seconds)
    until = time.monotonic() + 2
    while writing and not list(place.glob(".*.part")) and time.monotonic() < until and process.is_alive():
        pass
    process.kill()
    now = time.monotonic()
    process.join()
    return now, list(times)


def _lost(before: tuple[float, list[float]] | None, times: list[float]) -> float:
    """Return how old at the kill was what the next run went on from: from the beginning of its first epoch."""
    first = next((epoch for epoch, over in enumerate(times) if over), None)
    if before is None or first is None:
        return 0.0
    killed, earlier = before
    begun = earlier[max(first - 1, 0)]
    return killed - begun if begun else 0.0


if __name__ == "__main__":
    raise SystemExit(main())
