"""The published files, read through the specs of conf/base/tasks."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from regen.config.load import Specs
from regen.config.task import PrepareConfig, ReadSpec
from regen.pipelines.prepare.nodes import prepare
from regen.project import config_loader, read_specs
from regen.tasks.examples import read_split
from regen.tasks.reading import Reading

pytestmark = pytest.mark.real_data

ENTITIES = {
    "train": {"LOC": 7140, "MISC": 3438, "ORG": 6321, "PER": 6600},
    "dev": {"LOC": 1837, "MISC": 922, "ORG": 1341, "PER": 1842},
    "test": {"LOC": 1668, "MISC": 702, "ORG": 1661, "PER": 1617},
}


@pytest.fixture(scope="module")
def specs(project_root: Path) -> Specs:
    return read_specs(config_loader(project_root, "base"), project_root)


def _prepare(specs: Specs, task: str, mirror: Path, raw: Path) -> dict[str, Any]:
    """Run the stage on links to the files of a mirror."""
    for file in specs.tasks[task].files:
        (raw / file.name).symlink_to(mirror / next(str(source.mirror) for source in file.sources if source.mirror))
    spec = specs.tasks[task]
    return prepare(raw, PrepareConfig(task=task, type=spec.type, read=spec.read))


@pytest.fixture(scope="module")
def prepared(specs: Specs, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Task -> what the stage ``prepare`` gives; the counts of ``expected`` are checked by it."""
    tasks = ("conll2003", "conll2003_iob2", "ocnli")
    return {task: _prepare(specs, task, shared_data, tmp_path_factory.mktemp(task)) for task in tasks}


def test_the_files_are_those_that_the_specs_pin(specs: Specs, prepared: dict[str, dict[str, Any]]) -> None:
    for task, outputs in prepared.items():
        assert outputs["card"]["files"] == {file.name: file.sha256 for file in specs.tasks[task].files}


@pytest.mark.parametrize("split", ENTITIES)
def test_both_copies_of_conll2003_hold_the_same(prepared: dict[str, dict[str, Any]], split: str) -> None:
    one, other = prepared["conll2003"][split], prepared["conll2003_iob2"][split]
    pd.testing.assert_frame_equal(one.drop(columns="chunk"), other.drop(columns="chunk"))
    assert (one["chunk"] != other["chunk"]).any()  # it is as the file has it, in either scheme


@pytest.mark.parametrize("task", ["conll2003", "conll2003_iob2"])
def test_conll2003_has_the_published_entities(prepared: dict[str, dict[str, Any]], task: str) -> None:
    splits = prepared[task]["card"]["splits"]
    assert {split: counts["label_counts"] for split, counts in splits.items()} == ENTITIES
    names = ("examples", "documents", "tokens", "spans")
    assert {split: tuple(counts[name] for name in names) for split, counts in splits.items()} == {
        "train": (14041, 946, 203621, 23499),
        "dev": (3250, 216, 51362, 5942),
        "test": (3453, 231, 46435, 5648),
    }


def test_two_tags_of_the_original_are_irregular(prepared: dict[str, dict[str, Any]]) -> None:
    def irregular(task: str) -> list[int]:
        return [counts["irregular_tags"] for counts in prepared[task]["card"]["splits"].values()]

    assert irregular("conll2003") == [2, 0, 0]
    assert irregular("conll2003_iob2") == [0, 0, 0]


def test_conll2003_repeats_sentences(prepared: dict[str, dict[str, Any]]) -> None:
    assert prepared["conll2003"]["card"]["splits"]["train"]["repeated_texts"] == 1350


def test_ocnli_leaves_out_pairs_without_a_majority(prepared: dict[str, dict[str, Any]]) -> None:
    splits = prepared["ocnli"]["card"]["splits"]
    assert [(counts["examples"], counts["dropped"]) for counts in splits.values()] == [
        (9985, {"-": 15}),
        (2950, {"-": 50}),
        (3000, {}),
    ]
    assert prepared["ocnli"]["test"]["label"].isna().all()
    assert set(prepared["ocnli"]["dev"]["label"]) == {"entailment", "neutral", "contradiction"}
    assert prepared["ocnli"]["train"]["id"].is_unique


def test_cards_hold_no_text_of_the_data(prepared: dict[str, dict[str, Any]]) -> None:
    card = str(prepared["ocnli"]["card"])
    texts = pd.concat([prepared["ocnli"][split][["text_a", "text_b"]].stack() for split in ("train", "dev", "test")])
    assert [text for text in texts if len(text) >= 5 and text in card] == []


def _read(path: Path, **keys: Any) -> Reading:
    """Read one file as a dev split."""
    splits = {"train": {"file": path.name}, "dev": {"file": path.name}}
    return read_split(path.parent, ReadSpec(splits=splits, **keys), "dev")


@pytest.mark.parametrize(
    ("file", "sentences", "tokens", "spans"),
    [("esp.testa", 1915, 52923, 4352), ("esp.testb", 1517, 51533, 3559)],
)
def test_conll2002_has_one_span_that_begins_inside(
    shared_data: Path, file: str, sentences: int, tokens: int, spans: int
) -> None:
    fields, labels = {"tokens": 0, "pos": 1, "tags": 2}, ("LOC", "MISC", "ORG", "PER")
    path = shared_data / "conll2002" / file
    reading = _read(path, format="conll_columns", scheme="iob2", fields=fields, labels=labels)
    assert len(reading.rows) == sentences
    assert sum(len(row["tokens"]) for row in reading.rows) == tokens
    assert sum(tag.startswith("B-") for row in reading.rows for tag in row["tags"]) == spans
    assert reading.irregular_tags == 1


def test_iflytek_has_separators_inside_its_texts(shared_data: Path) -> None:
    fields = {"text": "sentence", "label": "label"}
    labels = tuple(str(number) for number in range(119))
    reading = _read(shared_data / "clue/iflytek/dev.json", format="json_lines", fields=fields, labels=labels)
    assert len(reading.rows) == 2599
    assert any("\u2028" in row["text"] for row in reading.rows)
    assert {row["label"] for row in reading.rows} == set(labels)


@pytest.mark.parametrize(("file", "rows"), [("clue/tnews/dev.json", 10000), ("fewclue/tnews/dev_few_all.json", 1098)])
def test_tnews_has_the_same_labels_as_strings_and_as_numbers(shared_data: Path, file: str, rows: int) -> None:
    fields = {"text": "sentence", "label": "label"}
    labels = tuple(str(number) for number in range(100, 117) if number not in (105, 111))
    reading = _read(shared_data / file, format="json_lines", fields=fields, labels=labels)
    assert len(reading.rows) == rows
    assert {row["label"] for row in reading.rows} == set(labels)
