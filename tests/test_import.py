"""The front door is light: what only a part needs is imported by that part."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

UNWANTED = {"sklearn", "matplotlib", "torch", "pandas", "narwhals"}  # where a network is trained
HEAVY = UNWANTED | {
    "numpy",
    "scipy",
    "pyarrow",
    "polars",
    "networkx",
    "hypothesis",
    "click",
    "tqdm",
    "joblib",
}


def imported_by(statement: str) -> set[str]:
    program = f"{statement}; import sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return {module.partition(".")[0] for module in done.stdout.split()}


def test_the_front_door_imports_nothing_heavy() -> None:
    assert not imported_by("import hassenet") & HEAVY


def test_a_network_is_built_and_trained_without_scikit_learn_plots_and_tables() -> None:
    assert not imported_by("import hassenet as hn; hn.Hierarchy, hn.Network, hn.fit") & UNWANTED


def test_every_name_of_the_front_door_can_be_had() -> None:
    import hassenet

    assert hassenet.__all__
    assert all(hasattr(hassenet, name) for name in hassenet.__all__)


def test_the_front_door_has_at_most_30_names_beside_the_rooms() -> None:
    import hassenet

    assert len([name for name in dir(hassenet) if not isinstance(getattr(hassenet, name), ModuleType)]) <= 30
