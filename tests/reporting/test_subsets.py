"""Cells that learn from a part of train."""

from typing import Any

import pytest
from made_records import make_record

from regen.reporting.cells import cell_view
from regen.reporting.data_cards import unseen_grid
from regen.reporting.subsets import limit


def limited(examples: int | None, tokens: int | None = None) -> dict[str, Any]:
    made = make_record("a.x", [0.5], [0.4], leak=3, tagging=True)
    made["config"]["train_examples"] = examples
    made["config"]["options"]["training_tokens"] = tokens
    return made


@pytest.mark.parametrize(
    ("examples", "tokens", "told"),
    [
        (None, None, ""),
        (2000, None, "2,000 examples"),
        (14041, None, ""),  # all that there are
        (None, 250000, "250,000 tokens"),
        (2000, 250000, "2,000 examples"),
    ],
)
def test_limits(examples: int | None, tokens: int | None, told: str) -> None:
    assert limit(limited(examples, tokens)) == told


def test_counts_of_train_are_said_to_be_of_all_of_it() -> None:
    view = cell_view(limited(2000))
    told = "in the whole train split; training is limited to 2,000 examples."
    assert view.warnings == [f"Leak: train and test have 3 distinct texts in common, {told}"]
    grid = next(grid for grid in view.scores if grid.title == "Per class")
    assert grid.groups[0] == ("whole train split", 1)
    assert grid.note.endswith(" Training is limited to 2,000 examples.")


def test_texts_of_dev_and_test_are_no_matter_of_train() -> None:
    made = limited(2000)
    made["card"]["shared_texts"] = {"dev+test": 2}
    assert cell_view(made).warnings == ["Leak: dev and test have 2 distinct texts in common."]


def test_records_without_scores_over_unseen_inputs_are_older() -> None:
    one, other = limited(None), limited(None)
    one["scores"]["dev"]["unseen"] = {"examples": 9, "mean": 0.5, "interval": {"low": 0.4, "high": 0.6}}
    both, alone = unseen_grid([one, other]), unseen_grid([one])
    assert both is not None
    assert alone is not None
    assert both.note.startswith(alone.note)
    assert both.note.endswith("the record is older than these scores; made again, it has them.")
