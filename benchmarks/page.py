"""The page of a network with 15,000 elements: seconds to make, size, and milliseconds to the first picture.

python benchmarks/page.py [FILE]   (FILE keeps the page; Chromium is needed)
"""

from __future__ import annotations

import gzip
import sys
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

from hassenet.hierarchy import Hierarchy
from hassenet.model import Model
from hassenet.network import Network
from hassenet.page import page_data, render
from hassenet.tables import Table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "page"))
from browser import browser

# As in a pathway or ontology network: most elements below, a few covers each, heads on all ranks.
SHAPE, COVERS = (9_000, 3_500, 1_700, 700, 99), (36_000, 10_500, 5_100, 2_100)
ROWS, ROUNDS = 500, 7
SHOWN = "performance.getEntriesByName('shown')[0]?.startTime"


def network() -> Network:
    H = Hierarchy.random(SHAPE, covers=COVERS, seed=0)
    H = H.rename({e: f"R-HSA-{100_000 + k} regulation by {e}" for k, e in enumerate(chain(*H.ranks))})
    return Network(H.crown(["ill"]), hidden="tanh", output="sigmoid", seed=0)


def first_picture(path: Path) -> tuple[float, float]:
    """Return milliseconds to the first picture, and of a search with its list."""
    with browser() as tab:
        tab.look()
        tab.open(path.as_uri())
        tab.wait(f"{SHOWN} > 0")
        seconds = tab.value(SHOWN)
        search = "(() => { const q = document.getElementById('query'); const t = performance.now(); q.value = 'regul';"
        return seconds, tab.value(
            f"{search} q.dispatchEvent(new Event('input')); return performance.now() - t; }})()"
        )


def main() -> None:
    net, rng = network(), np.random.default_rng(0)
    features = tuple(map(str, net.hierarchy.ranks[0]))
    X = rng.normal(size=(ROWS, len(features)))
    y = np.array(["healthy", "ill"], object)[rng.integers(0, 2, ROWS)]
    table = Table({**dict(zip(features, X.T, strict=True)), "health": y})
    model = Model(net, features, "classification", ("health",), ("healthy", "ill"))
    began = perf_counter()
    data = page_data(model, table)
    made = perf_counter()
    page = render(data).encode()
    print(f"{data!r}, {net.hierarchy.n_elements:,} with relays, {ROWS} rows, 2 classes")
    print(f"data {made - began:.2f} s, page {perf_counter() - made:.2f} s")
    print(f"size {len(page) / 1e6:.2f} MB ({len(gzip.compress(page)) / 1e6:.2f} MB gzipped)")
    with TemporaryDirectory() as folder:
        path = Path(sys.argv[1] if len(sys.argv) > 1 else f"{folder}/report.html").resolve()
        path.write_bytes(page)
        pictures, searches = zip(*(first_picture(path) for _ in range(ROUNDS)), strict=True)
    print(
        f"first picture {np.median(pictures):.0f} ms, search {np.median(searches):.1f} ms (median of {ROUNDS})"
    )


if __name__ == "__main__":
    main()
