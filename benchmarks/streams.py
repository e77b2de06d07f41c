"""An epoch over Parquet that is larger than memory: rows a second, waiting, and memory, beside the same rows in memory.

    python benchmarks/streams.py --gigabytes 1
    python benchmarks/streams.py --gigabytes 0.3 --all-files no
    python benchmarks/streams.py --gigabytes 50 --memory 2 --folder /where/there/is/room

The files are of whole numbers from 0 to 63 as float32, 500 columns and a target, in row groups of 8,192 rows: Parquet
keeps six bits of each. All are copies of a few different ones, each a file of its own on the disk; they are removed at
the end. The training runs in a process of its own, under a limit on the memory that it may ask for (RLIMIT_AS,
everything that is mapped included). Its resident memory is looked at ten times a second. Rows in memory are those of
the first files. Beside each other stand: rows in memory; Parquet; Parquet whose blocks are kept by ``cache=``, in the
epoch that keeps them and in one that reads them; a .npy file of the same rows, and one that is kept. A share is that
of the rows a second in memory, of the same round.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import perf_counter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import hassenet as hn
from hassenet.engines.native import set_threads

COLUMNS, GROUP, GROUPS = 500, 8_192, 32  # of a file: 524 MB of float32
DIFFERENT = 4
CHILDREN = ("memory", "stream", "kept, first", "kept, later", "npy", "npy kept, first", "npy kept, later")
BYTES = COLUMNS * GROUP * GROUPS * 4
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Kind:
    """A network, by the ranks between features and output, and the batch."""

    widths: tuple[int, ...]
    covers: tuple[int, ...] | None
    batch: int

    @property
    def network(self) -> hn.Network:
        ranks = (COLUMNS, *self.widths, 1)
        H = (
            hn.Hierarchy.complete(*ranks)
            if self.covers is None
            else hn.Hierarchy.random(ranks, covers=self.covers, seed=0)
        )
        return hn.Network(H, output="sigmoid", seed=0)


KINDS = {
    "sparse, 4,000 covers": Kind((200, 40), (3_000, 960, 40), 256),
    "complete, 500-512-256-1": Kind((512, 256), None, 256),
}


def make(folder: Path, gigabytes: float) -> int:
    """Write the files; return how many."""
    rng, n = np.random.default_rng(0), max(1, round(gigabytes * 1e9 / BYTES))
    for k in range(n):
        path = folder / f"part-{k:04}.parquet"
        if k < DIFFERENT:
            X = rng.integers(0, 64, size=(COLUMNS, GROUP * GROUPS), dtype=np.int8).astype(np.float32)
            y = (X[:8].sum(axis=0) > 252).astype(np.int8)
            table = pa.table({f"x{i}": X[i] for i in range(COLUMNS)} | {"y": y})
            pq.write_table(table, path, row_group_size=GROUP, compression="none")
        else:
            shutil.copyfile(folder / f"part-{k % DIFFERENT:04}.parquet", path)
    return n


class Memory:
    """What is resident, looked at while something runs, in megabytes."""

    def __init__(self) -> None:
        self.seen: list[float] = []
        self._over = Event()
        self._thread = Thread(target=self._look, daemon=True)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.1):
            self.seen.append(int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE / 1e6)

    def tenths(self) -> list[int]:
        """Return the most in each tenth of the time."""
        return [round(float(part.max(initial=0))) for part in np.array_split(np.array(self.seen), 10)]


def train(o: argparse.Namespace) -> None:
    """Train for an epoch, of a stream or of rows in memory, and print what it took, as JSON."""
    if o.memory:
        limit = int(o.memory * 1e9)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    set_threads(o.threads)
    kind = list(KINDS.values())[o.kind]
    files = sorted(Path(o.folder).glob("*.parquet"))[: o.files]
    stream = parquet(files, o)
    data = (in_memory(files), stream.Y) if o.child == "memory" else (of_files(stream, files, o), None)
    with Memory() as memory:
        began = perf_counter()
        fit = hn.fit(kind.network, *data, batch_size=kind.batch, epochs=1, optimizer=hn.Adam(1e-3))
        seconds = perf_counter() - began
    found = {"rows": len(stream), "seconds": seconds, "waiting": fit.waiting, "cost": fit.history[-1].cost}
    print(json.dumps(found | {"peak": max(memory.seen, default=0), "tenths": memory.tenths()}))


def parquet(files: list[Path], o: argparse.Namespace) -> hn.data.Stream:
    """Return the stream of files of Parquet; blocks are kept where that is asked for."""
    cache = Path(o.folder) / "cache" if o.child.startswith("kept") else None
    stream = hn.data.open(files, target="y", **options_of(o), cache=cache)
    return stream.select([f"x{i}" for i in range(COLUMNS)])


def of_files(stream: hn.data.Stream, files: list[Path], o: argparse.Namespace) -> hn.data.Stream:
    """Return that stream, or that of the same rows in a .npy file, which is made."""
    if not o.child.startswith("npy"):
        return stream
    path = Path(o.folder) / "rows.npy"
    if not path.exists():
        np.save(path, in_memory(files))
    cache = Path(o.folder) / "cache" if "kept" in o.child else None
    return hn.data.open(path, stream.Y, **options_of(o), cache=cache)


def options_of(o: argparse.Namespace) -> dict[str, Any]:
    return {"window": o.window, "ahead": o.ahead, "threads": o.readers}


def in_memory(files: list[Path]) -> np.ndarray:
    """Return the features of files as one array, decoded a row group at a time."""
    X = np.empty((len(files) * GROUP * GROUPS, COLUMNS), np.float32)
    row = 0
    for path in files:
        with pq.ParquetFile(path) as file:
            for group in range(file.num_row_groups):
                table = file.read_row_group(group, columns=[f"x{i}" for i in range(COLUMNS)])
                X[row : row + len(table)] = np.stack([c.to_numpy() for c in table.columns]).T
                row += len(table)
    return X


def run(o: argparse.Namespace, child: str, kind: int, files: int, memory: float) -> dict[str, Any]:
    """Run a training in a process of its own."""
    own = {"child": child, "kind": kind, "files": files, "memory": memory, "folder": o.folder}
    same = {"window": o.window, "ahead": o.ahead, "threads": o.threads, "readers": o.readers}
    call = [sys.executable, __file__, *(f"--{name}={value}" for name, value in (own | same).items())]
    environment = {
        **os.environ,
        "MALLOC_ARENA_MAX": "2",
        "ARROW_IO_THREADS": "2",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }
    done = subprocess.run(call, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def show(what: str, found: dict[str, Any]) -> None:
    rows, seconds = found["rows"], found["seconds"]
    print(
        f"{what}: {rows:,} rows in {seconds:.0f} s, {rows / seconds:,.0f} a second, waiting {found['waiting']:.0%}, "
        f"at most {found['peak']:,.0f} MB resident, by tenths of the time {found['tenths']}",
        flush=True,
    )


def compare(o: argparse.Namespace) -> None:
    """Make the files, train on them and on some in memory, and print."""
    with TemporaryDirectory(dir=o.folder) as place:
        o.folder = place
        began = perf_counter()
        n = make(Path(place), o.gigabytes)
        size = sum(path.stat().st_size for path in Path(place).iterdir())
        print(
            f"{n} files, {n * BYTES / 1e9:.1f} GB of float32 in {size / 1e9:.2f} GB, written in "
            f"{perf_counter() - began:.0f} s",
            flush=True,
        )
        few = min(n, o.few)
        for k, name in enumerate(KINDS):
            for _ in range(o.rounds):
                shutil.rmtree(Path(place) / "cache", ignore_errors=True)
                rows = {child: run(o, child, k, few, 0) for child in CHILDREN}
                for child, found in rows.items():
                    share = (
                        found["rows"]
                        / found["seconds"]
                        / (rows["memory"]["rows"] / rows["memory"]["seconds"])
                    )
                    show(f"{name}, {few} files, {child}, {share:.2f} of memory", found)
        if o.all_files == "yes":
            show(
                f"{next(iter(KINDS))}, all files, stream, {o.memory:g} GB allowed",
                run(o, "stream", 0, n, o.memory),
            )


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--gigabytes", type=float, default=1, help="of float32, decoded")
    parser.add_argument(
        "--memory", type=float, default=2, help="gigabytes that a training on all files may ask for"
    )
    parser.add_argument("--folder", default=None, help="where the files are made, and removed")
    parser.add_argument("--window", type=float, default=128, help="megabytes")
    parser.add_argument("--ahead", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1, help="of the engine")
    parser.add_argument("--readers", type=int, default=2, help="threads that decode")
    parser.add_argument("--few", type=int, default=2, help="files that are compared with rows in memory")
    parser.add_argument("--all-files", choices=("yes", "no"), default="yes", help="train on all of them too")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--child", choices=CHILDREN, help=argparse.SUPPRESS)
    parser.add_argument("--kind", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--files", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    o = options()
    train(o) if o.child else compare(o)
