"""A missing value of a sparse table is noted as one of a dense table is."""

from __future__ import annotations

import warnings
from pathlib import Path

import h5py
import numpy as np
import pytest
from click.testing import CliRunner
from scipy.sparse import csc_array, csr_array

import hassenet as hn
from hassenet.cli import main
from hassenet.data.encoding import Encoding
from hassenet.errors import HassenetWarning
from hassenet.model import Model
from hassenet.storage import save
from hassenet.tables import read_anndata
from hassenet.tables.block import Block
from hassenet.tables.cells import Cells
from hassenet.tables.table import Table

CELLS = Path(__file__).parents[1] / "data" / "pbmc68k.h5ad"
NAMES = ("a", "b", "c")
ENCODING = Encoding(NAMES, (), np.zeros(3))
X = np.array([[0.0, np.nan, 2.0], [np.nan, np.nan, 0.0], [1.0, 0.0, 0.0]])
NOTE = "values are missing where none were in training, and are filled: 'a' in 1 row, 'b' in 2 rows"


def held(values):
    return Table(Block(values, NAMES, Cells({})))


@pytest.mark.parametrize("form", [np.array, csr_array, csc_array])
def test_missing_values_are_counted_in_every_form(form):
    with pytest.warns(HassenetWarning, match=NOTE):
        found = ENCODING(held(form(X)))
    np.testing.assert_array_equal(found if form is np.array else found.toarray(), np.nan_to_num(X))


@pytest.mark.parametrize("form", [np.array, csr_array, csc_array])
def test_what_is_complete_brings_no_note(form):
    with warnings.catch_warnings(action="error"):
        ENCODING(held(form(np.nan_to_num(X))))


def test_the_command_line_tells_of_them_too(tmp_path):
    names = read_anndata(CELLS).variables
    H = hn.Hierarchy.from_covers([(name, "all") for name in names]).crown(["y"])
    encoding = Encoding(names, (), np.zeros(len(names)))
    save(Model(hn.Network(H), names, "regression", ("y",), encoding=encoding), tmp_path / "m")
    path = tmp_path / "gaps.h5ad"
    path.write_bytes(CELLS.read_bytes())
    with h5py.File(path, "r+") as file:
        file["X/data"][0] = np.nan
        name = names[file["X/indices"][0]]
    arguments = ["predict", tmp_path / "m", path, "--out", tmp_path / "p.csv"]
    result = CliRunner().invoke(main, list(map(str, arguments)))
    assert result.exit_code == 0, result.output
    assert f"and are filled: '{name}' in 1 row" in result.output
