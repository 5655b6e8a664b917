from typing import Any

import pytest

from regen.reporting.fine_tuning import fine_tuning_grid


def record(recipe: str, estimator: str = "encoder", *, dev: float, **config: Any) -> dict[str, Any]:
    options = {"encoder": "e", "frozen_layers": 0, **config.pop("options", {})}
    return {
        "recipe": recipe,
        "config": {
            "estimator": estimator,
            "options": options,
            "train_examples": None,
            "splits": ["dev", "test"],
            **config,
        },
        "scores": {"dev": {"mean": dev}},
    }


PROBE = record("probe", dev=0.5, options={"frozen_layers": "all"})
FULL = record("full", dev=0.75)


def test_gain_over_the_frozen_encoder() -> None:
    grid = fine_tuning_grid([FULL, record("crf", "crf", dev=0.7), PROBE])
    assert grid.groups == [("", 1), ("dev", 3)]
    assert grid.rows == [("full", ["probe", "50.00", "75.00", "+25.00"])]


def test_a_split_that_one_lacks_has_no_gain() -> None:
    both = {**FULL, "scores": {**FULL["scores"], "test": {"mean": 0.7}}}
    assert fine_tuning_grid([both, PROBE]).rows == [("full", ["probe", "50.00", "75.00", "+25.00", "–", "–", "–"])]


@pytest.mark.parametrize(
    "other",
    [
        record("full", dev=0.75, options={"encoder": "f"}),
        record("full", dev=0.75, train_examples=9),
        record("full", dev=0.75, options={"frozen_layers": "all"}),
        record("full", "bilstm_crf", dev=0.75),
    ],
    ids=["another encoder", "another size", "frozen, too", "no encoder"],
)
def test_only_the_same_encoder_on_as_many_examples_compares(other: dict[str, Any]) -> None:
    assert not fine_tuning_grid([other, PROBE]).rows
