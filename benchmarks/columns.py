"""A million rows of thirty columns of all kinds: how long they take to be read and prepared, and how much memory.

    python benchmarks/columns.py [rows] [float32 | float64 | network | early | settings]

The table is written as CSV first, by another process. Its size in memory is that of pandas' frame. Features are of
float32, as a network takes them, or of float64 if asked for. The other words fit an estimator for one epoch: a
NetworkClassifier (of float64), the same with early stopping, a HierarchyClassifier with one setting.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np

_LEVELS = [f"level {k}" for k in range(12)]


def written(path: Path, m: int) -> None:
    """Write the table, and print how large it is in memory, in bytes."""
    import pandas as pd

    rng = np.random.default_rng(0)
    columns = {"record": np.arange(m), "name": [f"person {k}" for k in range(m)]}
    columns |= {f"amount {k}": rng.normal(size=m).round(4) for k in range(10)}
    columns |= {f"gaps {k}": _with_gaps(rng.normal(size=m).round(4), rng) for k in range(4)}
    columns |= {f"count {k}": rng.poisson(5, m) for k in range(4)}
    columns |= {f"category {k}": rng.choice(_LEVELS, m) for k in range(5)}
    columns |= {f"truth {k}": rng.random(m) < 0.4 for k in range(2)}
    columns |= {"visit": _dates(rng.integers(0, 3000, m)), "seen": _dates(rng.integers(0, 300, m))}
    columns |= {"spelled": [f"{x:,.2f}" for x in rng.lognormal(7, 1, m)]}
    frame = pd.DataFrame(columns)
    frame.to_csv(path, index=False)
    print(frame.astype({"name": object}).memory_usage(deep=True).sum(), len(frame.columns))


def _with_gaps(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    values[rng.random(len(values)) < 0.1] = np.nan
    return values


def _dates(days: np.ndarray) -> np.ndarray:
    return np.datetime_as_string(np.datetime64("2015-01-01") + days)


def prepared(path: Path, dtype: str) -> None:
    """Read and prepare the table, and print what that took."""
    from hassenet.model import recognised
    from hassenet.tables import read_table

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, begun = time.perf_counter(), time.process_time()
    table = read_table(path)
    read = time.process_time()
    found = recognised(table, table.columns)
    known = time.process_time()
    X = found.encoding(table, dtype)
    end, ended = time.perf_counter(), time.process_time()
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    shares = {"read": read - begun, "recognised": known - read, "encoded": ended - known}
    print("of the processor: " + ", ".join(f"{what} {seconds:.2f} s" for what, seconds in shares.items()))
    print(f"{end - start:.2f} s in all by the clock")
    print(f"{X.shape[1]} features of {X.shape[0]:,} rows, {X.nbytes / 1e6:,.0f} MB of {X.dtype}")
    print(f"peak {(after - before) / 1e3:,.0f} MB above that of the start")


def fitted(path: Path, which: str) -> None:
    """Read the table and fit an estimator on it, and print what that took."""
    import hassenet as hn
    from hassenet.selection import Setting
    from hassenet.tables import read_table

    warnings.simplefilter("ignore")
    few = read_table(path, only=["amount 0", "category 0", "count 0"]).take(
        np.arange(200)
    )  # imports do not count
    hn.NetworkClassifier((2,), max_iter=1).fit(few.select(["amount 0", "category 0"]), few["count 0"] > 5)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, table = time.perf_counter(), read_table(path)
    y = np.asarray(table["truth 0"]).astype(int)
    X = table.select([name for name in table.columns if name != "truth 0"])
    del table
    if which == "settings":
        one = [Setting(0.1, neurons=0)]
        hn.HierarchyClassifier(folds=2, members=1, settings=one, steps=2, random_state=0).fit(X, y)
    else:
        stops = which == "early"
        hn.NetworkClassifier((4,), max_iter=1, batch_size=10_000, early_stopping=stops, random_state=0).fit(
            X, y
        )
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{time.perf_counter() - start:.2f} s in all by the clock")
    print(f"peak {(after - before) / 1e3:,.0f} MB above that of the start")


def main() -> None:
    """Measure, each step in a process of its own."""
    m, dtype, *_ = [*sys.argv[1:], *("1000000", "float32")[len(sys.argv) - 1 :]]
    m = int(m)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        size, n = _in_a_process("written", path, m).split()
        megabytes = path.stat().st_size / 1e6, int(size) / 1e6
        print("{:,} rows × {} columns: {:,.0f} MB of CSV, {:,.0f} MB in memory".format(m, n, *megabytes))
        print(_in_a_process("prepared" if dtype.startswith("float") else "fitted", path, dtype), end="")


def _in_a_process(name: str, *arguments: object) -> str:
    path, *rest = arguments
    call = f"import columns; from pathlib import Path; columns.{name}(Path({str(path)!r}), *{rest})"
    command = [sys.executable, "-c", call]
    return subprocess.run(
        command, cwd=Path(__file__).parent, check=True, text=True, stdout=subprocess.PIPE
    ).stdout


if __name__ == "__main__":
    main()
