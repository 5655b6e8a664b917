import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from regen.records.table import results_table
from regen.reporting.site import write_site

Record = dict[str, Any]
Make = Callable[..., Record]
VOID = {"meta", "link", "br", "hr", "img", "input"}


class Page(HTMLParser):
    """Reads a page and refuses tags that do not nest."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: Counter[str] = Counter()
        self.addresses: list[str] = []
        self.texts: list[str] = []
        self.data: dict[str, str] = {}
        self._json = ""
        self.feed(path.read_text(encoding="utf-8"))
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attrs}
        assert len(values) == len(attrs), f"an attribute twice in <{tag}>"
        self.ids.update([values["id"]] if "id" in values else [])
        self.addresses += [values[key] for key in ("href", "src") if key in values]
        self._json = values["id"] if values.get("type") == "application/json" else ""
        if tag == "th":
            assert values.get("scope") in {"col", "row", "colgroup"}
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self._json = ""

    def handle_data(self, data: str) -> None:
        if self._json:
            self.data[self._json] = data
        else:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def digests(folder: Path) -> dict[str, str]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def site(tmp_path: Path, records: list[Record]) -> Path:
    write_site(records, "All <results>", tmp_path)
    return tmp_path


@pytest.fixture
def page(site: Path) -> Page:
    return Page(site / "index.html")


def test_same_records_in_any_order_give_the_same_bytes(site: Path, records: list[Record]) -> None:
    again = site / "again"
    again.mkdir()
    write_site(records[::-1], "All <results>", again)
    first = {name: digest for name, digest in digests(site).items() if not name.startswith("again/")}
    assert first == digests(again)
    assert set(first) == {"index.html", "leaderboard.csv", "assets/style.css", "assets/page.js", "assets/plotly.min.js"}


def test_every_address_is_in_the_site(page: Page, site: Path) -> None:
    assert not [id_ for id_, times in page.ids.items() if times > 1]
    for address in page.addresses:
        if address.startswith("#"):
            assert address[1:] in page.ids
        else:
            assert address == "data:," or (site / address).is_file()
    assert {"#ocnli.linear", "#task-ocnli", "leaderboard.csv"} <= set(page.addresses)


def test_nothing_is_asked_from_the_network(page: Page, site: Path) -> None:
    assert not [address for address in page.addresses if "//" in address]
    for name in ("style.css", "page.js"):
        assert not re.search(r"//[a-z]|@import|url\(", (site / "assets" / name).read_text(encoding="utf-8"))


def test_markup_in_labels_stays_text(page: Page, site: Path) -> None:
    assert "<script>alert(1)</script>" in page.text
    assert "All <results>" in page.text
    assert "<script>alert" not in (site / "index.html").read_text(encoding="utf-8")
    names = json.loads(page.data["chart-names.crf-data"])["data"][0]["x"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in names


def test_csv_is_the_results_table(site: Path, records: list[Record]) -> None:
    table = results_table(sorted(records, key=lambda record: record["cell"]))
    assert_frame_equal(pd.read_csv(site / "leaderboard.csv"), table, check_dtype=False)


def test_page_and_csv_show_the_same_numbers(page: Page, site: Path) -> None:
    for row in pd.read_csv(site / "leaderboard.csv").itertuples():
        assert f"{row.score:.2f} [{row.low:.2f}, {row.high:.2f}]" in page.text


def test_marks(page: Page) -> None:
    assert "⚠ ≤ floor 50.00" in page.text
    assert "tie 53.00" in page.text
    assert "majority floor" in page.text
    assert page.text.count("* One repeat:") == 3
    assert "⚠ Leak: train and test have 37 distinct texts in common." in page.text


def test_hidden_and_missing_splits(tmp_path: Path, record: Make) -> None:
    mixed = [record("a.x", [0.5], [0.5]), record("a.y", [0.5]), record("a.z", [0.5])]
    del mixed[2]["config"]["splits"]["test"]
    write_site(mixed, "Mixed", tmp_path)
    html = (tmp_path / "index.html").read_text(encoding="utf-8")
    cells = re.findall(r'<td class="first absent" colspan="4">(.*?)</td>', html)
    assert cells == ["hidden", "–"]


def test_one_cell_is_singular(tmp_path: Path, record: Make) -> None:
    write_site([record("a.x", [0.5])], "One", tmp_path)
    assert "1 cell of 1 task." in Page(tmp_path / "index.html").text


def test_a_hundred_cells_stay_small(tmp_path: Path, record: Make) -> None:
    labels = [f"应用类别{i}" for i in range(40)]
    write_site(
        [record(f"task_{i % 20}.recipe_{i}", [0.5] * 3, [0.5] * 3, labels=labels) for i in range(100)], "", tmp_path
    )
    assert (tmp_path / "index.html").stat().st_size < 3_000_000


def test_curves_stand_in_the_section_of_their_cell(tmp_path: Path, record: Make) -> None:
    rows = [{"epoch": 1, "train_loss": 1.0, "dev_loss": float("nan"), "dev_score": 0.5}]
    tuned = record("a.tuned", [0.5], models=[{"steps": 12, "history": rows}])
    write_site([tuned, record("a.linear", [0.4])], "All", tmp_path)
    page = Page(tmp_path / "index.html")
    assert sorted(name for name in page.ids if name.startswith("curves-")) == ["curves-a.tuned", "curves-a.tuned-data"]
    assert json.loads(page.data["curves-a.tuned-data"])["data"][2]["y"] == [None]
    assert page.texts.count("Training") == 1
