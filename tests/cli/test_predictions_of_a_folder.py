"""Predictions of Parquet that is read a block at a time are those of the table in memory, cell by cell."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import hassenet as hn
from hassenet.cli import main, streamed
from hassenet.cli.fit.summary import of_scores
from hassenet.errors import DataError
from hassenet.network import Network
from hassenet.outcomes import Amount, Count, HazardRatio, IntervalHazards, OrderedClasses, Outcomes, Quantiles
from hassenet.streams import delimited
from hassenet.tables import read_table

M = 90
FRAME = pd.DataFrame(np.random.default_rng(0).normal(size=(M, 3)), columns=["a", "b", "c"]).assign(
    name=[f"=p{k}" for k in range(M)], town=np.array(["Bonn", "Rome", None], object)[np.arange(M) % 3]
)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("streamed")
    X = FRAME.drop(columns="name")
    with pytest.warns(UserWarning, match="converged"):
        clf = hn.NetworkClassifier((4,), max_iter=2, random_state=0).fit(X, np.arange(M) % 2)
    hn.save(clf.as_model(target="y"), folder / "model")
    table = pa.Table.from_pandas(FRAME)
    (folder / "parts").mkdir()
    pq.write_table(table.slice(0, 40), folder / "parts" / "0.parquet", row_group_size=17)
    pq.write_table(table.slice(40).select([4, 3, 2, 1, 0]), folder / "parts" / "1.parquet")
    pq.write_table(table, folder / "all.parquet")
    return folder


def predict(folder, data, out, *options):
    return CliRunner().invoke(
        main, ["predict", str(folder / "model"), str(data), "--out", str(out), *options]
    )


@pytest.mark.parametrize("suffix", [".csv", ".tsv.gz", ".parquet"])
def test_predictions_of_a_folder_are_those_of_a_file(model, tmp_path, suffix, monkeypatch):
    by_blocks, in_memory = tmp_path / f"blocks{suffix}", tmp_path / f"memory{suffix}"
    done = predict(model, model / "parts", by_blocks, "--keep", "name,b")
    assert done.exit_code == 0, done.output
    assert "90 rows predicted, a block at a time" in done.output
    assert predict(model, model / "all.parquet", in_memory, "--keep", "name,b").exit_code == 0
    one, other = read_table(by_blocks), read_table(in_memory)
    assert one.columns == other.columns
    for name in one.columns:
        same = np.testing.assert_allclose if one[name].dtype.kind == "f" else np.testing.assert_array_equal
        same(one[name], other[name])


def test_a_large_file_is_read_a_block_at_a_time_and_to_standard_output(model, monkeypatch):
    monkeypatch.setattr(streamed, "LARGE", 0)
    done = predict(model, model / "all.parquet", "-", "--quiet")
    assert done.exit_code == 0, done.output
    assert len(done.stdout.splitlines()) == M + 1


@pytest.mark.parametrize("command", ["predict", "evaluate", "explain"])
@pytest.mark.parametrize(
    ("name", "says"),
    [("0.parquet", "that is read is not replaced"), ("2.parquet", "one more of")],
    ids=["a file", "a new file"],
)
def test_no_file_of_a_folder_that_is_read_is_replaced_and_none_is_added(model, tmp_path, command, name, says):
    before = {path.name: path.read_bytes() for path in (model / "parts").iterdir()}
    (tmp_path / "linked").symlink_to(model / "parts")
    for folder in (model / "parts", tmp_path / "linked"):
        out = ("--out", folder / name, *(("--force",) if name in before else ()))
        done = CliRunner().invoke(main, [*map(str, (command, model / "model", model / "parts", *out))])
        assert done.exit_code == 1
        assert says in done.output
    assert {path.name: path.read_bytes() for path in (model / "parts").iterdir()} == before


def test_a_column_to_keep_that_is_not_there_is_refused_with_all_that_are(model, tmp_path):
    done = predict(model, model / "parts", tmp_path / "out.csv", "--keep", "nothing")
    assert "there is no 'nothing'; there are 'a', 'b', 'c', 'name', 'town'" in done.output


def test_a_folder_that_does_not_fit_leaves_nothing_written(model, tmp_path):
    (tmp_path / "parts").mkdir()
    table = pa.Table.from_pandas(FRAME)
    pq.write_table(table, tmp_path / "parts" / "0.parquet")
    infinite = table.set_column(1, "b", pa.array(np.full(M, np.inf)))
    pq.write_table(infinite, tmp_path / "parts" / "1.parquet")
    done = predict(model, tmp_path / "parts", tmp_path / "out.csv")
    assert done.exit_code == 1
    assert "'b'" in done.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["parts"]
    (tmp_path / "empty").mkdir()
    lacking = predict(model, tmp_path / "empty", tmp_path / "out.csv")
    assert "there are none" in lacking.output
    about_text = predict(model, model / "parts", tmp_path / "out.csv", "--sep", ";")
    assert "--sep is not about Parquet" in about_text.output


@pytest.mark.parametrize("value", [np.inf, np.nan, 1e300])
@pytest.mark.parametrize("command", ["predict", "evaluate"])
def test_a_value_that_is_not_a_feature_is_named_by_its_file_and_its_row_in_it(tmp_path, command, value):
    hn.save(_of_numbers()[0], tmp_path / "model")
    frame = NUMBERS.assign(
        y=np.where(np.arange(M) == 76, np.nan, np.arange(M))
    )  # one without a target before it
    frame.loc[77, "b"] = value
    (tmp_path / "parts").mkdir()
    for k in range(3):
        part = pa.Table.from_pandas(frame[30 * k : 30 * k + 30], preserve_index=False)
        pq.write_table(part, tmp_path / "parts" / f"{k}.parquet", row_group_size=8)
    frame.to_csv(tmp_path / "all.csv", index=False)
    for data, row in (("parts", "row 18 of 2.parquet: "), ("all.csv", "row 78: ")):
        call = [command, tmp_path / "model", tmp_path / data, "--out", tmp_path / "out.csv"]
        done = CliRunner().invoke(main, [*map(str, call)])
        assert done.exit_code == 1
        assert f"the first {row}{value:g}" in done.output


def test_text_where_numbers_are_meant_is_named_by_its_file(tmp_path):
    hn.save(_of_numbers()[0], tmp_path / "model")
    (tmp_path / "parts").mkdir()
    text = NUMBERS.assign(b="<0.5")
    pq.write_table(pa.Table.from_pandas(text), tmp_path / "parts" / "0.parquet", row_group_size=8)
    done = predict(tmp_path, tmp_path / "parts", tmp_path / "out.csv")
    assert "'<0.5' in row 1 of 0.parquet" in done.output


def test_a_stream_that_python_predicts_names_rows_by_their_file(tmp_path):
    frame = NUMBERS.copy()
    frame.loc[77, "b"] = np.inf
    pq.write_table(pa.Table.from_pandas(frame), tmp_path / "0.parquet", row_group_size=8)
    with pytest.raises(DataError, match=r"the first row 78 of 0\.parquet: inf"):
        _of_numbers()[0].predict(hn.data.open(tmp_path))


# ---------------------------------------------------------------- what scores need

NUMBERS = FRAME[["a", "b", "c"]]
H = hn.Hierarchy.from_covers([("a", "p"), ("b", "p"), ("b", "q"), ("c", "q")])


FEW = np.arange(M) % 30 == 0  # rows with a target


def _of_classes():
    net = hn.Network(H.crown(["ill"]), output="sigmoid", seed=0)
    return hn.Model.of(net, target="y", classes=["0", "1"]), {"y": np.where(FEW, "1", None)}


def _of_numbers():
    return hn.Model.of(hn.Network(H.crown(["dose"]), seed=0), target="y"), {"y": np.where(FEW, 1.0, np.nan)}


def _of_outcomes():
    parts = Outcomes((Amount("y"), IntervalHazards("months", "dead", cuts=(50.0, 100.0))))
    targets = {"y": 1.0, "months": 1.0 + np.arange(M), "dead": 1.0}
    net = hn.Network(H.crown(parts.outputs), output=("identity", "sigmoid", "sigmoid"), seed=0)
    return hn.Model.of(net, outcomes=parts), {
        name: np.where(FEW, values, np.nan) for name, values in targets.items()
    }


KINDS = {"classes": _of_classes, "numbers": _of_numbers, "several outcomes": _of_outcomes}


@pytest.fixture(params=KINDS)
def kind(request, tmp_path):
    model, targets = KINDS[request.param]()
    hn.save(model, tmp_path / "model")
    frame = NUMBERS.assign(**targets)
    (tmp_path / "parts").mkdir()
    for k in range(3):
        part = pa.Table.from_pandas(frame).slice(30 * k, 30)
        pq.write_table(part, tmp_path / "parts" / f"{k}.parquet")
    pq.write_table(pa.Table.from_pandas(frame), tmp_path / "all.parquet")
    return tmp_path


@pytest.mark.parametrize("data", ["parts", "all.parquet"])
def test_the_network_is_asked_once_of_each_row_whose_prediction_is_scored(kind, monkeypatch, data):
    seen, forward = [], Network.__call__
    monkeypatch.setattr(
        Network, "__call__", lambda net, X, **more: seen.append(len(X)) or forward(net, X, **more)
    )
    done = predict(kind, kind / data, kind / "out.csv")
    assert "known in 3 rows" in done.output
    assert sum(seen) == M


def test_predictions_that_are_not_scored_are_so_for_a_row_as_the_table_counts_it(tmp_path):
    hn.save(_of_numbers()[0], tmp_path / "model")
    y = np.where(np.arange(M) == 77, "<5", None)
    table = pa.Table.from_pandas(NUMBERS.assign(y=y))
    (tmp_path / "parts").mkdir()
    pq.write_table(table, tmp_path / "parts" / "0.parquet", row_group_size=20)
    done = predict(tmp_path, tmp_path / "parts", tmp_path / "out.csv")
    assert "not scored: a target that is a number holds numbers; there is text in 'y'" in done.output
    assert "in row 78" in done.output


def _of_one(part, G="identity", k=1):
    outcomes = Outcomes((part,))
    net = hn.Network(H.crown([f"{name}*" for name in outcomes.outputs]), output=G, seed=0)
    return hn.Model.of(net, outcomes=outcomes)


def _of_times(*more):
    values = np.column_stack([1.0 + np.arange(M), np.arange(M) % 2, *([np.arange(M) % 3] * (len(more) > 1))])
    return _of_one(HazardRatio("months", "dead", *more).settled(values, np.zeros((M, 1))))


THIRD = np.repeat([0, 1, 2], M // 3)
NUMBERED = np.arange(M) * 1.25
MONTHS = 1.0 + np.arange(M) % 31


def _of_several_numbers():
    one = hn.Model.of(hn.Network(H.crown(["dose", "size"]), seed=0), target="y")
    return dataclasses.replace(one, targets=("y", "z"))


OF_NUMBERS = {
    "numbers": _of_numbers,
    "several numbers": _of_several_numbers,
    "amounts": lambda: _of_one(Amount("y")),
    "counts": lambda: _of_one(Count("y", "poisson"), "exp"),
    "quantiles": lambda: _of_one(Quantiles("y", (0.25, 0.75)), k=2),
}
WRITTEN = {
    "numbers of one type": (_of_numbers, {"y": NUMBERED}),
    "numbers, of which some rows are whole": (
        _of_numbers,
        {"y": np.where(THIRD == 1, np.round(NUMBERED), NUMBERED)},
    ),
    "numbers as text": (_of_numbers, {"y": [f"{x}" for x in NUMBERED]}),
    "numbers as text, with commas between thousands in some rows": (
        _of_numbers,
        {"y": [f"{3000 + x:,}" if part == 2 else f"{x}" for x, part in zip(NUMBERED, THIRD, strict=True)]},
    ),
    "numbers as text, with a word for nothing in some rows": (
        _of_numbers,
        {"y": ["none" if k == 70 else f"{x}" for k, x in enumerate(NUMBERED)]},
    ),
    "numbers as text, of which some rows look like truth values": (
        _of_numbers,
        {"y": ["true" if part == 1 else f"{x}" for x, part in zip(NUMBERED, THIRD, strict=True)]},
    ),
    "dates": (_of_numbers, {"y": pd.date_range("2020-01-01", periods=M)}),
    "numbers in one part alone": (_of_numbers, {"y": np.where(THIRD == 1, NUMBERED, np.nan)}),
    "classes, whole numbers with gaps": (
        lambda: _of_classes()[0],
        {"y": pd.array(np.arange(M) % 2).astype("Int64")},
    ),
    "classes of which each part has one": (lambda: _of_classes()[0], {"y": np.minimum(THIRD, 1)}),
    "events in the last rows alone": (_of_times, {"months": MONTHS, "dead": THIRD == 2}),
    "no event": (_of_times, {"months": MONTHS, "dead": np.zeros(M)}),
    "the cell of an event, also where whole numbers have gaps": (
        lambda: _of_times("1"),
        {"months": MONTHS, "dead": pd.array(np.where(THIRD == 2, 1, np.arange(M) % 2 + 1)).astype("Int64")},
    ),
    "the cell of an event in no row": (lambda: _of_times("gone"), {"months": MONTHS, "dead": ["alive"] * M}),
    "strata of which one is not known": (
        lambda: _of_times(None, "site", ("a", "b", "c")),
        {"months": MONTHS, "dead": 1.0, "site": np.array(["a", "b", "z"])[THIRD]},
    ),
    "quantiles": (lambda: _of_one(Quantiles("y", (0.25, 0.75)), k=2), {"y": NUMBERED}),
    "counts": (lambda: _of_one(Count("y", "poisson"), "exp"), {"y": np.arange(M) % 7}),
    "classes in order": (
        lambda: _of_one(
            OrderedClasses("y", ("low", "high")), OrderedClasses("y", ("low", "high")).loss.canonical
        ),
        {"y": np.array(["low", "high"])[np.arange(M) % 2]},
    ),
    "no target": (_of_numbers, {"y": np.full(M, np.nan)}),
    **{
        f"a number whose squares overflow in all rows and not in its block, of {of}": (
            make,
            {"y": np.where(np.arange(M) == 77, 1e153, np.arange(M) % 7), "z": np.arange(M)},
        )
        for of, make in OF_NUMBERS.items()
    },
}


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
@pytest.mark.parametrize("written", WRITTEN)
def test_predictions_by_blocks_are_scored_as_those_of_the_table_however_its_target_is_written(
    tmp_path, monkeypatch, written, suffix
):
    make, targets = WRITTEN[written]
    made = make()
    hn.save(made[0] if isinstance(made, tuple) else made, tmp_path / "model")
    frame = NUMBERS.assign(**targets)
    for name in targets:
        frame[name] = frame[name].where(np.arange(M) != 35, None)  # a gap in one block
    data = tmp_path / f"data{suffix}"
    if suffix == ".csv":
        frame.to_csv(data, index=False)
    else:
        pq.write_table(pa.Table.from_pandas(frame), data, row_group_size=30)
    memory = predict(tmp_path, data, tmp_path / "memory.csv")
    monkeypatch.setattr(delimited, "_BLOCK", 1500)
    monkeypatch.setattr(streamed, "LARGE", 0)
    blocks = predict(tmp_path, data, tmp_path / "blocks.csv")
    assert "a block at a time" in blocks.output
    assert told(blocks) == told(memory)
    assert of_strata(blocks) == of_strata(memory)
    assert blocks.exit_code == 0


@pytest.mark.parametrize("of", OF_NUMBERS)
@pytest.mark.parametrize(
    ("number", "says"), [(np.inf, "'y' is infinite in row 78"), (1e200, "too large in 'y', up to 1e+200")]
)
@pytest.mark.parametrize("large", [1 << 28, 0])
def test_a_target_without_a_mean_or_a_deviation_is_named_and_not_scored(
    tmp_path, monkeypatch, of, number, says, large
):
    made = OF_NUMBERS[of]()
    hn.save(made[0] if isinstance(made, tuple) else made, tmp_path / "model")
    NUMBERS.assign(y=np.where(np.arange(M) == 77, number, np.arange(M) % 7), z=np.arange(M)).to_csv(
        tmp_path / "d.csv", index=False
    )
    monkeypatch.setattr(delimited, "_BLOCK", 1500)
    monkeypatch.setattr(streamed, "LARGE", large)
    evaluated = CliRunner().invoke(main, ["evaluate", str(tmp_path / "model"), str(tmp_path / "d.csv")])
    predicted = predict(tmp_path, tmp_path / "d.csv", tmp_path / "out.csv")
    assert (evaluated.exit_code, predicted.exit_code) == (1, 0)
    for done in (evaluated, predicted):
        assert says in done.stderr
        assert "encountered in" not in done.stderr


def test_columns_of_a_stream_that_are_kept_are_not_told_as_ignored(model, tmp_path):
    net = hn.Network(hn.Hierarchy.complete(2, 1, names=[["a", "b"], None]), seed=0)
    hn.save(hn.Model.of(net, target="y"), tmp_path / "m")
    done = CliRunner().invoke(
        main,
        [
            "predict",
            str(tmp_path / "m"),
            str(model / "parts"),
            "--keep",
            "name,c",
            "--out",
            str(tmp_path / "o.csv"),
        ],
    )
    assert "do not know" not in done.output
    assert "ignored, as the model does not know them: 'town'" in done.output


def told(done):
    """Return what is said of scores, or why there are none."""
    (line,) = (line for line in done.output.splitlines() if "known in " in line or "not scored" in line)
    return line


def of_strata(done):
    """Return the notes about strata that were not learned from, of which blocks have some each."""
    return [line for line in done.output.splitlines() if "strata are those" in line]


ONE, ALL = [9.0, *[np.nan] * (M - 1)], 1.0 + np.arange(M)


@pytest.mark.parametrize(
    ("y", "months", "says"),
    [(np.nan, ALL, "y: known in no row; months: H"), (1.0, ONE, "; months: too few rows for a score (")],
    ids=["no row", "one row"],
)
@pytest.mark.parametrize("data", ["parts", "all.parquet"])
def test_an_outcome_without_scores_stands_with_the_reason_for_that(tmp_path, y, months, says, data):
    hn.save(_of_outcomes()[0], tmp_path / "model")
    dead = np.where(np.isnan(months), np.nan, 1.0)
    table = pa.Table.from_pandas(NUMBERS.assign(y=y, months=months, dead=dead))
    (tmp_path / "parts").mkdir()
    for path in ("all.parquet", "parts/0.parquet"):
        pq.write_table(table, tmp_path / path)
    done = predict(tmp_path, tmp_path / data, tmp_path / "out.csv")
    assert "known in 90 rows: y: " in done.output
    assert says in done.output


def test_outcomes_without_scores_stand_below_those_with_some():
    said = of_scores({"network, y": {"MAE": 1.0}, "network, ill": {}, "guessing, y": {"MAE": 2.0}})
    assert said.splitlines()[-1] == "no scores, of no rows or too few: network, ill"
    assert len(said.splitlines()) == 5
