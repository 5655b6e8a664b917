"""What a cell's encoder is, and which of its parameters a fit trains."""

from collections.abc import Iterator, Mapping
from typing import Any

from regen.config.pages import EncoderNote
from regen.reporting import format as write
from regen.reporting.format import Record


def encoder_notes(record: Record, encoders: Mapping[str, EncoderNote]) -> list[str]:
    """Say what the encoder of a cell is and how much of it is trained; nothing for models without one.

    Args:
        record: The cell's record.
        encoders: Encoder -> what its file in conf/base/encoders says of it, as far as it is known.
    """
    name = record["config"]["options"].get("encoder")
    models = record["training"]["models"]
    if not name or not models:
        return []
    return [*_told(name, encoders.get(name)), *_trained(record["config"]["options"], models[0])]


def _told(name: str, note: EncoderNote | None) -> Iterator[str]:
    if note is not None:
        yield f"Encoder {name}: {note.title}. Source: {note.source}."
        if note.packed:
            yield "Its weights come from a 4-bit file and are 32-bit floats here: docs/encoders.md."


def _trained(options: Mapping[str, Any], model: Mapping[str, Any]) -> Iterator[str]:
    """Say why fewer parameters are trained than there are: the embedding is cut, or options freeze some."""
    whole, trained = model.get("parameters"), model.get("trained_parameters")
    if whole is None or trained is None or trained >= whole:
        return
    frozen = [f"options.{key}" for key in ("frozen_layers", "tuning") if options.get(key)]
    why = (
        f"set by {' and '.join(frozen)}"
        if frozen
        else "all but the embedding rows of pieces that stand in neither its training examples nor dev: they cannot "
        "change"
    )
    yield f"Trained are {write.count(trained)} of {write.count(whole)} parameters: {why}."
