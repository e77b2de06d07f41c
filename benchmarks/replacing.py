"""Model folders that are replaced: by runs that are killed in the middle of it, and while others read.

    python benchmarks/replacing.py
    python benchmarks/replacing.py --kills 20 --reads 1000 --in-two-steps

After each kill the folder has to hold a whole model, and nothing may stand beside it once the next run has saved. Every
read has to give one of the models that are written, without an error. ``--in-two-steps`` does without the exchange of
names, as on a system that has none. The script ends with 1 if anything was found absent or failed.
"""

from __future__ import annotations

import argparse
import multiprocessing as mp
import os
import random
import signal
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import hassenet as hn
from hassenet.files import exchange

SHAPE = (200, 50, 2)
_WRITERS, _READERS = 2, 2


def main() -> int:
    """Run both and print what was found."""
    o = _options()
    with TemporaryDirectory(dir=o.folder) as place:
        failed = kills(Path(place), o.kills, o.in_two_steps) + reads(Path(place), o.reads, o.in_two_steps)
    return int(failed > 0)


def kills(place: Path, n: int, in_two_steps: bool) -> int:
    """Kill a process that saves over a model, at a random moment, n times; return how often no whole one was left."""
    path, failed, left = place / "killed", 0, 0
    hn.save(_network(0), path)
    for k in range(n):
        _killed(path, random.Random(k).uniform(0, 0.05), in_two_steps)
        failed += not _is_whole(path)
        left += len(list(place.iterdir())) > 1
    hn.save(_network(0), path, force=True)
    beside = [entry.name for entry in place.iterdir() if entry != path]
    print(
        f"{n:,} kills: {failed} times no whole model, {left} times something beside it; after the next save: {beside}"
    )
    return failed + len(beside)


def reads(place: Path, n: int, in_two_steps: bool) -> int:
    """Read n times while writers replace the folder; return how often that failed."""
    path = place / "read"
    hn.save(_network(0), path)
    context = mp.get_context("fork")
    writers = [context.Process(target=_write_on, args=(path, in_two_steps)) for _ in range(_WRITERS)]
    for writer in writers:
        writer.start()
    with context.Pool(_READERS) as pool:
        found = pool.starmap(_read, [(path, n // _READERS)] * _READERS)
    ended = sum(not writer.is_alive() for writer in writers)
    for writer in writers:
        writer.kill()
        writer.join()
    failed, seen = sum(f for f, _ in found), set().union(*(s for _, s in found))
    print(
        f"{n:,} reads beside {_WRITERS} writers: {failed} failed, {ended} writers ended by an error; "
        f"{len(seen):,} different models were seen"
    )
    return failed + ended


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--reads", type=int, default=20_000)
    parser.add_argument(
        "--folder", help="where the models are written; by default the system's temporary folder"
    )
    parser.add_argument("--in-two-steps", action="store_true")
    return parser.parse_args()


def _network(seed: int) -> hn.Network:
    return hn.Network(hn.Hierarchy.complete(*SHAPE), seed=seed)


def _killed(path: Path, seconds: float, in_two_steps: bool) -> None:
    """Let a process save without end, and kill it so long after its first model was written."""
    ready, told = mp.Pipe(duplex=False)
    process = mp.get_context("fork").Process(target=_write_on, args=(path, in_two_steps, told))
    process.start()
    ready.recv()
    time.sleep(seconds)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()


def _write_on(path: Path, in_two_steps: bool, told: object = None) -> None:
    if in_two_steps:
        exchange._function = lambda: None  # type: ignore[assignment]
    seed = os.getpid()
    while True:
        seed += 1
        try:
            hn.save(_network(seed % 1000), path, force=True)
        except hn.errors.OutputExistsError:  # in two steps another writer may have been faster
            continue
        if told is not None:
            told.send(None)  # type: ignore[attr-defined]
            told = None


def _read(path: Path, n: int) -> tuple[int, set[bytes]]:
    failed, seen = 0, set()
    for _ in range(n):
        try:
            seen.add(hn.load(path).theta[:4].tobytes())
        except Exception as error:
            failed += 1
            print(f"{type(error).__name__}: {error}")
    return failed, seen


def _is_whole(path: Path) -> bool:
    try:
        hn.load(path)
    except Exception as error:
        print(f"{type(error).__name__}: {error}")
        return False
    return True


if __name__ == "__main__":
    raise SystemExit(main())
