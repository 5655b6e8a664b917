"""The published files, read through the specs of conf/base/tasks."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from published import prepare_task, read_file

from regen.config.load import Specs
from regen.scoring.spans import extract_spans
from regen.sources.local import take
from regen.tasks.examples import read_split, text_keys

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.no_cover,  # a million rows, through lines that small files reach
]

ENTITIES = {
    "train": {"LOC": 7140, "MISC": 3438, "ORG": 6321, "PER": 6600},
    "dev": {"LOC": 1837, "MISC": 922, "ORG": 1341, "PER": 1842},
    "test": {"LOC": 1668, "MISC": 702, "ORG": 1661, "PER": 1617},
}


TASKS = (
    *("afqmc", "c3", "cluener", "cluewsc2020", "cmrc2018", "csl", "conll04", "conll04_multihead", "conll2000"),
    *("conll2002_es", "conll2003", "conll2003_iob2", "ocnli", "tnews"),
)


class Prepared(dict[str, dict[str, Any]]):
    """Task -> what the stage ``prepare`` gives, made when a test asks for it; it checks the counts of ``expected``."""

    def __init__(self, prepare_task: Callable[[str], dict[str, Any]]) -> None:
        super().__init__()
        self._prepare = prepare_task

    def __missing__(self, task: str) -> dict[str, Any]:
        self[task] = self._prepare(task)
        return self[task]


@pytest.fixture(scope="module")
def prepared(specs: Specs, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return Prepared(lambda task: prepare_task(specs, task, shared_data, tmp_path_factory.mktemp(task)))


@pytest.mark.parametrize("task", TASKS)
def test_the_files_are_those_that_the_specs_pin(specs: Specs, prepared: Prepared, task: str) -> None:
    assert prepared[task]["card"]["files"] == {file.name: file.sha256 for file in specs.tasks[task].files}


@pytest.mark.parametrize("split", ENTITIES)
def test_both_copies_of_conll2003_hold_the_same(prepared: Prepared, split: str) -> None:
    one, other = prepared["conll2003"][split], prepared["conll2003_iob2"][split]
    pd.testing.assert_frame_equal(one.drop(columns="chunk"), other.drop(columns="chunk"))
    assert (one["chunk"] != other["chunk"]).any()  # it is as the file has it, in either scheme


@pytest.mark.parametrize("task", ["conll2003", "conll2003_iob2"])
def test_conll2003_has_the_published_entities(prepared: Prepared, task: str) -> None:
    splits = prepared[task]["card"]["splits"]
    assert {split: counts["label_counts"] for split, counts in splits.items()} == ENTITIES
    names = ("examples", "documents", "tokens", "spans")
    assert {split: tuple(counts[name] for name in names) for split, counts in splits.items()} == {
        "train": (14041, 946, 203621, 23499),
        "dev": (3250, 216, 51362, 5942),
        "test": (3453, 231, 46435, 5648),
    }


def test_two_tags_of_the_original_are_irregular(prepared: Prepared) -> None:
    def irregular(task: str) -> list[int]:
        return [counts["irregular_tags"] for counts in prepared[task]["card"]["splits"].values()]

    assert irregular("conll2003") == [2, 0, 0]
    assert irregular("conll2003_iob2") == [0, 0, 0]
    odd = prepared["conll2003"]["card"]["splits"]["train"]["odd_rows"]["irregular_tags"]
    assert (odd["rows"], len(odd["ids"])) == (2, 2)


def test_conll2003_repeats_sentences(prepared: Prepared) -> None:
    assert prepared["conll2003"]["card"]["splits"]["train"]["repeated_texts"] == 1350


def test_ocnli_leaves_out_pairs_without_a_majority(prepared: Prepared) -> None:
    splits = prepared["ocnli"]["card"]["splits"]
    assert [(counts["examples"], counts["dropped"]) for counts in splits.values()] == [
        (9985, {"-": 15}),
        (2950, {"-": 50}),
        (3000, {}),
    ]
    assert [len(counts["odd_rows"].get("dropped", {"ids": []})["ids"]) for counts in splits.values()] == [15, 20, 0]
    assert prepared["ocnli"]["card"]["seen_in_train"] == {}
    assert prepared["ocnli"]["test"]["label"].isna().all()
    assert set(prepared["ocnli"]["dev"]["label"]) == {"entailment", "neutral", "contradiction"}
    assert prepared["ocnli"]["train"]["id"].is_unique


def test_cards_hold_no_text_of_the_data(prepared: Prepared) -> None:
    card = str(prepared["ocnli"]["card"])
    texts = pd.concat([prepared["ocnli"][split][["text_a", "text_b"]].stack() for split in ("train", "dev", "test")])
    assert [text for text in texts if len(text) >= 5 and text in card] == []


def test_afqmc_has_the_published_labels_and_no_pair_twice(prepared: Prepared) -> None:
    card = prepared["afqmc"]["card"]
    assert [card["splits"][split]["label_counts"] for split in ("train", "dev")] == [
        {"0": 23761, "1": 10573},
        {"0": 2978, "1": 1338},
    ]
    assert {counts["repeated_texts"] for counts in card["splits"].values()} == {0}
    assert set(card["shared_texts"].values()) == {0}
    assert prepared["afqmc"]["test"]["id"].tolist() == [f"test-{number}" for number in range(3861)]


def test_cluewsc2020_has_the_published_labels_and_spans(prepared: Prepared) -> None:
    """The reader refuses spans that do not stand where the files say: there are none."""
    card = prepared["cluewsc2020"]["card"]
    assert card["splits"]["train"]["label_counts"] == {"false": 727, "true": 517}
    assert card["splits"]["dev"]["label_counts"] == {"false": 193, "true": 111}
    assert [counts["repeated_texts"] for counts in card["splits"].values()] == [5, 0, 6, 0]
    frames = [prepared["cluewsc2020"][split] for split in ("train", "dev", "test", "test_1_0")]
    assert [int((frame["span2_start"] < frame["span1_start"]).sum()) for frame in frames] == [0, 0, 464, 0]
    assert [bool(frame["label"].isna().all()) for frame in frames] == [False, False, True, True]


def test_csl_has_the_published_labels_and_keywords(prepared: Prepared) -> None:
    outputs = prepared["csl"]
    splits = outputs["card"]["splits"]
    assert [splits[split]["label_counts"] for split in ("train", "dev")] == [
        {"0": 10000, "1": 10000},
        {"0": 1500, "1": 1500},
    ]
    assert outputs["train"]["text"].nunique() == 3954
    lengths = [splits[split]["keywords_per_example"] for split in ("train", "dev", "test")]
    assert [(length["min"], length["max"]) for length in lengths] == [(2, 4)] * 3
    assert len(set(outputs["dev"]["text"]) & set(outputs["test"]["text"])) == 1
    assert outputs["test"]["id"].iloc[0] == "2415"
    assert sorted(map(int, outputs["test"]["id"])) == list(range(1, 3001))
    # A list that holds a keyword twice is always a made-up one.
    twice = outputs["train"][outputs["train"]["keywords"].map(lambda words: len(set(words)) < len(words))]
    assert twice["label"].value_counts().to_dict() == {"0": 836}


def _mentions(frame: pd.DataFrame) -> int:
    """Count what CLUENER's README counts: different (row, type, mention)."""
    return sum(
        len({(span.type, "".join(tokens[span.start : span.end])) for span in extract_spans(tags)})
        for tokens, tags in zip(frame["tokens"], frame["tags"], strict=True)
    )


def test_cluener_has_the_published_entities(prepared: Prepared) -> None:
    outputs = prepared["cluener"]
    train, dev, test = outputs["card"]["splits"].values()
    assert [split["spans"] + split.get("overlapping_spans", 0) for split in (train, dev)] == [23971, 3072]
    assert (train["overlapping_spans"], "overlapping_spans" in dev) == (2, False)
    assert [_mentions(outputs[split]) for split in ("train", "dev")] == [23338 - 2, 2982]
    assert max(split["length_in_tokens"]["max"] for split in (train, dev, test)) == 50
    assert set(train["label_counts"]) == set(dev["label_counts"]) == set(outputs["card"]["labels"])
    assert all(tags != ["O"] * len(tags) for split in ("train", "dev") for tags in outputs[split]["tags"])


def test_cmrc2018_has_the_misplaced_answers_that_were_counted(prepared: Prepared) -> None:
    outputs = prepared["cmrc2018"]
    splits = outputs["card"]["splits"]
    names = ("answers", "shifted_answers", "unlocated_answers")
    assert {split: [counts[name] for name in names] for split, counts in splits.items() if split != "test"} == {
        "train": [10142, 21, 0],
        "dev": [9657, 7, 193],
        "test_trial": [1002, 5, 0],
    }
    odd = splits["dev"]["odd_rows"]
    assert odd["shifted_answers"]["rows"] + odd["unlocated_answers"]["rows"] >= 176  # a question may have both
    assert outputs["test"]["answers"].isna().all()
    assert (outputs["test_trial"]["question"] == "").sum() == 2
    _check_places(outputs["train"])
    _check_places(outputs["dev"])


def _check_places(frame: pd.DataFrame) -> None:
    for context, answers, starts in zip(frame["context"], frame["answers"], frame["answer_start"], strict=True):
        for answer, start in zip(answers, starts, strict=True):
            assert start == -1 or context[start : start + len(answer)] == answer


def test_drcd_has_two_answers_to_a_question_all_in_their_places(specs: Specs, shared_data: Path) -> None:
    task = specs.tasks["drcd"]
    for split, file in (("dev", "DRCD_dev.json"), ("test", "DRCD_test.json")):
        reading = read_split(shared_data / "clue/drcd", task.read, split)
        assert task.read.splits[split].file == file
        frame = pd.DataFrame(reading.rows)
        counts = task.read.expected[split]
        assert (len(frame), frame["context"].nunique()) == (counts["examples"], counts["passages"])
        assert {len(answers) for answers in frame["answers"]} == {2}
        assert not reading.shifted_answers
        assert not reading.unlocated_answers


def test_conll2000_parts_train_after_the_published_counts(prepared: Prepared) -> None:
    train, dev, test = prepared["conll2000"]["card"]["splits"].values()
    both = [train[name] + dev[name] for name in ("examples", "tokens", "spans")]
    assert both == [8936, 211727, 106978]
    assert train["label_counts"]["UCP"] + dev["label_counts"].get("UCP", 0) == 2
    assert "UCP" not in test["label_counts"]
    assert [split["irregular_tags"] for split in (train, dev, test)] == [0, 0, 0]


def test_conll2002_has_one_span_in_each_file_that_begins_inside(prepared: Prepared) -> None:
    splits = prepared["conll2002_es"]["card"]["splits"]
    assert splits["train"]["label_counts"] == {"LOC": 4914, "MISC": 2173, "ORG": 7390, "PER": 4321}
    assert [counts["irregular_tags"] for counts in splits.values()] == [1, 1, 1]
    assert splits["train"]["length_in_tokens"]["max"] == 1238


CONLL04 = {
    "train": {"Loc": 1219, "Org": 616, "Peop": 1087, "Other": 455}
    | {"OrgBased_In": 271, "Work_For": 256, "Located_In": 247, "Live_In": 330, "Kill": 179},
    "dev": {"Loc": 322, "Org": 170, "Peop": 283, "Other": 118}
    | {"OrgBased_In": 76, "Work_For": 69, "Located_In": 65, "Live_In": 91, "Kill": 42},
    "test": {"Loc": 427, "Org": 198, "Peop": 321, "Other": 133}
    | {"OrgBased_In": 105, "Work_For": 76, "Located_In": 94, "Live_In": 100, "Kill": 47},
}


def test_conll04_has_the_published_entities_and_relations(prepared: Prepared) -> None:
    card = prepared["conll04"]["card"]
    assert {split: counts["label_counts"] for split, counts in card["splits"].items()} == CONLL04
    assert card["splits"]["train"]["repeated_texts"] == 24
    assert card["shared_texts"] == {"train+dev": 12, "train+test": 18, "dev+test": 3}


def test_both_forms_of_conll04_hold_the_same(prepared: Prepared) -> None:
    """The columns part 332 full stops and commas from the words before or after them, three of them in an entity."""
    spert, multihead = (
        {split: prepared[task][split].set_index("id") for split in CONLL04} for task in ("conll04", "conll04_multihead")
    )
    assert set(spert["test"].index) == set(multihead["test"].index)
    one, other = (pd.concat(splits.values()).sort_index() for splits in (spert, multihead))
    assert one.index.equals(other.index)
    assert one["tokens"].map("".join).equals(other["tokens"].map("".join))
    assert [(one[name] != other[name]).sum() for name in ("tokens", "annotation")] == [332, 3]
    splits = prepared["conll04_multihead"]["card"]["splits"]
    assert {split: (counts["entities"], counts["relations"]) for split, counts in splits.items()} == {
        "train": (3393, 1273),
        "dev": (877, 353),
        "test": (1079, 422),
    }
    assert [counts.get("irregular_tags", 0) for counts in splits.values()] == [2, 0, 0]


def test_tnews_has_the_published_labels_and_repetitions(prepared: Prepared) -> None:
    card = prepared["tnews"]["card"]
    counts = card["splits"]["train"]["label_counts"]
    assert (counts["109"], counts["114"]) == (max(counts.values()), min(counts.values())) == (5955, 257)
    assert set(counts) == set(card["splits"]["dev"]["label_counts"]) == set(card["labels"])
    assert card["splits"]["train"]["repeated_texts"] == 3634
    assert (card["shared_texts"]["train+dev"], card["shared_texts"]["train+test"]) == (924, 1)
    dev, train = prepared["tnews"]["dev"], prepared["tnews"]["train"]
    seen = dev[dev["id"].isin(card["seen_in_train"]["dev"])]
    assert (seen["text"].nunique(), len(card["seen_in_train"]["test"])) == (924, 1)
    assert seen["text"].isin(train["text"]).all()
    assert (train.groupby("text")["label"].nunique() > 1).sum() == 547
    odd = card["splits"]["train"]["odd_rows"]["contradictions"]
    assert odd["rows"] == (train.groupby("text")["label"].transform("nunique") > 1).sum()


def test_the_copies_of_tnews_agree(specs: Specs, prepared: Prepared, shared_data: Path) -> None:
    read = specs.tasks["tnews"].read
    spec = read.splits["train"].model_copy(update={"file": "dev.tsv"})
    converted = read_split(shared_data / "clue/tnews", read.model_copy(update={"splits": {"dev": spec}}), "dev")
    assert pd.DataFrame(converted.rows).equals(prepared["tnews"]["dev"])


def test_iflytek_has_separators_inside_its_texts(specs: Specs, shared_data: Path) -> None:
    read = specs.tasks["iflytek"].read
    dev, test = (read_split(shared_data / "clue/iflytek", read, split) for split in ("dev", "test"))
    assert (len(dev.rows), len(test.rows)) == (2599, 2600)
    assert any("\u2028" in row["text"] for row in dev.rows)
    assert {row["label"] for row in dev.rows} == set(read.labels)
    assert {row["label"] for row in test.rows} == {None}
    numbers = json.loads((shared_data / "clue/iflytek/label2id.json").read_text(encoding="utf-8")).values()
    assert sorted(map(str, numbers)) == sorted(read.labels)


def test_cmnli_has_the_published_labels(specs: Specs, shared_data: Path) -> None:
    task = specs.tasks["cmnli"]
    fields = {"text_a": 0, "text_b": 1, "label": 2}
    path = shared_data / "clue/cmnli/dev.txt"
    rows = read_file(path, format="tab_separated", fields=fields, labels=task.read.labels).rows
    assert len(rows) == task.read.expected["dev"]["examples"]
    assert Counter(row["label"] for row in rows) == {"entailment": 4277, "contradiction": 4038, "neutral": 3926}


def test_c3_has_the_published_questions(prepared: Prepared) -> None:
    splits = prepared["c3"]["card"]["splits"]
    assert {split: counts["choices"] for split, counts in splits.items()} == {
        "train": {"2": 553, "3": 1403, "4": 9913},
        "dev": {"2": 170, "3": 465, "4": 3181},
        "test": {"3": 22, "4": 1597, "5": 1, "7": 1, "8": 2, "9": 1, "10": 1},
        "test_1_0": {"2": 171, "3": 521, "4": 3200},
    }
    odd = [counts["odd_rows"] for counts in splits.values()]
    assert [{kind: rows["rows"] for kind, rows in found.items()} for found in odd] == [
        {"repeated_choices": 5},
        {"repeated_choices": 1},
        {"repeated_choices": 1},
        {},
    ]
    assert {pair: count for pair, count in prepared["c3"]["card"]["shared_texts"].items() if count} == {
        "train+test": 2,
        "test+test_1_0": 1,
    }
    train = prepared["c3"]["train"]
    assert train["document"].iloc[5855] + 1 == 4885  # of the dialogues, which come first
    assert train["context"].iloc[0].count("\n") == 1


def test_the_answered_test_of_c3_is_that_of_clue(
    specs: Specs, prepared: Prepared, shared_data: Path, tmp_path: Path
) -> None:
    file = specs.tasks["c3"].files[-3].model_copy(update={"name": "test1.0.json", "sha256": None, "bytes": None})
    source = file.sources[0].model_copy(update={"member": "test1.0.json"})
    take(shared_data / source.address, source, file, tmp_path / file.name)
    read = specs.tasks["c3"].read
    spec = read.splits["test"].model_copy(update={"file": file.name})
    hidden = read_split(tmp_path, read.model_copy(update={"splits": {"test": spec}}), "test")
    keys = [text_keys(frame) for frame in (pd.DataFrame(hidden.rows), prepared["c3"]["test_1_0"])]
    assert len(set(keys[0])) == 3892
    assert set(keys[0]) == set(keys[1])


@pytest.mark.parametrize(("file", "rows"), [("clue/tnews/dev.json", 10000), ("fewclue/tnews/dev_few_all.json", 1098)])
def test_tnews_has_the_same_labels_as_strings_and_as_numbers(shared_data: Path, file: str, rows: int) -> None:
    fields = {"text": "sentence", "label": "label"}
    labels = tuple(str(number) for number in range(100, 117) if number not in (105, 111))
    reading = read_file(shared_data / file, format="json_lines", fields=fields, labels=labels)
    assert len(reading.rows) == rows
    assert {row["label"] for row in reading.rows} == set(labels)
