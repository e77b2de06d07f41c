"""Whatever is in the folder, ``load`` gives a valid network or a StorageError that names file, rule and remedy."""

from __future__ import annotations

import json
import os
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory import holds_less

sys.path.insert(0, str(Path(__file__).parent))  # editing.py, whatever pytest's import mode
from editing import JSON, TENSORS, Edit, edit_json, edit_tensors, resealed, seal, write_signed

from hassenet.errors import StorageError
from hassenet.hierarchy import Hierarchy
from hassenet.model import Model
from hassenet.network import Network
from hassenet.storage import load, save


@pytest.fixture
def folder(tmp_path: Path, two_classes: Model) -> Path:
    save(two_classes, tmp_path / "model")
    return tmp_path / "model"


def refusal(folder: Path, file: str) -> str:
    with pytest.raises(StorageError) as caught:
        load(folder)
    message = str(caught.value)
    assert file in message, "the file is named"
    assert ";" in message, "the remedy follows the rule"
    return message


# ---------------------------------------------------------------- the folder


@pytest.mark.parametrize("missing", [JSON, TENSORS])
def test_a_missing_file_is_named(folder, missing):
    (folder / missing).unlink()
    assert "there is none in" in refusal(folder, missing)


def test_a_file_or_nothing_in_place_of_the_folder_is_refused(folder):
    assert "is not a folder" in refusal(folder / JSON, JSON)
    assert "is not a folder" in refusal(folder / "elsewhere", "elsewhere")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without named pipes")
@pytest.mark.parametrize("file", [JSON, TENSORS])
def test_a_pipe_in_place_of_a_file_is_not_waited_for(folder, file):
    (folder / file).unlink()
    os.mkfifo(folder / file)
    assert "plain file" in refusal(folder, file)


@pytest.mark.parametrize("file", [JSON, TENSORS])
def test_a_folder_in_place_of_a_file_is_refused(folder, file):
    (folder / file).unlink()
    (folder / file).mkdir()
    refusal(folder, file)


# ---------------------------------------------------------------- model.json

JSON_FAULTS: dict[str, tuple[Edit, str]] = {
    "wrong version": (lambda d: d.update(version=4), "versions up to 3.*update hassenet"),
    "wrong format": (lambda d: d.update(format="other"), "format"),
    "version as text": (lambda d: d.update(version="1"), "version"),
    "extra key": (lambda d: d.update(comment="hello"), "unknown field `comment`"),
    "extra key inside": (lambda d: d["network"].update(code="import os"), "unknown field `code`"),
    "missing key": (lambda d: d.pop("model"), "missing required field `model`"),
    "missing key inside": (lambda d: d["network"].pop("ranks"), "missing required field `ranks`"),
    "wrong dtype name": (lambda d: d["network"].update(dtype="float16"), "float16"),
    "ranks of another kind": (lambda d: d["network"].update(ranks=3), "Expected `array`"),
    "unknown activation": (lambda d: d["network"].update(activations=["magic"] * 2), "magic"),
    "too few activations": (lambda d: d["network"].update(activations=[]), "one entry a layer"),
    "too many names in a rank": (lambda d: d["network"]["activations"].__setitem__(0, ["tanh"]), "elements"),
    "unknown kind of layer": (lambda d: d["network"]["layers"].__setitem__(0, "dense"), "dense"),
    "too few layers": (lambda d: d["network"].update(layers=["sparse"]), "one entry a layer"),
    "a complete layer with indices": (
        lambda d: d["network"]["layers"].__setitem__(0, "complete"),
        "not expected",
    ),
    "an empty rank": (lambda d: d["network"]["ranks"].__setitem__(0, []), "empty"),
    "no ranks": (lambda d: d["network"].update(ranks=[], layers=[], activations=[]), "two ranks"),
    "a name twice": (lambda d: d["network"]["ranks"].__setitem__(1, ["A", "A"]), "more than once"),
    "a name that is a number with a point": (
        lambda d: d["network"]["ranks"][0].__setitem__(0, 1.5),
        "named by",
    ),
    "a name that is nothing": (lambda d: d["network"]["ranks"][0].__setitem__(0, None), "named by"),
    "a name that is an object": (
        lambda d: d["network"]["ranks"][0].__setitem__(0, {"relay": "a"}),
        "named by",
    ),
    "half a head": (
        lambda d: d["network"]["ranks"][0].__setitem__(0, {"rank_head": "a"}),
        "a list, a covariate, a relay, a head, a unit or a constant",
    ),
    "a head of a rank that is not a number": (
        lambda d: d["network"]["ranks"][0].__setitem__(0, {"rank_head": "a", "rank": True}),
        "a list, a covariate, a relay, a head, a unit or a constant",
    ),
    "a head of two things": (
        lambda d: d["network"]["ranks"][0].__setitem__(0, {"rank_head": "a", "rank": 1, "element": "b"}),
        "a list, a covariate, a relay, a head, a unit or a constant",
    ),
    "a relay that covers two": (
        lambda d: d["network"]["ranks"][1].__setitem__(0, {"relay": "x", "rank": 1}),
        "a relay covers one",
    ),
    "a feature too few": (lambda d: d["model"]["features"].pop(), "must be float64"),
    "a feature twice": (lambda d: d["model"].update(features=["A|a"] * 3), "its own feature"),
    "an unknown task": (lambda d: d["model"].update(task="guess"), "guess"),
    "no classes": (lambda d: d["model"].update(classes=None), "classes"),
    "too many classes": (lambda d: d["model"].update(classes=[1, 2, 3]), "as many outputs"),
    "scaling where there is none": (lambda d: d["model"].update(scaled=False), "not expected"),
    "text as metric": (lambda d: d["model"].update(metrics={"a": {"b": "c"}}), "Expected `float`"),
    "another digest": (lambda d: d.update(digest="0" * 64), "digest"),
    "a relay that covers another than its source": (
        lambda d: d["network"]["ranks"][1].__setitem__(1, {"relay": "A|a", "rank": 1}),
        "a relay covers its source",
    ),
    "a relay of what is not there": (
        lambda d: d["network"]["ranks"][1].__setitem__(1, {"relay": "x", "rank": 1}),
        "a relay covers its source",
    ),
    "a relay at another rank": (
        lambda d: d["network"]["ranks"][1].__setitem__(1, {"relay": "B|c", "rank": 2}),
        "a relay stands at its rank",
    ),
    "features in another order": (
        lambda d: d["model"]["features"].reverse(),
        "names of rank 0, in its order",
    ),
    "a feature of another name": (lambda d: d["model"]["features"].__setitem__(1, "A|b "), "'A|b '"),
    "a picture that is none": (lambda d: d.update(attachments={"../x.png": "0"}), "attachments"),
    "a seal in a version without": (lambda d: d.update(version=2), "a seal from version 3 on"),
    "a version with a seal that has none": (lambda d: d.pop("seal"), "a seal from version 3 on"),
}


@pytest.mark.parametrize("fault", JSON_FAULTS)
def test_a_fault_in_the_json_is_named(folder, fault):
    change, message = JSON_FAULTS[fault]
    edit_json(folder, change)
    with pytest.raises(StorageError, match=message):
        load(folder)


@pytest.mark.parametrize("key", ["task", "log10", "digest", "ranks"])
def test_a_key_that_stands_twice_in_an_object_is_refused(folder, key):
    text = (folder / JSON).read_bytes()
    start = text.index(f'"{key}":'.encode())
    opening = text.rindex(b"{", 0, start) + 1
    doubled = text[:opening] + f'"{key}":0,'.encode() + text[opening:]
    (folder / JSON).write_bytes(seal(doubled[: doubled.rindex(b',"seal"')] + b"}"))
    assert f"'{key}' stands twice" in refusal(folder, JSON)


TEXTS = {
    "nothing": b"",
    "half": b'{"format":"hassenet","version":1,"netw',
    "a list": b"[1, 2]",
    "bytes": b"\xff\xfe\x00",
    "a pickle": b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x05hello\x94.",
    "endless nesting": b'{"format":"hassenet","version":1,"digest":' + b"[" * 200_000,
    "endless names": b'{"format":"hassenet","version":1,"network":{"ranks":[['
    + b"[" * 500
    + b"]" * 500
    + b"]]}}",
    "an endless number": b'{"format":"hassenet","version":' + b"9" * 10_000 + b"}",
    "no number": b'{"format":"hassenet","version":NaN}',
}


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_that_is_not_a_json_document_is_refused(folder, text):
    (folder / JSON).write_bytes(TEXTS[text])
    refusal(folder, JSON)


# ---------------------------------------------------------------- model.safetensors

INDICES, INDPTR = "covers.0.indices", "covers.0.indptr"
TENSOR_FAULTS: dict[str, tuple[Edit, str]] = {
    "theta missing": (lambda a: a.pop("theta"), "'theta' missing"),
    "an extra array": (lambda a: a.update(spare=np.zeros(3, np.float32)), "'spare' not expected"),
    "theta too short": (lambda a: a.update(theta=a["theta"][:-1]), "theta must have"),
    "theta too long": (lambda a: a.update(theta=np.append(a["theta"], a["theta"])), "theta must have"),
    "theta empty": (lambda a: a.update(theta=a["theta"][:0]), "theta must have"),
    "theta a matrix": (lambda a: a.update(theta=a["theta"][:, None]), "theta must be float32 of shape"),
    "theta of another type": (
        lambda a: a.update(theta=a["theta"].astype(np.float64)),
        "theta must be float32",
    ),
    "theta not a number": (lambda a: a.update(theta=a["theta"] * np.nan), "finite"),
    "theta infinite": (lambda a: a.update(theta=a["theta"] + np.float32(np.inf)), "finite"),
    "indices of another type": (lambda a: a.update({INDICES: a[INDICES].astype(np.int64)}), "must be int32"),
    "index out of range": (lambda a: a.update({INDICES: a[INDICES] + 2}), "between 0 and 2"),
    "negative index": (lambda a: a.update({INDICES: a[INDICES] - 1}), "between 0 and 2"),
    "indices not sorted": (lambda a: a.update({INDICES: a[INDICES][::-1]}), "grow along each row"),
    "an index twice": (lambda a: a.update({INDICES: a[INDICES] * 0}), "grow along each row"),
    "too few indices": (lambda a: a.update({INDICES: a[INDICES][:-1]}), "indptr must grow"),
    "row starts too few": (lambda a: a.update({INDPTR: a[INDPTR][:-1]}), "must be int64 of shape"),
    "row starts fall": (lambda a: a.update({INDPTR: np.array([0, 4, 3])}), "indptr must grow"),
    "row starts negative": (lambda a: a.update({INDPTR: np.array([-1, 2, 3])}), "indptr must grow"),
    "row starts past the end": (lambda a: a.update({INDPTR: np.array([0, 2, 2**62])}), "indptr must grow"),
    "an element that covers nothing": (
        lambda a: a.update({INDPTR: np.array([0, 0, 3])}),
        "covers one or more",
    ),
    "a scale of zero": (lambda a: a.update({"scaling.scale": np.zeros(3)}), "positive"),
    "a mean that is not finite": (lambda a: a.update({"scaling.mean": np.full(3, np.nan)}), "finite"),
}


@pytest.mark.parametrize("fault", TENSOR_FAULTS)
def test_a_fault_in_the_arrays_is_named(folder, fault):
    change, message = TENSOR_FAULTS[fault]
    edit_tensors(folder, change)
    with pytest.raises(StorageError, match=message):
        load(folder)


HISTORY_FAULTS: dict[str, tuple[Edit, str]] = {
    "a history missing": (lambda a: a.pop("history"), "'history' missing"),
    "a history too short": (lambda a: a.update(history=a["history"][:1]), r"history must be float64 of shape \(2, 6\)"),
    "a history with a column too few": (lambda a: a.update(history=a["history"][:, :5]), "history must be float64"),
    "half an epoch": (lambda a: a.update(history=a["history"] + 0.5), "numbers of the epochs"),
    "an epoch before the first": (lambda a: a.update(history=a["history"] - [1, 0, 0, 0, 0, 0]), "from 0 that rise"),
    "an epoch twice": (lambda a: a.update(history=a["history"][[0, 0]]), "from 0 that rise"),
    "epochs that fall": (lambda a: a.update(history=a["history"][::-1]), "from 0 that rise"),
    "an infinite score": (lambda a: a.update(history=a["history"] + [0, 0, 0, -np.inf, 0, 0]), "nothing infinite"),
    "a time below 0": (lambda a: a.update(history=a["history"] - [0, 0, 0, 0, 0, 4]), "times of 0 or more"),
    "an epoch that is not a number": (lambda a: a.update(history=a["history"] * np.nan), "numbers of the epochs"),
    "a cost that is not a number": (
        lambda a: a.update(history=a["history"] * [1, np.nan, 1, 1, 1, 1]),
        "epochs with finite costs",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", HISTORY_FAULTS)
def test_a_fault_in_the_history_is_named(tmp_path, regression, fault):
    change, message = HISTORY_FAULTS[fault]
    save(regression, tmp_path / "model")
    edit_tensors(tmp_path / "model", change)
    with pytest.raises(StorageError, match=message):
        load(tmp_path / "model")


def test_a_negative_number_of_epochs_is_refused(tmp_path, two_classes):
    save(two_classes, tmp_path / "model")
    edit_json(tmp_path / "model", lambda document: document["model"].update(epochs=-1))
    assert ">= 0" in refusal(tmp_path / "model", JSON)


@pytest.mark.parametrize("epochs", [3, 10**12])
def test_a_number_of_epochs_that_the_history_has_not_is_refused(tmp_path, regression, epochs):
    save(regression, tmp_path / "model")
    edit_json(tmp_path / "model", lambda document: document["model"].update(epochs=epochs))
    assert "history must be float64" in refusal(tmp_path / "model", TENSORS)


def with_header(header: bytes, data: bytes = b"") -> bytes:
    return len(header).to_bytes(8, "little") + header + data


ONE = b'{"theta":{"dtype":"%s","shape":[%s],"data_offsets":[0,%s]}}'
HEADERS = {
    "nothing": b"",
    "a few bytes": b"\x01\x02\x03",
    "a header longer than the file": (10_000).to_bytes(8, "little") + b"{}",
    "a header of exabytes": (2**63 - 1).to_bytes(8, "little") + b"{}",
    "a header longer than any number": b"\xff" * 8 + b"{}",
    "a header longer than the format allows": (200_000_000).to_bytes(8, "little") + b"{}",
    "no JSON": with_header(b"hello world"),
    "JSON of another kind": with_header(b"[1, 2, 3]"),
    "endless nesting": with_header(b"[" * 100_000),
    "a shape of exabytes": with_header(ONE % (b"F32", b"1152921504606846976", b"4611686018427387904")),
    "a shape that overflows": with_header(ONE % (b"F32", b"4294967296,4294967296,4294967296", b"4")),
    "offsets past the end": with_header(ONE % (b"F32", b"1000000", b"4000000"), b"\0" * 8),
    "offsets that do not fit the shape": with_header(ONE % (b"F32", b"5", b"8"), b"\0" * 8),
    "negative shape": with_header(ONE % (b"F32", b"-1", b"4"), b"\0" * 4),
    "unknown type": with_header(ONE % (b"F31", b"1", b"4"), b"\0" * 4),
    "a type that numpy lacks": with_header(ONE % (b"BF16", b"2", b"4"), b"\0" * 4),
    "a type of half bytes": with_header(ONE % (b"F4", b"2", b"1"), b"\0"),
    "nothing inside": with_header(b"{}"),
    "bytes that belong to nothing": with_header(b"{}", b"\0" * 100),
}


@pytest.mark.parametrize("header", HEADERS)
def test_a_lying_header_is_refused_without_taking_memory(folder, header):
    write_signed(folder, HEADERS[header])
    assert holds_less(10_000_000, lambda: refusal(folder, TENSORS))


def test_a_few_names_that_stand_for_a_huge_network_take_no_memory(tmp_path):
    save(Network(Hierarchy.complete(2, 3, 1)), tmp_path / "model")
    ranks = [[f"{i}.{k}" for k in range(50_000)] for i in range(2)] + [["y"]]
    edit_json(tmp_path / "model", lambda document: document["network"].update(ranks=ranks))
    assert "2,500,100,001" in refusal(tmp_path / "model", JSON)
    assert holds_less(100_000_000, lambda: refusal(tmp_path / "model", JSON))


# ---------------------------------------------------------------- chance


@cache
def saved() -> dict[str, bytes]:
    H = Hierarchy.from_lineages(["A|a", "A|b", "B|c"]).crown(["ill", "well"])
    with TemporaryDirectory() as place:
        save(Network(H, hidden="tanh", output="softmax"), Path(place) / "model")
        return {name: (Path(place) / "model" / name).read_bytes() for name in (JSON, TENSORS)}


def outcome(files: dict[str, bytes]) -> Network | Model | None:
    with TemporaryDirectory() as place:
        for name, data in files.items():
            (Path(place) / name).write_bytes(data)
        try:
            return load(place)
        except StorageError:
            return None


def damaged(data: bytes, places: list[tuple[float, int]]) -> bytes:
    changed = bytearray(data)
    for place, byte in places:
        changed[int(place * (len(data) - 1))] ^= byte
    return bytes(changed)


flips = st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), min_size=1, max_size=4)


@settings(max_examples=100)
@given(flips)
def test_changed_bytes_in_the_json_are_always_noticed(places):
    files = saved()
    changed = damaged(files[JSON], places)
    assert (outcome(files | {JSON: changed}) is None) == (changed != files[JSON])


@settings(max_examples=200)
@given(flips)
def test_changed_bytes_in_the_json_with_a_true_seal_give_a_network_or_our_error(places):
    files = saved()
    body = files[JSON][: files[JSON].rindex(b',"seal"')]
    found = outcome(files | {JSON: seal(damaged(body, places) + b"}")})
    assert found is None or np.isfinite(found.theta).all()


@settings(max_examples=200)
@given(flips)
def test_changed_bytes_in_the_arrays_are_always_noticed(places):
    files = saved()
    changed = damaged(files[TENSORS], places)
    assert (outcome(files | {TENSORS: changed}) is None) == (changed != files[TENSORS])


@settings(max_examples=300)
@given(flips)
def test_changed_bytes_in_arrays_with_a_true_digest_give_a_network_or_our_error(places):
    files = saved()
    changed = damaged(files[TENSORS], places)
    document = json.loads(files[JSON]) | {"digest": sha256(changed).hexdigest()}
    found = outcome({JSON: resealed(document), TENSORS: changed})
    assert found is None or np.isfinite(found.theta).all()


@given(st.sampled_from([JSON, TENSORS]), st.floats(0, 1, exclude_max=True), st.integers(0, 7))
def test_a_single_bit_that_changed_is_always_noticed(name, place, bit):
    files = saved()
    assert outcome(files | {name: damaged(files[name], [(place, 1 << bit)])}) is None


@given(st.sampled_from([JSON, TENSORS]), st.floats(0, 1, exclude_max=True))
def test_a_file_that_was_cut_off_is_always_noticed(name, share):
    files = saved()
    assert outcome(files | {name: files[name][: int(share * len(files[name]))]}) is None


@given(st.sampled_from([JSON, TENSORS]), st.binary(min_size=1, max_size=20))
def test_bytes_put_behind_a_file_are_always_noticed(name, more):
    files = saved()
    assert outcome(files | {name: files[name] + more}) is None


@pytest.mark.parametrize("name", [2**63, -(2**63), [2**64]])
def test_a_number_that_could_not_have_been_saved_is_refused(folder, name):
    edit_json(folder, lambda document: document["network"]["ranks"][0].__setitem__(0, name))
    assert "whole number below 2⁶³" in refusal(folder, "model")
