"""What pages say of encoders."""

from typing import Any

import pytest
from made_records import make_record

from regen.config.pages import EncoderNote
from regen.reporting.cells import cell_view
from regen.reporting.leaderboard import leaderboard
from regen.reporting.weights import encoder_notes

NOTES = {"small": EncoderNote(title="Small in 4 bits", source="a wheel", packed=True)}
EMBEDDING = (
    "all but the embedding rows of pieces that stand in neither its training examples nor dev: they cannot change"
)


def encoded(trained: int, **options: Any) -> dict[str, Any]:
    made = make_record("a.x", [0.5], models=[{"parameters": 117000, "trained_parameters": trained}])
    made["config"]["options"] |= {"encoder": "small", **options}
    return made


def test_title_source_and_bits_stand_in_the_head() -> None:
    view = cell_view(encoded(27000), encoders=NOTES)
    assert view.notes == [
        "Encoder small: Small in 4 bits. Source: a wheel.",
        "Its weights come from a 4-bit file and are 32-bit floats here: docs/encoders.md.",
        f"Trained are 27,000 of 117,000 parameters: {EMBEDDING}.",
    ]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"frozen_layers": 0, "tuning": None}, EMBEDDING),
        ({"frozen_layers": "all"}, "set by options.frozen_layers"),
        ({"frozen_layers": 3, "tuning": {"type": "lora"}}, "set by options.frozen_layers and options.tuning"),
    ],
)
def test_why_only_some_are_trained(options: dict[str, Any], why: str) -> None:
    assert encoder_notes(encoded(27000, **options), {}) == [f"Trained are 27,000 of 117,000 parameters: {why}."]


def test_nothing_is_said_where_nothing_is_known() -> None:
    assert encoder_notes(encoded(117000), {}) == []
    assert encoder_notes(make_record("a.x", [0.5]), NOTES) == []


def test_columns_of_the_corpus_are_a_flag() -> None:
    made = make_record("a.crf", [0.5])
    made["config"]["options"]["columns"] = ["pos", "chunk"]
    assert leaderboard("a", [made], {}).rows[0].flags == ["reads of the corpus: pos, chunk"]
    assert "reads of the corpus: pos, chunk" in cell_view(made).facts
    made["config"]["options"]["columns"] = []
    assert leaderboard("a", [made], {}).rows[0].flags == []
