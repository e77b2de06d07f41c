"""What a table's columns are is kept with a model, strictly, and under its seal."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from tests.tables.columns import people

from hassenet.data.recognition import recognised
from hassenet.errors import ShapeError, StorageError
from hassenet.hierarchy import Hierarchy
from hassenet.model import Model
from hassenet.network import Network
from hassenet.storage import load, save
from hassenet.storage.seal import sealed

FRAME = people(60)


@pytest.fixture
def model():
    encoding = recognised(FRAME, [name for name in FRAME.columns if name != "ill"]).encoding
    net = Network(
        Hierarchy.complete(len(encoding.features), 1, names=[encoding.features, None]), output="sigmoid"
    )
    return Model(net, encoding.features, "classification", ("ill",), ("no", "yes"), encoding=encoding)


@pytest.fixture
def folder(model, tmp_path):
    save(model, tmp_path / "model")
    return tmp_path / "model"


def test_an_encoding_that_is_saved_is_loaded(model, folder):
    found = load(folder)
    assert found.encoding == model.encoding
    assert (found.columns, found.features) == (model.columns, model.features)
    np.testing.assert_array_equal(found.predict_proba(FRAME), model.predict_proba(FRAME))


def changed(folder, change):
    """Write model.json with another encoding, sealed anew."""
    path = folder / "model.json"
    document = json.loads(path.read_bytes())
    del document["seal"]
    change(document["model"]["encoding"]["variables"])
    path.write_bytes(sealed(json.dumps(document).encode()))


FAULTS = {
    "a kind that there is not": lambda v: v[0].update(column="colours"),
    "a field too many": lambda v: v[0].update(more=1),
    "a field too few": lambda v: v[0].pop("gaps"),
    "a mark that there is not": lambda v: v[0].update(decimal="x"),
    "gaps that are text": lambda v: v[0].update(gaps="yes"),
    "a level twice": lambda v: v[1].update(levels=["Bonn", "Bonn"]),
    "a level that is not a feature": lambda v: v[1].update(levels=["Paris"]),
    "a day that is not one": lambda v: next(x for x in v if x["column"] == "dates").update(
        first="2019-13-01"
    ),
    "parts out of order": lambda v: next(x for x in v if x["column"] == "dates").update(
        parts=["day", "month"]
    ),
    "a variable twice": lambda v: v.append(v[0]),
    "a number for a name": lambda v: v[0].update(name=1),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_encoding_that_is_not_one_is_refused(folder, fault):
    changed(folder, FAULTS[fault])
    with pytest.raises(StorageError, match=r"model\.json"):
        load(folder)


def test_a_change_of_an_encoding_is_noticed_by_the_seal(folder):
    path = folder / "model.json"
    path.write_bytes(path.read_bytes().replace(b'"Bonn"', b'"Genf"', 1))
    with pytest.raises(StorageError, match="seal"):
        load(folder)


def test_a_model_has_the_features_of_its_encoding(model):
    names = tuple(f"f{k}" for k in range(len(model.features)))
    with pytest.raises(ShapeError, match="in their order"):
        replace(model, features=names)
