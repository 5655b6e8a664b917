"""Cells that learn from a part of train, beside counts that are of the whole train split."""

from regen.reporting import format as write
from regen.reporting.format import Record


def limit(record: Record) -> str:
    """Name what limits a cell's training, ``2,000 examples`` or ``250,000 tokens``; nothing where it may read all."""
    config = record["config"]
    sizes = [card["examples"] for name, card in record["card"]["splits"].items() if name.partition("_")[0] == "train"]
    examples, tokens = config["train_examples"], config["options"].get("training_tokens")
    if examples is not None and examples < max(sizes):
        return f"{write.count(examples)} examples"
    return f"{write.count(tokens)} tokens" if tokens else ""


def of_whole_train(record: Record, texts: list[str]) -> list[str]:
    """Say of sentences about train that they count the whole split, where a cell's training is limited."""
    most = limit(record)
    if not most:
        return texts
    return [
        f"{text.removesuffix('.')}, in the whole train split; training is limited to {most}."
        if " train " in text
        else text
        for text in texts
    ]
