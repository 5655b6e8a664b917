"""How encoders that were made here are told of."""

from collections.abc import Callable
from typing import Any

from regen.reporting.cells import cell_view
from regen.reporting.leaderboard import leaderboard
from regen.reporting.origins import leaks, steps, told_steps

Make = Callable[..., dict[str, Any]]
TRANSFER = {"how": "transfer", "task": "b", "cell": "b.big", "seed": 2, "fold": 0}
PRETRAINING = {"how": "pretraining", "task": "a", "splits": ["train", "unlabeled"], "texts": 19565}


def made_from(record: dict[str, Any], *listed: dict[str, Any]) -> dict[str, Any]:
    record["training"]["models"] = [{**model, "made_from": list(listed)} for model in record["training"]["models"]]
    return record


def test_steps_are_told_among_the_facts_of_a_cell(record: Make) -> None:
    made = made_from(record("a.x", [0.5]), TRANSFER, PRETRAINING)
    told = ["starts from the body of b.big, seed 2, fold 0"]
    told.append("encoder pretrained further on 19,565 texts of a (train, unlabeled)")
    assert told_steps(made) == told
    view = cell_view(made)
    assert [fact for fact in view.facts if fact in told] == told
    assert "made from" not in [name for name, _ in view.models.rows]
    assert steps(record("a.x", [0.5])) == leaks(made) == []


def test_texts_that_a_step_and_the_task_share(record: Make) -> None:
    made = made_from(record("a.x", [0.5]), TRANSFER, {**PRETRAINING, "task": "c"})
    made["card"]["overlaps_with"] = {"b": "all of dev", "c": "a few"}
    told = [
        "Leak: the encoder of a.x was fine-tuned on b, which shares texts: all of dev.",
        "Leak: the encoder of a.x learned from texts of c, which shares texts: a few.",
    ]
    assert leaks(made) == told
    assert set(told) <= set(cell_view(made).warnings)
    assert set(told) <= set(leaderboard("a", [made, record("a.majority", [0.5])], {}).warnings)


def test_a_fold_of_the_same_task(record: Make) -> None:
    """With one fold its train is that of the cell; with several, another fold's dev may be in it."""
    made = made_from(record("b.x", [0.5, 0.6]), TRANSFER)
    assert leaks(made) == []
    for fold, repeat in enumerate(made["scores"]["dev"]["repeats"]):
        repeat["fold"] = fold
    assert leaks(made) == [
        "Leak: the encoder of b.x was fine-tuned on b, fold 0, whose train may hold dev texts of other folds."
    ]
