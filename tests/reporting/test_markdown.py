from collections.abc import Callable
from typing import Any

from regen.config.published import published_results
from regen.reporting.markdown import readme_table, results_page

Record = dict[str, Any]
Make = Callable[..., Record]
COST = {"wall_seconds": 75, "cpu_seconds": 70, "peak_memory_bytes": 218177536, "machine": "Some CPU, 2 cores"}


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


def test_results_page(records: list[Record]) -> None:
    page = results_page(records, {"ocnli.linear": {"fit": COST}}, {})
    lines = page.splitlines()
    assert [line for line in lines if line.startswith("#")] == ["## names", "## ocnli", "## sample_topic"]
    assert "**Leak: train and test have 37 distinct texts in common.**" in lines
    assert (
        "| linear | 3 | 53.00 [52.00, 54.00] | 1.00 | +19.00 | hidden | – | – | 14,041 | – | best dev \\| epoch 3 |"
        in lines
    )
    assert "| linear | 1.2 min | 218 MB | not measured | not measured | Some CPU, 2 cores |" in lines
    assert "| plus | not measured | not measured | not measured | not measured | – |" in lines
    assert (
        "| linear | `dvc repro lineage/ocnli/dvc.yaml:ocnli.linear.evaluate` | `01234567` | `12345678` | `23456789` |"
        in lines
    )


def test_scores_over_unseen_inputs_have_a_table_where_there_are_any(record: Make) -> None:
    one, other = record("a.x", [0.5], [0.4]), record("a.y", [0.6], [0.3])
    assert "not in train" not in results_page([one, other], {}, {})
    one["scores"]["test"]["unseen"] = {"examples": 1234, "mean": 0.25, "interval": {"low": 0.2, "high": 0.3}}
    lines = results_page([one, other], {}, {}).splitlines()
    place = lines.index("| recipe | test, inputs not in train | examples |")
    assert lines[place + 2 : place + 4] == ["| y | – | – |", "| x | 25.00 [20.00, 30.00] | 1,234 |"]


PUBLISHED = [
    {
        "system": "BERT",
        "scores": {"dev": 60, "test": 59.5},
        "sd": {"dev": 0.5},
        "n": 5,
        "source": "a README",
        "caveats": "a | b",
    },
    {
        "system": "Big",
        "scores": {"test": 80},
        "metric": "f1",
        "n": None,
        "with_dev": True,
        "documents": True,
        "source": "x",
    },
    {"system": "elsewhere", "scores": {"test_other": 80}, "n": 1, "source": "y"},
]


def test_published_results_stand_beside_ours(record: Make) -> None:
    published = published_results({"a": PUBLISHED, "c": PUBLISHED})
    lines = results_page([record("a.x", [0.5]), record("b.x", [0.5])], {}, published).splitlines()
    start = lines.index("Published by others:")
    assert lines[start + 2 : start + 7] == [
        "| system | dev | test | metric | n | trained on | caveats | source |",
        "| :-- | --: | --: | --: | --: | --: | --: | --: |",
        "| BERT | 60.00 (0.50) | 59.50 | accuracy | 5 | train | a \\| b | a README |",
        "| Big | – | 80.00 | f1 | not said | train and dev | sentences were read together with their neighbours | x |",
        "",
    ]
    assert lines.count("Published by others:") == 1


def test_tables_are_rectangular(records: list[Record]) -> None:
    for block in [*results_page(records, {}, {}).split("\n\n"), *readme_table(records).split("\n\n")]:
        if block.startswith("|"):
            widths = {line.replace("\\|", "").count("|") for line in block.splitlines()}
            assert len(widths) == 1


def test_markup_in_text_stays_text(record: Make) -> None:
    page = results_page([record("a.x", [0.5], selection="<b>\nbest")], {}, {})
    assert "&lt;b> best |" in page


def test_no_records() -> None:
    assert readme_table([]) == results_page([], {}, {}) == "No results yet."


def test_order_of_records_does_not_matter(records: list[Record]) -> None:
    assert results_page(records, {}, {}) == results_page(records[::-1], {}, {})
