"""`hassenet report`: a model and a table to one page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hassenet import Hierarchy, Network, load, save

from .conftest import CLASS, Run


def data_of(page: Path) -> dict[str, Any]:
    found = re.search(r'id="data">(.*?)</script>', page.read_text("utf-8"), re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def test_a_page_is_written_and_its_path_is_printed(run: Run, fit: Run, data: Path, tmp_path: Path) -> None:
    fit(data, *CLASS, "--lineage-sep", "|")
    result = run("report", "model", data, "--out", "report.html")
    assert result.exit_code == 0, result.output
    assert result.output == "60 rows shown: report.html\n"
    said = data_of(tmp_path / "report.html")
    assert said["title"] == "Classification of health"
    assert said["groups"] == ["healthy", "ill"]
    assert said["costs"]["cost"] == pytest.approx(
        [e.cost for e in load(tmp_path / "model").history], rel=1e-3
    )
    assert len(said["costs"]["cost"]) > 1
    assert [s["output"] for s in said["scores"]] == ["ill"]
    assert {"A|a", "A|b", "B|c", "A", "B", "health=ill"} <= set(said["names"])


def test_title_and_classes_are_chosen(run: Run, fit: Run, data: Path, tmp_path: Path) -> None:
    fit(data, *CLASS)
    chosen = ("--class", "healthy", "--class", "ill", "--title", "Of 60 people", "--quiet")
    result = run("report", "model", data, "--out", "report.html", *chosen)
    assert result.output == ""
    said = data_of(tmp_path / "report.html")
    assert said["title"] == "Of 60 people"
    assert [s["output"] for s in said["scores"]] == ["healthy", "ill"]


def test_a_regression_is_reported(run: Run, fit: Run, data: Path, tmp_path: Path) -> None:
    fit(data, "--drop", "sample", "--drop", "health", target="weight")
    assert run("report", "model", data, "--out", "report.html", "--target", "weight").exit_code == 0
    assert data_of(tmp_path / "report.html")["groups"] == []


def test_of_a_regression_only_targets_can_be_explained(
    run: Run, fit: Run, data: Path, tmp_path: Path, refuses: Callable[..., None]
) -> None:
    fit(data, "--drop", "sample", "--drop", "health", target="weight")
    result = run("report", "model", data, "--out", "report.html", "--class", "zz")
    refuses(result, "a target, of 'weight'; got 'zz'; give one of these", made=(tmp_path / "model",))


def test_the_costs_that_a_page_states_are_the_ends_of_its_curve(
    run: Run, fit: Run, data: Path, tmp_path: Path
) -> None:
    fit(data, *CLASS, "--early-stopping")
    run("report", "model", data, "--out", "report.html")
    said = data_of(tmp_path / "report.html")
    first, last = said["costs"]["cost"][0], said["costs"]["cost"][-1]
    assert dict(said["facts"])["cost"] == f"{first:.4g} at first, {last:.4g} at last"


def test_an_existing_file_is_kept_unless_forced(
    run: Run, fit: Run, data: Path, tmp_path: Path, refuses: Callable[..., None]
) -> None:
    fit(data, *CLASS)
    page = tmp_path / "report.html"
    page.write_text("mine")
    result = run("report", "model", data, "--out", "report.html")
    refuses(result, "an existing file is kept; report.html is there", "--force", made=(tmp_path / "model",))
    assert page.read_text() == "mine"
    assert run("report", "model", data, "--out", "report.html", "--force").exit_code == 0
    assert page.read_text("utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--class", "dead"), "a class is one of 'healthy', 'ill'; got 'dead'"),
        (("--class", "ill", "--class", "ill"), "explained once; 'ill' is given several times"),
        (("--out", "no/report.html"), "a page is written into a folder; no is not a folder"),
    ],
)
def test_a_page_that_cannot_be_made_gives_one_message(
    run: Run, fit: Run, data: Path, tmp_path: Path, refuses: Callable[..., None], arguments: Any, message: str
) -> None:
    fit(data, *CLASS)
    made = (tmp_path / "model",)
    refuses(run("report", "model", data, "--out", "report.html", *arguments), message, made=made)
    assert not (tmp_path / "report.html").exists()


def test_a_page_whose_name_does_not_end_in_html_is_refused(
    run: Run, fit: Run, data: Path, tmp_path: Path, refuses: Callable[..., None]
) -> None:
    fit(data, *CLASS)
    result = run("report", "model", data, "--out", "report.pdf")
    refuses(
        result,
        "a page is HTML; report.pdf is not called so; name it report.html",
        code=2,
        made=(tmp_path / "model",),
    )
    assert not (tmp_path / "report.pdf").exists()


def test_a_table_that_lacks_a_feature_is_refused(
    run: Run, fit: Run, frame: Any, data: Path, tmp_path: Path, refuses: Callable[..., None]
) -> None:
    fit(data, *CLASS)
    frame.drop(columns="age").to_csv("few.csv", index=False)
    result = run("report", "model", "few.csv", "--out", "report.html")
    refuses(result, "1 of 4 are not: 'age'", made=(tmp_path / "model",))


def test_a_bare_network_is_refused(
    run: Run, data: Path, tmp_path: Path, refuses: Callable[..., None]
) -> None:
    save(Network(Hierarchy.subsets(3)), tmp_path / "bare")
    refuses(run("report", "bare", data, "--out", "report.html"), "report needs a model made by hassenet fit")


def test_the_help_of_report_has_an_example(run: Run) -> None:
    assert "hassenet report model people.csv --out report.html" in run("report", "--help").output


def test_elements_are_coloured_by_the_power_in_a_table(
    run: Run, fit: Run, data: Path, tmp_path: Path, refuses: Callable[..., None]
) -> None:
    fit(data, *CLASS)
    (tmp_path / "power.csv").write_text("element,power\nage,0.125\nA|a,\n", encoding="utf-8")
    (tmp_path / "else.csv").write_text("element,size\nage,0.125\n", encoding="utf-8")
    made = tuple(tmp_path.rglob("*"))
    result = run("report", "model", data, "--power", "power.csv", "--out", "report.html")
    assert result.exit_code == 0, result.output
    assert '"power":[null,null,null,0.125' in (tmp_path / "report.html").read_text("utf-8")
    refused = run("report", "model", data, "--power", "else.csv", "--out", "other.html")
    refuses(refused, "what elements are coloured by is a column of the table", made=made)


def test_what_a_study_found_stands_on_the_page(run: Run, fit: Run, data: Path, tmp_path: Path) -> None:
    fit(data, *CLASS, "--lineage-sep", "|", "--drop", "age")
    tree = (*CLASS, "--lineage-sep", "|", "--drop", "age", "--epochs", 2, "--runs", 2, "--nulls", 2)
    assert run("stability", data, "--target", "health", *tree, "--out", "study").exit_code == 0
    for source in ("study", "study/elements.csv"):
        result = run("report", "model", data, "--stability", source, "--out", "report.html", "--force")
        assert result.exit_code == 0, result.output
        said = data_of(tmp_path / "report.html")
        elements = pd.read_csv(tmp_path / "study/elements.csv")
        places = [said["names"].index(name) for name in elements["element"]]
        for shown, column in (("mean", "mean"), ("p", "p_permuted"), ("fdr", "pooled_fdr_permuted")):
            np.testing.assert_allclose([said["study"][shown][k] for k in places], elements[column], rtol=1e-3)


def test_a_study_of_another_hierarchy_is_refused(
    run: Run, fit: Run, data: Path, tmp_path: Path, refuses: Callable[..., None]
) -> None:
    fit(data, *CLASS)
    (tmp_path / "study.csv").write_text("element,mean\nlipids,0.5\n", encoding="utf-8")
    made = tuple(tmp_path.rglob("*"))
    refused = run("report", "model", data, "--stability", "study.csv", "--out", "report.html")
    refuses(refused, "a study is of elements of the model; 'lipids' is not an element", made=made)


def test_a_long_table_is_sampled_and_the_command_says_so(
    run: Run, fit: Run, data: Path, tmp_path: Path
) -> None:
    fit(data, *CLASS)
    result = run("report", "model", data, "--out", "report.html", "--max-rows", 20)
    assert result.output == "20 of 60 rows shown: report.html\n"
    facts = dict(data_of(tmp_path / "report.html")["facts"])
    assert facts["rows shown"] == "20 of 60, drawn at random"
    assert facts["of these"] == "48 learned from, 12 held out"


def test_rows_that_a_model_learned_from_are_told_apart_from_those_held_out(
    run: Run, fit: Run, data: Path, frame: Any, tmp_path: Path
) -> None:
    fit(data, *CLASS, "--seed", 3, "--test-size", 0.25)
    run("report", "model", data, "--out", "report.html")
    said = data_of(tmp_path / "report.html")
    assert dict(said["facts"])["of these"] == "45 learned from, 15 held out"
    assert said["judged"][-1][0] == "itself, on the 45 rows learned from (too good)"
    frame.iloc[::-1].to_csv("turned.csv", index=False)
    run("report", "model", "turned.csv", "--out", "report.html", "--force")
    assert dict(data_of(tmp_path / "report.html")["facts"])["of these"].startswith("none is known")
