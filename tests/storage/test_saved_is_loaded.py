"""Law: what is loaded is what was saved, bit for bit."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet.errors import ParameterError, StorageError
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import CrossEntropy, Heads
from hassenet.model import Model
from hassenet.network import Network
from hassenet.shaping import head_per_element, head_per_rank
from hassenet.storage import load, save
from hassenet.testing import networks
from hassenet.training.objective import cost


def through_disk(thing):
    with TemporaryDirectory() as folder:
        save(thing, Path(folder) / "model")
        return load(Path(folder) / "model")


def same(a: Network, b: Network) -> bool:
    return (
        a.hierarchy == b.hierarchy
        and a.activations == b.activations
        and a.dtype == b.dtype
        and a.theta.tobytes() == b.theta.tobytes()
    )


@given(networks(dtype="float32"))
def test_a_network_of_single_numbers_comes_back_bit_for_bit(net):
    assert same(through_disk(net), net)


@given(networks(dtype="float64"), st.integers(0, 2**32 - 1))
def test_a_loaded_network_predicts_the_same_bits(net, seed):
    X = np.random.default_rng(seed).normal(size=(3, net.hierarchy.shape[0]))
    assert through_disk(net)(X).tobytes() == net(X).tobytes()


@pytest.mark.parametrize("put_heads", [head_per_rank, head_per_element])
@pytest.mark.parametrize("outputs", [["ill", "well"], [("the", 1), 2]])
def test_a_network_with_heads_comes_back_with_their_names_and_blocks(put_heads, outputs):
    H = put_heads(Hierarchy.subsets(3), outputs).hierarchy
    n = H.shape[-1] // 2
    net = Network(H, output=f"softmax/{n}", dtype="float64")
    loaded = through_disk(net)
    assert same(loaded, net)
    assert repr(loaded.hierarchy.ranks) == repr(H.ranks)
    loss = Heads(CrossEntropy(), np.arange(1, n + 1) / n)
    data = np.eye(3), np.array([0, 1, 1]), loss
    assert cost(loaded, *data) == cost(net, *data)


text = st.text(st.characters(blacklist_categories=("Cs",)))
names = st.recursive(
    text | st.integers(-(2**63) + 1, 2**63 - 1), lambda part: st.lists(part).map(tuple), max_leaves=5
)


@given(st.lists(names, min_size=3, max_size=8, unique=True))
def test_every_kind_of_name_comes_back_with_its_type(elements):
    net = Network(
        Hierarchy.from_covers([(low, elements[-1]) for low in elements[:-1]]).crown([("the", "output")])
    )
    loaded = through_disk(net).hierarchy
    assert loaded == net.hierarchy
    assert repr(loaded.ranks) == repr(net.hierarchy.ranks)


def test_numbers_of_numpy_are_saved_as_names_and_truth_values_are_refused():
    H = Hierarchy.complete(2, 1, names=[[np.int64(3), np.str_("a")], ["y"]])
    assert through_disk(Network(H)).hierarchy == H
    with pytest.raises(StorageError, match=r"rename\(str\)"):
        through_disk(Network(Hierarchy.complete(1, 1, names=[[True], ["y"]])))


@pytest.mark.parametrize("name", [1.5, frozenset("ab"), b"a", 2**70, "\ud800", (1, None)])
def test_a_name_that_json_cannot_hold_is_refused_with_the_remedy(name, tmp_path):
    net = Network(Hierarchy.complete(1, 1, names=[[name], ["y"]]))
    with pytest.raises(StorageError, match=r"rename\(str\)"):
        save(net, tmp_path / "model")
    assert not list(tmp_path.iterdir())


def test_names_nested_a_thousand_deep_are_refused(tmp_path):
    name: object = "a"
    for _ in range(20_000):
        name = (name,)
    net = Network(Hierarchy.complete(2, 1)).hierarchy
    try:
        H = net.rename({"x0": name})
    except RecursionError:  # Python itself cannot compare or hash such a name
        return
    with pytest.raises(StorageError):
        save(Network(H), tmp_path / "model")


def test_a_complete_layer_stores_no_indices(tmp_path):
    save(Network(Hierarchy.complete(100, 100, 100)), tmp_path / "model")
    size = (tmp_path / "model" / "model.safetensors").stat().st_size
    assert size < 4 * (2 * 100 * 100 + 200) + 500


def test_the_files_are_the_same_bytes_each_time(tmp_path):
    net = Network(Hierarchy.subsets(3))
    for name in "ab":
        save(net, tmp_path / name)
    for file in ("model.json", "model.safetensors"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_only_networks_and_models_are_saved(tmp_path):
    with pytest.raises(StorageError, match="network_"):
        save(object(), tmp_path / "model")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match=r"costs\.png"):
        save(Network(Hierarchy.complete(1, 1)), tmp_path / "model", attachments={"notes.txt": b""})


def test_a_model_comes_back_whole(model: Model):
    loaded = through_disk(model)
    assert isinstance(loaded, Model)
    assert same(loaded.network, model.network)
    for field in ("features", "task", "targets", "classes", "scaling", "log10", "metrics", "stopped"):
        assert getattr(loaded, field) == getattr(model, field), field
    assert [type(c) for c in loaded.classes or ()] == [type(c) for c in model.classes or ()]
    assert repr(loaded.history) == repr(model.history)


def test_a_folder_without_a_history_is_as_it_was_before_there_were_any(two_classes: Model, tmp_path: Path):
    save(two_classes, tmp_path / "model")
    assert "epochs" not in json.loads((tmp_path / "model" / "model.json").read_text())["model"]
