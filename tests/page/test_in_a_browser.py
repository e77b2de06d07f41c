"""The page in headless Chromium: it opens from disk, asks for nothing, and the keyboard suffices."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from browser import Browser
from pages import HOSTILE, model, table

from hassenet.datasets import load_reactome
from hassenet.hierarchy import Hierarchy
from hassenet.model import Model
from hassenet.network import Network
from hassenet.page import page_data, write_report
from hassenet.page.rendering import _asset
from hassenet.shaping import prune
from hassenet.tables import Table
from hassenet.training.history import Epoch

HEADING = "document.querySelector('h1').textContent"
FOCUS = "document.activeElement"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "report.html"
    write_report(model(), table(), path, title="Gut & <b>liver</b>")
    return path.as_uri()


def go(tab: Browser, part: str) -> None:
    names = "JSON.parse(document.getElementById('data').textContent).names"
    tab.value(f"location.hash = '#element/' + {names}.findIndex((name) => name.endsWith({part!r}))")
    tab.wait("document.querySelector('.path') !== null")


def choose(tab: Browser, id_: str, value: int) -> None:
    """Choose an entry of a list."""
    field = f"document.getElementById({id_!r})"
    tab.value(f"{field}.value = '{value}'; {field}.dispatchEvent(new Event('change'))")


def test_a_page_opens_from_disk_without_a_request_or_a_complaint(tab: Browser, address: str) -> None:
    tab.open(address)
    assert tab.value(HEADING) == "Gut & <b>liver</b>"
    assert tab.requests == [address]
    assert tab.value("document.querySelectorAll('.node').length") > 5


def test_the_keyboard_alone_finds_and_opens_an_element_and_goes_back(tab: Browser, address: str) -> None:
    tab.open(address)
    tab.press("/")
    assert tab.value(f"{FOCUS}.id") == "query"
    tab.write("g__h")
    assert tab.value("document.querySelectorAll('[role=option]').length") == 1
    tab.press("Enter")
    tab.wait(f"{HEADING} === 'H'")
    assert tab.value(f"{FOCUS}.tagName") == "H1"
    tab.value("history.back()")
    tab.wait("location.hash === '' && document.querySelector('.facts') !== null")
    tab.value("history.forward()")
    tab.wait(f"{HEADING} === 'H'")


def test_arrows_choose_among_what_is_found_and_escape_closes(tab: Browser, address: str) -> None:
    tab.open(address)
    tab.press("/")
    tab.write("k__A")
    first = tab.value("document.querySelector('[aria-selected=true]').title")
    tab.press("ArrowDown")
    second = tab.value("document.querySelector('[aria-selected=true]').title")
    assert first != second
    chosen = tab.value("document.getElementById('query').getAttribute('aria-activedescendant')")
    assert tab.value(f"document.getElementById({chosen!r}).title") == second
    tab.press("ArrowUp")
    assert tab.value("document.querySelector('[aria-selected=true]').title") == first
    tab.press("Escape")
    assert tab.value("document.getElementById('query').getAttribute('aria-expanded')") == "false"
    assert tab.value("document.getElementById('query').value") == ""
    assert not tab.value("document.getElementById('query').hasAttribute('aria-activedescendant')")


def named(*features: str) -> Model:
    net = Network(Hierarchy.complete(len(features), 2, 1), hidden="tanh", seed=1)
    return Model(net, features, "regression", ("y",))


def test_search_finds_a_name_as_it_is_shown_and_as_it_is(tab: Browser, tmp_path: Path) -> None:
    lineage = "k__Bacteria|g__Bacteroides_fragilis"
    rows = Table({"other": np.arange(3.0), lineage: np.arange(3.0)})
    write_report(named("other", lineage), rows, tmp_path / "page.html")
    for query in ("bacteroides fragilis", "Bacteroides_frag", "k__Bact"):
        tab.open((tmp_path / "page.html").as_uri() + "#")
        tab.press("/")
        tab.write(query)
        assert tab.value("[...document.querySelectorAll('[role=option]')].map((o) => o.title)") == [lineage]
        tab.press("Escape")
        tab.value(f"{FOCUS}.blur()")


def test_a_feature_that_varies_little_is_not_called_constant(tab: Browser, tmp_path: Path) -> None:
    rows = Table({"position": np.array([123411.0, 123412.0, 123414.0]), "same": np.full(3, 123411.0)})
    write_report(named("position", "same"), rows, tmp_path / "page.html")
    tab.open((tmp_path / "page.html").as_uri())
    go(tab, "position")
    shown = tab.value("document.querySelector('main').textContent")
    assert "in every row" not in shown
    assert "1.23411" in shown
    assert "1.23414" in shown
    go(tab, "same")
    tab.wait(f"{HEADING} === 'same'")
    assert "in every row" in tab.value("document.querySelector('main').textContent")


def test_an_output_of_very_many_features_can_be_opened(tab: Browser, tmp_path: Path) -> None:
    """Arguments of a call have their limit; so many links are not to be spread into one."""
    n = 130_000
    net = Network(Hierarchy.complete(n, 1), seed=1)
    rows = np.repeat([[0.0], [1.0]], n, axis=1)
    model = Model(net, tuple(f"f{k}" for k in range(n)), "regression", ("y",))
    write_report(model, rows, tmp_path / "wide.html")
    tab.open((tmp_path / "wide.html").as_uri() + f"#element/{n}")
    assert tab.value(HEADING) == "y0"
    assert tab.value("document.querySelectorAll('.halves tbody tr').length") == 15
    assert tab.complaints == []


def test_search_says_when_nothing_is_found(tab: Browser, address: str) -> None:
    tab.open(address)
    tab.press("/")
    tab.write("zzz")
    assert tab.value("document.querySelector('.panel .note').textContent") == "No element is called so."
    tab.press("Enter")
    assert tab.value("location.hash") == ""


def test_tab_leads_first_to_the_skip_link_and_every_stop_is_seen(tab: Browser, address: str) -> None:
    tab.open(address)
    tab.press("Tab")
    assert tab.value(f"{FOCUS}.className") == "skip"
    assert tab.value(f"{FOCUS}.getBoundingClientRect().left") >= 0
    tab.press("Enter")
    assert tab.value(f"{FOCUS}.id") == "main"
    assert tab.value("document.querySelector('h1') !== null")


def test_an_element_shows_what_it_covers_and_what_covers_it(tab: Browser, address: str) -> None:
    tab.open(address)
    go(tab, "p__B")
    tables = (
        "[...document.querySelectorAll('.halves section')].map((s) => [s.querySelector('h2').textContent,"
    )
    links = dict(tab.value(f"{tables} [...s.querySelectorAll('tbody a')].map((a) => a.title)])"))
    H = model().network.hierarchy
    name = next(e for rank in H.ranks for e in rank if str(e).endswith("p__B"))
    assert set(links["Covers"]) == {str(e) for e in H.below(name)}
    readers = {e for e in H.above(name) if not hasattr(e, "source")}
    assert {str(e) for e in readers} <= set(links["Covered by"])
    assert "health=ill" in links["Covered by"], "through a relay"


def test_a_link_in_the_diagram_leads_to_the_element(tab: Browser, address: str) -> None:
    tab.open(address)
    go(tab, "p__B")
    target = tab.value("document.querySelector('.diagram a').getAttribute('href')")
    tab.value("document.querySelector('.diagram a').focus()")
    tab.press("Enter")
    tab.wait(f"location.hash === {target!r} && {FOCUS}.tagName === 'H1'")


def test_the_sign_of_a_score_is_shown_by_more_than_colour(tab: Browser, address: str) -> None:
    tab.open(address)
    go(tab, "health=ill")
    dashed = "(e) => getComputedStyle(e).strokeDasharray !== 'none'"
    assert tab.value(f"[...document.querySelectorAll('.edge.negative')].every({dashed})")
    assert not tab.value(f"[...document.querySelectorAll('.edge.positive')].some({dashed})")
    shown = tab.value("[...document.querySelectorAll('.sized')].map((e) => e.textContent[0])")
    assert set(shown) == {"+", "−"}


def test_a_column_sorts_both_ways_and_says_so(tab: Browser, address: str) -> None:
    tab.open(address)
    head = "document.querySelector('main table:not(.judged) thead th')"
    names = "[...document.querySelectorAll('main table:not(.judged) tbody th')].map((th) => th.textContent)"
    tab.value(f"{head}.querySelector('button').click()")
    assert tab.value(f"{head}.getAttribute('aria-sort')") == "ascending"
    rising = tab.value(names)
    tab.value(f"{head}.querySelector('button').click()")
    assert tab.value(f"{head}.getAttribute('aria-sort')") == "descending"
    assert tab.value(names) == rising[::-1]


def test_a_hostile_name_is_a_text_everywhere(tab: Browser, address: str) -> None:
    tab.open(address)
    tab.press("/")
    tab.write("onerror")
    assert tab.value("document.querySelector('[role=option]').title") == HOSTILE
    tab.press("Enter")
    tab.wait("document.querySelector('.path') !== null")
    assert HOSTILE in tab.value("document.querySelector('main').textContent")
    assert tab.value("document.querySelectorAll('img').length") == 0
    assert "taken" not in tab.value("document.title").split("·")[1]


def test_a_hash_that_leads_nowhere_shows_the_overview(tab: Browser, address: str) -> None:
    for hash_ in ("#element/99999", "#element/-1", "#<img>", "#element/1e1"):
        tab.open(address + hash_)
        assert tab.value(HEADING) == "Gut & <b>liver</b>"


def test_the_output_that_is_explained_can_be_chosen(tab: Browser, tmp_path: Path) -> None:
    three = ("a", "b", "c")
    write_report(model(three, 3), table(classes=three), tmp_path / "three.html")
    tab.open((tmp_path / "three.html").as_uri())
    choose(tab, "explained", 2)
    heads = "[...document.querySelectorAll('section h2')].map((head) => head.textContent).join('|')"
    assert "matter for c?|Where the relevance for c " in tab.value(heads)
    assert tab.value("document.querySelectorAll('.distribution, figure').length") > 0


def test_a_rank_can_be_chosen_for_the_table(tab: Browser, address: str) -> None:
    tab.open(address)
    choose(tab, "rank", 1)
    ranks = tab.value(
        "[...document.querySelectorAll('main table:not(.judged) tbody tr')].map((r) => r.cells[1].textContent)"
    )
    assert set(ranks) == {"1"}


def test_dark_and_light_are_the_readers_choice(tab: Browser, address: str) -> None:
    tab.open(address)
    ground = "getComputedStyle(document.body).backgroundColor"
    light = tab.value(ground)
    tab.look(dark=True)
    assert tab.value(ground) != light


@pytest.mark.parametrize("width", [360, 800, 1600])
def test_the_page_fits_the_window(tab: Browser, address: str, width: int) -> None:
    tab.look(width)
    tab.open(address)
    assert tab.value("document.documentElement.scrollWidth") <= width
    go(tab, "p__B")
    assert tab.value("document.documentElement.scrollWidth") <= width


def test_text_stands_out_from_its_ground_in_light_and_dark(tab: Browser, address: str) -> None:
    """Contrast of 4.5 or more (WCAG 2.1, 1.4.3)."""
    tab.open(address)
    ratio = """(() => {
      const light = (c) => c.match(/[0-9.]+/g).slice(0, 3).map(Number).map((v) => v / 255)
        .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
      const probe = document.body.appendChild(document.createElement('span'));
      const of = (name) => { probe.style.color = `var(${name})`; return light(getComputedStyle(probe).color); };
      const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      const found = ['--ink', '--muted', '--accent', '--positive', '--negative']
        .flatMap((name) => ['--ground', '--raised'].map((ground) => contrast(of(name), of(ground))));
      probe.remove();
      return Math.min(...found);
    })()"""
    for dark in (False, True):
        tab.look(dark=dark)
        assert tab.value(ratio) >= 4.5


def test_a_network_of_15000_elements_opens_and_is_searched(tab: Browser, tmp_path: Path) -> None:
    H = Hierarchy.random((10_000, 4_000, 990, 10), covers=(40_000, 12_000, 3_000), seed=0)
    net = Network(H, hidden="tanh", output="identity", seed=0)
    features = tuple(f"gene {k}" for k in range(10_000))
    large = Model(net, features, "regression", tuple(f"t{k}" for k in range(10)))
    X = np.random.default_rng(0).normal(size=(20, 10_000))
    rows = Table(dict(zip(features, X.T, strict=True)))
    write_report(large, rows, tmp_path / "large.html", outputs=["t0"])
    assert 'type="application/octet-stream" id="data"' in (tmp_path / "large.html").read_text("utf-8"), (
        "packed"
    )
    tab.open((tmp_path / "large.html").as_uri())
    tab.press("/")
    tab.write("gene 9999")
    assert tab.value("document.querySelector('[role=option] span').textContent") == "gene 9999"
    tab.press("Enter")
    tab.wait(f"{HEADING} === 'gene 9999'")


def test_labels_of_the_picture_of_relevance_do_not_overlap(tab: Browser, tmp_path: Path) -> None:
    H = prune(load_reactome().hierarchy, 20, 300)[0].crown(["ill"])
    features = tuple(map(str, H.ranks[0]))
    pathways = Model(Network(H, hidden="tanh", seed=0), features, "regression", ("ill",))
    X = np.random.default_rng(0).normal(size=(5, len(features)))
    write_report(pathways, Table(dict(zip(features, X.T, strict=True))), tmp_path / "pathways.html")
    tab.open((tmp_path / "pathways.html").as_uri())
    boxes = "[...document.querySelectorAll('.flow .node text')].map((text) => text.getBoundingClientRect())"
    assert tab.value(f"{boxes}.length") > 40
    overlaps = f"""(() => {{ const boxes = {boxes}; return boxes.filter((a, k) => boxes.slice(0, k).some((b) =>
        a.left < b.right && b.left < a.right && a.top + 3 < b.bottom && b.top + 3 < a.bottom)).length; }})()"""
    assert tab.value(overlaps) == 0


@pytest.mark.parametrize(("last", "logarithmic"), [(0.5, False), (0.01, True)])
def test_the_course_of_training_is_drawn(
    tab: Browser, tmp_path: Path, last: float, logarithmic: bool
) -> None:
    nan = float("nan")
    history = tuple(Epoch(k, cost, nan, nan, 0.1, nan) for k, cost in enumerate((1.0, 0.9, last)))
    write_report(replace(model(), history=history), table(), tmp_path / "trained.html")
    tab.open((tmp_path / "trained.html").as_uri())
    assert tab.value("document.querySelectorAll('.curve').length") == 1
    label = tab.value("document.querySelector('.curves svg').getAttribute('aria-label')")
    assert label == f"The cost fell from 1 to {last} in 3 epochs"
    said = tab.value("document.querySelector('.curves figcaption').textContent")
    assert ("logarithmic" in said) == logarithmic


def test_a_packed_page_is_the_same_page(
    tab: Browser, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab.open(address)
    plain = tab.value("document.querySelector('main').innerHTML")
    monkeypatch.setattr("hassenet.page.rendering._MOST_PLAIN", 0)
    write_report(model(), table(), tmp_path / "packed.html", title="Gut & <b>liver</b>")
    tab.open((tmp_path / "packed.html").as_uri())
    assert tab.value("document.querySelector('main').innerHTML") == plain


def test_a_browser_that_cannot_unpack_says_so(
    tab: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = {"data.js": _asset("data.js").replace("globalThis.DecompressionStream", "false")}
    assert old["data.js"] != _asset("data.js")
    monkeypatch.setattr("hassenet.page.rendering._MOST_PLAIN", 0)
    monkeypatch.setattr("hassenet.page.rendering._asset", lambda name: old.get(name) or _asset(name))
    write_report(model(), table(), tmp_path / "old.html")
    tab.call("Page.navigate", url=(tmp_path / "old.html").as_uri())
    tab.wait("document.getElementById('main')?.textContent.includes('a browser of 2023 or newer is needed')")
    assert "no DecompressionStream" in tab.complaint()


def test_power_has_a_column_and_colours_its_element_in_the_neighbourhood_of_others(
    tab: Browser, tmp_path: Path
) -> None:
    H = model().network.hierarchy
    element, parts = str(H.ranks[1][0]), H.below(H.ranks[1][0])
    path = tmp_path / "power.html"
    write_report(model(), table(), path, power={str(parts[0]): 0.5, element: -0.1})
    tab.open(path.as_uri())
    assert tab.value("[...document.querySelectorAll('th')].some((th) => th.textContent === 'Power')")
    names = "JSON.parse(document.getElementById('data').textContent).names"
    tab.value(f"location.hash = '#element/' + {names}.indexOf({element!r})")
    tab.wait("document.querySelector('.path') !== null")
    dark = "[...document.querySelectorAll('.pill rect.power')].map((r) => Number(r.getAttribute('fill-opacity')))"
    assert tab.value(f"Math.max(...{dark})") == 0.6
    assert tab.value(f"{dark}.filter((d) => d > 0).length") == 1


def test_a_page_leads_with_scores_then_elements_then_the_flow(tab: Browser, address: str) -> None:
    tab.open(address)
    heads = tab.value("[...document.querySelectorAll('section h2')].map((head) => head.textContent)")
    assert heads[:3] == [
        "How good is it?",
        "Which elements matter for ill?",
        "Where the relevance for ill comes from",
    ]
    titles = tab.value(
        "[...document.querySelectorAll('table:not(.judged) thead button')].map((b) => b.textContent)"
    )
    assert titles[:6] == ["Element", "Rank", "Size", "Difference", "in ill", "in healthy"]


def test_bars_of_size_are_as_long_as_sizes(tab: Browser, address: str) -> None:
    tab.open(address)
    read = "[...document.querySelectorAll('tbody rect.size')].map((bar) => Number(bar.getAttribute('width')))"
    lengths = tab.value(read)
    sizes = np.sort(page_data(model(), table()).scores[0].absolute)[::-1][: len(lengths)]
    np.testing.assert_allclose(lengths, 60 * sizes / sizes[0], rtol=2e-3)


def test_ways_around_rows_do_not_lie_on_one_another(tab: Browser, tmp_path: Path) -> None:
    """An element that outputs look at over a rank between: as many upright lines, none at the place of another."""
    outputs = [f"y{k}" for k in range(12)]
    H = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("p", "q")]).crown(outputs)
    net = Network(H, hidden="tanh", seed=1)
    many = Model(net, tuple(H.ranks[0]), "regression", tuple(outputs))
    rows = Table({"a": np.arange(4.0), "b": np.ones(4)})
    write_report(many, rows, tmp_path / "page.html", outputs=["y0"])
    for width in (800, 1280):
        tab.look(width)
        tab.open((tmp_path / "page.html").as_uri() + "#element/2")
        lanes = tab.value(
            "[...document.querySelectorAll('.diagram path.edge')].map((e) => e.getAttribute('d'))"
            ".filter((d) => d.includes('V')).map((d) => d.split('V')[0].split(/[ ,]/).at(-2))"
        )
        assert len(lanes) > 1
        assert len(set(lanes)) == len(lanes)


def test_outputs_of_several_targets_are_drawn_each_in_units_of_its_own(tab: Browser, tmp_path: Path) -> None:
    H = Hierarchy.from_covers([("x0", "g"), ("x1", "g")]).crown(["weight", "visits"])
    of_two = Model(Network(H, seed=1), ("x0", "x1"), "regression", ("weight", "visits"))
    rows = Table({name: np.random.default_rng(k).normal(size=20) for k, name in enumerate(("x0", "x1"))})
    assert page_data(of_two, rows).apart
    assert not page_data(model(), table()).apart
    write_report(of_two, rows, tmp_path / "two.html")
    tab.open((tmp_path / "two.html").as_uri())
    shown = tab.value("[...document.querySelectorAll('.grid figure strong')].map((s) => s.textContent)")
    assert shown[-2:] == ["weight", "visits"]
    assert len(shown) == H.depth + 2
    low, high = (
        page_data(of_two, rows).distributions.low[-2:],
        page_data(of_two, rows).distributions.high[-2:],
    )
    drawn = tab.value(
        "[...document.querySelectorAll('.grid figure svg')].map((s) => s.getAttribute('aria-label'))"
    )
    for text, ends in zip(drawn[-2:], zip(low, high, strict=True), strict=True):
        assert [float(word) for word in text.replace("−", "-").split()[3::2]] == pytest.approx(ends, rel=1e-2)
