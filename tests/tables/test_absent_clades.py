"""A clade that a table of clades leaves out is 0 there; whatever else is missing is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from click.testing import CliRunner

from hassenet.cli import main
from hassenet.errors import FeatureError, HassenetWarning
from hassenet.hierarchy import Hierarchy
from hassenet.model import Model
from hassenet.network import Network
from hassenet.storage import save
from hassenet.tables import Table, read_table

CLADES = ("k__A|p__X", "k__B|p__F", "k__B|p__P")
ROWS = {"k__A|p__X": [1.0, 2.0], "k__B|p__F": [3.0, 0.5]}


@pytest.fixture(scope="module")
def model():
    names = [(*CLADES, "age"), ("h",), ("y",)]
    net = Network(Hierarchy.complete(4, 1, 1, names=names), "tanh", seed=0)
    return Model(net, (*CLADES, "age"), "regression", ("y",), log10=1.0)


@pytest.mark.parametrize(
    "made",
    [
        lambda columns: Table({name: np.array(values) for name, values in columns.items()}),
        pd.DataFrame,
        pl.DataFrame,
        pa.table,
    ],
    ids=["hassenet", "pandas", "polars", "Arrow"],
)
def test_a_table_of_any_library_without_a_clade_is_one_where_it_is_0(model, made):
    known = {**ROWS, "age": [30.0, 50.0]}
    with pytest.warns(HassenetWarning, match="is 0 in all of its samples; so are 1 of 4: 'k__B|p__P'"):
        found = model.predict(made(known))
    np.testing.assert_array_equal(found, model.predict(made({**known, "k__B|p__P": [0.0, 0.0]})))
    with pytest.raises(FeatureError, match="2 of 4 are not: 'k__B|p__P', 'age'; add them"):
        model.predict(made(ROWS))
    with pytest.raises(FeatureError, match="3 of 4 are not"):  # none of the clades: another kind of table
        model.predict(made({"age": [30.0, 50.0]}))


def test_another_cohort_whose_rows_are_clades_is_predicted_on_the_command_line(tmp_path):
    net = Network(Hierarchy.complete(3, 1, names=[CLADES, ("y",)]), seed=0)
    save(Model(net, CLADES, "regression", ("y",)), tmp_path / "model")
    (tmp_path / "new.tsv").write_text("clade_name\tT1\tT2\nk__B\t3\t4\nk__B|p__F\t2\t1\nk__B|p__Z\t1\t3\n")
    out = tmp_path / "p.csv"
    done = CliRunner().invoke(
        main, ["predict", *map(str, (tmp_path / "model", tmp_path / "new.tsv", "--out", out))]
    )
    assert done.exit_code == 0, done.output
    assert "so are 2 of 3" in done.stderr
    np.testing.assert_allclose(read_table(out)["predicted_y"], net([[0, 2, 0], [0, 1, 0]])[:, 0], rtol=1e-5)
