"""Milliseconds to import hassenet and to the first fit, each in a new process, the best of several.

python benchmarks/start.py
"""

from __future__ import annotations

import subprocess
import sys

ROUNDS = 7
UNWANTED = ("sklearn", "matplotlib", "torch", "pandas")
IMPORT = """
from time import perf_counter
began = perf_counter()
import hassenet as hn
print(perf_counter() - began)
"""
FIT = """
from time import perf_counter
import numpy as np
import hassenet as hn
hn.Hierarchy, hn.Network, hn.fit
X, y = np.random.default_rng(0).normal(size=(150, 4)), np.arange(150) % 3
began = perf_counter()
net = hn.Network(hn.Hierarchy.complete(4, 10, 3), output="softmax", seed=0)
hn.fit(net, X, y)
print(perf_counter() - began)
"""
MODULES = f"""
import sys
import hassenet as hn
hn.Hierarchy, hn.Network, hn.fit
print(*[name for name in {UNWANTED} if name in sys.modules])
"""


def output_of(code: str) -> str:
    """Return what a new process prints."""
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


def main() -> None:
    for name, code in {"import": IMPORT, "first fit on 150 × 4, modules loaded": FIT}.items():
        print(f"{name}: {min(float(output_of(code)) for _ in range(ROUNDS)) * 1e3:.1f} ms")
    print(f"imported of {', '.join(UNWANTED)}: {output_of(MODULES) or 'none'}")


if __name__ == "__main__":
    main()
