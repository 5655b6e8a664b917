import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from record_cells import CARD, STATISTICS, name_cell, record_of, rows, topic_cell
from regen.lineage.closure import code_digest
from regen.records.build import headline
from regen.scoring.official import official_score
from regen.statistics.bootstrap import bootstrap_interval
from regen.statistics.measures import accuracy

DEV = rows("dev", "aabc", "aabb")
TEST = rows("test", "abab", "abbb")
HIDDEN = rows("test_hidden", [None, None], ["a", "b"])


def test_record_of_a_classifier_by_hand(tmp_path: Path) -> None:
    config = topic_cell(title="Never in a record")
    record = record_of(config, tmp_path, DEV, TEST, HIDDEN, label="a")
    assert {name: record[name] for name in ("schema", "cell", "task", "recipe", "metric", "card")} == {
        **{"schema": 1, "cell": "made_up.majority", "task": "made_up", "recipe": "majority", "metric": "accuracy"},
        "card": CARD,
    }
    assert record["config"] == config.model_dump(mode="json")
    assert record["training"]["models"] == [{"label": "a"}]
    assert list(record["scores"]) == ["dev", "test"]
    dev = record["scores"]["dev"]
    assert {name: dev[name] for name in ("n", "mean", "sd", "min", "max", "values")} == {
        **{"n": 1, "mean": 0.75, "sd": None, "min": 0.75, "max": 0.75},
        "values": [0.75],
    }
    (repeat,) = dev["repeats"]
    assert (repeat["seed"], repeat["fold"], repeat["value"], repeat["accuracy"]) == (0, 0, 0.75, 0.75)
    assert repeat["confusion"] == [["a", "a", 2], ["b", "b", 1], ["c", "b", 1]]
    assert json.loads(json.dumps(record, allow_nan=False)) == record


def test_record_of_a_tagger_by_hand(tmp_path: Path) -> None:
    gold, pred = [["B-PER", "O"], ["B-LOC"]], [["B-PER", "O"], ["B-ORG"]]
    record = record_of(name_cell(), tmp_path, rows("dev", gold, pred), rows("test", gold, gold))
    assert record["metric"] == "span_f1"
    assert (record["scores"]["dev"]["mean"], record["scores"]["test"]["mean"]) == (0.5, 1.0)
    assert record["scores"]["dev"]["repeats"][0]["token_accuracy"] == pytest.approx(2 / 3)


def test_record_of_surfaces_looks_at_tokens(tmp_path: Path) -> None:
    config = name_cell().model_copy(update={"metric": "surface_macro_f1"})
    gold, pred = [["B-PER", "O"], ["B-LOC"]], [["B-PER", "O"], ["O"]]
    parts = [rows(split, gold, pred).assign(tokens=[["a", "b"], ["c"]]) for split in ("dev", "test")]
    pd.concat(parts, ignore_index=True).to_parquet(tmp_path / "predictions.parquet")
    record = record_of(config, tmp_path, pd.read_parquet(tmp_path / "predictions.parquet"))
    assert record["scores"]["dev"]["mean"] == pytest.approx(1 / len(config.labels))
    assert record["scores"]["dev"]["repeats"][0]["per_class"]["PER"]["f1"] == 1.0
    assert record == record_of(config, tmp_path, *parts)


def test_record_is_the_same_from_parquet(tmp_path: Path) -> None:
    """Parquet gives tags back as arrays, and hidden labels as missing values."""
    gold, pred = [["B-PER", "O"], ["B-LOC"]], [["B-PER", "O"], ["B-ORG"]]
    for config, parts in (
        (name_cell(), [rows("dev", gold, pred), rows("test", gold, gold)]),
        (topic_cell(), [DEV, TEST, HIDDEN]),
    ):
        pd.concat(parts, ignore_index=True).to_parquet(tmp_path / "predictions.parquet")
        read = pd.read_parquet(tmp_path / "predictions.parquet")
        assert record_of(config, tmp_path, read) == record_of(config, tmp_path, *parts)


def test_a_hidden_split_is_not_scored(tmp_path: Path) -> None:
    assert set(record_of(topic_cell(), tmp_path, DEV, TEST, HIDDEN)["scores"]) == {"dev", "test"}


def test_several_seeds(tmp_path: Path) -> None:
    config = topic_cell(seeds=[5, 2])
    parts = [rows("dev", "abcc", pred, seed) for seed, pred in ((5, "abcc"), (2, "aaaa"))]
    parts += [rows("test", "abcc", pred, seed) for seed, pred in ((5, "abcc"), (2, "aacc"))]
    record = record_of(config, tmp_path, *parts)
    dev = record["scores"]["dev"]
    assert (dev["n"], dev["mean"], dev["min"], dev["max"]) == (2, 0.625, 0.25, 1.0)
    assert dev["sd"] == pytest.approx((2 * 0.375**2) ** 0.5)
    assert [(repeat["seed"], repeat["value"]) for repeat in dev["repeats"]] == [(5, 1.0), (2, 0.25)]
    assert record["scores"]["test"]["values"] == [1.0, 0.75]
    assert len(record["training"]["models"]) == 2


def test_interval_over_examples(tmp_path: Path) -> None:
    interval = record_of(topic_cell(), tmp_path, DEV, TEST)["scores"]["dev"]["interval"]
    official = official_score("accuracy", list("aabc"), list("aabb"), list("abc"))
    low, high = bootstrap_interval(official.counts, official.measure, None, 200, 0.9, 3)
    assert interval == {"low": low, "high": high, "level": 0.9, "resamples": 200, "over": "examples"}
    assert low < 0.75 < high


def test_interval_over_documents(tmp_path: Path) -> None:
    gold, pred = [["B-PER"], ["B-PER"], ["B-LOC"]], [["B-PER"], ["O"], ["B-ORG"]]
    several = rows("dev", gold, pred, document=[0, 0, 1])
    one = rows("test", gold, pred, document=[0, 0, 0])
    scores = record_of(name_cell(), tmp_path, several, one)["scores"]
    official = official_score("span_f1", gold, pred, [])
    low, high = bootstrap_interval(official.counts, official.measure, [0, 0, 1], 200, 0.9, 3)
    assert scores["dev"]["interval"] == {"low": low, "high": high, "level": 0.9, "resamples": 200, "over": "documents"}
    assert scores["test"]["interval"]["over"] == "examples"
    assert low <= scores["dev"]["mean"] <= high


def test_interval_of_the_mean_over_repeats(tmp_path: Path) -> None:
    """With equal numbers of examples, the mean of two accuracies is the accuracy of both repeats' answers together."""
    parts = [rows(split, "abcc", pred, seed) for split in ("dev", "test") for seed, pred in ((5, "abcc"), (2, "aaaa"))]
    dev = record_of(topic_cell(seeds=[5, 2]), tmp_path, *parts)["scores"]["dev"]
    together = np.array([[2, 2], [1, 2], [1, 2], [1, 2]])
    assert (dev["interval"]["low"], dev["interval"]["high"]) == bootstrap_interval(
        together, accuracy, None, 200, 0.9, 3
    )
    assert dev["interval"]["low"] < dev["mean"] < dev["interval"]["high"]


def test_perfect_predictions_have_an_interval_without_width(tmp_path: Path) -> None:
    interval = record_of(topic_cell(), tmp_path, rows("dev", "abc", "abc"), TEST)["scores"]["dev"]["interval"]
    assert (interval["low"], interval["high"]) == (1.0, 1.0)


@pytest.mark.parametrize(("limit", "used"), [(None, 10), (4, 4), (25, 10)])
def test_training_examples_used(tmp_path: Path, limit: int | None, used: int) -> None:
    record = record_of(topic_cell(train_examples=limit), tmp_path, DEV, TEST)
    assert record["training"]["examples"] == used


def test_training_examples_that_a_limit_of_tokens_left(tmp_path: Path) -> None:
    record = record_of(topic_cell(), tmp_path, DEV, TEST, seen_share=0.64)
    assert record["training"]["examples"] == 6


def test_what_a_number_never_travels_without(tmp_path: Path) -> None:
    training = record_of(topic_cell(selection="by dev"), tmp_path, DEV, TEST)["training"]
    assert (training["selection"], training["train_on_dev"], training["document_context"]) == ("by dev", False, False)


def test_hashes(tmp_path: Path) -> None:
    config = topic_cell()
    hashes = record_of(config, tmp_path, DEV, TEST)["hashes"]
    modules = ["regen.pipelines.evaluate.nodes", "regen.estimators.majority.options", "regen.estimators.majority.model"]
    assert hashes == {
        "config": config.digest,
        "code": code_digest(modules),
        "lock": hashlib.sha256(b"library==1\n").hexdigest(),
    }
    assert record_of(topic_cell("linear"), tmp_path, DEV, TEST)["hashes"]["code"] != hashes["code"]


def test_a_record_is_the_same_twice(tmp_path: Path) -> None:
    first, second = (json.dumps(record_of(topic_cell(), tmp_path, DEV, TEST)) for _ in range(2))
    assert first == second


def test_no_text_and_no_id_of_the_data(tmp_path: Path) -> None:
    dev = DEV.assign(id=[f"secret-{i}" for i in range(4)], text="secret text", document="secret-document")
    assert "secret" not in json.dumps(record_of(topic_cell(), tmp_path, dev, TEST))


def test_headline(tmp_path: Path) -> None:
    thirds = rows("dev", "abc", "abb")
    record = record_of(topic_cell(), tmp_path, thirds, TEST)
    dev = record["scores"]["dev"]["interval"]
    assert headline(record)["dev"] == {"accuracy": 0.666667, "low": round(dev["low"], 6), "high": round(dev["high"], 6)}
    assert list(headline(record)) == ["dev", "test"]
    assert STATISTICS.level == dev["level"]


SEEN = {**CARD, "seen_in_train": {"dev": ["dev-0"]}, "repeated": {"dev": ["dev-0", "dev-3"]}}


def test_score_over_inputs_that_train_does_not_hold(tmp_path: Path) -> None:
    """The first of four is seen, the last repeated: right and wrong; both that are left are right, or one is."""
    config = topic_cell(seeds=[5, 2])
    parts = [rows("dev", "aabc", pred, seed) for seed, pred in ((5, "aabb"), (2, "abbb"))]
    parts += [rows("test", "abab", "abbb", seed) for seed in (5, 2)]
    record = record_of(config, tmp_path, *parts, card=SEEN)
    unseen = record["scores"]["dev"]["unseen"]
    interval = unseen.pop("interval")
    assert unseen == {
        **{"examples": 2, "n": 2, "mean": 0.75, "sd": pytest.approx(0.5**1.5), "min": 0.5, "max": 1.0},
        "values": [1.0, 0.5],
    }
    together = np.array([[2, 2], [1, 2]])
    assert (interval["low"], interval["high"]) == bootstrap_interval(together, accuracy, None, 200, 0.9, 3)
    assert record["scores"]["dev"]["values"] == [0.75, 0.5]
    assert "unseen" not in record["scores"]["test"]
    assert record["card"] == CARD


def test_unseen_spans_are_scored_over_their_documents(tmp_path: Path) -> None:
    gold, pred = [["B-PER"], ["B-PER"], ["B-LOC"]], [["B-PER"], ["O"], ["B-ORG"]]
    split = rows("dev", gold, pred, document=[0, 1, 2])
    card = {**CARD, "seen_in_train": {"dev": ["dev-2"], "test": ["test-0"]}}
    scores = record_of(name_cell(), tmp_path, split, rows("test", [["O"]], [["O"]]), card=card)["scores"]
    assert scores["dev"]["mean"] == pytest.approx(2 / 5)  # 1 correct of 2 predicted and 3 gold
    assert (scores["dev"]["unseen"]["mean"], scores["dev"]["unseen"]["examples"]) == (pytest.approx(2 / 3), 2)
    assert scores["dev"]["unseen"]["interval"]["over"] == "documents"
    assert "unseen" not in scores["test"]  # nothing is left


def test_share_of_truncated_inputs(tmp_path: Path) -> None:
    parts = [
        DEV.assign(truncated=[True, False, False, False]),
        TEST.assign(truncated=False),
        HIDDEN.assign(truncated=False),
    ]
    told = record_of(topic_cell(), tmp_path, *parts, truncated_in_train=0.125)["training"]["truncated"]
    assert told == {"train": 0.125, "dev": 0.25, "test": 0.0, "test_hidden": 0.0}
    assert record_of(topic_cell(), tmp_path, DEV, TEST, HIDDEN, truncated_in_train=0.0)["training"]["truncated"] == {
        **{"train": 0.0, "dev": 0.0, "test": 0.0, "test_hidden": 0.0}
    }
    assert "truncated" not in record_of(topic_cell(), tmp_path, DEV, TEST)["training"]
