"""The pages over all committed records, as a user clicks through them."""

from pathlib import Path

import pytest
from project_clone import Clone

from chromium import BROWSER, DRIVER, Browser, started

select = pytest.importorskip("selenium.webdriver.support.select")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.exhaustive,
    pytest.mark.skipif(not (BROWSER and DRIVER), reason="needs the programs chromium and chromedriver"),
]


def test_pages_of_the_committed_records(clone: Clone, tmp_path: Path) -> None:
    clone.run("kedro", "run", "--pipelines", "report")
    with started(tmp_path / "profile") as driver:
        browser = Browser(driver, clone.root / "data/08_reporting/site/all")
        browser.open("index.html")
        assert {"conll2003.crf", "ocnli.linear", "sample_topic.e5_small"} <= set(browser.rows())
        select.Select(driver.find_element("name", "task")).select_by_visible_text("conll2003")
        assert {row.partition(".")[0] for row in browser.rows()} == {"conll2003"}
        assert browser.sort("recipe") == "ascending"
        ascending = browser.rows()
        assert ascending[0] == "conll2003.crf"
        assert browser.sort("recipe") == "descending"
        assert browser.rows() == ascending[::-1]
        _follow(
            browser, "tr[data-recipe='crf']:not([hidden]) a[href='tasks/conll2003.html']", "conll2003 · All results"
        )
        _draw_charts(browser)
        _follow(browser, "a.score[href='../cells/conll2003/crf.html']", "conll2003.crf · All results")
        _draw_charts(browser)
        browser.click("#theme")
        browser.click("#language")
        assert browser.run("document.title") == "conll2003.crf · 全部结果"
        assert driver.get_log("browser") == []


def _follow(browser: Browser, link: str, title: str) -> None:
    browser.click(link)
    browser.wait("document.title === arguments[0]", title)


def _draw_charts(browser: Browser) -> None:
    """Scroll to each chart: it is drawn once it can be seen."""
    for chart in browser.run("[...document.querySelectorAll('.chart')].map(chart => chart.id)"):
        browser.run("document.getElementById(arguments[0]).scrollIntoView()", chart)
        browser.wait("document.getElementById(arguments[0]).querySelector('svg.main-svg') !== null", chart)
