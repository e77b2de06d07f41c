"""One line fits a network to an AnnData file, and every command with a table takes one."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
from click.testing import CliRunner

from hassenet.cli import main
from hassenet.storage import load
from hassenet.tables import read_anndata, read_table

CELLS = Path(__file__).parents[1] / "data" / "pbmc68k.h5ad"
SETS = """B cells\tx\tCD79A\tCD79B\tMS4A1\tCD74
NK cells\tx\tNKG7\tGNLY\tGZMB\tPRF1
monocytes\tx\tLYZ\tS100A8\tS100A9\tCST3
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with gene sets and a model of the cells."""
    folder = tmp_path_factory.mktemp("cells")
    (folder / "sets.gmt").write_text(SETS)
    result = run(
        "fit",
        CELLS,
        *source(folder),
        "--epochs",
        "60",
        "--learning-rate",
        "0.02",
        "--test-size",
        "0",
        "--no-plots",
        "--out",
        folder / "model",
    )
    assert result.exit_code == 0, result.output
    assert "72 rows, 45 columns; classification of 'bulk_labels'" in result.output
    assert (
        "beside the features, as they describe the examples: 'n_genes', 'percent_mito', 'phase'"
        in result.output
    )
    return folder


def source(folder):
    return "--target", "bulk_labels", "--hierarchy", folder / "sets.gmt"


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.mark.parametrize("command", ["predict", "evaluate", "explain", "report"])
def test_a_model_of_cells_takes_their_file_in_every_command(folder, command):
    more = {
        "predict": ("--keep", "obs_names", "--out", folder / "p.csv"),
        "report": ("--out", folder / "page.html"),
    }.get(command, ())
    result = run(command, folder / "model", CELLS, *more)
    assert result.exit_code == 0, result.output
    told = {"predict": "accuracy 1", "evaluate": "72 rows", "explain": "NK cells", "report": "72 rows shown"}
    assert told[command] in result.output


def test_without_a_hierarchy_the_features_are_the_genes_alone(folder):
    result = run("fit", CELLS, "--target", "bulk_labels", "--layer", "scaled", "--epochs", "2", "--test-size", "0",
                 "--no-plots", "--out", folder / "dense")  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "features: 40 (" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--target", "cell_type"), "there is no 'cell_type'"),
        (("--target", "phase", "--layer", "counts"), "none called 'counts'; there is 'scaled'"),
        (("--target", "phase", "--var-names", "symbol"), "no 'symbol'; there is 'highly_variable', 'upper'"),
        (("--target", "phase", "--sep", ";"), "--sep is about text tables"),
    ],
)
def test_what_the_file_has_not_is_refused_before_any_training(folder, arguments, message):
    result = run("fit", CELLS, *arguments, "--out", folder / "none")
    assert result.exit_code != 0
    assert message in result.output
    assert not (folder / "none").exists()


def test_a_model_reads_the_layer_and_the_names_that_it_was_made_with(folder):
    (folder / "upper.gmt").write_text(
        "\n".join(f"P{k}\tx\tHS_LYZ\tHS_NKG7\tHS_CD79A" for k in range(2)) + "\n"
    )
    source = (
        "--target",
        "bulk_labels",
        "--hierarchy",
        folder / "upper.gmt",
        "--layer",
        "scaled",
        "--var-names",
        "upper",
    )
    result = run(
        "fit", CELLS, *source, "--epochs", "2", "--test-size", "0", "--no-plots", "--out", folder / "upper"
    )
    assert result.exit_code == 0, result.output
    assert load(folder / "upper").settings == {"layer": "scaled", "names of variables": "upper"}
    assert run("evaluate", folder / "upper", CELLS).exit_code == 0
    result = run("predict", folder / "upper", CELLS, "--out", folder / "u.csv")
    assert result.exit_code == 0, result.output
    own = load(folder / "upper").predict_proba(read_anndata(CELLS, layer="scaled", names="upper"))
    np.testing.assert_allclose(read_table(folder / "u.csv")["probability_CD19+ B"], own[:, 1], rtol=1e-6)


def test_options_about_cells_are_refused_for_other_tables(folder):
    (folder / "t.csv").write_text("a,b\n" + "1,2\n" * 12)
    result = run("fit", folder / "t.csv", "--target", "b", "--layer", "X", "--out", folder / "none")
    assert "--layer is about AnnData (.h5ad)" in result.output


def test_gaps_in_a_dense_matrix_are_filled_and_told(folder):
    path = folder / "gaps.h5ad"
    path.write_bytes(CELLS.read_bytes())
    with h5py.File(path, "r+") as file:
        file["layers/scaled"][3, 0] = float("nan")
    source = (
        "--target",
        "bulk_labels",
        "--layer",
        "scaled",
        "--epochs",
        "1",
        "--test-size",
        "0",
        "--no-plots",
    )
    result = run("fit", path, *source, "--out", folder / "gaps")
    assert result.exit_code == 0, result.output
    assert "missing values: 0.00035 of all" in result.output
