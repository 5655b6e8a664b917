"""Take the pictures of docs/images with headless Chromium: ``python docs/pictures.py`` after ``make run``."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import requests
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


@contextmanager
def browser(width: int, height: int) -> Iterator[webdriver.Chrome]:
    """Open Chromium with a window of this size and a fresh profile."""
    options = webdriver.ChromeOptions()
    with tempfile.TemporaryDirectory() as profile:
        for flag in (*FLAGS, f"--user-data-dir={profile}", f"--window-size={width},{height}"):
            options.add_argument(flag)
        # Named here, since selenium's own search for a driver asks the network and counts its users.
        driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
        try:
            yield driver
        finally:
            driver.quit()


@contextmanager
def kedro_viz() -> Iterator[str]:
    """Run Kedro-Viz on the project and give its address; on a slow machine it gives up, so try again."""
    for _ in range(3):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = ["kedro", "viz", "run", "--include-hooks", "--no-browser", "--port", str(port)]
        environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
        address = f"http://127.0.0.1:{port}"
        with subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True) as server:
            try:
                if answers(address, server):
                    yield address
                    return
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(server.pid, signal.SIGKILL)  # the server is a child of the command
    raise SystemExit("Kedro-Viz did not start")


def answers(address: str, server: subprocess.Popen[bytes]) -> bool:
    """Wait until the server answers, at most 90 seconds and as long as it lives."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(requests.RequestException):
            requests.get(f"{address}/api/main", timeout=30).raise_for_status()
            return True
        time.sleep(1)
    return False


def click(driver: webdriver.Chrome, selector: str) -> None:
    """Click the first element of a CSS selector, also one that SVG draws."""
    element = WebDriverWait(driver, 60).until(lambda page: page.find_element(By.CSS_SELECTOR, selector))
    driver.execute_script("arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true}))", element)


def shoot_pipeline(driver: webdriver.Chrome, address: str) -> None:
    """Photograph the first page without menu and greeting, a dataset's preview, and one task with its cells open."""
    driver.get(address)
    for selector in (".feature-hints__close", "[aria-label='Hide menu']", "[aria-label='Turn minimap off']"):
        click(driver, selector)
    dismiss_news(driver)
    time.sleep(2)  # the panels slide away
    click(driver, "[aria-label='Reset zoom']")
    time.sleep(2)  # the graph moves into place
    driver.save_screenshot(str(IMAGES / "pipeline.png"))
    click(driver, "g.pipeline-node[data-id='" + node_id(address, "sample_ner.comparison") + "']")
    time.sleep(4)  # the panel slides in and loads its preview
    driver.save_screenshot(str(IMAGES / "preview.png"))
    driver.get(f"{address}/?pid=sample_ner&expandAllPipelines=true")
    WebDriverWait(driver, 60).until(lambda page: page.find_elements(By.CSS_SELECTOR, "g.pipeline-node"))
    dismiss_news(driver)
    time.sleep(4)  # the graph moves into place
    driver.save_screenshot(str(IMAGES / "task.png"))


def dismiss_news(driver: webdriver.Chrome) -> None:
    """Close the bar that announces a new version of Kedro-Viz, also where there is none to be known of."""
    for button in driver.find_elements(By.XPATH, "//button[normalize-space()='Dismiss']"):
        driver.execute_script("arguments[0].click()", button)


def node_id(address: str, name: str) -> str:
    """Find the id that Kedro-Viz gives a dataset."""
    nodes = requests.get(f"{address}/api/main", timeout=60).json()["nodes"]
    return next(str(node["id"]) for node in nodes if node["name"] == name)


def main() -> None:
    """Take all pictures."""
    IMAGES.mkdir(exist_ok=True)
    with kedro_viz() as address, browser(1440, 900) as driver:
        shoot_pipeline(driver, address)
    site = ROOT / "data" / "08_reporting" / "site" / "sample" / "index.html"
    with browser(1400, 900) as driver:
        driver.get(site.as_uri())
        driver.save_screenshot(str(IMAGES / "report.png"))


if __name__ == "__main__":
    main()
