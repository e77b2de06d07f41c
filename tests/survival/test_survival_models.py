"""A network with its baseline: curves, medians, strata, and what is saved."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # leukaemia.py, whatever pytest's import mode
import leukaemia

from hassenet.errors import HassenetError, ParameterError, ShapeError
from hassenet.hierarchy import Hierarchy
from hassenet.network import Ensemble, Network
from hassenet.storage import load, save
from hassenet.survival import Baseline, SurvivalModel, kaplan_meier, survival_targets

Y = survival_targets(leukaemia.TIME, leukaemia.EVENT, leukaemia.SEX)
NET = Network(Hierarchy.complete(2, 1), theta=[1.3860755306, 1.6908903888, -3.0], dtype="float64")


def test_curves_are_those_of_proportional_hazards():
    model = SurvivalModel.of(NET, leukaemia.X, leukaemia.Y)
    curves = model.survival(leukaemia.X)
    baseline = model.baseline.survival([0.0]).values
    np.testing.assert_allclose(
        curves.values, baseline ** np.exp(model.log_hazard(leukaemia.X))[:, None], rtol=1e-10
    )
    np.testing.assert_array_equal(model.predict(leukaemia.X), curves.median)
    assert curves.median.min() < kaplan_meier(leukaemia.Y).median < curves.median.max()
    # a constant in the output moves the baseline, and no curve
    other = SurvivalModel.of(NET.with_theta(NET.theta + np.array([0, 0, 7])), leukaemia.X, leukaemia.Y)
    np.testing.assert_allclose(other.survival(leukaemia.X).values, curves.values, rtol=1e-9)


def test_weights_of_a_baseline_are_copies():
    copies = np.arange(42) % 3  # 0 is absence
    many = [np.repeat(a, copies, axis=0) for a in (leukaemia.X, leukaemia.Y)]
    weighted = SurvivalModel.of(NET, leukaemia.X, leukaemia.Y, copies).baseline
    np.testing.assert_allclose(weighted.hazard, SurvivalModel.of(NET, *many).baseline.hazard, rtol=1e-12)
    curve, alike = kaplan_meier(leukaemia.Y, copies), kaplan_meier(many[1])
    np.testing.assert_array_equal(curve.times, alike.times)
    np.testing.assert_allclose(curve.standard_error(12), alike.standard_error(12), rtol=1e-12)


@pytest.mark.parametrize("network", [NET, Ensemble([NET, NET.with_theta(NET.theta / 2)])])
def test_what_was_saved_has_the_same_curves_to_the_bit(tmp_path, network):
    model = SurvivalModel.of(network, leukaemia.X, Y)
    save(model, tmp_path / "model")
    found = load(tmp_path / "model")
    assert isinstance(found, SurvivalModel)
    for stratum in (0, 1, leukaemia.SEX):
        expected = model.survival(leukaemia.X, stratum)
        np.testing.assert_array_equal(found.survival(leukaemia.X, stratum).values, expected.values)
        np.testing.assert_array_equal(found.survival(leukaemia.X, stratum).times, expected.times)


def test_each_stratum_has_the_baseline_of_its_own_examples():
    model = SurvivalModel.of(NET, leukaemia.X, Y)
    women = leukaemia.SEX == 0
    alone = SurvivalModel.of(NET, leukaemia.X[women], leukaemia.Y[women])
    times = [1.0, 5.0, 12.0]
    found = model.survival(leukaemia.X[:3], 0).at(times)
    np.testing.assert_allclose(found, alone.survival(leukaemia.X[:3]).at(times), rtol=1e-12)
    with pytest.raises(ParameterError, match="each stratum has its own baseline, 0, 1; give stratum="):
        model.survival(leukaemia.X)
    with pytest.raises(ParameterError, match=r"strata are those of the training, 0, 1; got 2"):
        model.survival(leukaemia.X[:2], [1, 2])
    with pytest.raises(ParameterError, match="strata have the numbers of the target, 0, 1; got 'men'"):
        model.survival(leukaemia.X[:2], "men")


def test_several_outputs_are_not_a_hazard_ratio():
    with pytest.raises(
        ShapeError, match="a hazard ratio is one output; the network has 2; take it with_outputs"
    ):
        SurvivalModel(Network(Hierarchy.complete(2, 2)), Baseline([1.0], [0.5], [0]))


def test_a_damaged_baseline_is_refused(tmp_path):
    save(SurvivalModel.of(NET, leukaemia.X, Y), tmp_path / "model")
    path = tmp_path / "model" / "model.json"
    path.write_text(path.read_text("utf-8").replace('"baseline":{"rows":', '"baseline":{"rows":1'), "utf-8")
    with pytest.raises(HassenetError, match=r"model\.(json|safetensors)"):
        load(tmp_path / "model")


BEFORE = Path(__file__).parent.parent / "data" / "survival_before_rows"
CURVES_THEN = {  # of the log hazards 0 and 1 after 5 and 10, as they were when the folders were written
    ("plain", None): [[0.7444189229272777, 0.40243940454389787], [0.4482946740137262, 0.08422956275085462]],
    ("strata", 0): [[0.7773228023553073, 0.23089232879072502], [0.5042243264049376, 0.01860234192466395]],
    ("strata", 1): [[0.7415516336872726, 0.5800592632389643], [0.44361652602218965, 0.22753658324099138]],
}


@pytest.mark.parametrize(("name", "stratum"), CURVES_THEN)
def test_folders_whose_strata_shared_their_times_have_the_curves_they_had(tmp_path, name, stratum):
    found = load(BEFORE / name)
    assert isinstance(found, SurvivalModel)
    save(found, tmp_path / "anew")
    for model in (found, load(tmp_path / "anew")):
        curves = model.baseline.survival([0.0, 1.0], stratum).at([5, 10])
        np.testing.assert_allclose(curves, CURVES_THEN[name, stratum], rtol=1e-12)
