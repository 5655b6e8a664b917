"""A real browser for tests: headless Chromium."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
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


@contextmanager
def started(profile: Path) -> Iterator[Any]:
    """Start a browser with a profile of its own, and end it."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = str(BROWSER)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


class Browser:
    """A window on the site; whatever a page complains of fails the test."""

    def __init__(self, driver: Any, site: Path) -> None:
        self.driver, self._site = driver, site

    def open(self, page: str) -> None:
        self.driver.get((self._site / page).as_uri())

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(f"return {script}", *arguments)

    def wait(self, condition: str, *arguments: Any) -> None:
        from selenium.webdriver.support.wait import WebDriverWait

        WebDriverWait(self.driver, 30).until(lambda _: self.run(condition, *arguments))

    def click(self, selector: str) -> None:
        self.driver.find_element("css selector", selector).click()

    def emulate(self, **what: str) -> None:
        features = [{"name": f"prefers-{name.replace('_', '-')}", "value": value} for name, value in what.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def rows(self) -> list[str]:
        """Give task and recipe of the rows that the overview shows."""
        return self.run(
            "[...document.querySelectorAll('#leaderboard tbody tr:not([hidden])')]"
            ".map(row => `${row.dataset.task}.${row.dataset.recipe}`)"
        )

    def sort(self, name: str, column: int = 0) -> str | None:
        """Click a head by its English name; give what ``aria-sort`` says then."""
        found = "[...document.querySelectorAll('th[data-sort]')].filter(h => h.textContent.startsWith(arguments[0]))"
        self.run(f"{found}[arguments[1]].querySelector('button').click()", name, column)
        return self.run(f"{found}[arguments[1]].getAttribute('aria-sort')", name, column)
