"""Commands on a folder of Parquet find what they find on the table in memory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from pyarrow import Table as ArrowTable
from pyarrow import feather, nulls

import hassenet as hn
from hassenet.cli import main, streamed
from hassenet.cli.fit import outcomes as fit_outcomes
from hassenet.cli.fit import run as fit_run
from hassenet.page.judged import Judged
from hassenet.protocol.holding_out import held_out
from hassenet.selection import Effort, Search, Setting, all_rows, some_rows
from hassenet.tables import read_table
from hassenet.tallies.of_classes import OfClasses

M = 150
RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(RNG.normal(size=(M, 3)), columns=["A|a", "A|b", "B|c"]).assign(
    town=np.array(["Bonn", "Rome", None], object)[RNG.integers(0, 3, M)], sample=[f"p{k}" for k in range(M)]
)
FRAME["ill"] = np.where(FRAME["A|a"] + RNG.normal(size=M) > 0, "yes", "no")
FRAME["dose"] = 100 + 3 * FRAME["A|b"]
FRAME.loc[7, ["ill", "dose"]] = None
FRAME.loc[90:, "town"] = None
KNOWN = FRAME.drop(index=7).reset_index(drop=True)
QUICK = ("--epochs", "2", "--no-plots", "--hidden-layer-sizes", "4")


def run(*arguments):
    done = CliRunner().invoke(main, [str(a) for a in arguments])
    assert done.exit_code == 0, done.output
    return done


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("commands")
    table = ArrowTable.from_pandas(FRAME)
    (place / "parts").mkdir()
    pq.write_table(table.slice(0, 90), place / "parts" / "0.parquet", row_group_size=40)
    without = table.slice(90).set_column(3, "town", nulls(M - 90))  # of no type, as of a part without any
    pq.write_table(without.select([5, 6, 4, 3, 2, 1, 0]), place / "parts" / "1.parquet")
    pq.write_table(table, place / "all.parquet")
    options = ("--target", "ill", "--drop", "dose", *QUICK)
    run("fit", place / "parts", *options, "--out", place / "model")
    return place


def network_of(model):
    (net,) = hn.network.Ensemble.of(model.network).networks
    return net


@pytest.mark.parametrize(
    ("target", "more"),
    [
        ("ill", ("--drop", "dose")),
        ("dose", ("--drop", "ill", "--lineage-sep", "|", "--covariate", "town")),
    ],
)
def test_a_fit_of_a_folder_is_that_of_the_table_in_memory(folder, tmp_path, target, more):
    quick = QUICK[:3] if "--lineage-sep" in more else QUICK
    options = ("--target", target, *more, *quick, "--single", "--test-size", "0")
    done = run("fit", folder / "parts", *options, "--out", tmp_path / "blocks")
    assert "read a block at a time" in done.output
    assert "one network is trained" in done.output
    run("fit", folder / "all.parquet", *options, "--out", tmp_path / "memory")
    by_blocks, in_memory = hn.load(tmp_path / "blocks"), hn.load(tmp_path / "memory")
    assert by_blocks.encoding == in_memory.encoding
    np.testing.assert_allclose(by_blocks.scaling.mean, in_memory.scaling.mean)
    np.testing.assert_allclose(by_blocks.scaling.scale, in_memory.scaling.scale)
    np.testing.assert_allclose(network_of(by_blocks).theta, network_of(in_memory).theta, rtol=1e-4, atol=1e-6)


def test_a_folder_of_arrow_and_a_file_of_it_are_for_every_command_what_parquet_is(
    folder, tmp_path, monkeypatch
):
    (tmp_path / "parts").mkdir()
    for name in ("parts/0", "parts/1", "all"):
        table = pq.read_table(folder / f"{name}.parquet")
        feather.write_feather(table, tmp_path / f"{name}.feather", chunksize=40)
    options = ("--target", "ill", "--drop", "dose", *QUICK)
    run("fit", tmp_path / "parts", *options, "--out", tmp_path / "model")
    theta = network_of(hn.load(tmp_path / "model")).theta
    np.testing.assert_array_equal(theta, network_of(hn.load(folder / "model")).theta)
    found = []
    for data in ("parts", "all.feather", "all.feather"):  # the last one a block at a time
        run(
            "predict",
            folder / "model",
            tmp_path / data,
            "--keep",
            "town",
            "--out",
            tmp_path / "p.arrow",
            "--force",
        )
        found.append(read_table(tmp_path / "p.arrow"))
        run("explain", folder / "model", tmp_path / data)
        assert "149 rows" in run("evaluate", folder / "model", tmp_path / data).output
        monkeypatch.setattr(streamed, "LARGE", 0 if len(found) == 2 else streamed.LARGE)
    run("predict", folder / "model", folder / "all.parquet", "--keep", "town", "--out", tmp_path / "p.csv")
    expected = read_table(tmp_path / "p.csv")
    for table in found:
        assert table.columns == expected.columns
        for name in table.columns:
            numbers = table[name].dtype.kind == "f"
            same = np.testing.assert_allclose if numbers else np.testing.assert_array_equal
            same(table[name], expected[name])
    page = run("report", folder / "model", tmp_path / "all.feather", "--out", tmp_path / "page.html")
    assert page.exit_code == 0


def test_a_fit_of_a_folder_is_judged_on_rows_that_its_seed_holds_out(folder):
    model = hn.load(folder / "model")
    codes = (KNOWN["ill"] == "yes").to_numpy().astype(int)
    held = held_out(M - 1, codes, 0.2, 0)[1]
    found = OfClasses.of(codes[held], model.predict_proba(KNOWN)[held]).scores()
    assert model.metrics["network"] == pytest.approx(found, rel=1e-5)
    assert model.metrics["rows"] == {"training": M - 1 - len(held), "held out": len(held)}


OUTCOMES = FRAME.drop(columns=["ill", "dose"]).assign(
    months=RNG.exponential(9, M).round(2),
    state=np.array(["dead", "alive"])[RNG.integers(0, 2, M)],
    visits=RNG.poisson(3, M),
    years=RNG.uniform(1, 2, M),
    weight=np.where(RNG.random(M) < 0.2, np.nan, 60 + 5 * FRAME["A|a"]),
    grade=np.where(np.arange(M) % 9, np.array(["low", "high"], object)[RNG.integers(0, 2, M)], None),
)
WISHES = {
    "times until an event": (
        "--time",
        "months",
        "--event",
        "state=dead",
        "--drop",
        "visits,years,weight,grade",
    ),
    "counts with an exposure": (
        *("--target", "visits", "--task", "count", "--exposure", "years"),
        *("--drop", "months,state,weight,grade"),
    ),
    "several targets with gaps, and times": (
        *("--target", "weight,grade", "--time", "months", "--event", "state=dead", "--survival", "discrete"),
        *("--drop", "visits,years"),
    ),
    "quantiles": ("--target", "weight", "--quantiles", ".1,.9", "--drop", "visits,years,months,state,grade"),
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    place = tmp_path_factory.mktemp("outcomes")
    (place / "parts").mkdir()
    table = ArrowTable.from_pandas(OUTCOMES)
    pq.write_table(table.slice(0, 70), place / "parts" / "0.parquet", row_group_size=40)
    pq.write_table(table.slice(70), place / "parts" / "1.parquet")
    pq.write_table(table, place / "all.parquet")
    return place


@pytest.mark.parametrize("wish", WISHES)
def test_outcomes_are_learned_from_a_folder_as_from_the_table_in_memory(outcomes, tmp_path, wish):
    options = (*WISHES[wish], *QUICK, "--single", "--test-size", "0")
    done = run("fit", outcomes / "parts", *options, "--out", tmp_path / "blocks")
    in_memory = run("fit", outcomes / "all.parquet", *options, "--out", tmp_path / "memory")
    told = [line.partition(": ")[2] for line in (done.output, in_memory.output)]
    assert told[0].splitlines()[0] == told[1].splitlines()[0]
    one, other = hn.load(tmp_path / "blocks"), hn.load(tmp_path / "memory")
    np.testing.assert_allclose(network_of(one).theta, network_of(other).theta, rtol=1e-4, atol=1e-6)
    answers = [model.answers(OUTCOMES) for model in (one, other)]
    for name in answers[1]:
        if answers[1][name].dtype.kind == "f":
            np.testing.assert_allclose(answers[0][name], answers[1][name], rtol=1e-4)
    assert score_told(tmp_path / "memory", outcomes / "parts", tmp_path) == score_told(
        tmp_path / "memory", outcomes / "all.parquet", tmp_path
    )


def score_told(model, data, place, *options):
    """Return the line that says how good predictions are."""
    done = run("predict", model, data, "--force", "--out", place / "predictions.csv", *options)
    (line,) = (line for line in done.output.splitlines() if "known in" in line)
    return line


DEEP = (Setting(0.1, neurons=1), Setting(0.05, neurons=2, input_dropout=0.5))


@pytest.fixture
def choose_among(monkeypatch):
    def choose(*tried):
        effort = Effort(tried, repeats=1, batch_size=16, steps=12)
        monkeypatch.setattr(Search, "effort", lambda search, problem: effort)

    monkeypatch.setenv("HASSENET_NUM_THREADS", "1")
    return choose


def assert_alike(one, other, rtol=0.0):
    ensembles = [hn.network.Ensemble.of(model.network) for model in (one, other)]
    np.testing.assert_allclose(ensembles[0].weights, ensembles[1].weights, rtol=rtol)
    for net, same in zip(*ensembles, strict=True):
        np.testing.assert_allclose(net.theta, same.theta, rtol=rtol)


def test_settings_are_chosen_on_few_rows_of_a_folder_as_on_the_table_in_memory(
    outcomes, tmp_path, choose_among
):
    choose_among(*DEEP)
    options = (*WISHES["counts with an exposure"], "--no-plots", "--members", 2)
    for data in ("parts", "all.parquet"):
        run("fit", outcomes / data, *options, "--out", tmp_path / data)
    one, other = hn.load(tmp_path / "parts"), hn.load(tmp_path / "all.parquet")
    assert_alike(one, other)
    for name, score in other.metrics["ensemble"].items():
        assert one.metrics["ensemble"][name] == pytest.approx(score, rel=1e-5)


@pytest.mark.parametrize("dose", [False, True], ids=["classes", "numbers"])
def test_networks_of_settings_that_few_rows_chose_learn_from_all_rows_also_where_the_run_was_killed(
    folder, tmp_path, monkeypatch, choose_among, dose
):
    choose_among(*DEEP, Setting(0.1))
    for most in ("_FEWEST_ROWS", "_MOST_ROWS"):
        monkeypatch.setattr(some_rows, most, 60)
    target = ("--target", "dose", "--drop", "ill") if dose else ("--target", "ill", "--drop", "dose")
    call = ("fit", folder / "parts", *target, "--no-plots", "--lineage-sep", "|", "--out")
    done = run(*call, tmp_path / "whole")
    assert "settings are chosen on 60 of 119 rows to learn from" in done.output
    whole, learned = hn.load(tmp_path / "whole"), []
    genuine = all_rows.fit_with

    def killed(*arguments, **options):
        if len(learned) == 1:
            raise SystemExit(137)
        learned.append(arguments[2].shape)
        return genuine(*arguments, **options)

    monkeypatch.setattr(all_rows, "fit_with", killed)
    kept = [*map(str, call), str(tmp_path / "again"), "--checkpoint", str(tmp_path / "kept"), "--every", "0"]
    assert CliRunner().invoke(main, kept).exit_code == (137 if len(whole.network) > 1 else 0)
    monkeypatch.setattr(all_rows, "fit_with", genuine)
    if len(whole.network) > 1:
        run(*kept, "--resume")
    assert learned == [(119, whole.network.hierarchy.shape[0])]
    assert_alike(hn.load(tmp_path / "again"), whole)
    assert len(whole.network) == len({str(net.hierarchy.shape) for net in whole.network})
    assert whole.settings["settings chosen on rows"] == 60
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("way", ["killed", "interrupted"])
def test_a_run_that_ends_while_settings_are_chosen_on_few_rows_goes_on(
    folder, tmp_path, monkeypatch, choose_among, way
):
    choose_among(*DEEP)
    for most in ("_FEWEST_ROWS", "_MOST_ROWS"):
        monkeypatch.setattr(some_rows, most, 60)
    options = ("--target", "ill", "--drop", "dose", "--no-plots", "--lineage-sep", "|", "--members", 1)
    call = ("fit", folder / "parts", *options, "--out", tmp_path / "m", "--checkpoint", tmp_path / "kept")
    genuine = Search.run

    def ended(search, problem):
        found = genuine(search, problem)
        if way == "killed":
            raise SystemExit(137)
        return replace(found, stopped="interrupted")

    monkeypatch.setattr(Search, "run", ended)
    first = CliRunner().invoke(main, [*map(str, call)])
    assert first.exit_code == {"killed": 137, "interrupted": 130}[way]
    assert ("the same command goes on from there" in first.output) == (way == "interrupted")
    assert [entry.name for entry in tmp_path.iterdir()] == ["kept"]
    monkeypatch.setattr(Search, "run", genuine)
    run(*call, "--resume")
    assert [entry.name for entry in tmp_path.iterdir()] == ["m"]


def test_outcomes_of_a_folder_are_judged_on_rows_that_the_seed_holds_out(outcomes, tmp_path):
    done = run("fit", outcomes / "parts", *WISHES["times until an event"], *QUICK, "--out", tmp_path / "m")
    assert "'state' was seen in" in done.output
    assert "Harrell's C" in hn.load(tmp_path / "m").metrics["network"]


def test_a_missing_column_and_options_of_text_are_refused_of_a_folder(folder, tmp_path):
    call = ["fit", str(folder / "parts"), "--target", "dose", "--out", str(tmp_path / "m")]
    assert (
        "there is no 'month'" in CliRunner().invoke(main, [*call, "--time", "month", "--event", "ill"]).output
    )
    assert "--sep is not about Parquet" in CliRunner().invoke(main, [*call, "--sep", ";"]).output
    assert "there is no 'dosis'" in CliRunner().invoke(main, [*call, "--drop", "dosis"]).output
    assert not list(tmp_path.iterdir())


def scores_in(path):
    return pd.read_csv(path).set_index("model")


def test_scores_of_a_folder_are_those_of_the_table_in_memory(folder, tmp_path):
    done = run("evaluate", folder / "model", folder / "parts", "--out", tmp_path / "blocks.csv")
    assert "150 rows, 1 row without a target left out" in done.output
    run("evaluate", folder / "model", folder / "all.parquet", "--out", tmp_path / "memory.csv")
    blocks, memory = (scores_in(tmp_path / f"{name}.csv") for name in ("blocks", "memory"))
    pd.testing.assert_frame_equal(blocks, memory, rtol=1e-5)


def test_scores_of_outcomes_with_an_offset_are_those_of_the_table_in_memory(outcomes, tmp_path):
    wish = WISHES["counts with an exposure"]
    run("fit", outcomes / "all.parquet", *wish, *QUICK, "--test-size", 0, "--out", tmp_path / "model")
    for name in ("parts", "all.parquet"):
        run("evaluate", tmp_path / "model", outcomes / name, "--out", tmp_path / f"{name}.csv")
    found = [scores_in(tmp_path / f"{name}.csv") for name in ("parts", "all.parquet")]
    pd.testing.assert_frame_equal(*found, rtol=1e-5)


def test_predictions_of_a_folder_are_scored_as_those_of_the_table_in_memory(folder, tmp_path):
    told = score_told(folder / "model", folder / "parts", tmp_path)
    assert "the target 'ill' is known in 149 rows: accuracy" in told
    assert told == score_told(folder / "model", folder / "all.parquet", tmp_path)
    assert (
        "known in" not in run("predict", folder / "model", folder / "parts", "--quiet", "--out", "-").output
    )
    (tmp_path / "called").mkdir()
    for k, part in enumerate((FRAME[:60], FRAME[60:])):
        called = part.assign(ill=part["ill"].map({"yes": "1", "no": "0" if k else "no"}))
        pq.write_table(ArrowTable.from_pandas(called), tmp_path / "called" / f"{k}.parquet")
    done = run("predict", folder / "model", tmp_path / "called", "--out", tmp_path / "unscored.csv")
    assert "the predictions are not scored: the classes of 'ill' are" in done.output
    labels = ("--label", "1=yes", "--label", "0=no", "--label", "no=no")
    assert score_told(folder / "model", tmp_path / "called", tmp_path, *labels) == told
    joined = ["predict", folder / "model", tmp_path / "called", "--out", tmp_path / "p.csv", *labels[:4]]
    refused = CliRunner().invoke(main, [str(a) for a in joined])
    assert "--label 0=no joins some of 'ill' with those called 'no'" in refused.output
    assert not (tmp_path / "p.csv").exists()


def test_a_missing_target_is_refused_of_a_folder(folder, tmp_path):
    pq.write_table(ArrowTable.from_pandas(FRAME.drop(columns="ill")), tmp_path / "0.parquet")
    without = CliRunner().invoke(main, ["evaluate", str(folder / "model"), str(tmp_path)])
    assert "there is no 'ill'" in without.output


# ---------------------------------------------------------------- usual models


@pytest.fixture
def few(monkeypatch):
    for most in ("_FEWEST_ROWS", "_MOST_ROWS"):
        monkeypatch.setattr(some_rows, most, 60)


def metrics_of(path):
    return {
        name: row
        for name, row in hn.load(path).metrics.items()
        if name not in ("rows", "split", "learned from")
    }


@pytest.mark.parametrize("wish", ["ill", "dose", "counts with an exposure", "times until an event"])
def test_usual_models_stand_beside_a_fit_of_a_folder_as_beside_that_of_the_table_in_memory(
    request, tmp_path, wish
):
    place = request.getfixturevalue("outcomes" if wish in WISHES else "folder")
    other = {"ill": "dose", "dose": "ill"}.get(wish)
    target = WISHES.get(wish, ("--target", wish, "--drop", other))
    for data in ("parts", "all.parquet"):
        run("fit", place / data, *target, *QUICK, "--single", "--out", tmp_path / data)
    one, memory = (metrics_of(tmp_path / data) for data in ("parts", "all.parquet"))
    assert list(one) == list(memory)
    assert {"logistic regression", "ridge regression", "linear model", "linear Cox"} & set(one)
    for name in (name for name in one if name not in ("training", "cost") and "network" not in name):
        assert one[name] == pytest.approx(memory[name], rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("single", [True, False])
@pytest.mark.parametrize("wish", ["ill", "counts with an exposure"])
def test_usual_models_learn_from_the_rows_that_settings_are_chosen_on(
    request, tmp_path, monkeypatch, choose_among, few, single, wish
):
    choose_among(*DEEP)
    place = request.getfixturevalue("outcomes" if wish in WISHES else "folder")
    target = WISHES.get(wish, ("--target", "ill", "--drop", "dose"))
    seen, of_module = [], fit_outcomes if wish in WISHES else fit_run
    genuine = of_module.rows_at
    monkeypatch.setattr(of_module, "rows_at", lambda *call: seen.append(call[-1]) or genuine(*call))
    chosen = [] if not single else [*QUICK[:2], *QUICK[3:], "--single"]
    call = ("fit", place / "parts", *target, *chosen, "--no-plots", "--members", 1)
    done = run(*(part for part in call if not (single and part in ("--members", 1))), "--out", tmp_path / "m")
    model = hn.load(tmp_path / "m")
    learned, some = model.metrics["rows"]["training"], model.metrics["rows"]["usual models"]
    said = f"they learned from {some:.0f} of {learned:.0f}, at random; the network from all"
    assert said in done.output
    assert said in run("show", tmp_path / "m").output
    assert f"learned from {some:.0f} rows, at random, the network from all" in Judged.of(model).differences[0]
    (rows,) = seen
    assert len(rows) == some
    assert 60 <= some < 70
    assert not single or some == model.settings.get("settings chosen on rows", some)
    assert (np.diff(rows) > 0).all()


def test_rows_that_settings_were_chosen_on_are_known_of_an_estimator(folder, few):
    stream = hn.data.open(folder / "all.parquet", target="dose").select(["A|a", "A|b"])
    reg = hn.HierarchyRegressor(folds=2, members=1, settings=[Setting(0.1)], steps=3, random_state=0)
    found = reg.fit(stream[np.delete(np.arange(M), 7)])
    np.testing.assert_array_equal(found.chosen_on_, np.flatnonzero(~np.isnan(found.out_of_fold_)))


@pytest.mark.parametrize("train", ["all.parquet", "parts"])
def test_a_model_is_judged_on_a_folder_beside_usual_models_as_on_the_table_in_memory(
    folder, tmp_path, few, train
):
    call = ("--train", folder / train, "--out")
    done = run("evaluate", folder / "model", folder / "parts", *call, tmp_path / "blocks.csv")
    of_some = "usual models hold their rows in memory: they learned from 60 of 149, at random"
    assert (of_some in done.output) == (train == "parts")
    run("evaluate", folder / "model", folder / "all.parquet", *call, tmp_path / "memory.csv")
    blocks, memory = (scores_in(tmp_path / f"{name}.csv") for name in ("blocks", "memory"))
    assert "gradient boosting" in blocks.index
    pd.testing.assert_frame_equal(blocks, memory, rtol=1e-5)


def test_outcomes_are_judged_on_a_folder_beside_a_linear_model_of_another(outcomes, tmp_path):
    options = (*WISHES["times until an event"], *QUICK, "--single", "--out", tmp_path / "model")
    run("fit", outcomes / "all.parquet", *options)
    for data in ("parts", "all.parquet"):
        call = ("--train", outcomes / data, "--out", tmp_path / f"{data}.csv")
        run("evaluate", tmp_path / "model", outcomes / data, *call)
    found = [scores_in(tmp_path / f"{name}.csv") for name in ("parts", "all.parquet")]
    assert "linear Cox" in found[0].index
    pd.testing.assert_frame_equal(*found, rtol=1e-4)


@pytest.mark.parametrize("method", ["deeplift", "ablation"])
def test_scores_of_elements_of_a_folder_are_those_of_the_table_in_memory(folder, tmp_path, method):
    for data in ("parts", "all.parquet"):
        options = ("--method", method, "--out", tmp_path / f"{data}.csv")
        run("explain", folder / "model", folder / data, *options)
    found = [pd.read_csv(tmp_path / f"{data}.csv") for data in ("parts", "all.parquet")]
    pd.testing.assert_frame_equal(*found, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("wish", ["ill", "dose", "counts with an exposure", "times until an event"])
def test_another_table_that_is_a_stream_changes_neither_scores_of_the_network_nor_guessing(
    request, tmp_path, few, wish
):
    place = request.getfixturevalue("outcomes" if wish in WISHES else "folder")
    other = {"ill": "dose", "dose": "ill"}.get(wish)
    target = WISHES.get(wish, ("--target", wish, "--drop", other))
    run("fit", place / "all.parquet", *target, *QUICK, "--test-size", 0, "--out", tmp_path / "model")
    for data in ("parts", "all.parquet"):
        call = ("evaluate", tmp_path / "model", place / "all.parquet", "--train", place / data)
        run(*call, "--out", tmp_path / f"{data}.csv")
    blocks, memory = (scores_in(tmp_path / f"{data}.csv") for data in ("parts", "all.parquet"))
    own = [name for name in memory.index if name.startswith(("network", "guessing"))]
    assert len(own) == 2
    pd.testing.assert_frame_equal(blocks.loc[own], memory.loc[own])


@pytest.mark.parametrize("command", ["predict", "evaluate"])
def test_what_blocks_have_that_training_had_not_is_noted_once_with_counts_of_all_rows(
    outcomes, tmp_path, command
):
    frame = pd.read_parquet(outcomes / "all.parquet")
    wish = WISHES["times until an event"]
    run("fit", outcomes / "all.parquet", *wish, *QUICK, "--test-size", 0, "--out", tmp_path / "model")
    columns = [name for name in hn.load(tmp_path / "model").encoding.plain if name in frame]
    frame.loc[::9, columns[0]] = None
    frame.loc[5:, columns[1]] = frame[columns[1]].where(frame.index % 7 > 0)[5:]
    (tmp_path / "parts").mkdir()
    for k in range(5):
        part = ArrowTable.from_pandas(frame[k * 30 : k * 30 + 30], preserve_index=False)
        pq.write_table(part, tmp_path / "parts" / f"{k}.parquet")
    pq.write_table(ArrowTable.from_pandas(frame, preserve_index=False), tmp_path / "all.parquet")
    told = {}
    for data in ("parts", "all.parquet"):
        out = ("--out", tmp_path / f"{data}.csv")
        done = run(command, tmp_path / "model", tmp_path / data, *out)
        told[data] = [line for line in done.stderr.splitlines() if "values are missing" in line]
    assert len(told["parts"]) == 1
    assert told["parts"] == told["all.parquet"]
