"""The page of examples on which two cells differ."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from commands import run_command
from made_up import made_up_cell, made_up_task
from record_cells import CARD, record_of, rows
from regen.disagreements.find import sides_of
from regen.disagreements.page import MOST, counted, write_page
from regen.disagreements.run import show_disagreements
from regen.errors import UserError

Cell = tuple[dict[str, Any], pd.DataFrame]
FILES = {**CARD, "files": {"dev.json": "1"}, "shared_texts": {}}


def topic(folder: Path, recipe: str, gold: list[str], pred: list[str], **facts: Any) -> Cell:
    config = made_up_cell("majority", made_up_task("classification", "abc", test=False), recipe=recipe)
    table = rows("dev", gold, pred, score=[0.5] * len(gold)).assign(**facts)
    return record_of(config, folder, table, card=FILES), table


def texts(gold: list[str], **columns: Any) -> pd.DataFrame:
    ids = [f"dev-{i}" for i in range(len(gold))]
    return pd.DataFrame({"id": ids, "text": [f"text <{i}>" for i in range(len(gold))], "label": gold, **columns})


def page_of(cells: list[Cell], dev: pd.DataFrame, folder: Path) -> tuple[dict[str, int], str]:
    records, tables = zip(*cells, strict=True)
    folder.mkdir()
    counts = write_page(records, tables, dev, folder)
    return counts, (folder / "index.html").read_text(encoding="utf-8")


def test_only_what_one_alone_has_right_is_shown(tmp_path: Path) -> None:
    gold = list("abca")
    cells = [topic(tmp_path, "one", gold, list("abbb")), topic(tmp_path, "two", gold, list("aaca"))]
    counts, text = page_of(cells, texts(gold), tmp_path / "page")
    assert counts == {"both": 1, "one": 1, "other": 2, "neither": 0}
    first, second = text.index('id="one"'), text.index('id="other"')
    assert [text.find(f"text &lt;{i}&gt;") > 0 for i in range(4)] == [False, True, True, True]
    assert first < text.index("text &lt;1&gt;") < second < text.index("text &lt;2&gt;") < text.index("text &lt;3&gt;")
    assert text.count("text &lt;1&gt;") == 1  # what is the same for both stands once
    assert '<mark class="both">b<b lang="en" dir="ltr">gold and predicted</b></mark>' in text
    assert "<dt>answer, A</dt>" in text
    assert "<dt>answer, B</dt>" in text
    assert "Of 4 examples both have 1 right, A alone 1, B alone 2, neither 0." in text


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [(500, 500, (100, 100)), (500, 30, (170, 30)), (30, 500, (30, 170)), (500, 0, (200, 0)), (5, 6, (5, 6))],
)
def test_the_page_stays_short(tmp_path: Path, one: int, other: int, shown: tuple[int, int]) -> None:
    gold = ["a"] * (one + other)
    cells = [
        topic(tmp_path, "one", gold, ["a"] * one + ["b"] * other),
        topic(tmp_path, "two", gold, ["b"] * one + ["a"] * other),
    ]
    counts, text = page_of(cells, texts(gold), tmp_path / "page")
    assert (counts["one"], counts["other"]) == (one, other)
    parts = text.split('<section id="other">')
    assert tuple(part.count("<article>") for part in parts) == shown
    assert sum(shown) <= MOST


def test_folds_have_examples_of_their_own_and_the_smallest_seed_counts(tmp_path: Path) -> None:
    gold = list("ab")
    dev = pd.concat([texts(gold, fold=0), texts(["c", "c"], fold=1)], ignore_index=True)
    one = pd.concat(
        [
            rows("dev", gold, list("aa"), 3, score=[0.5] * 2),
            rows("dev", gold, list("bb"), 9, score=[0.5] * 2),
            rows("dev", list("cc"), list("cb"), 3, score=[0.5] * 2).assign(fold=1),
            rows("test", list("cc"), list("cb"), 3, score=[0.5] * 2).assign(fold=1),
        ],
        ignore_index=True,
    )
    record, _ = topic(tmp_path, "one", gold, gold)
    sides = sides_of([record, record], [one, one.assign(pred="c")], dev)
    assert counted(sides) == {"both": 1, "one": 1, "other": 1, "neither": 1}


def test_sentences_show_both_answers(tmp_path: Path) -> None:
    config = made_up_cell("crf", made_up_task("tagging", ["LOC", "PER"], test=False))
    gold = [["B-PER", "O"], ["O", "B-LOC"]]
    dev = pd.DataFrame({"id": ["dev-0", "dev-1"], "tokens": [["Ann", "left"], ["to", "Rome"]], "tags": gold})
    cells = []
    for pred in ([["B-PER", "O"], ["O", "O"]], [["O", "O"], ["O", "B-LOC"]]):
        table = rows("dev", gold, pred, score=[0.5] * 2)
        cells.append((record_of(config, tmp_path, table, card=FILES), table))
    counts, text = page_of(cells, dev, tmp_path / "page")
    assert counts == {"both": 0, "one": 1, "other": 1, "neither": 0}
    assert '<mark class="both">Ann<b lang="en" dir="ltr">PER</b></mark> left' in text
    assert '<mark class="gold">Ann<b lang="en" dir="ltr">PER</b></mark> left' in text  # as the wrong answer has it
    assert [text.count(f"<dt>{head}</dt>") for head in ("gold", "predicted, A", "predicted, B")] == [2, 2, 2]
    assert text.count('class="gold">Rome') == text.count('class="gold">Ann') == 1


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with two cells of one task, and one of another."""
    gold = list("abca")
    folder = tmp_path / "data"
    for recipe, pred in (("one", "abbb"), ("two", "aaca")):
        record, table = topic(tmp_path, recipe, gold, list(pred))
        cell = folder / "08_reporting/cells/made_up" / recipe
        cell.mkdir(parents=True)
        (cell / "record.json").write_text(json.dumps(record))
        predictions = folder / "07_model_output/made_up" / recipe
        predictions.mkdir(parents=True)
        table.to_parquet(predictions / "predictions.parquet")
    other = folder / "08_reporting/cells/other/one"
    other.mkdir(parents=True)
    (other / "record.json").write_text(json.dumps({**record, "task": "other", "cell": "other.one"}))
    (folder / "03_primary/made_up").mkdir(parents=True)
    texts(gold).to_parquet(folder / "03_primary/made_up/dev.parquet")
    return folder


def test_a_page_of_two_cells(data: Path) -> None:
    for _ in range(2):  # the second one replaces the first
        path, counts = show_disagreements("made_up.one", "made_up.two", data)
        assert path == data / "08_reporting/disagreements/made_up/one-two/index.html"
        assert counts == {"both": 1, "one": 1, "other": 2, "neither": 0}
    assert [file.name for file in path.parent.iterdir()] == ["index.html"]
    assert [folder.name for folder in path.parents[1].iterdir()] == ["one-two"]


@pytest.mark.parametrize(
    ("one", "other", "line"),
    [
        (
            "made_up.one@HEAD~1",
            "made_up.one",
            r"--examples: found made_up\.one@HEAD~1, expected a cell as task\.recipe",
        ),
        ("made_up.one", "HEAD", "--examples: found HEAD, expected a cell"),
        ("made_up.one", "made_up.none", r"none/record\.json: no such record; name another cell, or make it first$"),
        ("made_up.one", "made_up.one", "expected two cells with scores on the same examples of dev$"),
        ("made_up.one", "other.one", "expected two cells with scores on the same examples of dev$"),
    ],
)
def test_what_no_page_is_made_of(data: Path, one: str, other: str, line: str) -> None:
    with pytest.raises(UserError, match=line):
        show_disagreements(one, other, data)


def test_what_is_not_on_this_machine(data: Path) -> None:
    path = data / "07_model_output/made_up/two/predictions.parquet"
    kept = path.read_bytes()
    path.unlink()
    line = r"two/predictions\.parquet: not on this machine; make it with 'dvc repro "
    with pytest.raises(UserError, match=line):
        show_disagreements("made_up.one", "made_up.two", data)
    path.write_bytes(kept)
    (data / "03_primary/made_up/dev.parquet").unlink()
    with pytest.raises(UserError, match=r"dev\.parquet: not on this machine; .*--namespaces made_up'$"):
        show_disagreements("made_up.one", "made_up.two", data)


def test_other_examples_than_were_predicted_are_refused(data: Path) -> None:
    texts(list("abc")).to_parquet(data / "03_primary/made_up/dev.parquet")
    with pytest.raises(UserError, match="predictions of dev are of other examples"):
        show_disagreements("made_up.one", "made_up.two", data)
    assert not (data / "08_reporting/disagreements/made_up/one-two").exists()


def test_the_command_asks_for_cells(project_root: Path) -> None:
    answer = run_command(project_root, "compare", "HEAD", "HEAD", "--examples")
    assert answer.exit_code == 1
    assert answer.output == (
        "Error: --examples: found two revisions, expected two cells: only their last answers are kept\n"
    )
