"""Time and memory follow the size of a folder and of a file, whatever was made to take more."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from hassenet.engines import get_engine
from hassenet.errors import DuplicateElementError, StorageError
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.readers import read_tree
from hassenet.storage.names import check_hashes
from hassenet.task.names import distinct

ALIKE = [k * (2**61 - 1) for k in range(4)]  # whole numbers with the hash 0


def test_names_that_were_made_to_have_one_hash_are_refused():
    names = list(product(ALIKE, repeat=6))
    assert len(set(map(hash, names[:10]))) == 1
    with pytest.raises(StorageError, match="4,096 of 4,097 have the same"):
        check_hashes([*names, "a"])
    check_hashes(names[:1000])


def test_a_key_doubled_among_many_is_found_at_once(tmp_path: Path):
    keys = ", ".join(f'"k{k}": ["x{k}"]' for k in [*range(60_000), 59_999])
    (tmp_path / "tree.json").write_text(f"{{{keys}}}")
    with pytest.raises(DuplicateElementError, match="'k59999' stands twice"):
        read_tree(tmp_path / "tree.json")


def test_names_that_are_alike_are_told_apart_in_as_many_tries_as_there_are():
    tries: list[str] = []

    class Taken:
        def __contains__(self, name: object) -> bool:
            tries.append(str(name))
            return False

    names = distinct(["ill"] * 300, Taken())
    assert len(set(names)) == 300
    assert len(tries) <= 600


def test_a_network_of_many_ranks_is_computed_by_every_engine(engine):
    depth = 1000
    net = Network(Hierarchy.complete(*[1] * (depth + 1)), hidden="identity", theta=[1.0, 0.0] * depth)
    found = get_engine(engine)
    assert found.forward(net.plan, net.theta, found.put(np.full((1, 1), 2.0))) == 2
