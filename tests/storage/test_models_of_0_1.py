"""A model folder that version 0.1 wrote is loaded with a note, and predicts what it predicted then."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hassenet.engines import get_engine
from hassenet.errors import HassenetWarning
from hassenet.model import Model
from hassenet.storage import load, save
from hassenet.tables import Table, read_table

JSON, TENSORS = "model.json", "model.safetensors"
FOLDERS = sorted((Path(__file__).parent.parent / "data" / "models_of_0.1").iterdir())
EVERY_FOLDER = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def written_then(folder: Path) -> tuple[Model, Table, dict[str, Any]]:
    """The model, the rows that were predicted, and what was found."""
    with pytest.warns(HassenetWarning, match="written by an older hassenet"):
        model = load(folder)
    assert isinstance(model, Model)
    return model, read_table(folder / "rows.csv"), json.loads((folder / "expected.json").read_text("utf-8"))


def as_singles(values: Any) -> np.ndarray[Any, Any]:
    return np.asarray(values, np.float32)


@EVERY_FOLDER
def test_every_field_of_a_model_of_0_1_is_as_it_was(folder: Path) -> None:
    model, _, expected = written_then(folder)
    fields = expected["fields"]
    for name in ("task", "log10", "stopped", "metrics"):
        assert getattr(model, name) == fields[name]
    for name in ("features", "targets", "classes"):
        assert getattr(model, name) == (None if fields[name] is None else tuple(fields[name]))
    assert {name: getattr(model.scaling, name).tolist() for name in ("mean", "scale")} == fields["scaling"]
    assert len(model.history) == fields["epochs"]
    assert list(model.network.hierarchy.shape) == fields["shape"]
    assert model.network.theta.tolist() == fields["theta"]
    assert repr(model) == fields["repr"]


@EVERY_FOLDER
def test_features_are_prepared_as_they_were(folder: Path) -> None:
    model, rows, expected = written_then(folder)
    np.testing.assert_array_max_ulp(model.prepare(rows), np.array(expected["prepared"]), maxulp=1)


@EVERY_FOLDER
def test_predictions_of_a_model_of_0_1_are_what_they_were(folder: Path) -> None:
    model, rows, expected = written_then(folder)
    if model.classes is not None:
        p = as_singles(model.predict_proba(rows))
        np.testing.assert_array_max_ulp(p, as_singles(expected["predict_proba"]), maxulp=1)
        assert model.predict(rows).tolist() == expected["predict"]
    else:
        np.testing.assert_array_max_ulp(
            as_singles(model.predict(rows)), as_singles(expected["predict"]), maxulp=1
        )


@EVERY_FOLDER
def test_the_readable_engine_finds_the_same_values(folder: Path) -> None:
    model, rows, expected = written_then(folder)
    net, value = model.network, expected["predict" if model.classes is None else "predict_proba"]
    engine = get_engine("reference")
    found = engine.forward(net.plan, net.theta, engine.put(model.prepare(rows)))
    np.testing.assert_allclose(found, np.array(value)[:, -found.shape[1] :], rtol=1e-6)


@EVERY_FOLDER
def test_a_loaded_model_is_written_to_the_same_bytes_but_for_version_and_seal(
    folder: Path, tmp_path: Path
) -> None:
    model, *_ = written_then(folder)
    save(model, tmp_path / "again")
    assert (tmp_path / "again" / TENSORS).read_bytes() == (folder / TENSORS).read_bytes()
    body, _ = (tmp_path / "again" / JSON).read_bytes().split(b',"seal"')
    assert body.replace(b'"version":3', b'"version":1') + b"}" == (folder / JSON).read_bytes()


@EVERY_FOLDER
def test_a_model_that_is_saved_again_is_loaded_without_a_note(folder: Path, tmp_path: Path) -> None:
    model, *_ = written_then(folder)
    save(model, tmp_path / "again")
    assert repr(load(tmp_path / "again")) == repr(model)
