"""Where the compiled engine was not built the readable one serves, and says so once."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import importlib.util, warnings
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name.endswith("._native") else real(name, *rest)

import numpy as np
import hassenet as hn
from hassenet.engines import available, get_engine

print(*available(), get_engine("reference").name)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    net = hn.Network(hn.Hierarchy.complete(2, 3, 1))
    net(np.ones((1, 2)))
    hn.fit(net, np.ones((4, 2)), np.ones(4), epochs=1)
    print(get_engine().name)
print(*(f"{w.category.__name__}: {w.message}" for w in caught))
"""


def test_the_readable_engine_serves_and_one_warning_says_so():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    names, default, warned = done.stdout.splitlines()
    assert names == "reference reference"
    assert default == "reference"
    assert warned.startswith("HassenetWarning: the compiled engine was not built")
    assert warned.count("HassenetWarning") == 1
