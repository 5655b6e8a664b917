from collections.abc import Callable
from pathlib import Path
from typing import Any

from regen.config.costs import Price
from regen.reporting.grids import Grid
from regen.reporting.markdown import readme_table, results_index, results_pages, write_pages
from regen.reporting.order import by_task
from regen.reporting.sections import Section

Record = dict[str, Any]
Make = Callable[..., Record]
COST = {"wall_seconds": 75, "cpu_seconds": 70, "peak_memory_bytes": 218177536, "machine": "Some CPU, 2 cores"}


def test_ties_with_the_best_are_named(records: list[Record]) -> None:
    task, own = next((task, own) for task, own in by_task(records).items() if len(own) > 1)
    standings = {task: {"leaders": {"dev": {own[0]["cell"]: "tie", own[1]["cell"]: "tie"}}}}
    (index,) = [line for line in results_index(records, standings).splitlines() if f"[{task}]" in line]
    assert index.endswith(f"| {own[1]['recipe']} |")
    flagged = [line for line in readme_table(records, {}, standings).splitlines() if "tie with the best on dev" in line]
    assert [line.split(" | ")[2] for line in flagged] == [own[1]["recipe"]]


def test_readme_table(records: list[Record]) -> None:
    table, _, note = readme_table(records[::-1]).partition("\n\n")
    assert table.splitlines() == [
        "| task | metric | recipe | dev | test | n | training examples | over majority | flags |",
        "| :-- | :-- | :-- | --: | --: | --: | --: | --: | --: |",
        "| names | span_f1 | crf | 70.00 [50.00, 90.00] | 60.00 [40.00, 80.00] | 1 | 14,041 | – | – |",
        "| ocnli | accuracy | linear | 53.00 [52.00, 54.00] | hidden | 3 | 14,041 | +19.00 dev | – |",
        "| ocnli | accuracy | plus | 52.50 [51.50, 53.50] | hidden | 1 | 14,041 | +18.50 dev "
        "| train+dev, document context |",
        "| ocnli | accuracy | majority | 34.00 [33.00, 35.00] | hidden | 1 | 14,041 | 0.00 dev | – |",
        "| sample_topic | accuracy | linear | 90.00 [89.00, 91.00] | 80.00 [79.00, 81.00] | 1 | 14,041 "
        "| +40.00 dev, +40.00 test | – |",
        "| sample_topic | accuracy | majority | 50.00 [49.00, 51.00] | 40.00 [39.00, 41.00] | 1 | 14,041 "
        "| 0.00 dev, 0.00 test | – |",
        "| sample_topic | accuracy | stuck | 50.00 [49.00, 51.00] | 40.00 [39.00, 41.00] | 1 | 14,041 "
        "| 0.00 dev, 0.00 test | not above majority on dev and test |",
    ]
    assert note.startswith("Official metric × 100")


def test_a_split_that_a_task_does_not_have(record: Make) -> None:
    one, other = record("a.x", [0.5], [0.5]), record("b.x", [0.5])
    del other["config"]["splits"]["test"]
    assert readme_table([one, other]).splitlines()[3].startswith("| b | accuracy | x | 50.00 [49.00, 51.00] | – |")


def test_another_test_set_stands_under_its_name(record: Make) -> None:
    one = record("a.x", [0.5], [0.25])
    one["scores"]["test_public"] = one["scores"].pop("test")
    one["config"]["splits"] = {"dev": True, "test": False, "test_public": True}
    assert "| test_public 25.00 [24.00, 26.00] |" in readme_table([one])


def page(records: list[Record]) -> list[str]:
    """Give the lines of the only task's page."""
    (text,) = results_pages(records, {}, {}).values()
    return text.splitlines()


def test_a_page_per_task(records: list[Record], tmp_path: Path) -> None:
    pages = results_pages(records, {"ocnli.linear": {"fit": COST}}, {})
    write_pages(pages, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["names.md", "ocnli.md", "sample_topic.md"]
    lines = (tmp_path / "ocnli.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("#")] == ["# ocnli", "## Cost", "## Made again by"]
    assert "**Leak: train and test have 37 distinct texts in common.**" in pages["names"].splitlines()
    assert (
        "| linear | 3 | 53.00 [52.00, 54.00] | 1.00 | +19.00 | hidden | – | – | 14,041 | – | best dev \\| epoch 3 |"
        in lines
    )
    assert "| linear | 1.2 min | 218 MB | not measured | not measured | Some CPU, 2 cores |" in lines
    assert "| plus | not measured | not measured | not measured | not measured | – |" in lines
    command = "dvc repro lineage/ocnli/linear/dvc.yaml:ocnli.linear.analyse"
    assert f"| linear | `{command}` | `01234567` | `12345678` | `23456789` |" in lines


def test_prices_and_energy_stand_with_the_costs(record: Make) -> None:
    fit = {**COST, "wall_seconds": 3600.0, "energy_kwh": 0.002, "energy_by": "CPU by RAPL"}
    latency = {"batches": {"32": {"examples_per_second": 10.0}}}
    costs = {"a.x": {"fit": fit, "latency": latency}, "a.y": {"predict": COST}}
    records = [record("a.x", [0.5]), record("a.y", [0.4])]
    text = results_pages(records, costs, {}, Price(per_hour=2, currency="EUR"))["a"]
    assert "| run: price, EUR | 1,000 predictions: price, EUR | fit: energy, Wh | machine |" in text
    lines = text.splitlines()
    assert "| x | 1.0 h | 218 MB | not measured | not measured | 2.00 | 0.056 | 2.00 | Some CPU, 2 cores |" in lines
    assert any(
        line.startswith("| y | not measured") and " | not measured | not measured | – |" in line for line in lines
    )
    assert "Energy, by codecarbon: CPU by RAPL." in lines


def test_a_search_counts_with_the_fit(record: Make) -> None:
    records = [record("a.x", [0.5]), {**record("a.y", [0.4]), "search": {}}]
    assert "include the whole search" not in "\n".join(page(records[:1]))
    text = results_pages(records, {"a.y": {"fit": COST}}, {})["a"]
    assert "| y | – (search not counted) | – | not measured | not measured | Some CPU, 2 cores |" in text
    assert "\n\nFits of recipes whose settings were sought include the whole search." in text
    costs = {"a.y": {"fit": COST, "search": {**COST, "wall_seconds": 525}}}
    assert "| y | 10.0 min | 218 MB |" in results_pages(records, costs, {})["a"]


def test_tables_of_sections_stand_on_the_page(record: Make) -> None:
    grid = Grid("Some", ["a", "b"], [("x", ["1", "2"])], groups=[("dev", 2)], corner="of", note="So.")
    section = Section("some", "Something", [grid], notes=["Said."])
    text = results_pages([record("a.x", [0.5])], {}, {"a": [section]})["a"]
    table = "| of | dev a | dev b |\n| :-- | --: | --: |\n| x | 1 | 2 |"
    assert f"## Something\n\nSaid.\n\nSome:\n\n{table}\n\nSo.\n\n## Cost" in text


def test_the_index_links_to_the_pages(records: list[Record]) -> None:
    lines = results_index(records).splitlines()
    assert (
        "| [names](results/names.md) | span_f1 | 1 | crf | 70.00 [50.00, 90.00] | 60.00 [40.00, 80.00] | – |" in lines
    )
    assert sum(line.startswith("| [") for line in lines) == 3


def test_scores_over_unseen_inputs_have_a_table_where_there_are_any(record: Make) -> None:
    one, other = record("a.x", [0.5], [0.4]), record("a.y", [0.6], [0.3])
    assert "not in train" not in "".join(page([one, other]))
    one["scores"]["test"]["unseen"] = {"examples": 1234, "mean": 0.25, "interval": {"low": 0.2, "high": 0.3}}
    lines = page([one, other])
    place = lines.index("| recipe | test, inputs not in train | examples |")
    assert lines[place + 2 : place + 4] == ["| y | – | – |", "| x | 25.00 [20.00, 30.00] | 1,234 |"]


def test_tables_are_rectangular(records: list[Record]) -> None:
    texts = [*results_pages(records, {}, {}).values(), readme_table(records), results_index(records)]
    for block in [block for text in texts for block in text.split("\n\n")]:
        if block.startswith("|"):
            widths = {line.replace("\\|", "").count("|") for line in block.splitlines()}
            assert len(widths) == 1


def test_markup_in_text_stays_text(record: Make) -> None:
    assert any("&lt;b> best |" in line for line in page([record("a.x", [0.5], selection="<b>\nbest")]))


def test_no_records() -> None:
    assert readme_table([]) == results_index([]) == "No results yet."
    assert results_pages([], {}, {}) == {}


def test_order_of_records_does_not_matter(records: list[Record]) -> None:
    assert results_pages(records, {}, {}) == results_pages(records[::-1], {}, {})
    assert results_index(records) == results_index(records[::-1])
