"""``hassenet stability`` writes what hassenet.stability finds with the training of ``hassenet fit``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hassenet.cli import main
from hassenet.cli.stability import run as studies
from hassenet.cli.stability.printed import Studied, verdict
from hassenet.cli.stability.run import _FILES
from hassenet.cli.text import short
from hassenet.errors import DataError
from hassenet.explain import Explained
from hassenet.stability import NullScores, Stability
from hassenet.task.heads import OutputHeads
from hassenet.training import fit_with

from .conftest import CLASS, people

QUICK = ("--epochs", 3, "--runs", 3, "--nulls", 4)
TREE = (*CLASS, "--drop", "age", "--lineage-sep", "|")


@pytest.fixture
def study(run, data):
    def call(*more, target="health"):
        return run("stability", data, "--target", target, *QUICK, "--out", "found", *more)

    return call


def test_elements_stand_beside_null_models_and_networks_beside_their_twins(study, monkeypatch, tmp_path):
    monkeypatch.setenv("COLUMNS", "100")  # as summary.txt has
    result = study(*TREE)
    assert result.exit_code == 0, result.output
    elements = pd.read_csv(tmp_path / "found/elements.csv")
    assert elements["element"].tolist() == ["A|a", "A|b", "B|c", "A", "B"]
    of_null = [
        f"{what}_{null}" for null in ("permuted", "rewired") for what in ("excess", "p", "fdr", "pooled_fdr")
    ]
    assert list(elements) == ["element", "rank", "mean", "sd", "low", "high", "top", *of_null]
    np.testing.assert_allclose(elements.groupby("rank")["mean"].sum(), 1, rtol=1e-6)
    assert set((elements["p_permuted"] * 5).round(9)) <= {1, 2, 3, 4, 5}
    networks = pd.read_csv(tmp_path / "found/networks.csv")
    assert networks["network"].tolist() == ["hierarchy", "rewired", "complete"]
    assert networks["shape"].tolist() == ["3-2-1", "3-2-1", "3-1-1"]
    assert networks["parameters"].tolist() == [8, 8, 6]
    summary = (tmp_path / "found/summary.txt").read_text()
    assert summary.strip() in result.stdout
    assert (tmp_path / "found/stability.png").read_bytes().startswith(b"\x89PNG")
    assert "3 runs of 5 elements" in summary
    assert "the least p there is is 0.2" in summary
    assert summary.startswith(
        "what is explained: ill\nfeatures: standardised, and gaps filled, by the rows that each training learns from\n"
    )
    assert (
        "\nruns: as many rows as there are, drawn with replacement (bootstrap)\nheld out: accuracy on"
        in summary
    )
    assert "rows not learned from; always guessing" in summary
    assert "one element alone comes to a rate of 0.4 at best; ≤ 0.1 takes 19 draws" in summary
    shown = [line.split() for line in summary.split("\n\n")[1].splitlines()]
    assert [row[0] for row in shown[1:]] == [
        *elements[elements["rank"] > 0].sort_values("excess_permuted")["element"][::-1]
    ]
    assert shown[0] == [
        "element",
        "rank",
        "mean",
        "95",
        "%",
        "of",
        "runs",
        "top",
        "excess",
        "p",
        "fdr",
        "p",
        "rewired",
    ]
    assert "fdr: the false discovery rate in the rank, by the pooled null" in summary


@pytest.mark.parametrize("width", [72, 100, 160])
def test_what_a_study_prints_fits_the_line_and_ends_with_a_verdict(study, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    said = study(*TREE).stdout
    said = said[said.index("what is explained") :]
    assert max(map(len, said.splitlines())) <= width
    last = said.rstrip().split("\n\n")[-2]
    assert last.startswith("verdict:\n  none of 5 elements stands out from permuted targets; the least")
    table = next(part for part in said.split("\n\n") if part.startswith("element"))
    assert ("p rewired" in table) == (width >= 80)


def test_a_verdict_names_what_stands_out_the_surest_first():
    ranks = np.zeros(4, int)
    chance = np.tile([[0.25, 0.2], [0.2, 0.25]], (20, 2))
    found = NullScores(tuple("abcd"), ranks, np.array([0.9, 0.2, 0.5, 0.2]), chance)
    runs = Stability(tuple("abcd"), ranks, np.tile(found.observed, (3, 1)), np.full(3, np.nan))
    assert "2 of 4 elements stand out" in verdict(Studied(runs, {"permuted": found}))
    assert verdict(Studied(runs, {"permuted": found})).index("a (rank 0), c (rank 0)") > 0
    assert "chance cannot be ruled out" in verdict(Studied(runs, {}))


def test_a_verdict_names_what_is_among_the_first_of_its_rank_in_every_run():
    names = tuple(f"e{k}" for k in range(12))
    scores = np.stack([np.r_[5.0, 4.0, np.linspace(1, 2, 10)], np.r_[5.0, 4.0, np.linspace(2, 1, 10)]])
    runs = Stability(names, np.zeros(12, int), scores, np.full(2, np.nan))
    said = verdict(Studied(runs, {}))
    assert "in all of 2 runs: e0 (rank 0), e1 (rank 0)" in said
    assert "e2 (rank 0)" not in said


def test_names_of_long_lineages_are_cut_between_their_parts():
    assert short("k__Bacteria|p__Firmicutes|g__Veillonella", 20) == "…|g__Veillonella"
    assert len(short("k__Bacteria|p__Firmicutes|g__Veillonella", 8)) == 8


def test_the_same_seed_writes_the_same_tables_with_any_number_of_processes(study, run, data, tmp_path):
    study(*TREE, "--quiet")
    again = run(
        "stability", data, "--target", "health", *QUICK, *TREE, "--out", "again", "--jobs", 2, "--quiet"
    )
    assert again.output == ""
    for name in _FILES:
        assert (tmp_path / "found" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_without_a_hierarchy_there_is_nothing_to_rewire(study, tmp_path):
    result = study(*CLASS, "--hidden-layer-sizes", "3", "--nulls", 0)
    assert result.exit_code == 0, result.output
    elements = pd.read_csv(tmp_path / "found/elements.csv")
    assert list(elements)[-1] == "top"
    assert not (tmp_path / "found/networks.csv").exists()
    assert elements["rank"].tolist() == [0] * 4
    summary = (tmp_path / "found/summary.txt").read_text()
    assert "3 runs of 4 elements" in summary
    assert "fdr" not in summary
    assert "chance cannot be ruled out: no null model was drawn" in summary
    assert "rank 1: left out; each of its 3 elements can change places with another" in summary


def test_of_a_hierarchy_only_ranks_with_an_identity_are_shown(study, tmp_path):
    """Both elements of rank 2 cover all of rank 1: nothing tells them apart."""
    pairs = [("A|a", "p"), ("A|b", "p"), ("B|c", "q"), *((low, up) for low in "pq" for up in ("d1", "d2"))]
    pd.DataFrame(pairs, columns=["lower", "upper"]).to_csv(tmp_path / "edges.csv", index=False)
    result = study(*CLASS, "--drop", "age", "--hierarchy", "edges.csv")
    assert result.exit_code == 0, result.output
    elements = pd.read_csv(tmp_path / "found/elements.csv")
    assert elements["element"].tolist() == ["A|a", "A|b", "B|c", "p", "q"]
    np.testing.assert_allclose(elements.groupby("rank")["mean"].sum(), 1, rtol=1e-6)
    assert "rank 2: left out; each of its 2 elements" in (tmp_path / "found/summary.txt").read_text()


def test_a_regression_is_studied(study, tmp_path):
    result = study(
        "--drop",
        "health",
        "--drop",
        "sample",
        "--hidden-layer-sizes",
        "3",
        "--method",
        "ablation",
        target="weight",
    )
    assert result.exit_code == 0, result.output
    summary = (tmp_path / "found/summary.txt").read_text()
    assert "permuted" in summary
    assert "what is explained: weight\n" in summary
    assert "\nheld out: R² of rows not learned from" in summary


def test_with_early_stopping_no_row_comes_twice_and_the_summary_says_so(study, tmp_path):
    result = study(*TREE, "--early-stopping", "--no-standardize")
    assert result.exit_code == 0, result.output
    summary = (tmp_path / "found/summary.txt").read_text()
    assert (
        "features: as they are, gaps filled by the rows that each training learns from\nruns: 63 %" in summary
    )


@pytest.mark.parametrize("per", ["rank", "element"])
@pytest.mark.parametrize(
    ("target", "of"), [("health", CLASS), ("weight", ("--drop", "sample", "--drop", "health"))]
)
def test_auxiliary_heads_are_trained_with_and_the_main_outputs_explained_and_judged(
    study, tmp_path, monkeypatch, per, target, of
):
    trained = []

    def seen(options, net, X, Y, **others):
        found = fit_with(options, net, X, Y, **others)
        trained.append((found.network, options.loss))
        return found

    monkeypatch.setattr("hassenet.stability.recipe.fit_with", seen)
    heads = (*of, "--drop", "age", "--lineage-sep", "|", "--auxiliary", per, "--auxiliary-weight", 0.25)
    result = study(*heads, target=target)
    assert result.exit_code == 0, result.output
    net, loss = trained[0]
    h = net.plan.n_outputs
    assert h == {"rank": 2, "element": 3}[per]
    assert loss.weights == (0.25,) * (h - 1) + (1.0,)
    elements = pd.read_csv(tmp_path / "found/elements.csv")
    assert elements["element"].tolist() == ["A|a", "A|b", "B|c", "A", "B"]
    assert (elements["p_rewired"] > 0).all()
    assert "held out" in (tmp_path / "found/summary.txt").read_text()


def test_what_is_explained_of_the_main_outputs_is_that_of_no_other():
    main = Explained("ill", (-0.5, 0.5))
    heads = OutputHeads.of_size(2, outputs=6)
    assert studies._among_all(main, heads) == Explained("ill", (0, 0, 0, 0, -0.5, 0.5))
    assert studies._among_all(main, OutputHeads.of_size(2, outputs=2)) == main


def test_the_training_has_the_options_of_fit():
    of_fit = {p.name for p in main.commands["fit"].params}
    of_study = {p.name for p in main.commands["stability"].params}
    assert of_fit - of_study == {"single", "members", "test_size", "plots"}
    assert of_study - of_fit == {
        "runs",
        "nulls",
        "method",
        "label",
        "explain_target",
        "jobs",
        "spreadsheet_safe",
    }


def test_a_study_that_is_refused_leaves_nothing_behind(study, refuses, data, tmp_path):
    refuses(study(*TREE, "--class", "well"), "--class is one of 'healthy', 'ill'; got 'well'")
    refuses(study(*TREE, target="helth"), "there is no 'helth'; did you mean 'health'?")
    refuses(study(*TREE, "--jobs", 0), "--jobs is a number of processes", code=2)
    refuses(study(*CLASS, "--heads", "all"), "give --hierarchy or --lineage-sep", code=2)
    assert not (tmp_path / "found").exists()


def test_of_many_classes_one_is_chosen(run, refuses, tmp_path):
    frame = people()[["A|a", "A|b"]].assign(kind=np.arange(60) % 3)
    frame.to_csv(tmp_path / "kinds.csv", index=False)
    command = ("stability", "kinds.csv", "--target", "kind", *QUICK, "--nulls", 1, "--out", "found")
    refuses(
        run(*command),
        "one class is explained at a time, of '0', '1', '2'; choose one with --class",
        made=(tmp_path / "kinds.csv",),
    )
    assert run(*command, "--class", 1).exit_code == 0


def test_of_many_targets_one_is_chosen(run, refuses, data, tmp_path):
    command = (
        "stability",
        data,
        "--target",
        "weight",
        "--target",
        "age",
        "--drop",
        "sample",
        "--drop",
        "health",
    )
    command += (*QUICK, "--nulls", 1, "--lineage-sep", "|")
    refuses(
        run(*command, "--out", "found"),
        "one target is explained at a time, of 'weight', 'age'; choose one with --explain-target",
    )
    refuses(run(*command, "--out", "found", "--explain-target", "wait"), "got 'wait'; choose one")
    refuses(run(*command, "--out", "found", "--class", "1"), "--class is for classifications")
    for name in ("weight", "age"):
        assert run(*command, "--out", name, "--explain-target", name).exit_code == 0
        assert f"what is explained: {name}\n" in (tmp_path / name / "summary.txt").read_text()
    assert (tmp_path / "weight/elements.csv").read_bytes() != (tmp_path / "age/elements.csv").read_bytes()


def test_a_class_has_no_target_to_explain(study, refuses):
    refuses(study(*TREE, "--explain-target", "health"), "--explain-target is for regressions")


def test_the_first_error_is_reported_even_where_the_folder_is_no_longer_empty(
    study, refuses, tmp_path, monkeypatch
):
    def fail(*_, **__):
        (tmp_path / "deep/found").mkdir(parents=True)
        (tmp_path / "deep/found/mine.txt").write_text("mine")
        raise DataError("something else went wrong")

    monkeypatch.setattr(studies, "_studied", fail)
    refuses(study(*TREE, "--out", "deep/found"), "something else went wrong", made=tuple(tmp_path.rglob("*")))
    assert (tmp_path / "deep/found/mine.txt").read_text() == "mine"


def test_folders_above_are_taken_away_too_where_nothing_comes(study, refuses, tmp_path):
    refuses(study(*TREE, "--class", "well", "--out", "deep/deeper/found"), "got 'well'")
    assert not (tmp_path / "deep").exists()


def test_tables_of_an_earlier_run_stay_until_all_new_ones_are_written(study, refuses, tmp_path, monkeypatch):
    def fail(*_, **__):
        raise OSError("the disk is full")

    assert study(*TREE).exit_code == 0
    before = {path: path.read_bytes() for path in (tmp_path / "found").iterdir()}
    monkeypatch.setattr(Path, "write_text", fail)
    refuses(study(*TREE, "--seed", 1, "--force"), "the disk is full", made=tuple(before))
    assert {path: path.read_bytes() for path in (tmp_path / "found").iterdir()} == before


def test_ctrl_c_leaves_no_folder_behind_and_tables_of_an_earlier_run_as_they_were(
    study, tmp_path, monkeypatch
):
    def interrupted(*arguments, **options):
        return replace(fit_with(*arguments, **options), stopped="interrupted")

    assert study(*TREE, "--out", "before").exit_code == 0
    before = {path: path.read_bytes() for path in (tmp_path / "before").iterdir()}
    monkeypatch.setattr("hassenet.stability.recipe.fit_with", interrupted)
    result = study(*TREE)
    assert result.exit_code == 130
    assert "interrupted; nothing was written" in result.stderr
    assert not (tmp_path / "found").exists()
    again = study(*TREE, "--out", "before", "--force")
    assert (again.exit_code, "nothing was written" in again.stderr) == (130, False)
    assert {path: path.read_bytes() for path in (tmp_path / "before").iterdir()} == before


def test_tables_that_are_there_are_kept_unless_forced(study, refuses, tmp_path):
    (tmp_path / "found").mkdir()
    mine = tmp_path / "found/elements.csv"
    mine.write_text("mine")
    refuses(study(*TREE), "an existing file is kept", "elements.csv", "--force", made=(mine.parent, mine))
    assert mine.read_text() == "mine"
    (tmp_path / "found/networks.csv").write_text("of an earlier run")
    assert study(*CLASS, "--hidden-layer-sizes", "3", "--force").exit_code == 0
    assert mine.read_text() != "mine"
    assert not (tmp_path / "found/networks.csv").exists()
    (tmp_path / "found2").write_text("a file")
    refuses(
        study(*TREE, "--force", "--out", "found2"),
        "an existing file is kept",
        made=tuple(tmp_path.rglob("*")),
    )
