"""The demonstration, in small."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from hassenet.demo import pictures, run
from hassenet.demo.contenders import NETWORK
from hassenet.demo.data import Microbes, level
from hassenet.demo.main import Result
from hassenet.demo.scores import gradients, taxon_scores
from hassenet.errors import OutputExistsError, ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.network.elements import Elements
from hassenet.plots.labels import short_label
from hassenet.storage import load

SMALL = {"repeats": 1, "folds": 2, "epochs": 5, "trees": 5, "n_jobs": 1, "progress": False}
PICTURES = ("auc.png", "taxa.png", "hierarchy.png", "costs.png")


@pytest.fixture(scope="module", name="result")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return run(out=tmp_path_factory.mktemp("demo") / "out", **SMALL)


def test_the_demo_writes_its_pictures_and_a_report(result: Result) -> None:
    for name in PICTURES:
        assert (result.folder / name).read_bytes().startswith(b"\x89PNG")
    assert "logistic regression" in (result.folder / "report.txt").read_text(encoding="utf-8")


def test_the_table_of_results_holds_every_model_on_every_fold(result: Result) -> None:
    with (result.folder / "results.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4 * 2
    ours = [float(row["roc_auc"]) for row in rows if row["model"] == NETWORK]
    assert ours == result.aucs[NETWORK].tolist()


def test_even_a_short_training_points_the_right_way(result: Result) -> None:
    assert all(values.mean() > 0.7 for values in result.aucs.values())


def test_the_saved_model_predicts_from_raw_abundances(result: Result) -> None:
    data = Microbes.load()
    model = load(result.folder / "model")
    assert model.network.hierarchy.ranks[-1] == ("cirrhosis",)
    assert model.classes == ("healthy", "cirrhosis")
    ill = model.predict_proba(data.abundance)[:, 1]
    assert ill[data.ill == 1].mean() > ill[data.ill == 0].mean()
    assert np.array_equal(ill, result.model.predict_proba(data.abundance)[:, 1])


def test_the_taxa_are_named_ordered_and_directed(result: Result) -> None:
    scores = [taxon.score for taxon in result.taxa]
    assert len(scores) == 15
    assert scores == sorted(scores, reverse=True)
    data = Microbes.load()
    for taxon in result.taxa:
        assert taxon.level in {"species", "genus", "family", "order", "class", "phylum", "kingdom"}
        assert taxon.direction == ("cirrhosis" if data.rise(taxon.lineage) > 0 else "healthy")


def test_a_second_run_replaces_its_own_files_only(tmp_path: Path) -> None:
    (first, kept) = (tmp_path / "out", tmp_path / "out" / "mine.txt")
    run(out=first, **SMALL)
    kept.write_text("mine")
    run(out=first, **SMALL | {"seed": 1})
    assert kept.read_text() == "mine"


def test_another_folder_and_a_file_are_refused_before_anything_is_trained(tmp_path: Path) -> None:
    other = tmp_path / "results.csv"
    other.write_text("precious")
    for out in (tmp_path, other):
        with pytest.raises(OutputExistsError):
            run(out=out, **SMALL)
    assert other.read_text() == "precious"


@pytest.mark.parametrize("wrong", [{"repeats": 0}, {"folds": 1}, {"n_jobs": 0}, {"epochs": 0}])
def test_sizes_that_make_no_run_are_refused(wrong: dict[str, int], tmp_path: Path) -> None:
    with pytest.raises(ParameterError):
        run(out=tmp_path / "out", **SMALL | wrong)
    assert not (tmp_path / "out").exists()


def test_gradients_equal_central_differences_at_every_rank() -> None:
    H = Hierarchy.subsets(3).crown(["ill"])
    net = Network(H, hidden="tanh", output="sigmoid", dtype="float64", seed=3)
    x = np.array([[0.3, -1.2, 0.7]])
    g = gradients(net, x)
    for k in range(3):
        step = 1e-6 * np.eye(3)[k]
        slope = (net.signals(x + step)[-1] - net.signals(x - step)[-1]) / 2e-6
        assert g[0][0, k] == pytest.approx(float(slope[0, 0]), rel=1e-7)
    # A hidden feature moves the signal as far as its readers' weights say.
    assert np.allclose(g[-1], _last_weights(net))


def _last_weights(net: Network) -> np.ndarray:
    W = net.weights[-1]
    return np.asarray(W.toarray() if hasattr(W, "toarray") else W)


def test_the_scores_of_a_linear_network_add_up_to_how_far_apart_the_groups_are() -> None:
    H = Hierarchy.subsets(3).crown(["ill"])
    net = Network(H, hidden="identity", output="sigmoid", dtype="float64", seed=1)
    rng = np.random.default_rng(0)
    X, ill = rng.standard_normal((40, 3)), np.repeat([0, 1], 20)
    signal = net.signals(X)[-1][:, 0]
    scores = taxon_scores(net, X, ill)
    apart = signal[ill == 1].mean() - signal[ill == 0].mean()
    assert sum(scores[e] for e in H.ranks[0]) == pytest.approx(apart)


def test_the_positive_class_of_the_microbes_is_cirrhosis() -> None:
    data = Microbes.load()
    assert data.ill.sum() == 118


def test_the_abundance_of_a_taxon_is_that_of_all_below_it() -> None:
    data = Microbes.load()
    assert (
        data.rise(
            "k__Bacteria|p__Firmicutes|c__Negativicutes|o__Selenomonadales|f__Veillonellaceae|g__Veillonella"
        )
        > 0
    )
    assert level("k__Bacteria|p__Firmicutes|*") == "phylum"


def test_a_taxon_that_is_more_frequent_in_the_ill_speaks_for_the_illness_and_one_that_is_rarer_against_it(
    result: Result,
) -> None:
    """The signs that a picture of weights has, of the taxa that matter most: of a genus all that lies below it."""
    net, data = result.model.network, Microbes.load()
    weights = Elements.oriented(net)
    to_output = dict(zip(weights.links.lower.tolist(), weights.links.weight.tolist(), strict=True))
    genera = [t for t in result.taxa if t.level == "genus"][:5]
    assert genera
    for taxon in genera:
        assert to_output[weights.names.index(taxon.lineage)] * data.rise(taxon.lineage) > 0


def test_the_diagram_shows_every_taxon_of_the_table(result: Result) -> None:
    figure = pictures.taxonomy(result.model.network, result.taxa)
    shown = {text.get_text().replace("\n", " ") for text in figure.axes[0].texts}
    assert {short_label(taxon.lineage) for taxon in result.taxa} <= shown
