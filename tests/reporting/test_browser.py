"""The pages in a real browser, opened from disk."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from made_records import awkward_records, make_record, make_search

from chromium import BROWSER, DRIVER, Browser, started
from regen.reporting.site import write_site
from regen.reporting.trust import trust_by_cell

pytest.importorskip("selenium.webdriver")

pytestmark = pytest.mark.skipif(not (BROWSER and DRIVER), reason="needs the programs chromium and chromedriver")

BASE = {"style.css", "page.js"}
DRAWN = BASE | {"charts.js", "plotly.min.js"}
UNDRAWN = "[...document.querySelectorAll('.chart')].filter(c => !c.querySelector('svg.main-svg')).map(c => c.id)"
PHONE = {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": True}
EXAMINED = {
    "cell": "names.crf",
    "robustness": {},
    "drawn": {"examples": 100, "of": 100, "by": "examples", "seed": 0},
    "bias": {},
    "skipped": [],
    "attributions": {
        "method": "Weight × value of each feature",
        "largest_delta": 0.0,
        "examples": [{"right": True, "share": {"token": 1.0}, "output": 1.0, "baseline": 0.0, "delta": 0.0}],
    },
}
SAVED = "URL.createObjectURL = (blob) => { window.saved = blob; return 'data:,' }"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    sought = make_record("names.sought", [0.7], [0.6], tagging=True) | {"search": make_search("names.sought")}
    spent = {"fit": {"wall_seconds": 5400.0, "peak_memory_bytes": 10**9, "machine": "Abacus"}}
    write_site(
        [*awkward_records(), sought],
        "All results",
        folder,
        benchmarks={"ocnli": "clue", "names": "conll", "sample_topic": "sample"},
        costs={"ocnli.linear": spent, "ocnli.plus": {"fit": {**spent["fit"], "wall_seconds": 90.0}}},
        cell_sections=trust_by_cell(awkward_records(), [EXAMINED]),
        stale={"ocnli.linear": ["code"], "ocnli.plus": ["options.c", "code"]},
    )
    return folder


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with started(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture
def browser(driver: Any, site: Path) -> Iterator[Browser]:
    opened = Browser(driver, site)
    opened.open("index.html")
    opened.run("localStorage.clear()")
    opened.open("index.html")
    opened.driver.get_log("performance")
    yield opened
    driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert driver.get_log("browser") == []


@pytest.mark.parametrize(
    ("page", "files"),
    [
        ("index.html", BASE | {"table.js"}),
        ("tasks/names.html", DRAWN),
        ("cells/names/sought.html", DRAWN),
    ],
)
def test_a_page_loads_what_it_needs_and_nothing_from_the_network(browser: Browser, page: str, files: set[str]) -> None:
    browser.open(page)
    browser.wait("document.readyState === 'complete'")
    events = [json.loads(entry["message"])["message"] for entry in browser.driver.get_log("performance")]
    asked = {e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"}
    loaded = {address.rpartition("/")[2] for address in asked if address.startswith("file:")}
    assert loaded == files | {page.rpartition("/")[2]}
    assert not [address for address in asked if address.startswith(("http", "ws"))]


def test_charts_draw_once_they_can_be_seen(browser: Browser) -> None:
    browser.open("cells/names/sought.html")
    browser.wait("document.querySelector('[id=\"chart-names.sought\"] svg.main-svg') !== null")
    assert "search-slice-names.sought" in browser.run(UNDRAWN)
    for chart in browser.run(UNDRAWN):
        browser.run("document.getElementById(arguments[0]).scrollIntoView()", chart)
        browser.wait("document.getElementById(arguments[0]).querySelector('svg.main-svg') !== null", chart)
    assert browser.run("document.querySelectorAll('.chart').length") == 7


def test_from_the_overview_to_a_task_and_a_cell_and_back(browser: Browser) -> None:
    browser.click("#leaderboard a[href='tasks/ocnli.html']")
    browser.wait("document.title === 'ocnli · All results'")
    browser.click("a.score[href='../cells/ocnli/linear.html']")
    browser.wait("document.title === 'ocnli.linear · All results'")
    browser.click(".contents a[href='#again']")
    assert 0 <= browser.run("document.getElementById('again').getBoundingClientRect().top") < 900
    browser.click(".path a[href='../../index.html']")
    browser.wait("document.title === 'All results'")


def test_a_score_leads_to_its_cell_and_a_cell_to_its_record(browser: Browser) -> None:
    browser.click("tr[data-task='names'][data-recipe='crf'] a.score")
    browser.wait("document.title === 'names.crf · All results'")
    browser.click(".again a")
    browser.wait("location.pathname.endsWith('/cells/names/crf.json')")
    assert json.loads(browser.run("document.body.innerText"))["cell"] == "names.crf"


def test_sorting(browser: Browser) -> None:
    dev = "score [interval]"
    before = browser.rows()
    assert browser.sort(dev) == "descending"
    assert browser.rows()[0] == "sample_topic.linear"
    assert browser.rows()[-1] == "ocnli.majority"
    assert browser.sort(dev) == "ascending"
    assert browser.rows()[0] == "ocnli.majority"
    assert browser.sort("fit: time") == "descending"
    assert browser.rows()[:2] == ["ocnli.linear", "ocnli.plus"]
    assert browser.sort("fit: time") == "ascending"
    assert browser.rows()[:2] == ["ocnli.plus", "ocnli.linear"]
    assert browser.run("document.querySelectorAll('[aria-sort]').length") == 1
    assert browser.sort("recipe") == "ascending"
    assert [name.partition(".")[2] for name in browser.rows()] == sorted(name.partition(".")[2] for name in before)


def test_cells_without_a_score_stand_last_either_way(browser: Browser) -> None:
    for _ in range(2):
        browser.sort("score [interval]", 1)  # that on test, which ocnli hides
        assert {name.partition(".")[0] for name in browser.rows()[-3:]} == {"ocnli"}


def test_sorting_by_keyboard(browser: Browser) -> None:
    from selenium.webdriver.common.keys import Keys

    head = browser.driver.find_element("css selector", "th[data-sort='text']:nth-of-type(2) button")
    head.send_keys(Keys.ENTER)
    assert browser.run("document.querySelector('th[aria-sort]').getAttribute('aria-sort')") == "ascending"
    head.send_keys(Keys.SPACE)
    assert browser.run("document.querySelector('th[aria-sort]').getAttribute('aria-sort')") == "descending"
    assert browser.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_filters(browser: Browser) -> None:
    from selenium.webdriver.support.select import Select

    shown = "Number(document.getElementById('shown').textContent)"
    assert browser.run(shown) == len(browser.rows()) == 8
    Select(browser.driver.find_element("name", "benchmark")).select_by_visible_text("clue")
    assert set(browser.rows()) == {"ocnli.majority", "ocnli.linear", "ocnli.plus"}
    Select(browser.driver.find_element("name", "recipe")).select_by_visible_text("linear")
    assert browser.rows() == ["ocnli.linear"]
    Select(browser.driver.find_element("name", "task")).select_by_visible_text("names")
    assert browser.rows() == []
    assert browser.run(shown) == 0
    browser.click("button[type='reset']")
    browser.wait(f"{shown} === 8")
    browser.driver.find_element("name", "text").send_keys("OCNLI  stale")
    assert browser.rows() == ["ocnli.plus"]
    browser.sort("recipe")
    assert browser.rows() == ["ocnli.plus"]
    browser.click("button[type='reset']")
    browser.wait(f"{shown} === 8")
    for state, cells in (("earlier code", ["ocnli.linear"]), ("another config", ["ocnli.plus"])):
        Select(browser.driver.find_element("name", "state")).select_by_visible_text(state)
        assert browser.rows() == cells


def test_what_changed_is_a_tip_in_the_language_of_the_page(browser: Browser) -> None:
    tip = "document.querySelector('.earlier[title]').title"
    assert browser.run(tip).startswith("Earlier code: changed since it was made: code.")
    browser.click("#language")
    assert browser.run(tip).startswith("较早的代码：生成之后有变动：代码。")
    browser.click("#language")
    assert browser.run(tip).startswith("Earlier code")


def test_the_skip_link_comes_first(browser: Browser) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    ActionChains(browser.driver).send_keys(Keys.TAB).perform()
    assert browser.run("document.activeElement.className") == "skip"
    assert browser.run("document.activeElement.getBoundingClientRect().left") >= 0
    ActionChains(browser.driver).send_keys(Keys.ENTER).perform()
    assert browser.run("document.activeElement.id") == "content"


def test_a_skip_link_leads_past_the_tasks_to_the_leaderboard(browser: Browser) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    ActionChains(browser.driver).send_keys(Keys.TAB, Keys.TAB, Keys.ENTER).perform()
    assert browser.run("document.activeElement.id") == "cells"
    ActionChains(browser.driver).send_keys(Keys.TAB).perform()
    assert browser.run("document.activeElement.name") == "benchmark"


def test_only_boxes_that_scroll_are_reached_by_tab(browser: Browser) -> None:
    scrolls = "box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight"
    wrong = f"[...document.querySelectorAll('.scroll')].filter(box => ({scrolls}) !== box.hasAttribute('tabindex'))"
    browser.open("cells/names/crf.html")
    browser.wait(f"{wrong}.length === 0")
    assert browser.run("document.querySelectorAll('.scroll:not([tabindex])').length") > 0
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    browser.wait(f"{wrong}.length === 0")
    assert browser.run("document.querySelectorAll('.scroll[tabindex]').length") > 0


def test_language(browser: Browser) -> None:
    visible = "[...document.querySelectorAll('h2 .i18n')].filter(s => s.offsetParent).map(s => s.textContent)"
    assert browser.run("document.documentElement.lang") == "en"
    assert "Leaderboard" in browser.run(visible)
    browser.click("#language")
    assert browser.run("document.documentElement.lang") == "zh"
    assert "排行榜" in browser.run(visible)
    assert "Leaderboard" not in browser.run(visible)
    assert browser.run("document.title") == "全部结果"
    assert browser.run("document.querySelector('select option').textContent") == "全部"
    browser.open("cells/names/crf.html")  # remembered
    assert browser.run("document.documentElement.lang") == "zh"
    browser.wait("document.querySelector('[id=\"chart-names.crf\"] .xtitle') !== null")
    assert browser.run("document.querySelector('.xtitle').textContent") == "预测"
    browser.click("#language")
    browser.wait("document.querySelector('.xtitle').textContent === 'predicted'")
    assert browser.run("document.title") == "names.crf · All results"


def test_labels_are_drawn_as_text(browser: Browser) -> None:
    browser.open("cells/names/crf.html")
    browser.wait("document.querySelector('[id=\"chart-names.crf\"] .xtick') !== null")
    ticks = browser.run("[...document.querySelectorAll('[id=\"chart-names.crf\"] .xtick')].map(t => t.textContent)")
    assert {"<script>alert(1)</script>", "金融/股票"} <= set(ticks)


def test_the_system_chooses_light_or_dark_until_the_button_does(browser: Browser) -> None:
    page = "getComputedStyle(document.documentElement).backgroundColor"
    tick = "getComputedStyle(document.querySelector('#chart-ocnli .xtick text')).fill"
    browser.open("tasks/ocnli.html")
    browser.wait("document.querySelector('#chart-ocnli .xtick text') !== null")
    browser.emulate(color_scheme="light")
    light, light_tick = browser.run(page), browser.run(tick)
    browser.emulate(color_scheme="dark")
    browser.wait(f"{page} !== arguments[0] && {tick} !== arguments[1]", light, light_tick)
    assert browser.run("document.getElementById('theme').getAttribute('aria-pressed')") == "true"
    browser.click("#theme")
    browser.wait(f"{page} === arguments[0] && {tick} === arguments[1]", light, light_tick)
    assert browser.run("document.getElementById('theme').getAttribute('aria-pressed')") == "false"
    browser.open("index.html")  # remembered
    assert browser.run(page) == light


def test_nothing_breaks_where_nothing_can_be_remembered(browser: Browser) -> None:
    script = (
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
    )
    added = browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
    browser.open("index.html")
    browser.click("#language")
    browser.click("#theme")
    assert browser.run("document.documentElement.lang") == "zh"
    assert browser.run("document.documentElement.dataset.theme") == "dark"
    browser.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


def test_charts_of_a_search_are_drawn_in_the_colours_of_the_page(browser: Browser) -> None:
    line = "document.querySelector('[id=\"search-history-names.sought\"] .js-line')"
    browser.open("cells/names/sought.html")
    browser.run("document.getElementById('search').scrollIntoView()")
    browser.run("document.body.insertAdjacentHTML('beforeend', '<i id=\"probe\" style=\"color: var(--dev)\"></i>')")
    for mode in ("light", "dark"):
        browser.emulate(color_scheme=mode)
        colour = "getComputedStyle(document.getElementById('probe')).color"
        browser.wait(f"{line} !== null && getComputedStyle({line}).stroke === {colour}")
    browser.run("document.getElementById('search-parallel-names.sought').scrollIntoView()")
    browser.wait("document.querySelectorAll('[id=\"search-parallel-names.sought\"] .js-line').length === 5")


def saved(browser: Browser, chart: str, kind: str) -> Any:
    """Click a button below a chart; give what is handed to the browser to be saved, as text."""
    browser.run(SAVED)
    browser.run(f'document.querySelector(\'[data-chart="{chart}"][data-format="{kind}"]\').click()')
    browser.wait("window.saved !== undefined")
    return browser.driver.execute_async_script("const done = arguments[0]; window.saved.text().then(done)")


def test_data_of_bars_as_csv(browser: Browser) -> None:
    browser.open("tasks/ocnli.html")
    rows = list(csv.DictReader(io.StringIO(saved(browser, "chart-ocnli", "csv"))))
    assert [row["x"] for row in rows] == ["linear", "plus", "majority"]
    assert {row["series"] for row in rows} == {"dev"}
    assert [rows[0][name] for name in ("y", "low", "high")] == ["53", "52", "54"]  # no 53.00000000000001


def test_data_of_a_heat_map_as_csv(browser: Browser) -> None:
    browser.open("cells/names/crf.html")
    browser.click("#language")  # which the data do not follow
    rows = list(csv.DictReader(io.StringIO(saved(browser, "chart-names.crf", "csv"))))
    assert len(rows) == 16
    assert list(rows[0]) == ["gold", "predicted", "count"]
    assert {row["gold"] for row in rows} == {"<script>alert(1)</script>", "a|b & “c”", "∅", "金融/股票"}
    diagonal = {row["gold"]: row["count"] for row in rows if row["gold"] == row["predicted"]}
    assert diagonal["<script>alert(1)</script>"] == "1200"


def test_pictures(browser: Browser) -> None:
    browser.open("tasks/ocnli.html")
    browser.wait("document.querySelector('#chart-ocnli svg.main-svg') !== null")
    browser.run("Plotly.downloadImage = (chart, options) => { window.picture = [chart.id, options] }")
    for kind in ("svg", "png"):
        browser.click(f"[data-chart='chart-ocnli'][data-format='{kind}']")
        browser.wait("window.picture && window.picture[1].format === arguments[0]", kind)
        chart, options = browser.run("window.picture")
        assert (chart, options["filename"]) == ("chart-ocnli", "chart-ocnli")
        assert min(options["width"], options["height"]) > 100


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "page",
    [
        "index.html",
        "tasks/names.html",
        "tasks/ocnli.html",
        "cells/names/sought.html",
        "cells/names/crf.html",
        "cells/ocnli/linear.html",
    ],
)
def test_nothing_is_wider_than_a_phone(browser: Browser, page: str, language: str) -> None:
    browser.run("localStorage.setItem('regen-language', arguments[0])", language)
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    browser.open(page)
    for chart in browser.run(UNDRAWN):
        browser.run("document.getElementById(arguments[0]).scrollIntoView()", chart)
        browser.wait("document.getElementById(arguments[0]).querySelector('svg.main-svg') !== null", chart)
    assert browser.run("document.documentElement.lang") == language
    assert browser.run("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("page", ["index.html", "tasks/names.html", "tasks/ocnli.html"])
def test_score_and_interval_of_dev_are_seen_on_a_phone(browser: Browser, page: str) -> None:
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {**PHONE, "width": 390})
    browser.open(page)
    place = 2 if page == "index.html" else 1  # the overview hides the first column
    found = f"document.querySelectorAll('.leaderboard td:nth-of-type({place}) .interval')"
    ends = browser.run(f"[...{found}].map(interval => interval.getBoundingClientRect().right)")
    assert ends
    assert max(ends) <= 390


@pytest.mark.parametrize("page", ["index.html", "tasks/names.html", "tasks/ocnli.html"])
def test_a_desktop_shows_the_whole_leaderboard(browser: Browser, page: str) -> None:
    desktop = {"width": 1400, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", desktop)
    browser.open(page)
    box = "document.querySelector('.leaderboard').parentElement"
    assert browser.run(f"{box}.scrollWidth - {box}.clientWidth") <= 0
