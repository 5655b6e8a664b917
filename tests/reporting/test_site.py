import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from made_records import awkward_records
from pages import Page
from pandas.testing import assert_frame_equal
from synthetic import TITLE, synthetic_records

from regen.records.table import results_table
from regen.reporting.charts import Chart
from regen.reporting.grids import Grid
from regen.reporting.sections import Section
from regen.reporting.site import write_site

Record = dict[str, Any]
Make = Callable[..., Record]
ASSETS = {f"assets/{name}" for name in ("style.css", "page.js", "charts.js", "table.js", "plotly.min.js")}


def digests(folder: Path) -> dict[str, str]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    write_site(awkward_records(), "All <results>", folder, benchmarks={"ocnli": "clue", "names": "conll"})
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    return {path.relative_to(site).as_posix(): Page(path) for path in sorted(site.rglob("*.html"))}


def test_same_records_in_any_order_give_the_same_bytes(site: Path, records: list[Record], tmp_path: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()
    write_site(records[::-1], "All <results>", again, benchmarks={"names": "conll", "ocnli": "clue"})
    assert digests(site) == digests(again)


def test_a_page_for_each_task_and_cell(site: Path, records: list[Record]) -> None:
    tasks = {f"tasks/{record['task']}.html" for record in records}
    cells = {f"cells/{r['task']}/{r['recipe']}.{kind}" for r in records for kind in ("html", "json")}
    assert set(digests(site)) == {"index.html", "leaderboard.csv"} | tasks | cells | ASSETS


def test_every_address_is_in_the_site(pages: dict[str, Page]) -> None:
    for page in pages.values():
        assert not [id_ for id_, times in page.ids.items() if times > 1]
        for address in page.addresses:
            if address.startswith("#"):
                assert address[1:] in page.ids
            else:
                assert address == "data:," or (page.path.parent / address).is_file(), (page.path, address)
    assert {"cells/ocnli/linear.html", "tasks/ocnli.html", "leaderboard.csv"} <= set(pages["index.html"].addresses)
    assert "../cells/ocnli/linear.html" in pages["tasks/ocnli.html"].addresses
    assert {"../../index.html", "../../tasks/ocnli.html"} <= set(pages["cells/ocnli/linear.html"].addresses)


def test_nothing_is_asked_from_the_network(pages: dict[str, Page], site: Path) -> None:
    assert not [address for page in pages.values() for address in page.addresses if "//" in address]
    for name in ASSETS - {"assets/plotly.min.js"}:
        text = re.sub(r"^\s*//.*|;\s*//.*", "", (site / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert not re.search(r"//[a-z]|@import|url\(", text)


def test_markup_in_labels_stays_text(pages: dict[str, Page]) -> None:
    cell = pages["cells/names/crf.html"]
    assert "<script>alert(1)</script>" in cell.text
    assert all("All <results>" in page.text for page in pages.values())
    assert all("<script>alert" not in page.path.read_text(encoding="utf-8") for page in pages.values())
    names = json.loads(cell.data["chart-names.crf-data"])["data"][0]["x"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in names


def test_csv_is_the_results_table(site: Path, records: list[Record]) -> None:
    table = results_table(sorted(records, key=lambda record: record["cell"]))
    read = pd.read_csv(site / "leaderboard.csv")
    assert_frame_equal(read[table.columns], table, check_dtype=False)
    assert read.set_index("task")["benchmark"].dropna().to_dict() == {"ocnli": "clue", "names": "conll"}
    assert set(read["mark"].dropna()) == {"best", "tie?"}


def test_pages_and_csv_show_the_same_numbers(pages: dict[str, Page], site: Path) -> None:
    for row in pd.read_csv(site / "leaderboard.csv").itertuples():
        for name in ("index", f"tasks/{row.task}", f"cells/{row.task}/{row.recipe}"):
            assert f"{row.score:.2f} [{row.low:.2f}, {row.high:.2f}]" in pages[f"{name}.html"].text


def test_marks(pages: dict[str, Page]) -> None:
    for name in ("index.html", "tasks/sample_topic.html"):
        assert pages[name].text.count("⚠ 0.00") == 2
    for name in ("index.html", "tasks/ocnli.html"):
        assert "tie? 53.00" in pages[name].text
        assert "majority floor" in pages[name].text
        assert "stale" not in pages[name].text
    assert "* One repeat:" in pages["tasks/ocnli.html"].text
    assert "⚠ Leak: train and test have 37 distinct texts in common." in pages["tasks/names.html"].text
    assert "⚠ Leak: train and test have 37 distinct texts in common." in pages["cells/names/crf.html"].text


def test_hidden_and_missing_splits(tmp_path: Path, record: Make) -> None:
    mixed = [record("a.x", [0.5], [0.5]), record("a.y", [0.5]), record("a.z", [0.5])]
    del mixed[2]["config"]["splits"]["test"]
    write_site(mixed, "Mixed", tmp_path)
    html = (tmp_path / "tasks" / "a.html").read_text(encoding="utf-8")
    cells = re.findall(r'<td class="first absent" colspan="4">(.*?)</td>', html)
    assert ["hidden" in cells[0], cells[1]] == [True, "–"]


def test_one_cell_is_singular(tmp_path: Path, record: Make) -> None:
    write_site([record("a.x", [0.5])], "One", tmp_path)
    assert "1 cell of 1 task." in Page(tmp_path / "index.html").text
    assert "benchmark" not in Page(tmp_path / "index.html").ids


def test_stale_cells_are_marked_on_all_pages(tmp_path: Path, records: list[Record]) -> None:
    write_site(records, "Some are stale", tmp_path, stale={"ocnli.linear": ["config", "code"]})
    for name in ("index.html", "tasks/ocnli.html", "cells/ocnli/linear.html"):
        assert "linear stale" in Page(tmp_path / name).text
    assert Page(tmp_path / "tasks/ocnli.html").texts.count("stale") == 1
    assert "changed since it was made: config, code." in Page(tmp_path / "cells/ocnli/linear.html").text
    assert "stale" not in Page(tmp_path / "cells/ocnli/plus.html").texts


def test_a_cell_says_how_it_is_made_again(tmp_path: Path, records: list[Record]) -> None:
    write_site(records, "At a revision", tmp_path, revision="0123abc")
    cell = Page(tmp_path / "cells/ocnli/linear.html")
    assert "data/08_reporting/cells/ocnli/linear/record.json" in cell.texts
    assert "linear.json" in cell.addresses
    assert "dvc repro lineage/ocnli/linear/dvc.yaml:ocnli.linear.analyse" in cell.texts
    assert "kedro run --pipelines fit,evaluate,analyse --namespaces ocnli.linear" in cell.texts
    assert "git log -1 -- data/08_reporting/cells/ocnli/linear" in cell.texts
    assert "0123abc" in cell.texts
    shown = json.loads((tmp_path / "cells/ocnli/linear.json").read_text(encoding="utf-8"))
    assert shown == next(record for record in records if record["cell"] == "ocnli.linear")


def test_no_revision_no_row(pages: dict[str, Page]) -> None:
    assert "revision at which this page was made" not in pages["cells/ocnli/linear.html"].text


def test_a_record_in_the_site_has_the_bytes_of_the_committed_one(project_root: Path, tmp_path: Path) -> None:
    committed = project_root / "data/08_reporting/cells/sample_ner/minilm/record.json"
    write_site([json.loads(committed.read_text(encoding="utf-8"))], "One", tmp_path)
    assert (tmp_path / "cells/sample_ner/minilm.json").read_bytes() == committed.read_bytes()


def test_costs_stand_where_they_are_known(tmp_path: Path, records: list[Record], pages: dict[str, Page]) -> None:
    spent = {"wall_seconds": 90.0, "peak_memory_bytes": 2_000_000_000, "machine": "An abacus"}
    costs = {"ocnli.linear": {"fit": spent}}
    write_site(records, "With costs", tmp_path, costs=costs)
    assert "1.5 min 2.0 GB –" in Page(tmp_path / "index.html").text
    assert "fit 1.5 min 2.0 GB An abacus" in Page(tmp_path / "cells/ocnli/linear.html").text
    assert "fit: time" not in pages["index.html"].text
    assert "Costs" not in pages["cells/ocnli/linear.html"].texts


def further(name: str) -> Section:
    chart = Chart(f"{name}-chart", "Bars of nothing", 300, 200, 100, {"data": [], "layout": {}})
    grid = Grid("A table of its own", ["count"], [("row", ["7"])], note="A note below.")
    return Section(name, f"Section {name}", grids=[grid, grid], charts=[("A chart", chart)], notes=["A note above."])


def test_sections_of_others_stand_on_their_pages(tmp_path: Path, records: list[Record]) -> None:
    write_site(
        records,
        "More",
        tmp_path,
        task_sections={"ocnli": [further("slices"), further("pairs")]},
        cell_sections={"ocnli.linear": [further("errors")]},
    )
    task, cell = Page(tmp_path / "tasks/ocnli.html"), Page(tmp_path / "cells/ocnli/linear.html")
    for page, name in ((task, "slices"), (task, "pairs"), (cell, "errors")):
        assert page.ids[name] == 1
        assert f"#{name}" in page.addresses
        assert f"Section {name} A note above. A table of its own count row 7 A note below." in page.text
        assert json.loads(page.data[f"{name}-chart-data"])["data"] == []
    assert max((task.ids | cell.ids).values()) == 1
    assert "A note above." not in Page(tmp_path / "cells/ocnli/plus.html").text


def test_many_cells_stay_small(tmp_path: Path) -> None:
    write_site(synthetic_records(30, 5), TITLE, tmp_path)
    assert (tmp_path / "index.html").stat().st_size < 3_000_000 * 30 / 150
    assert max(path.stat().st_size for path in tmp_path.glob("cells/*/*.html")) < 1_000_000


def test_curves_stand_on_the_page_of_their_cell(tmp_path: Path, record: Make) -> None:
    rows = [{"epoch": 1, "train_loss": 1.0, "dev_loss": float("nan"), "dev_score": 0.5}]
    tuned = record("a.tuned", [0.5], models=[{"steps": 12, "history": rows}])
    write_site([tuned, record("a.linear", [0.4])], "All", tmp_path)
    page, other = (Page(tmp_path / f"cells/a/{name}.html") for name in ("tuned", "linear"))
    assert json.loads(page.data["curves-a.tuned-data"])["data"][2]["y"] == [None]
    assert "training" in page.ids
    assert "training" not in other.ids
