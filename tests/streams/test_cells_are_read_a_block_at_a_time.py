"""Commands on a large .h5ad find what they find on the cells in memory."""

from __future__ import annotations

from pathlib import Path
from shutil import copyfile

import h5py
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from scipy.sparse import csr_array

import hassenet as hn
from hassenet.cli import main, streamed
from hassenet.selection import Effort, Search, Setting
from hassenet.tables import read_anndata

CELLS = Path(__file__).parents[1] / "data" / "pbmc68k.h5ad"
SETS = "B cells\tx\tCD79A\tCD79B\tMS4A1\tCD74\nNK cells\tx\tNKG7\tGNLY\tGZMB\tPRF1\n"
ONE = ("--single", "--epochs", "2")


def run(*arguments):
    done = CliRunner().invoke(main, [str(a) for a in arguments])
    assert done.exit_code == 0, done.output
    return done.output


def blocks(monkeypatch, of):
    """Let files be read a block at a time, or none."""
    monkeypatch.setattr(streamed, "LARGE", 1 if of == "blocks" else 1 << 28)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    place = tmp_path_factory.mktemp("cells")
    (place / "sets.gmt").write_text(SETS)
    cells = read_anndata(CELLS)
    doses = pd.DataFrame({"obs_names": cells["obs_names"], "dose": np.arange(len(cells)) / 7}).iloc[::-1]
    doses[doses.index % 5 > 0].to_csv(place / "doses.csv", index=False)
    return place


WAYS = {
    "genes": ("--target", "bulk_labels", *ONE),
    "gene sets beside a covariate": (
        *("--target", "bulk_labels", "--hierarchy", "sets.gmt"),
        *("--covariate", "phase", *ONE),
    ),
    "a dense layer by other names": (
        *("--target", "percent_mito", "--layer", "scaled", "--var-names", "upper"),
        *("--hidden-layer-sizes", "4", *ONE),
    ),
    "a second table": ("--target", "dose", "--targets", "doses.csv", *ONE),
    "settings that are chosen": ("--target", "bulk_labels", "--hierarchy", "sets.gmt"),
}


@pytest.mark.parametrize("way", WAYS)
def test_commands_on_a_large_file_of_cells_find_what_they_find_on_the_cells_in_memory(
    place, tmp_path, monkeypatch, way
):
    effort = Effort((Setting(0.1, neurons=1),), repeats=1, batch_size=16, steps=6)
    monkeypatch.setattr(Search, "effort", lambda search, problem: effort)
    options = [place / word if word in ("sets.gmt", "doses.csv") else word for word in WAYS[way]]
    beside = ("--targets", place / "doses.csv") if "dose" in WAYS[way] else ()
    told, thetas = {}, {}
    for of in ("blocks", "memory"):
        blocks(monkeypatch, of)
        said = run("fit", CELLS, *options, "--test-size", 0, "--no-plots", "--out", tmp_path / of)
        assert ("read a block at a time" in said) == (of == "blocks")
        thetas[of] = [net.theta for net in hn.network.Ensemble.of(hn.load(tmp_path / of).network)]
        predicted = run("predict", tmp_path / of, CELLS, *beside, "--out", tmp_path / f"{of}.csv")
        (line,) = (line for line in predicted.splitlines() if "known in" in line)
        judged = run("evaluate", tmp_path / of, CELLS, *beside)
        score = ("explain", tmp_path / of, CELLS, *(() if "--var-names" in options else ("--top", 3)))
        features = next(line for line in said.splitlines() if line.startswith("features: "))
        told[of] = features, line, judged, *([] if beside else [run(*score)])
    np.testing.assert_array_equal(thetas["blocks"], thetas["memory"])
    assert told["blocks"] == told["memory"]
    one, other = (pd.read_csv(tmp_path / f"{of}.csv") for of in ("blocks", "memory"))
    pd.testing.assert_frame_equal(one, other, rtol=1e-6)


def _with_matrix(place, X):
    """Return a copy of the cells with another matrix."""
    copyfile(CELLS, place)
    with h5py.File(place, "r+") as file:
        del file["X"]
        group = file.create_group("X")
        group.attrs.update({"encoding-type": f"{X.format}_matrix", "shape": X.shape})
        for part in ("data", "indices", "indptr"):
            group[part] = getattr(X, part)
    return place


def test_gaps_and_constants_of_sparse_cells_are_counted_as_of_those_in_memory(place, tmp_path, monkeypatch):
    X = csr_array(read_anndata(CELLS).held(read_anndata(CELLS).variables)).astype(np.float32)
    X.data[[5, 70]] = np.nan
    X.data[X.indices == 1] = 0
    path, said = _with_matrix(tmp_path / "x.h5ad", X), {}
    for of in ("blocks", "memory"):
        blocks(monkeypatch, of)
        options = ("--target", "bulk_labels", "--test-size", 0, "--no-plots", *ONE, "--out", tmp_path / of)
        said[of] = [
            line
            for line in run("fit", path, *options).splitlines()
            if "of all; filled" in line or line.startswith("constant")
        ]
    assert said["blocks"] == said["memory"]
    assert len(said["blocks"]) == 2


def test_cells_that_lie_column_by_column_and_files_at_fault_are_taken_as_those_in_memory(
    place, tmp_path, monkeypatch
):
    X = csr_array(read_anndata(CELLS).held(read_anndata(CELLS).variables))
    blocks(monkeypatch, "blocks")
    path = _with_matrix(tmp_path / "x.h5ad", X.tocsc())
    said = run("fit", path, "--target", "bulk_labels", "--no-plots", *ONE, "--out", tmp_path / "model")
    assert "read a block at a time" not in said
    (tmp_path / "cut.h5ad").write_bytes(CELLS.read_bytes()[:999])
    for file, layer, message in (
        (tmp_path / "cut.h5ad", "X", "cut.h5ad is not a whole HDF5 file"),
        (CELLS, "counts", "none called 'counts'"),
        (CELLS, None, "--sep is not about AnnData"),
    ):
        option = ("--sep", ";") if layer is None else ("--layer", layer)
        call = ["fit", file, "--target", "bulk_labels", *option, "--out", tmp_path / "none"]
        assert message in CliRunner().invoke(main, [str(a) for a in call]).output


def _beside(place, ages):
    """Return a network of cells, of which a second table knows the age, learned from blocks that are kept."""
    pd.DataFrame({"obs_names": read_anndata(CELLS)["obs_names"], "age": ages}).to_csv(
        place / "ages.csv", index=False
    )
    asked = ("--target", "bulk_labels", "--targets", place / "ages.csv", "--covariate", "age", *ONE)
    kept = ("--test-size", 0, "--no-plots", "--cache", place / "blocks", "--out", place / "model", "--force")
    run("fit", CELLS, *asked, *kept)
    return hn.load(place / "model").network.theta


def test_blocks_that_are_kept_are_made_again_where_a_second_table_is_another(tmp_path, monkeypatch):
    blocks(monkeypatch, "blocks")
    ages = np.arange(len(read_anndata(CELLS)))
    one, other = _beside(tmp_path, ages), _beside(tmp_path, ages[::-1])
    assert (one != other).any()
