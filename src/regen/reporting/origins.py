"""How the encoder of a cell was made here, and what that says of its scores."""

from collections.abc import Iterator
from typing import Any

from regen.reporting import format as write
from regen.reporting.format import Record

Step = dict[str, Any]


def steps(record: Record) -> list[Step]:
    """Give the steps by which the encoder of a record's models was made here, the first one first."""
    models = record["training"]["models"]
    found: list[Step] = models[0].get("made_from", []) if models else []
    return found


def told_steps(record: Record) -> list[str]:
    """Tell each step in a few words."""
    return [_told(step) for step in steps(record)]


def _told(step: Step) -> str:
    if step["how"] == "transfer":
        return f"starts from the body of {step['cell']}, seed {step['seed']}, fold {step['fold']}"
    text = f"{write.count(step['texts'])} texts of {step['task']} ({', '.join(step['splits'])})"
    return f"encoder pretrained further on {text}"


def leaks(record: Record) -> list[str]:
    """Say which steps learned from what the record is scored on, one sentence for each."""
    return list(dict.fromkeys(_leaks(record)))


def _leaks(record: Record) -> Iterator[str]:
    cell, card = record["cell"], record["card"]
    folds = {repeat["fold"] for scores in record["scores"].values() for repeat in scores["repeats"]}
    for step in steps(record):
        task = step["task"]
        how = f"was fine-tuned on {task}" if step["how"] == "transfer" else f"learned from texts of {task}"
        if task in card.get("overlaps_with", {}):
            yield f"Leak: the encoder of {cell} {how}, which shares texts: {card['overlaps_with'][task]}."
        elif step["how"] == "transfer" and task == record["task"] and len(folds) > 1:
            taught = f"{how}, fold {step['fold']}"
            yield f"Leak: the encoder of {cell} {taught}, whose train may hold dev texts of other folds."
