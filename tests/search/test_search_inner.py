"""Scores that are means over several fits."""

import numpy as np
import pytest
from paced_estimator import PacedModel
from search_bench import DEV, STATISTICS, TRAIN, Bench, search_spec

from regen.scoring.official import official_score
from regen.search.outcome import interval_of
from regen.search.trials import inner_parts

SPACE = {"score": {"type": "float", "low": 0.1, "high": 0.9}}


def test_seeds(bench: Bench) -> None:
    """Seed n gets n of 20 examples wrong that seed 0 gets right."""
    document, best = bench.run(search_spec(2, space=SPACE, inner={"seeds": [0, 2]}))
    row = document["trials"][0]
    assert row["scores"] == [0.5, 0.4]
    assert row["score"] == pytest.approx(0.45)
    assert list(row["rungs"].values()) == pytest.approx([0.5, 0.45])
    assert row["tokens"] == 600
    assert [call.seed for call in PacedModel.calls[:2]] == [0, 2]
    assert len(bench.folders) == 2
    assert best["selection"].endswith("of 2 trials")


def test_folds(bench: Bench) -> None:
    document, best = bench.run(search_spec(2, space=SPACE, inner={"folds": 3}))
    row = document["trials"][0]
    assert len(row["scores"]) == 3
    assert row["score"] == pytest.approx(sum(row["scores"]) / 3)
    assert "in 3 folds of train" in best["rule"]


def test_folds_hold_each_example_once_and_documents_whole() -> None:
    parts = inner_parts(search_spec(inner={"folds": 3, "seeds": [0, 1]}), TRAIN, DEV)
    assert [part.seed for part in parts] == [0, 1] * 3
    held = [list(part.dev["id"]) for part in parts[::2]]
    assert sorted(name for fold in held for name in fold) == sorted(TRAIN["id"])
    for part in parts:
        assert not set(part.dev["document"]) & set(part.train["document"])
        assert len(part.dev) + len(part.train) == len(TRAIN)
    few = inner_parts(search_spec(inner={"folds": 5}), TRAIN.head(8), DEV)
    assert all(len(part.dev) for part in few)


def test_poor_trials_stop_after_a_fit(bench: Bench) -> None:
    pruner = {"type": "threshold", "lowest": 0.45}
    fixed = [{"source": "hand", "values": {"score": 0.2}}]
    document, _ = bench.run(search_spec(2, space=SPACE, inner={"seeds": [0, 1]}, pruner=pruner, fixed=fixed))
    assert [row["state"] for row in document["trials"]] == ["complete", "pruned"]
    assert len(PacedModel.calls) == 3


def test_two_objectives(bench: Bench) -> None:
    keys = {"sampler": "tpe", "startup": 2, "objectives": ["score", "operations"], "cost": "operations"}
    document, best = bench.run(search_spec(5, **keys))
    assert [row["state"] for row in document["trials"]] == ["complete"] * 5
    assert all(row["costs"]["operations"] == 1000 * row["values"]["size"] for row in document["trials"])
    assert best["best"]["score"] == max(row["score"] for row in document["trials"])


def test_intervals() -> None:
    gold = list(DEV["label"])
    officials = [
        official_score("accuracy", gold, gold[:right] + ["wrong"] * (20 - right), ["a", "b", "wrong"])
        for right in (16, 12)
    ]
    same = inner_parts(search_spec(inner={"seeds": [0, 1]}), TRAIN, DEV)
    low, high = interval_of(officials, same, STATISTICS)
    assert low < np.mean([0.8, 0.6]) < high
    alone = interval_of(officials[:1], same[:1], STATISTICS)
    assert interval_of([officials[0]] * 2, same, STATISTICS) == pytest.approx(alone)  # a copy makes nothing surer
    folds = inner_parts(search_spec(inner={"folds": 2, "seeds": [0, 1]}), TRAIN.drop(columns="document"), DEV)
    each = []
    for part in folds:
        texts, right = list(part.dev["label"]), len(part.dev) // 2
        wrong = texts[:right] + ["wrong"] * (len(texts) - right)
        each.append(official_score("accuracy", texts, wrong, ["a", "b", "wrong"]))
    both, one = interval_of(each, folds, STATISTICS), interval_of(each[::2], folds[::2], STATISTICS)
    assert both == one  # nor does a copy of each fold


def test_folds_deal_classes_evenly() -> None:
    train = TRAIN.drop(columns="document").assign(label=["a"] * 6 + ["b"] * 18)
    parts = inner_parts(search_spec(inner={"folds": 3}), train, DEV)
    assert [part.dev["label"].value_counts().to_dict() for part in parts] == [{"a": 2, "b": 6}] * 3
    assert sorted(name for part in parts for name in part.dev["id"]) == sorted(train["id"])
    again = inner_parts(search_spec(inner={"folds": 3}, seed=1), train, DEV)
    assert [list(part.dev["id"]) for part in again] != [list(part.dev["id"]) for part in parts]
