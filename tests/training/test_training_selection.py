from collections.abc import Callable
from typing import Any

import pytest
from toys import EPOCHS, LENGTHS, toy_loop, toy_plan, weights

from regen.training.batches import plan
from regen.training.events import Plugin
from regen.training.loop import Loop
from regen.training.selection import HISTORY_COLUMNS, Selection


class Snapshots(Plugin):
    """Keeps the weights after each epoch."""

    def __init__(self) -> None:
        self.weights: list[dict[str, bytes]] = []

    def on_epoch(self, loop: Loop) -> None:
        self.weights.append(weights(loop))


def giving(*scores: float) -> Callable[[], tuple[float, float]]:
    """Give scores one after the other, with losses."""
    left = list(scores)
    return lambda: (left.pop(0), 0.5)


def select(evaluate: Any, keep: str, patience: int | None = None, **keys: Any) -> tuple[Selection, Loop, Snapshots]:
    selection, snapshots = Selection(evaluate, keep, patience), Snapshots()
    loop = toy_loop([selection, snapshots], **keys)
    loop.run()
    return selection, loop, snapshots


@pytest.mark.parametrize(
    ("scores", "best"), [((0.1, 0.9, 0.5), 2), ((0.9, 0.1, 0.9), 1), ((0.0, 0.0, 0.0), 1), ((0.1, 0.2, 0.3), 3)]
)
def test_best_weights_come_back(scores: tuple[float, ...], best: int) -> None:
    selection, loop, snapshots = select(giving(*scores), "best")
    assert selection.best_epoch == best
    assert len({tuple(sorted(each.items())) for each in snapshots.weights}) == EPOCHS
    assert weights(loop) == snapshots.weights[best - 1]


def test_last_weights_stay() -> None:
    selection, loop, snapshots = select(giving(0.1, 0.9, 0.5), "last")
    assert weights(loop) == snapshots.weights[-1]
    assert selection.best_epoch == 2
    assert selection.tensors() == {}


@pytest.mark.parametrize(
    ("scores", "patience", "epochs"),
    [
        ((0.5, 0.4, 0.3, 0.6), 1, 2),
        ((0.5, 0.4, 0.3, 0.6), 2, 3),
        ((0.5, 0.5, 0.6, 0.6), 1, 2),
        ((0.5, 0.6, 0.5, 0.4), 2, 4),
        ((0.5, 0.6, 0.5, 0.4), None, 4),
    ],
)
def test_patience(scores: tuple[float, ...], patience: int | None, epochs: int) -> None:
    planned = plan(LENGTHS, 4, 48, None, 0)
    selection, loop, _ = select(giving(*scores), "best", patience, planned=planned)
    assert loop.epoch == len(selection.history) == epochs


def test_history() -> None:
    planned = plan(LENGTHS, 2, 48, None, 0, int(LENGTHS.sum()) + 60)
    assert 0 < len(planned.epochs[1]) < len(planned.epochs[0])
    selection, _, _ = select(giving(0.25, 0.5), "best", planned=planned, rate=0.0)
    assert [tuple(row) for row in selection.history] == [HISTORY_COLUMNS] * 2
    first, second = selection.history
    assert (first["epoch"], first["step"], first["tokens"]) == (1, len(planned.epochs[0]), LENGTHS.sum())
    assert (second["epoch"], second["step"], second["tokens"]) == (2, planned.steps, planned.tokens)
    assert (first["dev_score"], second["dev_score"], first["dev_loss"]) == (0.25, 0.5, 0.5)
    assert 0 < second["learning_rate"] < first["learning_rate"] < 1e-2
    assert 0 < second["train_loss"] < 10


def test_dev_is_seen_in_evaluation_mode_and_training_goes_on_in_training_mode() -> None:
    modes: list[bool] = []
    loop: Loop

    def evaluate() -> tuple[float, float]:
        modes.append(loop.job.network.training)
        return 0.0, 0.0

    class Modes(Plugin):
        def on_gradients(self, loop: Loop) -> None:
            assert loop.job.network.training

    loop = toy_loop([Modes(), Selection(evaluate, "best", None)])
    loop.run()
    assert modes == [False] * EPOCHS


def test_evaluation_does_not_change_the_training() -> None:
    _, with_selection, _ = select(giving(0.1, 0.2, 0.3), "last")
    alone = toy_loop(planned=toy_plan())
    alone.run()
    assert weights(with_selection) == weights(alone)
