"""Text from data is shown on the terminal and never steers it; formulas do not reach spreadsheets."""

from __future__ import annotations

import gc

import numpy as np
import pandas as pd
import pytest

from hassenet.cli import main
from hassenet.cli.report import powers_of
from hassenet.cli.terminal import shown
from hassenet.cli.text import columns, letters, short

STEERING = "\x1b[31m", "\x9b31m", "\x07", "\r", "\x7f", "\u202e"


@pytest.mark.parametrize("text", STEERING)
def test_what_steers_a_terminal_is_written_out(text):
    assert shown(f"a{text}b") == "a" + text.encode("unicode_escape").decode().replace("[31m", "[31m") + "b"
    assert not set(shown(text)) & set("".join(STEERING[k][0] for k in range(6)))


def test_lines_tabs_and_letters_stay():
    assert shown("größe\t1\nж") == "größe\t1\nж"


@pytest.mark.parametrize("name", ["\x1b[5mdown", "a\tb", "a\nb", "遺伝子", "e\u0301te\u0301", "plain"])
def test_columns_stand_below_one_another_whatever_names_hold(name):
    lines = columns([["element", "rank"], [name, "1"], [short(name), "12"]]).split("\n")
    assert len(lines) == 3
    assert len({letters(shown(line)) for line in lines}) == 1


@pytest.fixture
def steering(tmp_path):
    """A table and a hierarchy whose names would colour the terminal, or are formulas."""
    gc.collect()  # a bar of progress that an earlier test left behind would have the next one move the cursor
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 3))
    names = ["=1\x1b[31m", "b\x1b]0;t\x07", "c"]
    frame = pd.DataFrame(X, columns=names).assign(y=np.where(X[:, 0] > 0, "u\x1b[0m", "v"), o="\x1b[5m")
    frame.to_csv(tmp_path / "t.csv", index=False)
    (tmp_path / "h.tsv").write_text(
        "".join(f"{name}\t{top}\n" for name, top in zip(names, "ppq", strict=True))
    )
    return "t.csv"


COMMANDS = (
    ("fit", "t.csv", "--target", "y", "--drop", "o", "--epochs", 2, "--no-plots", "--out", "m"),
    ("fit", "t.csv", "--target", "y", "--epochs", 2, "--out", "n"),
    ("show", "m"),
    ("predict", "m", "t.csv", "--out", "p.csv"),
    ("evaluate", "m", "t.csv"),
    ("explain", "m", "t.csv", "--out", "r.csv"),
    ("explain", "m", "t.csv", "--class", "zz\x1b[31m"),
    ("report", "m", "t.csv", "--out", "r.html"),
    ("hierarchy", "h.tsv"),
    ("show", "h.tsv"),
)


def test_no_command_sends_an_escape(run, steering):
    for command in COMMANDS:
        result = run(*command)
        assert not set(result.output) & {"\x1b", "\x07", "\x9b"}, command


def test_names_from_data_are_guarded_unless_that_is_not_wanted(run, steering):
    run(*COMMANDS[0])
    run("explain", "m", "t.csv", "--out", "safe.csv", "--quiet")
    run("explain", "m", "t.csv", "--out", "plain.csv", "--quiet", "--no-spreadsheet-safe")
    safe, plain = (pd.read_csv(name)["element"].tolist() for name in ("safe.csv", "plain.csv"))
    assert "=1\x1b[31m" in plain
    run("explain", "m", "t.csv", "--out", "plain.parquet", "--quiet")
    assert pd.read_parquet("plain.parquet")["element"].tolist() == plain
    assert ["'" + name if name.startswith("=") else name for name in plain] == safe


def test_a_guarded_table_of_powers_gives_the_names_back(tmp_path):
    (tmp_path / "power.csv").write_text("element,power\n'=a,0.5\n'-b,0.25\n'c,1\n")
    assert powers_of(tmp_path / "power.csv") == {"=a": 0.5, "-b": 0.25, "'c": 1.0}


CHOICES = {
    (): ("=1+1", "'"),
    ("--spreadsheet-safe",): ("'=1+1", "'"),
    ("--no-spreadsheet-safe",): ("=1+1", ""),
}


def test_what_predict_copies_stays_exact_and_the_names_that_it_writes_are_guarded(run, tmp_path):
    frame = pd.DataFrame({"a": np.arange(40.0) % 7, "y": np.resize(["=ill", "+x"], 40), "=o": "=1+1"})
    frame.to_csv(tmp_path / "t.csv", index=False)
    run("fit", "t.csv", "--target", "y", "--drop", "=o", "--epochs", 1, "--no-plots", "--out", "m", "--quiet")
    for option, (kept, mark) in CHOICES.items():
        assert (
            run("predict", "m", "t.csv", "--keep", "=o", "--out", "p.csv", "--force", *option).exit_code == 0
        )
        found = pd.read_csv("p.csv")
        assert found.columns[0] == ("'=o" if kept.startswith("'") else "=o")
        assert set(found.iloc[:, 0]) == {kept}
        assert set(found["predicted_y"]) <= {f"{mark}=ill", f"{mark}+x"}


def test_a_hierarchy_is_written_exactly_unless_it_is_for_a_spreadsheet(run, tmp_path):
    (tmp_path / "e.csv").write_text("lower,upper\n=1+1,+top\nb,+top\n")
    for option, names in (((), {"=1+1", "b", "+top"}), (("--spreadsheet-safe",), {"'=1+1", "b", "'+top"})):
        assert run("hierarchy", "e.csv", "--out", "H.tsv", "--force", *option).exit_code == 0
        assert set(pd.read_csv("H.tsv", sep="\t")["lower"]) == names


def test_every_command_that_writes_a_table_has_the_option():
    for name in ("predict", "evaluate", "explain", "compare", "discover", "stability", "hierarchy"):
        assert "spreadsheet_safe" in {option.name for option in main.commands[name].params}
