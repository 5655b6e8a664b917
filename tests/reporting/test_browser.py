"""The page in a real browser, opened from disk."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from regen.reporting.site import write_site

webdriver = pytest.importorskip("selenium.webdriver")

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(not (BROWSER and DRIVER), reason="needs the programs chromium and chromedriver")

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,900",
)
FILES = {"index.html", "style.css", "page.js", "plotly.min.js"}
SEARCH_CHARTS = [
    f"search-{view}-names.sought" for view in ("history", "rungs", "pareto", "importance", "parallel", "slice")
]
UNDRAWN = "return [...document.querySelectorAll('.chart')].filter(c => !c.querySelector('svg.main-svg')).map(c => c.id)"


@pytest.fixture
def records(records: list[dict[str, Any]], searched: dict[str, Any]) -> list[dict[str, Any]]:
    return [*records, searched]


@pytest.fixture
def browser(tmp_path: Path, records: list[dict[str, Any]]) -> Iterator[Any]:
    site = tmp_path / "site"
    site.mkdir()
    write_site(records, "All results", site)
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    for flag in (*FLAGS, f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    driver.get((site / "index.html").as_uri())
    yield driver
    driver.quit()


def wait(browser: Any, condition: str, *arguments: Any) -> None:
    from selenium.webdriver.support.wait import WebDriverWait

    WebDriverWait(browser, 20).until(lambda driver: driver.execute_script(f"return {condition}", *arguments))


def test_charts_draw_once_they_can_be_seen(browser: Any) -> None:
    wait(browser, "document.querySelectorAll('.chart svg.main-svg').length")
    closed = browser.execute_script(UNDRAWN)
    cells = browser.execute_script("return [...document.querySelectorAll('details:not(.data)')].map(d => d.id)")
    assert [chart for chart in closed if not chart.startswith("search-")] == [f"chart-{cell}" for cell in cells]
    assert [chart for chart in closed if chart.startswith("search-")] == SEARCH_CHARTS
    browser.execute_script("document.querySelectorAll('details').forEach(d => { d.open = true })")
    wait(browser, f"!(() => {{ {UNDRAWN} }})().length")
    assert browser.get_log("browser") == []
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = {e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"}
    assert {address.rpartition("/")[2] for address in asked if address.startswith("file:")} == FILES
    assert not [address for address in asked if address.startswith(("http", "ws"))]


def test_links_of_the_leaderboard_open_the_cell(browser: Any) -> None:
    is_open = "document.getElementById('names.crf').open"
    link = browser.find_element("css selector", "a[href='#names.crf']")
    assert not browser.execute_script(f"return {is_open}")
    link.click()
    wait(browser, is_open)
    wait(browser, "document.querySelector('[id=\"chart-names.crf\"] svg.main-svg') !== null")
    browser.execute_script("document.getElementById('names.crf').open = false")
    browser.execute_script("arguments[0].click()", link)  # the same link again, when the address stays the same
    wait(browser, is_open)
    shown = browser.execute_script("return document.querySelector('[id=\"names.crf\"] h3').getBoundingClientRect().top")
    assert 0 <= shown < 900
    assert browser.get_log("browser") == []


def test_labels_are_drawn_as_text(browser: Any) -> None:
    browser.execute_script("document.getElementById('names.crf').open = true")
    wait(browser, "document.querySelector('[id=\"chart-names.crf\"] .xtick') !== null")
    ticks = browser.execute_script(
        "return [...document.querySelectorAll('[id=\"chart-names.crf\"] .xtick')].map(t => t.textContent)"
    )
    assert {"<script>alert(1)</script>", "金融/股票"} <= set(ticks)


def test_charts_follow_the_colour_scheme(browser: Any) -> None:
    colour = "getComputedStyle(document.querySelector('#chart-ocnli .xtick text')).fill"
    wait(browser, "document.querySelector('#chart-ocnli .xtick text') !== null")
    light = browser.execute_script(f"return {colour}")
    scheme = {"name": "prefers-color-scheme", "value": "dark"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    wait(browser, f"{colour} !== arguments[0]", light)


def test_charts_of_a_search_are_drawn_in_the_colours_of_the_page(browser: Any) -> None:
    line = "document.querySelector('[id=\"search-history-names.sought\"] .js-line')"
    browser.execute_script("document.getElementById('names.sought').open = true")
    for mode in ("light", "dark"):
        scheme = {"name": "prefers-color-scheme", "value": mode}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        browser.execute_script("document.body.insertAdjacentHTML('beforeend', '<i style=\"color: var(--dev)\"></i>')")
        colour = "getComputedStyle(document.querySelector('body > i:last-of-type')).color"
        wait(browser, f"{line} !== null && getComputedStyle({line}).stroke === {colour}")
    lines = "document.querySelectorAll('[id=\"search-parallel-names.sought\"] .js-line')"
    assert browser.execute_script(f"return [...{lines}].length") == 5
    assert browser.get_log("browser") == []


def test_nothing_is_wider_than_a_phone(browser: Any) -> None:
    screen = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    browser.execute_script("document.querySelectorAll('details').forEach(d => { d.open = true })")
    wait(browser, f"!(() => {{ {UNDRAWN} }})().length")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 390
