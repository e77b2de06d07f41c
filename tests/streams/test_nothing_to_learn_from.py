"""Rows and columns of which none is left are refused by what they are, not by the file that they stand in."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import hassenet as hn
from hassenet.errors import DataError, FeatureError, ShapeError

M = 40
COLUMNS = {
    "id": [f"p{k}" for k in range(M)],
    "place": ["Bonn"] * M,
    "y": [0, 1] * (M // 2),
    "x": [0.0, 1.0] * (M // 2),
}
ESTIMATORS = [hn.NetworkClassifier, hn.HierarchyClassifier]


def _opened(place, form, **options):
    path = place / f"x.{form}"
    if form == "parquet":
        pq.write_table(pa.table(COLUMNS), path, row_group_size=16)
    else:
        path.write_text(
            "\n".join(
                [",".join(COLUMNS), *(",".join(map(str, row)) for row in zip(*COLUMNS.values(), strict=True))]
            )
        )
    return hn.data.open(path, "y", **options)


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_a_stream_whose_columns_are_all_left_out_is_refused_by_their_names(tmp_path, form, estimator):
    stream = _opened(tmp_path, form, features=["id", "place"])
    with pytest.raises(FeatureError, match=r"each of 2 is left out .*'id': .*'place': "):
        estimator(random_state=0).fit(stream)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_a_table_whose_columns_are_all_left_out_is_refused_by_their_names(estimator):
    table = {name: COLUMNS[name] for name in ("id", "place")}
    with pytest.raises(FeatureError, match=r"each of 2 is left out"):
        estimator(random_state=0).fit(pa.table(table), COLUMNS["y"])


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_a_stream_of_which_no_row_has_a_weight_is_refused_by_that(tmp_path, estimator):
    with pytest.raises(DataError, match="at least one non-zero"):
        estimator(random_state=0).fit(_opened(tmp_path, "parquet", features=["x", "place"], weight=[0.0] * M))


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_a_stream_of_which_no_row_is_picked_is_refused_by_that(tmp_path, estimator):
    with pytest.raises(ShapeError, match="of those of x.parquet none is picked"):
        estimator(random_state=0).fit(_opened(tmp_path, "parquet")[:0])


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_a_stream_of_nothing_but_a_target_is_refused_when_it_is_opened(tmp_path, form):
    with pytest.raises(FeatureError, match=rf"x.{form} has none beside 'id', 'place', 'y'"):
        _opened(tmp_path, form, features=[])
