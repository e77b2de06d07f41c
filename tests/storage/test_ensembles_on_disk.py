"""Law: ensembles, and what a model has learned beside its networks, come back bit for bit, or are refused."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load as read_tensors

sys.path.insert(0, str(Path(__file__).parent))  # editing.py, whatever pytest's import mode
from editing import edit_json, edit_tensors

from hassenet import Ensemble, Hierarchy, Model, Network, load, save
from hassenet.data.complete import Complete
from hassenet.data.step import Step
from hassenet.errors import StorageError
from hassenet.model import Fill, Logarithm, Scaling, SoftClip
from hassenet.shaping import widen

H = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "q")]).crown(["y"], over="maximal")
LINEAR = Hierarchy.complete(3, 1, names=[["a", "b", "c"], ["y"]])
KINDS = (H, H, widen(H, 2).hierarchy, LINEAR, widen(H, 2).hierarchy)
ENSEMBLE = Ensemble([Network(G, "tanh", seed=seed) for seed, G in enumerate(KINDS)], weights=[1, 2, 3, 4, 5])
X = np.random.default_rng(0).normal(size=(6, 3))
STEPS = (Fill([0.1, 0.2, 0.3]), Logarithm(9.0), Scaling([0.0, 0.1, 0.2], [1.0, 2.0, 1e-7]), SoftClip(3.0))
MODEL = Model(
    ENSEMBLE,
    ("a", "b", "c"),
    "regression",
    ("y",),
    steps=STEPS,
    target_scaling=Scaling([7.0], [1 / 3]),
    residuals=np.arange(1.0, 12.0) / 7,
    settings={"penalty": 0.1, "neurons": (1, 8), "nested": {"a": None, "b": (True, "text")}},
)
CALIBRATED = Model(
    Ensemble([Network(LINEAR, output="sigmoid", seed=seed) for seed in range(3)]),
    ("a", "b", "c"),
    "classification",
    ("health",),
    ("ill", "well"),
    steps=(Complete(),),
    temperature=1 / 3,
)


def through(thing, folder):
    save(thing, folder / "model")
    return load(folder / "model")


def test_an_ensemble_comes_back_bit_for_bit(tmp_path):
    found = through(ENSEMBLE, tmp_path)
    assert isinstance(found, Ensemble)
    assert found.weights.tobytes() == ENSEMBLE.weights.tobytes()
    assert found(X).tobytes() == ENSEMBLE(X).tobytes()
    for one, other in zip(found, ENSEMBLE, strict=True):
        assert one.hierarchy == other.hierarchy
        assert one.activations == other.activations
        assert one.theta.tobytes() == other.theta.tobytes()


def test_members_on_one_hierarchy_share_its_arrays_and_its_plan(tmp_path):
    found = through(Ensemble([Network(H, "tanh", seed=seed) for seed in range(4)]), tmp_path)
    assert len({id(net.plan) for net in found}) == 1
    arrays = read_tensors((tmp_path / "model" / "model.safetensors").read_bytes())
    assert sorted(arrays) == [
        "covers.0.indices",
        "covers.0.indptr",
        "ensemble.theta.1",
        "ensemble.theta.2",
        "ensemble.theta.3",
        "ensemble.weights",
        "theta",
    ]


@pytest.mark.parametrize("model", [MODEL, CALIBRATED], ids=["regression", "classification"])
def test_a_model_with_an_ensemble_predicts_the_same_bits(tmp_path, model):
    found = through(model, tmp_path)
    assert found.predict(X).tobytes() == model.predict(X).tobytes()
    for name in ("steps", "target_scaling", "temperature", "residuals", "settings"):
        assert getattr(found, name) == getattr(model, name), name


def test_intervals_and_probabilities_come_back(tmp_path):
    gaps = np.where(X > 1, np.nan, X)
    for one, other in zip(
        through(MODEL, tmp_path).predict(gaps, interval=0.8), MODEL.predict(gaps, interval=0.8), strict=True
    ):
        assert one.tobytes() == other.tobytes()
    found = through(CALIBRATED, tmp_path / "other")
    assert found.predict_proba(X).tobytes() == CALIBRATED.predict_proba(X).tobytes()


def test_a_folder_without_what_is_new_is_as_it_was_before(tmp_path, two_classes):
    save(two_classes, tmp_path / "model")
    document = json.loads((tmp_path / "model" / "model.json").read_text())
    assert document.keys() == {"format", "version", "digest", "network", "model", "seal"}
    assert document["model"].keys() == {
        "features", "task", "targets", "classes", "scaled", "log10", "metrics", "stopped"
    }  # fmt: skip


def test_a_step_that_is_not_the_librarys_cannot_be_saved(tmp_path):
    class Doubling(Step):
        words = "doubled"

        def check_fits(self, n):
            pass

        def of_some(self, places):
            return self

        def __call__(self, X, names=()):
            return 2 * X

    doubled = replace(MODEL, steps=(Doubling(),))
    assert doubled.predict(X).shape == (6,)
    with pytest.raises(StorageError, match="those of the library; got a Doubling"):
        save(doubled, tmp_path / "model")
    assert not list(tmp_path.iterdir())


# ---------------------------------------------------------------- damage

JSON_FAULTS = {
    "a member of no kind": (lambda d: d["ensemble"]["members"].__setitem__(0, 7), "one of 3 kinds; got 7"),
    "a member before the first": (lambda d: d["ensemble"]["members"].__setitem__(0, -1), ">= 0"),
    "a member too few": (lambda d: d["ensemble"]["members"].pop(), "not expected"),
    "a member too many": (lambda d: d["ensemble"]["members"].append(0), "'ensemble.theta.5' missing"),
    "a member of another kind": (lambda d: d["ensemble"]["members"].__setitem__(0, 1), "theta must have"),
    "a kind without members": (
        lambda d: d["ensemble"].update(members=[0, 1, 1, 1]), "each further kind|theta must have|not that of"
    ),
    "no ensemble": (lambda d: d.pop("ensemble"), "not expected"),
    "a field too many": (lambda d: d["ensemble"].update(code="import os"), "unknown field `code`"),
    "another output": (lambda d: d["ensemble"]["networks"][1].update(activations=["sigmoid"]), "same output activ"),
    "other features": (
        lambda d: d["ensemble"]["networks"][1]["ranks"].__setitem__(0, ["a", "b", "d"]), "same features"
    ),
    "an unknown step": (lambda d: d["model"]["steps"][0].update(step="run"), "run"),
    "a step with a field too many": (lambda d: d["model"]["steps"][0].update(code=""), "unknown field `code`"),
    "a step too few": (lambda d: d["model"]["steps"].pop(0), "steps.0.values"),
    "a limit below zero": (lambda d: d["model"]["steps"][3].update(limit=-1.0), "above 0"),
    "steps beside a logarithm": (lambda d: d["model"].update(log10=1.0), "got both"),
    "a temperature of zero": (lambda d: d["model"].update(temperature=0.0), "a temperature"),
    "a temperature of a regression": (lambda d: d["model"].update(temperature=2.0), "a regression got"),
    "residuals that are not there": (lambda d: d["model"].update(residuals=12), "residuals must be float64"),
    "residuals without number": (lambda d: d["model"].update(residuals=0), "'residuals' not expected"),
    "settings that are text": (lambda d: d["model"].update(settings="x"), "Expected `object`"),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(MODEL, tmp_path / "model")
    return tmp_path / "model"


@pytest.mark.parametrize("fault", JSON_FAULTS)
def test_a_fault_in_the_json_of_an_ensemble_is_named(folder, fault):
    change, message = JSON_FAULTS[fault]
    edit_json(folder, change)
    with pytest.raises(StorageError, match=message):
        load(folder)


ARRAYS = {
    "weights of zero": ("ensemble.weights", lambda w: 0 * w, "0 or more, and one at least above 0"),
    "a weight below zero": ("ensemble.weights", lambda w: w * [1, 1, 1, 1, -1], "0 or more"),
    "a weight that is not a number": ("ensemble.weights", lambda w: w * np.nan, "finite"),
    "a weight too few": ("ensemble.weights", lambda w: w[1:], "must be float64 of shape"),
    "parameters that are not numbers": ("ensemble.theta.1", lambda a: a * np.nan, "finite"),
    "a parameter too few": ("ensemble.theta.1", lambda a: a[1:], "ensemble.theta.1 is not that of a network"),
    "parameters of another type": ("ensemble.theta.1", lambda a: a.astype(float), "must be float32"),
    "covers out of range": ("ensemble.network.1.covers.0.indices", lambda a: a + 5, "between 0 and"),
    "what fills gaps is not a number": ("steps.0.values", lambda a: a * np.nan, "finite numbers"),
    "a scale of zero": ("steps.2.scale", lambda a: 0 * a, "positive"),
    "a scale of targets below zero": ("targets.scale", lambda a: -a, "positive"),
    "residuals that are not numbers": ("residuals", lambda a: a * np.nan, "finite"),
}


@pytest.mark.parametrize("fault", ARRAYS)
def test_a_fault_in_the_arrays_of_an_ensemble_is_named(folder, fault):
    name, change, message = ARRAYS[fault]
    edit_tensors(folder, lambda arrays: arrays.update({name: change(arrays[name])}))
    with pytest.raises(StorageError, match=message):
        load(folder)
