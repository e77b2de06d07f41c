"""``hassenet show`` tells what is in a folder or an edge list."""

from __future__ import annotations

import pytest

from hassenet.engines import available, get_engine
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.storage import save


def words(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


def test_a_model_is_shown_with_ranks_and_scores(run, fit, data):
    fit(data, "--lineage-sep", "|", "--drop", "weight", "--log10", "100")
    shown = run("show", "model").stdout
    assert ["1", "2", "0", "3", "0.5", "tanh"] in words(shown)
    for part in ("classification of 'health'", "log10(x + 100), standardised", "parameters: 8", "ROC AUC"):
        assert part in shown


def test_a_bare_network_is_shown(run, tmp_path):
    save(Network(Hierarchy.subsets(3), hidden="relu", output="sigmoid"), tmp_path / "net")
    shown = run("show", tmp_path / "net").stdout
    assert ["1", "3", "0", "6", "0.667", "relu"] in words(shown)
    assert "parameters: 13 (float32)" in shown


def test_the_engine_that_runs_is_shown_by_name(run):
    assert run("show", "--engine").stdout == f"{get_engine().description()}\n"
    assert get_engine().description().startswith(f"{available()[0]}: ")


def test_nothing_to_show_is_a_mistake_in_usage(run):
    refused = run("show")
    assert refused.exit_code == 2
    assert "give one" in refused.stderr


def test_an_edge_list_is_shown_also_if_covers_skip_ranks(run, tmp_path):
    (tmp_path / "edges.tsv").write_text("a\tb\nb\tc\nx\tc\n")
    shown = run("show", tmp_path / "edges.tsv").stdout
    assert ["0", "2", "0"] in words(shown)
    assert "covers: 3" in shown
    assert "1 covers skip ranks" in shown


@pytest.mark.parametrize(("text", "part"), [("a\tb\nb\ta\n", "cycle"), ("", "empty")])
def test_a_file_that_is_not_a_hierarchy_is_refused(run, tmp_path, text, part):
    (tmp_path / "edges.tsv").write_text(text)
    result = run("show", tmp_path / "edges.tsv")
    assert result.exit_code == 1
    assert part in result.stderr


def test_a_damaged_folder_is_refused_by_name(run, tmp_path):
    save(Network(Hierarchy.subsets(3)), tmp_path / "net")
    (tmp_path / "net" / "model.safetensors").write_bytes(b"")
    result = run("show", tmp_path / "net")
    assert result.exit_code == 1
    assert "model.safetensors" in result.stderr


def test_features_are_quoted_and_dots_stand_only_for_those_that_are_not_shown(run, fit, tmp_path, frame):
    frame[["A|a", "B|c", "health"]].rename(columns={"A|a": "a, b"}).to_csv(tmp_path / "two.csv", index=False)
    fit(tmp_path / "two.csv")
    assert "features: 2 ('a, b', 'B|c'), standardised" in run("show", "model").stdout
    frame.drop(columns=["sample", "weight"]).to_csv(tmp_path / "four.csv", index=False)
    fit(tmp_path / "four.csv", "--force")
    assert "features: 4 ('A|a', 'A|b', 'B|c' and 1 more)" in run("show", "model").stdout


@pytest.mark.parametrize("name", ["people.csv", "net/model.json", "net/model.safetensors", "picture.png"])
def test_the_message_names_what_can_be_shown_where_something_else_is_given(run, data, tmp_path, name):
    save(Network(Hierarchy.subsets(3)), tmp_path / "net")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0")
    result = run("show", name)
    assert result.exit_code == 1
    assert "show takes a model folder, or a file with a hierarchy" in result.stderr
    assert ("hassenet show net" in result.stderr) == name.startswith("net/")


def test_options_that_are_named_are_those_of_another_command(run, tmp_path):
    (tmp_path / "t.csv").write_text("a,b,c\n1,2,3\n4,5,6\n")
    found = run("show", "t.csv")
    assert "--format paths; options are those of hassenet hierarchy" in found.stderr
    assert "a table of data is for hassenet fit" in found.stderr
