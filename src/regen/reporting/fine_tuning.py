"""What fine-tuning gained over a head on the encoder as it is."""

from collections.abc import Sequence

from regen.reporting import format as write
from regen.reporting.format import NOTHING, Record
from regen.reporting.grids import Grid
from regen.reporting.order import splits_of

_NOTE = (
    "Before: a head alone, trained on vectors of the encoder as it is. After: the same encoder, fine-tuned on as many "
    "training examples, or on the tokens that its recipe limits it to. Means over repeats."
)


def fine_tuning_grid(records: Sequence[Record]) -> Grid:
    """Set each fine-tuned encoder beside the cells that trained a head on the same encoder, frozen.

    Args:
        records: Records of one task, in the order of the page.

    Returns:
        A table with a row per pair; without rows where the task has no such pair.
    """
    pairs = [(before, after) for after in records for before in records if _is_before(before, after)]
    splits = [split for split in splits_of(records) if any(split in after["scores"] for _, after in pairs)]
    return Grid(
        title="Before and after fine-tuning × 100",
        groups=[("", 1), *((split, 3) for split in splits)],
        columns=["before", *(name for _ in splits for name in ("frozen", "fine-tuned", "gain"))],
        rows=[
            (after["recipe"], [before["recipe"], *(text for split in splits for text in _gain(before, after, split))])
            for before, after in pairs
        ],
        corner="recipe",
        note=_NOTE,
        texts=("before",),
        names=True,
    )


def _is_before(before: Record, after: Record) -> bool:
    """Say whether one cell trained a head alone on the encoder that another fine-tuned, on as many examples."""
    one, other = before["config"], after["config"]
    if not one["estimator"] == other["estimator"] == "encoder":
        return False
    return bool(
        one["options"]["encoder"] == other["options"]["encoder"]
        and one["train_examples"] == other["train_examples"]
        and _is_frozen(before)
        and not _is_frozen(after)
    )


def _is_frozen(record: Record) -> bool:
    return bool(record["config"]["options"].get("frozen_layers") == "all")


def _gain(before: Record, after: Record, split: str) -> list[str]:
    scores = [record["scores"].get(split) for record in (before, after)]
    means = [score["mean"] for score in scores if score]
    if len(means) < len(scores):
        return [NOTHING] * 3
    return [*(write.hundredfold(mean) for mean in means), write.difference(means[1] - means[0])]
