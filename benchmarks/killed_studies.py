"""Studies that are killed at random moments, while they write too, and that go on.

    python benchmarks/killed_studies.py
    python benchmarks/killed_studies.py --runs 6 --only settings
    python benchmarks/killed_studies.py --cost 5

Each run of a kind of study, which writes every 0.1 s, is killed (SIGKILL) one to three times, at random moments of its
time; every second kill waits until a record is being written. Then it goes on to its end, with one job at a time or
with two, by turns. Counted are the runs that end with other bits than one that was never killed, the jobs that were
computed again though their records were there, and files that are left beside the records. The script ends with 1 if
there is any.

With --cost it is measured what checkpoints cost, at the usual interval: each study without and with them by turns, so
many times, in a process that has done it before; told is the least time of each.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing as mp
import random
import signal
import time
import warnings
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import joblib
import numpy as np
from sklearn.linear_model import LogisticRegression

import hassenet as hn
from hassenet import protocol, stability
from hassenet.checkpoints import CheckpointFolder, Record
from hassenet.checkpoints.record import of_bytes
from hassenet.estimators import HierarchyClassifier, NetworkClassifier
from hassenet.selection import Setting

_FORK = mp.get_context("fork")
_EVERY = 0.1  # second
_BARE = hn.Hierarchy.from_covers([(f"x{j}", f"g{j // 5}") for j in range(40)])
_H = _BARE.crown(["y"])
_RECIPE = stability.Recipe(
    "tanh", "sigmoid", options={"epochs": 60, "optimizer": hn.Adam(0.01), "batch_size": 32}
)


class Found(NamedTuple):
    """What the runs of a kind came to."""

    kills: int
    different: int
    again: int
    rubbish: int


def main() -> int:
    """Kill, go on, compare and print."""
    o = _options()
    failed = False
    with TemporaryDirectory(dir=o.folder) as place:
        if o.cost:
            return _costs(Path(place), o.cost, [o.only] if o.only else list(COSTS))
        for kind in [o.only] if o.only else KINDS:
            found = _killed_and_ended(kind, Path(place), o.runs)
            print(
                f"{kind}: {o.runs:,} runs, {found.kills:,} kills: {found.different} with other bits, "
                f"{found.again} jobs computed again, {found.rubbish} files left",
                flush=True,
            )
            failed |= bool(found.different or found.again or found.rubbish)
    return int(failed)


def _killed_and_ended(kind: str, place: Path, runs: int) -> Found:
    began = time.monotonic()
    whole, _ = _ended(kind, None, 1)
    seconds = time.monotonic() - began
    found = [_one(kind, place / f"{kind} {k}", k, whole, seconds) for k in range(runs)]
    return Found(*map(sum, zip(*found, strict=True)))


def _one(kind: str, folder: Path, k: int, whole: str, seconds: float) -> tuple[int, bool, int, int]:
    """Return how often a run was killed, whether its bits are others, and what was computed again or left over."""
    rng = random.Random(f"{kind} {k}")
    n = 0
    for j in range(rng.randint(1, 3)):
        n += _killed(kind, folder, 1 + (k + j) % 2, rng.uniform(0, 0.6) * seconds, writing=(k + j) % 2 == 0)
    before = _jobs_in(folder)
    bits, written = _ended(kind, folder, 1 + k % 2)
    again = sum(name in before for name in written)
    rubbish = sum(path.suffix != ".record" and path.name != "lock" for path in folder.iterdir())
    return n, bits != whole, again, rubbish


def _jobs_in(folder: Path) -> set[str]:
    """Return the names of the records that are there, and of those that were written together."""
    found = [_whole(path) for path in folder.glob("*.record") if not path.name.startswith("under-way-")]
    return {name for one in found for name in _names(*one)}


def _whole(path: Path) -> tuple[str, Record]:
    """Return a record and its name, which its second line holds."""
    data = path.read_bytes()
    name = json.loads(data.split(b"\n", 2)[1])["name"]
    return name, of_bytes(name, data)


def _names(name: str, record: Record) -> list[str]:
    return [one for one, _ in record.value] if "together" in name else [name]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=20, help="of each kind of study")
    parser.add_argument(
        "--only", choices=[*KINDS, "fit"], help="one kind of study, or a single fit with --cost"
    )
    parser.add_argument("--cost", type=int, metavar="TIMES", help="measure what checkpoints cost instead")
    parser.add_argument(
        "--folder", help="where the checkpoints are; by default the system's temporary folder"
    )
    return parser.parse_args()


# ---------------------------------------------------------------- what is studied


def _data() -> tuple[Any, Any]:
    X = np.random.default_rng(0).standard_normal((200, 40))
    return X, (X[:, :5].sum(axis=1) + X[:, 7] > 0).astype(int)


def _stability(options: Mapping[str, Any]) -> list[Any]:
    found = stability.stability(_RECIPE, _H, *_data(), runs=12, **options)
    return [found.scores, found.held_out]


def _nulls(options: Mapping[str, Any]) -> list[Any]:
    found = stability.null_scores(_RECIPE, _H, *_data(), stability.rewired_covers, draws=12, **options)
    return [found.observed, found.null]


def _twins(options: Mapping[str, Any]) -> list[Any]:
    found = stability.twins(_RECIPE, _H, *_data(), runs=4, **options)
    return [found.hierarchy, found.rewired, found.complete]


def _powers(options: Mapping[str, Any]) -> list[Any]:
    found = stability.element_power(_BARE, *_data(), draws=8, **options)
    return [found.power, found.local, found.low, found.null]


def _network(H: hn.Hierarchy, seed: int) -> Any:
    return NetworkClassifier(hierarchy=H, activation="tanh", max_iter=40, random_state=seed)


def _comparison(options: Mapping[str, Any]) -> list[Any]:
    others = {"linear model": LogisticRegression()}
    return [protocol.compare(_BARE, *_data(), network=_network, others=others, folds=3, **options).values]


def _settings(options: Mapping[str, Any]) -> list[Any]:
    tried = [Setting(0.01), Setting(0.1), Setting(0.01, 1), Setting(0.03, 4)]
    found = HierarchyClassifier(_BARE, members=5, settings=tried, steps=300, random_state=0, **options)
    found.fit(*_data())
    return [*(net.theta for net in found.ensemble_), found.out_of_fold_, np.array(found.ensemble_.weights)]


KINDS: dict[str, Callable[[Mapping[str, Any]], list[Any]]] = {
    "stability": _stability,
    "null scores": _nulls,
    "twins": _twins,
    "element power": _powers,
    "comparison": _comparison,
    "settings": _settings,
}


# ---------------------------------------------------------------- what checkpoints cost


def _of_a_tenth_of_a_second(options: Mapping[str, Any]) -> Any:
    X, y = _large()
    recipe = stability.Recipe(
        "tanh", "sigmoid", options={"epochs": 20, "optimizer": hn.Adam(0.01), "batch_size": 32}
    )
    H = hn.Hierarchy.from_covers([(f"x{j}", f"g{j // 5}") for j in range(400)]).crown(["y"])
    return stability.stability(recipe, H, X, y, runs=20, **options)


def _large() -> tuple[Any, Any]:
    X = np.random.default_rng(0).standard_normal((3000, 400))
    return X, (X[:, :5].sum(axis=1) > 0).astype(int)


def _fit(options: Mapping[str, Any]) -> Any:
    X, y = _large()
    net = hn.Network(hn.Hierarchy.complete(400, 300, 1), hidden="tanh", output="sigmoid", seed=0)
    return hn.fit(net, X, y, optimizer=hn.Adam(0.001), epochs=20, n_threads=1, **options)


COSTS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "stability": _of_a_tenth_of_a_second,
    "element power": _powers,
    "comparison": _comparison,
    "settings": _settings,
    "fit": _fit,
}


def _costs(place: Path, times: int, kinds: list[str]) -> int:
    warnings.simplefilter("ignore")
    for kind in kinds:
        COSTS[kind]({})
        seconds = [(_seconds(kind, None), _seconds(kind, place / f"{kind} {k}")) for k in range(times)]
        without, kept = map(min, zip(*seconds, strict=True))
        print(
            f"{kind}: {without:.2f} s without checkpoints, {kept:.2f} s with them ({kept / without - 1:+.1%})",
            flush=True,
        )
    return 0


def _seconds(kind: str, folder: Path | None) -> float:
    began = time.perf_counter()
    COSTS[kind]({} if folder is None else {"checkpoint": folder})
    return time.perf_counter() - began


# ---------------------------------------------------------------- killing


def _run(kind: str, folder: Path | None, n_jobs: int, answer: Any) -> None:
    warnings.simplefilter("ignore")
    written: list[str] = []
    genuine = CheckpointFolder.write

    def write(self: CheckpointFolder, name: str, record: Any) -> None:
        written.extend([] if self.job else _names(self.prefix + name, record))
        genuine(self, name, record)

    CheckpointFolder.write = write  # type: ignore[method-assign]
    with joblib.parallel_config(backend="threading"):
        found = KINDS[kind]({"n_jobs": n_jobs, **_kept_in(folder)})
    answer.send((sha256(b"".join(part.tobytes() for part in found)).hexdigest(), written))


def _kept_in(folder: Path | None) -> dict[str, Any]:
    return {} if folder is None else {"checkpoint": folder, "every": _EVERY}


def _begun(kind: str, folder: Path | None, n_jobs: int) -> tuple[Any, Any]:
    mine, its = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=_run, args=(kind, folder, n_jobs, its))
    process.start()
    return process, mine


def _ended(kind: str, folder: Path | None, n_jobs: int) -> tuple[str, list[str]]:
    process, mine = _begun(kind, folder, n_jobs)
    bits, written = mine.recv()
    process.join()
    return bits, written


def _killed(kind: str, folder: Path, n_jobs: int, seconds: float, *, writing: bool) -> bool:
    """Kill a run after some seconds, or when it writes next; return whether it had not come to its end."""
    process, _ = _begun(kind, folder, n_jobs)
    time.sleep(seconds)
    until = time.monotonic() + 2
    while writing and not list(folder.glob(".*.part")) and time.monotonic() < until and process.is_alive():
        pass
    process.kill()
    process.join()
    return process.exitcode == -signal.SIGKILL


if __name__ == "__main__":
    raise SystemExit(main())
