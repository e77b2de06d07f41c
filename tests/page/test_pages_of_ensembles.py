"""The page of an ensemble shows the elements of all members, their mean scores and how far members differ."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from browser import Browser
from pages import model, table

from hassenet import Ensemble, Hierarchy, Model, Network
from hassenet.explain import deeplift, features_of_ranks
from hassenet.network import oriented
from hassenet.page import page_data, write_report
from hassenet.page.spelling import to_json
from hassenet.shaping import widen
from hassenet.tables import Table

ONE = model()
H = ONE.network.hierarchy
NAMES = tuple(map(str, H.ranks[0]))
WIDE = Network(widen(H, 2).hierarchy, "tanh", "sigmoid", seed=1)
LINEAR = Network(Hierarchy.complete(5, 1, names=[H.ranks[0], H.ranks[-1]]), output="sigmoid", seed=2)
ENSEMBLE = Ensemble([LINEAR, WIDE, ONE.network], [3, 2, 1])
SEVERAL = replace(ONE, network=ENSEMBLE)


def test_elements_and_scores_are_those_of_all_members():
    data, found = page_data(SEVERAL, table()), deeplift(ENSEMBLE, SEVERAL.prepare(table()))
    assert data.names == page_data(ONE, table()).names
    scores = data.scores[0]
    for name in ("absolute", "spread", "member_spread"):
        np.testing.assert_array_equal(getattr(scores, name), getattr(found, name))
    np.testing.assert_array_equal(scores.signed, found.score)
    assert json.loads(to_json(data))["scores"][0]["members"] is not None
    assert json.loads(to_json(page_data(ONE, table())))["scores"][0]["members"] is None


def test_features_are_the_means_of_an_elements_neurons_in_the_fullest_member_and_outputs_the_mean_of_all():
    data, X = page_data(SEVERAL, table()), SEVERAL.prepare(table())
    below = np.concatenate(features_of_ranks(oriented(WIDE), X)[:-1], axis=1)
    units = below[:, len(NAMES) :]
    expected = np.concatenate([below[:, : len(NAMES)], (units[:, ::2] + units[:, 1::2]) / 2], axis=1)
    np.testing.assert_allclose(data.distributions.mean[:-1], expected.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(data.distributions.mean[-1:], ENSEMBLE(X).mean(axis=0), rtol=1e-6)


def test_a_page_says_how_many_networks_there_are_and_what_was_chosen():
    facts = dict(
        page_data(replace(SEVERAL, temperature=1.5, settings={"penalty": 0.1, "networks": 9}), table()).facts
    )
    assert facts["networks"] == "3, whose outputs are averaged"
    assert (facts["temperature"], facts["penalty"]) == ("1.5", "0.1")
    assert "network 2" in facts["shown"]
    assert "networks" not in dict(page_data(ONE, table()).facts)


def test_a_rank_that_another_member_alone_has_is_empty():
    deep = Hierarchy.complete(2, 1, 1, 1, names=[["a", "b"], ["p"], ["q"], ["y"]])
    broad = Hierarchy.complete(2, 5, 1, names=[["a", "b"], list("vwxzu"), ["y"]])
    both = Model(Ensemble([Network(deep), Network(broad)]), ("a", "b"), "regression", ("y",))
    data = page_data(both, Table({"a": np.arange(4.0), "b": np.ones(4)}))
    assert [rank.size for rank in data.ranks] == [2, 6, 1, 1]


@pytest.mark.parametrize("part", ["", "element/6"])
def test_a_page_of_an_ensemble_is_drawn(tab: Browser, tmp_path: Path, part: str) -> None:
    write_report(SEVERAL, table(), tmp_path / "page.html")
    tab.open(f"{(tmp_path / 'page.html').as_uri()}#{part}")
    tab.wait("document.querySelector('h1') !== null")
    text = tab.value("document.getElementById('main').textContent")
    assert ("spread over the networks" if part else "whose outputs are averaged") in text
