"""The score of a stream is joined of those of its windows: it is that of the table in memory, and holds no row."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pyarrow import Table as ArrowTable
from pyarrow import parquet
from sklearn.base import clone

import hassenet as hn
from hassenet.data.stream import Stream
from hassenet.errors import DataError, FeatureError, HassenetWarning, ParameterError, ShapeError, TargetError
from hassenet.estimators import HierarchyOrdinalClassifier, HierarchyOutcomes
from hassenet.outcomes import Amount, Classes, Count, IntervalHazards, OffsetColumn, Outcomes
from hassenet.selection import Setting
from hassenet.streams.columnar import Columnar

M = 90
RNG = np.random.default_rng(0)
X = ["a", "b", "town"]
A = RNG.normal(size=M)
FRAME = pd.DataFrame({"a": A, "b": RNG.normal(size=M)}).assign(
    town=np.array(["Bonn", "Rome", None], object)[RNG.integers(0, 3, M)],
    kind=np.array(["ill", "well", "worse"])[np.digitize(A + RNG.normal(0, 0.7, M), [-0.5, 0.5])],
    stage=np.digitize(A + RNG.normal(0, 0.7, M), [-0.5, 0.5]),
    dose=1e6 + 3 * A + RNG.normal(size=M),
    visits=RNG.poisson(np.exp(A)),
    years=np.exp(RNG.normal(size=M)),
    one=RNG.integers(0, 2, M).astype(float),
    other=RNG.integers(0, 2, M).astype(float),
    months=RNG.exponential(5, M).round(2),
    died=RNG.integers(0, 2, M),
    w=np.where(np.arange(M) % 7, RNG.uniform(0.2, 3, M), 0.0),
    o=RNG.normal(0, 0.1, M),
)
FRAME["change"] = FRAME["b"] - A
FRAME["part"] = FRAME["dose"].where(RNG.random(M) < 0.6)
FRAME["few"] = FRAME["one"].where(RNG.random(M) < 0.6)
PLAIN = {"max_iter": 3, "hidden_layer_sizes": (3,), "random_state": 0}
CHOSEN = {"folds": 2, "members": 2, "settings": [Setting(1e-2)], "steps": 20, "random_state": 0}
SEVERAL = Outcomes((Amount("part"), Count("visits"), Classes("kind", ("ill", "well", "worse"))))
INTERVALS = Outcomes((IntervalHazards("months", "died", intervals=3), Amount("part")))
COUNTED = Outcomes((Count("visits"), Amount("dose")), OffsetColumn("years", is_exposure=True))
ESTIMATORS = {
    "classes": (hn.NetworkClassifier(**PLAIN), ["kind"], {}),
    "labels with gaps": (hn.NetworkClassifier(**PLAIN), ["few", "other"], {}),
    "numbers": (hn.NetworkRegressor(**PLAIN), ["dose"], {}),
    "numbers with gaps": (hn.NetworkRegressor(**PLAIN), ["part", "dose"], {}),
    "counts with offsets": (hn.NetworkRegressor(loss="poisson", **PLAIN), ["visits"], {"offset": "o"}),
    "a joint loss": (
        hn.NetworkRegressor(
            loss=hn.likelihoods.Joint(
                {"dose": hn.likelihoods.GaussianLoss(), "visits": hn.likelihoods.PoissonLoss()}
            ),
            **PLAIN,
        ),
        ["dose", "visits"],
        {},
    ),
    "quantiles": (hn.NetworkRegressor(loss=hn.likelihoods.QuantileLoss((0.2, 0.8)), **PLAIN), ["change"], {}),
    "times": (hn.NetworkSurvival(**PLAIN), ["months", "died"], {}),
    "chosen for classes": (hn.HierarchyClassifier(**CHOSEN), ["kind"], {}),
    "chosen for numbers": (hn.HierarchyRegressor(**CHOSEN), ["dose", "part"], {}),
    "chosen for quantiles": (hn.HierarchyRegressor(quantiles=(0.2, 0.8), **CHOSEN), ["dose"], {}),
    "chosen for classes in order": (HierarchyOrdinalClassifier(**CHOSEN), ["stage"], {}),
    "chosen for several": (HierarchyOutcomes(outcomes=SEVERAL, **CHOSEN), ["part", "visits", "kind"], {}),
    "chosen for intervals": (HierarchyOutcomes(outcomes=INTERVALS, **CHOSEN), ["months", "died", "part"], {}),
    "chosen for an exposure": (
        HierarchyOutcomes(outcomes=COUNTED, **CHOSEN),
        ["visits", "dose", "years"],
        {},
    ),
}
SUMS = sorted(set(ESTIMATORS) - {"times"})
QUIET = pytest.mark.filterwarnings("ignore:.*(converge|left out|are missing|of each row)")


def written(folder, frame, kind="parquet", **options):
    """Return a frame as a stream of many windows."""
    path = folder / f"t.{kind}"
    if kind == "csv":
        frame.to_csv(path, index=False)
    else:
        parquet.write_table(ArrowTable.from_pandas(frame), path, row_group_size=31)
    return hn.data.open(path, **{"features": X, "block": 8, "window": 0.0006} | options)


@pytest.fixture(scope="module")
def fitted():
    """Return each estimator, fitted once."""
    known = {}

    def of(kind):
        if kind not in known:
            estimator, target, beside = ESTIMATORS[kind]
            y = FRAME[target] if len(target) > 1 else FRAME[target[0]]
            if isinstance(estimator, HierarchyOutcomes):
                y = FRAME[target]
            options = {"offset": FRAME[beside["offset"]]} if beside else {}
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                known[kind] = clone(estimator).fit(FRAME[X], y, **options), y, options
        return known[kind]

    return of


@QUIET
@pytest.mark.parametrize(("kind", "weight"), [("parquet", None), ("csv", "w")])
@pytest.mark.parametrize("of", ESTIMATORS)
def test_the_score_of_a_stream_of_many_windows_is_that_of_the_table_in_memory(
    tmp_path, fitted, of, kind, weight
):
    estimator, y, options = fitted(of)
    _, target, beside = ESTIMATORS[of]
    stream = written(tmp_path, FRAME, kind, target=target, weight=weight, **beside)
    weights = None if weight is None else FRAME[weight].to_numpy()
    found = estimator.score(stream)
    assert found == pytest.approx(estimator.score(FRAME[X], y, weights, **options), rel=1e-9)
    assert np.isfinite(found)


@QUIET
@pytest.mark.parametrize("of", SUMS)
def test_no_more_rows_than_those_of_a_window_are_predicted_or_compared_at_a_time(
    tmp_path, fitted, of, monkeypatch
):
    estimator, *_ = fitted(of)
    _, target, beside = ESTIMATORS[of]
    stream = written(tmp_path, FRAME, target=target, **beside)
    read, genuine = [], Stream.read
    monkeypatch.setattr(Stream, "read", lambda self, names: read.append(len(self)) or genuine(self, names))
    estimator.score(stream)
    assert max(read) <= 16
    assert sum(read) == M * (1 + len(beside))
    assert not {"Y", "offsets"} & set(vars(stream))


@QUIET
@pytest.mark.parametrize("of", ["classes", "numbers with gaps", "chosen for several"])
def test_targets_and_weights_may_be_given_beside_a_stream(tmp_path, fitted, of):
    estimator, y, _ = fitted(of)
    stream, w = written(tmp_path, FRAME), FRAME["w"].to_numpy()
    expected = estimator.score(FRAME[X], y, w)
    assert estimator.score(stream, y, w) == pytest.approx(expected, rel=1e-9)
    some = np.arange(M) % 3 > 0
    part = written(tmp_path, FRAME, target=ESTIMATORS[of][1], weight="w")[some]
    assert estimator.score(part) == pytest.approx(estimator.score(FRAME[X][some], y[some], w[some]), rel=1e-9)


@QUIET
def test_an_exposure_beside_a_stream_moves_its_predictions(tmp_path, fitted):
    estimator, y, _ = fitted("counts with offsets")
    stream = written(tmp_path, FRAME, target="visits")
    given = {"exposure": FRAME["years"]}
    assert estimator.score(stream, **given) == pytest.approx(estimator.score(FRAME[X], y, **given), rel=1e-9)
    assert estimator.score(stream) != estimator.score(stream, **given)


@QUIET
@pytest.mark.parametrize("of", ["classes", "numbers", "chosen for several"])
def test_targets_that_do_not_fit_the_rows_of_a_stream_are_refused_before_any_prediction(
    tmp_path, fitted, of, monkeypatch
):
    estimator, y, _ = fitted(of)
    target = ESTIMATORS[of][1]
    monkeypatch.setattr(hn.Network, "__call__", None)
    with pytest.raises(ShapeError, match="target"):
        estimator.score(written(tmp_path, FRAME), y[:-1])
    with pytest.raises(ParameterError, match="has a target of its own"):
        estimator.score(written(tmp_path, FRAME, target=target), y)
    with pytest.raises(DataError, match="has a target; name its column"):
        estimator.score(written(tmp_path, FRAME))


@QUIET
@pytest.mark.parametrize("of", ["classes", "numbers", "chosen for several"])
def test_weights_of_a_stream_that_are_all_0_have_no_score(tmp_path, fitted, of):
    estimator, *_ = fitted(of)
    stream = written(tmp_path, FRAME.assign(w=0.0), target=ESTIMATORS[of][1], weight="w")
    with pytest.raises(DataError, match="at least one non-zero number"):
        estimator.score(stream)


@QUIET
@pytest.mark.parametrize(("of", "column"), [("classes", "kind"), ("numbers", "dose")])
@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_a_target_that_is_missing_is_named_by_its_row_among_all(tmp_path, fitted, of, column, kind):
    estimator, *_ = fitted(of)
    frame = FRAME.assign(**{column: FRAME[column].where(~np.isin(np.arange(M), [41, 77]))})
    with pytest.raises(DataError, match="in 2 rows of 90, first in row 41; leave them out"):
        estimator.score(written(tmp_path, frame, kind, target=column))


@QUIET
def test_what_the_labels_of_a_text_are_all_its_rows_say(tmp_path):
    """Most windows hold numbers alone; in some a label is text, so that all are."""
    labels = np.where(np.arange(M) == 50, "1b", np.where(A > 0, "1", "2"))
    estimator = hn.NetworkClassifier(**PLAIN).fit(FRAME[X], labels)
    stream = written(tmp_path, FRAME.assign(kind=labels), "csv", target="kind")
    assert estimator.score(stream) == estimator.score(FRAME[X], labels)


@QUIET
def test_amounts_that_a_window_spells_with_marks_are_what_all_rows_say(tmp_path, fitted):
    """1,250 is a number above a thousand by itself, and less than two beside 1,5."""
    estimator, *_ = fitted("chosen for several")
    far = FRAME["part"].to_numpy(copy=True)
    far[[3, 60]] = 1.25, 1.5
    spelled = pd.Series([None if np.isnan(x) else f"{x:.6f}".replace(".", ",") for x in far])
    spelled[3] = "1,250"
    frame = FRAME.assign(part=spelled)
    stream = written(tmp_path, frame, target=["part", "visits", "kind"])
    with pytest.warns(HassenetWarning, match="the numbers of 'part' are read with") as told:
        found = estimator.score(stream)
    assert len(told) == 1
    y = FRAME[["part", "visits", "kind"]].assign(part=far.round(6))
    assert found == pytest.approx(estimator.score(FRAME[X], y), rel=1e-9)


@QUIET
def test_an_event_is_asked_of_all_rows_of_a_stream_and_not_of_those_of_a_window(tmp_path, fitted):
    estimator, *_ = fitted("chosen for intervals")
    target = ["months", "died", "part"]
    late = FRAME.assign(died=1 * (np.arange(M) > 80))
    stream = written(tmp_path, late, target=target)
    assert estimator.score(stream) == pytest.approx(estimator.score(FRAME[X], late[target]), rel=1e-9)
    with pytest.raises(TargetError, match="of survival times one at least ends with an event"):
        estimator.score(written(tmp_path, FRAME.assign(died=0), target=target))


@QUIET
def test_what_rows_have_that_training_had_not_is_printed_once_for_all_rows_that_are_scored(tmp_path, fitted):
    estimator, *_ = fitted("classes")
    strange = FRAME.assign(town=np.where(np.arange(M) % 9 == 0, "Oslo", FRAME["town"].fillna("Bonn")))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        estimator.score(written(tmp_path, strange, target="kind"))
    assert [str(one.message) for one in told] == [
        "categories that training never had count as rare ones, or as none: 'town' 'Oslo' in 10 rows"
    ]


@QUIET
def test_r2_of_one_row_of_a_stream_is_nan_with_a_warning(tmp_path, fitted):
    estimator, *_ = fitted("numbers")
    with pytest.warns(HassenetWarning, match="R² is that of two rows or more"):
        found = estimator.score(written(tmp_path, FRAME, target="dose")[np.arange(1)])
    assert np.isnan(found)


@QUIET
@pytest.mark.parametrize("of", ["classes", "numbers with gaps", "chosen for several"])
def test_each_block_is_read_once_for_its_targets_and_once_for_each_network(tmp_path, fitted, of, monkeypatch):
    estimator, *_ = fitted(of)
    target = ESTIMATORS[of][1]
    stream, genuine = written(tmp_path, FRAME, target=target, weight="w"), Columnar.reading
    read = {}

    @contextmanager
    def counted(source, columns):
        with genuine(source, columns) as block_at:
            yield lambda block: read.setdefault(tuple(columns), []).append(block) or block_at(block)

    monkeypatch.setattr(Columnar, "reading", counted)
    estimator.score(stream)
    blocks = list(range(len(stream.source.sizes)))
    assert len(blocks) > 9
    assert read[tuple(target)] == read["w",] == blocks
    of_features = [block for columns, some in read.items() if "a" in columns for block in some]
    networks = CHOSEN["members"] if "members" in estimator.get_params() else 1
    assert {of_features.count(block) for block in blocks[1:]} == {networks}


@QUIET
@pytest.mark.parametrize("of", ["classes", "numbers with gaps", "chosen for several"])
def test_columns_are_checked_no_more_often_of_many_windows_than_of_one(tmp_path, fitted, of, monkeypatch):
    estimator, *_ = fitted(of)
    checked, genuine = [], Stream._check_columns
    stream = written(tmp_path, FRAME, target=ESTIMATORS[of][1])
    streams = [stream, replace(stream, window=256)]
    monkeypatch.setattr(Stream, "_check_columns", lambda self: checked.append(self) or genuine(self))
    numbers = []
    for stream in streams:
        checked.clear()
        estimator.score(stream)
        numbers.append(len(checked))
    assert numbers[0] == numbers[1]


@pytest.mark.parametrize("number", [True, 1.0])
def test_a_column_without_a_name_is_asked_for_by_a_whole_number_and_by_nothing_equal_to_one(number):
    with pytest.raises(FeatureError, match=f"X has no {number}; its columns are"):
        hn.data.open(np.ones((4, 3)), features=[0, number])
