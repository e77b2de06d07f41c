"""Signs of covers come back from a folder, and faults in them are named."""

from __future__ import annotations

import json

import numpy as np
import pytest

from hassenet.errors import StorageError
from hassenet.hierarchy import Hierarchy
from hassenet.network import Ensemble, Network, directions
from hassenet.storage import load, save

from .editing import JSON, edit_json, edit_tensors

PAIRS = [("a", "p"), ("b", "p"), ("b", "q"), ("p", "y"), ("q", "y"), ("c", "y")]
NET = Network(Hierarchy.from_covers(PAIRS, signs=[1, -1, 0, -1, 0, 1]).graded(), "tanh", seed=1)
SIGNS = "covers.0.signs"


@pytest.fixture
def kept(tmp_path):
    save(NET, tmp_path / "model")
    return tmp_path / "model"


def test_signs_come_back_with_the_network_and_every_member(kept, tmp_path):
    assert load(kept).hierarchy == NET.hierarchy
    assert directions(load(kept)) == directions(NET) == {"a": -1, "c": 1}
    free = Network(Hierarchy.from_covers(PAIRS).graded(), "tanh")
    save(Ensemble([NET, free, NET]), tmp_path / "three")
    assert [net.hierarchy.is_signed for net in load(tmp_path / "three")] == [True, False, True]


def test_a_folder_without_signs_does_not_speak_of_them(tmp_path):
    save(Network(Hierarchy.from_covers(PAIRS).graded()), tmp_path / "model")
    assert "signed" not in json.loads((tmp_path / "model" / JSON).read_text())["network"]


ARRAYS = {
    "missing": (lambda a: a.pop(SIGNS), "'covers.0.signs' missing"),
    "too few": (lambda a: a.update({SIGNS: a[SIGNS][:-1]}), "one a cover, 4 of them"),
    "of another type": (lambda a: a.update({SIGNS: a[SIGNS].astype("i4")}), "must be int8"),
    "of 2": (lambda a: a.update({SIGNS: 2 * a[SIGNS]}), "must be 1, -1 or 0"),
    "free, all of them": (lambda a: a.update({SIGNS: 0 * a[SIGNS]}), "not all of them 0"),
    "of a relay": (lambda a: a.update({SIGNS: np.array([1, -1, 0, 1], "i1")}), "hands on a value as it is"),
    "against the weights": (lambda a: a.update({SIGNS: -a[SIGNS]}), "keeps the sign of its cover"),
}


@pytest.mark.parametrize(("change", "words"), ARRAYS.values(), ids=ARRAYS)
def test_a_fault_in_signs_is_named(kept, change, words):
    edit_tensors(kept, change)
    with pytest.raises(StorageError, match=words):
        load(kept)


@pytest.mark.parametrize("signed", [[0, 0], [1, 0], [0, 1, 2]])
def test_layers_with_signs_are_named_once_in_order(kept, signed):
    edit_json(kept, lambda document: document["network"].update(signed=signed))
    with pytest.raises(StorageError, match="signed names layers, 0 to 1"):
        load(kept)
